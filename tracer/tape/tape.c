/* The tape itself: the type that Python sees, and what becomes of its parts when it goes. */

#include "tape/entries.h"
#include "tape/decisions.h"
#include "tape/handle.h"
#include "tape/locations.h"
#include "tape/marks.h"
#include "tape/module.h"

#include <structmember.h>

static size_t n_tapes, cap_tapes;
static uint32_t *idle_ids; /* numbers of tapes that are gone */
static size_t n_idle, cap_idle;

static PyObject *tape_handle(PyObject *self, PyObject *arg) {
    Py_ssize_t i = PyLong_AsSsize_t(arg);
    if ((i == -1 && PyErr_Occurred()) || check_index((Tape *)self, &i) < 0)
        return NULL;
    return handle_at((Tape *)self, (uint32_t)i);
}

static int as_index(PyObject *x, uint32_t *index) {
    unsigned long i = PyLong_AsUnsignedLong(x);
    if (i == (unsigned long)-1 && PyErr_Occurred())
        return -1;
    *index = (uint32_t)i;
    return 0;
}

static PyObject *tape_write(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    Tape *t = (Tape *)self;
    if (count < 3 || count > 4) {
        PyErr_SetString(PyExc_TypeError, "write(code, operands, data, location=None)");
        return NULL;
    }
    long op = PyLong_AsLong(args[0]);
    if (op == -1 && PyErr_Occurred())
        return NULL;
    uint32_t location = NONE, two[2] = {NONE, NONE};
    if (count == 4 && args[3] != Py_None) {
        if (as_index(args[3], &location) < 0)
            return NULL;
    } else if ((location = here(t)) == NONE)
        return NULL;
    PyObject *operands = PySequence_Tuple(args[1]), *handle = NULL;
    if (operands == NULL)
        return NULL;
    Py_ssize_t n = PyTuple_GET_SIZE(operands);
    for (Py_ssize_t k = 0; k < n; k++) {
        uint32_t operand;
        if (as_index(PyTuple_GET_ITEM(operands, k), &operand) < 0)
            goto done;
        if (operand >= t->n) {
            PyErr_SetString(PyExc_IndexError, "an operand is not older than its entry");
            goto done;
        }
        if (k < 2)
            two[k] = operand;
    }
    handle = write_object(t, (uint8_t)op, two[0], two[1], location, args[2]);
    if (handle != NULL && n > 2) {
        PyObject *key = PyLong_FromUnsignedLong(((Handle *)handle)->index);
        t->log[((Handle *)handle)->index].more = 1;
        if (key == NULL || PyDict_SetItem(t->operands, key, operands) < 0)
            Py_CLEAR(handle);
        Py_XDECREF(key);
    }
done:
    Py_DECREF(operands);
    return handle;
}

static PyObject *tape_reference_count(PyObject *self, PyObject *none) {
    (void)none;
    return PyLong_FromSize_t(((Tape *)self)->alive);
}

static PyObject *tape_has_live_handles(PyObject *self, PyObject *before) {
    (void)before;
    return PyBool_FromLong(((Tape *)self)->alive > 0);
}

static PyObject *tape_live_handles(PyObject *self, PyObject *none) {
    (void)none;
    Tape *t = (Tape *)self;
    PyObject *list = PyList_New(0);
    for (Slab *slab = t->slabs; list != NULL && slab != NULL; slab = slab->next)
        for (size_t i = 0; list != NULL && i < slab->size; i++) {
            PyObject *h = (PyObject *)(slab->handles + i);
            if (Py_REFCNT(h) > 0 && PyList_Append(list, h) < 0)
                Py_CLEAR(list);
        }
    return list;
}

