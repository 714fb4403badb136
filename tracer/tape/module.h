/* What each part gives to the module tracer.tape._native. */

#ifndef TRACER_MODULE_H
#define TRACER_MODULE_H

#include "tape/entries.h"

SHARED_BEGIN
int handle_ready(void);
int marks_ready(void);
int sweep_ready(void);
extern PyMethodDef handle_methods[], sweep_methods[], reach_methods[], fold_methods[], summary_methods[];
PyObject *tape_sites(PyObject *self, PyObject *site);
PyObject *tape_controls(PyObject *self, PyObject *none);
PyObject *tape_referrers(PyObject *unused, PyObject *targets);
SHARED_END

#endif
