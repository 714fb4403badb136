/* The columns of a tape: one growing buffer of entries, the objects that do not fit into one, and read-only views.
   The readable twin is the class Tape of value.py. */

#include "tape/entries.h"

#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

/* Touching memory first is what costs. So the buffer of the last tape that went is kept for the next, and where
   the system has them, a long tape lies on huge pages: in a stretch of addresses that is reserved once. The system
   may take what is kept when memory is short. */
static Entry *spare_log;
static size_t spare_cap;
static uint8_t spare_mapped;
#define SPARE_MOST ((size_t)1 << 22) /* entries */

#if defined(__linux__) && defined(MADV_HUGEPAGE) && UINTPTR_MAX > UINT32_MAX
#define RESERVED ((MOST + 1) * sizeof(Entry))
#define HUGE ((size_t)1 << 21)

static Entry *reserve(void) {
    char *start = mmap(NULL, RESERVED + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED)
        return NULL; /* address space is limited here: the heap will do */
    char *aligned = (char *)(((uintptr_t)start + HUGE - 1) & ~(HUGE - 1));
    if (aligned > start)
        munmap(start, (size_t)(aligned - start));
    if (aligned + RESERVED < start + RESERVED + HUGE)
        munmap(aligned + RESERVED, (size_t)(start + HUGE - aligned));
    madvise(aligned, RESERVED, MADV_HUGEPAGE);
    return (Entry *)(void *)aligned;
}

static void release(Entry *log, int mapped) {
    if (mapped)
        munmap(log, RESERVED);
    else
        PyMem_RawFree(log);
}

/* How many entries are kept of a buffer that had room for `cap`. */
static size_t keep(Entry *log, size_t cap, int mapped) {
    if (!mapped)
        return cap;
    size_t kept = cap < SPARE_MOST ? cap : SPARE_MOST;
    madvise(log + SPARE_MOST, (MOST - SPARE_MOST) * sizeof(Entry), MADV_DONTNEED);
#ifdef MADV_FREE
    madvise(log, kept * sizeof(Entry) / HUGE * HUGE, MADV_FREE);
#endif
    return kept;
}
#else
static Entry *reserve(void) { return NULL; }
static size_t keep(Entry *log, size_t cap, int mapped) {
    (void)log;
    (void)mapped;
    return cap;
}
static void release(Entry *log, int mapped) {
    (void)mapped;
    PyMem_RawFree(log);
}
#endif
#define LONG ((size_t)1 << 14) /* entries: from here on a tape is worth a mapping */

