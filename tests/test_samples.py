"""The samples are plain Python: they pass their own doctests and know nothing of tracer."""

import ast
import doctest
from pathlib import Path

import pytest

from tracer import program
from tracer.program.loading import load

SAMPLES = sorted((Path(__file__).parent.parent / "samples").glob("*.py"))
NAMES = ["day_one", "loan", "neuron", "newton", "orbit", "polynomial", "projectile", "quadratic"]


def test_all_samples_are_here():
    assert [sample.stem for sample in SAMPLES] == NAMES


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.stem)
def test_the_doctests_of_a_sample_pass(sample):
    with load(sample) as module:
        failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.stem)
def test_a_sample_imports_the_standard_library_only(sample):
    for node in ast.walk(ast.parse(sample.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= {"math"}
        if isinstance(node, ast.ImportFrom):
            assert node.module == "dataclasses"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.stem)
def test_every_function_of_a_sample_can_be_tried_without_arguments(sample):
    offers = program.outline(sample)
    assert all(offer.ready and offer.summary for offer in offers)
