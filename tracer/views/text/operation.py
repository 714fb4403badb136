"""Owns an operation written out: its source text, and the same with numbers in the place of names."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ...ops import ATTRIBUTES, BINARY, COMPARE, OPS, UNARY

__all__ = ["COMPARISONS", "MANY", "Written", "binding"]

# How tightly an operation binds, from the loosest: the table at the end of chapter 6 of the
# Python language reference. A number with a sign binds like the sign.
_LEVELS: Final = ("lt le eq ne gt ge", "or", "xor", "and", "lshift rshift", "add sub")
_LEVELS_ABOVE: Final = ("mul truediv floordiv mod", "neg pos invert", "pow")
BINDING: Final = {
    name: level for level, names in enumerate((*_LEVELS, *_LEVELS_ABOVE), start=1) for name in names.split()
}
SIGN, POWER, ATOM = BINDING["neg"], BINDING["pow"], BINDING["pow"] + 1

COMPARISONS: Final = frozenset(op.name for op in COMPARE)
_INFIX: Final = {op.name: op.symbol for op in (*BINARY, *COMPARE)}
_SIGNS: Final = {op.name: op.symbol for op in UNARY if op.name in BINDING}
_ATTRIBUTES: Final = {op.name: op.python for op in ATTRIBUTES}
_AST: Final[dict[str, type[ast.AST]]] = {
    **{"add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "truediv": ast.Div, "floordiv": ast.FloorDiv},
    **{"mod": ast.Mod, "pow": ast.Pow, "lshift": ast.LShift, "rshift": ast.RShift, "and": ast.BitAnd},
    **{"or": ast.BitOr, "xor": ast.BitXor, "neg": ast.USub, "pos": ast.UAdd, "invert": ast.Invert},
}
_MIRRORED: Final = {"lt": ast.Gt, "le": ast.GtE, "gt": ast.Lt, "ge": ast.LtE}
_TURNED: Final = str.maketrans("<>", "><")
MANY: Final = 8  # operands that are all shown


def binding(number: str) -> int:
    """How tightly a number's text binds: `-3.0` as a sign does, `1/3` and `1+2j` less than all."""
    if number.isalnum() or number.replace(".", "", 1).isalnum():
        return ATOM
    if any(sign in number[1:].replace("e-", "").replace("e+", "") for sign in "+-/ "):
        return 0
    return SIGN if number.startswith("-") else ATOM


@dataclass(frozen=True, slots=True)
class Written:
    """How one operation at one place of the source is written.

    Attributes:
        op: the operation's name.
        text: the source expression on one line.
        shows: whether the operation is what the text computes last; `reduce(mul, xs)` does not
            show the product that it makes.
        callee: what stands before the parenthesis of a call.
        mirrored: whether the operands stand in the text the other way round: Python may answer
            `1 > k` by asking `k < 1`.
    """

    op: str
    text: str
    shows: bool
    callee: str
    mirrored: bool = False

    @classmethod
    def of(cls, op: str, text: str) -> Written:
        """Read the text of the place where an operation was done."""
        text = " ".join(text.split())
        tree = _parsed(text)
        callee = ast.unparse(tree.func) if isinstance(tree, ast.Call) else ""
        mirrored = isinstance(tree, ast.Compare) and [type(o) for o in tree.ops] == [_MIRRORED.get(op)]
        return cls(op, text, tree is None or mirrored or _shows(op, tree), callee or _own_name(op), mirrored)

    @classmethod
    def failing(cls, text: str, operands: int) -> Written | None:
        """The operation of an expression that gave no number, if it had that many operands."""
        match _parsed(text):
            case ast.BinOp(op=done) if operands == 2:
                kinds = [name for name, kind in _AST.items() if isinstance(done, kind)]
            case ast.UnaryOp(op=done) if operands == 1:
                kinds = [name for name, kind in _AST.items() if isinstance(done, kind)]
            case ast.Call(args=args, keywords=[]) if operands == len(args):
                kinds = ["opaque"]
            case _:
                return None
        return cls.of(kinds[0], text) if kinds else None

    def over(self, operands: Sequence[tuple[str, int]]) -> tuple[str, int]:
        """The operation over the texts of its operands, each with how tightly it binds."""
        level = BINDING.get(self.op, ATOM)
        if self.op in _INFIX and len(operands) == 2:
            symbol = _INFIX[self.op]
            if self.mirrored:
                operands = operands[::-1]
                symbol = symbol.translate(_TURNED)
            left = _guarded(operands[0], level + (self.op == "pow" or self.op in COMPARISONS))
            right = _guarded(operands[1], SIGN if self.op == "pow" else level + 1)
            return f"{left} {symbol} {right}", level
        if self.op in _SIGNS and len(operands) == 1:
            return _SIGNS[self.op] + _guarded(operands[0], POWER), level
        if self.op in _ATTRIBUTES and len(operands) == 1:
            text, tight = operands[0]
            whole = text if tight == ATOM and not text[0].isdigit() else f"({text})"
            return _ATTRIBUTES[self.op].format(whole), ATOM
        texts = [text for text, _ in operands]
        if self.op in ("dist", "sumprod") and len(texts) % 2 == 0:
            half = len(texts) // 2
            return f"{self.callee}([{_list(texts[:half])}], [{_list(texts[half:])}])", ATOM
        return f"{self.callee}({_list(texts)})", ATOM


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
    match tree:
        case ast.BinOp(op=done) | ast.UnaryOp(op=done):
            return isinstance(done, _AST.get(op, ())) or op not in OPS
        case ast.Compare():
            return op in COMPARISONS
        case ast.Attribute():
            return op in _ATTRIBUTES or op == "opaque"
        case ast.Call(func=func):
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name in (op, _own_name(op)):
                return True
            return op not in _INFIX and op not in _SIGNS and (op == "opaque" or not hasattr(builtins, name))
        case _:
            return op not in _INFIX and op not in _SIGNS
