/* Folding: one walk along entries and marks that gives each entry its atom, and one that tells what the entries of
   an atom have in common. The readable references are walk.py, atoms.py and told.py in ../../analyses/fold/. */

#include "native.h"

#include <math.h>
#include <string.h>

enum { FOLDED, SINGLE, LEFT_OUT, KEPT };
#define FEW 8 /* operands that are told apart */

/* Keys to numbers, in the order in which they came. */

typedef struct {
    uint64_t *keys;
    size_t n, cap;
    uint32_t *slots; /* a power of two; 0 is free, else the number + 1 */
    size_t size;
} Table;

static inline size_t slot_of(const Table *t, uint64_t key) {
    size_t k = (size_t)((key * 0x9E3779B97F4A7C15u) >> 24) & (t->size - 1);
    while (t->slots[k] != 0 && t->keys[t->slots[k] - 1] != key)
        k = (k + 1) & (t->size - 1);
    return k;
}

static SLOW int table_grow(Table *t) {
    size_t size = t->size ? t->size * 2 : 256;
    uint32_t *slots = PyMem_RawCalloc(size, sizeof(uint32_t));
    uint64_t *keys = slots == NULL ? NULL : PyMem_RawRealloc(t->keys, size / 2 * sizeof(uint64_t));
    if (keys == NULL) {
        PyMem_RawFree(slots);
        PyErr_NoMemory();
        return -1;
    }
    PyMem_RawFree(t->slots);
    t->slots = slots;
    t->size = size;
    t->keys = keys;
    t->cap = size / 2;
    for (size_t i = 0; i < t->n; i++)
        t->slots[slot_of(t, t->keys[i])] = (uint32_t)i + 1;
    return 0;
}

/* The number of a key; of a new one the next. NONE with an exception set. */
static inline uint32_t table_at(Table *t, uint64_t key) {
    if (UNLIKELY(t->n >= t->cap) && table_grow(t) < 0)
        return NONE;
    size_t k = slot_of(t, key);
    if (UNLIKELY(t->slots[k] == 0)) {
        t->keys[t->n] = key;
        t->slots[k] = (uint32_t)++t->n;
    }
    return t->slots[k] - 1;
}

static void table_free(Table *t) {
    PyMem_RawFree(t->keys);
    PyMem_RawFree(t->slots);
}

/* The atom of each entry, -1 where it has none: 2 bytes as long as that is enough. */

typedef struct {
    char *at;
    int wide;
} Of;

static inline int32_t of_get(Of of, size_t i) {
    return of.wide ? ((int32_t *)(void *)of.at)[i] : ((int16_t *)(void *)of.at)[i];
}

static inline void of_set(Of of, size_t i, int32_t atom) {
    if (of.wide)
        ((int32_t *)(void *)of.at)[i] = atom;
    else
        ((int16_t *)(void *)of.at)[i] = (int16_t)atom;
}

typedef struct {
    uint32_t path, first, last;
    int left;                      /* whether any of it left the graph */
    uint64_t count, taken, refused; /* taken, refused: decisions */
} Atom;

typedef struct {
    uint64_t count, entered;
    uint32_t levels, depth; /* depth: how many of its calls are at work */
} Path;

typedef struct {
    uint32_t path, kind;
    uint64_t runs, turns;
} Turning;

typedef struct {
    uint32_t path;
    size_t open; /* where its loops begin in the list of open ones */
} Frame;

typedef struct {
    Tape *t;
    const uint32_t *kinds;
    size_t n_sites;
    const uint8_t *apart;
    PyObject *enter, *turn, *column;
    Of of;
    Table atom_keys, way_keys, kind_keys, call_keys, path_keys, turn_keys; /* kinds of marks: code and number */
    Atom *atoms;
    size_t n_atoms, cap_atoms;
    int32_t *keyed; /* atom_keys: the atom */
    size_t cap_keyed;
    uint64_t *ways; /* way_keys: how often */
    size_t cap_ways;
    uint32_t *into; /* path_keys: the path that a call goes into */
    size_t cap_into;
    Path *paths;
    size_t n_paths, cap_paths;
    Turning *turnings; /* turn_keys */
    size_t cap_turnings;
    PyObject **around; /* kind_keys: of a loop the numbers of those around it, None of what is no loop */
    size_t cap_around;
    Frame *frames;
    size_t n_frames, cap_frames;
    uint32_t *open; /* the loops that are at work, by kind of mark */
    size_t n_open, cap_open;
    struct {
        uint64_t key;
        int32_t atom;
    } cache[1024];
} Fold;

