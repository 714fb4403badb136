"""Numbers of every type, in every place that C code takes one, give what the plain numbers give."""

from decimal import Decimal
from fractions import Fraction

import pytest
from faithful import assert_faithful

from tracer.run import run

IMPORTS = """
import array, bisect, calendar, cmath, collections, copy, csv, datetime, decimal, functools, hashlib, heapq, io, itertools
import json, math, operator, pickle, random, re, statistics, string, struct, sys, textwrap, time, types, zlib
from decimal import Decimal
from fractions import Fraction
"""

GROUPS = {
    "text": """
        f"{x:.3f} {n:>5d} {x!r} {n!s:>4} {x:{n + 5}.2f} {n=} {x + n = :.2f} {[n, x]} {n > 1} {n > 1!r} {n > 1:d}",
        "%d %5.2f %s %r %x %c %%" % (n, x, x, n, n, n + 60), "%s" % n, "%s" % (n,), "%(a)s" % {"a": x},
        "%*d|%-*.*f|" % (n, n, n + 5, n, x), "{} {:>8} {:,} {:e} {:%} {:b} {:+} {:05}".format(n, x, n, x, x, n, n, n),
        "{:{}.{}f}".format(x, n + 8, n), "{0[0]} {1.real}".format(xs, x), str(x), repr([x, n]), format(n, ","), ascii(x),
        bin(n), hex(n), oct(n), chr(n + 60), str((n,)), str({n}), string.Template("$a").substitute(a=x), "-".join(map(str, xs)),
        "x" * n, n * "ab", "abc"[n - 2], "abc".ljust(n + 5), "a,b,c".split(",", n), "abcabc".replace("a", "b", n),
        str(n).zfill(5), textwrap.fill("the quick brown fox " * 3, width=n * 10), f"{x!s:.3}", str(type(n)), f"{x = }"
        """,
    "sequences": """
        xs[n - 1], xs[:n], xs[-n:], xs[::n], list(range(n)), range(0, n, 2), [0] * n, bytes(n), bytes([n, n]), bytearray(n),
        slice(0, n), slice(n).indices(5), n in range(5), range(10).index(n), xs.index(xs[1]), xs.copy().pop(n - 1), xs.count(n),
        {n: 1, 2.0: 3}, {n, 2, 2.0, True}, frozenset([n]), {x: n}[x], dict(zip("ab", xs)), tuple(xs), list(reversed(xs)),
        collections.Counter([n, n, 3]), collections.Counter(xs).most_common(n), collections.deque(xs, n),
        collections.deque(xs, maxlen=n), collections.OrderedDict([(n, x)]), collections.defaultdict(lambda: n)[x],
        collections.ChainMap({n: x}, {1: 2})[n], types.SimpleNamespace(a=n, b=x), array.array("d", [x, n]), array.array("i", [n]),
        [*range(n), *xs], {**{"a": n}, "b": x}, sorted(xs), sorted(xs, reverse=n > 1), sorted(xs, key=lambda v: (v % 2, v)),
        list(enumerate(xs, n)), list(zip(xs, xs, strict=n > 1)), max(xs, key=lambda v: abs(v - n)), min(zip(xs, range(9)))
        """,
    "iterators": """
        list(itertools.combinations(xs, n)), list(itertools.permutations(xs, n)), list(itertools.product(xs, repeat=n)),
        list(itertools.islice(itertools.count(n), n)), list(itertools.repeat(n, n)), list(itertools.accumulate(xs)),
        list(itertools.accumulate(xs, operator.mul, initial=n)), list(itertools.zip_longest(xs, range(n), fillvalue=n)),
        list(itertools.pairwise(xs)), list(itertools.chain(xs, [n])), list(itertools.compress(xs, [n, 0, 1])),
        list(itertools.starmap(pow, [(n, 2), (x, n)])), list(itertools.takewhile(lambda v: v < n, itertools.count())),
        list(itertools.dropwhile(lambda v: v < n, range(5))), list(itertools.filterfalse(lambda v: v % n, range(6))),
        [(k, list(g)) for k, g in itertools.groupby(sorted(xs), key=lambda v: v > n)], list(map(lambda a, b: a + b, xs, xs)),
        list(filter(None, xs)), functools.reduce(lambda a, b: a * b, xs), functools.reduce(operator.add, xs, n),
        heapq.nlargest(n, xs), heapq.nsmallest(n, xs, key=lambda v: -v), list(heapq.merge(sorted(xs), [n])),
        bisect.bisect(sorted(xs), n), bisect.bisect_left(sorted(xs), n, 0, n), sum(v for v in xs if v > 1), next(iter([]), n)
        """,
    "aggregates": """
        sum(xs), sum(xs, n), sum([[n]], []), min(xs), max(xs, default=n), max([], default=n), min(n, *xs), any(xs), all(xs),
        round(x), round(x, n), round(x, None), round(n, -1), divmod(x, n), pow(x, n), pow(n, n, 7), pow(n + 1, -1, 7), abs(-n),
        math.fsum(xs), math.prod(xs, start=n), math.hypot(*xs), math.dist(xs, xs[::-1]), math.gcd(n, 6), math.lcm(n, 4),
        math.comb(9, n), math.factorial(n), math.isqrt(n), math.log(n, 3), math.isclose(n, n + 1e-12), math.copysign(n, -1),
        math.ldexp(x, n), math.frexp(x), math.modf(x), math.floor(x), math.ceil(x), math.trunc(-x), math.atan2(n, 1),
        statistics.mean(xs), statistics.stdev(xs), statistics.quantiles(xs, n=n), statistics.linear_regression(xs, xs[::-1]),
        statistics.NormalDist(n, x).inv_cdf(0.3), statistics.median(xs), statistics.correlation(xs, xs[::-1])
        """,
    "methods and conversions": """
        x.hex(), float.fromhex(x.hex()), x.as_integer_ratio(), n.as_integer_ratio(), x.is_integer(), float.is_integer(x),
        n.bit_length(), n.bit_count(), n.to_bytes(4, "big"), int.from_bytes(bytes(n), "little"), n.conjugate(), n.real, x.imag,
        n.numerator, x.__add__(n), int.__add__(n, n), n.__index__(), x.__float__(), float(n), int(x), bool(n), complex(x),
        float(str(x)), int(str(n)), int("12", n + 10), type(x)(n), operator.add(n, x), operator.index(n), operator.itemgetter(0)([x]),
        operator.attrgetter("real")(x), operator.methodcaller("is_integer")(x), n << n, n >> 1, n & 6, n | 8, n ^ 5, ~n, -x, +n,
        n // 2, x // n, x % n, -n % 5, 2 ** n, n ** -1, (-8.0) ** (1 / 3), x == n, n != 2, hash(x) == hash(2.5), -0.0 * n,
        10 ** 30 * n, (10 ** 30 + n) % 7, 1e308 * 10 * n, float("nan") * x != 0, n / 3
        """,
    "complex": """
        complex(n, x), complex(n, x) ** 2, x - 1j, 1j * n, abs(complex(3, 4) * n), cmath.sqrt(-n), cmath.exp(1j * x),
        cmath.polar(complex(n, x)), cmath.rect(x, n), cmath.phase(complex(n, x)), (x + 1j).conjugate(), complex(n, x).real,
        complex(n, x) == n, complex("1+2j") * n, complex(x), sum([complex(n, 1), x])
        """,
    "fractions and decimals": """
        Fraction(n, 7) + n, n + Fraction(n, 7), Fraction(n, 7) * x, Fraction(n, 7) ** n, Fraction(n, 7) < x, n > Fraction(n, 7),
        Fraction(x), Fraction(str(x)), Fraction(x).limit_denominator(n), round(Fraction(n, 7), 2), divmod(Fraction(n, 7), n),
        n % Fraction(n, 7), str(Fraction(n, 7)), math.floor(Fraction(n, 7)), Decimal(n) + n, n - Decimal(n), Decimal(n) ** n,
        Decimal(n) / 7, Decimal(n) < n + 1, Decimal(x).quantize(Decimal("0.01")), Decimal(str(x)).sqrt(), f"{Decimal(n):.1f}",
        Decimal((0, (1, n), -1)), Decimal(n).fma(2, n), int(Decimal(x)), float(Decimal(n)), Decimal.from_float(x),
        sum([Decimal(n), 1]), max(Decimal(n), 1), hash(Fraction(n, 7)) == hash(Fraction(n, 7)), Fraction(n, 7).numerator
        """,
    "dates": """
        datetime.timedelta(days=n, seconds=x), datetime.timedelta(days=n) * x, n * datetime.timedelta(1), datetime.timedelta(n) / x,
        datetime.timedelta(n) // n, datetime.date(2020, n, n) + datetime.timedelta(n), datetime.datetime(2020, n, n, n).isoformat(),
        datetime.timedelta(n).total_seconds() * x, datetime.datetime.fromtimestamp(x, datetime.timezone.utc),
        datetime.timezone(datetime.timedelta(hours=n)), calendar.monthrange(2020, n), calendar.isleap(2000 + n),
        time.strftime("%Y", time.gmtime(x)), datetime.date.fromordinal(n + 700000).weekday()
        """,
    "stored and sent": """
        struct.pack("<id", n, x), struct.unpack("<d", struct.pack("<d", x)), json.dumps({"a": x, "b": [n, x > 1]}),
        json.loads(json.dumps([n, x])), pickle.loads(pickle.dumps([n, x])), copy.copy([n, x]), copy.deepcopy({"a": [n, x]}),
        re.sub("a", lambda m: str(n), "banana", count=n), re.compile("a{%d}" % n).findall("aaaa"), zlib.crc32(b"a", n),
        hashlib.sha256(bytes(n)).hexdigest()[:n], io.StringIO("abc").read(n), list(csv.reader(["1,2"])), sys.getsizeof(n) > 0
        """,
    "random numbers from a seed": """
        random.Random(n).random(), random.Random(x).randint(1, n), random.Random(n).choices([1, 2, n], weights=[n, 1, 2], k=n),
        random.Random(n).sample(range(10), n), random.Random(n).gauss(0, n), random.Random(n).randrange(0, 100, n),
        random.Random(n).getrandbits(n * 8), random.Random(n).randbytes(n), random.seed(n), random.random(), random.uniform(x, n)
        """,
}


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("call", ["f(2, 2.5, [3.0, 1.5, 2.25])", "f(3, 0.125, [3, 1, 2])"])
def test_what_python_does_with_a_number_it_does_with_a_value(group, call):
    text = f"{IMPORTS}\ndef f(n, x, xs):\n    return ({GROUPS[group].strip()},)"
    assert_faithful(text, call)


