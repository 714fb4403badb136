/* The reverse sweep and what it gives: a slope for each entry. The readable twin is sweep.py. */

#ifndef TRACER_SWEEP_H
#define TRACER_SWEEP_H

#include "tape/entries.h"

typedef struct {
    PyObject_HEAD
    Py_ssize_t n;
    double *slopes;
    uint8_t *unknown; /* NULL: all are known */
} Slopes;

SHARED_BEGIN
extern PyTypeObject Slopes_Type;
SHARED_END

#endif
