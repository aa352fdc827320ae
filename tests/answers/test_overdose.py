"""Too much of a medicine: the help line comes first, whatever else is known."""

from __future__ import annotations

import pytest

from usedfor import api


@pytest.mark.parametrize(
    "question",
    [
        "I took 20 tablets of acetaminophen",
        "my toddler swallowed metformin",
        "she took a whole bottle of warfarin, what now",
        "overdose of metformin what happens",
        "he ate 15 pills and I do not know which",
    ],
)
def test_the_help_line_comes_first(question: str) -> None:
    first = api.ask(question).answer[0].text
    assert "1-800-222-1222" in first


@pytest.mark.parametrize("question", ["can I take metformin with food?", "what is metformin for"])
def test_no_help_line_where_none_is_needed(question: str) -> None:
    assert not [s for s in api.ask(question).answer if "1-800-222-1222" in s.text]


def test_a_use_that_is_only_studied_is_told_with_its_trials() -> None:
    found = api.ask("can ketamine be used for depression?")
    first = found.answer[0]
    assert (
        first.text == "No label of ketamine read here lists depression; registered trials are looking at it."
    )
    sources = {r.n: r.source for r in found.references}
    assert {sources[n] for n in first.refs} == {"clinicaltrials"}


def test_how_sure_is_said_of_a_use_outside_the_label() -> None:
    said = [s.text for s in api.ask("does ketamine help with postoperative pain?").answer]
    assert said[0].startswith("No label of ketamine read here lists postoperative pain; studies report")
    assert said[1] == "How sure this is: level 2 of 5, where 1 is the strongest kind of study."
