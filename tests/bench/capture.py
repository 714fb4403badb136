"""What it costs to record a run: CPU time over that of the plain run, alternated in one process, medians.

    python tests/bench/capture.py [ROUNDS] [--readme]

A row of the first table: the plain run, the numbers on the tape, `trace(f)` over the plain run, the gradient
over `trace(f)`, its ns and the tape's bytes a number. A row of the second: `trace(f)` again, then the tape in
Python and each peer that is installed (`pip install -e ".[bench]"`), at a size they can bear, as capture +
gradient over the plain run of that size, or in a word why a peer cannot. `--readme` puts both into README.md.
"""

import argparse
import datetime as dt
import gc
import math
import platform
import statistics
import sys
import time
from pathlib import Path

import peers
import workloads

from tracer import trace
from tracer.tape import KIND

sys.path.insert(0, str(Path(__file__).parent.parent))

from tapes import tracer_with

README = Path(__file__).parent.parent.parent / "README.md"
BEGIN, END = "<!-- python tests/bench/capture.py --readme -->", "<!-- end of the table -->"
TIMED, SMOKE, BORNE = 1, 2, 3  # which size of a workload: the tape's, a test's, one that peers can bear
OWN = ("plain, ms", "numbers", "capture", "gradient", "ns", "bytes")
TAPES = ("tracer", "tracer in Python")
WHY = {
    "RecursionError": "recursion",
    "TracerBoolConversionError": "control flow",
    "TypeError": "operator",
    "AttributeError": "function",
}


def cpu(call):
    began = time.process_time()
    result = call()
    return time.process_time() - began, result


def alternated(rounds, plain, record, has_gradient=True):
    """Medians of the plain run in seconds, and of recording it and of the gradient over it."""
    rows = []
    for _ in range(rounds):
        gc.collect()
        once, _ = cpu(plain)
        recorded, gradient = cpu(record)
        rows.append((once, recorded / once, cpu(gradient)[0] / once if has_gradient else math.nan))
    return map(statistics.median, zip(*rows, strict=True))


def of_tracer(function, size, rounds):
    """The cells of the tape that `trace` uses."""
    made = trace(function, size)
    assert made.result == function(size)
    count, tape = len(made.graph), getattr(made.graph.columns, "tape", None)
    del made
    plain, capture, gradient = alternated(
        rounds, lambda: function(size), lambda: trace(function, size).gradient
    )
    share, each = gradient / capture, gradient * plain / count * 1e9
    size = f"{tape.size / count:.1f}" if tape is not None else "-"
    return capture, [
        *(f"{plain * 1e3:.1f}", f"{count:,}", f"{capture:.2f}", f"{share:.2f}", f"{each:.1f}", size)
    ]


def of_reference(function, size, rounds):
    """The cell of the tape in Python."""
    parts = tracer_with("reference")

    def traced():
        graph = parts["run"].run(function, (size,)).record.graph
        return lambda: parts["analyses.gradient"].gradient(graph)

    _, capture, gradient = alternated(rounds, lambda: function(size), traced)
    return f"{times(capture)} + {times(gradient)}"


def of_peer(functions, record, function, size, rounds):
    """The cell of one peer; its numbers are the floats that the workload has as defaults."""
    xs = [x for x in function.__defaults__ or () if isinstance(x, float)]
    if not xs:
        return "no floats"

    def traced():
        workloads.math = functions
        try:
            return record(lambda *given: function(size, *given), xs)
        finally:
            workloads.math = math

    missing = ""
    try:
        gradient = traced()
    except Exception as error:
        return why(error)
    try:
        if gradient is not None:
            gradient()
    except Exception as error:
        missing = f", {why(error)}"
    has_gradient = gradient is not None and not missing
    _, capture, gradient = alternated(rounds, lambda: function(size), traced, has_gradient)
    return f"{times(capture)} + {times(gradient)}" if has_gradient else f"{times(capture)}{missing}"


def times(ratio):
    """A ratio as it is read."""
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"


def why(error):
    """In a word, what stood in a peer's way."""
    name = type(error).__name__
    return WHY.get(name, name)


def rows(rounds, which=TIMED):
    """The table, a list of cells a row; `which` size of the workloads is the tape's."""
    others = peers.installed()
    gc.freeze()  # what a run has to look through is no larger for the peers' modules
    yield ["", *OWN, *TAPES, *others]
    ratios = []
    for group in (workloads.FLOATS, workloads.CALLS, workloads.INTS):
        for name, row in group.items():
            function, borne = row[0], row[BORNE if which == TIMED else which]
            ratio, cells = of_tracer(function, row[which], rounds)
            ratios += [ratio] * (group is workloads.FLOATS)
            cells += [times(ratio), of_reference(function, borne, rounds)]
            cells += [of_peer(*peer, function, borne, rounds) for peer in others.values()]
            yield [name + " \\*" * (group is workloads.FLOATS), *cells]
    yield ["geometric mean of \\*", "", "", f"{statistics.geometric_mean(ratios):.2f}", "", "", ""]


def markdown(head, *body):
    """The lines of a table in Markdown."""
    yield f"| {' | '.join(head)} |"
    yield f"|---|{'---:|' * (len(head) - 1)}"
    for cells in body:
        yield f"| {' | '.join(cells)} |"


def put(lines):
    """Replace the table in README.md."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    README.write_text("\n".join([before + BEGIN, *lines, END]) + after, encoding="utf-8")


def main():
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("rounds", nargs="?", type=int, default=5)
    options.add_argument("--readme", action="store_true", help="put the table into README.md")
    given = options.parse_args()
    today, version = dt.datetime.now(dt.UTC).date(), platform.python_version()
    head = f"{today}, CPython {version}, {machine()}, tape in {KIND}, medians of {given.rounds}:"
    table = list(rows(given.rounds))
    split = len(OWN) + 1
    own, others = [row[:split] for row in table], [row[:1] + row[split:] for row in table if row[split:]]
    lines = [head, "", *markdown(*own), "", *markdown(*others), ""]
    print("\n".join(lines))
    if given.readme:
        put(lines)


def machine():
    """The kind of machine, as far as it says."""
    try:
        about = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        about = ""
    names = [line.partition(":")[2].strip() for line in about.splitlines() if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()}, {platform.system()} {platform.machine()}"


if __name__ == "__main__":
    main()
