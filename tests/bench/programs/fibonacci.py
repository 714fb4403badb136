"""Fibonacci numbers, by their definition."""


def fib(n=20):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
