/* Decisions that a number took part in, and numbers that left the tape. */

#ifndef TRACER_DECISIONS_H
#define TRACER_DECISIONS_H

#include "tape/locations.h"

SHARED_BEGIN
extern uint8_t op_literal, op_constant;
extern PyObject *py_leak_kinds; /* the edges in which a number leaves, in this order first: */
enum { BY_INDEX, BY_INT, BY_FLOAT, BY_HASH };

/* The decisions in the order they were made. They are packed, so read them by this alone: start from a zeroed
   cursor; 0 at the end. */
typedef struct {
    size_t next, entry;
} BranchCursor;
int next_branch(Tape *t, BranchCursor *c, Branch *branch);
int leak(Tape *t, uint32_t index, uint32_t how);
int decide_slow(Tape *t, uint32_t index, uint32_t location, int taken);
int unpack_decisions(Tape *t);
PyObject *tape_leak(PyObject *self, PyObject *args);
PyObject *get_leaks(PyObject *self, void *unused);
PyObject *get_branches(PyObject *self, void *unused);
SHARED_END

/* A decision: the truth of an entry was tested. Most are about the last entry, at its instruction or just behind,
   and nothing else was noted since: such a one is kept in the entry, as how far behind and with which outcome. */
INLINE int decide(Tape *t, uint32_t index, int taken) {
    uint32_t location = here(t), at = index + 1;
    Entry *e = t->log + index;
    uint32_t behind = location - e->location;
    if (UNLIKELY(at != t->n || behind >= 125 || e->tested != 0 || t->last_at == at || t->last_decided == at ||
                 index < t->settled))
        return decide_slow(t, index, location, taken);
    e->tested = (uint8_t)((behind + 1) << 1 | (uint32_t)taken);
    return 0;
}

#endif