#define PATHS ((size_t)1 << 26)
#define SITES ((size_t)1 << 28)
#define ATOMS ((size_t)1 << 29)

static SLOW int too_many(const char *what) {
    PyErr_Format(PyExc_OverflowError, "too many %s to fold", what);
    return -1;
}

static SLOW int widen(Fold *f) {
    size_t n = f->t->n;
    PyObject *column = PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)(n * sizeof(int32_t)));
    if (column == NULL)
        return -1;
    Of of = {PyByteArray_AS_STRING(column), 1};
    for (size_t i = 0; i < n; i++)
        of_set(of, i, of_get(f->of, i));
    Py_SETREF(f->column, column);
    f->of = of;
    return 0;
}

static int32_t new_atom(Fold *f, uint32_t path, size_t i) {
    if (UNLIKELY(f->n_atoms >= ATOMS))
        return too_many("places");
    if (UNLIKELY(!f->of.wide && f->n_atoms >= INT16_MAX) && widen(f) < 0)
        return -1;
    if (make_room((void **)&f->atoms, &f->cap_atoms, f->n_atoms, sizeof(Atom)) < 0)
        return -1;
    f->atoms[f->n_atoms] = (Atom){path, (uint32_t)i, (uint32_t)i, 0, 0, 0, 0};
    return (int32_t)f->n_atoms++;
}

static SLOW int32_t known_atom(Fold *f, uint32_t path, uint64_t key, size_t i) {
    size_t before = f->atom_keys.n;
    uint32_t number = table_at(&f->atom_keys, key);
    if (number == NONE)
        return -1;
    if (number == before) {
        int32_t atom = new_atom(f, path, i);
        if (atom < 0 || make_room((void **)&f->keyed, &f->cap_keyed, number, sizeof(int32_t)) < 0)
            return -1;
        f->keyed[number] = atom;
    }
    return f->keyed[number];
}

static inline int way(Fold *f, int32_t tail, int32_t head, int place) {
    if (tail < 0)
        return 0;
    size_t before = f->way_keys.n;
    uint32_t number = table_at(&f->way_keys, (uint64_t)tail << 35 | (uint64_t)head << 6 | (uint64_t)place);
    if (UNLIKELY(number == NONE))
        return -1;
    if (UNLIKELY(number == before)) {
        if (make_room((void **)&f->ways, &f->cap_ways, number, sizeof(uint64_t)) < 0)
            return -1;
        f->ways[number] = 0;
    }
    f->ways[number]++;
    return 0;
}

static SLOW int many_ways(Fold *f, size_t i, int32_t atom) {
    PyObject *operands = tape_operands(f->t, i);
    if (operands == NULL)
        return -1;
    Py_ssize_t n = PyTuple_GET_SIZE(operands);
    int failed = 0;
    for (Py_ssize_t k = 0; !failed && k < n; k++) {
        size_t j = PyLong_AsSize_t(PyTuple_GET_ITEM(operands, k));
        failed = way(f, of_get(f->of, j), atom, n <= FEW ? (int)k + 1 : 0) < 0;
    }
    Py_DECREF(operands);
    return failed ? -1 : 0;
}

/* The entries up to `stop`, all made on one path. */
static int walk(Fold *f, size_t start, size_t stop, uint32_t path) {
    Tape *t = f->t;
    for (size_t i = start; i < stop; i++) {
        Entry *e = t->log + i;
        int how = f->apart == NULL ? FOLDED : f->apart[i];
        if (how == LEFT_OUT)
            continue;
        int32_t atom;
        if (how == SINGLE)
            atom = new_atom(f, path, i);
        else {
            if (UNLIKELY(e->place >= f->n_sites)) {
                PyErr_SetString(PyExc_ValueError, "an entry has no site");
                return -1;
            }
            uint64_t key = (uint64_t)path << 38 | (uint64_t)f->kinds[e->place] << 10 | (uint64_t)e->op << 2 |
                           (uint64_t)how;
            size_t slot = (e->place + path * 31) & 1023;
            if (LIKELY(f->cache[slot].key == key))
                atom = f->cache[slot].atom;
            else {
                atom = known_atom(f, path, key, i);
                f->cache[slot].key = key;
                f->cache[slot].atom = atom;
            }
        }
        if (UNLIKELY(atom < 0))
            return -1;
        of_set(f->of, i, atom);
        f->atoms[atom].last = (uint32_t)i;
        f->atoms[atom].count++;
        if (e->a == NONE)
            continue;
        if (UNLIKELY(e->more)) {
            if (many_ways(f, i, atom) < 0)
                return -1;
        } else if (way(f, of_get(f->of, e->a), atom, e->b != NONE) < 0 ||
                   (e->b != NONE && way(f, of_get(f->of, e->b), atom, 2) < 0))
            return -1;
    }
    return 0;
}

