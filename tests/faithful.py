"""Runs a program plain and traced, each in a fresh module of its own, and compares all that can be seen."""

import ast
import contextlib
import gc
import io
import itertools
import linecache
import re
import sys
import textwrap
import traceback
import types
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from tracer.errors import TracerError
from tracer.rewrite.passes import GENERATED
from tracer.run import run
from tracer.tape import Handle

__all__ = ["Seen", "assert_faithful", "both", "load", "observe", "picture"]

TESTS = str(Path(__file__).parent)
TRACER = str(Path(__file__).parent.parent / "tracer")
_ATOMS = (bool, int, float, complex, str, bytes, type(None), range, type(Ellipsis))
_numbers = itertools.count()


@dataclass
class Seen:
    """What can be seen of one run."""

    result: object = None
    error: object = None
    printed: str = ""
    warned: list = field(default_factory=list)
    arguments: object = None
    names: object = None


def load(text, name=None):
    """A module made of the text; its lines can be read as those of a file."""
    name = name or f"program_{next(_numbers)}"
    filename = f"<{name}>"
    text = textwrap.dedent(text)
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    module = types.ModuleType(name)
    module.__file__ = filename
    sys.modules[name] = module
    exec(compile(text, filename, "exec", dont_inherit=True), vars(module))
    return module


def picture(x, *, _names=None, _depth=0):  # noqa: C901  # one branch a kind of object
    """A text that tells two values apart whenever a user could: types, bits, order, attributes."""
    names = {} if _names is None else _names
    kind = type.__getattribute__(type(x), "__name__")
    assert not issubclass(type(x), Handle), f"a Value is left: {x!r}"
    if type(x) in _ATOMS:
        return repr(x)
    if id(x) in names:
        return f"#{names[id(x)]}"
    names[id(x)] = len(names)
    if _depth > 60:
        return f"<{kind}>"

    def inside(y):
        return picture(y, _names=names, _depth=_depth + 1)

    parts = []
    if isinstance(x, types.FunctionType | types.MethodType):
        function = getattr(x, "__func__", x)
        parts.append(function.__qualname__)
        parts += [inside(function.__defaults__), inside(function.__kwdefaults__)]
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            with contextlib.suppress(ValueError):
                if not name.startswith(GENERATED):
                    parts.append(inside(cell.cell_contents))
        if isinstance(x, types.MethodType):
            parts.append(inside(x.__self__))
        return f"<function {' '.join(sorted(parts))}>"
    if isinstance(x, types.ModuleType):
        return f"<module {x.__name__}>"
    if isinstance(x, type):
        members = ""
        if x.__module__.startswith("program_"):
            own = {k: v for k, v in vars(x).items() if not k.startswith("__") and not callable(v)}
            kept = {k: v for k, v in own.items() if type(v).__module__ == "builtins"}
            members = inside(kept) if kept else ""
        return f"<class {x.__qualname__}{members}>"
    if isinstance(x, dict):
        parts.append("{" + ", ".join(f"{inside(k)}: {inside(v)}" for k, v in dict.items(x)) + "}")
    elif isinstance(x, list | tuple):
        parts.append("[" + ", ".join(map(inside, type(x).__mro__[-2].__iter__(x))) + "]")
    elif isinstance(x, set | frozenset):
        parts.append("{" + ", ".join(map(inside, x)) + "}")
    elif isinstance(x, BaseException):
        parts += [inside(x.args), str(x), inside(x.__cause__), inside(getattr(x, "__notes__", None))]
    else:
        with contextlib.suppress(Exception):
            parts.append(re.sub(r"0x[0-9a-f]+", "0x", repr(x)))
    attributes = getattr(x, "__dict__", None)
    if isinstance(attributes, dict):
        parts += [f"{k}={inside(v)}" for k, v in attributes.items()]
    for base in type(x).__mro__:
        slots = base.__dict__.get("__slots__", ())
        for written in (slots,) if isinstance(slots, str) else slots:
            if written not in ("__dict__", "__weakref__"):
                private = written[:2] == "__" != written[-2:]
                name = f"_{base.__name__.lstrip('_')}{written}" if private else written
                with contextlib.suppress(AttributeError):
                    parts.append(f"{name}={inside(object.__getattribute__(x, name))}")
    return f"<{kind} {' '.join(parts)}>"


