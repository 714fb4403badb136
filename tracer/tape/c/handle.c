/* The numbers: what an operator does to a handle. Everyday numbers are computed here, everything
   else by the plain numbers' own operators, and whatever goes wrong by the reference's methods,
   which compute it again and say it in Python's words. */

#include "native.h"

#include <math.h>
#include <string.h>

PyTypeObject *kinds[TAGS], *value_kind;
PyObject *by_type, *of_kind;
PyObject *py_transparent, *py_is_number, *py_is_ours, *py_limit_reached, *py_hows;
uint8_t op_input, op_literal, op_constant;
uint8_t binary_op[BINARY], compare_op[6], unary_op[UNARY];
PyObject *py_forward[BINARY + 1], *py_reflected[BINARY + 1], *py_compare[6], *py_unary[UNARY], *py_pow3;

#define ONE_TAPE(x, y) (((Handle *)(x))->owner == ((Handle *)(y))->owner)
#define BOTH(x, y, tag) (Py_IS_TYPE(x, kinds[tag]) && Py_IS_TYPE(y, kinds[tag]) && ONE_TAPE(x, y))
#define REAL(x) (((Handle *)(x))->u.v.d)
#define WHOLE(x) (((Handle *)(x))->u.v.i)
#define INDEX(x) (((Handle *)(x))->index)

/* An operand: a handle, or a plain number of an everyday type. */
typedef struct {
    PyObject *x;
    Number v;
    uint8_t tag, known, handle; /* known: a number at all */
} Operand;

static inline Operand operand(PyObject *x) {
    Operand o = {x, {0}, OBJECT, 1, 0};
    if (Py_IS_TYPE(x, kinds[FLOAT])) {
        o.handle = 1;
        o.tag = FLOAT;
        o.v = ((Handle *)x)->u.v;
    } else if (Py_IS_TYPE(x, kinds[INT])) {
        /* an int beyond 64 bits has the same kind */
        o.handle = 1;
        o.tag = TAPE_OF(x)->log[INDEX(x)].tag;
        o.v = ((Handle *)x)->u.v;
    } else if (PyFloat_CheckExact(x)) {
        o.tag = FLOAT;
        o.v.d = PyFloat_AS_DOUBLE(x);
    } else if (PyLong_CheckExact(x)) {
        int overflow;
        o.v.i = PyLong_AsLongLongAndOverflow(x, &overflow);
        o.tag = overflow ? OBJECT : INT;
    } else if (PyBool_Check(x)) {
        o.tag = BOOL;
        o.v.i = x == Py_True;
    } else if (IS_HANDLE(x)) {
        o.handle = 1;
        o.tag = TAPE_OF(x)->log[INDEX(x)].tag;
        o.v = ((Handle *)x)->u.v;
    } else
        o.known = PyComplex_CheckExact(x);
    return o;
}

static PyObject *plain_of(Operand *o) { return o->handle ? number_out(TAPE_OF(o->x), o->tag, o->v) : Py_NewRef(o->x); }

/* The entry of an operand; a plain one gets an entry of its own. NONE with an exception. */
static inline uint32_t entry_of(Tape *t, Operand *o, uint32_t place) {
    if (o->handle)
        return INDEX(o->x);
    if (o->tag != OBJECT)
        return append(t, op_constant, NONE, NONE, place, o->tag, o->v);
    PyObject *handle = write_object(t, op_constant, NONE, NONE, place, o->x);
    if (handle == NULL)
        return NONE;
    uint32_t index = INDEX(handle);
    Py_DECREF(handle);
    return index;
}

static PyObject *emit_pair(Tape *t, uint8_t op, Operand *x, Operand *y, uint8_t tag, Number v) {
    uint32_t place = here(t);
    if (place == NONE)
        return NULL;
    uint32_t a = entry_of(t, x, place);
    if (a == NONE)
        return NULL;
    uint32_t b = entry_of(t, y, place);
    return b == NONE ? NULL : emit(t, op, a, b, place, tag, v);
}