/* A call begins: `enter(path, code, number, place)` says, once for each kind of call on a path, on which path
   it is. */
static int fold_enter(Fold *f, MarkView mark, uint32_t kind) {
    uint32_t outer = f->n_frames > 1 ? f->frames[f->n_frames - 1].path : NONE;
    uint32_t which = table_at(&f->call_keys, (uint64_t)kind << 32 | mark.place);
    size_t before = f->path_keys.n;
    uint32_t number = which == NONE ? NONE : table_at(&f->path_keys, (uint64_t)outer << 32 | which);
    if (number == NONE || make_room((void **)&f->into, &f->cap_into, number, sizeof(uint32_t)) < 0)
        return -1;
    if (number == before) {
        Py_ssize_t from = mark.place == NONE ? -1 : (Py_ssize_t)mark.place;
        PyObject *answer = PyObject_CallFunction(f->enter, "nOIn", outer == NONE ? (Py_ssize_t)-1 : (Py_ssize_t)outer,
                                                 f->t->codes[mark.code].code, mark.number, from);
        size_t path = answer == NULL ? (size_t)-1 : PyLong_AsSize_t(answer);
        Py_XDECREF(answer);
        if (PyErr_Occurred())
            return -1;
        if (path >= PATHS)
            return too_many("ways of calling");
        while (f->n_paths <= path) {
            if (make_room((void **)&f->paths, &f->cap_paths, f->n_paths, sizeof(Path)) < 0)
                return -1;
            f->paths[f->n_paths++] = (Path){0, 0, 0, 0};
        }
        f->into[number] = (uint32_t)path;
    }
    uint32_t path = f->into[number];
    Path *p = f->paths + path;
    p->count++;
    p->entered += p->depth++ == 0;
    if (p->depth > p->levels)
        p->levels = p->depth;
    if (make_room((void **)&f->frames, &f->cap_frames, f->n_frames, sizeof(Frame)) < 0)
        return -1;
    f->frames[f->n_frames++] = (Frame){path, f->n_open};
    return 0;
}

static void fold_leave(Fold *f) {
    if (f->n_frames == 1)
        return;
    Frame frame = f->frames[--f->n_frames];
    f->paths[frame.path].depth--;
    f->n_open = frame.open;
}

/* An iteration begins: it ends what runs of inner loops there were. `turn(path, code, number)` gives, once for each
   loop on a path, the numbers of the loops around it, or None. */
static int fold_turn(Fold *f, MarkView mark, uint32_t kind) {
    Frame frame = f->frames[f->n_frames - 1];
    size_t before = f->turn_keys.n;
    uint32_t number = table_at(&f->turn_keys, (uint64_t)frame.path << 32 | kind);
    if (number == NONE || make_room((void **)&f->turnings, &f->cap_turnings, number, sizeof(Turning)) < 0)
        return -1;
    if (number == before) {
        f->turnings[number] = (Turning){frame.path, kind, 0, 0};
        PyObject *answer = PyObject_CallFunction(f->turn, "IOI", frame.path, f->t->codes[mark.code].code, mark.number);
        if (answer == NULL)
            return -1;
        if (answer != Py_None && !PyTuple_Check(answer)) {
            PyErr_SetString(PyExc_TypeError, "the loops around a loop are a tuple");
            Py_DECREF(answer);
            return -1;
        }
        Py_XSETREF(f->around[kind], answer);
    }
    if (f->around[kind] == Py_None)
        return 0;
    size_t kept = frame.open;
    int open = 0;
    for (size_t i = frame.open; i < f->n_open; i++) {
        uint32_t other = f->open[i];
        int ended = 0;
        if (other == kind)
            open = 1;
        else if (f->kind_keys.keys[other] >> 32 == mark.code)
            for (Py_ssize_t j = 0; j < PyTuple_GET_SIZE(f->around[other]); j++)
                ended |= PyLong_AsUnsignedLong(PyTuple_GET_ITEM(f->around[other], j)) == mark.number;
        if (!ended)
            f->open[kept++] = other;
    }
    f->n_open = kept;
    if (!open) {
        if (make_room((void **)&f->open, &f->cap_open, f->n_open, sizeof(uint32_t)) < 0)
            return -1;
        f->open[f->n_open++] = kind;
        f->turnings[number].runs++;
    }
    f->turnings[number].turns++;
    return 0;
}

