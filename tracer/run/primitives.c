/* Functions of the table that are given numbers alone; anything else goes to primitives.py, where `shortcut` has its
   readable twin. */

#include "run/run.h"

#include "tape/decisions.h"
#include "tape/handle.h"
#include "tape/locations.h"

#include <math.h>

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    Tape *tape;
    PyObject *function, *python; /* python: what is called with anything else */
    double (*known)(double); /* what C computes as Python does, as long as it is finite */
    uint8_t op;
} Primitive;

static PyTypeObject Primitive_Type;

/* Outside their domain these are not finite, and Python says what is wrong. */
static struct {
    const char *module, *name;
    double (*f)(double);
    PyObject *function; /* Python's own, which is computed so */
} known_functions[] = {
    {"builtins", "abs", fabs, NULL}, {"math", "fabs", fabs, NULL}, {"math", "sqrt", sqrt, NULL}, {"math", "exp", exp, NULL},
    {"math", "sin", sin, NULL}, {"math", "cos", cos, NULL}, {"math", "tanh", tanh, NULL}, {"math", "log", log, NULL},
};
#define KNOWN_FUNCTIONS (sizeof known_functions / sizeof *known_functions)

#define MOST_OPERANDS 8

/* The number that an argument is or stands for; anything else as it is. */
static PyObject *unwrapped(PyObject *x) {
    if (!IS_HANDLE(x))
        return Py_NewRef(x);
    Entry *e = TAPE_OF(x)->log + INDEX(x);
    return number_out(TAPE_OF(x), e->tag, e->v);
}

/* A number of C: what is done with it runs no code in Python, so it may be done twice. */
static int is_everyday(PyObject *x) {
    return PyFloat_CheckExact(x) || PyLong_CheckExact(x) || PyBool_Check(x) || PyComplex_CheckExact(x);
}

static PyObject *record(Primitive *p, PyObject *const *args, Py_ssize_t n, PyObject *data) {
    Tape *t = p->tape;
    uint32_t location = here(t), operands[MOST_OPERANDS + 2] = {NONE, NONE};
    if (location == NONE)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (IS_HANDLE(args[i]))
            operands[i] = INDEX(args[i]);
        else {
            PyObject *constant = write_object(t, op_constant, NONE, NONE, location, args[i]);
            if (constant == NULL)
                return NULL;
            operands[i] = INDEX(constant);
            Py_DECREF(constant);
        }
    }
    PyObject *made = write_object(t, p->op, operands[0], operands[1], location, data);
    if (made != NULL && n > 2) {
        uint32_t index = INDEX(made);
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

static PyObject *primitive_call(PyObject *self, PyObject *const *args, size_t flags, PyObject *names) {
    Primitive *p = (Primitive *)self;
    Py_ssize_t n = PyVectorcall_NARGS(flags);
    if (p->known != NULL && n == 1 && names == NULL && Py_IS_TYPE(args[0], kinds[FLOAT]) && TAPE_OF(args[0]) == p->tape) {
        Number z = {p->known(((Handle *)args[0])->u.v.d)};
        if (LIKELY(isfinite(z.d))) {
            uint32_t location = here(p->tape);
            return location == NONE ? NULL : emit(p->tape, p->op, INDEX(args[0]), NONE, location, FLOAT, z);
        }
    }
    if (names != NULL || n == 0 || n > MOST_OPERANDS)
        return PyObject_Vectorcall(p->python, args, flags, names);
    PyObject *numbers[MOST_OPERANDS], *result = NULL;
    Py_ssize_t taken = 0;
    int everyday = 1, handles = 0;
    for (; taken < n && everyday; taken++) {
        numbers[taken] = unwrapped(args[taken]);
        everyday = numbers[taken] != NULL && is_everyday(numbers[taken]);
        if (IS_HANDLE(args[taken])) {
            handles = 1;
            if (TAPE_OF(args[taken]) != p->tape)
                everyday = 0;
        }
    }
    PyObject *data = everyday ? PyObject_Vectorcall(p->function, numbers, (size_t)n, NULL) : NULL;
    for (Py_ssize_t i = 0; i < taken; i++)
        Py_XDECREF(numbers[i]);
    if (data == NULL) {
        if (PyErr_Occurred()) {
            if (!handles || !PyErr_ExceptionMatches(PyExc_Exception))
                return NULL;
            PyErr_Clear(); /* computed again, and recorded as what failed */
        }
        return PyObject_Vectorcall(p->python, args, flags, names);
    }
    if (!handles)
        return data;
    if (is_everyday(data)) {
        result = record(p, args, n, data);
        Py_DECREF(data);
        return result;
    }
    Py_DECREF(data);
    return PyObject_Vectorcall(p->python, args, flags, names);
}

/* shortcut(tape, code, function, call): a Primitive. */
static PyObject *shortcut(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *tape, *function, *call;
    unsigned char op;
    if (!PyArg_ParseTuple(args, "O!bOO", &Tape_Type, &tape, &op, &function, &call))
        return NULL;
    Primitive *p = PyObject_GC_New(Primitive, &Primitive_Type);
    if (p == NULL)
        return NULL;
    p->call = primitive_call;
    p->tape = (Tape *)Py_NewRef(tape);
    p->function = Py_NewRef(function);
    p->python = Py_NewRef(call);
    p->op = op;
    p->known = NULL;
    for (size_t i = 0; i < KNOWN_FUNCTIONS; i++)
        if (function == known_functions[i].function)
            p->known = known_functions[i].f;
    PyObject_GC_Track(p);
    return (PyObject *)p;
}

static PyObject *primitive_getattro(PyObject *self, PyObject *name) {
    return PyObject_GetAttr(((Primitive *)self)->python, name);
}

static int primitive_traverse(PyObject *self, visitproc visit, void *arg) {
    Primitive *p = (Primitive *)self;
    Py_VISIT(p->tape);
    Py_VISIT(p->function);
    Py_VISIT(p->python);
    return 0;
}

static void primitive_dealloc(PyObject *self) {
    Primitive *p = (Primitive *)self;
    PyObject_GC_UnTrack(self);
    Py_DECREF(p->tape);
    Py_DECREF(p->function);
    Py_DECREF(p->python);
    PyObject_GC_Del(self);
}

static PyTypeObject Primitive_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Primitive",
    .tp_basicsize = sizeof(Primitive),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_vectorcall_offset = offsetof(Primitive, call),
    .tp_call = PyVectorcall_Call,
    .tp_dealloc = primitive_dealloc,
    .tp_traverse = primitive_traverse,
    .tp_getattro = primitive_getattro,
};

PyMethodDef primitive_methods[] = {{"shortcut", shortcut, METH_VARARGS, NULL}, {0}};

int primitives_ready(void) {
    for (size_t i = 0; i < KNOWN_FUNCTIONS; i++) {
        PyObject *module = PyImport_ImportModule(known_functions[i].module);
        known_functions[i].function = module == NULL ? NULL : PyObject_GetAttrString(module, known_functions[i].name);
        Py_XDECREF(module);
        if (known_functions[i].function == NULL)
            return -1;
    }
    return PyType_Ready(&Primitive_Type);
}