CONNECTED = """
float(x); x * 1.0; pow(x, 2); x.conjugate(); x.as_integer_ratio()[0]; complex(x, 1).real; abs(x); round(x, 2); math.fsum([x, 1.0])
sum([x, 1]); max(x, 0.0); functools.reduce(operator.mul, [x, 2.0]); operator.add(x, 1); statistics.fmean([x, 1.0]); Fraction(x) + 1
math.frexp(x)[0]; math.modf(x)[0]; struct.unpack("<d", struct.pack("<d", 2.0))[0] * x; cmath.exp(x).real; x ** 0.5; divmod(x, 2)[1]
copy.deepcopy([x])[0]; sorted([x, 1.0])[1]; heapq.nlargest(1, [x])[0]; next(iter([x])); list(map(math.sqrt, [x]))[0]; -x; x // 1
[*itertools.accumulate([x, 1.0])][1]; operator.itemgetter(0)([x]); dict(a=x)["a"]; math.dist([x], [1.0]); Decimal(x) * 2; x.real
max((x, 1), (0, 2))[0]; sum([[x], [1]], [])[0]; min(zip([x], [1]))[0]
math.hypot(x, 1.0); math.prod([x, 2.0]); math.ldexp(x, 2); (lambda v: v)(x); statistics.NormalDist(x, 1.0).mean; x - 1 if x > 0 else 0
"""