static int fold_all(Fold *f) {
    Tape *t = f->t;
    size_t at = 0;
    f->frames[f->n_frames++] = (Frame){0, 0}; /* what is made before the first call belongs to it */
    MarkCursor marks = {0};
    MarkView mark;
    while (next_mark(t, &marks, &mark)) {
        if (mark.at > at) {
            if (walk(f, at, mark.at, f->frames[f->n_frames - 1].path) < 0)
                return -1;
            at = mark.at;
        }
        if (mark.what == LEAVE) {
            fold_leave(f);
            continue;
        }
        size_t before = f->kind_keys.n;
        uint32_t kind = table_at(&f->kind_keys, (uint64_t)mark.code << 32 | mark.number);
        if (kind == NONE || make_room((void **)&f->around, &f->cap_around, kind, sizeof(PyObject *)) < 0)
            return -1;
        if (kind == before)
            f->around[kind] = NULL;
        if ((mark.what == ENTER ? fold_enter(f, mark, kind) : fold_turn(f, mark, kind)) < 0)
            return -1;
    }
    if (walk(f, at, t->n, f->frames[f->n_frames - 1].path) < 0)
        return -1;
    BranchCursor branches = {0};
    Branch branch;
    while (next_branch(t, &branches, &branch)) {
        int32_t atom = of_get(f->of, branch.index);
        if (atom >= 0)
            *(branch.taken ? &f->atoms[atom].taken : &f->atoms[atom].refused) += 1;
    }
    for (size_t i = 0; i < t->n_leaks; i++) {
        int32_t atom = of_get(f->of, t->leaks[i].index);
        if (atom >= 0)
            f->atoms[atom].left = 1;
    }
    return 0;
}

static PyObject *rows(size_t n, PyObject *(*row)(Fold *, size_t), Fold *f) {
    PyObject *list = PyList_New((Py_ssize_t)n);
    for (size_t i = 0; list != NULL && i < n; i++) {
        PyObject *item = row(f, i);
        if (item == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, (Py_ssize_t)i, item);
    }
    return list;
}

static PyObject *atom_row(Fold *f, size_t i) {
    Atom a = f->atoms[i];
    return Py_BuildValue("IIIKKKi", a.path, a.first, a.last, (unsigned long long)a.count,
                         (unsigned long long)a.taken, (unsigned long long)a.refused, a.left);
}

static PyObject *way_row(Fold *f, size_t i) {
    uint64_t key = f->way_keys.keys[i];
    return Py_BuildValue("IIIK", (unsigned int)(key >> 35), (unsigned int)(key >> 6 & (ATOMS - 1)),
                         (unsigned int)(key & 63), (unsigned long long)f->ways[i]);
}

static PyObject *path_row(Fold *f, size_t i) {
    Path p = f->paths[i];
    return Py_BuildValue("KKI", (unsigned long long)p.count, (unsigned long long)p.entered, p.levels);
}

static PyObject *turn_row(Fold *f, size_t i) {
    Turning l = f->turnings[i];
    uint64_t kind = f->kind_keys.keys[l.kind];
    return Py_BuildValue("IOIKK", l.path, f->t->codes[kind >> 32].code, (unsigned int)kind, (unsigned long long)l.runs,
                         (unsigned long long)l.turns);
}

/* fold(kinds, apart, enter, turn): the column of atoms as bytes, 2 or 4 to an entry; the atoms, the ways between
   them, the paths and the loops as rows. `kinds`: an unsigned int for each site; `apart`: a byte for each entry. */
