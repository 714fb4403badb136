/* What each part gives to the module tracer.tape._native. */

#ifndef TRACER_MODULE_H
#define TRACER_MODULE_H

#include "tape/entries.h"

SHARED_BEGIN
int handle_ready(void);
int marks_ready(void);
int sweep_ready(void);
extern PyMethodDef handle_methods[], sweep_methods[], sites_methods[], reach_methods[], fold_methods[], summary_methods[],
    referrers_methods[];
SHARED_END

#endif
