/* The converter of callees: what was decided once is found by identity. The readable twin is in convert.py. */

#include "run/run.h"

#include "tape/handle.h"

typedef struct {
    PyObject *from, *to;
} Pair;

typedef struct {
    Pair *pairs;
    size_t n, cap; /* a power of two */
} Pairs;

/* A method in C that stays as it is, of the objects of a class. */
typedef struct {
    PyTypeObject *owner;
    PyMethodDef *method;
} Unchanged;

#define METHODS 64

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *decide, *visit; /* NULL once the run is over */
    Pairs known, visited;     /* callee -> what it became; classes */
    Unchanged unchanged[METHODS];
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

static void clear_pairs(Pairs *known) {
    Pairs gone = *known;
    *known = (Pairs){NULL, 0, 0};
    for (size_t i = 0; i < gone.cap; i++) {
        Py_XDECREF(gone.pairs[i].from);
        Py_XDECREF(gone.pairs[i].to);
    }
    PyMem_Free(gone.pairs);
}

static int is_bound(PyObject *f) {
    return PyCFunction_Check(f) && PyCFunction_GET_SELF(f) != NULL && !PyModule_Check(PyCFunction_GET_SELF(f));
}

/* A method of an object in C is another object each time: those that stay as they are are known by class and name. */
static Unchanged *slot_of(Converter *c, PyObject *method) {
    uintptr_t owner = (uintptr_t)Py_TYPE(PyCFunction_GET_SELF(method)), name = (uintptr_t)((PyCFunctionObject *)method)->m_ml;
    return c->unchanged + ((owner >> 4) + (name >> 5)) % METHODS;
}

static PyObject *decide(Converter *c, PyObject *f) {
    PyObject *decide = Py_NewRef(c->decide), *to = PyObject_CallOneArg(decide, f);
    Py_DECREF(decide);
    return to;
}

static PyObject *convert_bound(Converter *c, PyObject *f) {
    Unchanged *slot = slot_of(c, f);
    PyTypeObject *owner = Py_TYPE(PyCFunction_GET_SELF(f));
    PyMethodDef *method = ((PyCFunctionObject *)f)->m_ml;
    if (LIKELY(slot->owner == owner && slot->method == method))
        return Py_NewRef(f);
    PyObject *to = decide(c, f);
    if (to == f && !PyType_Check(PyCFunction_GET_SELF(f))) { /* what is done with a class depends on the class */
        Py_XSETREF(slot->owner, (PyTypeObject *)Py_NewRef(owner));
        slot->method = method;
    }
    return to;
}

PyObject *converted(PyObject *converter, PyObject *f) {
    Converter *c = (Converter *)converter;
    if (LIKELY(c->known.cap > 0)) {
        Pair *p = find(c->known.pairs, c->known.cap, f);
        if (LIKELY(p->from == f))
            return Py_NewRef(p->to);
    }
    if (UNLIKELY(c->decide == NULL))
        return Py_NewRef(f);
    if (is_bound(f))
        return convert_bound(c, f);
    PyObject *to = decide(c, f);
    if (to != NULL && remember(&c->known, f, to) < 0)
        Py_CLEAR(to);
    return to;
}

/* The first method of an object of this class: the class is patched, and what the object holds is searched. */
static SLOW int visit_owner(Converter *c, PyObject *owner, PyTypeObject *type) {
    PyObject *none = c->visit == NULL ? Py_NewRef(Py_None) : PyObject_CallOneArg(c->visit, owner);
    if (none == NULL)
        return -1;
    Py_DECREF(none);
    return remember(&c->visited, (PyObject *)type, Py_None);
}

/* converter @ callee: what to call instead. */
static PyObject *converter_at(PyObject *self, PyObject *f) {
    if (UNLIKELY(!IS_CONVERTER(self)))
        Py_RETURN_NOTIMPLEMENTED;
    if (!PyMethod_Check(f))
        return converted(self, f);
    PyObject *owner = PyMethod_GET_SELF(f), *made;
    if (UNLIKELY(IS_HANDLE(owner)))
        return Py_NewRef(f);
    Converter *c = (Converter *)self;
    PyTypeObject *type = PyType_Check(owner) ? (PyTypeObject *)owner : Py_TYPE(owner);
    if (UNLIKELY(c->visited.cap == 0 || find(c->visited.pairs, c->visited.cap, (PyObject *)type)->from == NULL) &&
        visit_owner(c, owner, type) < 0)
        return NULL;
    PyObject *function = PyMethod_GET_FUNCTION(f), *to = converted(self, function);
    if (to == NULL || to == function) {
        made = to == NULL ? NULL : Py_NewRef(f);
        Py_XDECREF(to);
        return made;
    }
#if PY_VERSION_HEX < 0x030E0000
    if (Py_REFCNT(f) == 1) { /* just made for this call: nothing else will see it */
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

static int converter_clear(PyObject *self) {
    Converter *c = (Converter *)self;
    clear_pairs(&c->known);
    clear_pairs(&c->visited);
    for (size_t i = 0; i < METHODS; i++)
        Py_CLEAR(c->unchanged[i].owner);
    Py_CLEAR(c->decide);
    Py_CLEAR(c->visit);
    return 0;
}

static PyObject *converter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)args;
    (void)kwargs;
    Converter *c = (Converter *)type->tp_alloc(type, 0); /* zeroed */
    if (c != NULL)
        c->call = converter_call;
    return (PyObject *)c;
}

static int converter_init(PyObject *self, PyObject *args, PyObject *kwargs) {
    PyObject *decide, *visit;
    if (kwargs != NULL || !PyArg_ParseTuple(args, "OO:Converter", &decide, &visit))
        return -1;
    Py_XSETREF(((Converter *)self)->decide, Py_NewRef(decide));
    Py_XSETREF(((Converter *)self)->visit, Py_NewRef(visit));
    return 0;
}

static int converter_traverse(PyObject *self, visitproc visit, void *arg) {
    Converter *c = (Converter *)self;
    Py_VISIT(c->decide);
    Py_VISIT(c->visit);
    for (size_t i = 0; i < METHODS; i++)
        Py_VISIT(c->unchanged[i].owner);
    int stop = visit_pairs(&c->known, visit, arg);
    return stop ? stop : visit_pairs(&c->visited, visit, arg);
}

static void converter_dealloc(PyObject *self) {
    PyObject_GC_UnTrack(self);
    converter_clear(self);
    Py_TYPE(self)->tp_free(self);
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

static PyMethodDef converter_methods[] = {
    {"forget", converter_forget, METH_NOARGS, "Let go of every callee, and convert none from now on."},
    {"unwrap", converter_unwrap, METH_O, "Return the number that a handle stands for, the same object each time."},
    {0},
};

PyTypeObject Converter_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Converter",
    .tp_basicsize = sizeof(Converter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_vectorcall_offset = offsetof(Converter, call),
    .tp_call = PyVectorcall_Call,
    .tp_as_number = &converter_number,
    .tp_new = converter_new,
    .tp_init = converter_init,
    .tp_dealloc = converter_dealloc,
    .tp_traverse = converter_traverse,
    .tp_clear = converter_clear,
    .tp_methods = converter_methods,
};

int run_ready(void) {
    return PyType_Ready(&Converter_Type) < 0 || PyType_Ready(&PatchedFunction_Type) < 0 || primitives_ready() < 0 ? -1 : 0;
}