PyObject *tape_fold(PyObject *self, PyObject *args) {
    Py_buffer kinds, apart;
    PyObject *enter, *turn, *made = NULL;
    if (!PyArg_ParseTuple(args, "y*z*OO", &kinds, &apart, &enter, &turn))
        return NULL;
    Tape *t = (Tape *)self;
    Fold *f = PyMem_RawCalloc(1, sizeof(Fold));
    if (f == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    f->t = t;
    f->kinds = kinds.buf;
    f->n_sites = (size_t)kinds.len / sizeof(uint32_t);
    f->apart = apart.buf;
    f->enter = enter;
    f->turn = turn;
    for (size_t i = 0; i < sizeof f->cache / sizeof *f->cache; i++)
        f->cache[i].key = UINT64_MAX;
    if (apart.buf != NULL && (size_t)apart.len != t->n) {
        PyErr_SetString(PyExc_ValueError, "one byte for each entry");
        goto done;
    }
    if (f->n_sites > SITES) {
        too_many("places");
        goto done;
    }
    f->column = PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)(t->n * sizeof(int16_t)));
    if (f->column == NULL || make_room((void **)&f->frames, &f->cap_frames, 0, sizeof(Frame)) < 0)
        goto done;
    f->of = (Of){PyByteArray_AS_STRING(f->column), 0};
    memset(f->of.at, 0xFF, t->n * sizeof(int16_t));
    if (fold_all(f) == 0)
        made = Py_BuildValue("(ONNNN)", f->column, rows(f->n_atoms, atom_row, f), rows(f->way_keys.n, way_row, f),
                             rows(f->n_paths, path_row, f), rows(f->turn_keys.n, turn_row, f));
done:
    if (f != NULL) {
        for (size_t i = 0; f->around != NULL && i < f->kind_keys.n && i < f->cap_around; i++)
            Py_XDECREF(f->around[i]);
        Py_XDECREF(f->column);
        Table *const tables[] = {&f->atom_keys, &f->way_keys, &f->kind_keys, &f->call_keys, &f->path_keys, &f->turn_keys};
        for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
            table_free(tables[i]);
        void *const buffers[] = {f->atoms, f->keyed,  f->ways, f->into, f->paths, f->turnings,
                                 f->around, f->frames, f->open, f};
        for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
            PyMem_RawFree(buffers[i]);
    }
    PyBuffer_Release(&kinds);
    PyBuffer_Release(&apart);
    return made;
}

/* What the entries of an atom have in common */

#define PICKS 24

typedef struct {
    uint64_t count, bools, trues, reals;
    uint32_t low, high, floor, ceiling; /* entries; floor and ceiling of what is finite; NONE without any */
    uint32_t first;
    int floats, differ; /* all floats so far; not all of one text, asked where nothing is real */
    uint64_t live, shown, known; /* entries the result depends on; of those with a slope; slopes that are numbers */
    double least, most, flattest, steepest; /* slopes; the last two without their sign, of what is finite */
    uint32_t *picks;  /* some of the real ones, evenly spaced */
    double *slopes;   /* of equal stretches of the known slopes the steepest, without its sign */
    uint64_t seen, seen_slopes, next; /* of the second walk */
    uint32_t n_picks, n_slopes;
} Told;

static int as_of(PyObject *column, Tape *t, Of *of) {
    if (PyByteArray_Check(column)) {
        size_t size = (size_t)PyByteArray_GET_SIZE(column);
        of->at = PyByteArray_AS_STRING(column);
        of->wide = size == t->n * sizeof(int32_t);
        if (of->wide || size == t->n * sizeof(int16_t))
            return 0;
    }
    PyErr_SetString(PyExc_ValueError, "a column of atoms is bytes, 2 or 4 to an entry");
    return -1;
}

/* Whether the number of one entry is less than that of another; -1 with an exception set. */
static SLOW int less(Tape *t, size_t i, size_t j) {
    Entry *x = t->log + i, *y = t->log + j;
    if (x->tag == FLOAT && y->tag == FLOAT)
        return x->v.d < y->v.d;
    if ((x->tag == INT || x->tag == BOOL) && (y->tag == INT || y->tag == BOOL))
        return x->v.i < y->v.i;
    PyObject *a = number_out(t, x->tag, x->v), *b = a == NULL ? NULL : number_out(t, y->tag, y->v);
    int found = b == NULL ? -1 : PyObject_RichCompareBool(a, b, Py_LT);
    Py_XDECREF(a);
    Py_XDECREF(b);
    return found;
}

