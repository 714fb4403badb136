"""The public names and their signatures are those of `public_names.txt`: a change of them is seen in a diff.

After a wanted change: TRACER_GOLD=1 python -m pytest tests/test_public_names.py
"""

import dataclasses
import inspect
import os
import re
from pathlib import Path

import tracer
from tracer import api, ops
from tracer.tape.value import Tape, Value

GOLD = Path(__file__).with_name("public_names.txt")
NAMES = {
    **{name: getattr(tracer, name) for name in tracer.__all__ if name not in ("trace", "__version__")},
    **{"Tape": Tape, "Value": Value},  # the same in Python and in C; those in Python have signatures
    "trace": api.Tracer,
    "ops.register": ops.register,
}
NOT_PINNED = {  # class -> why only its name is pinned
    "Tape": "its methods are for tracer's own modules",
    "ViewOptions": "its fields are held by test_options.py",
}


def lines(name, thing):
    """A public name: a function with its signature, a class with its fields and public members."""
    if not inspect.isclass(thing):
        yield f"{name}{signature(thing)}"
        return
    bases = [base.__name__ for base in thing.__bases__ if base is not object]
    yield f"class {name}({', '.join(bases)})" if bases else f"class {name}"
    fields = () if name in NOT_PINNED or not dataclasses.is_dataclass(thing) else dataclasses.fields(thing)
    for field in fields:
        default = "" if field.default is dataclasses.MISSING else f" = {field.default!r}"
        if not field.name.startswith("_"):
            yield f"    {field.name}: {field.type}{default}"
    own = {
        member for owner in thing.__mro__ if owner.__module__.startswith("tracer") for member in vars(owner)
    }
    own -= {field.name for field in fields}
    for member in () if name in NOT_PINNED else sorted(own):
        found = inspect.getattr_static(thing, member)
        if member.startswith("_") and (fields or member not in ("__init__", "__call__")):
            continue
        if isinstance(found, property):
            yield f"    {member}: {found.fget.__annotations__.get('return')}"
        else:
            yield f"    {member}{signature(getattr(thing, member))}"


def signature(function):
    text = str(inspect.signature(function)) if callable(function) else ""
    return re.sub(r"""(: |-> )(["'])(.*?)\2""", r"\1\3", text)  # annotations are texts


def text():
    return "\n".join("\n".join([*lines(name, thing), ""]) for name, thing in sorted(NAMES.items()))


def test_the_public_names_are_those_that_are_written_down():
    if os.environ.get("TRACER_GOLD"):
        GOLD.write_text(text(), encoding="utf-8")
    assert text() == GOLD.read_text(encoding="utf-8"), __doc__.splitlines()[-1]
