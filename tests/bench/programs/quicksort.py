"""Sorting by choosing a pivot and sorting each side of it."""


def numbers(count):
    """Well mixed numbers, the same each time."""
    x = 7
    found = []
    for _ in range(count):
        x = (x * 1103 + 12345) % 65536
        found.append(x)
    return found


def quicksort(xs):
    if len(xs) <= 1:
        return xs
    pivot, *rest = xs
    smaller = [x for x in rest if x < pivot]
    larger = [x for x in rest if x >= pivot]
    return quicksort(smaller) + [pivot] + quicksort(larger)


def main(count=500):
    return quicksort(numbers(count))
