"""The roots of a quadratic equation: a branch, and an exception where no real root exists."""

import math


def roots(a: float, b: float, c: float) -> tuple[float, ...]:
    """The real solutions of a*x**2 + b*x + c = 0, the larger one first if a > 0.

    >>> roots(1.0, -3.0, 2.0)
    (2.0, 1.0)
    >>> roots(1.0, -4.0, 4.0)
    (2.0,)
    >>> roots(1.0, 0.0, 1.0)
    Traceback (most recent call last):
    ValueError: no real roots: the discriminant is -4.0
    """
    discriminant = b * b - 4.0 * a * c
    if discriminant < 0.0:
        raise ValueError(f"no real roots: the discriminant is {discriminant}")
    if discriminant == 0.0:
        return (-b / (2.0 * a),)
    spread = math.sqrt(discriminant)
    return (-b + spread) / (2.0 * a), (-b - spread) / (2.0 * a)
