/* Marks: where on the tape a call was entered or left, or an iteration began. The readable twin is marks.py. */

#include "tape/marks.h"

#include "tape/decisions.h"
#include "tape/handle.h"
#include "tape/locations.h"

#include <string.h>

/* Markers note where the tape stands: `~marker` as a call begins or ends, `marker | items` as a loop is given an
   item, `marker @ test` as its test holds. Operators, because nothing that runs code of ours costs the interpreter
   less; and no number has an `@` that would have to be looked at. A steady loop is one mark and how often it came as_kind. */

typedef struct {
    PyObject_HEAD
    Tape *tape; /* NULL once the run is over */
    PyObject *too_deep;
    uint32_t what, number;
    struct {
        uint32_t location, kind; /* kind: NONE until it is first used */
    } known[8]; /* kinds differ by where a call came from; found by that location */
} Marker;

/* The code object that runs, and for an entered call the location that it was called from. */
static int frames_location(Tape *t, uint32_t what, uint32_t *index, uint32_t *location) {
    *location = NONE;
#if RAW_FRAMES
    _PyInterpreterFrame *f = CURRENT_FRAME(THREAD_STATE());
    if (index != NULL) {
        PyCodeObject *code = FRAME_CODE(f);
        CodeSlot *slot = CODE_SLOT(t, code);
        if (slot->code == code)
            *index = slot->index;
        else {
            if (location_of_code(t, code, 0, index) == NONE)
                return -1;
            if (!t->codes[*index].own)
                *slot = (CodeSlot){code, t->codes[*index].base - UNITS(_PyCode_CODE(code)), *index};
        }
    }
    if (what == ENTER && t->depth > 0 && f->previous != NULL) {
        f = f->previous;
        PyCodeObject *code = FRAME_CODE(f);
        CodeSlot *slot = CODE_SLOT(t, code);
        if (LIKELY(slot->code == code))
            *location = slot->offset + UNITS(FRAME_POINTER(f));
        else if ((*location = here_slow(t, f)) == NONE)
            PyErr_Clear();
    }
    return 0;
#else
    uint32_t ignored;
    PyFrameObject *f = PyThreadState_GetFrame(PyThreadState_Get());
    PyCodeObject *code = PyFrame_GetCode(f);
    uint32_t own = location_of_code(t, code, 0, index != NULL ? index : &ignored);
    Py_DECREF(code);
    PyFrameObject *back = own == NONE || what != ENTER || t->depth == 0 ? NULL : PyFrame_GetBack(f);
    Py_DECREF(f);
    while (back != NULL) {
        uint32_t caller;
        code = PyFrame_GetCode(back);
        *location = location_of_code(t, code, PyFrame_GetLasti(back) / 2, &caller);
        Py_DECREF(code);
        f = *location == NONE || !t->codes[caller].own ? NULL : PyFrame_GetBack(back);
        Py_DECREF(back);
        back = f;
    }
    return own == NONE ? -1 : 0;
#endif
}

static SLOW uint32_t find_kind(Marker *m, uint32_t location) {
    Tape *t = m->tape;
    uint32_t code = 0, caller, kind;
    if (m->what != LEAVE) {
        if (frames_location(t, ITERATION, &code, &caller) < 0)
            return NONE;
    }
    MarkKind made = {m->what, m->number, code, location};
    for (kind = 0; kind < t->n_kinds && memcmp(t->kinds + kind, &made, sizeof made) != 0; kind++)
        ;
    if (kind == t->n_kinds) {
        if (make_room((void **)&t->kinds, &t->cap_kinds, t->n_kinds, sizeof(MarkKind)) < 0)
            return NONE;
        t->kinds[t->n_kinds++] = made;
    }
    m->known[location % 8].location = location;
    return m->known[location % 8].kind = kind;
}

