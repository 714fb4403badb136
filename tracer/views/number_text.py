"""The text of a number: rounded for reading, exact for hovering."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["TIMES", "clip", "exact", "number", "percent", "result"]

TIMES = "\N{MULTIPLICATION SIGN}"  # before how often something was
WHOLE = 24  # digits of an int that are shown whole
DECIMALS_FROM = -5  # the power of ten from which a float is written without an exponent
ITEMS = 12  # items of a container in a title


def number(x: Any, digits: int = 6) -> str:
    """`x` with about `digits` significant digits; ints whole, a float never looks like an int.

    A float that Python itself writes shorter is left alone (`2.0`, `0.06`); a rounded one
    keeps its trailing zeros, which tells it from an exact one (`0.300000`).
    """
    if isinstance(x, bool):
        return str(bool(x))
    if isinstance(x, int):
        return _int(x)
    if isinstance(x, float):
        return _float(float(x), max(1, digits))
    if isinstance(x, complex):
        real, imag = _float(x.real, digits), _float(x.imag, digits)
        return f"{real}{'' if imag[0] == '-' else '+'}{imag}j"
    return clip(_written(str, x), 28)


def exact(x: Any) -> str:
    """`repr(x)`, cut where it would fill the screen; an object whose repr fails says so."""
    if isinstance(x, int) and not isinstance(x, bool) and _digits(x) > 200:
        return _int(x)
    return clip(_written(repr, x), 300)


def result(x: Any, text: str, digits: int = 9) -> str:
    """What a title says of a result: its numbers rounded, anything else as its repr `text`."""
    kind = type(x)
    if kind in (tuple, list) and len(x) <= ITEMS:
        inner = ", ".join(result(item, _written(repr, item), digits) for item in x)
        if kind is list:
            return f"[{inner}]"
        return f"({inner},)" if len(x) == 1 else f"({inner})"
    if kind is dict and len(x) <= ITEMS:
        pairs = (f"{_written(repr, k)}: {result(v, _written(repr, v), digits)}" for k, v in x.items())
        return "{" + ", ".join(pairs) + "}"
    return number(x, digits) if isinstance(x, (int, float, complex)) else text


def percent(x: float) -> str:
    """A number of percent: `9.52 %`."""
    mantissa, _, power = f"{x:.3g}".partition("e")
    return f"{mantissa}e{int(power)} %" if power else f"{mantissa} %"


def clip(text: str, width: int) -> str:
    """`text` on one line, cut to `width` characters with an ellipsis."""
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def _float(x: float, digits: int) -> str:
    short = repr(x)
    if not math.isfinite(x):
        return short
    mantissa, _, power = short.partition("e")
    if len(mantissa.strip("-").replace(".", "").strip("0")) > digits:
        short = f"{x:.{digits - 1}e}"
        mantissa, _, power = short.partition("e")
        if DECIMALS_FROM <= int(power) < max(digits, 7):
            return f"{x:.{max(1, digits - 1 - int(power))}f}"
    return f"{mantissa}e{int(power)}" if power else mantissa


def _int(x: int) -> str:
    count = _digits(x)
    if count <= WHOLE:
        return int.__repr__(x)
    size = abs(x)
    head = size // 10 ** (count - 8)
    if head >= 10**8:  # the estimate of the digits was one short
        head, count = head // 10, count + 1
    return f"{'-' if x < 0 else ''}{head}…{size % 10**8:08d} ({count} digits)"


def _digits(x: int) -> int:
    """Digits of `x`, at most one short; Python refuses to write out the longest ints."""
    size = abs(x)
    return len(int.__repr__(size)) if size < 10**WHOLE else int((size.bit_length() - 1) * math.log10(2)) + 1


def _written(write: Any, x: Any) -> str:
    try:
        return str(write(x))
    except Exception:  # noqa: BLE001 - a user's own __repr__ may raise anything
        return f"<{type(x).__name__}>"
