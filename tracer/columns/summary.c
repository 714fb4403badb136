/* What the numbers of an atom have in common. The readable twin is summary.py. */

#include "columns/atoms.h"
#include "tape/module.h"
#include "tape/sweep.h"

#include <math.h>

#define PICKS 24

typedef struct {
    uint64_t count, bools, trues, reals;
    uint32_t low, high, floor, ceiling; /* entries; floor and ceiling of what is finite; NONE without any */
    uint32_t first, last;
    int floats, differ; /* all floats so far; not all of one text, compared where nothing is real */
    uint64_t live, shown, known; /* entries the result depends on; of those with a slope; slopes that are numbers */
    double least, most, floor_size, ceiling_size; /* slopes; the last two without their sign, of what is finite */
    uint32_t *picks;  /* some of the real ones, evenly spaced */
    double *slopes;   /* of equal stretches of the known slopes the largest, without its sign */
    uint64_t passed, passed_slopes, next; /* of the second walk */
    uint32_t n_picks, n_slopes;
} AtomSummary;

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

static int first_walk(Tape *t, Of of, AtomSummary *summaries, const char *live, const Slopes *s) {
    for (size_t i = 0; i < t->n; i++) {
        int32_t atom = of_get(of, i);
        if (atom < 0)
            continue;
        Entry *e = t->log + i;
        AtomSummary *a = summaries + atom;
        int finite = 0;
        if (a->count++ == 0)
            a->first = (uint32_t)i;
        a->last = (uint32_t)i;
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
        if (!live[i])
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
        if (isfinite(slope) && !(slope >= a->floor_size))
            a->floor_size = slope;
        if (isfinite(slope) && !(slope <= a->ceiling_size))
            a->ceiling_size = slope;
    }
    return 0;
}

/* Which of `n` is the k-th of those that are picked. */
static inline uint64_t pick(uint64_t k, uint64_t n) {
    uint64_t size = n < PICKS ? n : PICKS;
    return k >= size ? UINT64_MAX : k * (n - 1) / (size > 1 ? size - 1 : 1);
}

static void second_walk(Tape *t, Of of, AtomSummary *summaries, const char *live, const Slopes *s) {
    for (size_t i = 0; i < t->n; i++) {
        int32_t atom = of_get(of, i);
        if (atom < 0)
            continue;
        Entry *e = t->log + i;
        AtomSummary *a = summaries + atom;
        int finite;
        if (is_real(t, e, &finite) && a->passed++ == a->next) {
            a->picks[a->n_picks++] = (uint32_t)i;
            a->next = pick(a->n_picks, a->reals);
        }
        if (a->slopes != NULL && live[i] && e->tag != BOOL && !(s->unknown != NULL && s->unknown[i])) {
            uint64_t stretches = a->known < PICKS ? a->known : PICKS;
            double slope = fabs(s->slopes[i]), *largest = a->slopes + a->n_slopes;
            if (!(slope <= *largest) && !isnan(slope))
                *largest = slope;
            if (++a->passed_slopes == (a->n_slopes + 1) * a->known / stretches)
                a->n_slopes++;
        }
    }
}

static PyObject *slope_row(AtomSummary *a) {
    PyObject *slopes = PyTuple_New(a->n_slopes);
    for (uint32_t i = 0; slopes != NULL && i < a->n_slopes; i++)
        PyTuple_SET_ITEM(slopes, i, PyFloat_FromDouble(a->slopes[i]));
    return Py_BuildValue("KKddddN", (unsigned long long)a->shown, (unsigned long long)a->known, a->least, a->most,
                         a->floor_size, a->ceiling_size, slopes);
}

