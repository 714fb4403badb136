/* What an operator does to a handle. Everyday numbers are computed here, everything else by the plain numbers' own
   operators, and whatever goes wrong by the methods of value.py, which compute it as_kind and say it in Python's words. */

#include "tape/handle.h"

#include "tape/decisions.h"

#include <math.h>

#define ONE_TAPE(x, y) (((Handle *)(x))->owner == ((Handle *)(y))->owner)
#define BOTH(x, y, tag) (Py_IS_TYPE(x, kinds[tag]) && Py_IS_TYPE(y, kinds[tag]) && ONE_TAPE(x, y))
#define REAL(x) (((Handle *)(x))->u.v.d)
#define WHOLE(x) (((Handle *)(x))->u.v.i)

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

static PyObject *unwrap_operand(Operand *o) { return o->handle ? number_out(TAPE_OF(o->x), o->tag, o->v) : Py_NewRef(o->x); }

/* The entry of an operand; a plain one gets an entry of its own. NONE with an exception. */
static inline uint32_t entry_of(Tape *t, Operand *o, uint32_t location) {
    if (o->handle)
        return INDEX(o->x);
    if (o->tag != OBJECT)
        return append(t, op_constant, NONE, NONE, location, o->tag, o->v);
    PyObject *handle = write_object(t, op_constant, NONE, NONE, location, o->x);
    if (handle == NULL)
        return NONE;
    uint32_t index = INDEX(handle);
    Py_DECREF(handle);
    return index;
}