static PyObject *tape_remember(PyObject *self, PyObject *const *args, Py_ssize_t n) {
    if (n != 2) {
        PyErr_SetString(PyExc_TypeError, "remember(index, number)");
        return NULL;
    }
    if (PyDict_SetItem(((Tape *)self)->same, args[0], args[1]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* The tape itself */

static Py_ssize_t tape_length(PyObject *self) { return (Py_ssize_t)((Tape *)self)->n; }

static PyObject *get_limit(PyObject *self, void *unused) {
    (void)unused;
    return PyLong_FromSize_t(((Tape *)self)->limit);
}

static int set_limit(PyObject *self, PyObject *value, void *unused) {
    (void)unused;
    Tape *t = (Tape *)self;
    size_t limit = value == NULL ? (PyErr_SetString(PyExc_AttributeError, "limit"), (size_t)-1)
                                 : PyLong_AsSize_t(value);
    if (limit == (size_t)-1 && PyErr_Occurred())
        return -1;
    t->limit = limit;
    size_t most = limit < MOST ? limit : MOST;
    t->room = t->cap < most ? t->cap : most;
    return 0;
}

static PyObject *get_transparent(PyObject *self, void *unused) {
    (void)unused;
    return PyBool_FromLong(((Tape *)self)->transparent);
}

static PyObject *get_size(PyObject *self, void *unused) {
    (void)unused;
    Tape *t = (Tape *)self;
    size_t size = t->n * sizeof(Entry) + t->n_objects * sizeof(PyObject *) + t->n_marks * sizeof(Mark) +
                  t->n_branches * sizeof(Branch) + t->n_leaks * sizeof(Leak);
    return PyLong_FromSize_t(size);
}

static PyObject *tape_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)args;
    (void)kwargs;
    Tape *t = (Tape *)type->tp_alloc(type, 0);
    if (t == NULL)
        return NULL;
    t->limit = PY_SSIZE_T_MAX;
    t->deepest = PY_SSIZE_T_MAX;
    t->thread = PyThreadState_Get();
    t->id = t->last_kind = t->last_at = t->last_decided = t->stride = NONE;
    t->code_ids = PyDict_New();
    t->location_ids = PyDict_New();
    t->given_locations = PyDict_New();
    t->operands = PyDict_New();
    t->same = PyDict_New();
    if (!t->same || !t->code_ids || !t->location_ids || !t->given_locations || !t->operands)
        goto failed;
    if (n_idle > 0)
        t->id = idle_ids[--n_idle];
    else {
        /* room for its number among the idle ones is made now, so that going never fails */
        if (make_room((void **)&tapes, &cap_tapes, n_tapes, sizeof(Tape *)) < 0 ||
            make_room((void **)&idle_ids, &cap_idle, n_tapes, sizeof(uint32_t)) < 0)
            goto failed;
        t->id = (uint32_t)n_tapes++;
    }
    tapes[t->id] = t;
    return (PyObject *)t;
failed:
    Py_DECREF(t);
    return NULL;
}

static int tape_init(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"transparent", "limit", NULL};
    PyObject *limit = Py_None;
    int transparent = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$pO", names, &transparent, &limit))
        return -1;
    ((Tape *)self)->transparent = (uint8_t)transparent;
    return limit == Py_None ? 0 : set_limit(self, limit, NULL);
}

static int tape_traverse(PyObject *self, visitproc visit, void *arg) {
    Tape *t = (Tape *)self;
    Py_VISIT(t->code_ids);
    Py_VISIT(t->location_ids);
    Py_VISIT(t->given_locations);
    Py_VISIT(t->operands);
    Py_VISIT(t->same);
    for (size_t i = 0; i < t->n_codes; i++)
        Py_VISIT(t->codes[i].code);
    for (size_t i = 0; i < t->n_objects; i++)
        Py_VISIT(t->objects[i]);
    return 0;
}

static int tape_clear(PyObject *self) {
    Tape *t = (Tape *)self;
    Py_CLEAR(t->location_ids);
    Py_CLEAR(t->given_locations);
    return 0;
}

