"""Compute the gradient as a graph, the reverse sweep recorded like any other computation, and the hessian.

The partials of the table are run on numbers that record what is done to them, so the derivative
has nodes of its own and can be drawn, and derived again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..columns import Columns
from ..graph import Graph, Site
from ..ops import BINARY, COMPARE, CONJUGATE, OPS, UNARY, Op, Recorded, inexact
from ..ops.generic import unwrap
from ..record import Record
from .gradient import Matrix, gradient, rows
from .outputs import Seed
from .reach import descendants

__all__ = ["derive", "hessian"]


class _Builder:
    """The columns of a graph, to which the nodes of the derivation are added."""

    def __init__(self, graph: Graph) -> None:
        self.names, self.sites = list(graph.names), list(graph.sites)
        self.codes, self.args, self.data = list(graph.codes), list(graph.args), list(graph.data)
        self.site_ids = list(graph.site_ids)
        self.site_id = 0  # the site of the nodes that are added next
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
        return self.result(name, operands, function(*map(unwrap, operands)))

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

    def __bool__(self) -> bool:
        return bool(self.data)

    __hash__ = None  # type: ignore[assignment]  # equal by value, and only compared


def _operator(op: Op, swapped: bool) -> Callable[..., Any]:
    def method(self: _Term, other: Any) -> Any:
        left, right = (other, self) if swapped else (self, other)
        simple = _simplified(op.name, left, right)
        return self.recorded(op.name, (left, right)) if simple is None else simple

    return method


def _simplified(name: str, left: Any, right: Any) -> Any:
    """Return the result of what needs no operation of its own; None of any other."""
    for number, other, side in ((left, right, "left"), (right, left, "right")):
        if not isinstance(number, _Term):
            match name, number, side:
                case "mul", 0.0, _:
                    return 0.0
                case ("mul", 1.0, _) | ("add", 0.0, _) | ("truediv", 1.0, "right") | ("sub", 0.0, "right"):
                    return other
                case "mul", -1.0, _:
                    return -other
    return None


for _op in BINARY:
    setattr(_Term, f"__{_op.name}__", _operator(_op, False))
    setattr(_Term, f"__r{_op.name}__", _operator(_op, True))
for _op in UNARY:
    setattr(_Term, f"__{_op.name}__", lambda self, name=_op.name: self.recorded(name, (self,)))
for _op in COMPARE:
    setattr(
        _Term, f"__{_op.name}__", lambda self, other, compare=_op.function: compare(self.data, unwrap(other))
    )


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
    for i in range(seed.id, -1, -1):
        operands, grad = graph.args[i], adjoints.get(i, 0.0)
        if not operands or not needed[i] or _is_nothing(grad):
            continue
        site = graph.sites[graph.site_ids[i]]
        builder.site_id = builder.site(Site(site.span, "", None, site.function))
        shares = _shares(builder, graph, ops[graph.codes[i]], i, grad, needed)
        for j, more in zip(operands, shares, strict=True):
            if needed[j] and not _is_nothing(more):
                before = adjoints.get(j, 0.0)
                adjoints[j] = None if before is None or more is None else before + more
    grads = {name: adjoints.get(i, 0.0) for name, i in wrt.items()}
    outputs = {
        name: _named(builder, grad, name, len(graph)) for name, grad in grads.items() if grad is not None
    }
    columns = Columns(
        codes=builder.codes,
        args=builder.args,
        data=builder.data,
        site_ids=builder.site_ids,
        sites=builder.sites,
    )
    derived = Graph(names=builder.names, columns=columns, outputs=outputs)
    return derived, {name: unwrap(grad) for name, grad in grads.items()}


def hessian(record: Record, seed: Seed) -> Matrix:
    """Return the second derivative of an output by each pair of inputs, by one sweep a row."""
    inputs = record.inputs
    derived, _ = derive(record.graph, seed, inputs)
    found: Matrix = {}
    for name in inputs:
        slopes = gradient(derived, derived.outputs[name]) if name in derived.outputs else None
        found[name] = {other: slopes[i] if slopes is not None else None for other, i in inputs.items()}
    return found


def _is_nothing(x: Any) -> bool:
    """Return whether a term is the number 0, which needs no node."""
    return not isinstance(x, _Term) and bool(x == 0.0)


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
        if _is_nothing(slope):
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
        i = builder.add("pos", (i,), unwrap(grad), builder.site_ids[i])
    site = builder.sites[builder.site_ids[i]]
    builder.site_ids[i] = builder.site(Site(site.span, site.text, name, site.function))
    return i