def observe(call, names=None, arguments=None):
    """Call and note everything a user could see."""
    seen = Seen()
    out, err = io.StringIO(), io.StringIO()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                result = call()
                seen.result = picture(result)
            except TracerError:
                raise
            except (Exception, SystemExit, KeyboardInterrupt) as error:
                lines = traceback.format_exception(error)
                assert not any(TRACER in line for line in lines), "".join(lines)
                seen.error = (type(error).__name__, str(error), _user_part(lines), picture(error.args))
    seen.printed = out.getvalue() + err.getvalue()
    seen.warned = [(w.category.__name__, str(w.message), w.filename, w.lineno) for w in caught]
    if arguments is not None:
        seen.arguments = picture(arguments)
    if names is not None:
        seen.names = picture({k: v for k, v in names.items() if not k.startswith("__")})
    return seen


def _user_part(lines):
    """A traceback without the frames of the harness, which the plain run alone has."""
    text = "".join(lines)
    parts = re.split(r'(?m)^(?=  File ")', text)
    return "".join(p for p in parts if f'File "{TESTS}' not in p)


def both(text, call, *, name=None):
    """Run `call` (an expression, `f(...)`) plain and traced, each in a fresh module.

    Returns:
        what was seen plain, what was seen traced, and the record.
    """
    name = name or f"program_{next(_numbers)}"
    node = ast.parse(call.strip(), mode="eval").body
    seen = []
    record = None
    for traced in (False, True):
        module = load(text, name)
        function, args, options = (eval(part, vars(module)) for part in _parts(node))
        before = (args, options)
        if traced:
            outcome = None

            def do(function=function, args=args, options=options):
                nonlocal outcome
                outcome = run(function, args, options)
                if outcome.error is not None:
                    raise outcome.error
                return outcome.record.result

            seen.append(observe(do, vars(module), before))
            record = outcome.record
        else:

            def do(function=function, args=args, options=options):
                result = function(*args, **options)
                return list(result) if _draws(result) else result

            seen.append(observe(do, vars(module), before))
    return *seen, record


def _draws(result):
    return hasattr(result, "__next__") and not isinstance(result, io.IOBase)


def _parts(node):
    """Source of the function, of the tuple of arguments, of the dict of keywords."""
    args = ast.Tuple(node.args, ast.Load())
    options = ast.Dict(
        [None if k.arg is None else ast.Constant(k.arg) for k in node.keywords],
        [k.value for k in node.keywords],
    )
    return [ast.unparse(ast.fix_missing_locations(part)) for part in (node.func, args, options)]


def assert_faithful(text, call, *, connected=(), control=False):
    """The traced run shows what the plain run shows, leaves no Value, and the graph is sound.

    Args:
        connected: names of the inputs that the graph must link to the result.
        control: count the numbers that steered the run as links too.

    Returns:
        the record.
    """
    before = {id(x._tape) for x in _values()}
    plain, traced, record = both(text, call)
    for what in ("error", "result", "printed", "warned", "arguments", "names"):
        assert getattr(traced, what) == getattr(plain, what), what
    record.graph.check()
    live = record.graph.live(control=control)
    missing = [name for name in connected if record.inputs[name] not in live]
    assert not missing, f"not connected: {missing}"
    assert_nothing_left(before)
    return record


def assert_nothing_left(before=()):
    """No Value that passes for a plain number is alive, but for those that were `before`."""
    left = [x for x in _values() if id(x._tape) not in before]
    assert not left, f"{len(left)} Values are left, among them {left[:3]}"


def _values():
    gc.collect()
    return [x for x in gc.get_objects() if isinstance(x, Handle) and x._tape.transparent]
