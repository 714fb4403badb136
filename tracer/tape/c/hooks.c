/* What rewritten code calls through: the converter of callees, and the functions of the table. */

#include "tape/c/hooks.h"

#include "tape/handle.h"
#include "tape/decisions.h"
#include "tape/locations.h"

#include <math.h>
#include <string.h>

/* The converter: what to call instead of a callee. What was decided once is found by identity. */

typedef struct {
    PyObject *from, *to;
} Pair;

typedef struct {
    Pair *pairs;
    size_t n, cap; /* a power of two */
} Pairs;

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *decide;
    Pairs known, met; /* callee -> what it became; classes that were met */
} Converter;

static inline Pair *find(Pair *known, size_t cap, PyObject *f) {
    size_t i = ((uintptr_t)f >> 4) * 0x9E3779B97F4A7C15u >> 20;
    for (;; i++) {
        Pair *p = known + (i & (cap - 1));
        if (p->from == f || p->from == NULL)
            return p;
    }
}

static int remember(Pairs *known, PyObject *from, PyObject *to) {
    if (known->n * 2 >= known->cap) {
        size_t cap = known->cap ? known->cap * 2 : 64;
        Pair *grown = PyMem_Calloc(cap, sizeof(Pair));
        if (grown == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        for (size_t i = 0; i < known->cap; i++)
            if (known->pairs[i].from != NULL)
                *find(grown, cap, known->pairs[i].from) = known->pairs[i];
        PyMem_Free(known->pairs);
        known->pairs = grown;
        known->cap = cap;
    }
    Pair *p = find(known->pairs, known->cap, from);
    if (p->from == NULL) {
        *p = (Pair){Py_NewRef(from), Py_NewRef(to)};
        known->n++;
    }
    return 0;
}

static int visit_pairs(Pairs *known, visitproc visit, void *arg) {
    for (size_t i = 0; i < known->cap; i++) {
        Py_VISIT(known->pairs[i].from);
        Py_VISIT(known->pairs[i].to);
    }
    return 0;
}

static void forget(Pairs *known) {
    Pairs gone = *known;
    *known = (Pairs){NULL, 0, 0};
    for (size_t i = 0; i < gone.cap; i++) {
        Py_XDECREF(gone.pairs[i].from);
        Py_XDECREF(gone.pairs[i].to);
    }
    PyMem_Free(gone.pairs);
}

/* Methods of the containers themselves only move objects; but `sort` takes a key. */
static int only_moves(PyObject *f) {
    PyObject *owner = PyCFunction_GET_SELF(f);
    PyTypeObject *type = Py_TYPE(owner);
    return (type == &PyList_Type || type == &PyDict_Type || type == &PySet_Type || type == &PyUnicode_Type ||
            type == &PyTuple_Type || type == &PyFrozenSet_Type || type == &PyBytes_Type || type == &PyByteArray_Type) &&
           strcmp(((PyCFunctionObject *)f)->m_ml->ml_name, "sort") != 0;
}

PyObject *converted(PyObject *converter, PyObject *f) {
    Converter *c = (Converter *)converter;
    if (LIKELY(c->known.cap > 0)) {
        Pair *p = find(c->known.pairs, c->known.cap, f);
        if (LIKELY(p->from == f))
            return Py_NewRef(p->to);
    }
    int bound = PyCFunction_Check(f) && PyCFunction_GET_SELF(f) != NULL && !PyModule_Check(PyCFunction_GET_SELF(f));
    if (bound && only_moves(f))
        return Py_NewRef(f);
    PyObject *to = PyObject_CallOneArg(c->decide, f);
    /* a bound method is another object each time */
    if (to != NULL && !bound && !PyMethod_Check(f) && remember(&c->known, f, to) < 0)
        Py_CLEAR(to);
    return to;
}

/* converter @ callee: what to call instead. */
static PyObject *converter_at(PyObject *self, PyObject *f) {
    if (UNLIKELY(!Py_IS_TYPE(self, &Converter_Type)))
        Py_RETURN_NOTIMPLEMENTED;
    if (!PyMethod_Check(f))
        return converted(self, f);
    PyObject *function = PyMethod_GET_FUNCTION(f), *owner = PyMethod_GET_SELF(f), *made;
    PyTypeObject *type = PyType_Check(owner) ? (PyTypeObject *)owner : Py_TYPE(owner);
    if (UNLIKELY(IS_HANDLE(owner)))
        return Py_NewRef(f);
    Converter *c = (Converter *)self;
    if (UNLIKELY(c->met.cap == 0 || find(c->met.pairs, c->met.cap, (PyObject *)type)->from == NULL)) {
        /* the first method of an object of this class: its other methods are adopted too */
        made = PyObject_CallOneArg(c->decide, f);
        if (made != NULL && remember(&c->met, (PyObject *)type, Py_None) < 0)
            Py_CLEAR(made);
        return made;
    }
    PyObject *to = converted(self, function);
    if (to == NULL || to == function) {
        made = to == NULL ? NULL : Py_NewRef(f);
        Py_XDECREF(to);
        return made;
    }
#if PY_VERSION_HEX < 0x030E0000
    if (Py_REFCNT(f) == 1) { /* just made for this call: nobody else will see it */
        Py_SETREF(((PyMethodObject *)f)->im_func, to);
        return Py_NewRef(f);
    }
#endif
    made = PyMethod_New(to, PyMethod_GET_SELF(f));
    Py_DECREF(to);
    return made;
}

static PyObject *converter_call(PyObject *self, PyObject *const *args, size_t flags, PyObject *names) {
    if (PyVectorcall_NARGS(flags) == 1 && names == NULL)
        return converter_at(self, args[0]);
    PyErr_SetString(PyExc_TypeError, "one callee is converted at a time");
    return NULL;
}

static PyNumberMethods converter_number = {.nb_matrix_multiply = converter_at};

static PyObject *converter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)type;
    PyObject *decide;
    if (kwargs != NULL || !PyArg_ParseTuple(args, "O", &decide))
        return NULL;
    Converter *c = PyObject_GC_New(Converter, &Converter_Type);
    if (c == NULL)
        return NULL;
    c->call = converter_call;
    c->decide = Py_NewRef(decide);
    c->known = c->met = (Pairs){NULL, 0, 0};
    PyObject_GC_Track(c);
    return (PyObject *)c;
}

