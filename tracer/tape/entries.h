/* The entries of a tape: what its parts share. The readable twin is the class Tape of value.py.

   An entry is 24 bytes in one growing buffer; a handle is 32 bytes, without garbage collection,
   from its tape's own slabs. A location is a small number: each code object that wrote something
   has a stretch of numbers, one for each of its instructions. */

#ifndef TRACER_ENTRIES_H
#define TRACER_ENTRIES_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <stdint.h>

/* Where the interpreter keeps the running instruction is known for these versions; the others
   have the public interface. */
#if defined(__has_include) && PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030E0000 && !defined(Py_GIL_DISABLED)
#if __has_include(<internal/pycore_frame.h>)
#define RAW_FRAMES 1
#endif
#endif
#ifdef RAW_FRAMES
#define Py_BUILD_CORE 1
#include <internal/pycore_frame.h>
#undef Py_BUILD_CORE
#else
#define RAW_FRAMES 0
#include <frameobject.h>
#endif

#if defined(__GNUC__) || defined(__clang__)
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define SLOW __attribute__((noinline, cold))
#define NOINLINE static __attribute__((noinline))
#define INLINE static inline __attribute__((always_inline))
/* What the parts share is reached without a detour. */
#define SHARED_BEGIN _Pragma("GCC visibility push(hidden)")
#define SHARED_END _Pragma("GCC visibility pop")
#else
#define LIKELY(x) (x)
#define UNLIKELY(x) (x)
#define SLOW
#define NOINLINE static
#define INLINE static inline
#define SHARED_BEGIN
#define SHARED_END
#endif

/* How an entry's number is kept: in the entry, or as an object in the side table. */
enum { FLOAT, INT, BOOL, OBJECT, TAGS };

typedef union {
    double d;
    int64_t i; /* INT, BOOL; OBJECT: where in the side table */
} Number;

typedef struct {
    Number v;
    uint32_t a, b; /* operands; NONE where there is none */
    uint32_t location;
    uint8_t op, tag, more; /* more: the operands are in the side table */
    uint8_t tested; /* its truth was tested at once, see `decide` */
} Entry;

#define NONE UINT32_MAX
#define MOST ((size_t)UINT32_MAX - 1) /* entries */

typedef struct Handle Handle; /* handle.h */
typedef struct Slab Slab;

typedef struct {
    PyCodeObject *code;
    uint32_t offset; /* from an instruction's address, in units of code, to the number of its location */
    uint32_t index;  /* in the tape's list of codes */
} CodeSlot;

typedef struct {
    PyCodeObject *code;
    uint32_t base, size;
    uint8_t own;
} Code;

typedef struct {
    uint32_t index, at, location, taken;
} Branch;

typedef struct {
    uint32_t index, location, how;
} Leak;

enum { ENTER, LEAVE, ITERATION };
typedef struct {
    uint32_t at, kind; /* the kind's index; AGAIN + n: the mark before, n times more, each `at` entries on */
} Mark;

typedef struct {
    uint32_t what, number, code, location; /* location: where an entered call was called from, or NONE */
} MarkKind;

#define AGAIN ((uint32_t)1 << 31)

#define SLOTS 64

typedef struct {
    PyObject_HEAD
    Entry *log;
    size_t n, room, cap, limit;
    Handle *free;
    size_t alive;
    Slab *slabs;
    uint32_t id;
    uint8_t transparent;
    CodeSlot cache[SLOTS];
    Code *codes;
    size_t n_codes, cap_codes;
    PyObject *code_ids; /* address of a code object -> its index */
    uint32_t next_location;
    PyObject *location_ids, *given_locations; /* key -> number -> what was given */
    PyObject *operands;           /* index -> tuple, where there are more than two */
    PyObject *same; /* index -> the object that its number is, where it was needed */
    PyObject **objects;
    size_t n_objects, cap_objects;
    Branch *branches;
    size_t n_branches, cap_branches;
    uint32_t last_decided; /* how many entries there were at the last of them */
    Leak *leaks;
    size_t n_leaks, cap_leaks;
    Mark *marks;
    size_t n_marks, cap_marks;
    uint32_t last_kind, last_at, stride; /* of the last mark; stride: NONE if it was not yet repeated */
    MarkKind *kinds;
    size_t n_kinds, cap_kinds;
    size_t settled; /* so many entries have the number of a site for their location */
    uint8_t mapped; /* the log is a mapping of its own */
    Py_ssize_t depth, deepest; /* calls that are marked as entered, and may be */
    PyThreadState *thread; /* the one it was made in */
} Tape;

SHARED_BEGIN
extern PyTypeObject Tape_Type, Column_Type;
extern PyObject *py_limit_reached; /* the exception */

int make_room(void **items, size_t *cap, size_t n, size_t size);
int tape_grow(Tape *t);
void give_back(Tape *t);
Tape *as_tape(PyObject *x); /* NULL with an exception for anything else */
int check_index(Tape *t, Py_ssize_t *index);
int add_object(Tape *t, PyObject *x, Number *v);
int number_in(PyObject *x, Tape *t, Number *v, uint8_t *tag);
PyObject *number_out(Tape *t, uint8_t tag, Number v);
PyObject *tape_operands(Tape *t, size_t i);
enum { CODES, DATA, OPERANDS, LOCATIONS }; /* columns */
PyObject *get_column(PyObject *self, void *what);
SHARED_END

#define EXACT ((int64_t)1 << 53) /* up to here every int is a float */
#define IS_EXACT(i) ((i) > -EXACT && (i) < EXACT)

/* One entry; its index, or NONE with an exception set. */
INLINE uint32_t append(Tape *t, uint8_t op, uint32_t a, uint32_t b, uint32_t location, uint8_t tag, Number v) {
    if (UNLIKELY(t->n >= t->room) && tape_grow(t) < 0)
        return NONE;
    size_t i = t->n++;
    Entry *e = t->log + i;
    e->v = v;
    e->a = a;
    e->b = b;
    e->location = location;
    e->op = op;
    e->tag = tag;
    e->more = e->tested = 0;
    return (uint32_t)i;
}

#endif
