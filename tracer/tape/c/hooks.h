/* What rewritten code calls through, and what stands in an adopted class for one of its functions. */

#ifndef TRACER_HOOKS_H
#define TRACER_HOOKS_H

#include "tape/columns.h"

SHARED_BEGIN
extern PyTypeObject Converter_Type, Primitive_Type, Member_Type;
extern PyMethodDef member_methods[];
int hooks_ready(void);
PyObject *converted(PyObject *converter, PyObject *f);
SHARED_END

#endif
