/* Where entries were written: each code object that wrote something has a stretch of numbers, one for each of its
   instructions. The readable twin is notes.py. */

#include "tape/locations.h"

PyObject *py_is_own_code;

#ifdef __GLIBC__
__thread PyThreadState *run_thread_state __attribute__((tls_model("initial-exec"))) = NULL;
void set_run_thread_state(PyThreadState *state) { run_thread_state = state; }
#else
void set_run_thread_state(PyThreadState *state) { (void)state; }
#endif

/* The number of a code object's instruction; the code object is kept alive from now on. */
uint32_t location_of_code(Tape *t, PyCodeObject *code, Py_ssize_t units, uint32_t *index) {
    PyObject *key = PyLong_FromVoidPtr(code);
    if (key == NULL)
        return NONE;
    PyObject *known = PyDict_GetItemWithError(t->code_ids, key);
    size_t i = 0;
    if (known != NULL) {
        i = PyLong_AsSize_t(known);
    } else {
        PyObject *own = PyErr_Occurred() ? NULL : PyObject_CallOneArg(py_is_own_code, (PyObject *)code);
        PyObject *number = own == NULL ? NULL : PyLong_FromSize_t(t->n_codes);
        int failed = number == NULL || make_room((void **)&t->codes, &t->cap_codes, t->n_codes, sizeof(Code)) < 0 ||
                     PyDict_SetItem(t->code_ids, key, number) < 0;
        Py_XDECREF(number);
        if (failed) {
            Py_XDECREF(own);
            Py_DECREF(key);
            return NONE;
        }
        i = t->n_codes++;
        Py_INCREF(code);
        t->codes[i] = (Code){code, t->next_location, (uint32_t)Py_SIZE(code) + 1, own == Py_True};
        t->next_location += (uint32_t)Py_SIZE(code) + 1;
        Py_DECREF(own);
    }
    Py_DECREF(key);
    if (index != NULL)
        *index = (uint32_t)i;
    if (units < 0 || units >= t->codes[i].size)
        units = 0;
    return t->codes[i].base + (uint32_t)units;
}

#if RAW_FRAMES
SLOW uint32_t here_slow(Tape *t, _PyInterpreterFrame *f) {
    uint32_t location = NONE, index = 0;
    while (f != NULL) {
        if (!_PyFrame_IsIncomplete(f)) {
            PyCodeObject *code = FRAME_CODE(f);
            CodeSlot *slot = CODE_SLOT(t, code);
            if (slot->code == code)
                return slot->offset + UNITS(FRAME_POINTER(f));
            location = location_of_code(t, code, _PyInterpreterFrame_LASTI(f), &index);
            if (location == NONE)
                return NONE;
            if (!t->codes[index].own) {
                *slot = (CodeSlot){code, t->codes[index].base - UNITS(_PyCode_CODE(code)), index};
                return location;
            }
        }
        f = f->previous;
    }
    if (location == NONE)
        PyErr_SetString(PyExc_RuntimeError, "a number is written down while no Python code runs");
    return location;
}
#else
uint32_t here_public(Tape *t) {
    PyFrameObject *f = PyThreadState_GetFrame(PyThreadState_Get());
    uint32_t location = NONE, index = 0;
    while (f != NULL) {
        PyCodeObject *code = PyFrame_GetCode(f);
        location = location_of_code(t, code, PyFrame_GetLasti(f) / 2, &index);
        Py_DECREF(code);
        PyFrameObject *back = location == NONE || !t->codes[index].own ? NULL : PyFrame_GetBack(f);
        Py_DECREF(f);
        f = back;
    }
    if (location == NONE && !PyErr_Occurred())
        PyErr_SetString(PyExc_RuntimeError, "a number is written down while no Python code runs");
    return location;
}
#endif

PyObject *tape_here(PyObject *self, PyObject *none) {
    (void)none;
    uint32_t location = here((Tape *)self);
    return location == NONE ? NULL : PyLong_FromUnsignedLong(location);
}

PyObject *tape_location_of(PyObject *self, PyObject *args) {
    PyObject *code;
    Py_ssize_t offset;
    if (!PyArg_ParseTuple(args, "O!n", &PyCode_Type, &code, &offset))
        return NULL;
    uint32_t location = location_of_code((Tape *)self, (PyCodeObject *)code, offset / 2, NULL);
    return location == NONE ? NULL : PyLong_FromUnsignedLong(location);
}

PyObject *tape_location_for(PyObject *self, PyObject *args) {
    Tape *t = (Tape *)self;
    PyObject *what, *key = Py_None;
    if (!PyArg_ParseTuple(args, "O|O", &what, &key))
        return NULL;
    if (key == Py_None)
        key = what;
    PyObject *number = PyDict_GetItemWithError(t->location_ids, key);
    if (number != NULL || PyErr_Occurred())
        return Py_XNewRef(number);
    number = PyLong_FromUnsignedLong(t->next_location);
    if (number == NULL || PyDict_SetItem(t->location_ids, key, number) < 0 ||
        PyDict_SetItem(t->given_locations, number, what) < 0) {
        Py_XDECREF(number);
        return NULL;
    }
    t->next_location++;
    return number;
}

PyObject *tape_instruction_at(PyObject *self, PyObject *arg) {
    Tape *t = (Tape *)self;
    PyObject *what = PyDict_GetItemWithError(t->given_locations, arg);
    if (what != NULL || PyErr_Occurred())
        return Py_XNewRef(what);
    size_t location = PyLong_AsSize_t(arg), low = 0, high = t->n_codes;
    if (location == (size_t)-1 && PyErr_Occurred())
        return NULL;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->codes[middle].base <= location)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0 && location - t->codes[low - 1].base < t->codes[low - 1].size) {
        Code *c = t->codes + low - 1;
        return Py_BuildValue("On", c->code, (Py_ssize_t)(location - c->base) * 2);
    }
    PyErr_SetObject(PyExc_IndexError, arg);
    return NULL;
}

PyObject *tape_code_objects(PyObject *self, PyObject *none) {
    (void)none;
    Tape *t = (Tape *)self;
    PyObject *list = PyList_New((Py_ssize_t)t->n_codes);
    for (size_t i = 0; list != NULL && i < t->n_codes; i++)
        PyList_SET_ITEM(list, (Py_ssize_t)i, Py_NewRef(t->codes[i].code));
    return list;
}
