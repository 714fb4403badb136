"""Classes of every kind behave as they do plain, and their arithmetic is on the graph."""

from faithful import assert_faithful

VECTOR = """
import math
class Vector:
    __slots__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
    def __add__(self, other): return Vector(self.x + other.x, self.y + other.y)
    def __mul__(self, k): return Vector(self.x * k, self.y * k)
    __rmul__ = __mul__
    def __abs__(self): return math.hypot(self.x, self.y)
    def __bool__(self): return self.x != 0 or self.y != 0
    def __len__(self): return int(self.x)
    def __hash__(self): return 31 * hash(self.x) + hash(self.y)
    def __eq__(self, other): return (self.x, self.y) == (other.x, other.y)
    def __float__(self): return self.x
    def __int__(self): return int(self.x)
    def __index__(self): return int(self.x)
    def __complex__(self): return self.x + self.y * 1j
    def __repr__(self): return f"({self.x:.1f}, {self.y!r})"
    def __iter__(self):
        yield self.x
        yield self.y
"""


def test_operators_of_a_class_with_slots_are_traced_from_either_side():
    text = VECTOR + "def f(a, k):\n    return abs(k * Vector(a, 1.0) * 2 + Vector(*Vector(1.0, a)))"
    assert_faithful(text, "f(3.0, 0.5)", connected=("a", "k"))


def test_what_the_interpreter_converts_with_gets_true_numbers():
    text = VECTOR + (
        "def f(a, k):\n    v = Vector(a, k)\n"
        "    return (1 if v else 0), len(v), {v: 1}[Vector(a, k)], [5, 6, 7, 8][v], range(v), not v, str(v)"
    )
    assert_faithful(text, "f(3.0, 0.5)", connected=("a", "k"), control=True)


def test_a_conversion_asked_for_by_name_keeps_the_link():
    for expression in ("float(v)", "int(v)", "complex(v)", "math.sqrt(v)"):
        text = VECTOR + f"def f(a):\n    v = Vector(a, 1.0)\n    return {expression}"
        assert_faithful(text, "f(2.25)", connected=("a",))


def test_a_conversion_that_returns_the_wrong_type_fails_as_it_does_plain():
    assert_faithful(
        "class A:\n    def __bool__(self): return 2\ndef f(x):\n    return x if A() else 0", "f(1.5)"
    )


def test_a_property_its_setter_and_its_deleter_are_traced():
    text = """
    import math
    class Square:
        def __init__(self, side): self.side = side
        @property
        def area(self): return self.side ** 2
        @area.setter
        def area(self, a): self.side = math.sqrt(a)
        @area.deleter
        def area(self): self.side = 0.0
    def f(a):
        s = Square(a); s.area = s.area * 2; before = s.side; del s.area
        return before, s.side
    """
    assert_faithful(text, "f(3.0)", connected=("a",))


def test_a_property_in_the_place_of_a_slot_is_not_asked_when_the_run_is_over():
    text = """
    asked = []
    class Point:
        __slots__ = ("x", "y")
    class Constant(Point):
        @property
        def x(self):
            asked.append("x")
            return 2.0
    def f(a, point=Constant()):
        point.y = a * point.x
        return point.y
    """
    assert_faithful(text, "f(3.0)", connected=("a",))


def test_a_cached_property_is_computed_once_and_traced():
    text = """
    import functools, math
    count = [0]
    class A:
        def __init__(self, x): self.x = x
        @functools.cached_property
        def root(self):
            count[0] += 1
            return math.sqrt(self.x)
    def f(x):
        a = A(x)
        return a.root + a.root
    """
    assert_faithful(text, "f(3.0)", connected=("x",))