static inline int note_mark(Marker *m, uint32_t location) {
    Tape *t = m->tape;
    uint32_t kind = m->known[location % 8].kind;
    if (UNLIKELY(kind == NONE || m->known[location % 8].location != location) && (kind = find_kind(m, location)) == NONE)
        return -1;
    if (UNLIKELY(t->n_marks >= t->cap_marks) &&
        make_room((void **)&t->marks, &t->cap_marks, t->n_marks, sizeof(Mark)) < 0)
        return -1;
    uint32_t at = (uint32_t)t->n;
    if (m->what == ITERATION && t->last_kind == kind) {
        t->stride = at - t->last_at;
        t->marks[t->n_marks++] = (Mark){t->stride, AGAIN + 1};
    } else {
        t->stride = NONE;
        t->marks[t->n_marks++] = (Mark){at, kind};
    }
    t->last_kind = kind;
    t->last_at = at;
    return 0;
}

static SLOW int iteration_slow(Marker *m) {
    return m->tape->thread != THREAD_STATE() ? 0 : note_mark(m, NONE);
}

INLINE int note_iteration(Marker *m) {
    Tape *t = m->tape;
    if (UNLIKELY(t == NULL))
        return 0;
    uint32_t at = (uint32_t)t->n;
    if (LIKELY(t->last_kind == m->known[NONE % 8].kind && at - t->last_at == t->stride && RUNS_IN(t->thread))) {
        Mark *last = t->marks + t->n_marks - 1;
        if (LIKELY(last->kind != UINT32_MAX)) {
            last->kind++;
            t->last_at = at;
            return 0;
        }
    }
    return iteration_slow(m);
}

static PyObject *marker_invert(PyObject *self) {
    Marker *m = (Marker *)self;
    Tape *t = m->tape;
    uint32_t location = NONE;
    if (m->what == ITERATION)
        return note_iteration(m) < 0 ? NULL : Py_NewRef(Py_None);
    if (UNLIKELY(t == NULL || t->thread != THREAD_STATE()))
        Py_RETURN_NONE;
    if (m->what == ENTER) {
        if (UNLIKELY(t->depth >= t->deepest)) {
            PyObject *none = PyObject_CallNoArgs(m->too_deep);
            if (none == NULL)
                return NULL;
            Py_DECREF(none);
        }
        if (frames_location(t, ENTER, NULL, &location) < 0)
            return NULL;
        t->depth++;
    } else
        t->depth--;
    return note_mark(m, location) < 0 ? NULL : Py_NewRef(Py_None);
}

/* marker @ test: whether a loop goes on. */
static PyObject *marker_at(PyObject *self, PyObject *test) {
    if (!Py_IS_TYPE(self, &Marker_Type))
        Py_RETURN_NOTIMPLEMENTED;
    int goes_on;
    if (LIKELY(Py_IS_TYPE(test, kinds[BOOL]))) {
        goes_on = ((Handle *)test)->u.v.i != 0;
        if (decide(TAPE_OF(test), ((Handle *)test)->index, goes_on) < 0)
            return NULL;
    } else
        goes_on = PyObject_IsTrue(test);
    if (goes_on < 0 || (goes_on && note_iteration((Marker *)self) < 0))
        return NULL;
    return PyBool_FromLong(goes_on);
}

/* marker | items: the items, each of them noted as it is handed out. */

typedef struct {
    PyObject_HEAD
    PyObject *items; /* an iterator */
    Marker *marker;
} Iterations;

static PyTypeObject Iterations_Type;

static PyObject *marker_or(PyObject *self, PyObject *items) {
    if (!Py_IS_TYPE(self, &Marker_Type))
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *iterator = PyObject_GetIter(items);
    if (iterator == NULL)
        return NULL;
    Iterations *iterations = PyObject_GC_New(Iterations, &Iterations_Type);
    if (iterations == NULL) {
        Py_DECREF(iterator);
        return NULL;
    }
    iterations->items = iterator;
    iterations->marker = (Marker *)Py_NewRef(self);
    PyObject_GC_Track(iterations);
    return (PyObject *)iterations;
}

static PyObject *iterations_next(PyObject *self) {
    PyObject *items = ((Iterations *)self)->items;
    PyObject *item = Py_TYPE(items)->tp_iternext(items);
    if (LIKELY(item != NULL) && UNLIKELY(note_iteration(((Iterations *)self)->marker) < 0))
        Py_CLEAR(item);
    return item;
}

static int iterations_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(((Iterations *)self)->items);
    Py_VISIT(((Iterations *)self)->marker);
    return 0;
}

