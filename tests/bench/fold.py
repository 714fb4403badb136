"""What a picture of a long run costs: capture, fold, the whole command, and its memory.

    python tests/bench/fold.py [steps of n-body]

Each row has a process of its own. Times are CPU seconds; memory is the peak of the resident set of
`tracer trace FILE FUNCTION -o picture.svg`, less than 32 bytes a number and 200 MB where all is well.
"""

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
# This tracer, installed or not.
OURS = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(HERE.parent.parent), os.environ.get("PYTHONPATH", "")]),
}
LINE = "{:22}{:>12}{:>9}{:>9}{:>8}{:>7}{:>10}{:>8}{:>9}{:>9}"
HEAD = ("", "numbers", "capture", "fold", "ratio", "boxes", "command", "ratio", "peak MB", "most MB")
# program, function, arguments
ROWS = (
    ("nbody", "main", 1_000),
    ("nbody", "main", 10_000),
    ("mlp", "loss"),
    ("fibonacci", "fib", 20),
    ("quicksort", "main", 500),
    ("mandelbrot", "mandelbrot", 40, 30),
    ("newton", "newton"),
    ("loan", "total_paid"),
    ("matrix", "main", 12),
    ("simpson", "simpson", 0.0, 2.0, 10_000),
)
TINY = (("nbody", "main", 2),)


def measured(program, name, *args):
    """Capture and fold here: (numbers, CPU of the capture, of the fold, boxes)."""
    from tracer.analyses.fold import fold
    from tracer.run import run

    sys.path.insert(0, str(HERE / "programs"))
    function = getattr(import_module(program), name)
    record, captures, folds = None, [], []
    while not captures or (sum(captures) + sum(folds) < 1.0 and len(captures) < 9):
        record = None
        gc.collect()
        began = time.process_time()
        record = run(function, args).record
        captured = time.process_time()
        folded = fold(record)
        captures.append(captured - began)
        folds.append(time.process_time() - captured)
    return (
        len(record.graph),
        sorted(captures)[len(captures) // 2],
        sorted(folds)[len(folds) // 2],
        folded.size,
    )


def commanded(program, name, *args):
    """The whole command: (CPU, peak bytes)."""
    with tempfile.TemporaryDirectory() as folder:
        line = [sys.executable, "-m", "tracer", "trace", str(HERE / "programs" / f"{program}.py"), name]
        line += [*map(str, args), "-o", f"{folder}/picture.svg"]
        with subprocess.Popen(line, stdout=subprocess.DEVNULL, env=OURS) as child:
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0, line
    return used.ru_utime + used.ru_stime, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def apart(*row):
    """`measured` in a process of its own."""
    line = [sys.executable, __file__, "--row", json.dumps(row)]
    return json.loads(subprocess.run(line, check=True, capture_output=True, text=True, env=OURS).stdout)


def table(rows=ROWS, out=print):
    """Print the table."""
    out(LINE.format(*HEAD))
    for program, name, *args in rows:
        numbers, capture, fold, boxes = apart(program, name, *args)
        whole, peak = commanded(program, name, *args)
        label = f"{program} {' '.join(map(str, args))}"
        times = f"{capture:.3f}", f"{fold:.3f}", f"{fold / capture:.2f}"
        sizes = f"{peak / 1e6:.0f}", f"{(32 * numbers + 200e6) / 1e6:.0f}"
        out(
            LINE.format(
                label, f"{numbers:,}", *times, boxes, f"{whole:.2f}", f"{whole / capture:.1f}", *sizes
            )
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--row"]:
        print(json.dumps(measured(*json.loads(sys.argv[2]))))
    else:
        table((("nbody", "main", int(sys.argv[1])),) if sys.argv[1:] else ROWS)