def test_descriptors_metaclasses_and_hooks_of_subclassing_run_once():
    text = """
    class Positive:
        def __set_name__(self, owner, name): self.name = "_" + name
        def __get__(self, obj, owner=None): return self if obj is None else getattr(obj, self.name) * 2
        def __set__(self, obj, value):
            if value < 0: raise ValueError(f"negative {value}")
            setattr(obj, self.name, value)
    class Meta(type):
        made = []
        def __call__(cls, *args):
            Meta.made.append((cls.__name__, args))
            return super().__call__(*args)
    class Base(metaclass=Meta):
        width = Positive()
        def __init_subclass__(cls, scale=1, **more):
            super().__init_subclass__(**more)
            cls.scale = scale
        def __init__(self, width): self.width = width
    class Child(Base, scale=3):
        def __init__(self, width): super().__init__(width + 1); self.__secret = width
        def tell(self): return self.width * self.scale + self.__secret
    def f(x):
        try: Child(-x - 5)
        except ValueError as error: said = str(error)
        return Child(x).tell(), said, Meta.made
    """
    assert_faithful(text, "f(2.5)", connected=("x",))


def test_class_level_counters_and_registries_hold_plain_numbers_afterwards():
    text = """
    class Counter:
        made = 0
        known = {}
        def __init__(self, x):
            Counter.made += 1
            type(self).known[x] = self
            self.x = x
    def f(x): return [Counter(x).x, Counter(x * 2).x, Counter.made]
    """
    assert_faithful(text, "f(2.5)")


def test_getattr_getitem_missing_contains_and_call_are_traced():
    text = """
    class Fluid:
        def __init__(self, T): self.T = T
        def __getattr__(self, name):
            if name.startswith("_"): raise AttributeError(name)
            return lambda k: self.T * k
        def __getitem__(self, i): return self.T + i
        def __contains__(self, x): return x > self.T
        def __call__(self, k=2): return self.T ** k
    class Squares(dict):
        def __missing__(self, key):
            self[key] = key * key
            return self[key]
    def f(T):
        fluid, squares = Fluid(T), Squares()
        return fluid.anything(3.0), fluid[1], 500 in fluid, fluid(), squares[T] + squares[T], len(squares)
    """
    assert_faithful(text, "f(300.0)", connected=("T",))


def test_subclasses_of_containers_keep_their_attributes_and_methods():
    text = """
    class Numbers(list):
        def total(self): return sum(self) * self.scale
        def append(self, x): super().append(x + 1)
    def f(x):
        n = Numbers([x, 1.0]); n.scale = x; n.append(x)
        return n, n.total()
    """
    assert_faithful(text, "f(2.0)", connected=("x",))


def test_dataclasses_of_every_kind():
    text = """
    import dataclasses, math
    @dataclasses.dataclass
    class Point:
        x: float
        y: float = 1.0
        tags: list = dataclasses.field(default_factory=list)
        def __post_init__(self): self.r = math.hypot(self.x, self.y)
    @dataclasses.dataclass(frozen=True, order=True)
    class Price:
        amount: float
        def scaled(self, k): return dataclasses.replace(self, amount=self.amount * k)
    @dataclasses.dataclass(slots=True)
    class Pair:
        a: float
        b: float = 0.5
    def f(x):
        p = Point(x); p.tags.append(x); q = Price(x)
        out = [p, q, q.scaled(3), q < Price(9.0), {q: 1}[Price(x)], Pair(x), dataclasses.asdict(p), p == Point(x)]
        try: q.amount = 3
        except dataclasses.FrozenInstanceError as error: out.append(str(error))
        return out
    """
    assert_faithful(text, "f(2.5)", connected=("x",))


def test_named_tuples_enums_and_total_ordering():
    text = """
    import collections, enum, functools, typing
    class Item(typing.NamedTuple):
        price: float
        count: int = 3
        def total(self): return self.price * self.count
    Pair = collections.namedtuple("Pair", "u v", defaults=[2])
    class Level(enum.IntEnum):
        LOW = 1
        HIGH = 2
    class Flags(enum.IntFlag):
        R = 4
        W = 2
    @functools.total_ordering
    class Version:
        def __init__(self, n): self.n = n
        def __eq__(self, other): return self.n == other.n
        def __lt__(self, other): return self.n < other.n
    def f(x, n):
        return (Item(x).total(), Item(x)._replace(count=n), Pair(n), Pair(n)._asdict(), Level(n), Level(n) + n,
                n + Level.HIGH, Level.LOW < n, Flags(n | 4), Flags.R | n, Version(n) >= Version(2), max(n, Level.HIGH))
    """
    assert_faithful(text, "f(2.5, 1)", connected=("x", "n"))


