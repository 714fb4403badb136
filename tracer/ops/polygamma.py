"""Compute the polygamma functions, which the derivatives of gamma and lgamma are made of."""

from __future__ import annotations

from math import cos, factorial, floor, fsum, log, nan, pi, sin
from typing import Final

__all__ = ["polygamma"]

# B(2k), k = 1, 2, ...: the Bernoulli numbers, NIST DLMF 24.2.
_BERNOULLI: Final = (
    *(1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510),
    *(43867 / 798, -174611 / 330, 854513 / 138, -236364091 / 2730),
)
_FAR: Final = 16.0  # from here on so many terms of the series have every digit


def polygamma(n: int, x: float) -> float:
    """Return the n-th derivative of digamma, gamma'(x) / gamma(x); nan at its poles.

    NIST DLMF 5.5.2 (recurrence), 5.5.4 (reflection), 5.11.2 and 5.15.8 (series for large x).
    """
    n = int(n)
    if x <= 0:
        return nan if x == floor(x) else _reflected(n, x)
    parts: list[float] = []
    factor = (-1.0) ** (n + 1) * factorial(n)
    far = _FAR + n
    while x < far:
        parts.append(factor / x ** (n + 1))
        x += 1.0
    if n == 0:
        parts += [log(x), -0.5 / x, *(-b / (2 * k * x ** (2 * k)) for k, b in enumerate(_BERNOULLI, 1))]
    else:
        sign = (-1.0) ** (n + 1)
        parts.append(sign * factorial(n - 1) / x**n)
        parts.append(sign * factorial(n) / (2 * x ** (n + 1)))
        for k, b in enumerate(_BERNOULLI, 1):
            parts.append(sign * b * factorial(2 * k + n - 1) / factorial(2 * k) / x ** (2 * k + n))
    return fsum(parts)


def _reflected(n: int, x: float) -> float:
    """Return polygamma by psi_n(x) = (-1)**n psi_n(1 - x) - d^n/dx^n (pi cot(pi x)): NIST DLMF 5.15.6."""
    y = x - floor(x)  # the cotangent has period 1, and is known best close to 0
    slope = _cotangent(n, y)
    return (-1.0) ** n * polygamma(n, 1.0 - x) - pi ** (n + 1) * slope


def _cotangent(n: int, y: float) -> float:
    """Return the n-th derivative of cot at pi*y: a polynomial in cot, by cot' = -1 - cot**2."""
    c = cos(pi * y) / sin(pi * y)
    polynomial = [0, 1]  # coefficients of 1, c, c**2, ...
    for _ in range(n):
        derived = [0] * (len(polynomial) + 1)
        for power, a in enumerate(polynomial):
            if power:
                derived[power - 1] -= power * a
                derived[power + 1] -= power * a
        polynomial = derived
    return fsum(a * c**power for power, a in enumerate(polynomial))
