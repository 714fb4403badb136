/* The column of atoms: the atom of each entry, -1 where it has none; 2 bytes to an entry as long as that is enough. */

#ifndef TRACER_ATOMS_H
#define TRACER_ATOMS_H

#include "tape/entries.h"

typedef struct {
    char *at;
    int wide;
} Of;

static inline int32_t of_get(Of of, size_t i) {
    return of.wide ? ((int32_t *)(void *)of.at)[i] : ((int16_t *)(void *)of.at)[i];
}

static inline void of_set(Of of, size_t i, int32_t atom) {
    if (of.wide)
        ((int32_t *)(void *)of.at)[i] = atom;
    else
        ((int16_t *)(void *)of.at)[i] = (int16_t)atom;
}

/* The column of atoms in a buffer; release it when done. */
static inline int as_of(PyObject *column, Py_buffer *view, Of *of) {
    if (PyObject_GetBuffer(column, view, PyBUF_ND | PyBUF_FORMAT) < 0)
        return -1;
    if (view->itemsize == sizeof(int16_t) || view->itemsize == sizeof(int32_t)) {
        *of = (Of){view->buf, view->itemsize == sizeof(int32_t)};
        return 0;
    }
    PyBuffer_Release(view);
    PyErr_SetString(PyExc_ValueError, "an atom takes 2 or 4 bytes");
    return -1;
}

#endif
