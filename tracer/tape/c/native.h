/* The tape in C: what its parts share. The readable reference is ../reference.py.

   An entry is 24 bytes in one growing buffer; a handle is 32 bytes, without garbage collection,
   from its tape's own slabs. A place is a small number: each code object that wrote something
   owns a stretch of numbers, one for each of its instructions. */

#ifndef TRACER_NATIVE_H
#define TRACER_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <stdint.h>

/* Where the interpreter keeps the running instruction is known for these versions; the others
   are asked through the public interface. */
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
#define INLINE static inline __attribute__((always_inline))
#pragma GCC visibility push(hidden) /* what the parts share is reached without a detour */
#else
#define LIKELY(x) (x)
#define UNLIKELY(x) (x)
#define SLOW
#define INLINE static inline
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
    uint32_t place;
    uint8_t op, tag, more; /* more: the operands are in the side table */
    uint8_t tested;        /* its truth was asked for at once, see `decide`; or SETTLED: its place is a site's number */
} Entry;

#define SETTLED UINT8_MAX
#define NONE UINT32_MAX
#define MOST ((size_t)UINT32_MAX - 1) /* entries */

typedef struct Handle {
    PyObject_HEAD
    union {
        Number v;
        struct Handle *next; /* of a free one */
    } u;
    uint32_t index, owner; /* owner: the tape's number */
} Handle;

typedef struct {
    PyCodeObject *code;
    uint32_t offset; /* from an instruction's address, in units of code, to the number of its place */
    uint32_t index;  /* in the tape's list of codes */
} CodeSlot;

typedef struct {
    PyCodeObject *code;
    uint32_t base, size;
    uint8_t ours;
} Code;

typedef struct {
    uint32_t index, at, place, taken;
} Branch;

typedef struct {
    uint32_t index, place, how;
} Leak;

enum { ENTER, LEAVE, TURN };
typedef struct {
    uint32_t at, kind; /* the kind's index; AGAIN + n: the mark before, n times more, each `at` entries on */
} Mark;

typedef struct {
    uint32_t what, number, code, place; /* place: where an entered call was called from, or NONE */
} MarkKind;

#define AGAIN ((uint32_t)1 << 31)

typedef struct Slab {
    struct Slab *next;
    size_t size, used;
    Handle handles[];
} Slab;

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
    uint32_t next_place;
    PyObject *place_ids, *places; /* key -> number -> what was given */
    PyObject *operands;           /* index -> tuple, where there are more than two */
    PyObject *same; /* index -> the object that its number is, where it was asked for */
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
    size_t settled; /* so many entries have a site's number for their place */
    uint8_t mapped; /* the log is a mapping of its own */
    Py_ssize_t depth, deepest; /* calls that are marked as entered, and may be */
    unsigned long thread;
} Tape;

typedef struct {
    PyObject_HEAD
    Py_ssize_t n;
    double *slopes;
    uint8_t *unknown; /* NULL: all are known */
} Slopes;

extern PyTypeObject Tape_Type, Handle_Type, Float_Type, Int_Type, Column_Type, Marker_Type, Converter_Type,
    Primitive_Type, Slopes_Type, Member_Type;

/* The thread that a run is on in knows it; asking the interpreter for its state would cost a call, each time. */
#ifdef __GLIBC__ /* which has room for the variables of a library that is loaded late */
extern __thread PyThreadState *state_of_run __attribute__((tls_model("initial-exec")));
#define THREAD_STATE() (LIKELY(state_of_run != NULL) ? state_of_run : PyThreadState_Get())
#else
#define THREAD_STATE() PyThreadState_Get()
#endif

extern Tape **tapes;
extern PyTypeObject *kinds[TAGS]; /* transparent handle types of float, int, bool */
extern PyTypeObject *value_kind;
extern PyObject *by_type, *of_kind; /* plain type -> transparent handle type, and back */

/* What the reference does where speed does not matter; see ../native.py. */
extern PyObject *py_transparent, *py_is_number, *py_is_ours, *py_limit_reached, *py_hows;
extern uint8_t op_input, op_literal, op_constant;

enum { ADD, SUB, MUL, DIV, FLOORDIV, MOD, POW, LSHIFT, RSHIFT, AND, OR, XOR, BINARY };
enum { NEG, POS, ABS, INVERT, UNARY };
extern uint8_t binary_op[BINARY], compare_op[6], unary_op[UNARY];
extern PyObject *py_forward[BINARY + 1], *py_reflected[BINARY + 1], *py_compare[6], *py_unary[UNARY], *py_pow3;

/* tape.c */
int tape_grow(Tape *t);
int handles_grow(Tape *t);
uint32_t place_of_code(Tape *t, PyCodeObject *code, Py_ssize_t units, uint32_t *index);
#if RAW_FRAMES
uint32_t here_slow(Tape *t, _PyInterpreterFrame *f);
#else
uint32_t here_public(Tape *t);
#endif
/* The marks and the decisions in the order they were made. They are packed, so read them by these alone: start
   from a zeroed cursor; 0 at the end. */
