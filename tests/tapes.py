"""The two tapes side by side: tracer is loaded a second time, with the other tape."""

import functools
import importlib
import os
import sys

import tracer.tape

__all__ = ["BUILT", "tracer_with"]

PARTS = (
    *("tape", "run", "run.hooks", "run.inputs", "run.unwrap"),
    *("saved", "analyses.gradient", "columns.atoms"),
)


def _ours():
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "tracer"}


@functools.cache
def tracer_with(kind):
    """Modules of a tracer with this tape, by name; None if the tape was not built."""
    if kind == tracer.tape.KIND:
        return {name: importlib.import_module(f"tracer.{name}") for name in PARTS}
    theirs = _ours()
    before = os.environ.pop("TRACER_TAPE", None)
    if kind == "reference":
        os.environ["TRACER_TAPE"] = kind
    for name in theirs:
        del sys.modules[name]
    try:
        modules = {name: importlib.import_module(f"tracer.{name}") for name in PARTS}
    finally:
        for name in _ours():
            del sys.modules[name]
        sys.modules.update(theirs)
        os.environ.pop("TRACER_TAPE", None)
        if before is not None:
            os.environ["TRACER_TAPE"] = before
    return modules if kind == modules["tape"].KIND else None


BUILT = tuple(kind for kind in ("reference", "C") if tracer_with(kind))