def test_subclasses_of_numbers_keep_their_own_operators_on_either_side():
    text = """
    class Money(float):
        def __new__(cls, v, unit="EUR"):
            self = float.__new__(cls, v)
            self.unit = unit
            return self
        def __mul__(self, k): return Money(float(self) * k, self.unit + "*")
        def __rmul__(self, k): return Money(float(self) * k, "*" + self.unit)
    class Ten(int):
        def __add__(self, o): return Ten(int(self) + int(o) + 100)
        __radd__ = __add__
    def f(x, n):
        return [(m.unit, m) for m in (Money(x) * x, x * Money(x))], Ten(n) + n, n + Ten(n), n - Ten(2), x + Money(x)
    """
    assert_faithful(text, "f(2.5, 3)")


def test_abstract_classes_and_protocols_refuse_as_they_do_plain():
    text = """
    import abc
    class Shape(abc.ABC):
        @abc.abstractmethod
        def area(self): ...
        def double(self): return self.area() * 2
    class Disc(Shape):
        def __init__(self, r): self.r = r
        def area(self): return 3.0 * self.r ** 2
    def f(r):
        try: Shape()
        except TypeError as error: said = str(error)
        return Disc(r).double(), isinstance(Disc(r), Shape), said
    """
    assert_faithful(text, "f(2.0)", connected=("r",))


def test_classes_made_inside_a_function_have_their_own_name():
    text = """
    def f(x):
        class Local:
            k = x
            def value(self): return self.k * 2
        def inner(): return Local().value()
        return inner(), Local.__qualname__, inner.__qualname__, Local.value.__qualname__, type("Made", (Local,), {"k": 3})().value()
    """
    assert_faithful(text, "f(2.0)", connected=("x",))


def test_an_object_passed_in_is_traced_through_its_own_operators():
    text = (
        VECTOR
        + "ZERO = Vector(0.0, 0.0)\ndef f(v, k):\n    return abs(v * k + v) if v and not ZERO else ZERO"
    )
    assert_faithful(text, "f(Vector(3.0, 4.0), 2.0)", connected=("k",))


def test_a_repr_that_fails_spoils_nothing():
    text = "class A:\n    def __repr__(self): raise ValueError('no')\ndef f(x):\n    return [A(), x * 2]"
    record = assert_faithful(text, "f(2.0)")
    assert "list object" in record.text


def test_a_class_is_traced_however_its_objects_are_made():
    program = """
    class Exact:
        def __truediv__(self, other):
            assert type(self.value) in (int, float)
            return bare(self.value / other.value)
    new = object.__new__
    def bare(value):
        made = new(Exact)
        made.value = value
        return made
    def f(x):
        return (bare(x) / bare(4.0)).value
    """
    assert_faithful(program, "f(2.0)", connected=("x",))


UNIT = """
class Unit:
    def __init__(self, size): self.size = size
    def __mul__(self, x): return type(x) is float, x * self.size * 3.0
    def __rmul__(self, x): return type(x) is float, 2.0 * x * self.size
class Slotted:
    __slots__ = ("unit",)
class Box: pass
box, slotted, units = Box(), Slotted(), {"m": [Unit(0.25)]}
box.unit = slotted.unit = Unit(1.5)
def around(unit):
    def inner(x): return unit * x
    return inner
"""


def test_methods_that_operators_call_are_converted_wherever_their_object_came_from():
    for text in (
        *("box.unit * x", "slotted.unit * x", "x * box.unit", "units['m'][0] * x"),
        *("around(Unit(7.0))(x)", "[box.unit][0] * x"),
    ):
        assert_faithful(f"{UNIT}def f(x):\n    return {text}", "f(2.0)")
    assert_faithful(
        f"{UNIT}def g(u, x):\n    return u * x, x * u\ndef f(x):\n    return g(units['m'][0], x)", "f(2.0)"
    )


def test_a_method_may_speak_of_its_own_name():
    text = """
    class Kind:
        def name(self, x):
            class Inner: title = "Inner"
            return "name", x * 2.0, Inner.title, Inner.__qualname__
    def f(x): return Kind().name(x)
    """
    record = assert_faithful(text, "f(2.0)", connected=("x",))
    assert record.result[0] == "name"
