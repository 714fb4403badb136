/* Walks over a whole tape: the reverse sweep, what depends on what, and its places. */

#include "native.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The reverse sweep. Rows of the table that are not known here run through their Python partials. */

enum {
    ASK, /* Python */
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

static uint8_t rules[256];
static PyObject *py_slopes, *the_nan;

/* passes(names, slopes): the rule of each row by its name, "" for none; and what to ask for the others. */
PyObject *sweep_setup(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *names, *slopes;
    if (!PyArg_ParseTuple(args, "O!O", &PyTuple_Type, &names, &slopes))
        return NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names) && i < 256; i++) {
        const char *name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, i));
        if (name == NULL)
            return NULL;
        rules[i] = ASK;
        for (size_t k = 0; k < sizeof rule_names / sizeof *rule_names; k++)
            if (strcmp(name, rule_names[k].name) == 0)
                rules[i] = rule_names[k].rule;
    }
    Py_XSETREF(py_slopes, Py_NewRef(slopes));
    Py_RETURN_NONE;
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

/* The slopes of one entry by its (one or two) operands; 0 where Python is to be asked. */
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

static SLOW int ask(Slopes *s, Tape *t, size_t i, int grad_unknown) {
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

static int sweep(Slopes *s, Tape *t, size_t output) {
    double *g = s->slopes;
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
        } else if (ask(s, t, i, unknown) < 0)
            return -1;
    }
    return 0;
}

PyObject *tape_sweep(PyObject *self, PyObject *output) {
    Tape *t = (Tape *)self;
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
        if (!PyErr_Occurred() && i >= t->n)
            PyErr_SetObject(PyExc_IndexError, output);
        if (!PyErr_Occurred())
            sweep(s, t, i);
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
    /* one nan, so that lists of slopes compare as those of the reference do */
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

/* spread(wanted): marks in a bytearray everything that the marked entries were made from. */
PyObject *tape_spread(PyObject *self, PyObject *wanted) {
    Tape *t = (Tape *)self;
    if (!PyByteArray_Check(wanted) || (size_t)PyByteArray_GET_SIZE(wanted) != t->n) {
        PyErr_SetString(PyExc_ValueError, "one byte for each entry");
        return NULL;
    }
    char *w = PyByteArray_AS_STRING(wanted);
    for (size_t i = t->n; i-- > 0;) {
        Entry *e = t->log + i;
        if (!w[i] || e->a == NONE)
            continue;
        w[e->a] = 1;
        if (e->b != NONE)
            w[e->b] = 1;
        if (e->more) {
            PyObject *operands = tape_operands(t, i);
            if (operands == NULL)
                return NULL;
            for (Py_ssize_t k = 2; k < PyTuple_GET_SIZE(operands); k++)
                w[PyLong_AsSize_t(PyTuple_GET_ITEM(operands, k))] = 1;
            Py_DECREF(operands);
        }
    }
    Py_RETURN_NONE;
}

/* sites(site): replaces the place of every entry by a number; a second column would be long. `site(place, op,
   position)` is asked once for each; with a position it is about a plain operand there. Where it answers -1, it is
   asked again for each such entry, with its index. */

typedef struct {
    uint64_t key;
    int64_t site;
} Known;

typedef struct {
    Known *known;
    size_t n, cap;
    PyObject *ask;
} Sites;

static int64_t ask_site(PyObject *ask, uint64_t key, PyObject *index) {
    long position = (long)(key & 0xFFFFFF) - 1;
    PyObject *answer = PyObject_CallFunction(ask, "IllO", (unsigned int)(key >> 32), (long)(key >> 24 & 0xFF), position, index);
    int64_t site = answer == NULL ? -2 : (int64_t)PyLong_AsLong(answer);
    Py_XDECREF(answer);
    return PyErr_Occurred() ? -2 : site;
}

static int64_t site_of(Sites *s, uint64_t key, size_t index) {
    if (s->n * 2 >= s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 256;
        Known *grown = PyMem_Malloc(cap * sizeof(Known));
        if (grown == NULL) {
            PyErr_NoMemory();
            return -2;
        }
        memset(grown, 0xFF, cap * sizeof(Known));
        for (size_t i = 0; i < s->cap; i++)
            if (s->known[i].key != UINT64_MAX) {
                size_t k = (s->known[i].key * 0x9E3779B97F4A7C15u) >> 20;
                while (grown[k & (cap - 1)].key != UINT64_MAX)
                    k++;
                grown[k & (cap - 1)] = s->known[i];
            }
        PyMem_Free(s->known);
        s->known = grown;
        s->cap = cap;
    }
    size_t k = (key * 0x9E3779B97F4A7C15u) >> 20;
    while (s->known[k & (s->cap - 1)].key != UINT64_MAX && s->known[k & (s->cap - 1)].key != key)
        k++;
    Known *slot = s->known + (k & (s->cap - 1));
    if (slot->key != key) {
        int64_t site = ask_site(s->ask, key, Py_None);
        if (site == -2)
            return -2;
        *slot = (Known){key, site};
        s->n++;
    }
    if (slot->site >= 0)
        return slot->site;
    PyObject *number = PyLong_FromSize_t(index);
    int64_t site = number == NULL ? -2 : ask_site(s->ask, key, number);
    Py_XDECREF(number);
    return site;
}

#define KEY(place, op, position) ((uint64_t)(place) << 32 | (uint64_t)(op) << 24 | (uint64_t)((position) + 1))

/* The place of a plain operand there. */
static int settle_operand(Tape *t, Sites *s, const Entry *e, uint32_t place, Py_ssize_t position, size_t j) {
    Entry *x = t->log + j;
    if (LIKELY(x->op != op_constant) || x->tested == SETTLED || x->place != place)
        return 0;
    int64_t found = site_of(s, KEY(place, e->op, position), j);
    if (found < 0)
        return -1;
    x->place = (uint32_t)found;
    x->tested = SETTLED;
    return 0;
}

PyObject *tape_sites(PyObject *self, PyObject *site) {
    Tape *t = (Tape *)self;
    Sites s = {NULL, 0, 0, site};
    if (unpack_decisions(t) < 0)
        return NULL;
    uint64_t last_key[64];
    uint32_t last_site[64];
    memset(last_key, 0xFF, sizeof last_key);
    for (size_t i = 0; i < t->n; i++) {
        Entry *e = t->log + i;
        if (e->op == op_constant)
            continue;
        uint32_t place = e->place;
        uint64_t key = KEY(place, e->op, -1);
        size_t slot = place & 63;
        if (UNLIKELY(last_key[slot] != key)) {
            int64_t found = site_of(&s, key, i);
            if (found < 0)
                goto failed;
            last_key[slot] = key;
            last_site[slot] = (uint32_t)found;
        }
        e->place = last_site[slot];
        if (e->a == NONE)
            continue;
        if (settle_operand(t, &s, e, place, 0, e->a) < 0 ||
            (e->b != NONE && settle_operand(t, &s, e, place, 1, e->b) < 0))
            goto failed;
        if (e->more) {
            PyObject *operands = tape_operands(t, i);
            for (Py_ssize_t k = 2; operands != NULL && k < PyTuple_GET_SIZE(operands); k++)
                if (settle_operand(t, &s, e, place, k, PyLong_AsSize_t(PyTuple_GET_ITEM(operands, k))) < 0)
                    Py_CLEAR(operands);
            if (operands == NULL)
                goto failed;
            Py_DECREF(operands);
        }
    }
    for (size_t i = 0; i < t->n; i++) {
        if (t->log[i].op == op_constant && t->log[i].tested != SETTLED)
            t->log[i].place = 0; /* nobody's operand */
        t->log[i].tested = 0;
    }
    PyMem_Free(s.known);
    Py_RETURN_NONE;
failed:
    PyMem_Free(s.known);
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "a site has a number");
    return NULL;
}

