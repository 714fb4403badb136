/* The reverse sweep. Rows of the table that are not known here run through their Python partials. The readable twin
   is sweep.py. */

#include "tape/sweep.h"

#include "tape/module.h"

#include <math.h>
#include <string.h>

enum {
    BY_PYTHON,
    FLAT,
    R_ADD,
    R_SUB,
    R_MUL,
    R_DIV,
    R_POW,
    R_NEG,
    R_POS,
    R_ABS,
    R_SQRT,
    R_EXP,
    R_LOG,
    R_SIN,
    R_COS,
    R_MOD,
    R_TANH,
};

static const struct {
    const char *name;
    uint8_t rule;
} rule_names[] = {
    {"flat", FLAT},  {"add", R_ADD},   {"sub", R_SUB}, {"mul", R_MUL}, {"truediv", R_DIV},
    {"pow", R_POW},  {"neg", R_NEG},   {"pos", R_POS}, {"abs", R_ABS}, {"sqrt", R_SQRT},
    {"mod", R_MOD},  {"exp", R_EXP},   {"log", R_LOG},   {"sin", R_SIN}, {"cos", R_COS}, {"tanh", R_TANH},
};

static PyObject *the_nan;

/* The rule of each operation by its name, BY_PYTHON for an unknown one. */
static int read_rules(PyObject *names, uint8_t *rules) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names) && i < 256; i++) {
        const char *name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, i));
        if (name == NULL)
            return -1;
        for (size_t k = 0; k < sizeof rule_names / sizeof *rule_names; k++)
            if (strcmp(name, rule_names[k].name) == 0)
                rules[i] = rule_names[k].rule;
    }
    return 0;
}

