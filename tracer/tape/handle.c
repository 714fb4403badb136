/* The handle: a small object that stands for one entry, from its tape's own slabs. The readable twin is handle.py. */

#include "tape/handle.h"

#include "tape/decisions.h"
#include "tape/module.h"

#include <math.h>
#include <string.h>

Tape **tapes;
PyTypeObject *kinds[TAGS], *value_kind;

PyObject *by_type, *of_kind;
PyObject *py_handle_type, *py_is_number;
uint8_t op_input;
uint8_t binary_op[BINARY], compare_op[6], unary_op[UNARY];
PyObject *py_forward[BINARY + 1], *py_reflected[BINARY + 1], *py_compare[6], *py_unary[UNARY], *py_pow3;

SLOW int handles_grow(Tape *t) {
    size_t size = t->slabs ? t->slabs->size * 2 : 30;
    if (size > 32000)
        size = 32000;
    /* zeroed: setting a reference count looks at the one before */
    Slab *slab = PyMem_RawCalloc(1, sizeof(Slab) + size * sizeof(Handle));
    if (slab == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    slab->size = size;
    slab->next = t->slabs;
    t->slabs = slab;
    for (size_t i = size; i-- > 0;) {
        Handle *h = slab->handles + i;
        h->u.next = t->free;
        t->free = h;
    }
    return 0;
}

/* The number of a handle, the very same object each time. */
PyObject *same_number(PyObject *x) {
    Tape *t = TAPE_OF(x);
    Entry *e = t->log + ((Handle *)x)->index;
    if (e->tag == OBJECT || e->tag == BOOL)
        return number_out(t, e->tag, e->v);
    PyObject *key = PyLong_FromUnsignedLong(((Handle *)x)->index), *made = NULL;
    PyObject *known = key == NULL ? NULL : PyDict_GetItemWithError(t->same, key);
    if (known != NULL)
        made = Py_NewRef(known);
    else if (key != NULL && !PyErr_Occurred()) {
        made = number_out(t, e->tag, e->v);
        if (made != NULL && PyDict_SetItem(t->same, key, made) < 0)
            Py_CLEAR(made);
    }
    Py_XDECREF(key);
    return made;
}

static PyTypeObject *kind_of(Tape *t, uint8_t tag, Number v) {
    if (!t->transparent)
        return value_kind;
    if (tag != OBJECT)
        return kinds[tag];
    PyObject *type = (PyObject *)Py_TYPE(t->objects[v.i]);
    PyObject *kind = PyDict_GetItemWithError(by_type, type);
    if (kind == NULL && !PyErr_Occurred()) {
        kind = PyObject_CallOneArg(py_handle_type, type); /* registers it: `adopt` */
        Py_XDECREF(kind);
    }
    return (PyTypeObject *)kind;
}

PyObject *handle_at(Tape *t, uint32_t index) {
    Entry *e = t->log + index;
    PyTypeObject *kind = kind_of(t, e->tag, e->v);
    return kind == NULL ? NULL : handle_new(t, kind, index, t->log[index].v);
}

PyObject *write_object(Tape *t, uint8_t op, uint32_t a, uint32_t b, uint32_t location, PyObject *data) {
    Number v;
    uint8_t tag;
    if (UNLIKELY(t->n >= t->room) && tape_grow(t) < 0)
        return NULL; /* before the side table is written */
    if (number_in(data, t, &v, &tag) < 0)
        return NULL;
    uint32_t i = append(t, op, a, b, location, tag, v);
    return i == NONE ? NULL : handle_at(t, i);
}

static PyObject *unwrap_handle(PyObject *x) {
    Tape *t = TAPE_OF(x);
    Entry *e = t->log + INDEX(x);
    return number_out(t, e->tag, e->v);
}

static PyObject *leaving(PyObject *x, uint32_t how) { return leak(TAPE_OF(x), INDEX(x), how) < 0 ? NULL : unwrap_handle(x); }

static Py_hash_t handle_hash(PyObject *x) {
    PyObject *number = leaving(x, BY_HASH);
    if (number != NULL && PyFloat_CheckExact(number) && isnan(PyFloat_AS_DOUBLE(number)))
        Py_SETREF(number, same_number(x)); /* a nan is hashed by what object it is */
    Py_hash_t hash = number == NULL ? -1 : PyObject_Hash(number);
    Py_XDECREF(number);
    return hash;
}

static PyObject *convert_with(PyObject *x, uint32_t how, unaryfunc convert) {
    PyObject *number = leaving(x, how);
    PyObject *result = number == NULL ? NULL : convert(number);
    Py_XDECREF(number);
    return result;
}

static PyObject *nb_index(PyObject *x) {
    if (LIKELY(Py_IS_TYPE(x, kinds[INT])) && TAPE_OF(x)->log[INDEX(x)].tag == INT)
        return leaving(x, BY_INDEX);
    return convert_with(x, BY_INDEX, PyNumber_Index);
}
static PyObject *nb_int(PyObject *x) { return convert_with(x, BY_INT, PyNumber_Long); }
static PyObject *nb_float(PyObject *x) { return convert_with(x, BY_FLOAT, PyNumber_Float); }

static void handle_dealloc(PyObject *self);

static void pooled_dealloc(PyObject *self) {
    Handle *h = (Handle *)self;
    Tape *t = tapes[h->owner];
    if (LIKELY(Py_TYPE(self)->tp_dealloc == pooled_dealloc)) {
        h->u.next = t->free;
        t->free = h;
    } else
        Py_TYPE(self)->tp_free(self); /* of a subclass with more to it */
    if (UNLIKELY(--t->alive == 0))
        Py_DECREF(t);
}

static void handle_dealloc(PyObject *self) { pooled_dealloc(self); }

static PyObject *get_owner(PyObject *self, void *unused) {
    (void)unused;
    return Py_NewRef(TAPE_OF(self));
}

static PyObject *get_index(PyObject *self, void *unused) {
    (void)unused;
    return PyLong_FromUnsignedLong(INDEX(self));
}

static PyObject *get_number(PyObject *self, void *unused) {
    (void)unused;
    return unwrap_handle(self);
}

static PyObject *get_class(PyObject *self, void *unused) {
    (void)unused;
    PyObject *number = PyDict_GetItemWithError(of_kind, (PyObject *)Py_TYPE(self));
    if (number == NULL && !PyErr_Occurred())
        number = (PyObject *)Py_TYPE(self);
    return Py_XNewRef(number);
}

static PyGetSetDef handle_getset[] = {
    {"_tape", get_owner, NULL, NULL, NULL},
    {"_index", get_index, NULL, NULL, NULL},
    {"_data", get_number, NULL, NULL, NULL},
    {"__class__", get_class, NULL, NULL, NULL},
    {0},
};

PyTypeObject Handle_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Handle",
    .tp_basicsize = sizeof(Handle),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_dealloc = handle_dealloc,
    .tp_as_number = &handle_number,
    .tp_richcompare = handle_compare,
    .tp_hash = handle_hash,
    .tp_getset = handle_getset,
};

