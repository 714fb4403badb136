"""Exceptions, tracebacks, warnings, depth, frames and threads are those of the plain run."""

import sys
import threading

import pytest
from faithful import assert_faithful, load

from tracer.run import run

WRONG = """
math.sqrt(-x); math.log(0 * x); math.acos(x * 9); x / 0; n // 0; n % 0; x % 0.0; divmod(n, 0); 0 ** -n; 0.0 ** -x; (10.0 * x) ** 1000
math.exp(1e4 * x); int("a"); int(float("nan") * x); int(float("inf") * x); n + "a"; "a" + n; [1] + n; n + [1]; n[0]; x(); len(x); iter(n)
[1][n]; {}[n]; {}[x]; (1,)[x]; "abc"[x]; range(x); [1] * x; n.foo; x.bar(); n << -n; x << 1; x & 1; ~x; n < "a"; "a" < n; x < None
(1 + 2j) < x; max([]); max(n); sum(n); sum(["a", n]); min(n, "a"); sorted([n, "a"]); math.factorial(-n); math.factorial(x); math.gcd(x, 1)
math.comb(n, x); math.sin("a"); math.sin(); math.atan2(n); math.fsum(n); math.isqrt(-n); chr(-n); bytes(-n); float("x"); complex("x")
Fraction(n, 0); Fraction(x, n); Decimal("z"); Decimal(n) + x; Decimal(n) / 0; f"{n:.2q}"; "%d" % "a"; "%d %d" % n; "%s" % (n, x)
format(x, "d"); "{:d}".format(x); next(n); dict(n); list(n); zip(n); enumerate(n); reversed(n); pow(n, -1, 9 * n); pow(n, x, 3); pow(n, 2, 0)
int(n, 10); isinstance(n, n); getattr(n, x); "a".join([n]); [1, 2].index(n + 50); [].pop(n); n @ x; n.real(); random.randint(n, 0)
random.sample([1], n); statistics.mean([]); datetime.date(n, 13, 1); datetime.date(2020, x, 1); itertools.combinations([1], x)
n.to_bytes(0, "big"); json.dumps({n: {x}}); hash([n]); ord(n); bin(x); n.bit_length(1); x.is_integer(n); (lambda a: a)(n, x); undefined + n
str(10 ** 5000 * n); float(10 ** 400 * n); 10 ** 400 / n; math.sqrt(10 ** 400 * n); round(float("inf") * x); complex(n, "a"); bool(n, x)
"""


@pytest.mark.parametrize("line", [line for line in WRONG.splitlines() if line])
def test_an_error_has_the_type_the_message_and_the_traceback_of_the_plain_run(line):
    for expression in line.split(";"):
        text = "import math, random, statistics, datetime, itertools, json\nfrom fractions import Fraction\n"
        text += f"from decimal import Decimal\ndef f(n, x):\n    y = x * 1\n    return {expression.strip()}"
        assert_faithful(text, "f(3, 2.5)")


def test_a_handler_sees_the_plain_traceback():
    text = """
    import math, sys, traceback
    def g(y): return math.log(y)
    def f(x):
        try: return g(-x)
        except ValueError as error:
            count, tb = 0, error.__traceback__
            while tb: count, tb = count + 1, tb.tb_next
            return traceback.format_exc(), count, sys.exc_info()[1].args, traceback.extract_tb(error.__traceback__)[-1].name
    def h(x):
        try: return 1 / (x - x)
        except ZeroDivisionError as error:
            try: raise ValueError("m", x) from error
            except ValueError: return traceback.format_exc()
    """
    assert_faithful(text, "f(2.0)")
    assert_faithful(text, "h(2.0)")


def test_an_exception_out_of_a_callback_of_c_is_the_same():
    text = """
    import functools
    def key(v):
        if v > 3: raise ValueError(f"too big {v}")
        return -v
    def f(xs): return sorted(xs, key=key)
    def g(xs): return list(map(lambda v: 1 / v, xs))
    def h(xs): return functools.reduce(lambda a, b: a / b, xs)
    """
    for call in ("f([1, 2])", "f([1, 5])", "g([1, 0])", "h([1.0, 0.0])"):
        assert_faithful(text, call)


def test_exceptions_chain_group_and_carry_plain_numbers():
    text = """
    class Bad(Exception):
        def __init__(self, value, limit):
            super().__init__(f"{value} > {limit}")
            self.value, self.limit = value, limit
    def f(x, n):
        out = []
        try: raise ValueError("m", x, n) from KeyError(x)
        except ValueError as error: out.append((error.args, error.__cause__.args))
        try: raise ExceptionGroup("g", [ValueError(x), TypeError(n)])
        except* ValueError as group: out.append(group.exceptions[0].args)
        except* TypeError as group: out.append(str(group.exceptions))
        try:
            try: 1 / 0
            finally: out.append("finally")
        except (ZeroDivisionError, ValueError) as error: out.append(str(error))
        else: out.append("else")
        return out
    def g(x, n): raise Bad(x * n, n)
    """
    assert_faithful(text, "f(2.5, 3)")
    assert_faithful(text, "g(2.5, 3)")