typedef struct {
    uint32_t what, at, number, code, place; /* place: where an entered call was called from, or NONE */
} MarkView;
typedef struct {
    size_t next;
    uint32_t repeats; /* of the mark before, that are still to come */
    MarkView last;
} MarkCursor;
int next_mark(Tape *t, MarkCursor *c, MarkView *mark);
typedef struct {
    size_t next, entry;
} BranchCursor;
int next_branch(Tape *t, BranchCursor *c, Branch *branch);
int make_room(void **items, size_t *cap, size_t n, size_t size);
int leak(Tape *t, uint32_t index, uint32_t how);
int decide_apart(Tape *t, uint32_t index, uint32_t place, int taken);
int unpack_decisions(Tape *t);
int add_object(Tape *t, PyObject *x, Number *v);
int number_in(PyObject *x, Tape *t, Number *v, uint8_t *tag);
PyObject *same_number(PyObject *x);
PyObject *number_out(Tape *t, uint8_t tag, Number v);
PyObject *write_object(Tape *t, uint8_t op, uint32_t a, uint32_t b, uint32_t place, PyObject *data);
PyObject *handle_at(Tape *t, uint32_t index);
PyObject *tape_operands(Tape *t, size_t i);

/* handle.c */
int handle_ready(void);
extern PyMethodDef handle_methods[];

/* hooks.c */
int hooks_ready(void);
PyObject *tape_marker(PyObject *self, PyObject *args);
PyObject *converted(PyObject *converter, PyObject *f);

/* member.c */
PyObject *converter_here(PyObject *module, PyObject *none);
PyObject *switch_converter(PyObject *module, PyObject *convert);

/* passes.c */
int sweep_ready(void);
PyObject *tape_sweep(PyObject *self, PyObject *output);
PyObject *sweep_setup(PyObject *self, PyObject *args);
PyObject *tape_spread(PyObject *self, PyObject *wanted);
PyObject *tape_controls(PyObject *self, PyObject *none);
PyObject *tape_made_by(PyObject *self, PyObject *args);
PyObject *tape_kinds(PyObject *self, PyObject *none);
PyObject *tape_hows(PyObject *self, PyObject *none);
PyObject *tape_referrers(PyObject *none, PyObject *targets);
PyObject *tape_sites(PyObject *self, PyObject *site);

/* fold.c */
PyObject *tape_fold(PyObject *self, PyObject *args);
PyObject *tape_told(PyObject *self, PyObject *args);
PyObject *tape_marked_atoms(PyObject *self, PyObject *args);
PyObject *tape_steer(PyObject *self, PyObject *marks);
PyObject *tape_through(PyObject *self, PyObject *args);
PyObject *tape_tally(PyObject *self, PyObject *none);

#define EXACT ((int64_t)1 << 53) /* up to here every int is a float */
#define IS_EXACT(i) ((i) > -EXACT && (i) < EXACT)
#define IS_HANDLE(x) PyObject_TypeCheck((PyObject *)(x), &Handle_Type)
#define TAPE_OF(h) (tapes[((Handle *)(h))->owner])

#define THE_PLACE_IS_UNKNOWN NONE /* with an exception set */

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

/* The place of the innermost frame that is not tracer's own. */
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

/* A decision: the truth of an entry was asked for. Most are about the last entry, at its instruction or just behind,
   and nothing else was noted since: such a one is kept in the entry, as how far behind and which way. */
INLINE int decide(Tape *t, uint32_t index, int taken) {
    uint32_t place = here(t), at = index + 1;
    Entry *e = t->log + index;
    uint32_t behind = place - e->place;
    if (UNLIKELY(at != t->n || behind >= 125 || e->tested != 0 || t->last_at == at || t->last_decided == at ||
                 index < t->settled))
        return decide_apart(t, index, place, taken);
    e->tested = (uint8_t)((behind + 1) << 1 | (uint32_t)taken);
    return 0;
}

/* A new handle; the caller has made the entry. */
INLINE PyObject *handle_new(Tape *t, PyTypeObject *kind, uint32_t index, Number v) {
    Handle *h = t->free;
    if (UNLIKELY(h == NULL)) {
        if (handles_grow(t) < 0)
            return NULL;
        h = t->free;
    }
    t->free = h->u.next;
    Py_SET_TYPE((PyObject *)h, kind); /* kinds live as long as the module: not counted */
    Py_SET_REFCNT((PyObject *)h, 1);
    h->u.v = v;
    h->index = index;
    h->owner = t->id;
    if (UNLIKELY(t->alive++ == 0))
        Py_INCREF(t);
    return (PyObject *)h;
}

/* One entry; its index, or NONE with an exception set. */
INLINE uint32_t append(Tape *t, uint8_t op, uint32_t a, uint32_t b, uint32_t place, uint8_t tag, Number v) {
    if (UNLIKELY(t->n >= t->room) && tape_grow(t) < 0)
        return NONE;
    size_t i = t->n++;
    Entry *e = t->log + i;
    e->v = v;
    e->a = a;
    e->b = b;
    e->place = place;
    e->op = op;
    e->tag = tag;
    e->more = e->tested = 0;
    return (uint32_t)i;
}

/* An entry whose number is kept in it, and its handle. */
INLINE PyObject *emit(Tape *t, uint8_t op, uint32_t a, uint32_t b, uint32_t place, uint8_t tag, Number v) {
    uint32_t i = append(t, op, a, b, place, tag, v);
    if (UNLIKELY(i == NONE))
        return NULL;
    return handle_new(t, LIKELY(t->transparent) ? kinds[tag] : value_kind, i, v);
}

#if defined(__GNUC__) || defined(__clang__)
#pragma GCC visibility pop
#endif
#endif
