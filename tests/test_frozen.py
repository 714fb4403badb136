"""A record is frozen: whoever looks at it first, from however many threads, and whatever interrupts them."""

import importlib.util
import sys
import threading

import pytest
from tapes import BUILT, tracer_with

import tracer
from tracer.analyses.gradient import gradient
from tracer.saved import dumps
from tracer.views import render

TEXT = """\
def f(a, b):
    total, xs = 0.0, [a * k for k in range(4)]
    for i, x in enumerate(xs):
        while total < x:
            total = half(total) + b
        if x > 2:
            total += xs[int(x) % 3]
    return total * 2.5


def half(x):
    return x / 2
"""
PARTS = ("sites", "site_ids", "controls", "calls", "loops", "branches", "leaks", "heads")


def read(record, part):
    owner = record.graph if part in ("sites", "site_ids", "controls") else record
    found = getattr(owner, part)
    return sorted(found) if part == "controls" else [*found]


@pytest.fixture
def function(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(TEXT, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("program", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.f


def test_four_threads_read_one_fresh_trace(function):
    def everything(trace):
        return (
            *(repr(read(trace, part)) for part in PARTS),
            *(repr([*gradient(trace)]), dumps(trace), render(trace, ".dot"), render(trace, ".txt")),
        )

    expected = everything(tracer.trace(function, 1.5, 3.0))
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for start in range(len(expected)):
            trace, found, ready = tracer.trace(function, 1.5, 3.0), [], threading.Barrier(4)

            def reader(first, trace=trace, found=found, ready=ready):
                ready.wait()
                for part in (*PARTS[first % 8 :], *PARTS[: first % 8]):
                    read(trace, part)
                found.append(everything(trace))

            threads = [threading.Thread(target=reader, args=(start + k,)) for k in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert found == [expected] * 4
    finally:
        sys.setswitchinterval(switch)


class Interrupt:
    """Raises KeyboardInterrupt at one line of the code of tracer."""

    def __init__(self, at):
        self.lines, self.at = 0, at

    def __call__(self, frame, event, _):
        if event == "line" and "tracer" in frame.f_code.co_filename:
            self.lines += 1
            if self.lines == self.at:
                raise KeyboardInterrupt
        return self


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("kind", BUILT)
def test_an_interruption_of_the_first_look_breaks_nothing(kind, part, function):
    run = tracer_with(kind)["run"].run
    expected = [repr(read(run(function, (1.5, 3.0)).record, each)) for each in PARTS]
    at, interrupted, before = 1, True, sys.gettrace()
    while interrupted:
        record = run(function, (1.5, 3.0)).record
        interrupted = False
        sys.settrace(Interrupt(at))
        try:
            read(record, part)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            sys.settrace(before)
        first = PARTS.index(part)
        found = {each: repr(read(record, each)) for each in (*PARTS[first:], *PARTS[:first])}
        assert [found[each] for each in PARTS] == expected
        at += 1 + at // 8
    assert at > 2


def test_both_tapes_mark_what_the_thread_of_the_run_does(tmp_path):
    path = tmp_path / "threads.py"
    path.write_text(
        "import threading\n\n\ndef f(x):\n    def work(n):\n        y = x\n        for i in range(n):\n"
        "            y = y * 1.5\n        return y\n\n    other = threading.Thread(target=work, args=(3,))\n"
        "    other.start()\n    other.join()\n    return work(5)\n",
        encoding="utf-8",
    )
    spec = importlib.util.spec_from_file_location("threads", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = []
    for kind in BUILT:
        record = tracer_with(kind)["run"].run(module.f, (2.0,)).record
        found.append((len(record.calls), [len(loop.iterations) for loop in record.loops], len(record.graph)))
    assert found == [(2, [5], found[0][2])] * len(BUILT)