static int converter_traverse(PyObject *self, visitproc visit, void *arg) {
    Converter *c = (Converter *)self;
    Py_VISIT(c->decide);
    int stop = visit_pairs(&c->known, visit, arg);
    return stop ? stop : visit_pairs(&c->met, visit, arg);
}

static int converter_clear(PyObject *self) {
    forget(&((Converter *)self)->known);
    forget(&((Converter *)self)->met);
    return 0;
}

static void converter_dealloc(PyObject *self) {
    PyObject_GC_UnTrack(self);
    converter_clear(self);
    Py_DECREF(((Converter *)self)->decide);
    PyObject_GC_Del(self);
}

static PyObject *converter_unwrap(PyObject *self, PyObject *x) {
    (void)self;
    return IS_HANDLE(x) ? same_number(x) : Py_NewRef(x);
}

static PyObject *converter_forget(PyObject *self, PyObject *none) {
    (void)none;
    converter_clear(self);
    Py_RETURN_NONE;
}

/* Whatever else rewritten code asks of the hooks. */
static PyObject *converter_getattro(PyObject *self, PyObject *name) {
    PyObject *own = PyObject_GenericGetAttr(self, name);
    if (own != NULL || !PyErr_ExceptionMatches(PyExc_AttributeError))
        return own;
    PyErr_Clear();
    return PyObject_GetAttr(((Converter *)self)->decide, name);
}

