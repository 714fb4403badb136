/* The tape: one growing buffer of entries, side tables for what does not fit, and its places. */

#include "native.h"

#include <string.h>
#include <structmember.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

Tape **tapes;
static size_t n_tapes, cap_tapes;
static uint32_t *idle_ids; /* numbers of tapes that are gone */
static size_t n_idle, cap_idle;

/* Touching memory first is what costs. So the buffer of the last tape that went is kept for the next, and where
   the system has them, a long tape lies on huge pages: in a stretch of addresses that is reserved once. The system
   may take what is kept when memory is short. */
static Entry *spare_log;
static size_t spare_cap;
static uint8_t spare_mapped;
#define SPARE_MOST ((size_t)1 << 22) /* entries */

#if defined(__linux__) && defined(MADV_HUGEPAGE) && UINTPTR_MAX > UINT32_MAX
#define RESERVED ((MOST + 1) * sizeof(Entry))
#define HUGE ((size_t)1 << 21)

static Entry *reserve(void) {
    char *start = mmap(NULL, RESERVED + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED)
        return NULL; /* address space is limited here: the heap will do */
    char *aligned = (char *)(((uintptr_t)start + HUGE - 1) & ~(HUGE - 1));
    if (aligned > start)
        munmap(start, (size_t)(aligned - start));
    if (aligned + RESERVED < start + RESERVED + HUGE)
        munmap(aligned + RESERVED, (size_t)(start + HUGE - aligned));
    madvise(aligned, RESERVED, MADV_HUGEPAGE);
    return (Entry *)(void *)aligned;
}

static void release(Entry *log, int mapped) {
    if (mapped)
        munmap(log, RESERVED);
    else
        PyMem_RawFree(log);
}

/* How many entries are kept of a buffer that had room for `cap`. */
static size_t keep(Entry *log, size_t cap, int mapped) {
    if (!mapped)
        return cap;
    size_t kept = cap < SPARE_MOST ? cap : SPARE_MOST;
    madvise(log + SPARE_MOST, (MOST - SPARE_MOST) * sizeof(Entry), MADV_DONTNEED);
#ifdef MADV_FREE
    madvise(log, kept * sizeof(Entry) / HUGE * HUGE, MADV_FREE);
#endif
    return kept;
}
#else
static Entry *reserve(void) { return NULL; }
static size_t keep(Entry *log, size_t cap, int mapped) {
    (void)log;
    (void)mapped;
    return cap;
}
static void release(Entry *log, int mapped) {
    (void)mapped;
    PyMem_RawFree(log);
}
#endif
#define LONG ((size_t)1 << 14) /* entries: from here on a tape is worth a mapping */

