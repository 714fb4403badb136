/* The location of the running instruction, as a small number. The readable twin is notes.py. */

#ifndef TRACER_LOCATIONS_H
#define TRACER_LOCATIONS_H

#include "tape/entries.h"

SHARED_BEGIN
/* The thread that a run is on in knows it; asking the interpreter for its state would cost a call, each time. */
#ifdef __GLIBC__ /* which has room for the variables of a library that is loaded late */
extern __thread PyThreadState *run_thread_state __attribute__((tls_model("initial-exec")));
#define THREAD_STATE() (LIKELY(run_thread_state != NULL) ? run_thread_state : PyThreadState_Get())
#define RUNS_IN(thread) ((thread) == run_thread_state) /* if it does not hold, THREAD_STATE() decides */
#else
#define THREAD_STATE() PyThreadState_Get()
#define RUNS_IN(thread) ((thread) == PyThreadState_Get())
#endif
void set_run_thread_state(PyThreadState *state);

extern PyObject *py_is_own_code; /* whether a code object is tracer's own */
uint32_t location_of_code(Tape *t, PyCodeObject *code, Py_ssize_t units, uint32_t *index);
#if RAW_FRAMES
uint32_t here_slow(Tape *t, _PyInterpreterFrame *f);
#else
uint32_t here_public(Tape *t);
#endif
PyObject *tape_here(PyObject *self, PyObject *none);
PyObject *tape_location_of(PyObject *self, PyObject *args);
PyObject *tape_location_for(PyObject *self, PyObject *args);
PyObject *tape_instruction_at(PyObject *self, PyObject *arg);
PyObject *tape_code_objects(PyObject *self, PyObject *none);
SHARED_END

#if RAW_FRAMES
#if PY_VERSION_HEX >= 0x030D0000
#define CURRENT_FRAME(ts) ((ts)->current_frame)
#define FRAME_POINTER(f) ((const char *)(f)->instr_ptr)
#define FRAME_CODE(f) ((PyCodeObject *)(f)->f_executable)
#else
#define CURRENT_FRAME(ts) ((ts)->cframe->current_frame)
#define FRAME_POINTER(f) ((const char *)(f)->prev_instr)
#define FRAME_CODE(f) ((f)->f_code)
#endif
#define CODE_SLOT(t, code) (&(t)->cache[((uintptr_t)(code) >> 5) % SLOTS])
#define UNITS(address) ((uint32_t)((uintptr_t)(address) / sizeof(_Py_CODEUNIT)))

/* The location of the innermost frame that is not tracer's own. */
INLINE uint32_t here(Tape *t) {
    _PyInterpreterFrame *f = CURRENT_FRAME(THREAD_STATE());
    if (UNLIKELY(f == NULL))
        return here_slow(t, f);
    PyCodeObject *code = FRAME_CODE(f);
    CodeSlot *slot = CODE_SLOT(t, code);
    return LIKELY(slot->code == code) ? slot->offset + UNITS(FRAME_POINTER(f)) : here_slow(t, f);
}
#else
static inline uint32_t here(Tape *t) { return here_public(t); }
#endif

#endif
