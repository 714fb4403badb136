"""Day one: four small expressions that can be followed by hand."""

import math


def exhibit_a(x: float = 3.0) -> float:
    """A parabola at one point.

    >>> exhibit_a(3.0)
    20.0
    """
    return 3.0 * x**2 - 4.0 * x + 5.0


def exhibit_b() -> float:
    """Three numbers, one product, one sum.

    >>> exhibit_b()
    4.0
    """
    a = 2.0
    b = -3.0
    c = 10.0
    d = a * b
    e = d + c
    return e


def exhibit_c(a: float = 4.0) -> float:
    """One number that is used four times; its derivative gathers from every use.

    >>> exhibit_c(4.0)
    5.0
    """
    square = a * a
    both = square + a
    return both / a


def exhibit_d(angle: float = 0.5) -> float:
    """Always 1, so the angle cannot matter: its derivative is 0.

    >>> round(exhibit_d(0.5), 12)
    1.0
    """
    s = math.sin(angle)
    c = math.cos(angle)
    return s * s + c * c
