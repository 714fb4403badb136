"""What must hold of the folded run as text, as Mermaid and as JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

from fold_programs import bodies, program, traced, transcript
from hypothesis import given, settings
from test_views_records import GALLERY, branch, lesson

from tracer.record import Record
from tracer.views import ViewOptions, render, save

TIMES = "\N{MULTIPLICATION SIGN}"
LOAN = """\
def growth(x, rate):
    return x * rate

def f(balance, rate, n=24):
    paid = 0.0
    for month in range(n):
        interest = growth(balance, rate)
        balance = balance + interest - 9.0
        paid = paid + interest
    return paid
"""


def loan() -> Record:
    return traced(LOAN, 100.0, 0.01)


def test_the_listing_is_the_source_with_values_beside_it() -> None:
    lines = str(render(loan(), ".txt", ViewOptions(fold="line"))).splitlines()
    assert lines[0].startswith("f(100.0, 0.01) = ")
    found = {line[7:].strip().split("   ")[0]: line for line in lines if re.match(r" +\d+  ", line)}
    assert "balance 100.0" in found["def f(balance, rate, n=24):"]
    assert "paid 0.0" in found["paid = 0.0"]
    assert "24 iterations" in found["for month in range(n):"]
    assert f"{TIMES}24" in found["paid = paid + interest"]
    assert "1.0 → " in found["return x * rate"]
    assert f"growth(balance, rate)  {TIMES} 24" in lines


def test_a_short_run_is_told_as_it_happened_and_a_long_one_by_its_source() -> None:
    assert render(lesson(), ".txt") == transcript(lesson())
    assert render(loan(), ".txt") == transcript(loan())
    long = traced(LOAN, 100.0, 0.01, 900)
    assert len(str(render(long, ".txt")).splitlines()) < 20
    assert render(long, ".txt", ViewOptions(fold="none")) == transcript(long, ViewOptions(fold="none"))


def test_mermaid_has_every_box_and_arrow_of_the_picture() -> None:
    text = str(render(loan(), ".mmd"))
    assert text.splitlines()[3] == "flowchart TB"
    assert f'["for month in range(n) {TIMES} 24"]' in text
    assert re.search(r"^  (kb\d+) -\.-> \1$", text, re.MULTILINE)
    assert text.count("subgraph") == len(re.findall("^  end$", text, re.MULTILINE)) == 2
    said = str(render(branch(), ".mmd"))
    assert "b * b#lt;" not in said
    assert "disc #lt; 0" in said


def test_mermaid_names_only_boxes_that_there_are() -> None:
    for make in GALLERY.values():
        text = str(render(make(), ".mmd"))
        boxes = set(re.findall(r'^  (k\w+)[\[(]+"', text, re.MULTILINE))
        ends = re.findall(r"^  (k\w+) -\.?->?\|?\d*\|?>? ?(k\w+)$", text, re.MULTILINE)
        assert {end for pair in ends for end in pair} <= boxes
        for label in re.findall(r'"(.*)"', text):
            assert '"' not in label


@settings(max_examples=15)
@given(bodies)
def test_the_folded_json_counts_every_number(body: list[str]) -> None:
    record = traced(program(body))
    document = json.loads(str(render(record, ".fold.json", ViewOptions(fold="operation"))))
    assert sum(box["numbers"] for box in document["boxes"]) == len(record.graph) == document["numbers"]
    assert sum(edge["times"] for edge in document["edges"]) == sum(len(node.args) for node in record.graph)


def test_a_file_may_end_in_fold_json(tmp_path: Path) -> None:
    path = save(loan(), tmp_path / "loan.fold.json")
    assert json.loads(path.read_text())["format"] == "tracer-fold"
    assert json.loads(save(loan(), tmp_path / "loan.json").read_text())["format"] == "tracer"
