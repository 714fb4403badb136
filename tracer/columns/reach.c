/* Short walks along a whole tape: what was made from what, and how much there is of what. The readable twin is
   protocol.py. */

#include "tape/decisions.h"
#include "tape/module.h"

static int is_marks(Tape *t, PyObject *marks) {
    if (PyByteArray_Check(marks) && (size_t)PyByteArray_GET_SIZE(marks) == t->n)
        return 1;
    PyErr_SetString(PyExc_ValueError, "one byte for each entry");
    return 0;
}

/* Mark the entries that took part in a decision or left the tape. */
static void mark_controls(Tape *t, char *marks) {
    BranchCursor branches = {0};
    Branch branch;
    while (next_branch(t, &branches, &branch))
        marks[branch.index] = 1;
    for (size_t i = 0; i < t->n_leaks; i++)
        marks[t->leaks[i].index] = 1;
}

/* reach(tape, marks, control): mark in a bytearray everything that the marked entries were made from, and with
   `control` also the entries that decided something or left the tape, and what those were made from. */
static PyObject *reach(PyObject *module, PyObject *args) {
    (void)module;
    Tape *t;
    PyObject *marks;
    int control;
    if (!PyArg_ParseTuple(args, "O!Op", &Tape_Type, &t, &marks, &control) || !is_marks(t, marks))
        return NULL;
    char *marked = PyByteArray_AS_STRING(marks);
    if (control)
        mark_controls(t, marked);
    for (size_t i = t->n; i-- > 0;) {
        Entry *e = t->log + i;
        if (!marked[i] || e->a == NONE)
            continue;
        marked[e->a] = 1;
        if (e->b != NONE)
            marked[e->b] = 1;
        if (e->more) {
            PyObject *operands = tape_operands(t, i);
            if (operands == NULL)
                return NULL;
            for (Py_ssize_t k = 2; k < PyTuple_GET_SIZE(operands); k++)
                marked[PyLong_AsSize_t(PyTuple_GET_ITEM(operands, k))] = 1;
            Py_DECREF(operands);
        }
    }
    Py_RETURN_NONE;
}

/* tape.controls(): the entries that took part in a decision or left the tape, as a frozen set. */
PyObject *tape_controls(PyObject *self, PyObject *none) {
    (void)none;
    Tape *t = (Tape *)self;
    char *marked = PyMem_RawCalloc(t->n ? t->n : 1, 1);
    PyObject *found = marked == NULL ? PyErr_NoMemory() : PyFrozenSet_New(NULL);
    if (found != NULL)
        mark_controls(t, marked);
    for (size_t i = 0; found != NULL && i < t->n; i++) {
        PyObject *index = marked[i] ? PyLong_FromSize_t(i) : NULL;
        if (marked[i] && (index == NULL || PySet_Add(found, index) < 0))
            Py_CLEAR(found);
        Py_XDECREF(index);
    }
    PyMem_RawFree(marked);
    return found;
}

/* made_by(tape, code, start): the entries from `start` on that an operation made, as a list. */
static PyObject *made_by(PyObject *module, PyObject *args) {
    (void)module;
    Tape *t;
    int op;
    Py_ssize_t start;
    if (!PyArg_ParseTuple(args, "O!in", &Tape_Type, &t, &op, &start))
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

/* tally(tape): how many entries each operation wrote, by its code. */
static PyObject *tally(PyObject *module, PyObject *tape) {
    (void)module;
    Tape *t = as_tape(tape);
    size_t counts[256] = {0};
    for (size_t i = 0; t != NULL && i < t->n; i++)
        counts[t->log[i].op]++;
    PyObject *found = t == NULL ? NULL : PyDict_New();
    for (unsigned int op = 0; found != NULL && op < 256; op++) {
        if (counts[op] == 0)
            continue;
        PyObject *key = PyLong_FromUnsignedLong(op), *count = PyLong_FromSize_t(counts[op]);
        if (key == NULL || count == NULL || PyDict_SetItem(found, key, count) < 0)
            Py_CLEAR(found);
        Py_XDECREF(key);
        Py_XDECREF(count);
    }
    return found;
}

/* has_complex(tape): whether any number of the tape is complex. */
static PyObject *has_complex(PyObject *module, PyObject *tape) {
    (void)module;
    Tape *t = as_tape(tape);
    for (size_t i = 0; t != NULL && i < t->n_objects; i++)
        if (PyComplex_Check(t->objects[i]))
            Py_RETURN_TRUE;
    return t == NULL ? NULL : Py_NewRef(Py_False);
}

/* leak_kinds(tape): the ways in which numbers left the tape, as a set of their names. */
static PyObject *leak_kinds(PyObject *module, PyObject *tape) {
    (void)module;
    Tape *t = as_tape(tape);
    PyObject *set = t == NULL ? NULL : PySet_New(NULL);
    uint32_t last = NONE;
    for (size_t i = 0; set != NULL && i < t->n_leaks; i++)
        if (t->leaks[i].how != last && PySet_Add(set, PyList_GET_ITEM(py_leak_kinds, last = t->leaks[i].how)) < 0)
            Py_CLEAR(set);
    return set;
}

PyMethodDef reach_methods[] = {
    {"reach", reach, METH_VARARGS, NULL},         {"made_by", made_by, METH_VARARGS, NULL},
    {"tally", tally, METH_O, NULL},               {"has_complex", has_complex, METH_O, NULL},
    {"leak_kinds", leak_kinds, METH_O, NULL},     {0},
};