static void tape_dealloc(PyObject *self) {
    Tape *t = (Tape *)self;
    PyObject_GC_UnTrack(self);
    tape_clear(self);
    Py_CLEAR(t->code_ids);
    Py_CLEAR(t->operands);
    Py_CLEAR(t->same);
    for (size_t i = 0; i < t->n_codes; i++)
        Py_DECREF(t->codes[i].code);
    for (size_t i = 0; i < t->n_objects; i++)
        Py_DECREF(t->objects[i]);
    while (t->slabs != NULL) {
        Slab *next = t->slabs->next;
        PyMem_RawFree(t->slabs);
        t->slabs = next;
    }
    give_back(t);
    PyMem_RawFree(t->codes);
    PyMem_RawFree(t->objects);
    PyMem_RawFree(t->branches);
    PyMem_RawFree(t->leaks);
    PyMem_RawFree(t->marks);
    PyMem_RawFree(t->kinds);
    if (t->id != NONE) {
        tapes[t->id] = NULL;
        idle_ids[n_idle++] = t->id;
    }
    Py_TYPE(self)->tp_free(self);
}

static PySequenceMethods tape_sequence = {.sq_length = tape_length};
static PyGetSetDef tape_getset[] = {
    {"codes", get_column, NULL, "The operation of each entry.", (void *)CODES},
    {"data", get_column, NULL, "The number of each entry.", (void *)DATA},
    {"args", get_column, NULL, "The operands of each entry.", (void *)OPERANDS},
    {"locations", get_column, NULL, "The location of each entry.", (void *)LOCATIONS},
    {"branches", get_branches, NULL, NULL, NULL},
    {"leaks", get_leaks, NULL, NULL, NULL},
    {"marks", get_marks, NULL, "(length of the tape, kind of mark) of each mark.", NULL},
    {"mark_kinds", get_mark_kinds, NULL, "(what, code, number, location of the caller or -1).", NULL},
    {"limit", get_limit, set_limit, NULL, NULL},
    {"transparent", get_transparent, NULL, NULL, NULL},
    {"size", get_size, NULL, "Bytes that what it holds takes.", NULL},
    {0},
};
static PyMemberDef tape_members[] = {
    {"depth", T_PYSSIZET, offsetof(Tape, depth), 0, NULL},
    {"deepest", T_PYSSIZET, offsetof(Tape, deepest), 0, NULL},
    {0},
};
static PyMethodDef tape_methods[] = {
    {"write", (PyCFunction)(void (*)(void))tape_write, METH_FASTCALL, NULL},
    {"handle", tape_handle, METH_O, NULL},
    {"here", tape_here, METH_NOARGS, NULL},
    {"location_of", tape_location_of, METH_VARARGS, NULL},
    {"location_for", tape_location_for, METH_VARARGS, NULL},
    {"instruction_at", tape_instruction_at, METH_O, NULL},
    {"leak", tape_leak, METH_VARARGS, NULL},
    {"sites", tape_sites, METH_O, NULL},
    {"controls", tape_controls, METH_NOARGS, NULL},
    {"referrers", tape_referrers, METH_O | METH_STATIC, NULL},
    {"marker", tape_marker, METH_VARARGS, NULL},
    {"code_objects", tape_code_objects, METH_NOARGS, NULL},
    {"reference_count", tape_reference_count, METH_NOARGS, NULL},
    {"has_live_handles", tape_has_live_handles, METH_O, NULL},
    {"live_handles", tape_live_handles, METH_NOARGS, NULL},
    {"remember", (PyCFunction)(void (*)(void))tape_remember, METH_FASTCALL, NULL},
    {0},
};

PyTypeObject Tape_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Tape",
    .tp_basicsize = sizeof(Tape),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = tape_new,
    .tp_init = tape_init,
    .tp_dealloc = tape_dealloc,
    .tp_traverse = tape_traverse,
    .tp_clear = tape_clear,
    .tp_as_sequence = &tape_sequence,
    .tp_getset = tape_getset,
    .tp_methods = tape_methods,
    .tp_members = tape_members,
};
