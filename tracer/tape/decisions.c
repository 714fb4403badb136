/* Decisions that a number took part in, and numbers that left the tape. */

#include "tape/decisions.h"

#include "tape/locations.h"

uint8_t op_literal, op_constant;
PyObject *py_leak_kinds;

int leak(Tape *t, uint32_t index, uint32_t how) {
    uint8_t op = t->log[index].op;
    if (op == op_literal || op == op_constant)
        return 0;
    uint32_t location = here(t);
    if (location == NONE || make_room((void **)&t->leaks, &t->cap_leaks, t->n_leaks, sizeof(Leak)) < 0)
        return -1;
    t->leaks[t->n_leaks++] = (Leak){index, location, how};
    return 0;
}

PyObject *tape_leak(PyObject *self, PyObject *args) {
    Tape *t = (Tape *)self;
    Py_ssize_t index;
    PyObject *how;
    if (!PyArg_ParseTuple(args, "nU", &index, &how) || check_index(t, &index) < 0)
        return NULL;
    Py_ssize_t number = PySequence_Index(py_leak_kinds, how);
    if (number < 0 || leak(t, (uint32_t)index, (uint32_t)number) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* The entries that left at one location by one kind of leak, each as often as it did. */
static PyObject *leaks_at(PyObject *leaks, Leak l) {
    PyObject *key = Py_BuildValue("IO", l.location, PyList_GET_ITEM(py_leak_kinds, l.how));
    PyObject *where = key == NULL ? NULL : PyDict_GetItemWithError(leaks, key);
    if (key != NULL && where == NULL && !PyErr_Occurred()) {
        PyObject *made = PyList_New(0);
        if (made != NULL && PyDict_SetItem(leaks, key, made) == 0)
            where = made;
        Py_XDECREF(made); /* the dict of leaks holds it */
    }
    Py_XDECREF(key);
    return where;
}

PyObject *get_leaks(PyObject *self, void *unused) {
    (void)unused;
    Tape *t = (Tape *)self;
    PyObject *leaks = PyDict_New(), *where = NULL;
    for (size_t i = 0; leaks != NULL && i < t->n_leaks; i++) {
        Leak l = t->leaks[i];
        if (i == 0 || l.location != t->leaks[i - 1].location || l.how != t->leaks[i - 1].how)
            where = leaks_at(leaks, l);
        PyObject *index = where == NULL ? NULL : PyLong_FromUnsignedLong(l.index);
        if (index == NULL || PyList_Append(where, index) < 0)
            Py_CLEAR(leaks);
        Py_XDECREF(index);
    }
    return leaks;
}

/* What `decide` does not keep in the entry. */
SLOW int decide_slow(Tape *t, uint32_t index, uint32_t location, int taken) {
    if (location == NONE || make_room((void **)&t->branches, &t->cap_branches, t->n_branches, sizeof(Branch)) < 0)
        return -1;
    t->branches[t->n_branches++] = (Branch){index, t->last_decided = (uint32_t)t->n, location, (uint32_t)taken};
    return 0;
}

/* Before the places that they are summaries from are replaced. */
int unpack_decisions(Tape *t) {
    Branch *all = NULL, branch;
    size_t n = 0, cap = 0;
    BranchCursor c = {0};
    while (next_branch(t, &c, &branch)) {
        if (make_room((void **)&all, &cap, n, sizeof(Branch)) < 0) {
            PyMem_RawFree(all);
            return -1;
        }
        all[n++] = branch;
    }
    for (size_t i = t->settled; i < t->n; i++)
        t->log[i].tested = 0;
    PyMem_RawFree(t->branches);
    t->branches = all;
    t->n_branches = n;
    t->cap_branches = cap;
    t->settled = t->n;
    return 0;
}

int next_branch(Tape *t, BranchCursor *c, Branch *branch) {
    size_t stop = c->next < t->n_branches ? t->branches[c->next].at : t->n;
    while (c->entry < stop) {
        uint32_t i = (uint32_t)c->entry++;
        Entry *e = t->log + i;
        if (e->tested != 0) {
            *branch = (Branch){i, i + 1, e->location + (e->tested >> 1) - 1, e->tested & 1};
            return 1;
        }
    }
    if (c->next >= t->n_branches)
        return 0;
    *branch = t->branches[c->next++];
    return 1;
}

PyObject *get_branches(PyObject *self, void *unused) {
    (void)unused;
    Tape *t = (Tape *)self;
    PyObject *list = PyList_New(0);
    BranchCursor c = {0};
    Branch b;
    while (list != NULL && next_branch(t, &c, &b)) {
        PyObject *row = Py_BuildValue("IOII", b.index, b.taken ? Py_True : Py_False, b.at, b.location);
        if (row == NULL || PyList_Append(list, row) < 0)
            Py_CLEAR(list);
        Py_XDECREF(row);
    }
    return list;
}