/* What C code may ask of a float and of an int; other numbers have methods in Python. */
static PyNumberMethods float_number = {.nb_float = nb_float, .nb_int = nb_int};
static PyNumberMethods int_number = {.nb_float = nb_float, .nb_int = nb_int, .nb_index = nb_index};

PyTypeObject Float_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Float",
    .tp_base = &Handle_Type,
    .tp_basicsize = sizeof(Handle),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_as_number = &float_number,
};
PyTypeObject Int_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Int",
    .tp_base = &Handle_Type,
    .tp_basicsize = sizeof(Handle),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_as_number = &int_number,
};

/* handle_type(name, bases, number_type): a class of handles that come from their tape's slabs and pass for numbers of
   that type. The
   classes that Python makes all take part in garbage collection, which these are too small for. */
static PyObject *handle_type(PyObject *module, PyObject *args) {
    (void)module;
    const char *name;
    PyObject *bases, *number;
    if (!PyArg_ParseTuple(args, "sO!O", &name, &PyTuple_Type, &bases, &number))
        return NULL;
    PyType_Slot type_slots[] = {{Py_tp_dealloc, (void *)pooled_dealloc}, {0, NULL}};
    PyType_Spec spec = {name, sizeof(Handle), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, type_slots};
    PyObject *kind = PyType_FromSpecWithBases(&spec, bases);
    if (kind == NULL)
        return NULL;
    if (number == Py_None) {
        Py_XSETREF(value_kind, (PyTypeObject *)Py_NewRef(kind));
        return kind;
    }
    if (PyDict_SetItem(of_kind, kind, number) < 0 || PyDict_SetItem(by_type, number, kind) < 0) {
        Py_DECREF(kind);
        return NULL;
    }
    PyTypeObject *const everyday[] = {&PyFloat_Type, &PyLong_Type, &PyBool_Type};
    for (int tag = FLOAT; tag <= BOOL; tag++)
        if (number == (PyObject *)everyday[tag])
            kinds[tag] = (PyTypeObject *)kind;
    return kind;
}