/* Whether an operator between ints gives an everyday int. */
INLINE int whole(int slot, int64_t x, int64_t y, int64_t *z) {
    switch (slot) {
#if defined(__GNUC__) || defined(__clang__)
    case ADD:
        return !__builtin_add_overflow(x, y, z);
    case SUB:
        return !__builtin_sub_overflow(x, y, z);
    case MUL:
        return !__builtin_mul_overflow(x, y, z);
#else
#define SMALL(x) ((x) > -((int64_t)1 << 31) && (x) < ((int64_t)1 << 31))
    case ADD:
        *z = x + y;
        return SMALL(x) && SMALL(y);
    case SUB:
        *z = x - y;
        return SMALL(x) && SMALL(y);
    case MUL:
        *z = x * y;
        return SMALL(x) && SMALL(y);
#endif
    case FLOORDIV:
        if (y == 0 || (y == -1 && x == INT64_MIN))
            return 0;
        *z = x / y - (x % y != 0 && ((x < 0) != (y < 0)));
        return 1;
    case MOD:
        if (y == 0 || y == -1)
            return 0;
        *z = x % y;
        if (*z != 0 && ((*z < 0) != (y < 0)))
            *z += y;
        return 1;
    case AND:
        *z = x & y;
        return 1;
    case OR:
        *z = x | y;
        return 1;
    case XOR:
        *z = x ^ y;
        return 1;
    case RSHIFT:
        if (y < 0 || y > 62)
            return 0;
        *z = x >= 0 ? x >> y : ~(~x >> y);
        return 1;
    default:
        return 0;
    }
}

/* Whether an operator between floats is one that C computes as Python does. Which of two nans comes out, and
   with which sign, is the compiler's choice: Python's own code is asked. */
INLINE int real(int slot, double x, double y, double *z) {
    switch (slot) {
    case ADD:
        *z = x + y;
        break;
    case SUB:
        *z = x - y;
        break;
    case MUL:
        *z = x * y;
        break;
    case DIV:
        if (y == 0.0)
            return 0;
        *z = x / y;
        break;
    case POW:
        if (!(x > 0.0 && isfinite(x) && isfinite(y)))
            return 0;
        *z = pow(x, y);
        return isfinite(*z) && *z != 0.0;
    default:
        return 0;
    }
    return LIKELY(*z == *z);
}

static PyObject *power(PyObject *x, PyObject *y) { return PyNumber_Power(x, y, Py_None); }

static binaryfunc const plain_binary[BINARY] = {
    PyNumber_Add, PyNumber_Subtract, PyNumber_Multiply, PyNumber_TrueDivide, PyNumber_FloorDivide, PyNumber_Remainder,
    power,        PyNumber_Lshift,   PyNumber_Rshift,   PyNumber_And,        PyNumber_Or,          PyNumber_Xor,
};

/* What is the reference's to decide: the forward method, then the reflected one. */
static SLOW PyObject *binary_slow(int slot, PyObject *x, PyObject *y) {
    if (IS_HANDLE(x)) {
        PyObject *result = PyObject_CallFunctionObjArgs(py_forward[slot], x, y, NULL);
        if (result != Py_NotImplemented || !IS_HANDLE(y) || Py_TYPE(x) == Py_TYPE(y))
            return result;
        Py_DECREF(result);
    }
    return PyObject_CallFunctionObjArgs(py_reflected[slot], y, x, NULL);
}

/* An error of the plain operator that the reference is to raise again; 0 for one that is not Python's own. */
static int forgive(void) {
    if (!PyErr_ExceptionMatches(PyExc_Exception))
        return 0;
    PyErr_Clear();
    return 1;
}

static int is_plain_number(PyObject *x) {
    if (PyFloat_CheckExact(x) || PyLong_CheckExact(x) || PyBool_Check(x) || PyComplex_CheckExact(x))
        return 1;
    PyObject *answer = PyObject_CallOneArg(py_is_number, x);
    Py_XDECREF(answer);
    return answer == NULL ? -1 : answer == Py_True;
}

static PyObject *emit_object(Tape *t, uint8_t op, Operand *x, Operand *y, PyObject *data) {
    uint32_t place = here(t), a, b = NONE;
    if (place == NONE || (a = entry_of(t, x, place)) == NONE)
        return NULL;
    if (y != NULL && (b = entry_of(t, y, place)) == NONE)
        return NULL;
    return write_object(t, op, a, b, place, data);
}

