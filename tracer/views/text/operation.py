"""An operation as text: its source, and the same with numbers in the place of names."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ...ops import ATTRIBUTES, COMPARE, OPERATORS, OPS, Precedence

__all__ = ["COMPARISONS", "MANY", "Written", "binding"]

COMPARISONS: Final = frozenset(op.name for op in COMPARE)
_ATTRIBUTES: Final = frozenset(op.name for op in ATTRIBUTES)
MANY: Final = 8  # operands that are all shown


def binding(number: str) -> int:
    """How tightly a number's text binds: `-3.0` as a sign does, `1/3` and `1+2j` less than all."""
    if number.isalnum() or number.replace(".", "", 1).isalnum():
        return Precedence.ATOM
    if any(sign in number[1:].replace("e-", "").replace("e+", "") for sign in "+-/ "):
        return 0
    return Precedence.SIGN if number.startswith("-") else Precedence.ATOM


@dataclass(frozen=True, slots=True)
class Written:
    """How one operation at one place of the source is written."""

    op: str  # its name
    text: str  # the source expression on one line
    shows: bool  # whether it is what the text computes last; `reduce(mul, xs)` does not show its product
    callee: str  # what stands before the parenthesis of a call
    mirrored: bool = False  # whether the operands stand the other way round: `1 > k` may be done by `k < 1`

    @classmethod
    def of(cls, op: str, text: str) -> Written:
        """Read the text of the place where an operation was done."""
        text = " ".join(text.split())
        tree = _parsed(text)
        callee = ast.unparse(tree.func) if isinstance(tree, ast.Call) else ""
        mirrored = (
            isinstance(tree, ast.Compare)
            and op in COMPARISONS
            and not OPS[op].commutes
            and [type(o) for o in tree.ops] == [OPS[OPS[op].mirror].syntax]
        )
        return cls(op, text, tree is None or mirrored or _shows(op, tree), callee or _own_name(op), mirrored)

    @classmethod
    def failing(cls, text: str, operands: int) -> Written | None:
        """The operation of an expression that gave no number, if it had that many operands."""
        match _parsed(text):
            case ast.BinOp(op=done) if operands == 2 and type(done) in OPERATORS:
                return cls.of(OPERATORS[type(done)].name, text)
            case ast.UnaryOp(op=done) if operands == 1 and type(done) in OPERATORS:
                return cls.of(OPERATORS[type(done)].name, text)
            case ast.Call(args=args, keywords=[]) if operands == len(args):
                return cls.of("opaque", text)
        return None

    def over(self, operands: Sequence[tuple[str, int]]) -> tuple[str, int]:
        """The operation over the texts of its operands, each with how tightly it binds."""
        row = OPS.get(self.op, OPS["opaque"])
        level, power = row.precedence, row.precedence == Precedence.POWER
        if row.syntax is not None and len(operands) == 2:
            symbol = row.symbol
            if self.mirrored:
                operands, symbol = operands[::-1], OPS[row.mirror].symbol
            left = _guarded(operands[0], level + (power or self.op in COMPARISONS))
            right = _guarded(operands[1], Precedence.SIGN if power else level + 1)
            return f"{left} {symbol} {right}", level
        if row.syntax is not None and len(operands) == 1:
            return row.symbol + _guarded(operands[0], Precedence.POWER), level
        if self.op in _ATTRIBUTES and len(operands) == 1:
            text, tight = operands[0]
            whole = text if tight == Precedence.ATOM and not text[0].isdigit() else f"({text})"
            return row.python.format(whole), level
        texts = [text for text, _ in operands]
        if row.iterates == 2 and len(texts) % 2 == 0:
            half = len(texts) // 2
            return f"{self.callee}([{_list(texts[:half])}], [{_list(texts[half:])}])", level
        return f"{self.callee}({_list(texts)})", level


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _own_name(op: str) -> str:
    return getattr(OPS[op].function, "__name__", op) if op in OPS else op


def _guarded(operand: tuple[str, int], level: int) -> str:
    text, tight = operand
    return text if tight >= level else f"({text})"


def _list(texts: list[str]) -> str:
    if len(texts) > MANY:
        texts = [*texts[:3], "…", texts[-1]]
    return ", ".join(texts)


def _shows(op: str, tree: ast.expr) -> bool:
    """Whether the operation is the outermost of the expression."""
    operator = op in OPS and OPS[op].syntax is not None
    match tree:
        case ast.BinOp(op=done) | ast.UnaryOp(op=done):
            return op not in OPS or OPS[op].syntax is type(done)
        case ast.Compare():
            return op in COMPARISONS
        case ast.Attribute():
            return op in _ATTRIBUTES or op == "opaque"
        case ast.Call(func=func):
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name in (op, _own_name(op)):
                return True
            return not operator and (op == "opaque" or not hasattr(builtins, name))
        case _:
            return not operator