static PyMethodDef converter_methods[] = {
    {"forget", converter_forget, METH_NOARGS, "Let go of every callee."},
    {"unwrap", converter_unwrap, METH_O, "The number that a handle stands for; anything else as it is."},
    {0},
};

PyTypeObject Converter_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Converter",
    .tp_basicsize = sizeof(Converter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_vectorcall_offset = offsetof(Converter, call),
    .tp_call = PyVectorcall_Call,
    .tp_as_number = &converter_number,
    .tp_new = converter_new,
    .tp_dealloc = converter_dealloc,
    .tp_traverse = converter_traverse,
    .tp_clear = converter_clear,
    .tp_getattro = converter_getattro,
    .tp_methods = converter_methods,
};

/* A function of the table that is given numbers alone; anything else goes to the hook in Python. */

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    Tape *tape;
    PyObject *function, *slow;
    double (*known)(double); /* what C computes as Python does, as long as it is finite */
    uint8_t op;
} Primitive;

/* Outside their domain these are not finite, and Python says what is wrong. */
static const struct {
    const char *name;
    double (*f)(double);
} known_functions[] = {
    {"abs", fabs}, {"math.fabs", fabs}, {"math.sqrt", sqrt}, {"math.exp", exp},
    {"math.sin", sin}, {"math.cos", cos}, {"math.tanh", tanh}, {"math.log", log},
};

#define MOST_OPERANDS 8

static int as_number(PyObject *x, PyObject **plain) {
    if (IS_HANDLE(x)) {
        Entry *e = TAPE_OF(x)->log + ((Handle *)x)->index;
        *plain = number_out(TAPE_OF(x), e->tag, e->v);
        return *plain == NULL ? -1 : 1;
    }
    *plain = Py_NewRef(x);
    return PyFloat_CheckExact(x) || PyLong_CheckExact(x) || PyBool_Check(x) || PyComplex_CheckExact(x);
}

static PyObject *note(Primitive *p, PyObject *const *args, Py_ssize_t n, PyObject *data) {
    Tape *t = p->tape;
    uint32_t location = here(t), operands[MOST_OPERANDS + 2] = {NONE, NONE};
    if (location == NONE)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (IS_HANDLE(args[i]))
            operands[i] = ((Handle *)args[i])->index;
        else {
            PyObject *constant = write_object(t, op_constant, NONE, NONE, location, args[i]);
            if (constant == NULL)
                return NULL;
            operands[i] = ((Handle *)constant)->index;
            Py_DECREF(constant);
        }
    }
    PyObject *made = write_object(t, p->op, operands[0], operands[1], location, data);
    if (made != NULL && n > 2) {
        uint32_t index = ((Handle *)made)->index;
        PyObject *all = PyTuple_New(n), *key = PyLong_FromUnsignedLong(index);
        for (Py_ssize_t i = 0; all != NULL && i < n; i++) {
            PyObject *operand = PyLong_FromUnsignedLong(operands[i]);
            if (operand == NULL)
                Py_CLEAR(all);
            else
                PyTuple_SET_ITEM(all, i, operand);
        }
        t->log[index].more = 1;
        if (all == NULL || key == NULL || PyDict_SetItem(t->operands, key, all) < 0)
            Py_CLEAR(made);
        Py_XDECREF(all);
        Py_XDECREF(key);
    }
    return made;
}

/* A number of C: what is done with it runs no code in Python, so it may be done twice. */
static int of_c(PyObject *x) {
    return PyFloat_CheckExact(x) || PyLong_CheckExact(x) || PyBool_Check(x) || PyComplex_CheckExact(x);
}

