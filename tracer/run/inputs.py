"""Owns the way in: the numbers in a function's arguments become inputs with names."""

from __future__ import annotations

import dataclasses
import inspect
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import Any

from ..graph import Site
from ..source.code import function_of, parameter_nodes
from ..source.text import Span
from ..tape import INPUT, Handle, Tape, is_number

__all__ = ["Inputs"]


Given = tuple[tuple[Any, ...], dict[str, Any]]


class Inputs:
    """Turns numbers in arguments into Values: in place in lists, dicts and dataclasses, so that
    the function sees the caller's own objects, and by a copy in tuples.

    Attributes:
        names: name -> entry of each input, in argument order.
    """

    def __init__(self, tape: Tape, function: str) -> None:
        self.tape = tape
        self.function = function
        self.names: dict[str, int] = {}
        self._span: Span | None = None
        self._spans: dict[str, Span] = {}
        self._seen: dict[int, tuple[Any, Any]] = {}

    def bind(
        self, function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]
    ) -> Given | None:
        """The arguments to call with, or None if they do not fit the function's parameters.

        Defaults become inputs too. A decorated function is called just as the caller would: its
        wrapper can tell what was given, and how.
        """
        try:
            bound = inspect.signature(function).bind(*args, **options)
        except (TypeError, ValueError):
            return None
        self._spans = _parameter_spans(function)
        parameters = bound.signature.parameters
        if hasattr(function, "__wrapped__"):
            names = self._positional(parameters, len(args))
            made = tuple(self._argument(value, name) for value, name in zip(args, names, strict=True))
            return made, {name: self._argument(value, name) for name, value in options.items()}
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

    def _positional(self, parameters: Mapping[str, inspect.Parameter], count: int) -> list[str]:
        """The names of the arguments given by position."""
        names: list[str] = []
        for name, parameter in parameters.items():
            if parameter.kind is parameter.VAR_POSITIONAL:
                names += [f"{name}[{i}]" for i in range(count - len(names))]
            names.append(name)
        return names[:count]

    def _argument(self, x: Any, name: str) -> Any:
        self._span = self._spans.get(name.partition("[")[0])
        return self._input(x, name)

    def _input(self, x: Any, name: str) -> Any:
        if isinstance(x, bool):
            return x  # a switch, not a quantity
        if is_number(x):
            self.names[name] = len(self.tape)
            site = Site(self._span, name, name, self.function)
            self.tape.remember(len(self.tape), x)
            return self.tape.write(INPUT, (), x, self.tape.location_for(site))
        done = self._seen.get(id(x))
        if done is None:
            done = self._seen[id(x)] = (x, x)
            done = self._seen[id(x)] = (x, self._container(x, name))
        return done[1]

    def _container(self, x: Any, name: str) -> Any:
        match x:
            case list():
                for i, item in enumerate(list.__iter__(x)):
                    list.__setitem__(x, i, self._input(item, f"{name}[{i}]"))
            case deque():
                for i, item in enumerate(list(x)):
                    x[i] = self._input(item, f"{name}[{i}]")
            case dict():
                self._dict(x, name)
            case tuple():
                fields = getattr(x, "_fields", None)
                labels = (
                    [f"{name}.{f}" for f in fields] if fields else [f"{name}[{i}]" for i in range(len(x))]
                )
                items = [self._input(item, label) for item, label in zip(x, labels, strict=True)]
                if any(isinstance(v, Handle) or v is not o for v, o in zip(items, x, strict=True)):
                    return tuple.__new__(type(x), items)
            case set() | frozenset():
                return self._set(x, name)
            case _ if dataclasses.is_dataclass(x) and not isinstance(x, type):
                for field in dataclasses.fields(x):
                    if hasattr(x, field.name):
                        made = self._input(getattr(x, field.name), f"{name}.{field.name}")
                        object.__setattr__(x, field.name, made)
        return x

    def _dict(self, x: dict[Any, Any], name: str) -> None:
        kind: Any = OrderedDict if isinstance(x, OrderedDict) else dict
        items = list(dict.items(x))
        keys = [
            self._input(k, f"{name} key {k!r}") if is_number(k) or type(k) is tuple else k for k, _ in items
        ]
        values = [self._input(value, f"{name}[{key!r}]") for key, value in items]
        if any(isinstance(k, Handle | tuple) for k in keys):
            kind.clear(x)
        for key, value in zip(keys, values, strict=True):
            kind.__setitem__(x, key, value)

    def _set(self, x: Any, name: str) -> Any:
        """A set of numbers, unless the order it is walked in would change."""
        items = list(x)
        made = type(x)(self._input(item, f"{name}{{{item!r}}}") for item in items)
        if type(x) not in (set, frozenset) or [_data(v) for v in made] != items:
            return x
        if isinstance(x, set):
            x.clear()
            x.update(made)
            return x
        return made


def _data(x: Any) -> Any:
    return x._tape.data[x._index] if isinstance(x, Handle) else x


def _parameter_spans(function: Callable[..., Any]) -> dict[str, Span]:
    code = getattr(inspect.unwrap(getattr(function, "__func__", function)), "__code__", None)
    found = function_of(code) if code is not None else None
    if found is None:
        return {}
    source, node = found
    return {a.arg: source.parameter_span(a) for a in parameter_nodes(node)}