int make_room(void **items, size_t *cap, size_t n, size_t size) {
    if (n < *cap)
        return 0;
    size_t more = *cap ? *cap * 2 : 64;
    void *grown = more <= SIZE_MAX / size ? PyMem_RawRealloc(*items, more * size) : NULL;
    if (grown == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    *items = grown;
    *cap = more;
    return 0;
}

SLOW int tape_grow(Tape *t) {
    size_t most = t->limit < MOST ? t->limit : MOST;
    if (t->n >= most) {
        PyErr_Format(py_limit_reached, "the limit of %zu operations is reached", most);
        return -1;
    }
    if (t->cap == 0 && spare_log != NULL) {
        t->log = spare_log;
        t->cap = spare_cap;
        t->mapped = spare_mapped;
        spare_log = NULL;
    } else if (t->mapped) {
        t->cap = t->cap * 2 > MOST ? MOST : t->cap * 2;
    } else {
        size_t cap = t->cap ? t->cap + (t->cap < ((size_t)1 << 24) ? t->cap : t->cap / 2) : 256;
        Entry *mapping = cap >= LONG ? reserve() : NULL;
        if (mapping != NULL) {
            memcpy(mapping, t->log, t->n * sizeof(Entry));
            PyMem_RawFree(t->log);
            t->mapped = 1;
        }
        Entry *log = mapping != NULL ? mapping : PyMem_RawRealloc(t->log, cap * sizeof(Entry));
        if (log == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        t->log = log;
        t->cap = cap;
    }
    t->room = t->cap < most ? t->cap : most;
    return 0;
}

SLOW int handles_grow(Tape *t) {
    size_t size = t->slabs ? t->slabs->size * 2 : 30;
    if (size > 32000)
        size = 32000;
    /* zeroed: setting a reference count looks at the one before */
    Slab *slab = PyMem_RawCalloc(1, sizeof(Slab) + size * sizeof(Handle));
    if (slab == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    slab->size = size;
    slab->next = t->slabs;
    t->slabs = slab;
    for (size_t i = size; i-- > 0;) {
        Handle *h = slab->handles + i;
        h->u.next = t->free;
        t->free = h;
    }
    return 0;
}

/* Numbers in and out */

int add_object(Tape *t, PyObject *x, Number *v) {
    if (make_room((void **)&t->objects, &t->cap_objects, t->n_objects, sizeof(PyObject *)) < 0)
        return -1;
    Py_INCREF(x);
    v->i = (int64_t)t->n_objects;
    t->objects[t->n_objects++] = x;
    return 0;
}

int number_in(PyObject *x, Tape *t, Number *v, uint8_t *tag) {
    if (PyFloat_CheckExact(x)) {
        v->d = PyFloat_AS_DOUBLE(x);
        *tag = FLOAT;
        return 0;
    }
    if (PyBool_Check(x)) {
        v->i = x == Py_True;
        *tag = BOOL;
        return 0;
    }
    if (PyLong_CheckExact(x)) {
        int overflow;
        long long i = PyLong_AsLongLongAndOverflow(x, &overflow);
        if (!overflow) {
            v->i = i;
            *tag = INT;
            return 0;
        }
    }
    *tag = OBJECT;
    return add_object(t, x, v);
}

PyObject *number_out(Tape *t, uint8_t tag, Number v) {
    switch (tag) {
    case FLOAT:
        return PyFloat_FromDouble(v.d);
    case INT:
        return PyLong_FromLongLong(v.i);
    case BOOL:
        return PyBool_FromLong((long)v.i);
    default:
        return Py_NewRef(t->objects[v.i]);
    }
}

/* The number of a handle, the very same object whenever it is asked for. */
PyObject *same_number(PyObject *x) {
    Tape *t = TAPE_OF(x);
    Entry *e = t->log + ((Handle *)x)->index;
    if (e->tag == OBJECT || e->tag == BOOL)
        return number_out(t, e->tag, e->v);
    PyObject *key = PyLong_FromUnsignedLong(((Handle *)x)->index), *made = NULL;
    PyObject *known = key == NULL ? NULL : PyDict_GetItemWithError(t->same, key);
    if (known != NULL)
        made = Py_NewRef(known);
    else if (key != NULL && !PyErr_Occurred()) {
        made = number_out(t, e->tag, e->v);
        if (made != NULL && PyDict_SetItem(t->same, key, made) < 0)
            Py_CLEAR(made);
    }
    Py_XDECREF(key);
    return made;
}

static PyObject *tape_remember(PyObject *self, PyObject *const *args, Py_ssize_t n) {
    if (n != 2) {
        PyErr_SetString(PyExc_TypeError, "remember(index, number)");
        return NULL;
    }
    if (PyDict_SetItem(((Tape *)self)->same, args[0], args[1]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyTypeObject *kind_of(Tape *t, uint8_t tag, Number v) {
    if (!t->transparent)
        return value_kind;
    if (tag != OBJECT)
        return kinds[tag];
    PyObject *type = (PyObject *)Py_TYPE(t->objects[v.i]);
    PyObject *kind = PyDict_GetItemWithError(by_type, type);
    if (kind == NULL && !PyErr_Occurred()) {
        kind = PyObject_CallOneArg(py_transparent, type); /* registers it: `adopt` */
        Py_XDECREF(kind);
    }
    return (PyTypeObject *)kind;
}

PyObject *handle_at(Tape *t, uint32_t index) {
    Entry *e = t->log + index;
    PyTypeObject *kind = kind_of(t, e->tag, e->v);
    return kind == NULL ? NULL : handle_new(t, kind, index, t->log[index].v);
}

PyObject *write_object(Tape *t, uint8_t op, uint32_t a, uint32_t b, uint32_t place, PyObject *data) {
    Number v;
    uint8_t tag;
    if (UNLIKELY(t->n >= t->room) && tape_grow(t) < 0)
        return NULL; /* before the side table is written */
    if (number_in(data, t, &v, &tag) < 0)
        return NULL;
    uint32_t i = append(t, op, a, b, place, tag, v);
    return i == NONE ? NULL : handle_at(t, i);
}

/* Places */

/* The number of a code object's instruction; the code object is kept alive from now on. */
uint32_t place_of_code(Tape *t, PyCodeObject *code, Py_ssize_t units, uint32_t *index) {
    PyObject *key = PyLong_FromVoidPtr(code);
    if (key == NULL)
        return NONE;
    PyObject *known = PyDict_GetItemWithError(t->code_ids, key);
    size_t i = 0;
    if (known != NULL) {
        i = PyLong_AsSize_t(known);
    } else {
        PyObject *ours = PyErr_Occurred() ? NULL : PyObject_CallOneArg(py_is_ours, (PyObject *)code);
        PyObject *number = ours == NULL ? NULL : PyLong_FromSize_t(t->n_codes);
        int failed = number == NULL || make_room((void **)&t->codes, &t->cap_codes, t->n_codes, sizeof(Code)) < 0 ||
                     PyDict_SetItem(t->code_ids, key, number) < 0;
        Py_XDECREF(number);
        if (failed) {
            Py_XDECREF(ours);
            Py_DECREF(key);
            return NONE;
        }
        i = t->n_codes++;
        Py_INCREF(code);
        t->codes[i] = (Code){code, t->next_place, (uint32_t)Py_SIZE(code) + 1, ours == Py_True};
        t->next_place += (uint32_t)Py_SIZE(code) + 1;
        Py_DECREF(ours);
    }
    Py_DECREF(key);
    if (index != NULL)
        *index = (uint32_t)i;
    if (units < 0 || units >= t->codes[i].size)
        units = 0;
    return t->codes[i].base + (uint32_t)units;
}

#if RAW_FRAMES
SLOW uint32_t here_slow(Tape *t, _PyInterpreterFrame *f) {
    uint32_t place = NONE, index = 0;
    while (f != NULL) {
        if (!_PyFrame_IsIncomplete(f)) {
            PyCodeObject *code = FRAME_CODE(f);
            CodeSlot *slot = CODE_SLOT(t, code);
            if (slot->code == code)
                return slot->offset + UNITS(FRAME_POINTER(f));
            place = place_of_code(t, code, _PyInterpreterFrame_LASTI(f), &index);
            if (place == NONE)
                return NONE;
            if (!t->codes[index].ours) {
                *slot = (CodeSlot){code, t->codes[index].base - UNITS(_PyCode_CODE(code)), index};
                return place;
            }
        }
        f = f->previous;
    }
    if (place == NONE)
        PyErr_SetString(PyExc_RuntimeError, "a number is written down while no Python code runs");
    return place;
}
#else
uint32_t here_public(Tape *t) {
    PyFrameObject *f = PyThreadState_GetFrame(PyThreadState_Get());
    uint32_t place = NONE, index = 0;
    while (f != NULL) {
        PyCodeObject *code = PyFrame_GetCode(f);
        place = place_of_code(t, code, PyFrame_GetLasti(f) / 2, &index);
        Py_DECREF(code);
        PyFrameObject *back = place == NONE || !t->codes[index].ours ? NULL : PyFrame_GetBack(f);
        Py_DECREF(f);
        f = back;
    }
    if (place == NONE && !PyErr_Occurred())
        PyErr_SetString(PyExc_RuntimeError, "a number is written down while no Python code runs");
    return place;
}
#endif

static PyObject *tape_here(PyObject *self, PyObject *none) {
    (void)none;
    uint32_t place = here((Tape *)self);
    return place == NONE ? NULL : PyLong_FromUnsignedLong(place);
}

static PyObject *tape_place_of(PyObject *self, PyObject *args) {
    PyObject *code;
    Py_ssize_t offset;
    if (!PyArg_ParseTuple(args, "O!n", &PyCode_Type, &code, &offset))
        return NULL;
    uint32_t place = place_of_code((Tape *)self, (PyCodeObject *)code, offset / 2, NULL);
    return place == NONE ? NULL : PyLong_FromUnsignedLong(place);
}

static PyObject *tape_place(PyObject *self, PyObject *args) {
    Tape *t = (Tape *)self;
    PyObject *what, *key = Py_None;
    if (!PyArg_ParseTuple(args, "O|O", &what, &key))
        return NULL;
    if (key == Py_None)
        key = what;
    PyObject *number = PyDict_GetItemWithError(t->place_ids, key);
    if (number != NULL || PyErr_Occurred())
        return Py_XNewRef(number);
    number = PyLong_FromUnsignedLong(t->next_place);
    if (number == NULL || PyDict_SetItem(t->place_ids, key, number) < 0 ||
        PyDict_SetItem(t->places, number, what) < 0) {
        Py_XDECREF(number);
        return NULL;
    }
    t->next_place++;
    return number;
}

static PyObject *tape_where(PyObject *self, PyObject *arg) {
    Tape *t = (Tape *)self;
    PyObject *what = PyDict_GetItemWithError(t->places, arg);
    if (what != NULL || PyErr_Occurred())
        return Py_XNewRef(what);
    size_t place = PyLong_AsSize_t(arg), low = 0, high = t->n_codes;
    if (place == (size_t)-1 && PyErr_Occurred())
        return NULL;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->codes[middle].base <= place)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0 && place - t->codes[low - 1].base < t->codes[low - 1].size) {
        Code *c = t->codes + low - 1;
        return Py_BuildValue("On", c->code, (Py_ssize_t)(place - c->base) * 2);
    }
    PyErr_SetObject(PyExc_IndexError, arg);
    return NULL;
}

/* Leaks and branches */

int leak(Tape *t, uint32_t index, uint32_t how) {
    uint8_t op = t->log[index].op;
    if (op == op_literal || op == op_constant)
        return 0;
    uint32_t place = here(t);
    if (place == NONE || make_room((void **)&t->leaks, &t->cap_leaks, t->n_leaks, sizeof(Leak)) < 0)
        return -1;
    t->leaks[t->n_leaks++] = (Leak){index, place, how};
    return 0;
}

static int check_index(Tape *t, Py_ssize_t *index) {
    if (*index < 0)
        *index += (Py_ssize_t)t->n;
    if (*index >= 0 && (size_t)*index < t->n)
        return 0;
    PyErr_SetString(PyExc_IndexError, "the tape has no such entry");
    return -1;
}

static PyObject *tape_leak(PyObject *self, PyObject *args) {
    Tape *t = (Tape *)self;
    Py_ssize_t index;
    PyObject *how;
    if (!PyArg_ParseTuple(args, "nU", &index, &how) || check_index(t, &index) < 0)
        return NULL;
    Py_ssize_t number = PySequence_Index(py_hows, how);
    if (number < 0 || leak(t, (uint32_t)index, (uint32_t)number) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* The entries that left at one place in one way, each as often as it did. */
static PyObject *leaks_at(PyObject *leaks, Leak l) {
    PyObject *key = Py_BuildValue("IO", l.place, PyList_GET_ITEM(py_hows, l.how));
    PyObject *where = key == NULL ? NULL : PyDict_GetItemWithError(leaks, key);
    if (key != NULL && where == NULL && !PyErr_Occurred()) {
        PyObject *made = PyList_New(0);
        if (made != NULL && PyDict_SetItem(leaks, key, made) == 0)
            where = made;
        Py_XDECREF(made); /* the dict of leaks holds it */
    }
    Py_XDECREF(key);
    return where;
}

static PyObject *get_leaks(PyObject *self, void *unused) {
    (void)unused;
    Tape *t = (Tape *)self;
    PyObject *leaks = PyDict_New(), *where = NULL;
    for (size_t i = 0; leaks != NULL && i < t->n_leaks; i++) {
        Leak l = t->leaks[i];
        if (i == 0 || l.place != t->leaks[i - 1].place || l.how != t->leaks[i - 1].how)
            where = leaks_at(leaks, l);
        PyObject *index = where == NULL ? NULL : PyLong_FromUnsignedLong(l.index);
        if (index == NULL || PyList_Append(where, index) < 0)
            Py_CLEAR(leaks);
        Py_XDECREF(index);
    }
    return leaks;
}

/* What `decide` does not keep in the entry. */
SLOW int decide_apart(Tape *t, uint32_t index, uint32_t place, int taken) {
    if (place == NONE || make_room((void **)&t->branches, &t->cap_branches, t->n_branches, sizeof(Branch)) < 0)
        return -1;
    t->branches[t->n_branches++] = (Branch){index, t->last_decided = (uint32_t)t->n, place, (uint32_t)taken};
    return 0;
}

/* Before the places that they are told from are replaced. */
int unpack_decisions(Tape *t) {
    Branch *all = NULL, branch;
    size_t n = 0, cap = 0;
    BranchCursor c = {0};
    while (next_branch(t, &c, &branch)) {
        if (make_room((void **)&all, &cap, n, sizeof(Branch)) < 0) {
            PyMem_RawFree(all);
            return -1;
        }
        all[n++] = branch;
    }
    for (size_t i = t->settled; i < t->n; i++)
        t->log[i].tested = 0;
    PyMem_RawFree(t->branches);
    t->branches = all;
    t->n_branches = n;
    t->cap_branches = cap;
    t->settled = t->n;
    return 0;
}

int next_branch(Tape *t, BranchCursor *c, Branch *branch) {
    size_t stop = c->next < t->n_branches ? t->branches[c->next].at : t->n;
    while (c->entry < stop) {
        uint32_t i = (uint32_t)c->entry++;
        Entry *e = t->log + i;
        if (e->tested != 0) {
            *branch = (Branch){i, i + 1, e->place + (e->tested >> 1) - 1, e->tested & 1};
            return 1;
        }
    }
    if (c->next >= t->n_branches)
        return 0;
    *branch = t->branches[c->next++];
    return 1;
}

int next_mark(Tape *t, MarkCursor *c, MarkView *mark) {
    if (c->repeats > 0) {
        c->repeats--;
        c->last.at += t->marks[c->next - 1].at;
    } else if (c->next >= t->n_marks)
        return 0;
    else {
        Mark m = t->marks[c->next++];
        if (m.kind & AGAIN) {
            c->repeats = m.kind - AGAIN - 1;
            c->last.at += m.at;
        } else {
            MarkKind k = t->kinds[m.kind];
            c->last = (MarkView){k.what, m.at, k.number, k.code, k.place};
        }
    }
    *mark = c->last;
    return 1;
}

static PyObject *get_branches(PyObject *self, void *unused) {
    (void)unused;
    Tape *t = (Tape *)self;
    PyObject *list = PyList_New(0);
    BranchCursor c = {0};
    Branch b;
    while (list != NULL && next_branch(t, &c, &b)) {
        PyObject *row = Py_BuildValue("IOII", b.index, b.taken ? Py_True : Py_False, b.at, b.place);
        if (row == NULL || PyList_Append(list, row) < 0)
            Py_CLEAR(list);
        Py_XDECREF(row);
    }
    return list;
}

static PyObject *get_marks(PyObject *self, void *unused) {
    (void)unused;
    static const char *const names[] = {"enter", "leave", "iteration"};
    Tape *t = (Tape *)self;
    PyObject *list = PyList_New(0);
    MarkCursor c = {0};
    MarkView m;
    while (list != NULL && next_mark(t, &c, &m)) {
        PyObject *row;
        if (m.what == LEAVE)
            row = Py_BuildValue("IsO", m.at, names[m.what], Py_None);
        else if (m.what == TURN)
            row = Py_BuildValue("Is(OI)", m.at, names[m.what], t->codes[m.code].code, m.number);
        else
            row = Py_BuildValue("Is(OIn)", m.at, names[m.what], t->codes[m.code].code, m.number,
                                m.place == NONE ? (Py_ssize_t)-1 : (Py_ssize_t)m.place);
        if (row == NULL || PyList_Append(list, row) < 0)
            Py_CLEAR(list);
        Py_XDECREF(row);
    }
    return list;
}

static PyObject *tape_code_objects(PyObject *self, PyObject *none) {
    (void)none;
    Tape *t = (Tape *)self;
    PyObject *list = PyList_New((Py_ssize_t)t->n_codes);
    for (size_t i = 0; list != NULL && i < t->n_codes; i++)
        PyList_SET_ITEM(list, (Py_ssize_t)i, Py_NewRef(t->codes[i].code));
    return list;
}

/* Entries */

PyObject *tape_operands(Tape *t, size_t i) {
    Entry *e = t->log + i;
    if (e->a == NONE)
        return PyTuple_New(0);
    if (e->b == NONE)
        return Py_BuildValue("(I)", e->a);
    if (!e->more)
        return Py_BuildValue("(II)", e->a, e->b);
    PyObject *key = PyLong_FromSize_t(i);
    PyObject *found = key == NULL ? NULL : PyDict_GetItemWithError(t->operands, key);
    Py_XDECREF(key);
    return Py_XNewRef(found);
}

static PyObject *tape_get_operands(PyObject *self, PyObject *arg) {
    Py_ssize_t i = PyLong_AsSsize_t(arg);
    if ((i == -1 && PyErr_Occurred()) || check_index((Tape *)self, &i) < 0)
        return NULL;
    return tape_operands((Tape *)self, (size_t)i);
}

static PyObject *tape_handle(PyObject *self, PyObject *arg) {
    Py_ssize_t i = PyLong_AsSsize_t(arg);
    if ((i == -1 && PyErr_Occurred()) || check_index((Tape *)self, &i) < 0)
        return NULL;
    return handle_at((Tape *)self, (uint32_t)i);
}

static int as_index(PyObject *x, uint32_t *index) {
    unsigned long i = PyLong_AsUnsignedLong(x);
    if (i == (unsigned long)-1 && PyErr_Occurred())
        return -1;
    *index = (uint32_t)i;
    return 0;
}

static PyObject *tape_write(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    Tape *t = (Tape *)self;
    if (count < 3 || count > 4) {
        PyErr_SetString(PyExc_TypeError, "write(code, operands, data, place=None)");
        return NULL;
    }
    long op = PyLong_AsLong(args[0]);
    if (op == -1 && PyErr_Occurred())
        return NULL;
    uint32_t place = NONE, two[2] = {NONE, NONE};
    if (count == 4 && args[3] != Py_None) {
        if (as_index(args[3], &place) < 0)
            return NULL;
    } else if ((place = here(t)) == NONE)
        return NULL;
    PyObject *operands = PySequence_Tuple(args[1]), *handle = NULL;
    if (operands == NULL)
        return NULL;
    Py_ssize_t n = PyTuple_GET_SIZE(operands);
    for (Py_ssize_t k = 0; k < n; k++) {
        uint32_t operand;
        if (as_index(PyTuple_GET_ITEM(operands, k), &operand) < 0)
            goto done;
        if (operand >= t->n) {
            PyErr_SetString(PyExc_IndexError, "an operand is not older than its entry");
            goto done;
        }
        if (k < 2)
            two[k] = operand;
    }
    handle = write_object(t, (uint8_t)op, two[0], two[1], place, args[2]);
    if (handle != NULL && n > 2) {
        PyObject *key = PyLong_FromUnsignedLong(((Handle *)handle)->index);
        t->log[((Handle *)handle)->index].more = 1;
        if (key == NULL || PyDict_SetItem(t->operands, key, operands) < 0)
            Py_CLEAR(handle);
        Py_XDECREF(key);
    }
done:
    Py_DECREF(operands);
    return handle;
}

static PyObject *tape_holders(PyObject *self, PyObject *none) {
    (void)none;
    return PyLong_FromSize_t(((Tape *)self)->alive);
}

static PyObject *tape_outlived(PyObject *self, PyObject *before) {
    (void)before;
    return PyBool_FromLong(((Tape *)self)->alive > 0);
}

static PyObject *tape_living(PyObject *self, PyObject *none) {
    (void)none;
    Tape *t = (Tape *)self;
    PyObject *list = PyList_New(0);
    for (Slab *slab = t->slabs; list != NULL && slab != NULL; slab = slab->next)
        for (size_t i = 0; list != NULL && i < slab->size; i++) {
            PyObject *h = (PyObject *)(slab->handles + i);
            if (Py_REFCNT(h) > 0 && PyList_Append(list, h) < 0)
                Py_CLEAR(list);
        }
    return list;
}

/* Columns */

typedef struct {
    PyObject_HEAD
    Tape *tape;
    int what;
} Column;

enum { CODES, DATA, OPERANDS, PLACES };

static Py_ssize_t column_length(PyObject *self) { return (Py_ssize_t)((Column *)self)->tape->n; }

static PyObject *column_item(PyObject *self, Py_ssize_t i) {
    Tape *t = ((Column *)self)->tape;
    if (i < 0 || (size_t)i >= t->n) {
        PyErr_SetString(PyExc_IndexError, "the tape has no such entry");
        return NULL;
    }
    Entry *e = t->log + i;
    switch (((Column *)self)->what) {
    case CODES:
        return PyLong_FromLong(e->op);
    case DATA:
        return number_out(t, e->tag, e->v);
    case OPERANDS:
        return tape_operands(t, (size_t)i);
    default:
        return PyLong_FromUnsignedLong(e->place);
    }
}

static PyObject *column_subscript(PyObject *self, PyObject *index) {
    if (!PySlice_Check(index)) {
        Py_ssize_t i = PyNumber_AsSsize_t(index, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return NULL;
        return column_item(self, i < 0 ? i + column_length(self) : i);
    }
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(index, &start, &stop, &step) < 0)
        return NULL;
    Py_ssize_t n = PySlice_AdjustIndices(column_length(self), &start, &stop, step);
    PyObject *list = PyList_New(n);
    for (Py_ssize_t k = 0; list != NULL && k < n; k++) {
        PyObject *item = column_item(self, start + k * step);
        if (item == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, k, item);
    }
    return list;
}

static PyObject *column_compare(PyObject *self, PyObject *other, int op) {
    PyObject *mine = PySequence_List(self), *theirs = PySequence_List(other), *result = NULL;
    if (mine != NULL && theirs != NULL)
        result = PyObject_RichCompare(mine, theirs, op);
    else if (mine != NULL && PyErr_ExceptionMatches(PyExc_TypeError)) {
        PyErr_Clear();
        result = Py_NewRef(Py_NotImplemented);
    }
    Py_XDECREF(mine);
    Py_XDECREF(theirs);
    return result;
}

static PyObject *column_reduce(PyObject *self, PyObject *none) {
    (void)none;
    PyObject *list = PySequence_List(self);
    return list == NULL ? NULL : Py_BuildValue("O(N)", &PyList_Type, list);
}

static PyObject *get_tape(PyObject *self, void *unused) {
    (void)unused;
    return Py_NewRef(((Column *)self)->tape);
}

static int column_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(((Column *)self)->tape);
    return 0;
}

static int column_clear(PyObject *self) {
    (void)self; /* a column without its tape answers nothing; the tape's own clearing breaks cycles */
    return 0;
}

static void column_dealloc(PyObject *self) {
    PyObject_GC_UnTrack(self);
    Py_DECREF(((Column *)self)->tape);
    PyObject_GC_Del(self);
}

static PySequenceMethods column_sequence = {.sq_length = column_length, .sq_item = column_item};
static PyMappingMethods column_mapping = {.mp_length = column_length, .mp_subscript = column_subscript};
static PyGetSetDef column_getset[] = {{"tape", get_tape, NULL, "The tape it is a column of.", NULL}, {0}};
static PyMethodDef column_methods[] = {
    {"__reduce__", column_reduce, METH_NOARGS, "A copy of a column is a list."},
    {0},
};

PyTypeObject Column_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Column",
    .tp_doc = "One column of a tape: a read-only sequence.",
    .tp_basicsize = sizeof(Column),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = column_dealloc,
    .tp_traverse = column_traverse,
    .tp_clear = column_clear,
    .tp_as_sequence = &column_sequence,
    .tp_as_mapping = &column_mapping,
    .tp_richcompare = column_compare,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getset = column_getset,
    .tp_methods = column_methods,
};

static PyObject *get_column(PyObject *self, void *what) {
    Column *c = PyObject_GC_New(Column, &Column_Type);
    if (c == NULL)
        return NULL;
    c->tape = (Tape *)Py_NewRef(self);
    c->what = (int)(intptr_t)what;
    PyObject_GC_Track(c);
    return (PyObject *)c;
}

/* The tape itself */

static Py_ssize_t tape_length(PyObject *self) { return (Py_ssize_t)((Tape *)self)->n; }

static PyObject *get_limit(PyObject *self, void *unused) {
    (void)unused;
    return PyLong_FromSize_t(((Tape *)self)->limit);
}

static int set_limit(PyObject *self, PyObject *value, void *unused) {
    (void)unused;
    Tape *t = (Tape *)self;
    size_t limit = value == NULL ? (PyErr_SetString(PyExc_AttributeError, "limit"), (size_t)-1)
                                 : PyLong_AsSize_t(value);
    if (limit == (size_t)-1 && PyErr_Occurred())
        return -1;
    t->limit = limit;
    size_t most = limit < MOST ? limit : MOST;
    t->room = t->cap < most ? t->cap : most;
    return 0;
}

static PyObject *get_transparent(PyObject *self, void *unused) {
    (void)unused;
    return PyBool_FromLong(((Tape *)self)->transparent);
}

static PyObject *get_size(PyObject *self, void *unused) {
    (void)unused;
    Tape *t = (Tape *)self;
    size_t size = t->n * sizeof(Entry) + t->n_objects * sizeof(PyObject *) + t->n_marks * sizeof(Mark) +
                  t->n_branches * sizeof(Branch) + t->n_leaks * sizeof(Leak);
    return PyLong_FromSize_t(size);
}

static PyObject *tape_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)args;
    (void)kwargs;
    Tape *t = (Tape *)type->tp_alloc(type, 0);
    if (t == NULL)
        return NULL;
    t->limit = PY_SSIZE_T_MAX;
    t->deepest = PY_SSIZE_T_MAX;
    t->thread = PyThread_get_thread_ident();
    t->id = t->last_kind = t->last_at = t->last_decided = t->stride = NONE;
    t->code_ids = PyDict_New();
    t->place_ids = PyDict_New();
    t->places = PyDict_New();
    t->operands = PyDict_New();
    t->same = PyDict_New();
    if (!t->same || !t->code_ids || !t->place_ids || !t->places || !t->operands)
        goto failed;
    if (n_idle > 0)
        t->id = idle_ids[--n_idle];
    else {
        /* room for its number among the idle ones is made now, so that going never fails */
        if (make_room((void **)&tapes, &cap_tapes, n_tapes, sizeof(Tape *)) < 0 ||
            make_room((void **)&idle_ids, &cap_idle, n_tapes, sizeof(uint32_t)) < 0)
            goto failed;
        t->id = (uint32_t)n_tapes++;
    }
    tapes[t->id] = t;
    return (PyObject *)t;
failed:
    Py_DECREF(t);
    return NULL;
}

static int tape_init(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"transparent", "limit", NULL};
    PyObject *limit = Py_None;
    int transparent = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$pO", names, &transparent, &limit))
        return -1;
    ((Tape *)self)->transparent = (uint8_t)transparent;
    return limit == Py_None ? 0 : set_limit(self, limit, NULL);
}

static int tape_traverse(PyObject *self, visitproc visit, void *arg) {
    Tape *t = (Tape *)self;
    Py_VISIT(t->code_ids);
    Py_VISIT(t->place_ids);
    Py_VISIT(t->places);
    Py_VISIT(t->operands);
    Py_VISIT(t->same);
    for (size_t i = 0; i < t->n_codes; i++)
        Py_VISIT(t->codes[i].code);
    for (size_t i = 0; i < t->n_objects; i++)
        Py_VISIT(t->objects[i]);
    return 0;
}

static int tape_clear(PyObject *self) {
    Tape *t = (Tape *)self;
    Py_CLEAR(t->place_ids);
    Py_CLEAR(t->places);
    return 0;
}

static void tape_dealloc(PyObject *self) {
    Tape *t = (Tape *)self;
    PyObject_GC_UnTrack(self);
    tape_clear(self);
    Py_CLEAR(t->code_ids);
    Py_CLEAR(t->operands);
    Py_CLEAR(t->same);
    for (size_t i = 0; i < t->n_codes; i++)
        Py_DECREF(t->codes[i].code);
    for (size_t i = 0; i < t->n_objects; i++)
        Py_DECREF(t->objects[i]);
    while (t->slabs != NULL) {
        Slab *next = t->slabs->next;
        PyMem_RawFree(t->slabs);
        t->slabs = next;
    }
    if (t->cap > spare_cap * (spare_log != NULL) && (t->mapped || t->cap <= SPARE_MOST)) {
        if (spare_log != NULL)
            release(spare_log, spare_mapped);
        spare_log = t->log;
        spare_cap = keep(t->log, t->cap, t->mapped);
        spare_mapped = t->mapped;
    } else if (t->log != NULL)
        release(t->log, t->mapped);
    PyMem_RawFree(t->codes);
    PyMem_RawFree(t->objects);
    PyMem_RawFree(t->branches);
    PyMem_RawFree(t->leaks);
    PyMem_RawFree(t->marks);
    PyMem_RawFree(t->kinds);
    if (t->id != NONE) {
        tapes[t->id] = NULL;
        idle_ids[n_idle++] = t->id;
    }
    Py_TYPE(self)->tp_free(self);
}

static PySequenceMethods tape_sequence = {.sq_length = tape_length};
static PyGetSetDef tape_getset[] = {
    {"codes", get_column, NULL, "The operation of each entry.", (void *)CODES},
    {"data", get_column, NULL, "The number of each entry.", (void *)DATA},
    {"args", get_column, NULL, "The operands of each entry.", (void *)OPERANDS},
    {"places", get_column, NULL, "The place of each entry.", (void *)PLACES},
    {"branches", get_branches, NULL, NULL, NULL},
    {"leaks", get_leaks, NULL, NULL, NULL},
    {"marks", get_marks, NULL, NULL, NULL},
    {"limit", get_limit, set_limit, NULL, NULL},
    {"transparent", get_transparent, NULL, NULL, NULL},
    {"size", get_size, NULL, "Bytes that what it holds takes.", NULL},
    {0},
};
static PyMemberDef tape_members[] = {
    {"depth", T_PYSSIZET, offsetof(Tape, depth), 0, NULL},
    {"deepest", T_PYSSIZET, offsetof(Tape, deepest), 0, NULL},
    {0},
};
static PyMethodDef tape_methods[] = {
    {"write", (PyCFunction)(void (*)(void))tape_write, METH_FASTCALL, NULL},
    {"handle", tape_handle, METH_O, NULL},
    {"operands", tape_get_operands, METH_O, NULL},
    {"here", tape_here, METH_NOARGS, NULL},
    {"place_of", tape_place_of, METH_VARARGS, NULL},
    {"place", tape_place, METH_VARARGS, NULL},
    {"where", tape_where, METH_O, NULL},
    {"leak", tape_leak, METH_VARARGS, NULL},
    {"marker", tape_marker, METH_VARARGS, NULL},
    {"code_objects", tape_code_objects, METH_NOARGS, NULL},
    {"holders", tape_holders, METH_NOARGS, NULL},
    {"outlived", tape_outlived, METH_O, NULL},
    {"living", tape_living, METH_NOARGS, NULL},
    {"referrers", tape_referrers, METH_O | METH_STATIC, NULL},
    {"remember", (PyCFunction)(void (*)(void))tape_remember, METH_FASTCALL, NULL},
    {"sites", tape_sites, METH_O, NULL},
    {"sweep", tape_sweep, METH_O, NULL},
    {"spread", tape_spread, METH_O, NULL},
    {"controls", tape_controls, METH_NOARGS, NULL},
    {"made_by", tape_made_by, METH_VARARGS, NULL},
    {"kinds", tape_kinds, METH_NOARGS, NULL},
    {"hows", tape_hows, METH_NOARGS, NULL},
    {"fold", tape_fold, METH_VARARGS, NULL},
    {"told", tape_told, METH_VARARGS, NULL},
    {"marked_atoms", tape_marked_atoms, METH_VARARGS, NULL},
    {"steer", tape_steer, METH_O, NULL},
    {"through", tape_through, METH_VARARGS, NULL},
    {"tally", tape_tally, METH_NOARGS, NULL},
    {0},
};

PyTypeObject Tape_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Tape",
    .tp_basicsize = sizeof(Tape),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = tape_new,
    .tp_init = tape_init,
    .tp_dealloc = tape_dealloc,
    .tp_traverse = tape_traverse,
    .tp_clear = tape_clear,
    .tp_as_sequence = &tape_sequence,
    .tp_getset = tape_getset,
    .tp_methods = tape_methods,
    .tp_members = tape_members,
};