static PyObject *primitive_call(PyObject *self, PyObject *const *args, size_t flags, PyObject *names) {
    Primitive *p = (Primitive *)self;
    Py_ssize_t n = PyVectorcall_NARGS(flags);
    if (p->known != NULL && n == 1 && names == NULL && Py_IS_TYPE(args[0], kinds[FLOAT]) && TAPE_OF(args[0]) == p->tape) {
        Number z = {p->known(((Handle *)args[0])->u.v.d)};
        if (LIKELY(isfinite(z.d))) {
            uint32_t location = here(p->tape);
            return location == NONE ? NULL : emit(p->tape, p->op, ((Handle *)args[0])->index, NONE, location, FLOAT, z);
        }
    }
    if (names != NULL || n == 0 || n > MOST_OPERANDS)
        return PyObject_Vectorcall(p->slow, args, flags, names);
    PyObject *plain[MOST_OPERANDS], *result = NULL;
    Py_ssize_t taken = 0;
    int numbers = 1, handles = 0;
    for (; taken < n && numbers == 1; taken++) {
        numbers = as_number(args[taken], plain + taken);
        if (numbers == 1 && !of_c(plain[taken]))
            numbers = 0;
        if (IS_HANDLE(args[taken])) {
            handles = 1;
            if (TAPE_OF(args[taken]) != p->tape)
                numbers = 0;
        }
    }
    PyObject *data = numbers == 1 ? PyObject_Vectorcall(p->function, plain, (size_t)n, NULL) : NULL;
    for (Py_ssize_t i = 0; i < taken; i++)
        Py_XDECREF(plain[i]);
    if (data == NULL) {
        if (PyErr_Occurred()) {
            if (!handles || !PyErr_ExceptionMatches(PyExc_Exception))
                return NULL;
            PyErr_Clear(); /* computed again, and noted as what failed */
        }
        return PyObject_Vectorcall(p->slow, args, flags, names);
    }
    if (!handles)
        return data;
    if (of_c(data)) {
        result = note(p, args, n, data);
        Py_DECREF(data);
        return result;
    }
    Py_DECREF(data);
    return PyObject_Vectorcall(p->slow, args, flags, names);
}

static PyObject *primitive_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)type;
    PyObject *tape, *function, *slow;
    unsigned char op;
    const char *name;
    if (kwargs != NULL || !PyArg_ParseTuple(args, "O!bsOO", &Tape_Type, &tape, &op, &name, &function, &slow))
        return NULL;
    Primitive *p = PyObject_GC_New(Primitive, &Primitive_Type);
    if (p == NULL)
        return NULL;
    p->call = primitive_call;
    p->tape = (Tape *)Py_NewRef(tape);
    p->function = Py_NewRef(function);
    p->slow = Py_NewRef(slow);
    p->op = op;
    p->known = NULL;
    for (size_t i = 0; i < sizeof known_functions / sizeof *known_functions; i++)
        if (strcmp(name, known_functions[i].name) == 0)
            p->known = known_functions[i].f;
    PyObject_GC_Track(p);
    return (PyObject *)p;
}

static PyObject *primitive_getattro(PyObject *self, PyObject *name) {
    return PyObject_GetAttr(((Primitive *)self)->slow, name);
}

static int primitive_traverse(PyObject *self, visitproc visit, void *arg) {
    Primitive *p = (Primitive *)self;
    Py_VISIT(p->tape);
    Py_VISIT(p->function);
    Py_VISIT(p->slow);
    return 0;
}

static void primitive_dealloc(PyObject *self) {
    Primitive *p = (Primitive *)self;
    PyObject_GC_UnTrack(self);
    Py_DECREF(p->tape);
    Py_DECREF(p->function);
    Py_DECREF(p->slow);
    PyObject_GC_Del(self);
}

PyTypeObject Primitive_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Primitive",
    .tp_basicsize = sizeof(Primitive),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_vectorcall_offset = offsetof(Primitive, call),
    .tp_call = PyVectorcall_Call,
    .tp_new = primitive_new,
    .tp_dealloc = primitive_dealloc,
    .tp_traverse = primitive_traverse,
    .tp_getattro = primitive_getattro,
};

int hooks_ready(void) {
    return PyType_Ready(&Converter_Type) < 0 || PyType_Ready(&Primitive_Type) < 0 || PyType_Ready(&Member_Type) < 0
               ? -1
               : 0;
}
