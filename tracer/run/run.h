/* What the C of a run shares. */

#ifndef TRACER_RUN_H
#define TRACER_RUN_H

#include "tape/entries.h"

SHARED_BEGIN
extern PyTypeObject Converter_Type, PatchedFunction_Type;
extern PyMethodDef primitive_methods[], patched_methods[];
int run_ready(void);
int primitives_ready(void);
PyObject *converted(PyObject *converter, PyObject *f); /* what is called instead of a callee that is no method */
SHARED_END

#define IS_CONVERTER(x) PyObject_TypeCheck(x, &Converter_Type)

#endif
