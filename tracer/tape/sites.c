/* From locations to sites of the source, once for each. The readable twin is sites.py. */

#include "tape/columns.h"
#include "tape/decisions.h"
#include "tape/handle.h"
#include "tape/module.h"

#include <string.h>

/* sites(tape, site): replaces the location of every entry by a number; a second column would be long. `site(location, op,
   position)` is asked once for each; with a position it is about a plain operand there. Where it answers -1, it is
   asked as_kind for each such entry, with its index. */

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

#define KEY(location, op, position) ((uint64_t)(location) << 32 | (uint64_t)(op) << 24 | (uint64_t)((position) + 1))

/* The location of a plain operand there. */
static int settle_operand(Tape *t, Sites *s, const Entry *e, uint32_t location, Py_ssize_t position, size_t j) {
    Entry *x = t->log + j;
    if (LIKELY(x->op != op_constant) || x->tested == SETTLED || x->location != location)
        return 0;
    int64_t found = site_of(s, KEY(location, e->op, position), j);
    if (found < 0)
        return -1;
    x->location = (uint32_t)found;
    x->tested = SETTLED;
    return 0;
}

static PyObject *sites(PyObject *module, PyObject *args) {
    (void)module;
    Tape *t;
    PyObject *site;
    if (!PyArg_ParseTuple(args, "O!O", &Tape_Type, &t, &site))
        return NULL;
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
        uint32_t location = e->location;
        uint64_t key = KEY(location, e->op, -1);
        size_t slot = location & 63;
        if (UNLIKELY(last_key[slot] != key)) {
            int64_t found = site_of(&s, key, i);
            if (found < 0)
                goto failed;
            last_key[slot] = key;
            last_site[slot] = (uint32_t)found;
        }
        e->location = last_site[slot];
        if (e->a == NONE)
            continue;
        if (settle_operand(t, &s, e, location, 0, e->a) < 0 ||
            (e->b != NONE && settle_operand(t, &s, e, location, 1, e->b) < 0))
            goto failed;
        if (e->more) {
            PyObject *operands = tape_operands(t, i);
            for (Py_ssize_t k = 2; operands != NULL && k < PyTuple_GET_SIZE(operands); k++)
                if (settle_operand(t, &s, e, location, k, PyLong_AsSize_t(PyTuple_GET_ITEM(operands, k))) < 0)
                    Py_CLEAR(operands);
            if (operands == NULL)
                goto failed;
            Py_DECREF(operands);
        }
    }
    for (size_t i = 0; i < t->n; i++) {
        if (t->log[i].op == op_constant && t->log[i].tested != SETTLED)
            t->log[i].location = 0; /* nobody's operand */
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

PyMethodDef sites_methods[] = {{"sites", sites, METH_VARARGS, NULL}, {0}};