static Tape *common_tape(Operand *x, Operand *y) {
    if (!x->known || !y->known)
        return NULL;
    if (!x->handle)
        return TAPE_OF(y->x);
    if (y->handle && !ONE_TAPE(x->x, y->x))
        return NULL;
    return TAPE_OF(x->x);
}

static PyObject *binary(int slot, PyObject *left, PyObject *right) {
    Operand x = operand(left), y = operand(right);
    Tape *t = common_tape(&x, &y);
    if (t == NULL)
        return binary_slow(slot, left, right);
    Number z;
    if (x.tag == FLOAT || y.tag == FLOAT) {
        double a = x.tag == FLOAT ? x.v.d : (double)x.v.i, b = y.tag == FLOAT ? y.v.d : (double)y.v.i;
        if (x.tag != OBJECT && y.tag != OBJECT && real(slot, a, b, &z.d))
            return emit_pair(t, binary_op[slot], &x, &y, FLOAT, z);
    } else if (x.tag != OBJECT && y.tag != OBJECT) {
        int64_t a = x.v.i, b = y.v.i;
        if ((x.tag == INT || y.tag == INT || slot < AND) && whole(slot, a, b, &z.i))
            return emit_pair(t, binary_op[slot], &x, &y, INT, z);
        if (slot == DIV && b != 0 && IS_EXACT(a) && IS_EXACT(b)) {
            z.d = (double)a / (double)b;
            return emit_pair(t, binary_op[slot], &x, &y, FLOAT, z);
        }
    }
    PyObject *a = plain_of(&x), *b = plain_of(&y), *result = NULL;
    PyObject *data = a == NULL || b == NULL ? NULL : plain_binary[slot](a, b);
    Py_XDECREF(a);
    Py_XDECREF(b);
    if (data == NULL)
        return forgive() ? binary_slow(slot, left, right) : NULL;
    int is_number = is_plain_number(data);
    if (is_number == 0)
        return data;
    if (is_number > 0)
        result = emit_object(t, binary_op[slot], &x, &y, data);
    Py_DECREF(data);
    return result;
}

/* Between two traced floats or two traced ints nothing else has to be looked at. */
INLINE PyObject *pair(int slot, PyObject *x, PyObject *y) {
    Number z;
    if (LIKELY(BOTH(x, y, FLOAT))) {
        if (LIKELY(real(slot, REAL(x), REAL(y), &z.d))) {
            Tape *t = TAPE_OF(x);
            uint32_t place = here(t);
            return UNLIKELY(place == NONE) ? NULL : emit(t, binary_op[slot], INDEX(x), INDEX(y), place, FLOAT, z);
        }
    } else if (BOTH(x, y, INT)) {
        Tape *t = TAPE_OF(x);
        if (t->log[INDEX(x)].tag == INT && t->log[INDEX(y)].tag == INT && whole(slot, WHOLE(x), WHOLE(y), &z.i)) {
            uint32_t place = here(t);
            return UNLIKELY(place == NONE) ? NULL : emit(t, binary_op[slot], INDEX(x), INDEX(y), place, INT, z);
        }
    }
    return binary(slot, x, y);
}

#define PAIR(name, slot)                                                                                             \
    static PyObject *name(PyObject *x, PyObject *y) { return pair(slot, x, y); }
PAIR(nb_add, ADD)
PAIR(nb_subtract, SUB)
PAIR(nb_multiply, MUL)
PAIR(nb_divide, DIV)
PAIR(nb_floor_divide, FLOORDIV)
PAIR(nb_remainder, MOD)
PAIR(nb_lshift, LSHIFT)
PAIR(nb_rshift, RSHIFT)
PAIR(nb_and, AND)
PAIR(nb_or, OR)
PAIR(nb_xor, XOR)

static PyObject *nb_divmod(PyObject *x, PyObject *y) { return binary_slow(BINARY, x, y); }

static PyObject *nb_power(PyObject *x, PyObject *y, PyObject *modulus) {
    if (modulus == Py_None)
        return pair(POW, x, y);
    if (!IS_HANDLE(x))
        Py_RETURN_NOTIMPLEMENTED;
    return PyObject_CallFunctionObjArgs(py_pow3, x, y, modulus, NULL);
}

