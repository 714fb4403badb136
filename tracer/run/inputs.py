"""Turn the numbers in a function's arguments into inputs of the graph, named by their paths."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from types import CodeType
from typing import Any, Final

from ..graph import Site
from ..objects.storages import Reach, Storage, attributes, containers
from ..objects.walker import ATOMS, Replacer, distinct
from ..source.code import function_of, parameter_nodes
from ..source.text import Span
from ..tape import INPUT, Handle, Tape, is_number

__all__ = ["Inputs"]


class Inputs(Replacer):
    """Replaces the numbers in arguments by Values: in containers and in the attributes of dataclasses.

    The function sees the caller's own objects; only what cannot be changed is copied.

    Args:
        function: the name of the function.
        code: its code, whose source says where its parameters are.
    """

    def __init__(self, tape: Tape, function: str, code: CodeType | None) -> None:
        super().__init__(_REACH, _NO_NUMBERS)
        self.names: dict[str, int] = {}  # name -> entry of each input, in argument order
        self._tape = tape
        self._function = function
        found = None if code is None else function_of(code)
        self._spans = {a.arg: found[0].parameter_span(a) for a in parameter_nodes(found[1])} if found else {}
        self._span: Span | None = None

    def bind(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments to call the function with; as they are, if they do not fit.

        Defaults become inputs too. A decorated function is called just as the caller would: its
        wrapper can tell which arguments it gets, and how.
        """
        try:
            bound = inspect.signature(function).bind(*args, **kwargs)
        except (TypeError, ValueError):
            return args, kwargs
        parameters = bound.signature.parameters
        if hasattr(function, "__wrapped__"):
            names = _positional(parameters, len(args))
            made = tuple(self._argument(value, name) for value, name in zip(args, names, strict=True))
            return made, {name: self._argument(value, name) for name, value in kwargs.items()}
        bound.apply_defaults()
        for name, parameter in parameters.items():
            value = bound.arguments[name]
            if parameter.kind is parameter.VAR_POSITIONAL:
                value = tuple(self._argument(v, f"{name}[{i}]") for i, v in enumerate(value))
            elif parameter.kind is parameter.VAR_KEYWORD:
                value = {key: self._argument(v, key) for key, v in value.items()}
            else:
                value = self._argument(value, name)
            bound.arguments[name] = value
        return bound.args, bound.kwargs

    def _argument(self, x: Any, name: str) -> Any:
        self._span = self._spans.get(name.partition("[")[0])
        if is_number(x) and type(x) is not bool:  # most arguments are; there is nothing to walk through
            return self.other(x, name)
        return self(x, name)

    def other(self, x: Any, path: Any) -> Any:
        """Return the Value of a number; anything else as it is."""
        if not is_number(x):
            if type(x) in (set, frozenset) and not _keeps_order(x):
                self.leave(x)
            return x
        name = distinct(path, self.names)
        entry = self.names[name] = len(self._tape)
        self._tape.remember(entry, x)
        site = Site(self._span, name, name, self._function)
        return self._tape.write(INPUT, (), x, self._tape.location_for(site))


def _inside(kind: type) -> tuple[Storage, ...]:
    """Where the objects of a type keep what may become inputs."""
    if issubclass(kind, Handle) or (issubclass(kind, set | frozenset) and kind not in (set, frozenset)):
        return ()
    return containers(kind) + (attributes(kind) if is_dataclass(kind) else ())


_REACH: Final = Reach(_inside)
_NO_NUMBERS: Final = ATOMS - {id(int), id(float), id(complex)}  # a bool is a switch, not a quantity


def _keeps_order(x: set[Any] | frozenset[Any]) -> bool:
    """Whether a set that is made anew is walked through in the same order."""
    return all(a is b for a, b in zip(type(x)(list(x)), x, strict=True))


def _positional(parameters: Mapping[str, inspect.Parameter], count: int) -> list[str]:
    """The names of the first `count` arguments that are passed by position."""
    names: list[str] = []
    for name, parameter in parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            names += [f"{name}[{i}]" for i in range(count - len(names))]
        names.append(name)
    return names[:count]
