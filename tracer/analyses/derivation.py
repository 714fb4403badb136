"""Owns the gradient as a graph: the reverse sweep, written down like any other computation.

The partials of the table are run on numbers that record what is done to them, so the derivative
has nodes of its own and can be drawn, and derived again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..graph import Graph, Site
from ..ops import BINARY, CONJUGATE, OPS, UNARY, Op, Recorded
from .gradient import rows
from .outputs import Seed
from .reach import descendants

__all__ = ["derive"]


class _Paper:
    """Where the derivation is written down: the columns of a graph that grows."""

    def __init__(self, graph: Graph) -> None:
        self.names = list(graph.names)
        self.codes = list(graph.codes)
        self.args = list(graph.args)
        self.data = list(graph.data)
        self.site_ids = list(graph.site_ids)
        self.sites = list(graph.sites)
        self.place = 0
        self._code = {name: code for code, name in enumerate(self.names)}
        self._constants: dict[str, int] = {}

    def write(self, name: str, operands: tuple[int, ...], data: Any, place: int) -> int:
        """One more entry."""
        if name not in self._code:
            self._code[name] = len(self.names)
            self.names.append(name)
        self.codes.append(self._code[name])
        self.args.append(operands)
        self.data.append(data)
        self.site_ids.append(place)
        return len(self.data) - 1

    def entry(self, x: Any) -> int:
        """The node of a number; of a plain one a constant, one for all that are equal."""
        if isinstance(x, _Term):
            return x.id
        text = repr(x)
        if text not in self._constants:
            self._constants[text] = self.write("constant", (), x, self.site(Site(None, text, None, "")))
        return self._constants[text]

    def site(self, site: Site) -> int:
        """A new place."""
        self.sites.append(site)
        return len(self.sites) - 1


class _Term(Recorded):
    """A number of the derivation."""

    __slots__ = ("data", "id", "paper")

    def __init__(self, paper: _Paper, i: int, data: Any) -> None:
        self.paper, self.id, self.data = paper, i, data

    def recorded(self, name: str, operands: tuple[Any, ...]) -> Any:
        """The result of a row, written down."""
        function = OPS[name].function
        assert function is not None
        data = function(*(x.data if isinstance(x, _Term) else x for x in operands))
        return self.noted(name, operands, data)

    def noted(self, name: str, operands: tuple[Any, ...], data: Any) -> _Term:
        """The same for a result that is known."""
        ids = tuple(self.paper.entry(x) for x in operands)
        return _Term(self.paper, self.paper.write(name, ids, data, self.paper.place), data)

    def conjugate(self) -> Any:
        return self.noted("conjugate", (self,), self.data.conjugate())

    @property
    def real(self) -> Any:
        """What of a complex number moves a real one."""
        return self.noted("real", (self,), self.data.real) if isinstance(self.data, complex) else self

    def __eq__(self, other: object) -> bool:
        return bool(self.data == _data(other))

    def __ne__(self, other: object) -> bool:
        return bool(self.data != _data(other))

    def __lt__(self, other: Any) -> bool:
        return bool(self.data < _data(other))

    def __gt__(self, other: Any) -> bool:
        return bool(self.data > _data(other))

    def __bool__(self) -> bool:
        return bool(self.data)

    __hash__ = None  # type: ignore[assignment]  # equal by value, and only compared


def _data(x: Any) -> Any:
    return x.data if isinstance(x, _Term) else x


def _operator(op: Op, swapped: bool) -> Callable[..., Any]:
    def method(self: _Term, other: Any) -> Any:
        left, right = (other, self) if swapped else (self, other)
        plainly = _simple(op.name, left, right)
        return self.recorded(op.name, (left, right)) if plainly is None else plainly

    return method


def _simple(name: str, left: Any, right: Any) -> Any:
    """What needs no operation: times 1, times 0, plus 0, over 1."""
    for plain, other in ((left, right), (right, left)):
        if not isinstance(plain, _Term):
            if name == "mul" and plain in (0.0, 1.0):
                return other if plain == 1.0 else 0.0
            if name == "add" and plain == 0.0:
                return other
            if name == "mul" and plain == -1.0:
                return -other
    if not isinstance(right, _Term) and (
        (name == "truediv" and right == 1.0) or (name == "sub" and right == 0.0)
    ):
        return left
    return None


for _op in BINARY:
    setattr(_Term, f"__{_op.name}__", _operator(_op, False))
    setattr(_Term, f"__r{_op.name}__", _operator(_op, True))
for _op in UNARY:
    setattr(_Term, f"__{_op.name}__", lambda self, name=_op.name: self.recorded(name, (self,)))


def derive(graph: Graph, seed: Seed, wrt: dict[str, int]) -> tuple[Graph, dict[str, float | None]]:
    """The graph, followed by the computation of its gradient.

    The nodes of the given graph keep their ids. The outputs of the new one are the derivatives
    by the nodes `wrt`, named by their keys.

    Returns:
        The graph, and the derivatives as numbers; None, and no output, for one that is not known.
    """
    paper, ops = _Paper(graph), rows(graph)
    adjoints: dict[int, Any] = {seed.id: 1.0 if not isinstance(graph.data[seed.id], complex) else seed.weight}
    needed = descendants(graph, wrt.values(), seed.id + 1)
    wanted = set(wrt.values())
    final: dict[int, Any] = {}
    for i in range(seed.id, -1, -1):
        if i not in adjoints or not needed[i]:
            continue
        grad = adjoints.pop(i)
        if i in wanted:
            final[i] = grad
        operands = graph.args[i]
        if not operands or (grad is not None and not isinstance(grad, _Term) and grad == 0.0):
            continue
        site = graph.sites[graph.site_ids[i]]
        paper.place = paper.site(Site(site.span, "", None, site.function))
        for j, more in zip(
            operands, _shares(paper, graph, ops[graph.codes[i]], i, grad, needed), strict=True
        ):
            if needed[j] and not (isinstance(more, float) and more == 0.0):
                before = adjoints.get(j, 0.0)
                adjoints[j] = None if before is None or more is None else before + more
    outputs, values = {}, {}
    for name, i in wrt.items():
        grad = final.get(i, 0.0)
        values[name] = None if grad is None else _data(grad)
        if grad is not None:
            outputs[name] = _named(paper, grad, name, len(graph))
    derived = Graph(
        names=paper.names,
        codes=paper.codes,
        args=paper.args,
        data=paper.data,
        site_ids=paper.site_ids,
        sites=paper.sites,
        outputs=outputs,
    )
    return derived, values


def _shares(paper: _Paper, graph: Graph, op: Op, i: int, grad: Any, needed: bytearray) -> Sequence[Any]:
    """What each operand of node `i` gets of its adjoint; those that are not needed nothing."""
    operands = graph.args[i]
    try:
        terms = [_Term(paper, j, _number(graph.data[j])) for j in operands]
        wanted = [bool(needed[j]) for j in operands]
        whole = _Term(paper, i, _number(graph.data[i]))
        slopes = op.slopes(whole, terms, wanted) if op.partials is not None else None
    except (OverflowError, TypeError):  # a partial of a user's own that takes nothing but floats
        slopes = None
    if slopes is None:
        return [None] * len(operands)
    if op.partials == CONJUGATE and grad is not None:
        grad = grad.conjugate()
    shares: list[Any] = []
    for term, slope in zip(terms, slopes, strict=False):
        if not isinstance(slope, _Term) and slope == 0.0:
            shares.append(0.0)
        elif grad is None or slope is None:
            shares.append(None)
        else:
            more = grad * slope
            shares.append(more if isinstance(term.data, complex) else more.real)
    return shares


def _named(paper: _Paper, grad: Any, name: str, old: int) -> int:
    """The node of a derivative, under its name; what is a number of the run gets a node of its own."""
    i = paper.entry(grad)
    if i < old or i in paper._constants.values():
        i = paper.write("pos", (i,), _data(grad), paper.site_ids[i])
    site = paper.sites[paper.site_ids[i]]
    paper.site_ids[i] = paper.site(Site(site.span, site.text, name, site.function))
    return i


def _number(x: Any) -> complex:
    return complex(x) if isinstance(x, complex) else float(x)