static PyObject *unary_any(int slot, PyObject *x, unaryfunc plain) {
    Operand o = operand(x);
    Tape *t = TAPE_OF(x);
    Number z = o.v;
    if (o.tag == FLOAT && slot != INVERT) {
        z.d = slot == NEG ? -z.d : slot == ABS ? fabs(z.d) : z.d;
    } else if (o.tag == INT && z.i != INT64_MIN) {
        z.i = slot == NEG || (slot == ABS && z.i < 0) ? -z.i : slot == INVERT ? ~z.i : z.i;
    } else {
        PyObject *a = plain_of(&o);
        PyObject *data = a == NULL || (o.tag == BOOL && slot == INVERT) ? NULL : plain(a), *result = NULL;
        Py_XDECREF(a);
        if (data == NULL) /* also ~True, which warns: once */
            return !PyErr_Occurred() || forgive() ? PyObject_CallOneArg(py_unary[slot], x) : NULL;
        int is_number = is_plain_number(data);
        if (is_number == 0)
            return data;
        if (is_number > 0)
            result = emit_object(t, unary_op[slot], &o, NULL, data);
        Py_DECREF(data);
        return result;
    }
    uint32_t place = here(t);
    return place == NONE ? NULL : emit(t, unary_op[slot], INDEX(x), NONE, place, o.tag, z);
}

INLINE PyObject *unary(int slot, PyObject *x, unaryfunc plain) {
    if (LIKELY(Py_IS_TYPE(x, kinds[FLOAT])) && slot != INVERT) {
        Number z = {slot == NEG ? -REAL(x) : slot == ABS ? fabs(REAL(x)) : REAL(x)};
        Tape *t = TAPE_OF(x);
        uint32_t place = here(t);
        return place == NONE ? NULL : emit(t, unary_op[slot], INDEX(x), NONE, place, FLOAT, z);
    }
    return unary_any(slot, x, plain);
}

static PyObject *nb_negative(PyObject *x) { return unary(NEG, x, PyNumber_Negative); }
static PyObject *nb_positive(PyObject *x) { return unary(POS, x, PyNumber_Positive); }
static PyObject *nb_absolute(PyObject *x) { return unary(ABS, x, PyNumber_Absolute); }
static PyObject *nb_invert(PyObject *x) { return unary(INVERT, x, PyNumber_Invert); }

/* Whether a comparison holds: less, equal, more or none of them, as bits, against what the operator asks for. */
static const uint8_t asked[6] = {[Py_LT] = 1, [Py_LE] = 3, [Py_EQ] = 2, [Py_NE] = 13, [Py_GT] = 4, [Py_GE] = 6};
#define RELATION(a, b) ((a) < (b) ? 1 : (a) == (b) ? 2 : (a) > (b) ? 4 : 8)
#define HOLDS(op, a, b) ((asked[op] & RELATION(a, b)) != 0)

static PyObject *compare(PyObject *left, PyObject *right, int op) {
    Operand x = operand(left), y = operand(right);
    Tape *t = common_tape(&x, &y);
    if (t == NULL)
        return PyObject_CallFunctionObjArgs(py_compare[op], left, right, NULL);
    Number z;
    int exact = x.tag != OBJECT && y.tag != OBJECT;
    if (exact && (x.tag == FLOAT) != (y.tag == FLOAT)) {
        int64_t i = x.tag == FLOAT ? y.v.i : x.v.i; /* a float and an int are compared exactly */
        exact = IS_EXACT(i);
    }
    if (exact) {
        if (x.tag == FLOAT || y.tag == FLOAT) {
            double a = x.tag == FLOAT ? x.v.d : (double)x.v.i, b = y.tag == FLOAT ? y.v.d : (double)y.v.i;
            z.i = HOLDS(op, a, b);
        } else
            z.i = HOLDS(op, x.v.i, y.v.i);
        return emit_pair(t, compare_op[op], &x, &y, BOOL, z);
    }
    PyObject *a = plain_of(&x), *b = plain_of(&y), *result = NULL;
    PyObject *data = a == NULL || b == NULL ? NULL : PyObject_RichCompare(a, b, op);
    Py_XDECREF(a);
    Py_XDECREF(b);
    if (data == NULL)
        return forgive() ? PyObject_CallFunctionObjArgs(py_compare[op], left, right, NULL) : NULL;
    int is_number = is_plain_number(data);
    if (is_number == 0)
        return data;
    if (is_number > 0)
        result = emit_object(t, compare_op[op], &x, &y, data);
    Py_DECREF(data);
    return result;
}

