/* From locations to sites of the source. The readable twin is `Notes.sites`.

   The location of every entry is replaced by the number of its site, for a second column would be long. The numbers
   are found first, and only then, without a call of Python in between, written. So an exception leaves the tape as it
   was, and no other thread sees it half done. */

#include "tape/decisions.h"
#include "tape/module.h"

#include <string.h>

typedef struct {
    uint64_t key; /* location, operation and position of an operand, see KEY */
    int64_t site; /* -1: each entry has a site of its own */
} Known;

typedef struct {
    Tape *t;
    PyObject *site; /* what is called */
    size_t n;       /* entries that are looked at */
    uint32_t *found; /* the site of each; NONE as long as there is none */
    Known *known;
    size_t n_known, cap_known; /* a power of two */
} Sites;

#define KEY(location, op, position) ((uint64_t)(location) << 32 | (uint64_t)(op) << 24 | (uint64_t)((position) + 1))
#define FAILED -2

static int64_t call_site(Sites *s, uint64_t key, PyObject *index) {
    long position = (long)(key & 0xFFFFFF) - 1;
    PyObject *answer =
        PyObject_CallFunction(s->site, "IllO", (unsigned int)(key >> 32), (long)(key >> 24 & 0xFF), position, index);
    int64_t site = answer == NULL ? FAILED : (int64_t)PyLong_AsLong(answer);
    Py_XDECREF(answer);
    return PyErr_Occurred() ? FAILED : site;
}

static size_t slot_of(const Known *known, size_t cap, uint64_t key) {
    size_t k = ((key * 0x9E3779B97F4A7C15u) >> 20) & (cap - 1);
    while (known[k].key != UINT64_MAX && known[k].key != key)
        k = (k + 1) & (cap - 1);
    return k;
}

static int grow_known(Sites *s) {
    size_t cap = s->cap_known ? s->cap_known * 2 : 256;
    Known *grown = PyMem_Malloc(cap * sizeof(Known));
    if (grown == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memset(grown, 0xFF, cap * sizeof(Known));
    for (size_t i = 0; i < s->cap_known; i++)
        if (s->known[i].key != UINT64_MAX)
            grown[slot_of(grown, cap, s->known[i].key)] = s->known[i];
    PyMem_Free(s->known);
    s->known = grown;
    s->cap_known = cap;
    return 0;
}

/* The site of an entry with a key; FAILED with an exception set. */
static int64_t site_of(Sites *s, uint64_t key, size_t index) {
    if (s->n_known * 2 >= s->cap_known && grow_known(s) < 0)
        return FAILED;
    size_t k = slot_of(s->known, s->cap_known, key);
    if (s->known[k].key != key) {
        int64_t site = call_site(s, key, Py_None);
        if (site == FAILED)
            return FAILED;
        s->known[k] = (Known){key, site};
        s->n_known++;
    }
    if (s->known[k].site >= 0)
        return s->known[k].site;
    PyObject *number = PyLong_FromSize_t(index);
    int64_t site = number == NULL ? FAILED : call_site(s, key, number);
    Py_XDECREF(number);
    return site;
}

/* Find the site of a constant that an entry at the same location has for an operand. */
static int visit_operand(Sites *s, uint8_t op, uint32_t location, Py_ssize_t position, size_t j) {
    Entry *e = s->t->log + j;
    if (LIKELY(e->op != op_constant) || s->found[j] != NONE || e->location != location)
        return 0;
    int64_t site = site_of(s, KEY(location, op, position), j);
    if (site < 0)
        return -1;
    s->found[j] = (uint32_t)site;
    return 0;
}

static int visit_entries(Sites *s) {
    Tape *t = s->t;
    uint64_t last_key[64];
    uint32_t last_site[64];
    memset(last_key, 0xFF, sizeof last_key);
    for (size_t i = 0; i < s->n; i++) {
        Entry e = t->log[i]; /* a copy: a call may move the log */
        if (e.op == op_constant)
            continue;
        uint64_t key = KEY(e.location, e.op, -1);
        size_t slot = e.location & 63;
        if (UNLIKELY(last_key[slot] != key)) {
            int64_t site = site_of(s, key, i);
            if (site < 0)
                return -1;
            last_key[slot] = key;
            last_site[slot] = (uint32_t)site;
        }
        s->found[i] = last_site[slot];
        if (e.a == NONE)
            continue;
        if (visit_operand(s, e.op, e.location, 0, e.a) < 0 ||
            (e.b != NONE && visit_operand(s, e.op, e.location, 1, e.b) < 0))
            return -1;
        if (e.more) {
            PyObject *operands = tape_operands(t, i);
            for (Py_ssize_t k = 2; operands != NULL && k < PyTuple_GET_SIZE(operands); k++)
                if (visit_operand(s, e.op, e.location, k, PyLong_AsSize_t(PyTuple_GET_ITEM(operands, k))) < 0)
                    Py_CLEAR(operands);
            if (operands == NULL)
                return -1;
            Py_DECREF(operands);
        }
    }
    return 0;
}

/* Find the sites; from the start if another thread has written on the tape meanwhile. */
static int find_sites(Sites *s) {
    do {
        s->n = s->t->n;
        PyMem_RawFree(s->found);
        s->found = PyMem_RawMalloc((s->n + 1) * sizeof(uint32_t));
        if (s->found == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        memset(s->found, 0xFF, s->n * sizeof(uint32_t));
        if (visit_entries(s) < 0)
            return -1;
    } while (s->n != s->t->n);
    return 0;
}

static int write_sites(Sites *s) {
    if (unpack_decisions(s->t) < 0)
        return -1;
    for (size_t i = 0; i < s->n; i++) /* a constant that no entry has for an operand gets the first site */
        s->t->log[i].location = s->found[i] == NONE ? 0 : s->found[i];
    return 0;
}

/* tape.sites(site): give each entry the number of its site; done once. `site(location, op, -1, None)` is called once
   for each operation at a location, `site(location, op, position, None)` for each constant that is an operand there; if
   that returns -1, it is called for each such entry, with its index. Returns the numbers. */
PyObject *tape_sites(PyObject *self, PyObject *site) {
    Sites s = {.t = (Tape *)self, .site = site};
    int failed = s.t->settled > 0 ? 0 : find_sites(&s) < 0 || write_sites(&s) < 0;
    PyMem_Free(s.known);
    PyMem_RawFree(s.found);
    if (!failed)
        return PyObject_GetAttrString(self, "locations");
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "a site has a number");
    return NULL;
}
