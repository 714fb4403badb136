"""What capture costs: CPU time of `trace(f)` over that of `f`, alternated in one process, medians.

    python tests/bench/capture.py [rounds]

The rows with a * have floats; the geometric mean is theirs.
"""

import gc
import math
import statistics
import sys
import time

from workloads import CALLS, FLOATS, INTS

from tracer import trace
from tracer.tape import KIND

HEAD = f"{'':18}{'plain ms':>10}{'ratio':>8}{'numbers':>10}{'ns':>8}{'grad ns':>9}{'bytes':>8}"


def cpu(call):
    began = time.process_time()
    result = call()
    return time.process_time() - began, result


def measure(function, size, rounds):
    """(plain seconds, ratio, numbers, ns a number, ns a number of the gradient, bytes a number)."""
    plain, ratios, slopes = [], [], []
    for _ in range(rounds):
        gc.collect()
        seconds, expected = cpu(lambda: function(size))
        again, made = cpu(lambda: trace(function, size))
        assert made.result == expected
        steep, _ = cpu(lambda made=made: made.gradient())
        plain.append(seconds)
        ratios.append(again / max(seconds, 1e-9))
        slopes.append(steep)
    count = len(made.graph)
    tape = getattr(made.graph.data, "tape", None)
    each, middle = statistics.median(plain), statistics.median(ratios)
    return (
        *(each, middle, count, each * (middle - 1) / count * 1e9),
        *(statistics.median(slopes) / count * 1e9, tape.size / count if tape is not None else math.nan),
    )


def table(rounds, which=2, out=print):
    """Print the table; `which` 2 takes the timed sizes, 3 those of a smoke test."""
    out(f"tape: {KIND}, Python {sys.version.split()[0]}, medians of {rounds}")
    out(HEAD)
    of_floats = []
    for group in (FLOATS, CALLS, INTS):
        for name, row in group.items():
            function, size = row[0], row[which - 1]
            seconds, ratio, count, ns, slope, size = measure(function, size, rounds)
            if group is FLOATS:
                of_floats.append(ratio)
            label = name + " *" * (group is FLOATS)
            out(f"{label:18}{seconds * 1e3:10.2f}{ratio:8.2f}{count:10}{ns:8.1f}{slope:9.1f}{size:8.1f}")
    out(f"geometric mean of *: {statistics.geometric_mean(of_floats):.2f}")


if __name__ == "__main__":
    table(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