@pytest.mark.parametrize(
    "expression", [e.strip() for e in CONNECTED.replace("\n", ";").split(";") if e.strip()]
)
def test_data_flows_through(expression):
    text = f"{IMPORTS}\ndef f(x):\n    return {expression}"
    assert_faithful(text, "f(2.5)", connected=("x",))


def test_what_leaves_the_graph_is_listed_with_its_place():
    text = "import json\ndef f(x, xs, n):\n    return json.dumps(x), xs[n], {n: 1}, f'{x}', int(str(n))"
    record = assert_faithful(text, "f(2.5, [1.0, 2.0], 1)", connected=("x", "n"), control=True)
    assert {(leak.how, leak.text) for leak in record.leaks} >= {
        ("text", "json.dumps(x)"),
        ("index", "xs[n]"),
        ("hash", "{n: 1}"),
    }
    assert all(leak.span is not None for leak in record.leaks)


def test_an_object_of_c_carries_the_numbers_put_into_it():
    text = "import array, random\ndef f(x, s):\n    a = array.array('d')\n    a.append(x)\n"
    text += "    r = random.Random(s)\n    return a.pop(), r.random()"
    assert_faithful(text, "f(2.5, 7)", connected=("x", "s"))


def test_attributes_of_c_objects_get_true_numbers():
    text = """
    import decimal
    def f(n):
        with decimal.localcontext() as context:
            context.prec = n
            context.Emax = n * 1000
            return decimal.Decimal(1) / 3, context.prec
    """
    record = assert_faithful(text, "f(6)", connected=("n",), control=True)
    assert any(leak.how == "call" for leak in record.leaks)


@pytest.mark.parametrize("x", [2, Fraction(1, 3)])
def test_a_decimal_compares_itself_with_a_traced_rational(x: int | Fraction) -> None:
    small = Decimal("0.1")

    def f(x: int | Fraction) -> list[object]:
        return [small < x, small >= x, small == x, x < small, sorted([Decimal(3), x, small])]

    assert run(f, (x,)).record.result == f(x)


def test_inputs_that_are_one_object_stay_one_object() -> None:
    def f(x: float, y: float) -> tuple[bool, bool, bool]:
        return x is y, x is x + 0.0, y is not x

    one = 1.5
    assert run(f, (one, one)).record.result == f(one, one) == (True, False, False)
