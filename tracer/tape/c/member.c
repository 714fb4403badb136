/* What stands in an adopted class for one of its functions: in each thread, what the run there converts it to. */

#include "tape/c/hooks.h"

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
} Member;

static PyObject *right_one(PyObject *self) {
    PyObject *original = ((Member *)self)->original;
    Run *run = run_here();
    if (run == NULL)
        return Py_NewRef(original);
    PyObject *convert = Py_NewRef(run->convert); /* while it converts, other runs may come and go */
    PyObject *right = Py_IS_TYPE(convert, &Converter_Type) ? converted(convert, original)
                                                           : PyObject_CallOneArg(convert, original);
    Py_DECREF(convert);
    return right;
}

static PyObject *member_get(PyObject *self, PyObject *instance, PyObject *owner) {
    PyObject *f = right_one(self);
    descrgetfunc get = f == NULL ? NULL : Py_TYPE(f)->tp_descr_get;
    if (get == NULL)
        return f;
    PyObject *bound = get(f, instance, owner);
    Py_DECREF(f);
    return bound;
}

static PyObject *member_call(PyObject *self, PyObject *const *args, size_t flags, PyObject *names) {
    PyObject *f = right_one(self);
    PyObject *result = f == NULL ? NULL : PyObject_Vectorcall(f, args, flags, names);
    Py_XDECREF(f);
    return result;
}

static PyObject *member_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)type;
    PyObject *original;
    if (kwargs != NULL || !PyArg_ParseTuple(args, "O!", &PyFunction_Type, &original))
        return NULL;
    Member *m = PyObject_GC_New(Member, &Member_Type);
    if (m == NULL)
        return NULL;
    m->call = member_call;
    m->original = Py_NewRef(original);
    PyObject_GC_Track(m);
    return (PyObject *)m;
}

static int member_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(((Member *)self)->original);
    return 0;
}

static void member_dealloc(PyObject *self) {
    PyObject_GC_UnTrack(self);
    Py_DECREF(((Member *)self)->original);
    PyObject_GC_Del(self);
}

static PyMemberDef members[] = {{"original", T_OBJECT, offsetof(Member, original), READONLY, NULL}, {0}};

PyTypeObject Member_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Member",
    .tp_basicsize = sizeof(Member),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_vectorcall_offset = offsetof(Member, call),
    .tp_call = PyVectorcall_Call,
    .tp_new = member_new,
    .tp_dealloc = member_dealloc,
    .tp_traverse = member_traverse,
    .tp_descr_get = member_get,
    .tp_members = members,
};

PyMethodDef member_methods[] = {
    {"current_converter", current_converter, METH_NOARGS, NULL},
    {"set_converter", set_converter, METH_O, NULL},
    {0},
};
