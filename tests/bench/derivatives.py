"""Holds traced gradients of real calls to differences of the plain functions.

    python tests/bench/derivatives.py CORPUS [PART_OF_AN_ID_OR_FUNCTION]

CORPUS is a folder with `corpus.jsonl` (a call a line: module, call_expr, result_type, and in
`smooth` the inputs that move the result a little when they are changed a little) and
`corpuslib.py`, which loads a module and takes a call apart. For each call with a float result and
each of its smooth inputs: the derivative by tracing, and five-point differences of the plain
function with two steps. They count where the two agree to 1e-5. Prints how many were compared, the
worst, and each that is not the same, with what stands in its way.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import signal
import sys
import time
import warnings
from pathlib import Path

SAME = 1e-5
STEPS = (1e-3, 2.5e-4)
SECONDS = 60


def slope_of(f, x, step):
    """The five-point central difference (Abramowitz & Stegun 25.3.6)."""
    h = step * (abs(x) if abs(x) > 1e-9 else 1.0)
    h = (x + h) - x
    return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h), h


def differences(lib, module, case, index):
    """The slopes of the plain function by one input with two steps, and the noise of the second."""

    def f(x):
        _, function, args, keywords = lib.split_call(module, case["call_expr"])
        count = iter(range(10**9))
        args, keywords = (
            lib.map_numbers(part, lambda v: x if next(count) == index else v) for part in (args, keywords)
        )
        return float(function(*args, **keywords))

    _, _, args, keywords = lib.split_call(module, case["call_expr"])
    x = float(lib.leaves([args, keywords])[index])
    here = f(x)
    found = []
    for step in STEPS:
        slope, h = slope_of(f, x, step)
        found.append(slope)
    return found, 1e-14 * abs(here) / h, here, x


def compared(lib, module, case):
    """For each smooth input what tracing says, what the differences say, and whether they agree."""
    from adapter import _in_call_order

    from tracer import trace

    _, function, args, keywords = lib.split_call(module, case["call_expr"])
    began = time.perf_counter()
    t = trace(function, *args, **keywords)
    seconds = time.perf_counter() - began
    if not t.graph.outputs:
        return {"nodes": len(t.graph), "rows": [[i, None, None, "nothing traced"] for i in case["smooth"]]}
    began = time.perf_counter()
    slopes = t.gradient()
    swept = time.perf_counter() - began
    nodes = _in_call_order(function, args, keywords, t.inputs)
    rows = []
    for index in case["smooth"]:
        try:
            (coarse, fine), noise, here, x = differences(lib, module, case, index)
        except Exception as error:
            rows.append([index, None, None, f"plain: {type(error).__name__}"])
            continue
        slope = slopes[nodes[index]]
        scale = max(abs(fine), abs(coarse), 1e-7 * abs(here) / max(abs(x), 1e-300))
        if not math.isfinite(fine) or abs(fine - coarse) > SAME * scale + noise:
            rows.append([index, slope, fine, "differences disagree"])
        elif slope is None:
            rows.append([index, None, fine, "unknown"])
        elif abs(slope - fine) <= SAME * scale + noise:
            rows.append(
                [index, slope, fine, "same", abs(slope - fine) / scale if noise < 1e-6 * scale else 0.0]
            )
        elif any(branch.margin == 0.0 for branch in t.branches):
            rows.append([index, slope, fine, "at a kink: a decision was a tie"])
        else:
            rows.append([index, slope, fine, "other"])
    stops = [str(o) for o in t.obstacles()][:4] if any(r[3] in ("unknown", "other") for r in rows) else []
    leaks = (
        [f"{leak.how} {leak.text}" for leak in t.leaks][:4]
        if stops or any(r[3] == "other" for r in rows)
        else []
    )
    return {
        "nodes": len(t.graph),
        "trace": seconds,
        "sweep": swept,
        "rows": rows,
        "stops": stops,
        "leaks": leaks,
    }


def forked(work):
    """The result of `work` in a process of its own: a crash or a hang costs that case alone."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(SECONDS)
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            result = work()
        except BaseException as error:
            result = {"failed": f"{type(error).__name__}: {error}"[:300]}
        with os.fdopen(write, "w") as pipe:
            json.dump(result, pipe)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(text) if text else {"failed": "killed"}


def main(corpus, wanted=""):
    """Run the corpus and print what came of it."""
    sys.path[:0] = [corpus, str(Path(__file__).parent.parent / "corpus")]
    warnings.simplefilter("ignore")
    lib = importlib.import_module("corpuslib")
    cases = [json.loads(line) for line in (Path(corpus) / "corpus.jsonl").read_text().splitlines()]
    cases = [
        c for c in cases if c["result_type"] == "float" and c["smooth"] and wanted in c["id"] + c["function"]
    ]
    tally, functions, errors, misses, costs = {}, {}, [], [], []
    for case in cases:
        name = f"{case['module']}.{case['function']}"
        try:
            module = lib.load_module(case)
        except Exception as error:
            misses.append((name, case["call_expr"], f"import: {error}"))
            continue
        found = forked(lambda case=case, module=module: compared(lib, module, case))
        if "failed" in found:
            misses.append((name, case["call_expr"], found["failed"]))
            tally["failed"] = tally.get("failed", 0) + len(case["smooth"])
            continue
        if "sweep" in found:
            costs.append((found["nodes"], found["trace"], found["sweep"]))
        for index, slope, fine, verdict, *error in found["rows"]:
            tally[verdict] = tally.get(verdict, 0) + 1
            if verdict == "same":
                functions.setdefault(name, []).append(index)
                errors.append((error[0], name, index))
            elif verdict != "differences disagree":
                words = f"input {index}: traced {slope}, differences {fine}: {verdict}"
                misses.append((name, case["call_expr"], words, found.get("stops"), found.get("leaks")))
    for miss in misses:
        print(*miss, sep="\n    ")
    print()
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(tally.items(), key=lambda kv: -kv[1])))
    print(f"{len(errors)} derivatives of {len(functions)} functions are the same; {len(cases)} calls")
    print("worst:", *max(errors, default=()))
    nodes, traced, swept = (sum(column) for column in zip(*costs, strict=True)) if costs else (1, 0, 0)
    print(f"{nodes} nodes; capture {traced / nodes * 1e6:.2f} us a node, gradient {swept / nodes * 1e6:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
