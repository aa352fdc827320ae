"""What is taken out of a label's uses at the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction.mentions import Found
from usedfor.extraction.screens import is_test, joined, of_people, screened, without_background
from usedfor.extraction.uses import UseFound


def found(text: str, *phrases: str, label: str = "I") -> list[Found]:
    return [Found(text.index(p), text.index(p) + len(p), 0, 1, label) for p in phrases]


def texts(text: str, spans: list[Found]) -> list[tuple[str, str]]:
    return [(text[s.start : s.end], s.label) for s in spans]


def test_what_an_accelerated_approval_rests_on_is_no_use() -> None:
    text = (
        "Zelu is indicated for leukemia. This indication is approved under accelerated approval based on"
        " residual disease [see Clinical Studies (14.1)] . Zelu is indicated for lymphoma."
    )
    spans = found(text, "leukemia", "residual disease", "lymphoma")
    assert texts(text, screened(text, spans, "N")) == [("leukemia", "I"), ("lymphoma", "I")]


def test_a_use_without_evidence_is_a_limit() -> None:
    text = "Zelu is for cystitis. There is no clinical evidence of effectiveness of Zelu in treating sepsis."
    spans = found(text, "cystitis", "sepsis")
    assert texts(text, screened(text, spans, "N")) == [("cystitis", "I"), ("sepsis", "N")]


def test_a_list_that_opens_with_a_denial_holds_no_use() -> None:
    text = (
        "Zelu is for anemia. Zelu is not indicated and not recommended for use: • In the treatment of"
        " cancer ( 5.2 ). • For gout. Zelu is indicated for lymphoma."
    )
    spans = found(text, "anemia", "cancer", "gout", "lymphoma")
    assert texts(text, screened(text, spans, "N")) == [
        ("anemia", "I"),
        ("cancer", "N"),
        ("gout", "N"),
        ("lymphoma", "I"),
    ]


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("Zelu is for gout. Because of the risks of severe anemia Zelu is for few.", "severe anemia"),
        ("for gout, only when its benefit outweighs the risk of sepsis.", "sepsis"),
        ("for gout, and tremor that may follow lead poisoning or mercury poisoning.", "mercury poisoning"),
        ("for gout, and for spasms resulting from nerve damage (e.g., injury, stroke).", "stroke"),
        ("for gout, and for leaks associated with a disease [e.g., injury (ABC), stroke].", "stroke"),
        ("for gout. Pediatric use information is approved for Acme's CLEARKIT (zelu).", "CLEARKIT"),
        ("for gout. Adverse events consisted of bacterial pneumonia in one case.", "bacterial pneumonia"),
        ("for gout in the absence of other disease, such as fibroids or uterine cancer.", "uterine cancer"),
        ("for gout in active disease as defined by anemia, neutropenia or fever.", "neutropenia"),
        ("for gout in patients at high risk, such as those with prolonged neutropenia.", "neutropenia"),
        ("for gout, which lowers the risk of events, primarily strokes and heart attack.", "heart attack"),
        ("for gout. Zelu stops the acute lung syndrome coronavirus 9 from growing.", "acute lung syndrome"),
        ("for gout, and cysts caused by the larval form of the worm, Taenia longa .", "Taenia longa"),
    ],
)
def test_a_risk_a_cause_and_an_organism_are_no_uses(text: str, none: str) -> None:
    assert texts(text, screened(text, found(text, "gout", none), "N")) == [("gout", "I")]


def test_a_risk_that_is_reduced_is_a_use() -> None:
    text = "for gout, and to reduce the risk of stroke."
    assert len(screened(text, found(text, "gout", "stroke"), "N")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "for gout. Evidence of its effect in the treatment of recurrent headaches is unavailable.",
        "for gout. Its effect in recurrent headaches has not been systematically evaluated.",
        "for gout. Its effect has not been proven in recurrent headaches (migraine).",
        "for gout. Should not use in patients with recurrent headaches.",
    ],
)
def test_a_use_whose_evidence_is_unavailable_is_a_limit(text: str) -> None:
    spans = found(text, "gout", "recurrent headaches")
    assert texts(text, screened(text, spans, "N")) == [("gout", "I"), ("recurrent headaches", "N")]


def test_what_the_patients_do_not_have_is_no_use() -> None:
    text = "for infection with no resistance substitutions"
    spans = found(text, "infection", "no resistance substitutions")
    assert texts(text, screened(text, spans, "N")) == [("infection", "I")]


@pytest.mark.parametrize(
    ("words", "test"),
    [
        ("retrograde cystourethrography", True),
        ("radiographic examination of the colon", True),
        ("hypertension", False),
        ("imagined pain", False),
    ],
)
def test_to_examine_is_to_diagnose(words: str, test: bool) -> None:
    assert is_test(words) is test


def test_a_feature_behind_an_abbreviation_belongs_to_its_disease() -> None:
    text = "treatment of major depression (MDD) with suicidal thoughts, and gout with pain"
    spans = found(text, "major depression", "suicidal thoughts", "gout", "pain")
    assert texts(text, joined(text, spans)) == [
        ("major depression (MDD) with suicidal thoughts", "I"),
        ("gout", "I"),
        ("pain", "I"),
    ]


def uses(text: str, relation: str, *phrases: str) -> list[UseFound]:
    return [
        UseFound(
            start=text.index(p),
            end=text.index(p) + len(p),
            status="indicated",
            relation=relation,  # type: ignore[arg-type]
            age="unspecified",
            adjunct=False,
            after_failure=False,
            rule="indication.tagged",
        )
        for p in phrases
    ]


@pytest.mark.parametrize(
    ("text", "phrases", "kept"),
    [
        (
            "to reduce the risk of stroke and embolism in adult patients with atrial fibrillation",
            ["stroke", "embolism", "atrial fibrillation"],
            ["stroke", "embolism"],
        ),
        (
            "to reduce the risk of death in adults with: heart failure ( 1 ) or kidney disease ( 1 )",
            ["death", "heart failure", "kidney disease"],
            ["death"],
        ),
        (
            "to reduce the risk of stroke in patients with heart disease to reduce the rate of dry mouth",
            ["stroke", "heart disease", "dry mouth"],
            ["stroke", "dry mouth"],
        ),
        (
            "prevention of stroke. For patients with angina, to prevent it",
            ["stroke", "angina"],
            ["stroke", "angina"],
        ),
        ("indicated in patients with migraine for prevention", ["migraine"], ["migraine"]),
    ],
)
def test_what_the_patients_have_is_not_prevented(text: str, phrases: list[str], kept: list[str]) -> None:
    left = without_background(text, uses(text, "prevent", *phrases), lambda use: True)
    assert [text[u.start : u.end] for u in left] == kept
    treated = uses(text, "treat", *phrases)
    assert without_background(text, treated, lambda use: True) == treated


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_no_text_raises_and_spans_stay_within_it(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    spans = [Found(start, end, 0, 1, "I"), Found(end, len(text), 1, 2, "I")]
    for span in [*joined(text, spans), *screened(text, spans, "N")]:
        assert 0 <= span.start <= span.end <= len(text)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("for the treatment of anorexia in patients with cancer.", True),
        ("for the treatment of anorexia (AX) in adult patients with advanced cancer.", True),
        ("for the treatment of anorexia. For the treatment of adults with cancer.", False),
        ("for the treatment of anorexia and of patients with cancer.", False),
        ("for anorexia in patients with gout, and treatment of cancer.", False),
    ],
)
def test_a_condition_of_the_people_a_use_is_for(text: str, people: bool) -> None:
    end = text.index("anorexia") + len("anorexia")
    assert of_people(text, text.index("cancer"), [end]) == people
