"""What runs take of memory they give back, and neither length nor depth breaks the tape in C."""

import gc
import importlib
import sys
import weakref
from pathlib import Path

import pytest
from tapes import BUILT, tracer_with

sys.path.insert(0, str(Path(__file__).parent / "bench"))

pytestmark = pytest.mark.skipif("C" not in BUILT, reason="the tape in C is not built here")

STATM = Path("/proc/self/statm")
MEBI = 2**20
KEPT = 224 * MEBI  # at most: the buffer of the last tape, cut to eight million entries, waits for the next


def resident():
    """Bytes of memory that are in use; 0 where the system does not say."""
    return int(STATM.read_text().split()[1]) * 4096 if STATM.exists() else 0


def a_bit_of_everything(x, n=3):
    total, seen = 0.0, {}
    for k in range(n):
        total = half(total) + x * k if total < 9 else -total
        seen[k] = total
    big = 10**30 * n
    return total, seen, f"{total:.2f}", big, [1, 2, 3][n - 2], max(total, x), (x + 1j).imag


def half(x):
    return x / 2


def a_few_steps(x):
    total = 10**30
    for k in range(3):
        total = half(total) + k if x > k else -total
    return total


def it_raises(x):
    return half(x) / (x - x)


def inside(x):
    return x + 1.0


def called(n, x=0.5):
    for _ in range(n):
        x = inside(x)
    return x


@pytest.mark.parametrize(
    ("function", "runs"), [(a_few_steps, 10_000), (a_bit_of_everything, 1_000), (it_raises, 1_000)]
)
def test_memory_stays_flat_over_many_traces(function, runs):
    run = tracer_with("C")["run"].run

    def several(count):
        for _ in range(count):
            run(function, (2.0,))
        gc.collect()
        return sys.getallocatedblocks(), resident()

    several(500)  # what is kept once: rewritten code, free lists
    blocks, memory = several(1)
    blocks_after, memory_after = several(runs)
    assert blocks_after - blocks < runs / 4  # free lists still fill; a leak is a block a run
    assert memory_after - memory < 4 * MEBI


@pytest.mark.parametrize(
    ("function", "n"),
    [(importlib.import_module("workloads").chain, 10_000_000), (called, 1_000_000)],
    ids=["ten million operations", "a million calls"],
)
def test_what_hangs_together_in_one_chain_is_recorded_derived_and_freed(function, n):
    parts = tracer_with("C")
    gc.collect()
    before = resident()
    record = parts["run"].run(function, (n,)).record
    assert len(record.graph) >= n
    slopes = parts["analyses.gradient"].gradient(record.graph)
    assert slopes[record.inputs["x"]] == 1.0
    assert resident() - before < 80 * len(record.graph)
    tape = weakref.ref(record.graph.columns.tape)
    del record, slopes
    gc.collect()
    assert tape() is None
    assert resident() - before < KEPT


def test_the_bench_of_a_long_run_tells_its_numbers(capsys):
    importlib.import_module("long_run").main(1_000)
    assert capsys.readouterr().out.startswith("1,003 numbers on the tape\n")
