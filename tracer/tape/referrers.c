/* Who refers to given objects; the collector does not know of every container of handles. */

#include "tape/entries.h"
#include "tape/module.h"

#include <stdlib.h>

/* Tape.referrers(targets): what refers to any of the given objects. Handles take no part in garbage collection, so a
   tuple or a dict of handles alone is not known to the collector: those are searched where they are found. */

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

static int visit_referent(PyObject *x, void *arg) {
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
            if (known == 0 && Py_TYPE(x)->tp_traverse(x, visit_referent, s) == 0 && s->hit)
                known = PyList_Append(s->found, x);
            s->hit = hit;
        }
        Py_XDECREF(key);
        s->failed |= known < 0;
    }
    return 0;
}

PyObject *tape_referrers(PyObject *unused, PyObject *targets) {
    (void)unused;
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
            Py_TYPE(x)->tp_traverse(x, visit_referent, &s);
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