static PyObject *handle_compare(PyObject *x, PyObject *y, int op) {
    if (LIKELY(BOTH(x, y, FLOAT))) {
        Number z;
        z.i = HOLDS(op, REAL(x), REAL(y));
        Tape *t = TAPE_OF(x);
        uint32_t place = here(t);
        return place == NONE ? NULL : emit(t, compare_op[op], INDEX(x), INDEX(y), place, BOOL, z);
    }
    if (BOTH(x, y, INT)) {
        Tape *t = TAPE_OF(x);
        if (t->log[INDEX(x)].tag == INT && t->log[INDEX(y)].tag == INT) {
            Number z = {.i = HOLDS(op, WHOLE(x), WHOLE(y))};
            uint32_t place = here(t);
            return place == NONE ? NULL : emit(t, compare_op[op], INDEX(x), INDEX(y), place, BOOL, z);
        }
    }
    return compare(x, y, op);
}

static PyObject *plain_handle(PyObject *x) {
    Tape *t = TAPE_OF(x);
    Entry *e = t->log + INDEX(x);
    return number_out(t, e->tag, e->v);
}

static int nb_bool(PyObject *x) {
    Tape *t = TAPE_OF(x);
    Entry *e = t->log + INDEX(x);
    int taken = e->tag == FLOAT ? e->v.d != 0.0 : e->tag != OBJECT ? e->v.i != 0 : PyObject_IsTrue(t->objects[e->v.i]);
    return taken < 0 || decide(t, INDEX(x), taken) < 0 ? -1 : taken;
}

/* The places of these in `py_hows`. */
enum { BY_INDEX, BY_INT, BY_FLOAT, BY_HASH };

static PyObject *leaving(PyObject *x, uint32_t how) { return leak(TAPE_OF(x), INDEX(x), how) < 0 ? NULL : plain_handle(x); }

static Py_hash_t handle_hash(PyObject *x) {
    PyObject *plain = leaving(x, BY_HASH);
    if (plain != NULL && PyFloat_CheckExact(plain) && isnan(PyFloat_AS_DOUBLE(plain)))
        Py_SETREF(plain, same_number(x)); /* a nan is hashed by what object it is */
    Py_hash_t hash = plain == NULL ? -1 : PyObject_Hash(plain);
    Py_XDECREF(plain);
    return hash;
}

static PyObject *convert_with(PyObject *x, uint32_t how, unaryfunc plain_convert) {
    PyObject *plain = leaving(x, how);
    PyObject *result = plain == NULL ? NULL : plain_convert(plain);
    Py_XDECREF(plain);
    return result;
}

static PyObject *nb_index(PyObject *x) {
    if (LIKELY(Py_IS_TYPE(x, kinds[INT])) && TAPE_OF(x)->log[INDEX(x)].tag == INT)
        return leaving(x, BY_INDEX);
    return convert_with(x, BY_INDEX, PyNumber_Index);
}
static PyObject *nb_int(PyObject *x) { return convert_with(x, BY_INT, PyNumber_Long); }
static PyObject *nb_float(PyObject *x) { return convert_with(x, BY_FLOAT, PyNumber_Float); }

static void handle_dealloc(PyObject *self);

static void pooled_dealloc(PyObject *self) {
    Handle *h = (Handle *)self;
    Tape *t = tapes[h->owner];
    if (LIKELY(Py_TYPE(self)->tp_dealloc == pooled_dealloc)) {
        h->u.next = t->free;
        t->free = h;
    } else
        Py_TYPE(self)->tp_free(self); /* of a subclass with more to it */
    if (UNLIKELY(--t->alive == 0))
        Py_DECREF(t);
}

