"""A hundred million operations in one run: captured, the gradient taken, and the memory that took.

python tests/bench/long_run.py [MILLIONS]
"""

import resource
import sys
import time

from workloads import chain

from tracer import trace


def main(n):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    expected = chain(n)
    plain = time.process_time() - began
    made = trace(chain, n)
    captured = time.process_time() - began - plain
    assert made.result == expected
    slopes = made.gradient()
    steep = time.process_time() - began - plain - captured
    assert slopes[made.inputs["x"]] == 1.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{len(made.graph):,} numbers on the tape")
    print(f"plain {plain:.2f} s, captured {captured:.2f} s, gradient {steep:.2f} s")
    print(f"peak memory {peak / 2**20:.2f} GiB, {peak * 1024 / len(made.graph):.1f} bytes a number")


if __name__ == "__main__":
    main(int(float(sys.argv[1] if len(sys.argv) > 1 else 100) * 1e6))
