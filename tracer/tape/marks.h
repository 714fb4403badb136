/* Marks: where on the tape a call was entered or left, or an iteration began. The readable twin is marks.py. */

#ifndef TRACER_MARKS_H
#define TRACER_MARKS_H

#include "tape/entries.h"

SHARED_BEGIN
extern PyTypeObject Marker_Type;

/* The marks in the order they were made. They are packed, so read them by this alone: start from a zeroed cursor;
   0 at the end. */
typedef struct {
    uint32_t what, at, kind; /* kind: the index in the tape's kinds */
} MarkView;
typedef struct {
    size_t next;
    uint32_t repeats; /* of the mark before, that are still to come */
    MarkView last;
} MarkCursor;
int next_mark(Tape *t, MarkCursor *c, MarkView *mark);
PyObject *tape_marker(PyObject *self, PyObject *args);
PyObject *get_marks(PyObject *self, void *unused);
PyObject *get_mark_kinds(PyObject *self, void *unused);
SHARED_END

#endif