static SLOW int same_text(Tape *t, size_t i, size_t j) {
    PyObject *texts[2] = {NULL, NULL};
    for (int k = 0; k < 2; k++) {
        Entry *e = t->log + (k ? j : i);
        PyObject *x = number_out(t, e->tag, e->v);
        texts[k] = x == NULL ? NULL : PyObject_Repr(x);
        Py_XDECREF(x);
    }
    int same = texts[0] == NULL || texts[1] == NULL ? -1 : PyUnicode_Compare(texts[0], texts[1]) == 0;
    Py_XDECREF(texts[0]);
    Py_XDECREF(texts[1]);
    return PyErr_Occurred() ? -1 : same;
}

/* Whether an entry's number can be less than another: an int or a float that is not nan. */
static inline int is_real(Tape *t, Entry *e, int *finite) {
    double d = 0.0;
    if (LIKELY(e->tag == FLOAT))
        d = e->v.d;
    else if (e->tag == OBJECT) {
        PyObject *x = t->objects[e->v.i];
        if (PyFloat_Check(x))
            d = PyFloat_AS_DOUBLE(x);
        else if (!PyLong_Check(x))
            return 0;
    }
    *finite = isfinite(d);
    return !isnan(d);
}

static int extend(Tape *t, uint32_t *low, uint32_t *high, size_t i, int floats) {
    if (*low == NONE) {
        *low = *high = (uint32_t)i;
        return 0;
    }
    if (LIKELY(floats)) {
        double x = t->log[i].v.d;
        if (x < t->log[*low].v.d)
            *low = (uint32_t)i;
        else if (x > t->log[*high].v.d)
            *high = (uint32_t)i;
        return 0;
    }
    int below = less(t, i, *low), above = below == 0 ? less(t, *high, i) : 0;
    if (below == 1)
        *low = (uint32_t)i;
    if (above == 1)
        *high = (uint32_t)i;
    return below < 0 || above < 0 ? -1 : 0;
}

static int first_look(Tape *t, Of of, Told *told, const char *live, const Slopes *s) {
    for (size_t i = 0; i < t->n; i++) {
        int32_t atom = of_get(of, i);
        if (atom < 0)
            continue;
        Entry *e = t->log + i;
        Told *a = told + atom;
        int finite = 0;
        if (a->count++ == 0)
            a->first = (uint32_t)i;
        if (is_real(t, e, &finite)) {
            a->reals++;
            a->floats &= e->tag == FLOAT;
            if (e->tag == BOOL) {
                a->bools++;
                a->trues += e->v.i != 0;
            }
            if (extend(t, &a->low, &a->high, i, a->floats) < 0 ||
                (finite && extend(t, &a->floor, &a->ceiling, i, a->floats) < 0))
                return -1;
        } else if (a->reals == 0 && !a->differ) {
            int same = same_text(t, a->first, i);
            if (same < 0)
                return -1;
            a->differ = !same;
        }
        if (live == NULL || !live[i])
            continue;
        a->live++;
        if (s == NULL || e->tag == BOOL)
            continue;
        a->shown++;
        double slope = s->slopes[i];
        if (s->unknown != NULL && s->unknown[i])
            continue;
        a->known++;
        if (slope < a->least || isnan(a->least))
            a->least = slope;
        if (slope > a->most || isnan(a->most))
            a->most = slope;
        slope = fabs(slope);
        if (isfinite(slope) && !(slope >= a->flattest))
            a->flattest = slope;
        if (isfinite(slope) && !(slope <= a->steepest))
            a->steepest = slope;
    }
    return 0;
}

/* Which of `n` is the k-th of those that are picked. */
static inline uint64_t pick(uint64_t k, uint64_t n) {
    uint64_t size = n < PICKS ? n : PICKS;
    return k >= size ? UINT64_MAX : k * (n - 1) / (size > 1 ? size - 1 : 1);
}

