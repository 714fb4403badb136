"""Holds traced gradients of real calls to derivatives in high precision.

    python tests/bench/derivatives_exact.py CORPUS [PART_OF_AN_ID_OR_FUNCTION]

As `derivatives.py`, but the functions of `math` in the called packages are replaced by mpmath's, the
function is run on numbers of 40 digits, and mpmath differentiates it. Counts the derivatives that
are the same to 1e-9; what cannot be run so (tables of floats, integer algorithms) is left out.
"""

from __future__ import annotations

import importlib
import json
import math
import sys
import warnings
from pathlib import Path

from derivatives import forked

SAME = 1e-9


def raise_precision(module):
    """Put mpmath's functions in the place of Python's, in the called package and all that it may call."""
    import mpmath

    own = module.__name__.partition(".")[0]
    others = {"mpmath", "tracer"} | set(sys.stdlib_module_names) - {own}
    plain = {
        getattr(math, name): getattr(mpmath, name)
        for name in dir(math)
        if callable(getattr(math, name)) and hasattr(mpmath, name) and not name.startswith("_")
    }
    del plain[math.floor], plain[math.ceil], plain[math.isnan], plain[math.isinf]
    for name, part in list(sys.modules.items()):
        if name.partition(".")[0] not in others and part is not None:
            for key, value in list(vars(part).items()):
                if (
                    callable(value)
                    and type(value).__name__ == "builtin_function_or_method"
                    and value in plain
                ):
                    setattr(part, key, plain[value])
    return mpmath


def compared(lib, module, case):
    """For each smooth input the traced slope and the exact one."""
    from adapter import _in_call_order

    from tracer import trace

    _, function, args, keywords = lib.split_call(module, case["call_expr"])
    t = trace(function, *args, **keywords)
    slopes = t.gradient()
    nodes = _in_call_order(function, args, keywords, t.inputs)
    choices = (node for node in t.graph if node.op in ("min", "max"))
    tie = any(branch.margin == 0.0 for branch in t.branches) or any(
        [t.graph[i].data for i in node.args].count(node.data) > 1 for node in choices
    )
    mpmath = raise_precision(module)
    mpmath.mp.dps = 40
    rows = []
    for index in case["smooth"]:

        def f(x, index=index):
            _, function, args, keywords = lib.split_call(module, case["call_expr"])
            count = iter(range(10**9))
            args, keywords = (
                lib.map_numbers(part, lambda v: x if next(count) == index else mpmath.mpf(v))
                for part in (args, keywords)
            )
            return mpmath.mpf(function(*args, **keywords))

        _, _, args, keywords = lib.split_call(module, case["call_expr"])
        x = mpmath.mpf(lib.leaves([args, keywords])[index])
        try:
            truth = float(mpmath.diff(f, x))
        except Exception as error:
            rows.append([index, slopes[nodes[index]], None, f"left out: {type(error).__name__}"])
            continue
        slope = slopes[nodes[index]]
        if slope is None:
            rows.append([index, slope, truth, "unknown"])
            continue
        apart = abs(slope - truth) / max(abs(truth), 1e-300)
        verdict = "same" if apart <= SAME else "a decision or a choice was a tie" if tie else "other"
        rows.append([index, slope, truth, verdict, apart])
    return {"rows": rows}


def main(corpus, wanted=""):
    """Run the corpus and print what came of it."""
    sys.path[:0] = [corpus, str(Path(__file__).parent.parent / "corpus")]
    warnings.simplefilter("ignore")
    lib = importlib.import_module("corpuslib")
    cases = [json.loads(line) for line in (Path(corpus) / "corpus.jsonl").read_text().splitlines()]
    cases = [
        c for c in cases if c["result_type"] == "float" and c["smooth"] and wanted in c["id"] + c["function"]
    ]
    tally, functions, worst = {}, set(), (0.0, "")
    for case in cases:
        module = lib.load_module(case)
        found = forked(lambda case=case, module=module: compared(lib, module, case))
        name = f"{case['module']}.{case['function']}"
        for index, slope, truth, verdict, *apart in found.get("rows", [[0, None, None, "failed"]]):
            tally[verdict] = tally.get(verdict, 0) + 1
            if verdict == "same":
                functions.add(name)
                worst = max(worst, (apart[0], f"{name} input {index}"))
            elif verdict in ("other", "unknown", "failed"):
                print(
                    name,
                    case["call_expr"][:150],
                    index,
                    slope,
                    truth,
                    verdict,
                    found.get("failed", ""),
                    flush=True,
                )
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(tally.items(), key=lambda kv: -kv[1])))
    print(f"{tally.get('same', 0)} derivatives of {len(functions)} functions are the same; worst: {worst}")


if __name__ == "__main__":
    main(*sys.argv[1:])
