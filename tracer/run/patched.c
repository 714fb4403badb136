/* What stands in a class for one of its functions: in each thread, what the run there converts it to. The readable twin
   is in patched.py. */

#include "run/run.h"

#include "tape/locations.h"

#include <structmember.h>

typedef struct {
    unsigned long thread;
    PyObject *convert;
} Run;

static Run *runs; /* those that are on */
static size_t n_runs, cap_runs;

static Run *run_here(void) {
    unsigned long thread = PyThread_get_thread_ident();
    for (size_t i = 0; i < n_runs; i++)
        if (runs[i].thread == thread)
            return runs + i;
    return NULL;
}

static PyObject *current_converter(PyObject *module, PyObject *none) {
    (void)module;
    (void)none;
    Run *run = run_here();
    return Py_NewRef(run == NULL ? Py_None : run->convert);
}

static PyObject *set_converter(PyObject *module, PyObject *convert) {
    (void)module;
    Run *run = run_here();
    PyObject *before = run == NULL ? Py_NewRef(Py_None) : run->convert;
    if (run != NULL && convert != Py_None)
        run->convert = Py_NewRef(convert);
    else if (run != NULL)
        *run = runs[--n_runs];
    else if (convert != Py_None) {
        if (make_room((void **)&runs, &cap_runs, n_runs, sizeof(Run)) < 0) {
            Py_DECREF(before);
            return NULL;
        }
        runs[n_runs++] = (Run){PyThread_get_thread_ident(), Py_NewRef(convert)};
    }
    set_run_thread_state(convert == Py_None ? NULL : PyThreadState_Get());
    return before;
}

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *original;
} PatchedFunction;

static PyObject *converted_original(PyObject *self) {
    PyObject *original = ((PatchedFunction *)self)->original;
    Run *run = run_here();
    if (run == NULL)
        return Py_NewRef(original);
    PyObject *convert = Py_NewRef(run->convert); /* while it converts, other runs may come and go */
    PyObject *made = IS_CONVERTER(convert) ? converted(convert, original) : PyObject_CallOneArg(convert, original);
    Py_DECREF(convert);
    return made;
}

static PyObject *patched_get(PyObject *self, PyObject *instance, PyObject *owner) {
    PyObject *f = converted_original(self);
    descrgetfunc get = f == NULL ? NULL : Py_TYPE(f)->tp_descr_get;
    if (get == NULL)
        return f;
    PyObject *bound = get(f, instance, owner);
    Py_DECREF(f);
    return bound;
}

static PyObject *patched_call(PyObject *self, PyObject *const *args, size_t flags, PyObject *names) {
    PyObject *f = converted_original(self);
    PyObject *result = f == NULL ? NULL : PyObject_Vectorcall(f, args, flags, names);
    Py_XDECREF(f);
    return result;
}

static PyObject *patched_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)type;
    PyObject *original;
    if (kwargs != NULL || !PyArg_ParseTuple(args, "O!", &PyFunction_Type, &original))
        return NULL;
    PatchedFunction *p = PyObject_GC_New(PatchedFunction, &PatchedFunction_Type);
    if (p == NULL)
        return NULL;
    p->call = patched_call;
    p->original = Py_NewRef(original);
    PyObject_GC_Track(p);
    return (PyObject *)p;
}

static int patched_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(((PatchedFunction *)self)->original);
    return 0;
}

static void patched_dealloc(PyObject *self) {
    PyObject_GC_UnTrack(self);
    Py_DECREF(((PatchedFunction *)self)->original);
    PyObject_GC_Del(self);
}

static PyMemberDef members[] = {{"original", T_OBJECT, offsetof(PatchedFunction, original), READONLY, NULL}, {0}};

PyTypeObject PatchedFunction_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.PatchedFunction",
    .tp_basicsize = sizeof(PatchedFunction),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_vectorcall_offset = offsetof(PatchedFunction, call),
    .tp_call = PyVectorcall_Call,
    .tp_new = patched_new,
    .tp_dealloc = patched_dealloc,
    .tp_traverse = patched_traverse,
    .tp_descr_get = patched_get,
    .tp_members = members,
};

PyMethodDef patched_methods[] = {
    {"current_converter", current_converter, METH_NOARGS, NULL},
    {"set_converter", set_converter, METH_O, NULL},
    {0},
};
