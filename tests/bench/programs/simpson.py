"""An integral by Simpson's rule."""

import math


def f(x):
    return math.exp(-x * x)


def simpson(a=0.0, b=2.0, n=10000):
    h = (b - a) / n
    total = f(a) + f(b)
    for i in range(1, n):
        weight = 4 if i % 2 else 2
        total = total + weight * f(a + i * h)
    return total * h / 3