/* made_by(op, start): the entries from `start` on that an operation made. */
PyObject *tape_made_by(PyObject *self, PyObject *args) {
    Tape *t = (Tape *)self;
    int op;
    Py_ssize_t start;
    if (!PyArg_ParseTuple(args, "in", &op, &start))
        return NULL;
    PyObject *list = PyList_New(0);
    for (size_t i = (size_t)start; list != NULL && i < t->n; i++) {
        if (t->log[i].op != op)
            continue;
        PyObject *index = PyLong_FromSize_t(i);
        if (index == NULL || PyList_Append(list, index) < 0)
            Py_CLEAR(list);
        Py_XDECREF(index);
    }
    return list;
}

/* kinds(): the types of the numbers that are kept as objects; hows(): the ways that numbers left by. */
PyObject *tape_kinds(PyObject *self, PyObject *none) {
    (void)none;
    Tape *t = (Tape *)self;
    PyObject *set = PySet_New(NULL), *last = NULL;
    for (size_t i = 0; set != NULL && i < t->n_objects; i++) {
        PyObject *type = (PyObject *)Py_TYPE(t->objects[i]);
        if (type != last && PySet_Add(set, last = type) < 0)
            Py_CLEAR(set);
    }
    return set;
}

PyObject *tape_hows(PyObject *self, PyObject *none) {
    (void)none;
    Tape *t = (Tape *)self;
    PyObject *set = PySet_New(NULL);
    uint32_t last = NONE;
    for (size_t i = 0; set != NULL && i < t->n_leaks; i++)
        if (t->leaks[i].how != last && PySet_Add(set, PyList_GET_ITEM(py_hows, last = t->leaks[i].how)) < 0)
            Py_CLEAR(set);
    return set;
}