static void second_look(Tape *t, Of of, Told *told, const char *live, const Slopes *s) {
    for (size_t i = 0; i < t->n; i++) {
        int32_t atom = of_get(of, i);
        if (atom < 0)
            continue;
        Entry *e = t->log + i;
        Told *a = told + atom;
        int finite;
        if (is_real(t, e, &finite) && a->seen++ == a->next) {
            a->picks[a->n_picks++] = (uint32_t)i;
            a->next = pick(a->n_picks, a->reals);
        }
        if (a->slopes != NULL && live[i] && e->tag != BOOL && !(s->unknown != NULL && s->unknown[i])) {
            uint64_t stretches = a->known < PICKS ? a->known : PICKS;
            double slope = fabs(s->slopes[i]), *steepest = a->slopes + a->n_slopes;
            if (!(slope <= *steepest) && !isnan(slope))
                *steepest = slope;
            if (++a->seen_slopes == (a->n_slopes + 1) * a->known / stretches)
                a->n_slopes++;
        }
    }
}

static PyObject *steep_row(Told *a) {
    PyObject *slopes = PyTuple_New(a->n_slopes);
    for (uint32_t i = 0; slopes != NULL && i < a->n_slopes; i++)
        PyTuple_SET_ITEM(slopes, i, PyFloat_FromDouble(a->slopes[i]));
    return Py_BuildValue("KKddddN", (unsigned long long)a->shown, (unsigned long long)a->known, a->least, a->most,
                         a->flattest, a->steepest, slopes);
}

static PyObject *told_row(Told *a, int steep) {
    PyObject *picks = PyTuple_New(a->n_picks);
    for (uint32_t i = 0; picks != NULL && i < a->n_picks; i++)
        PyTuple_SET_ITEM(picks, i, PyLong_FromUnsignedLong(a->picks[i]));
    const uint32_t ends[] = {a->low, a->high, a->floor, a->ceiling};
    Py_ssize_t shown[4];
    for (int k = 0; k < 4; k++)
        shown[k] = ends[k] == NONE ? -1 : (Py_ssize_t)ends[k];
    return Py_BuildValue("KKK(nnnn)ONKN", (unsigned long long)a->bools, (unsigned long long)a->trues,
                         (unsigned long long)a->reals, shown[0], shown[1], shown[2], shown[3],
                         a->reals == 0 && a->differ ? Py_False : Py_True, picks, (unsigned long long)a->live,
                         steep ? steep_row(a) : Py_NewRef(Py_None));
}

/* told(column, count, live, slopes): for each of `count` atoms what its entries have in common. Slopes of another
   kind than those of a sweep are not looked at. */
