"""Owns what can be told of numbers that left the graph and came back as plain ones."""

from __future__ import annotations

import ast
from typing import Any, Final, NamedTuple

from ..graph import Site
from ..record import Record

__all__ = ["Lost"]

# Ways out that keep how much the number moves. As an index, a hash or an int it moves in steps; so
# it does as text, unless the very number comes back: `Decimal(str(x))`, `struct.unpack`.
_WAYS: Final = {"float()", "complex()", "array", "call"}
_NO_RETURN: Final = ("print(", ".append(", ".add(", ".extend(", ".write(", ".insert(", ".debug(", ".info(")


class Lost(NamedTuple):
    """Numbers that left, and numbers that may be made of them.

    Attributes:
        ids: nodes that left the graph.
        back: constants that entered it later, from a variable of a function or from a call; a
            global or a written number does not count. Which of the lost numbers they hold
            cannot be told: none of those has a known derivative.
    """

    ids: frozenset[int]
    back: frozenset[int]

    @classmethod
    def of(cls, record: Record) -> Lost | None:
        """None if no number left and came back."""
        graph = record.graph
        if graph.tape is not None and not graph.tape.leak_kinds() & {*_WAYS, "text"}:
            return None
        left = [leak for leak in record.leaks if not _one_way(leak.text)]
        ids = {i for leak in left if leak.how in _WAYS for i in leak.ids}
        texts: dict[float | None, list[int]] = {}
        for i in (i for leak in left if leak.how == "text" for i in leak.ids):
            texts.setdefault(_float(graph.data[i]), []).append(i)
        texts.pop(None, None)
        if not ids and not texts:
            return None
        last = len(graph)
        first = min(ids, default=last)
        doubtful: dict[int, bool] = {}
        variables: dict[str, set[str]] = {}
        back = set()
        for i in graph.made_by("constant", min(first, *(same[0] for same in texts.values()), last) + 1):
            if not isinstance(graph.data[i], int):
                same = [j for j in texts.get(_float(graph.data[i]), ()) if j < i]
                if i < first and not same:
                    continue
                place = graph.site_ids[i]
                if place not in doubtful:
                    doubtful[place] = _may_hold(graph.sites[place], record.sources, variables)
                if doubtful[place]:
                    back.add(i)
                    ids.update(same)
        return cls(frozenset(ids), frozenset(back)) if back else None


def _float(x: Any) -> float | None:
    """What is compared of a number that went through a text; None if it is no real number."""
    try:
        return float(x)
    except (TypeError, ValueError, OverflowError):
        return None


def _one_way(text: str) -> bool:
    """Whether a call is known to give nothing back."""
    callee = text.partition("(")[0] + "("
    return callee.endswith(_NO_RETURN)


def _may_hold(site: Site, sources: dict[str, str], variables: dict[str, set[str]]) -> bool:
    """Whether the number at a place may have been computed during the run."""
    if site.span is None or site.span.file not in sources:
        return True
    try:
        node: Any = ast.parse(f"({site.text}\n)", mode="eval").body
    except SyntaxError:
        return True
    while isinstance(node, ast.Attribute):
        node = node.value
    if isinstance(node, ast.Constant):
        return False
    if not isinstance(node, ast.Name):
        return True
    file = site.span.file
    if file not in variables:
        variables[file] = _variables(sources[file])
    return node.id in variables[file]


def _variables(source: str) -> set[str]:
    """The names that functions of a file give to something."""
    found: set[str] = set()
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return found
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                    found.add(node.id)
                elif isinstance(node, ast.arg):
                    found.add(node.arg)
    return found