static PyObject *emit_pair(Tape *t, uint8_t op, Operand *x, Operand *y, uint8_t tag, Number v) {
    uint32_t location = here(t);
    if (location == NONE)
        return NULL;
    uint32_t a = entry_of(t, x, location);
    if (a == NONE)
        return NULL;
    uint32_t b = entry_of(t, y, location);
    return b == NONE ? NULL : emit(t, op, a, b, location, tag, v);
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
   with which sign, is the compiler's choice: Python's own code computes it. */
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

static binaryfunc const number_binary[BINARY] = {
    PyNumber_Add, PyNumber_Subtract, PyNumber_Multiply, PyNumber_TrueDivide, PyNumber_FloorDivide, PyNumber_Remainder,
    power,        PyNumber_Lshift,   PyNumber_Rshift,   PyNumber_And,        PyNumber_Or,          PyNumber_Xor,
};

/* What the methods in Python decide: the forward one, then the reflected one. */
static SLOW PyObject *binary_slow(int slot, PyObject *x, PyObject *y) {
    if (IS_HANDLE(x)) {
        PyObject *result = PyObject_CallFunctionObjArgs(py_forward[slot], x, y, NULL);
        if (result != Py_NotImplemented || !IS_HANDLE(y) || Py_TYPE(x) == Py_TYPE(y))
            return result;
        Py_DECREF(result);
    }
    return PyObject_CallFunctionObjArgs(py_reflected[slot], y, x, NULL);
}

/* Clear an error of the numbers' own operator, which the method in Python raises anew; 0 for one that is no Exception. */
static int clear_exception(void) {
    if (!PyErr_ExceptionMatches(PyExc_Exception))
        return 0;
    PyErr_Clear();
    return 1;
}

static int is_number_object(PyObject *x) {
    if (PyFloat_CheckExact(x) || PyLong_CheckExact(x) || PyBool_Check(x) || PyComplex_CheckExact(x))
        return 1;
    PyObject *answer = PyObject_CallOneArg(py_is_number, x);
    Py_XDECREF(answer);
    return answer == NULL ? -1 : answer == Py_True;
}

static PyObject *emit_object(Tape *t, uint8_t op, Operand *x, Operand *y, PyObject *data) {
    uint32_t location = here(t), a, b = NONE;
    if (location == NONE || (a = entry_of(t, x, location)) == NONE)
        return NULL;
    if (y != NULL && (b = entry_of(t, y, location)) == NONE)
        return NULL;
    return write_object(t, op, a, b, location, data);
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
    PyObject *a = unwrap_operand(&x), *b = unwrap_operand(&y), *result = NULL;
    PyObject *data = a == NULL || b == NULL ? NULL : number_binary[slot](a, b);
    Py_XDECREF(a);
    Py_XDECREF(b);
    if (data == NULL)
        return clear_exception() ? binary_slow(slot, left, right) : NULL;
    int is_number = is_number_object(data);
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
            uint32_t location = here(t);
            return UNLIKELY(location == NONE) ? NULL : emit(t, binary_op[slot], INDEX(x), INDEX(y), location, FLOAT, z);
        }
    } else if (BOTH(x, y, INT)) {
        Tape *t = TAPE_OF(x);
        if (t->log[INDEX(x)].tag == INT && t->log[INDEX(y)].tag == INT && whole(slot, WHOLE(x), WHOLE(y), &z.i)) {
            uint32_t location = here(t);
            return UNLIKELY(location == NONE) ? NULL : emit(t, binary_op[slot], INDEX(x), INDEX(y), location, INT, z);
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

static PyObject *unary_any(int slot, PyObject *x, unaryfunc of_number) {
    Operand o = operand(x);
    Tape *t = TAPE_OF(x);
    Number z = o.v;
    if (o.tag == FLOAT && slot != INVERT) {
        z.d = slot == NEG ? -z.d : slot == ABS ? fabs(z.d) : z.d;
    } else if (o.tag == INT && z.i != INT64_MIN) {
        z.i = slot == NEG || (slot == ABS && z.i < 0) ? -z.i : slot == INVERT ? ~z.i : z.i;
    } else {
        PyObject *a = unwrap_operand(&o);
        PyObject *data = a == NULL || (o.tag == BOOL && slot == INVERT) ? NULL : of_number(a), *result = NULL;
        Py_XDECREF(a);
        if (data == NULL) /* also ~True, which warns: once */
            return !PyErr_Occurred() || clear_exception() ? PyObject_CallOneArg(py_unary[slot], x) : NULL;
        int is_number = is_number_object(data);
        if (is_number == 0)
            return data;
        if (is_number > 0)
            result = emit_object(t, unary_op[slot], &o, NULL, data);
        Py_DECREF(data);
        return result;
    }
    uint32_t location = here(t);
    return location == NONE ? NULL : emit(t, unary_op[slot], INDEX(x), NONE, location, o.tag, z);
}

INLINE PyObject *unary(int slot, PyObject *x, unaryfunc of_number) {
    if (LIKELY(Py_IS_TYPE(x, kinds[FLOAT])) && slot != INVERT) {
        Number z = {slot == NEG ? -REAL(x) : slot == ABS ? fabs(REAL(x)) : REAL(x)};
        Tape *t = TAPE_OF(x);
        uint32_t location = here(t);
        return location == NONE ? NULL : emit(t, unary_op[slot], INDEX(x), NONE, location, FLOAT, z);
    }
    return unary_any(slot, x, of_number);
}

static PyObject *nb_negative(PyObject *x) { return unary(NEG, x, PyNumber_Negative); }
static PyObject *nb_positive(PyObject *x) { return unary(POS, x, PyNumber_Positive); }
static PyObject *nb_absolute(PyObject *x) { return unary(ABS, x, PyNumber_Absolute); }
static PyObject *nb_invert(PyObject *x) { return unary(INVERT, x, PyNumber_Invert); }

/* Whether a comparison holds: less, equal, more or none of them, as bits, against those for which the operator is true. */
static const uint8_t true_for[6] = {[Py_LT] = 1, [Py_LE] = 3, [Py_EQ] = 2, [Py_NE] = 13, [Py_GT] = 4, [Py_GE] = 6};
#define RELATION(a, b) ((a) < (b) ? 1 : (a) == (b) ? 2 : (a) > (b) ? 4 : 8)
#define HOLDS(op, a, b) ((true_for[op] & RELATION(a, b)) != 0)

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
    PyObject *a = unwrap_operand(&x), *b = unwrap_operand(&y), *result = NULL;
    PyObject *data = a == NULL || b == NULL ? NULL : PyObject_RichCompare(a, b, op);
    Py_XDECREF(a);
    Py_XDECREF(b);
    if (data == NULL)
        return clear_exception() ? PyObject_CallFunctionObjArgs(py_compare[op], left, right, NULL) : NULL;
    int is_number = is_number_object(data);
    if (is_number == 0)
        return data;
    if (is_number > 0)
        result = emit_object(t, compare_op[op], &x, &y, data);
    Py_DECREF(data);
    return result;
}

PyObject *handle_compare(PyObject *x, PyObject *y, int op) {
    if (LIKELY(BOTH(x, y, FLOAT))) {
        Number z;
        z.i = HOLDS(op, REAL(x), REAL(y));
        Tape *t = TAPE_OF(x);
        uint32_t location = here(t);
        return location == NONE ? NULL : emit(t, compare_op[op], INDEX(x), INDEX(y), location, BOOL, z);
    }
    if (BOTH(x, y, INT)) {
        Tape *t = TAPE_OF(x);
        if (t->log[INDEX(x)].tag == INT && t->log[INDEX(y)].tag == INT) {
            Number z = {.i = HOLDS(op, WHOLE(x), WHOLE(y))};
            uint32_t location = here(t);
            return location == NONE ? NULL : emit(t, compare_op[op], INDEX(x), INDEX(y), location, BOOL, z);
        }
    }
    return compare(x, y, op);
}

static int nb_bool(PyObject *x) {
    Tape *t = TAPE_OF(x);
    Entry *e = t->log + INDEX(x);
    int taken = e->tag == FLOAT ? e->v.d != 0.0 : e->tag != OBJECT ? e->v.i != 0 : PyObject_IsTrue(t->objects[e->v.i]);
    return taken < 0 || decide(t, INDEX(x), taken) < 0 ? -1 : taken;
}

PyNumberMethods handle_number = {
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
