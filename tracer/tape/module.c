/* The module tracer.tape._native; native.py gives it the table of operations and the methods of the readable tape. */

#include "tape/module.h"

#include "tape/handle.h"
#include "run/run.h"
#include "tape/marks.h"
#include "tape/sweep.h"

static PyObject *raw_frames(PyObject *module, PyObject *none) {
    (void)module;
    (void)none;
    return PyBool_FromLong(RAW_FRAMES);
}

static PyMethodDef own_methods[] = {
    {"raw_frames", raw_frames, METH_NOARGS, "Whether locations are taken from the interpreter's own frames."},
    {0},
};

static int module_exec(PyObject *module) {
#ifdef Py_GIL_DISABLED
    PyErr_SetString(PyExc_ImportError, "the tape in C needs the global interpreter lock");
    return -1;
#endif
    static int ready = 0;
    if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
        PyErr_SetString(PyExc_ImportError, "the tape in C serves the main interpreter only");
        return -1;
    }
    if (!ready && (handle_ready() < 0 || marks_ready() < 0 || sweep_ready() < 0 || run_ready() < 0 ||
                   PyType_Ready(&Tape_Type) < 0 || PyType_Ready(&Column_Type) < 0))
        return -1;
    ready = 1;
    PyTypeObject *const types[] = {&Tape_Type,   &Handle_Type,    &Float_Type,     &Int_Type,    &Column_Type,
                                   &Marker_Type, &Converter_Type, &Slopes_Type, &PatchedFunction_Type};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (PyModule_AddType(module, types[i]) < 0)
            return -1;
    PyMethodDef *const methods[] = {own_methods,  handle_methods,  sweep_methods,     reach_methods,
                                    fold_methods, summary_methods, primitive_methods, patched_methods};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (PyModule_AddFunctions(module, methods[i]) < 0)
            return -1;
    return 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)module_exec},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_native",
    .m_doc = "The tape in C.",
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&definition); }
