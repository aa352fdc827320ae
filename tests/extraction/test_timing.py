from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction.timing import statements
from usedfor.model import Document, Section, Statement


def read(field: str, text: str, **more: str) -> list[Statement]:
    sections = {field: text, **more}
    parts = tuple(Section(field=f, text=t) for f, t in sorted(sections.items()))
    document = Document(
        id="d", set_id="s", version="1", source="openfda", title="Foo", effective="2026-01-01", sections=parts
    )
    found = statements(document, "foo", None)
    for s in found:
        assert sections[s.span.section][s.span.start : s.span.end] == s.text
        assert 1 <= len(s.text.split()) <= 8
        assert s.text == s.text.strip()
    return found


def brief(found: list[Statement]) -> list[tuple[object, ...]]:
    return [
        (s.kind, s.text, s.topic, f.value, f.low, f.high, f.unit, f.relation)
        for s in found
        for f in s.figures
    ]


def test_anaesthesia_by_vein_and_muscle() -> None:
    text = (
        "Intravenous Route: Foo administered intravenously may range from 1 to 4.5 mg/kg. The "
        "average amount required "
        "to produce 5 to 10 minutes of surgical anesthesia within 30 seconds following injection is 2 mg/kg. "
        "Intramuscular Route: Foo is administered intramuscularly. A dose of 9 to 13 mg/kg usually "
        "produces surgical "
        "anesthesia within 3 to 4 minutes, with the anesthetic effect usually lasting 12 to 25 minutes."
    )
    found = read("dosage_and_administration", text, openfda="route: INTRAMUSCULAR | INTRAVENOUS")
    assert sorted(brief(found), key=str) == [
        ("duration", "12 to 25 minutes", "intramuscular", None, 12.0, 25.0, "minutes", "="),
        ("duration", "5 to 10 minutes", "intravenous", None, 5.0, 10.0, "minutes", "="),
        ("onset", "within 3 to 4 minutes", "intramuscular", None, 3.0, 4.0, "minutes", "="),
        ("onset", "within 30 seconds", "intravenous", 30.0, None, None, "seconds", "<="),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Following oral administration the onset of action is about 30 minutes.",
            ("onset", "about 30 minutes", "oral", 30.0, None, None, "minutes", "about"),
        ),
        (
            "Diuresis begins within two hours of a dose.",
            ("onset", "within two hours", None, 2.0, None, None, "hours", "<="),
        ),
        (
            "It may take 2 to 4 weeks before an improvement is noticed.",
            ("onset", "2 to 4 weeks", None, None, 2.0, 4.0, "weeks", "="),
        ),
        (
            "The duration of action is at least 4 days.",
            ("duration", "at least 4 days", None, 4.0, None, None, "days", ">="),
        ),
        (
            "The effect lasts for 4 to 6 hours.",
            ("duration", "4 to 6 hours", None, None, 4.0, 6.0, "hours", "="),
        ),
        (
            "The drug begins to work in 15 minutes, with relief of pain.",
            ("onset", "in 15 minutes", None, 15.0, None, None, "minutes", "<="),
        ),
    ],
)
def test_times_of_the_effect(text: str, expected: tuple[object, ...]) -> None:
    assert brief(read("clinical_pharmacology", text)) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Peak plasma concentrations occur within 2 hours; the effect is not described.",
        "The elimination half-life is 4 hours.",
        "The maximum effect occurs within 2 hours.",
        "The median time to onset of neutropenia was 15 days.",
        "In rats the onset of the effect occurred within 2 hours.",
        "If no improvement is seen within 2 weeks, the diagnosis is to be questioned.",
        "Partial-onset seizures occurred with no effect within 2 weeks.",
        "The onset of adverse effects was within 3 days.",
        "Anesthesia for procedures lasting 30 minutes or less.",
        "The onset of benefit was seen with the 1 mg/24 hours dose.",
        "An effect was observed in a 26 week trial.",
        "Tolerance to the effect was observed after 6 weeks.",
        "For a faster onset of the effect, Foo should not be taken within 3 hours of a meal.",
        "After discontinuation the effect persists for 3 weeks.",
        "A wound improvement may take several weeks of healing.",
    ],
)
def test_other_times_are_left_alone(text: str) -> None:
    assert read("clinical_pharmacology", text) == []


def test_a_trial_gives_no_duration() -> None:
    text = "The improvement lasts for 84 weeks."
    assert [s.kind for s in read("clinical_pharmacology", text)] == ["duration"]
    assert read("clinical_studies", text) == []
    assert read("clinical_studies", "An effect was seen within 2 weeks compared with placebo.") == []


def test_a_time_said_twice_is_given_once() -> None:
    text = "The onset of action is within 30 minutes."
    assert len(read("clinical_pharmacology", text, pharmacodynamics=text)) == 1


def test_a_route_that_the_product_does_not_have_is_not_the_route() -> None:
    text = "Like oral Bar, Foo has an onset of action within 5 minutes."
    assert [s.topic for s in read("pharmacodynamics", text, openfda="route: NASAL")] == [None]
    assert [s.topic for s in read("pharmacodynamics", text, openfda="route: ORAL")] == ["oral"]


TEXT = (
    "onset of action effect within 30 seconds to 2 minutes lasts for duration anesthesia . ( "
    "; may take weeks before improvement begins İ \ud800 half an hour - occurs orally"
)
WORDS = st.sampled_from(TEXT.split(" "))


@given(st.one_of(st.text(), st.lists(WORDS, max_size=40).map(" ".join)))
def test_any_text_is_read_with_exact_spans(text: str) -> None:
    for s in read("pharmacodynamics", text):
        assert s.kind in ("onset", "duration")
        assert len(s.figures) == 1


def test_time_is_linear_in_the_text() -> None:
    piece = "The onset of the effect is seen in many, and the duration of action lasts, in minutes of a day "

    def seconds(times: int) -> float:
        start = time.perf_counter()
        read("pharmacodynamics", piece * times)
        return time.perf_counter() - start

    seconds(100)
    once = min(seconds(100) for _ in range(3))
    assert seconds(1000) < 60 * once + 0.5
