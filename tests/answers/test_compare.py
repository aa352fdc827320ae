"""Medicines side by side: a table whose every cell that says something has its references."""

from __future__ import annotations

import pytest

from usedfor.answers import answer, to_dict
from usedfor.answers.shape import to_text
from usedfor.knowledge import Knowledge


@pytest.mark.parametrize(
    "question",
    [
        "what is the difference between simponi and ketamine",
        "simponi vs ketamine",
        "is simponi better than ketamine",
        "is simponi the same as ketamine",
        "simponi or ketamine for pain",
    ],
)
def test_each_cell_that_says_something_is_cited(knowledge: Knowledge, question: str) -> None:
    found = answer(knowledge, question)
    assert found.table
    assert [c.lower() for c in found.table.columns] == ["simponi (golimumab)", "ketamine"]
    numbers = {r.n for r in found.references}
    for row in found.table.rows:
        assert len(row.cells) == 2
        assert row.title
        assert not row.title.endswith(".")
        for cell in row.cells:
            assert bool(cell.refs) == (cell.kind == "fact")
            assert set(cell.refs) <= numbers
    assert {"what", "uses"} <= {row.id for row in found.table.rows}
    assert sum(len(s.text.split()) for s in found.answer) <= 90


def test_which_is_better_is_not_said_and_what_is_known_stands_beside(knowledge: Knowledge) -> None:
    found = answer(knowledge, "which is better, simponi or ketamine")
    assert not found.answered
    assert found.rule == "decline.rating"
    assert found.table


def test_a_condition_that_is_asked_about_is_the_first_row(knowledge: Knowledge) -> None:
    found = answer(knowledge, "simponi versus ketamine for ulcerative colitis")
    assert found.table
    first = found.table.rows[0]
    assert (first.id, first.title) == ("for", "For ulcerative colitis")
    assert first.cells[0].text.startswith("Yes: Simponi")
    assert "not" in first.cells[1].text


def test_a_medicine_that_is_not_here_is_said(knowledge: Knowledge) -> None:
    found = answer(knowledge, "what is the difference between simponi and warfarin")
    assert found.table is None
    assert not found.answered
    assert found.why_not
    assert "warfarin" in found.why_not


def test_the_table_in_json_and_on_a_terminal(knowledge: Knowledge) -> None:
    found = answer(knowledge, "simponi vs ketamine")
    plain = to_dict(found)["table"]
    assert plain["columns"][1].lower() == "ketamine"
    assert {"text", "refs", "kind"} <= plain["rows"][0]["cells"][0].keys()
    assert to_dict(answer(knowledge, "what is simponi"))["table"] is None
    lines = to_text(found, 80).splitlines()
    assert max(map(len, lines[: lines.index("References")])) <= 80
    assert any(line.startswith("What it is") for line in lines)