int make_room(void **items, size_t *cap, size_t n, size_t size) {
    if (n < *cap)
        return 0;
    size_t more = *cap ? *cap * 2 : 64;
    void *grown = more <= SIZE_MAX / size ? PyMem_RawRealloc(*items, more * size) : NULL;
    if (grown == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    *items = grown;
    *cap = more;
    return 0;
}

SLOW int tape_grow(Tape *t) {
    size_t most = t->limit < MOST ? t->limit : MOST;
    if (t->n >= most) {
        PyErr_Format(py_limit_reached, "the limit of %zu operations is reached", most);
        return -1;
    }
    if (t->cap == 0 && spare_log != NULL) {
        t->log = spare_log;
        t->cap = spare_cap;
        t->mapped = spare_mapped;
        spare_log = NULL;
    } else if (t->mapped) {
        t->cap = t->cap * 2 > MOST ? MOST : t->cap * 2;
    } else {
        size_t cap = t->cap ? t->cap + (t->cap < ((size_t)1 << 24) ? t->cap : t->cap / 2) : 256;
        Entry *mapping = cap >= LONG ? reserve() : NULL;
        if (mapping != NULL) {
            memcpy(mapping, t->log, t->n * sizeof(Entry));
            PyMem_RawFree(t->log);
            t->mapped = 1;
        }
        Entry *log = mapping != NULL ? mapping : PyMem_RawRealloc(t->log, cap * sizeof(Entry));
        if (log == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        t->log = log;
        t->cap = cap;
    }
    t->room = t->cap < most ? t->cap : most;
    return 0;
}

PyObject *py_limit_reached;

Tape *as_tape(PyObject *x) {
    if (PyObject_TypeCheck(x, &Tape_Type))
        return (Tape *)x;
    PyErr_SetString(PyExc_TypeError, "a tape is needed");
    return NULL;
}

/* The buffer of a tape that goes: kept for the next if it is the larger one. */
void give_back(Tape *t) {
    if (t->cap > spare_cap * (spare_log != NULL) && (t->mapped || t->cap <= SPARE_MOST)) {
        if (spare_log != NULL)
            release(spare_log, spare_mapped);
        spare_log = t->log;
        spare_cap = keep(t->log, t->cap, t->mapped);
        spare_mapped = t->mapped;
    } else if (t->log != NULL)
        release(t->log, t->mapped);
}

/* Numbers in and out */

int add_object(Tape *t, PyObject *x, Number *v) {
    if (make_room((void **)&t->objects, &t->cap_objects, t->n_objects, sizeof(PyObject *)) < 0)
        return -1;
    Py_INCREF(x);
    v->i = (int64_t)t->n_objects;
    t->objects[t->n_objects++] = x;
    return 0;
}

int number_in(PyObject *x, Tape *t, Number *v, uint8_t *tag) {
    if (PyFloat_CheckExact(x)) {
        v->d = PyFloat_AS_DOUBLE(x);
        *tag = FLOAT;
        return 0;
    }
    if (PyBool_Check(x)) {
        v->i = x == Py_True;
        *tag = BOOL;
        return 0;
    }
    if (PyLong_CheckExact(x)) {
        int overflow;
        long long i = PyLong_AsLongLongAndOverflow(x, &overflow);
        if (!overflow) {
            v->i = i;
            *tag = INT;
            return 0;
        }
    }
    *tag = OBJECT;
    return add_object(t, x, v);
}

PyObject *number_out(Tape *t, uint8_t tag, Number v) {
    switch (tag) {
    case FLOAT:
        return PyFloat_FromDouble(v.d);
    case INT:
        return PyLong_FromLongLong(v.i);
    case BOOL:
        return PyBool_FromLong((long)v.i);
    default:
        return Py_NewRef(t->objects[v.i]);
    }
}

/* Entries */

PyObject *tape_operands(Tape *t, size_t i) {
    Entry *e = t->log + i;
    if (e->a == NONE)
        return PyTuple_New(0);
    if (e->b == NONE)
        return Py_BuildValue("(I)", e->a);
    if (!e->more)
        return Py_BuildValue("(II)", e->a, e->b);
    PyObject *key = PyLong_FromSize_t(i);
    PyObject *found = key == NULL ? NULL : PyDict_GetItemWithError(t->operands, key);
    Py_XDECREF(key);
    return Py_XNewRef(found);
}

int check_index(Tape *t, Py_ssize_t *index) {
    if (*index < 0)
        *index += (Py_ssize_t)t->n;
    if (*index >= 0 && (size_t)*index < t->n)
        return 0;
    PyErr_SetString(PyExc_IndexError, "the tape has no such entry");
    return -1;
}

/* Columns */

typedef struct {
    PyObject_HEAD
    Tape *tape;
    int what;
} Column;

static Py_ssize_t column_length(PyObject *self) { return (Py_ssize_t)((Column *)self)->tape->n; }

static PyObject *column_item(PyObject *self, Py_ssize_t i) {
    Tape *t = ((Column *)self)->tape;
    if (i < 0 || (size_t)i >= t->n) {
        PyErr_SetString(PyExc_IndexError, "the tape has no such entry");
        return NULL;
    }
    Entry *e = t->log + i;
    switch (((Column *)self)->what) {
    case CODES:
        return PyLong_FromLong(e->op);
    case DATA:
        return number_out(t, e->tag, e->v);
    case OPERANDS:
        return tape_operands(t, (size_t)i);
    default:
        return PyLong_FromUnsignedLong(e->location);
    }
}

static PyObject *column_subscript(PyObject *self, PyObject *index) {
    if (!PySlice_Check(index)) {
        Py_ssize_t i = PyNumber_AsSsize_t(index, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return NULL;
        return column_item(self, i < 0 ? i + column_length(self) : i);
    }
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(index, &start, &stop, &step) < 0)
        return NULL;
    Py_ssize_t n = PySlice_AdjustIndices(column_length(self), &start, &stop, step);
    PyObject *list = PyList_New(n);
    for (Py_ssize_t k = 0; list != NULL && k < n; k++) {
        PyObject *item = column_item(self, start + k * step);
        if (item == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, k, item);
    }
    return list;
}

static PyObject *column_compare(PyObject *self, PyObject *other, int op) {
    PyObject *mine = PySequence_List(self), *theirs = PySequence_List(other), *result = NULL;
    if (mine != NULL && theirs != NULL)
        result = PyObject_RichCompare(mine, theirs, op);
    else if (mine != NULL && PyErr_ExceptionMatches(PyExc_TypeError)) {
        PyErr_Clear();
        result = Py_NewRef(Py_NotImplemented);
    }
    Py_XDECREF(mine);
    Py_XDECREF(theirs);
    return result;
}

static PyObject *column_reduce(PyObject *self, PyObject *none) {
    (void)none;
    PyObject *list = PySequence_List(self);
    return list == NULL ? NULL : Py_BuildValue("O(N)", &PyList_Type, list);
}

static int column_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(((Column *)self)->tape);
    return 0;
}

static int column_clear(PyObject *self) {
    (void)self; /* a column without its tape answers nothing; the tape's own clearing breaks cycles */
    return 0;
}

static void column_dealloc(PyObject *self) {
    PyObject_GC_UnTrack(self);
    Py_DECREF(((Column *)self)->tape);
    PyObject_GC_Del(self);
}

static PySequenceMethods column_sequence = {.sq_length = column_length, .sq_item = column_item};
static PyMappingMethods column_mapping = {.mp_length = column_length, .mp_subscript = column_subscript};
static PyMethodDef column_methods[] = {
    {"__reduce__", column_reduce, METH_NOARGS, "A copy of a column is a list."},
    {0},
};

PyTypeObject Column_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Column",
    .tp_doc = "One column of a tape: a read-only sequence.",
    .tp_basicsize = sizeof(Column),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = column_dealloc,
    .tp_traverse = column_traverse,
    .tp_clear = column_clear,
    .tp_as_sequence = &column_sequence,
    .tp_as_mapping = &column_mapping,
    .tp_richcompare = column_compare,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_methods = column_methods,
};

PyObject *get_column(PyObject *self, void *what) {
    Column *c = PyObject_GC_New(Column, &Column_Type);
    if (c == NULL)
        return NULL;
    c->tape = (Tape *)Py_NewRef(self);
    c->what = (int)(intptr_t)what;
    PyObject_GC_Track(c);
    return (PyObject *)c;
}
