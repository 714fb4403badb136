"""Statements, functions and generators of every kind run traced as they run plain."""

import pytest
from faithful import assert_faithful

PROGRAMS = {
    "closures keep and change what they captured": """
        def f(x, n):
            total = x
            def add(by=n):
                nonlocal total
                total += by
                return total
            late = [lambda v: v * k for k in range(n)]
            early = [lambda v, k=k: v * k for k in range(n)]
            return add(), add(2), [g(x) for g in late], [g(x) for g in early], add.__defaults__
        """,
    "generators send, throw, return and delegate": """
        def g(k):
            total = 0
            while True:
                try:
                    got = yield total
                    if got is None: break
                    total += got * k
                except ValueError as error:
                    total = -total
                    yield str(error)
                finally:
                    total += 1
            return total
        def outer(x):
            done = yield from g(x)
            yield "done", done
        def f(x, n):
            it = g(x)
            out = [next(it), it.send(n), it.throw(ValueError("v")), next(it, None)]
            o = outer(x)
            out += [next(o), o.send(n), o.send(None), sum(v * x for v in range(n)), list(o)]
            def h():
                yield 1
                return n * x
            try:
                z = h(); next(z); next(z)
            except StopIteration as stop: out.append(stop.value)
            return out
        """,
    "a generator is traced to its end": "def f(x, n):\n    for i in range(n):\n        yield i * x\n    return x",
    "comprehensions and the walrus": """
        def f(x, n):
            if (double := x * 2) > n: n += 1
            return ([y for q in range(n) if (y := q * x) > 1], {k: v * x for k, v in {"a": n}.items()},
                    {v % 2 for v in range(n)}, [[i * j * x for j in range(i)] for i in range(n)], double,
                    sum(v for v in [x, n]), (lambda: [x for _ in range(2)])())
        """,
    "loops with else, break and continue": """
        def f(x, n):
            out = []
            for i in range(n):
                if i == 1: continue
                if i * x > 100: break
            else: out.append("no break")
            while n > 0:
                n -= 1
                if n == 1: continue
            else: out.append(n)
            for i, (a, *b) in enumerate([(x, n, 1), (2, x)]): out.append((i, a, b))
            return out
        """,
    "match looks through values": """
        import dataclasses
        @dataclasses.dataclass
        class P:
            x: float
            y: float = 1.0
        def f(x, n):
            out = []
            match P(x):
                case P(x=px, y=1.0): out.append(px * 2)
            match [x, n, {"k": x, "z": n}]:
                case [float(a), int(i), {"k": k, **rest}] if a > 1: out.append((a, i, k, rest))
            for v in (n, x, (n, x), [1, 2], "s", None, True, -1, n > 1):
                match v:
                    case True | False: out.append("bool")
                    case 1 | 2 | 3: out.append("small")
                    case -1: out.append("minus")
                    case float() as q: out.append(q)
                    case (3, _) | [1, *_]: out.append("pair")
                    case str() | None: out.append("none")
                    case _: out.append("else")
            return out
        """,
    "assignments of every form": """
        class Box: pass
        def f(x, n):
            a, *b, c = [x, n, 1, 2]
            (d, e), g = (n, x), a
            h = i = n
            h += 1
            xs = [x, n]; xs[0] += 1; xs[-1] *= x; xs[0], xs[1] = xs[1], xs[0]
            box = Box(); box.v = x; box.v **= 2; box.v //= 3; box.w = box.v % n
            m = {"a": n}; m["a"] -= x; m[n] = m.get(n, 0) + x
            k: float = x
            n <<= 2; n |= 1; n ^= 3; n &= 15; n >>= 1
            return a, b, c, d, e, g, h, i, xs, vars(box), m, k, n
        """,
    "deleting, unbound and global names": """
        G = 10
        state = {"n": 0}
        def f(x, n):
            global G
            G += x
            state["n"] += n
            globals()["NEW"] = x * 2
            a = x
            del a
            try: a
            except UnboundLocalError as error: said = str(error)
            try: nothing
            except NameError as error: said += str(error)
            return G, said, NEW
        """,
    "arguments of every kind": """
        def g(a, /, b, *c, d=3, **e): return a, b, c, d, e
        def mut(x, acc=[]): acc.append(x); return list(acc)
        def f(x, n):
            out = [g(x, n), g(1, 2, 3, 4, d=x, z=n), g(*[1, x], **{"q": n}), mut(x), mut(n)]
            for bad in (lambda: g(), lambda: g(x), lambda: g(1, 2, a=3), lambda: (lambda a: a)(b=n), lambda: f(1, 2, 3)):
                try: bad()
                except TypeError as error: out.append(str(error))
            return out
        """,
    "decorators of every kind": """
        import functools
        def twice(f):
            @functools.wraps(f)
            def w(*a, **k):
                w.calls += 1
                return f(*a, **k) * 2
            w.calls = 0
            return w
        def times(n):
            return lambda f: lambda *a: [f(*a) for _ in range(n)]
        @twice
        def d(x, k=1): return x + k
        @times(3)
        def r(x): return x * 1.5
        @functools.singledispatch
        def kind(x): return "object"
        @kind.register
        def _(x: int): return x + 1
        @kind.register(float)
        def _(x): return x / 2
        class M:
            def base(self, a, b=1): return a * b
            double = functools.partialmethod(base, b=2)
            @staticmethod
            def s(k): return k + 1
            @classmethod
            def c(cls, k): return cls().base(k, 3)
        def f(x, n):
            return d(x), d(x, k=n), d.calls, d.__name__, r(x), kind(x), kind(n), kind("a"), M().double(x), M.s(x), M.c(n), \
                functools.partial(d, k=x)(1), functools.partial(pow, n)(x), functools.reduce(lambda a, b: a * b, [x, n, 2.0])
        """,
    "contexts enter, leave and swallow": """
        import contextlib, math
        log = []
        @contextlib.contextmanager
        def tag(name, x):
            log.append(("in", name))
            try: yield x * 2
            except ZeroDivisionError as error: log.append(str(error))
            finally: log.append(("out", name))
        class Swallow:
            def __init__(self, v): self.v = v
            def __enter__(self): self.v += 1; return self
            def __exit__(self, kind, error, tb): self.v *= 2; return kind is KeyError
        def f(x, n):
            with tag("a", x) as y, Swallow(n) as s: y += s.v
            with tag("b", x) as z: z = z / 0
            with Swallow(x) as t: raise KeyError(n)
            with contextlib.suppress(ValueError): math.sqrt(-x)
            with contextlib.ExitStack() as stack: stack.callback(log.append, "end")
            return y, s.v, t.v, z, log
        """,
    "caches that are cold, shared and already warm": """
        import functools, math
        calls = []
        @functools.lru_cache(maxsize=None)
        def fib(n):
            calls.append(n)
            return n if n < 2 else fib(n - 1) + fib(n - 2)
        @functools.lru_cache(maxsize=4)
        def power(x, n=2): return x ** n
        factorial = functools.lru_cache(maxsize=8)(math.factorial)
        fib(5); power(2.0); power(3.0, n=3); factorial(4)
        def f(x, n):
            return fib(n + 5), [fib(i) for i in range(9)], fib.cache_info(), power(x), power(3.0, n=3), \
                power.cache_info(), calls, factorial(4), factorial(n), factorial.cache_info()
        """,
    "recursion, mutual and through a lambda": """
        def even(n): return True if n == 0 else odd(n - 1)
        def odd(n): return False if n == 0 else even(n - 1)
        def ackermann(m, n):
            if m == 0: return n + 1
            return ackermann(m - 1, 1 if n == 0 else ackermann(m, n - 1))
        fact = lambda n: 1 if n < 2 else n * fact(n - 1)
        def f(x, n): return even(n), ackermann(2, n), fact(n) * x
        """,
    "truth, identity and chained comparison": """
        def f(x, n):
            b = x < n
            out = [b is True, (x == n) is not False, x is x, None is x, x is not n, b and 5, not b, (not b) is False,
                   1 < x < n < 5, x if n else 0, n and x or 1, not x, x == x != n, x in [1, 2.5], n not in (3,), bool(x)]
            if (x < n) is True: out.append(1)
            assert x > 0, "no"
            try: assert x < 0, f"bad {x}"
            except AssertionError as error: out.append(error.args)
            return out
        """,
    "types are those of the plain numbers": """
        import itertools, numbers
        def f(x, n):
            return (type(x) is float, type(n) in (int, float), type(x) == float, type(n).__name__, x.__class__,
                    isinstance(n, numbers.Rational), isinstance(x, numbers.Real), issubclass(type(n), int),
                    {type(v) for v in (x, n)}, [k for k, _ in itertools.groupby([x, n, 1, 2.0], type)],
                    list(map(type, [x, n])), type(x)(n), {int: "i", float: "f"}[type(n)], x.__class__(5), type(n > 1))
        """,
    "eval, exec, locals and vars see the function's own names": """
        def f(x, n):
            made = {}
            exec("y = n * 2", {"n": n}, made)
            return eval("x + n"), eval("a * 2", {"a": x}), made, sorted(locals()), sorted(vars()), sorted(dir()), locals()["x"]
        """,
    "private names are mangled": """
        class A:
            __k = 2.0
            def __init__(self, x): self.__x = x
            def value(self, other): return self.__x * self.__k + other.__x
        class _B(A):
            def __secret(self, __y): return __y + 1
            def open(self): return self.__secret(self._A__x)
        def f(x, n): return A(x).value(A(n)), vars(A(x)), _B(x).open()
        """,
    "what is printed is printed once": """
        import sys
        def f(x, n):
            print(x, n, [x], {"a": x}, f"{x}", sep="|", end="!")
            print("%s %d" % (x, n))
            sys.stdout.write(str(x))
            print(x, file=sys.stderr)
            return x
        """,
}


@pytest.mark.parametrize("truth", PROGRAMS)
@pytest.mark.parametrize("call", ["f(2.5, 3)", "f(1.0, 4)"])
def test_a_program_runs_traced_as_it_runs_plain(truth, call):
    assert_faithful(PROGRAMS[truth], call)


def test_data_flows_through_closures_generators_and_comprehensions():
    text = """
    def f(x, y, z):
        def g(k):
            for i in range(3): yield k * i
        add = lambda a, b=y: a + b
        return sum(g(x)) + add(1.0) + max([q * z for q in (1.0, 2.0)])
    """
    assert_faithful(text, "f(1.0, 2.0, 3.0)", connected=("x", "y", "z"))


def test_branches_indices_counts_and_keys_are_connected_by_control():
    text = (
        "def f(a, b, c, d):\n    return [1.0, 2.0, 3.0][b] * ({5: 2.0}[c]) * len(range(d)) if a > 1 else 0.0"
    )
    assert_faithful(text, "f(2.5, 1, 5, 3)", connected=("a", "b", "c", "d"), control=True)
