"""The passages of a label: where they begin and end, and which are chosen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from usedfor.answers.reading import Library, Want, _passages
from usedfor.answers.types import Asked
from usedfor.knowledge import Knowledge


def texts(section: str, text: str) -> list[str]:
    return [s.text for s in _passages(section, text)]


def test_a_sections_heading_and_numbers_are_left_out() -> None:
    text = "7 DRUG INTERACTIONS Avoid it with alcohol. 7.1 Avoid it with wine too."
    assert texts("drug_interactions", text) == ["Avoid it with alcohol.", "Avoid it with wine too."]


def test_a_list_stays_with_the_words_that_lead_it() -> None:
    text = "It is for people with: • gout of the foot • pain in the knee. It is not for all."
    assert texts("purpose", text)[0] == "It is for people with: • gout of the foot • pain in the knee."


def test_a_sentence_without_a_full_stop_ends_where_the_next_begins() -> None:
    text = "Week 7 and thereafter 0.25 mg If a dose is missed, take it soon."
    assert texts("x", text)[-1] == "If a dose is missed, take it soon."


@given(st.text(alphabet="aB1. :•?()\n", max_size=200))
def test_places_are_exact(text: str) -> None:
    for s in _passages("x", text):
        assert text[s.start : s.end] == s.text
        assert s.low == s.text.lower()


def test_what_is_needed_must_be_named(knowledge: Knowledge) -> None:
    library = Library(knowledge)
    alcohol = Asked(words="alcohol", patterns=("alcohol",), topic="alcohol")
    assert library.search("golimumab", Want(kind="interaction", asked=(alcohol,), needed=True)) == []
    vaccine = Asked(words="vaccine", patterns=("vaccin",), topic="vaccine")
    (found,) = library.search("golimumab", Want(kind="interaction", asked=(vaccine,), needed=True))
    assert found.words == "Do not give live vaccines together with Simponi."
    assert found.span.section == "drug_interactions"
