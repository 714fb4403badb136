"""The picture and the text of every function of the samples are as they were, whole commands through."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tracer import program

SAMPLES = Path(__file__).parent.parent / "samples"
GOLD = Path(__file__).parent / "gold" / "samples"
RENEW = os.environ.get("TRACER_GOLD")
FUNCTIONS = [
    (sample, offer.name) for sample in sorted(SAMPLES.glob("*.py")) for offer in program.outline(sample)
]


@pytest.mark.parametrize(("sample", "function"), FUNCTIONS, ids=[f"{s.stem}.{f}" for s, f in FUNCTIONS])
def test_a_sample_looks_and_reads_as_it_did(tracer, here, sample, function):
    """After a wanted change: TRACER_GOLD=1 pytest tests/test_gold_samples.py, and look at the diff."""
    for suffix in (".dot", ".txt"):
        made, gold = here / f"{function}{suffix}", GOLD / f"{sample.stem}.{function}{suffix}"
        tracer("trace", sample, function, "-o", made.name)
        actual = made.read_text(encoding="utf-8")
        if RENEW:
            gold.write_text(actual, encoding="utf-8")
        if not gold.exists() or gold.read_text(encoding="utf-8") != actual:
            saved = gold.with_name(f"{gold.stem}.actual{suffix}")
            saved.write_text(actual, encoding="utf-8")
            pytest.fail(f"{gold.name} differs; what came out is saved as {saved.name}")