/* as_kind(kind, handle): a handle of the same entry, of a class of the user's. */
static PyObject *as_kind(PyObject *module, PyObject *args) {
    (void)module;
    PyTypeObject *kind;
    PyObject *handle;
    if (!PyArg_ParseTuple(args, "O!O!", &PyType_Type, &kind, &Handle_Type, &handle))
        return NULL;
    Handle *made = (Handle *)kind->tp_alloc(kind, 0);
    if (made != NULL) {
        made->u.v = ((Handle *)handle)->u.v;
        made->index = INDEX(handle);
        made->owner = ((Handle *)handle)->owner;
        if (TAPE_OF(handle)->alive++ == 0)
            Py_INCREF(TAPE_OF(handle));
    }
    return (PyObject *)made;
}

static int functions(PyObject *from, const char *name, PyObject **to, Py_ssize_t n) {
    PyObject *list = PyDict_GetItemString(from, name);
    if (list == NULL || !PyTuple_Check(list) || PyTuple_GET_SIZE(list) != n)
        return PyErr_Format(PyExc_ValueError, "%s", name), -1;
    for (Py_ssize_t i = 0; i < n; i++)
        Py_XSETREF(to[i], Py_NewRef(PyTuple_GET_ITEM(list, i)));
    return 0;
}

static int codes(PyObject *from, const char *name, uint8_t *to, Py_ssize_t n) {
    PyObject *list = PyDict_GetItemString(from, name);
    if (list == NULL || !PyTuple_Check(list) || PyTuple_GET_SIZE(list) != n)
        return PyErr_Format(PyExc_ValueError, "%s", name), -1;
    for (Py_ssize_t i = 0; i < n; i++) {
        long code = PyLong_AsLong(PyTuple_GET_ITEM(list, i));
        if (code < 0 || code > UINT8_MAX)
            return PyErr_Format(PyExc_ValueError, "%s", name), -1;
        to[i] = (uint8_t)code;
    }
    return 0;
}

/* setup(dict): the table of operations, and functions in Python. */
static PyObject *setup(PyObject *module, PyObject *from) {
    (void)module;
    uint8_t leaves[3];
    PyObject *singles[5];
    if (!PyDict_Check(from) || codes(from, "binary", binary_op, BINARY) < 0 ||
        codes(from, "compare", compare_op, 6) < 0 || codes(from, "unary", unary_op, UNARY) < 0 ||
        codes(from, "leaves", leaves, 3) < 0 || functions(from, "forward", py_forward, BINARY + 1) < 0 ||
        functions(from, "reflected", py_reflected, BINARY + 1) < 0 ||
        functions(from, "comparing", py_compare, 6) < 0 || functions(from, "alone", py_unary, UNARY) < 0 ||
        functions(from, "pow3", &py_pow3, 1) < 0)
        return NULL;
    memset(singles, 0, sizeof singles);
    if (functions(from, "others", singles, 5) < 0)
        return NULL;
    op_input = leaves[0], op_literal = leaves[1], op_constant = leaves[2];
    py_handle_type = singles[0], py_is_number = singles[1], py_is_own_code = singles[2];
    py_limit_reached = singles[3], py_leak_kinds = singles[4];
    Py_RETURN_NONE;
}

/* unwrap(x): the number of a Value; anything else as it is. */
static PyObject *unwrap(PyObject *module, PyObject *x) {
    (void)module;
    return IS_HANDLE(x) ? unwrap_handle(x) : Py_NewRef(x);
}

PyMethodDef handle_methods[] = {
    {"unwrap", unwrap, METH_O, NULL},
    {"handle_type", handle_type, METH_VARARGS, NULL},
    {"as_kind", as_kind, METH_VARARGS, NULL},
    {"setup", setup, METH_O, NULL},
    {0},
};

int handle_ready(void) {
    by_type = PyDict_New();
    of_kind = PyDict_New();
    return by_type == NULL || of_kind == NULL || PyType_Ready(&Handle_Type) < 0 || PyType_Ready(&Float_Type) < 0 ||
                   PyType_Ready(&Int_Type) < 0
               ? -1
               : 0;
}