static void handle_dealloc(PyObject *self) { pooled_dealloc(self); }

static PyObject *get_owner(PyObject *self, void *unused) {
    (void)unused;
    return Py_NewRef(TAPE_OF(self));
}

static PyObject *get_index(PyObject *self, void *unused) {
    (void)unused;
    return PyLong_FromUnsignedLong(INDEX(self));
}

static PyObject *get_plain(PyObject *self, void *unused) {
    (void)unused;
    return plain_handle(self);
}

static PyObject *get_class(PyObject *self, void *unused) {
    (void)unused;
    PyObject *plain = PyDict_GetItemWithError(of_kind, (PyObject *)Py_TYPE(self));
    if (plain == NULL && !PyErr_Occurred())
        plain = (PyObject *)Py_TYPE(self);
    return Py_XNewRef(plain);
}

static PyNumberMethods handle_number = {
    .nb_add = nb_add,
    .nb_subtract = nb_subtract,
    .nb_multiply = nb_multiply,
    .nb_true_divide = nb_divide,
    .nb_floor_divide = nb_floor_divide,
    .nb_remainder = nb_remainder,
    .nb_divmod = nb_divmod,
    .nb_power = nb_power,
    .nb_lshift = nb_lshift,
    .nb_rshift = nb_rshift,
    .nb_and = nb_and,
    .nb_or = nb_or,
    .nb_xor = nb_xor,
    .nb_negative = nb_negative,
    .nb_positive = nb_positive,
    .nb_absolute = nb_absolute,
    .nb_invert = nb_invert,
    .nb_bool = nb_bool,
};
static PyGetSetDef handle_getset[] = {
    {"_tape", get_owner, NULL, NULL, NULL},
    {"_index", get_index, NULL, NULL, NULL},
    {"_data", get_plain, NULL, NULL, NULL},
    {"__class__", get_class, NULL, NULL, NULL},
    {0},
};

PyTypeObject Handle_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Handle",
    .tp_basicsize = sizeof(Handle),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_dealloc = handle_dealloc,
    .tp_as_number = &handle_number,
    .tp_richcompare = handle_compare,
    .tp_hash = handle_hash,
    .tp_getset = handle_getset,
};

/* What C code may ask of a float and of an int; other numbers ask the reference. */
static PyNumberMethods float_number = {.nb_float = nb_float, .nb_int = nb_int};
static PyNumberMethods int_number = {.nb_float = nb_float, .nb_int = nb_int, .nb_index = nb_index};

PyTypeObject Float_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Float",
    .tp_base = &Handle_Type,
    .tp_basicsize = sizeof(Handle),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_as_number = &float_number,
};
PyTypeObject Int_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tracer.tape._native.Int",
    .tp_base = &Handle_Type,
    .tp_basicsize = sizeof(Handle),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_as_number = &int_number,
};

/* kind(name, bases, plain): a class of handles that come from their tape's slabs and pass for `plain`. The
   classes that Python makes all take part in garbage collection, which these are too small for. */
static PyObject *make_kind(PyObject *module, PyObject *args) {
    (void)module;
    const char *name;
    PyObject *bases, *plain;
    if (!PyArg_ParseTuple(args, "sO!O", &name, &PyTuple_Type, &bases, &plain))
        return NULL;
    PyType_Slot type_slots[] = {{Py_tp_dealloc, (void *)pooled_dealloc}, {0, NULL}};
    PyType_Spec spec = {name, sizeof(Handle), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, type_slots};
    PyObject *kind = PyType_FromSpecWithBases(&spec, bases);
    if (kind == NULL)
        return NULL;
    if (plain == Py_None) {
        Py_XSETREF(value_kind, (PyTypeObject *)Py_NewRef(kind));
        return kind;
    }
    if (PyDict_SetItem(of_kind, kind, plain) < 0 || PyDict_SetItem(by_type, plain, kind) < 0) {
        Py_DECREF(kind);
        return NULL;
    }
    PyTypeObject *const everyday[] = {&PyFloat_Type, &PyLong_Type, &PyBool_Type};
    for (int tag = FLOAT; tag <= BOOL; tag++)
        if (plain == (PyObject *)everyday[tag])
            kinds[tag] = (PyTypeObject *)kind;
    return kind;
}