PyObject *tape_told(PyObject *self, PyObject *args) {
    Tape *t = (Tape *)self;
    PyObject *column, *marks, *steep, *list = NULL;
    Py_ssize_t n;
    Of of;
    if (!PyArg_ParseTuple(args, "OnOO", &column, &n, &marks, &steep) || as_of(column, t, &of) < 0)
        return NULL;
    const char *live = PyByteArray_Check(marks) ? PyByteArray_AS_STRING(marks) : NULL;
    const Slopes *s = Py_IS_TYPE(steep, &Slopes_Type) ? (Slopes *)steep : NULL;
    if ((live != NULL && (size_t)PyByteArray_GET_SIZE(marks) != t->n) || (s != NULL && (size_t)s->n != t->n)) {
        PyErr_SetString(PyExc_ValueError, "one mark and one slope for each entry");
        return NULL;
    }
    Told *told = PyMem_RawCalloc((size_t)n + 1, sizeof(Told));
    uint32_t *picks = NULL;
    double *slopes = NULL;
    size_t n_picks = 0, n_slopes = 0;
    if (told == NULL)
        return PyErr_NoMemory();
    for (Py_ssize_t k = 0; k < n; k++) {
        told[k].low = told[k].high = told[k].floor = told[k].ceiling = NONE;
        told[k].least = told[k].most = told[k].flattest = told[k].steepest = Py_NAN;
        told[k].floats = 1;
    }
    if (first_look(t, of, told, live, s) < 0)
        goto done;
    for (Py_ssize_t k = 0; k < n; k++) {
        n_picks += told[k].reals < PICKS ? told[k].reals : PICKS;
        n_slopes += told[k].known < PICKS ? told[k].known : PICKS;
    }
    picks = PyMem_RawCalloc(n_picks + 1, sizeof(uint32_t));
    slopes = PyMem_RawCalloc(n_slopes + 1, sizeof(double));
    if (picks == NULL || slopes == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    n_picks = n_slopes = 0;
    for (Py_ssize_t k = 0; k < n; k++) {
        told[k].picks = picks + n_picks;
        told[k].slopes = told[k].known ? slopes + n_slopes : NULL;
        n_picks += told[k].reals < PICKS ? told[k].reals : PICKS;
        n_slopes += told[k].known < PICKS ? told[k].known : PICKS;
    }
    second_look(t, of, told, live, s);
    list = PyList_New(n);
    for (Py_ssize_t k = 0; list != NULL && k < n; k++) {
        PyObject *row = told_row(told + k, s != NULL);
        if (row == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, k, row);
    }
done:
    PyMem_RawFree(told);
    PyMem_RawFree(picks);
    PyMem_RawFree(slopes);
    return list;
}

/* marked(column, count, marks): for each of `count` atoms how many of its entries are marked. */
PyObject *tape_marked_atoms(PyObject *self, PyObject *args) {
    PyObject *column, *marks;
    Py_ssize_t n;
    Of of;
    Tape *t = (Tape *)self;
    if (!PyArg_ParseTuple(args, "OnO!", &column, &n, &PyByteArray_Type, &marks) || as_of(column, t, &of) < 0)
        return NULL;
    if ((size_t)PyByteArray_GET_SIZE(marks) != t->n) {
        PyErr_SetString(PyExc_ValueError, "one byte for each entry");
        return NULL;
    }
    uint64_t *counts = PyMem_RawCalloc((size_t)n + 1, sizeof(uint64_t));
    if (counts == NULL)
        return PyErr_NoMemory();
    const char *marked = PyByteArray_AS_STRING(marks);
    for (size_t i = 0; i < t->n; i++)
        if (marked[i] && of_get(of, i) >= 0)
            counts[of_get(of, i)]++;
    PyObject *list = PyList_New(n);
    for (Py_ssize_t k = 0; list != NULL && k < n; k++)
        PyList_SET_ITEM(list, k, PyLong_FromUnsignedLongLong(counts[k]));
    PyMem_RawFree(counts);
    return list;
}

/* steer(marks): marks in a bytearray the entries that took part in a decision or left the tape. */
PyObject *tape_steer(PyObject *self, PyObject *marks) {
    Tape *t = (Tape *)self;
    if (!PyByteArray_Check(marks) || (size_t)PyByteArray_GET_SIZE(marks) != t->n) {
        PyErr_SetString(PyExc_ValueError, "one byte for each entry");
        return NULL;
    }
    char *w = PyByteArray_AS_STRING(marks);
    BranchCursor branches = {0};
    Branch branch;
    while (next_branch(t, &branches, &branch))
        w[branch.index] = 1;
    for (size_t i = 0; i < t->n_leaks; i++)
        w[t->leaks[i].index] = 1;
    Py_RETURN_NONE;
}

/* through(column, table): for each entry the byte of its atom in a table, the last one for an entry without. */
PyObject *tape_through(PyObject *self, PyObject *args) {
    PyObject *column, *made = NULL;
    Py_buffer table;
    Of of;
    Tape *t = (Tape *)self;
    if (!PyArg_ParseTuple(args, "Oy*", &column, &table))
        return NULL;
    if (as_of(column, t, &of) == 0 && (made = PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)t->n)) != NULL) {
        char *to = PyByteArray_AS_STRING(made);
        const char *from = table.buf;
        for (size_t i = 0; i < t->n; i++) {
            Py_ssize_t atom = of_get(of, i);
            if (atom >= table.len) {
                PyErr_SetString(PyExc_IndexError, "the table is too short");
                Py_CLEAR(made);
                break;
            }
            to[i] = from[atom < 0 ? table.len - 1 : atom];
        }
    }
    PyBuffer_Release(&table);
    return made;
}

/* tally(): how many entries each operation wrote, by its number. */
PyObject *tape_tally(PyObject *self, PyObject *none) {
    (void)none;
    Tape *t = (Tape *)self;
    size_t counts[256] = {0};
    for (size_t i = 0; i < t->n; i++)
        counts[t->log[i].op]++;
    PyObject *found = PyDict_New();
    for (unsigned int op = 0; found != NULL && op < 256; op++) {
        if (counts[op] == 0)
            continue;
        PyObject *key = PyLong_FromUnsignedLong(op), *count = PyLong_FromSize_t(counts[op]);
        if (key == NULL || count == NULL || PyDict_SetItem(found, key, count) < 0)
            Py_CLEAR(found);
        Py_XDECREF(key);
        Py_XDECREF(count);
    }
    return found;
}
