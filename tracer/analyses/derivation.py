"""Compute the gradient as a graph: the reverse sweep, recorded like any other computation.

The partials of the table are run on numbers that record what is done to them, so the derivative
has nodes of its own and can be drawn, and derived again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..columns import Columns
from ..graph import Graph, Site
from ..ops import BINARY, CONJUGATE, OPS, UNARY, Op, Recorded, inexact
from .gradient import rows
from .outputs import Seed
from .reach import descendants

__all__ = ["derive"]


class _Builder:
    """The columns of a graph, to which the nodes of the derivation are added.

    Attributes:
        site_id: the site of the nodes that are added next.
    """

    def __init__(self, graph: Graph) -> None:
        self.names = list(graph.names)
        self.codes = list(graph.codes)
        self.args = list(graph.args)
        self.data = list(graph.data)
        self.site_ids = list(graph.site_ids)
        self.sites = list(graph.sites)
        self.site_id = 0
        self._code = {name: code for code, name in enumerate(self.names)}
        self._constants: dict[str, int] = {}

    def add(self, name: str, operands: tuple[int, ...], data: Any, site_id: int) -> int:
        """Add a node and return its id."""
        if name not in self._code:
            self._code[name] = len(self.names)
            self.names.append(name)
        self.codes.append(self._code[name])
        self.args.append(operands)
        self.data.append(data)
        self.site_ids.append(site_id)
        return len(self.data) - 1

    def node(self, x: Any) -> int:
        """Return the id of a term's node; a number becomes a constant, one for all that are equal."""
        if isinstance(x, _Term):
            return x.id
        text = repr(x)
        if text not in self._constants:
            self._constants[text] = self.add("constant", (), x, self.site(Site(None, text, None, "")))
        return self._constants[text]

    def site(self, site: Site) -> int:
        """Add a site and return its id."""
        self.sites.append(site)
        return len(self.sites) - 1


class _Term(Recorded):
    """A number of the derivation; what is computed with it becomes a node."""

    __slots__ = ("builder", "data", "id")

    def __init__(self, builder: _Builder, i: int, data: Any) -> None:
        self.builder, self.id, self.data = builder, i, data

    def recorded(self, name: str, operands: tuple[Any, ...]) -> Any:
        """Return the result of a row, as a node."""
        function = OPS[name].function
        assert function is not None
        data = function(*(x.data if isinstance(x, _Term) else x for x in operands))
        return self.result(name, operands, data)

    def result(self, name: str, operands: tuple[Any, ...], data: Any) -> _Term:
        """Return a result that was computed already, as a node."""
        ids = tuple(self.builder.node(x) for x in operands)
        return _Term(self.builder, self.builder.add(name, ids, data, self.builder.site_id), data)

    def conjugate(self) -> Any:
        return self.result("conjugate", (self,), self.data.conjugate())

    @property
    def real(self) -> Any:
        """What of a complex number moves a real one."""
        return self.result("real", (self,), self.data.real) if isinstance(self.data, complex) else self

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
        simple = _simplified(op.name, left, right)
        return self.recorded(op.name, (left, right)) if simple is None else simple

    return method


def _simplified(name: str, left: Any, right: Any) -> Any:
    """Return the result of what needs no operation (times 1, times 0, plus 0, over 1); None of any other."""
    for number, other in ((left, right), (right, left)):
        if not isinstance(number, _Term):
            if name == "mul" and number in (0.0, 1.0):
                return other if number == 1.0 else 0.0
            if name == "add" and number == 0.0:
                return other
            if name == "mul" and number == -1.0:
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
    """Return the graph, followed by the computation of its gradient.

    The nodes of the given graph keep their ids. The outputs of the new one are the derivatives
    by the nodes `wrt`, named by their keys.

    Returns:
        The graph, and the derivatives as numbers; None, and no output, for one that is not known.
    """
    builder, ops = _Builder(graph), rows(graph)
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
        builder.site_id = builder.site(Site(site.span, "", None, site.function))
        for j, more in zip(
            operands, _shares(builder, graph, ops[graph.codes[i]], i, grad, needed), strict=True
        ):
            if needed[j] and not (isinstance(more, float) and more == 0.0):
                before = adjoints.get(j, 0.0)
                adjoints[j] = None if before is None or more is None else before + more
    outputs, values = {}, {}
    for name, i in wrt.items():
        grad = final.get(i, 0.0)
        values[name] = None if grad is None else _data(grad)
        if grad is not None:
            outputs[name] = _named(builder, grad, name, len(graph))
    columns = Columns(
        codes=builder.codes,
        args=builder.args,
        data=builder.data,
        site_ids=builder.site_ids,
        sites=builder.sites,
    )
    return Graph(names=builder.names, columns=columns, outputs=outputs), values


def _shares(builder: _Builder, graph: Graph, op: Op, i: int, grad: Any, needed: bytearray) -> Sequence[Any]:
    """Return what each operand of node `i` gets of its adjoint; 0.0 for those that are not needed."""
    operands = graph.args[i]
    try:
        terms = [_Term(builder, j, inexact(graph.data[j])) for j in operands]
        wanted = [bool(needed[j]) for j in operands]
        whole = _Term(builder, i, inexact(graph.data[i]))
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


def _named(builder: _Builder, grad: Any, name: str, old: int) -> int:
    """Return the id of a derivative's node, with its name; a number of the run gets a node of its own."""
    i = builder.node(grad)
    if i < old or i in builder._constants.values():
        i = builder.add("pos", (i,), _data(grad), builder.site_ids[i])
    site = builder.sites[builder.site_ids[i]]
    builder.site_ids[i] = builder.site(Site(site.span, site.text, name, site.function))
    return i
