"""A root by Newton's method."""


def newton(a=2.0, x=10.0):
    """
    >>> newton(2.0, 10.0)
    """
    for i in range(20):
        fx = x * x - a
        if abs(fx) < 1e-12:
            return x
        slope = 2 * x
        x = x - fx / slope
    return x