static PyObject *summary_row(AtomSummary *a, int with_slopes) {
    PyObject *picks = PyTuple_New(a->n_picks);
    for (uint32_t i = 0; picks != NULL && i < a->n_picks; i++)
        PyTuple_SET_ITEM(picks, i, PyLong_FromUnsignedLong(a->picks[i]));
    const uint32_t ends[] = {a->low, a->high, a->floor, a->ceiling};
    Py_ssize_t shown[4];
    for (int k = 0; k < 4; k++)
        shown[k] = ends[k] == NONE ? -1 : (Py_ssize_t)ends[k];
    return Py_BuildValue("KIIKKK(nnnn)ONKN", (unsigned long long)a->count, a->first, a->last, (unsigned long long)a->bools, (unsigned long long)a->trues,
                         (unsigned long long)a->reals, shown[0], shown[1], shown[2], shown[3],
                         a->reals == 0 && a->differ ? Py_False : Py_True, picks, (unsigned long long)a->live,
                         with_slopes ? slope_row(a) : Py_NewRef(Py_None));
}

/* summary(tape, column, count, live, slopes): for each of `count` atoms what its entries have in common. Slopes of another
   kind than those of a sweep are not looked at. */
static PyObject *summary(PyObject *module, PyObject *args) {
    (void)module;
    Tape *t;
    PyObject *column, *given, *list = NULL;
    Py_buffer marks, view;
    Py_ssize_t n;
    Of of;
    if (!PyArg_ParseTuple(args, "O!Ony*O", &Tape_Type, &t, &column, &n, &marks, &given))
        return NULL;
    if (as_of(column, &view, &of) < 0) {
        PyBuffer_Release(&marks);
        return NULL;
    }
    const char *live = marks.buf;
    const Slopes *s = Py_IS_TYPE(given, &Slopes_Type) ? (Slopes *)given : NULL;
    AtomSummary *summaries = PyMem_RawCalloc((size_t)n + 1, sizeof(AtomSummary));
    uint32_t *picks = NULL;
    double *slopes = NULL;
    size_t n_picks = 0, n_slopes = 0;
    if ((size_t)(view.len / view.itemsize) != t->n || (size_t)marks.len != t->n || (s != NULL && (size_t)s->n != t->n)) {
        PyErr_SetString(PyExc_ValueError, "one atom, one mark and one slope for each entry");
        goto done;
    }
    if (summaries == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t k = 0; k < n; k++) {
        summaries[k].low = summaries[k].high = summaries[k].floor = summaries[k].ceiling = NONE;
        summaries[k].least = summaries[k].most = summaries[k].floor_size = summaries[k].ceiling_size = Py_NAN;
        summaries[k].floats = 1;
    }
    if (first_walk(t, of, summaries, live, s) < 0)
        goto done;
    for (Py_ssize_t k = 0; k < n; k++) {
        n_picks += summaries[k].reals < PICKS ? summaries[k].reals : PICKS;
        n_slopes += summaries[k].known < PICKS ? summaries[k].known : PICKS;
    }
    picks = PyMem_RawCalloc(n_picks + 1, sizeof(uint32_t));
    slopes = PyMem_RawCalloc(n_slopes + 1, sizeof(double));
    if (picks == NULL || slopes == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    n_picks = n_slopes = 0;
    for (Py_ssize_t k = 0; k < n; k++) {
        summaries[k].picks = picks + n_picks;
        summaries[k].slopes = summaries[k].known ? slopes + n_slopes : NULL;
        n_picks += summaries[k].reals < PICKS ? summaries[k].reals : PICKS;
        n_slopes += summaries[k].known < PICKS ? summaries[k].known : PICKS;
    }
    second_walk(t, of, summaries, live, s);
    list = PyList_New(n);
    for (Py_ssize_t k = 0; list != NULL && k < n; k++) {
        PyObject *row = summary_row(summaries + k, s != NULL);
        if (row == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, k, row);
    }
done:
    PyBuffer_Release(&view);
    PyBuffer_Release(&marks);
    PyMem_RawFree(summaries);
    PyMem_RawFree(picks);
    PyMem_RawFree(slopes);
    return list;
}

PyMethodDef summary_methods[] = {{"summary", summary, METH_VARARGS, NULL}, {0}};