@pytest.mark.parametrize("call", ["down(500)", "down(5000)", "forever(1)", "caught(1)", "pair(1)"])
def test_recursion_goes_as_deep_as_plain_and_fails_as_plain(call):
    text = """
    def down(n): return 0 if n == 0 else 1 + down(n - 1)
    def forever(n): return forever(n + 1) + 1
    def ping(n): return pong(n) + 1
    def pong(n): return ping(n) + 1
    def pair(n):
        try: return ping(n)
        except RecursionError as error: return str(error)
    def caught(n):
        depth = 0
        def go():
            nonlocal depth
            depth += 1
            go()
        try: go()
        except RecursionError as error: return str(error), depth > 900
    """
    load(text)
    function, argument = call.rstrip(")").split("(")
    plain_module, traced_module = load(text), load(text)
    try:
        plain = getattr(plain_module, function)(int(argument))
    except RecursionError as error:
        plain = str(error)
    outcome = run(getattr(traced_module, function), (int(argument),))
    traced = str(outcome.error) if outcome.error else outcome.record.result
    assert traced == plain
    outcome.record.graph.check()


def test_the_recursion_limit_is_the_one_the_function_knows():
    text = "import sys\ndef f(n):\n    sys.setrecursionlimit(n)\n    return sys.getrecursionlimit()"
    before = sys.getrecursionlimit()
    try:
        assert_faithful(text, "f(3000)")
    finally:
        sys.setrecursionlimit(before)


def test_warnings_logs_and_frames_name_the_users_own_lines():
    text = """
    import inspect, io, logging, sys, warnings
    def f(x):
        def g(y):
            warnings.warn("careful", UserWarning, stacklevel=2)
            warnings.warn(f"v {y}")
            return [i.function for i in inspect.stack()[:2]], inspect.currentframe().f_code.co_name, sys._getframe(1).f_lineno
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(logging.Formatter("%(levelname)s %(lineno)d %(funcName)s %(message)s"))
        logger = logging.getLogger("a test of tracer")
        logger.addHandler(handler)
        logger.propagate = False
        logger.warning("x=%s %d %.2f", x, x, x)
        try: 1 / (x - x)
        except ZeroDivisionError: logger.exception("bad")
        logger.removeHandler(handler)
        return g(x), stream.getvalue()
    """
    assert_faithful(text, "f(2.5)")


def test_a_traced_function_may_start_threads():
    text = """
    import threading
    from concurrent.futures import ThreadPoolExecutor
    def f(x, n):
        out = []
        def work(k):
            for i in range(200): k = k * 1.0 + x
            out.append(k)
        threads = [threading.Thread(target=work, args=(i,)) for i in range(n)]
        for t in threads: t.start()
        for i in range(200): x = x * 1.0
        for t in threads: t.join()
        with ThreadPoolExecutor(2) as pool: more = list(pool.map(lambda v: v * x, range(n)))
        return sorted(out), more
    """
    assert_faithful(text, "f(1.5, 3)")


def test_two_traces_in_two_threads_never_meet():
    text = """
    class Box:
        def __init__(self, v): self.v = v
        def __add__(self, other): return Box(self.v + other.v)
    def f(x, n):
        total = Box(0.0)
        for i in range(n): total = total + Box(x * i)
        return total.v
    """
    module = load(text)
    found = {}

    def work(k):
        found[k] = run(module.f, (float(k), 300))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(1, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k, outcome in found.items():
        assert outcome.record.result == module.f(float(k), 300)
        assert outcome.record.graph.check().live() >= {outcome.record.inputs["x"]}


@pytest.mark.parametrize(
    "text",
    [
        "min({0.1: -8}, x)",
        "max(x, {1: 2}.keys())",
        "min(iter([1.0]), x)",
        "math.hypot({1: 2}, x)",
        "sum([x], {})",
    ],
)
def test_a_container_that_is_spoken_of_is_called_what_it_is(text):
    record = assert_faithful(f"import math\ndef f(x):\n    return {text}", "f(2.0)")
    assert record.error.type == "TypeError"


@pytest.mark.parametrize(
    "text", ["min({x: 1, 3.0: 2})", "sum({x: 1, 3.0: 2}.keys(), x)", "math.dist((x, 1.0), (0.0, x))"]
)
def test_a_container_that_is_gone_through_gives_its_numbers(text):
    assert_faithful(f"import math\ndef f(x):\n    return {text}", "f(2.0)", connected=("x",), control=True)