static int set_unknown(Slopes *s, size_t i) {
    if (s->unknown == NULL && (s->unknown = PyMem_RawCalloc((size_t)s->n, 1)) == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    s->unknown[i] = 1;
    return 0;
}

/* Whether an entry's number is a real one that C knows, and which. */
INLINE int real_of(Tape *t, Entry *e, double *x) {
    if (LIKELY(e->tag == FLOAT))
        *x = e->v.d;
    else if (e->tag != OBJECT)
        *x = (double)e->v.i;
    else {
        if (!PyLong_CheckExact(t->objects[e->v.i]))
            return 0;
        *x = PyLong_AsDouble(t->objects[e->v.i]);
        if (*x == -1.0 && PyErr_Occurred()) {
            PyErr_Clear(); /* beyond the range of float */
            return 0;
        }
    }
    return 1;
}

/* x // y of floats, as Python rounds it: from the remainder that has the sign of y. */
static double floor_quotient(double x, double y) {
    double rest = fmod(x, y), quotient = (x - rest) / y;
    if (rest != 0.0 && (y < 0) != (rest < 0))
        quotient -= 1.0;
    if (quotient == 0.0)
        return copysign(0.0, x / y);
    double whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

/* The slopes of one entry by its (one or two) operands; 0 where Python is to find them. */
static inline int local(uint8_t rule, double z, double x, double y, int count, double *dx, double *dy) {
    switch (rule) {
    case R_ADD:
        *dx = 1.0, *dy = 1.0;
        return count == 2;
    case R_SUB:
        *dx = 1.0, *dy = -1.0;
        return count == 2;
    case R_MUL:
        *dx = y, *dy = x;
        return count == 2;
    case R_DIV:
        *dx = 1 / y, *dy = -z / y;
        return count == 2 && y != 0.0;
    case R_POW:
        if (count != 2 || !(x > 0.0) || !isfinite(x) || !isfinite(y))
            return 0;
        *dx = y == 0.0 ? 0.0 : y == 1.0 ? 1.0 : y == 2.0 ? y * x : y * pow(x, y - 1);
        *dy = z * log(x);
        return isfinite(*dx);
    case R_MOD:
        *dx = 1.0, *dy = -floor_quotient(x, y);
        return count == 2 && y != 0.0;
    case R_NEG:
        *dx = -1.0;
        return count == 1;
    case R_POS:
        *dx = 1.0;
        return count == 1;
    case R_ABS:
        *dx = x == 0.0 ? 0.0 : copysign(1.0, x);
        return count == 1;
    case R_SQRT:
        *dx = 0.5 / z;
        return count == 1 && z != 0.0;
    case R_EXP:
        *dx = z;
        return count == 1;
    case R_LOG:
        *dx = 1 / x;
        return count == 1 && x != 0.0;
    case R_SIN:
        *dx = cos(x);
        return count == 1 && isfinite(x);
    case R_COS:
        *dx = -sin(x);
        return count == 1 && isfinite(x);
    case R_TANH:
        if (count != 1 || isnan(x))
            return 0;
        if (fabs(x) < 350) {
            double c = cosh(x);
            *dx = 1 / pow(c, 2.0);
        } else
            *dx = 0.0;
        return 1;
    default:
        return 0;
    }
}

static inline int pass_on(Slopes *s, size_t j, double grad, int grad_unknown, double slope) {
    if (slope == 0.0)
        return 0;
    if (UNLIKELY(grad_unknown))
        return set_unknown(s, j);
    s->slopes[j] += grad * slope; /* what is unknown stays so */
    return 0;
}

/* Pass on what an entry has to its operands, with the slopes that Python gives. */
static SLOW int python_slopes(Slopes *s, Tape *t, PyObject *py_slopes, size_t i, int grad_unknown) {
    double grad = s->slopes[i];
    Entry *e = t->log + i;
    PyObject *operands = tape_operands(t, i), *z = number_out(t, e->tag, e->v), *slopes = NULL;
    Py_ssize_t n = operands == NULL ? 0 : PyTuple_GET_SIZE(operands);
    PyObject *numbers = operands == NULL || z == NULL ? NULL : PyList_New(n);
    int failed = numbers == NULL;
    for (Py_ssize_t k = 0; !failed && k < n; k++) {
        size_t j = PyLong_AsSize_t(PyTuple_GET_ITEM(operands, k));
        PyObject *x = number_out(t, t->log[j].tag, t->log[j].v);
        failed = x == NULL;
        if (!failed)
            PyList_SET_ITEM(numbers, k, x);
    }
    if (!failed) {
        PyObject *answer = PyObject_CallFunction(py_slopes, "iOO", e->op, z, numbers);
        if (answer == Py_None)
            Py_DECREF(answer);
        else if (answer != NULL) {
            slopes = PySequence_Fast(answer, "slopes are a sequence");
            Py_DECREF(answer);
        }
        failed = PyErr_Occurred() != NULL;
    }
    for (Py_ssize_t k = 0; !failed && k < n; k++) {
        size_t j = PyLong_AsSize_t(PyTuple_GET_ITEM(operands, k));
        double slope = 1.0;
        int known = slopes != NULL && k < PySequence_Fast_GET_SIZE(slopes);
        if (known) {
            slope = PyFloat_AsDouble(PySequence_Fast_GET_ITEM(slopes, k));
            if (slope == -1.0 && PyErr_Occurred()) {
                PyErr_Clear(); /* a complex one */
                known = 0;
                slope = 1.0;
            }
        }
        failed = pass_on(s, j, grad, grad_unknown || !known, slope) < 0;
    }
    Py_XDECREF(operands);
    Py_XDECREF(z);
    Py_XDECREF(numbers);
    Py_XDECREF(slopes);
    return failed ? -1 : 0;
}

/* Not inlined: by itself the loop has registers enough, which makes half its speed. */
NOINLINE int sweep(Slopes *s, Tape *t, const uint8_t *given, PyObject *py_slopes, size_t output) {
    double *g = s->slopes;
    uint8_t rules[256]; /* on the stack, which takes no register */
    memcpy(rules, given, sizeof rules);
    g[output] = 1.0;
    for (size_t i = output + 1; i-- > 0;) {
        double grad = g[i];
        int unknown = s->unknown != NULL && s->unknown[i];
        if (grad == 0.0 && !unknown)
            continue;
        Entry *e = t->log + i;
        if (e->a == NONE || rules[e->op] == FLAT)
            continue;
        Entry *x = t->log + e->a, *y = e->b == NONE ? x : t->log + e->b;
        if (LIKELY(e->tag == FLOAT && !unknown)) { /* what a sum, a difference and most products need */
            uint8_t rule = rules[e->op];
            if ((rule == R_ADD || rule == R_SUB) && e->b != NONE) {
                g[e->a] += grad;
                g[e->b] += rule == R_ADD ? grad : -grad;
                continue;
            }
            if (rule == R_MUL && x->tag == FLOAT && y->tag == FLOAT) {
                if (y->v.d != 0.0)
                    g[e->a] += grad * y->v.d;
                if (x->v.d != 0.0)
                    g[e->b] += grad * x->v.d;
                continue;
            }
        }
        if (rules[e->op] == R_MOD && e->tag == INT && x->tag == INT && y->tag == INT && !unknown && IS_EXACT(x->v.i) &&
            IS_EXACT(y->v.i)) {
            int64_t quotient = (x->v.i - e->v.i) / y->v.i; /* rounded down, whole as it is */
            g[e->a] += grad;
            if (quotient != 0)
                g[e->b] -= grad * (double)quotient;
            continue;
        }
        double dx, dy = 0.0, zs, xs, ys;
        if (LIKELY(!e->more && real_of(t, e, &zs) && real_of(t, x, &xs) && real_of(t, y, &ys) &&
                   local(rules[e->op], zs, xs, ys, e->b == NONE ? 1 : 2, &dx, &dy))) {
            if (pass_on(s, e->a, grad, unknown, dx) < 0 || (e->b != NONE && pass_on(s, e->b, grad, unknown, dy) < 0))
                return -1;
        } else if (python_slopes(s, t, py_slopes, i, unknown) < 0)
            return -1;
    }
    return 0;
}

/* sweep(tape, output, rules, slopes): the slope of an output by each entry; all 0.0 without an output. `rules`: for each
   operation the name of its rule here, or ""; `slopes(code, z, operands)` gives the slopes of the others. */
static PyObject *sweep_tape(PyObject *module, PyObject *args) {
    (void)module;
    Tape *t;
    PyObject *output, *names, *slopes;
    uint8_t rules[256] = {BY_PYTHON};
    if (!PyArg_ParseTuple(args, "O!OO!O", &Tape_Type, &t, &output, &PyTuple_Type, &names, &slopes) ||
        read_rules(names, rules) < 0)
        return NULL;
    Slopes *s = PyObject_New(Slopes, &Slopes_Type);
    if (s == NULL)
        return NULL;
    s->n = (Py_ssize_t)t->n;
    s->unknown = NULL;
    s->slopes = PyMem_RawCalloc(t->n ? t->n : 1, sizeof(double));
    if (s->slopes == NULL) {
        PyErr_NoMemory();
    } else if (output != Py_None) {
        size_t i = PyLong_AsSize_t(output);
        if (!PyErr_Occurred() && i >= (size_t)s->n)
            PyErr_SetObject(PyExc_IndexError, output);
        if (!PyErr_Occurred())
            sweep(s, t, rules, slopes, i);
    }
    if (PyErr_Occurred())
        Py_CLEAR(s);
    return (PyObject *)s;
}

static void slopes_dealloc(PyObject *self) {
    PyMem_RawFree(((Slopes *)self)->slopes);
    PyMem_RawFree(((Slopes *)self)->unknown);
    PyObject_Free(self);
}

static Py_ssize_t slopes_length(PyObject *self) { return ((Slopes *)self)->n; }

static PyObject *slopes_item(PyObject *self, Py_ssize_t i) {
    Slopes *s = (Slopes *)self;
    if (i < 0 || i >= s->n) {
        PyErr_SetString(PyExc_IndexError, "the tape has no such entry");
        return NULL;
    }
    if (s->unknown != NULL && s->unknown[i])
        Py_RETURN_NONE;
    /* one nan, so that lists of slopes compare as those of the tape in Python do */
    return isnan(s->slopes[i]) ? Py_NewRef(the_nan) : PyFloat_FromDouble(s->slopes[i]);
}

static PyObject *slopes_subscript(PyObject *self, PyObject *index) {
    if (PyIndex_Check(index)) {
        Py_ssize_t i = PyNumber_AsSsize_t(index, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return NULL;
        return slopes_item(self, i < 0 ? i + slopes_length(self) : i);
    }
    PyObject *list = PySequence_List(self);
    PyObject *part = list == NULL ? NULL : PyObject_GetItem(list, index);
    Py_XDECREF(list);
    return part;
}

static PyObject *slopes_compare(PyObject *self, PyObject *other, int op) {
    if (!PyList_Check(other) && !Py_IS_TYPE(other, &Slopes_Type))
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *mine = PySequence_List(self), *theirs = PySequence_List(other);
    PyObject *result = mine == NULL || theirs == NULL ? NULL : PyObject_RichCompare(mine, theirs, op);
    Py_XDECREF(mine);
    Py_XDECREF(theirs);
    return result;
}

static PyObject *slopes_repr(PyObject *self) {
    PyObject *list = PySequence_List(self);
    PyObject *text = list == NULL ? NULL : PyObject_Repr(list);
    Py_XDECREF(list);
    return text;
}

static PyObject *slopes_reduce(PyObject *self, PyObject *none) {
    (void)none;
    PyObject *list = PySequence_List(self);
    return list == NULL ? NULL : Py_BuildValue("O(N)", &PyList_Type, list);
}

static int slopes_contains(PyObject *self, PyObject *x) {
    Slopes *s = (Slopes *)self;
    if (x != Py_None) {
        PyObject *list = PySequence_List(self);
        int found = list == NULL ? -1 : PySequence_Contains(list, x);
        Py_XDECREF(list);
        return found;
    }
    return s->unknown != NULL && memchr(s->unknown, 1, (size_t)s->n) != NULL;
}

static PySequenceMethods slopes_sequence = {
    .sq_length = slopes_length, .sq_item = slopes_item, .sq_contains = slopes_contains};
static PyMappingMethods slopes_mapping = {.mp_length = slopes_length, .mp_subscript = slopes_subscript};
static PyMethodDef slopes_methods[] = {
    {"__reduce__", slopes_reduce, METH_NOARGS, "A copy is a list."},
    {0},
};

PyTypeObject Slopes_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Slopes",
    .tp_doc = "A derivative for each entry, None where it is not known: a read-only sequence.",
    .tp_basicsize = sizeof(Slopes),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_dealloc = slopes_dealloc,
    .tp_as_sequence = &slopes_sequence,
    .tp_as_mapping = &slopes_mapping,
    .tp_richcompare = slopes_compare,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_repr = slopes_repr,
    .tp_methods = slopes_methods,
};

int sweep_ready(void) {
    the_nan = PyFloat_FromDouble(Py_NAN);
    return the_nan == NULL ? -1 : PyType_Ready(&Slopes_Type);
}

PyMethodDef sweep_methods[] = {{"sweep", sweep_tape, METH_VARARGS, NULL}, {0}};
