"""Find the numbers that left the graph and may have come back as constants."""

from __future__ import annotations

import ast
from typing import Any, Final, NamedTuple

from ..graph import Site
from ..record import Leak, Record
from ..source.place import Places

__all__ = ["Reentry"]

# Ways out that keep how much a number moves. As an index, a hash or an int it moves in steps; so it
# does as text, unless the very number comes back: `Decimal(str(x))`, `struct.unpack`.
_SMOOTH: Final = {"float()", "complex()", "array", "call"}


class Reentry(NamedTuple):
    """Numbers that left, and constants that may be made of them.

    Which constant holds which number is not known, so that none of the numbers has a derivative.
    """

    left: frozenset[int] = frozenset()  # nodes that left the graph
    # constants that entered it later, from a variable of a function or from a call; a number that is written
    # in the source or a global does not count
    back: frozenset[int] = frozenset()

    @classmethod
    def of(cls, record: Record) -> Reentry:
        """Return what left and may have come back; both are empty if nothing has."""
        graph = record.graph
        if not graph.columns.leak_kinds(record) & {*_SMOOTH, "text"}:
            return cls()
        places = Places(record.sources)
        left = {i for leak in record.leaks if leak.how in _SMOOTH for i in leak.ids}
        texts: dict[float | None, list[int]] = {}
        for leak in record.leaks:
            if leak.how == "text" and not _is_print(leak, places):
                for i in leak.ids:
                    texts.setdefault(_float(graph.data[i]), []).append(i)
        texts.pop(None, None)
        if not left and not texts:
            return cls()
        last = len(graph)
        first = min(left, default=last)
        doubtful: dict[int, bool] = {}
        back = set()
        for i in graph.made_by("constant", min(first, *(same[0] for same in texts.values()), last) + 1):
            if not isinstance(graph.data[i], int):
                same = [j for j in texts.get(_float(graph.data[i]), ()) if j < i]
                if i < first and not same:
                    continue
                site = graph.site_ids[i]
                if site not in doubtful:
                    doubtful[site] = _may_hold(graph.sites[site], places)
                if doubtful[site]:
                    back.add(i)
                    left.update(same)
        return cls(frozenset(left), frozenset(back)) if back else cls()


def _float(x: Any) -> float | None:
    """Return what is compared of a number that went through a text; None if it is no real number."""
    try:
        return float(x)
    except (TypeError, ValueError, OverflowError):
        return None


def _is_print(leak: Leak, places: Places) -> bool:
    """Return whether a number left in a call of the builtin `print`, which gives nothing back."""
    place = places.at(leak.span)
    match place.node:
        case ast.Call(func=ast.Name(id="print")):
            return place.file is not None and "print" not in place.file.bound_names
    return False


def _may_hold(site: Site, places: Places) -> bool:
    """Return whether the constant of a site may have been computed during the run."""
    place = places.at(site.span)
    if place.file is None or place.node is None:
        return True
    computed, node = place.file.computed_names, place.node
    while isinstance(node, ast.Attribute):
        if node.attr in computed:
            return True
        node = node.value
    return not isinstance(node, ast.Constant) and not (isinstance(node, ast.Name) and node.id not in computed)