static void iterations_dealloc(PyObject *self) {
    PyObject_GC_UnTrack(self);
    Py_DECREF(((Iterations *)self)->items);
    Py_DECREF(((Iterations *)self)->marker);
    PyObject_GC_Del(self);
}

static PyTypeObject Iterations_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Iterations",
    .tp_basicsize = sizeof(Iterations),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = iterations_dealloc,
    .tp_traverse = iterations_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = iterations_next,
};

PyObject *tape_marker(PyObject *self, PyObject *args) {
    const char *what;
    unsigned int number;
    PyObject *too_deep;
    if (!PyArg_ParseTuple(args, "sIO", &what, &number, &too_deep))
        return NULL;
    uint32_t which = strcmp(what, "enter") == 0 ? ENTER : strcmp(what, "leave") == 0 ? LEAVE : ITERATION;
    Marker *m = PyObject_GC_New(Marker, &Marker_Type);
    if (m == NULL)
        return NULL;
    m->tape = (Tape *)Py_NewRef(self);
    m->too_deep = Py_NewRef(too_deep);
    m->what = which;
    m->number = number;
    memset(m->known, 0xFF, sizeof m->known);
    PyObject_GC_Track(m);
    return (PyObject *)m;
}

static int marker_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(((Marker *)self)->tape);
    Py_VISIT(((Marker *)self)->too_deep);
    return 0;
}

/* release(): the run is over; a loop that outlives it notes nothing and holds no tape. */
static PyObject *marker_release(PyObject *self, PyObject *none) {
    (void)none;
    Py_CLEAR(((Marker *)self)->tape);
    Py_RETURN_NONE;
}

static void marker_dealloc(PyObject *self) {
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((Marker *)self)->tape);
    Py_DECREF(((Marker *)self)->too_deep);
    PyObject_GC_Del(self);
}

static PyMethodDef marker_methods[] = {{"release", marker_release, METH_NOARGS, NULL}, {0}};
static PyNumberMethods marker_number = {
    .nb_invert = marker_invert,
    .nb_matrix_multiply = marker_at,
    .nb_or = marker_or,
};

PyTypeObject Marker_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Marker",
    .tp_basicsize = sizeof(Marker),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = marker_dealloc,
    .tp_traverse = marker_traverse,
    .tp_as_number = &marker_number,
    .tp_methods = marker_methods,
};

int next_mark(Tape *t, MarkCursor *c, MarkView *mark) {
    if (c->repeats > 0) {
        c->repeats--;
        c->last.at += t->marks[c->next - 1].at;
    } else if (c->next >= t->n_marks)
        return 0;
    else {
        Mark m = t->marks[c->next++];
        if (m.kind & AGAIN) {
            c->repeats = m.kind - AGAIN - 1;
            c->last.at += m.at;
        } else {
            MarkKind k = t->kinds[m.kind];
            c->last = (MarkView){k.what, m.at, m.kind};
        }
    }
    *mark = c->last;
    return 1;
}

PyObject *get_marks(PyObject *self, void *unused) {
    (void)unused;
    Tape *t = (Tape *)self;
    PyObject *list = PyList_New(0);
    MarkCursor c = {0};
    MarkView m;
    while (list != NULL && next_mark(t, &c, &m)) {
        PyObject *row = Py_BuildValue("II", m.at, m.kind);
        if (row == NULL || PyList_Append(list, row) < 0)
            Py_CLEAR(list);
        Py_XDECREF(row);
    }
    return list;
}

PyObject *get_mark_kinds(PyObject *self, void *unused) {
    (void)unused;
    static const char *const names[] = {"enter", "leave", "iteration"};
    Tape *t = (Tape *)self;
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < t->n_kinds; i++) {
        MarkKind k = t->kinds[i];
        PyObject *row = Py_BuildValue("(sOIn)", names[k.what], k.what == LEAVE ? Py_None : (PyObject *)t->codes[k.code].code,
                                      k.number, k.location == NONE ? (Py_ssize_t)-1 : (Py_ssize_t)k.location);
        if (row == NULL || PyList_Append(list, row) < 0)
            Py_CLEAR(list);
        Py_XDECREF(row);
    }
    return list;
}

int marks_ready(void) { return PyType_Ready(&Marker_Type) < 0 || PyType_Ready(&Iterations_Type) < 0 ? -1 : 0; }