/* again(kind, handle): the same number under another class, one of the user's. */
static PyObject *again(PyObject *module, PyObject *args) {
    (void)module;
    PyTypeObject *kind;
    PyObject *handle;
    if (!PyArg_ParseTuple(args, "O!O!", &PyType_Type, &kind, &Handle_Type, &handle))
        return NULL;
    Handle *made = (Handle *)kind->tp_alloc(kind, 0);
    if (made != NULL) {
        made->u.v = ((Handle *)handle)->u.v;
        made->index = INDEX(handle);
        made->owner = ((Handle *)handle)->owner;
        if (TAPE_OF(handle)->alive++ == 0)
            Py_INCREF(TAPE_OF(handle));
    }
    return (PyObject *)made;
}

static int functions(PyObject *from, const char *name, PyObject **to, Py_ssize_t n) {
    PyObject *list = PyDict_GetItemString(from, name);
    if (list == NULL || !PyTuple_Check(list) || PyTuple_GET_SIZE(list) != n)
        return PyErr_Format(PyExc_ValueError, "%s", name), -1;
    for (Py_ssize_t i = 0; i < n; i++)
        Py_XSETREF(to[i], Py_NewRef(PyTuple_GET_ITEM(list, i)));
    return 0;
}

static int codes(PyObject *from, const char *name, uint8_t *to, Py_ssize_t n) {
    PyObject *list = PyDict_GetItemString(from, name);
    if (list == NULL || !PyTuple_Check(list) || PyTuple_GET_SIZE(list) != n)
        return PyErr_Format(PyExc_ValueError, "%s", name), -1;
    for (Py_ssize_t i = 0; i < n; i++) {
        long code = PyLong_AsLong(PyTuple_GET_ITEM(list, i));
        if (code < 0 || code > UINT8_MAX)
            return PyErr_Format(PyExc_ValueError, "%s", name), -1;
        to[i] = (uint8_t)code;
    }
    return 0;
}

/* setup(dict): the table of operations, and the reference's functions. */
static PyObject *setup(PyObject *module, PyObject *from) {
    (void)module;
    uint8_t leaves[3];
    PyObject *singles[5];
    if (!PyDict_Check(from) || codes(from, "binary", binary_op, BINARY) < 0 ||
        codes(from, "compare", compare_op, 6) < 0 || codes(from, "unary", unary_op, UNARY) < 0 ||
        codes(from, "leaves", leaves, 3) < 0 || functions(from, "forward", py_forward, BINARY + 1) < 0 ||
        functions(from, "reflected", py_reflected, BINARY + 1) < 0 ||
        functions(from, "comparing", py_compare, 6) < 0 || functions(from, "alone", py_unary, UNARY) < 0 ||
        functions(from, "pow3", &py_pow3, 1) < 0)
        return NULL;
    memset(singles, 0, sizeof singles);
    if (functions(from, "others", singles, 5) < 0)
        return NULL;
    op_input = leaves[0], op_literal = leaves[1], op_constant = leaves[2];
    py_transparent = singles[0], py_is_number = singles[1], py_is_ours = singles[2];
    py_limit_reached = singles[3], py_hows = singles[4];
    Py_RETURN_NONE;
}

/* plain(x): the plain number of a Value; anything else as it is. */
static PyObject *plain(PyObject *module, PyObject *x) {
    (void)module;
    return IS_HANDLE(x) ? plain_handle(x) : Py_NewRef(x);
}

PyMethodDef handle_methods[] = {
    {"plain", plain, METH_O, NULL},
    {"kind", make_kind, METH_VARARGS, NULL},
    {"again", again, METH_VARARGS, NULL},
    {"setup", setup, METH_O, NULL},
    {0},
};

int handle_ready(void) {
    by_type = PyDict_New();
    of_kind = PyDict_New();
    return by_type == NULL || of_kind == NULL || PyType_Ready(&Handle_Type) < 0 || PyType_Ready(&Float_Type) < 0 ||
                   PyType_Ready(&Int_Type) < 0
               ? -1
               : 0;
}
