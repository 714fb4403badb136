/* The handle: a small object that stands for one entry. The readable twin is handle.py. */

#ifndef TRACER_HANDLE_H
#define TRACER_HANDLE_H

#include "tape/entries.h"

struct Handle {
    PyObject_HEAD
    union {
        Number v;
        struct Handle *next; /* of a free one */
    } u;
    uint32_t index, owner; /* owner: the tape's number */
};

struct Slab {
    struct Slab *next;
    size_t size, used;
    Handle handles[];
};

SHARED_BEGIN
extern PyTypeObject Handle_Type, Float_Type, Int_Type;
extern PyNumberMethods handle_number; /* operators.c */
PyObject *handle_compare(PyObject *x, PyObject *y, int op);

extern Tape **tapes;
extern PyTypeObject *kinds[TAGS]; /* transparent handle types of float, int, bool */
extern PyTypeObject *value_kind;
extern PyObject *by_type, *of_kind; /* type of numbers -> transparent handle type, and back */

/* What Python does where speed does not matter; see native.py. */
extern PyObject *py_handle_type, *py_is_number;
extern uint8_t op_input;

enum { ADD, SUB, MUL, DIV, FLOORDIV, MOD, POW, LSHIFT, RSHIFT, AND, OR, XOR, BINARY };
enum { NEG, POS, ABS, INVERT, UNARY };
extern uint8_t binary_op[BINARY], compare_op[6], unary_op[UNARY];
extern PyObject *py_forward[BINARY + 1], *py_reflected[BINARY + 1], *py_compare[6], *py_unary[UNARY], *py_pow3;

int handles_grow(Tape *t);
PyObject *same_number(PyObject *x);
PyObject *write_object(Tape *t, uint8_t op, uint32_t a, uint32_t b, uint32_t location, PyObject *data);
PyObject *handle_at(Tape *t, uint32_t index);
SHARED_END

#define IS_HANDLE(x) PyObject_TypeCheck((PyObject *)(x), &Handle_Type)
#define TAPE_OF(h) (tapes[((Handle *)(h))->owner])
#define INDEX(h) (((Handle *)(h))->index)

/* A new handle; the caller has made the entry. */
INLINE PyObject *handle_new(Tape *t, PyTypeObject *kind, uint32_t index, Number v) {
    Handle *h = t->free;
    if (UNLIKELY(h == NULL)) {
        if (handles_grow(t) < 0)
            return NULL;
        h = t->free;
    }
    t->free = h->u.next;
    Py_SET_TYPE((PyObject *)h, kind); /* kinds live as long as the module: not counted */
    Py_SET_REFCNT((PyObject *)h, 1);
    h->u.v = v;
    h->index = index;
    h->owner = t->id;
    if (UNLIKELY(t->alive++ == 0))
        Py_INCREF(t);
    return (PyObject *)h;
}

/* An entry whose number is kept in it, and its handle. */
INLINE PyObject *emit(Tape *t, uint8_t op, uint32_t a, uint32_t b, uint32_t location, uint8_t tag, Number v) {
    uint32_t i = append(t, op, a, b, location, tag, v);
    if (UNLIKELY(i == NONE))
        return NULL;
    return handle_new(t, LIKELY(t->transparent) ? kinds[tag] : value_kind, i, v);
}

#endif
