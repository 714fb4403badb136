/* Folding: one walk along entries and marks that gives each entry its atom. The readable twin is fold.py. */

#include "columns/atoms.h"
#include "tape/decisions.h"
#include "tape/handle.h"
#include "tape/marks.h"
#include "tape/module.h"

#include <string.h>

enum { FOLDED, SINGLE, LEFT_OUT, KEPT };
#define FEW 8 /* operands that are summaries modes */

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
    uint64_t runs, iterations;
} LoopCount;

typedef struct {
    uint32_t path;
    size_t open; /* where its loops begin in the list of open ones */
} Frame;

typedef struct {
    Tape *t;
    const uint32_t *kinds;
    size_t n_sites;
    const uint8_t *modes;
    PyObject *enter, *around, *column; /* around: for each kind of mark the kinds of the loops around a loop, or None */
    Of of;
    Table atom_keys, edge_keys, path_keys, loop_keys;
    Atom *atoms;
    size_t n_atoms, cap_atoms;
    int32_t *keyed; /* atom_keys: the atom */
    size_t cap_keyed;
    uint64_t *edges; /* edge_keys: how often */
    size_t cap_edges;
    uint32_t *into; /* path_keys: the path that a call goes into */
    size_t cap_into;
    Path *paths;
    size_t n_paths, cap_paths;
    LoopCount *loop_counts; /* loop_keys */
    size_t cap_loop_counts;
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

static inline int count_edge(Fold *f, int32_t tail, int32_t head, int location) {
    if (tail < 0)
        return 0;
    size_t before = f->edge_keys.n;
    uint32_t number = table_at(&f->edge_keys, (uint64_t)tail << 35 | (uint64_t)head << 6 | (uint64_t)location);
    if (UNLIKELY(number == NONE))
        return -1;
    if (UNLIKELY(number == before)) {
        if (make_room((void **)&f->edges, &f->cap_edges, number, sizeof(uint64_t)) < 0)
            return -1;
        f->edges[number] = 0;
    }
    f->edges[number]++;
    return 0;
}

static SLOW int count_edges(Fold *f, size_t i, int32_t atom) {
    PyObject *operands = tape_operands(f->t, i);
    if (operands == NULL)
        return -1;
    Py_ssize_t n = PyTuple_GET_SIZE(operands);
    int failed = 0;
    for (Py_ssize_t k = 0; !failed && k < n; k++) {
        size_t j = PyLong_AsSize_t(PyTuple_GET_ITEM(operands, k));
        failed = count_edge(f, of_get(f->of, j), atom, n <= FEW ? (int)k + 1 : 0) < 0;
    }
    Py_DECREF(operands);
    return failed ? -1 : 0;
}

/* The entries up to `stop`, all made on one path. */
static int walk(Fold *f, size_t start, size_t stop, uint32_t path) {
    Tape *t = f->t;
    for (size_t i = start; i < stop; i++) {
        Entry *e = t->log + i;
        int how = f->modes == NULL ? FOLDED : f->modes[i];
        if (how == LEFT_OUT)
            continue;
        int32_t atom;
        if (how == SINGLE)
            atom = new_atom(f, path, i);
        else {
            if (UNLIKELY(e->location >= f->n_sites)) {
                PyErr_SetString(PyExc_ValueError, "an entry has no site");
                return -1;
            }
            uint64_t key = (uint64_t)path << 38 | (uint64_t)f->kinds[e->location] << 10 | (uint64_t)e->op << 2 |
                           (uint64_t)how;
            size_t slot = (e->location + path * 31) & 1023;
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
            if (count_edges(f, i, atom) < 0)
                return -1;
        } else if (count_edge(f, of_get(f->of, e->a), atom, e->b != NONE) < 0 ||
                   (e->b != NONE && count_edge(f, of_get(f->of, e->b), atom, 2) < 0))
            return -1;
    }
    return 0;
}

/* A call begins: `enter(path, kind)` says, once for each kind of call on a path, on which path it is. */
static int fold_enter(Fold *f, uint32_t kind) {
    uint32_t outer = f->n_frames > 1 ? f->frames[f->n_frames - 1].path : NONE;
    size_t before = f->path_keys.n;
    uint32_t number = table_at(&f->path_keys, (uint64_t)outer << 32 | kind);
    if (number == NONE || make_room((void **)&f->into, &f->cap_into, number, sizeof(uint32_t)) < 0)
        return -1;
    if (number == before) {
        PyObject *answer = PyObject_CallFunction(f->enter, "nI", outer == NONE ? (Py_ssize_t)-1 : (Py_ssize_t)outer, kind);
        size_t path = answer == NULL ? (size_t)-1 : PyLong_AsSize_t(answer);
        Py_XDECREF(answer);
        if (PyErr_Occurred())
            return -1;
        if (path >= PATHS)
            return too_many("call paths");
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

/* An iteration begins: it ends what runs of inner loops there were. */
static int fold_iteration(Fold *f, uint32_t kind) {
    if (PyTuple_GET_ITEM(f->around, kind) == Py_None)
        return 0;
    Frame frame = f->frames[f->n_frames - 1];
    size_t before = f->loop_keys.n;
    uint32_t number = table_at(&f->loop_keys, (uint64_t)frame.path << 32 | kind);
    if (number == NONE || make_room((void **)&f->loop_counts, &f->cap_loop_counts, number, sizeof(LoopCount)) < 0)
        return -1;
    if (number == before)
        f->loop_counts[number] = (LoopCount){frame.path, kind, 0, 0};
    size_t kept = frame.open;
    int open = 0;
    for (size_t i = frame.open; i < f->n_open; i++) {
        uint32_t other = f->open[i];
        PyObject *around = PyTuple_GET_ITEM(f->around, other);
        int ended = 0;
        open |= other == kind;
        for (Py_ssize_t j = 0; j < PyTuple_GET_SIZE(around); j++)
            ended |= PyLong_AsUnsignedLong(PyTuple_GET_ITEM(around, j)) == kind;
        if (!ended)
            f->open[kept++] = other;
    }
    f->n_open = kept;
    if (!open) {
        if (make_room((void **)&f->open, &f->cap_open, f->n_open, sizeof(uint32_t)) < 0)
            return -1;
        f->open[f->n_open++] = kind;
        f->loop_counts[number].runs++;
    }
    f->loop_counts[number].iterations++;
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
        if (mark.what == LEAVE)
            fold_leave(f);
        else if ((mark.what == ENTER ? fold_enter(f, mark.kind) : fold_iteration(f, mark.kind)) < 0)
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

static PyObject *edge_row(Fold *f, size_t i) {
    uint64_t key = f->edge_keys.keys[i];
    return Py_BuildValue("IIIK", (unsigned int)(key >> 35), (unsigned int)(key >> 6 & (ATOMS - 1)),
                         (unsigned int)(key & 63), (unsigned long long)f->edges[i]);
}

static PyObject *path_row(Fold *f, size_t i) {
    Path p = f->paths[i];
    return Py_BuildValue("KKI", (unsigned long long)p.count, (unsigned long long)p.entered, p.levels);
}

static PyObject *loop_row(Fold *f, size_t i) {
    LoopCount l = f->loop_counts[i];
    return Py_BuildValue("IIKK", l.path, l.kind, (unsigned long long)l.runs, (unsigned long long)l.iterations);
}

/* Whether there is a tuple of kinds of loops, or None, for each kind of mark. */
static int is_around(PyObject *around, Tape *t) {
    int fits = (size_t)PyTuple_GET_SIZE(around) == t->n_kinds;
    for (Py_ssize_t i = 0; fits && i < PyTuple_GET_SIZE(around); i++) {
        PyObject *one = PyTuple_GET_ITEM(around, i);
        fits = one == Py_None || PyTuple_Check(one);
    }
    if (!fits)
        PyErr_SetString(PyExc_ValueError, "for each kind of mark a tuple or None");
    return fits;
}

/* fold(tape, kinds, modes, around, enter): the column of atoms as bytes, 2 or 4 to an entry; the atoms, the edges
   between them, the paths and the loops as rows. `kinds`: an unsigned int for each site; `modes`: a byte for each entry;
   `around`: for each kind of mark the kinds of the loops around a loop, or None; `enter(path, kind)`: see there. */
static PyObject *fold(PyObject *module, PyObject *args) {
    (void)module;
    Tape *t;
    Py_buffer kinds, modes;
    PyObject *enter, *around, *made = NULL;
    if (!PyArg_ParseTuple(args, "O!y*z*O!O", &Tape_Type, &t, &kinds, &modes, &PyTuple_Type, &around, &enter))
        return NULL;
    Fold *f = PyMem_RawCalloc(1, sizeof(Fold));
    if (f == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    f->t = t;
    f->kinds = kinds.buf;
    f->n_sites = (size_t)kinds.len / sizeof(uint32_t);
    f->modes = modes.buf;
    f->enter = enter;
    f->around = around;
    for (size_t i = 0; i < sizeof f->cache / sizeof *f->cache; i++)
        f->cache[i].key = UINT64_MAX;
    if (modes.buf != NULL && (size_t)modes.len != t->n) {
        PyErr_SetString(PyExc_ValueError, "one byte for each entry");
        goto done;
    }
    if (!is_around(around, t))
        goto done;
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
        made = Py_BuildValue("(ONNNN)", f->column, rows(f->n_atoms, atom_row, f), rows(f->edge_keys.n, edge_row, f),
                             rows(f->n_paths, path_row, f), rows(f->loop_keys.n, loop_row, f));
done:
    if (f != NULL) {
        Py_XDECREF(f->column);
        Table *const tables[] = {&f->atom_keys, &f->edge_keys, &f->path_keys, &f->loop_keys};
        for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
            table_free(tables[i]);
        void *const buffers[] = {f->atoms, f->keyed, f->edges, f->into, f->paths, f->loop_counts, f->frames, f->open, f};
        for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
            PyMem_RawFree(buffers[i]);
    }
    PyBuffer_Release(&kinds);
    PyBuffer_Release(&modes);
    return made;
}

/* count_marked(column, count, marks): for each of `count` atoms how many of its entries are marked. */
static PyObject *count_marked(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *column, *list = NULL;
    Py_buffer marks, view;
    Py_ssize_t n;
    Of of;
    if (!PyArg_ParseTuple(args, "Ony*", &column, &n, &marks))
        return NULL;
    uint64_t *counts = PyMem_RawCalloc((size_t)n + 1, sizeof(uint64_t));
    if (counts == NULL)
        PyErr_NoMemory();
    else if (as_of(column, &view, &of) == 0) {
        const char *marked = marks.buf;
        if (marks.len != view.len / view.itemsize)
            PyErr_SetString(PyExc_ValueError, "one byte for each entry");
        else {
            for (Py_ssize_t i = 0; i < marks.len; i++) {
                int32_t atom = marked[i] ? of_get(of, (size_t)i) : -1;
                if (atom >= 0 && atom < n)
                    counts[atom]++;
            }
            list = PyList_New(n);
        }
        PyBuffer_Release(&view);
    }
    for (Py_ssize_t k = 0; list != NULL && k < n; k++)
        PyList_SET_ITEM(list, k, PyLong_FromUnsignedLongLong(counts[k]));
    PyMem_RawFree(counts);
    PyBuffer_Release(&marks);
    return list;
}

/* translate(column, table): for each entry the byte of its atom in a table, the last one for an entry without. */
static PyObject *translate(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *column, *made = NULL;
    Py_buffer table, view;
    Of of;
    if (!PyArg_ParseTuple(args, "Oy*", &column, &table))
        return NULL;
    if (as_of(column, &view, &of) == 0) {
        Py_ssize_t n = view.len / view.itemsize;
        const char *from = table.buf;
        made = PyByteArray_FromStringAndSize(NULL, n);
        for (Py_ssize_t i = 0; made != NULL && i < n; i++) {
            Py_ssize_t atom = of_get(of, (size_t)i);
            if (atom >= table.len) {
                PyErr_SetString(PyExc_IndexError, "the table is too short");
                Py_CLEAR(made);
                break;
            }
            PyByteArray_AS_STRING(made)[i] = from[atom < 0 ? table.len - 1 : atom];
        }
        PyBuffer_Release(&view);
    }
    PyBuffer_Release(&table);
    return made;
}

PyMethodDef fold_methods[] = {
    {"fold", fold, METH_VARARGS, NULL},
    {"count_marked", count_marked, METH_VARARGS, NULL},
    {"translate", translate, METH_VARARGS, NULL},
    {0},
};
