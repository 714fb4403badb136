"""Newton's method: a loop that stops by itself once the answer is good enough."""


def square_root(a: float, guess: float = 1.0, tolerance: float = 1e-4) -> float:
    """The square root of a, by averaging a guess that is too large with one that is too small.

    >>> square_root(2.0)
    1.4142156862745097
    """
    while abs(guess * guess - a) > tolerance:
        guess = (guess + a / guess) / 2.0
    return guess
