"""The same polynomial twice: Horner's rule in a loop over a list, and by recursion."""


def horner(coefficients: list[float], x: float) -> float:
    """The polynomial at x, highest power first.

    >>> horner([2.0, -6.0, 2.0, -1.0], 3.0)
    5.0
    """
    total = 0.0
    for coefficient in coefficients:
        total = total * x + coefficient
    return total


def recursive(coefficients: list[float], x: float) -> float:
    """The polynomial at x, lowest power first.

    >>> recursive([-1.0, 2.0, -6.0, 2.0], 3.0)
    5.0
    """
    first, *rest = coefficients
    if not rest:
        return first
    return first + x * recursive(rest, x)