/* controls(): the entries that took part in a decision or left the tape, each once. */
PyObject *tape_controls(PyObject *self, PyObject *none) {
    (void)none;
    Tape *t = (Tape *)self;
    PyObject *set = PySet_New(NULL);
    uint8_t *seen = PyMem_RawCalloc(t->n ? t->n : 1, 1);
    if (seen == NULL && set != NULL) {
        PyErr_NoMemory();
        Py_CLEAR(set);
    }
    if (set != NULL) {
        BranchCursor c = {0};
        Branch b;
        while (next_branch(t, &c, &b))
            seen[b.index] = 1;
        for (size_t i = 0; i < t->n_leaks; i++)
            seen[t->leaks[i].index] = 1;
    }
    for (size_t i = 0; set != NULL && i < t->n; i++) {
        PyObject *number = seen[i] ? PyLong_FromSize_t(i) : NULL;
        if (seen[i] && (number == NULL || PySet_Add(set, number) < 0))
            Py_CLEAR(set);
        Py_XDECREF(number);
    }
    PyMem_RawFree(seen);
    return set;
}

/* referrers(targets): what refers to any of the given objects. Handles take no part in garbage collection, so a
   tuple or a dict of handles alone is not known to the collector: those are looked into where they are met. */

typedef struct {
    PyObject **targets; /* sorted */
    Py_ssize_t n;
    PyObject *found, *inner; /* inner: unknown containers, each once, kept alive */
    int hit, failed;
} Search;

static int by_address(const void *a, const void *b) {
    uintptr_t x = (uintptr_t) * (PyObject *const *)a, y = (uintptr_t) * (PyObject *const *)b;
    return (x > y) - (x < y);
}

static int look(PyObject *x, void *arg) {
    Search *s = arg;
    if (bsearch(&x, s->targets, (size_t)s->n, sizeof(PyObject *), by_address) != NULL)
        s->hit = 1;
    if ((PyTuple_CheckExact(x) || PyDict_CheckExact(x)) && !PyObject_GC_IsTracked(x)) {
        PyObject *key = PyLong_FromVoidPtr(x);
        int known = key == NULL ? -1 : PyDict_Contains(s->inner, key);
        if (known == 0) {
            int hit = s->hit;
            s->hit = 0;
            known = PyDict_SetItem(s->inner, key, x);
            if (known == 0 && Py_TYPE(x)->tp_traverse(x, look, s) == 0 && s->hit)
                known = PyList_Append(s->found, x);
            s->hit = hit;
        }
        Py_XDECREF(key);
        s->failed |= known < 0;
    }
    return 0;
}

PyObject *tape_referrers(PyObject *none, PyObject *targets) {
    (void)none;
    PyObject *gc = PyImport_ImportModule("gc"), *all = NULL;
    Search s = {NULL, 0, NULL, NULL, 0, 0};
    if (!PyList_Check(targets)) {
        PyErr_SetString(PyExc_TypeError, "a list of objects");
        s.failed = 1;
    } else if (gc != NULL) {
        s.n = PyList_GET_SIZE(targets);
        s.targets = PyMem_Malloc((size_t)(s.n + 1) * sizeof(PyObject *));
        s.found = PyList_New(0);
        s.inner = PyDict_New();
        all = PyObject_CallMethod(gc, "get_objects", NULL);
    }
    if (all != NULL && s.targets != NULL && s.found != NULL && s.inner != NULL) {
        for (Py_ssize_t i = 0; i < s.n; i++)
            s.targets[i] = PyList_GET_ITEM(targets, i);
        qsort(s.targets, (size_t)s.n, sizeof(PyObject *), by_address);
        for (Py_ssize_t i = 0; !s.failed && i < PyList_GET_SIZE(all); i++) {
            PyObject *x = PyList_GET_ITEM(all, i);
            if (x == targets || Py_TYPE(x)->tp_traverse == NULL)
                continue;
            s.hit = 0;
            Py_TYPE(x)->tp_traverse(x, look, &s);
            if (s.hit)
                s.failed |= PyList_Append(s.found, x) < 0;
        }
    } else
        s.failed = 1;
    if (s.failed) {
        Py_CLEAR(s.found);
        if (!PyErr_Occurred())
            PyErr_NoMemory();
    }
    PyMem_Free(s.targets);
    Py_XDECREF(s.inner);
    Py_XDECREF(all);
    Py_XDECREF(gc);
    return s.found;
}

int sweep_ready(void) {
    the_nan = PyFloat_FromDouble(Py_NAN);
    return the_nan == NULL ? -1 : PyType_Ready(&Slopes_Type);
}
