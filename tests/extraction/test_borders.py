from __future__ import annotations

import pytest

from usedfor.extraction.borders import bordered, separated
from usedfor.extraction.features import Encoded
from usedfor.extraction.lists import abbreviated, expanded, listed, plausible
from usedfor.extraction.mentions import Found, encoded
from usedfor.vocabulary import Vocabulary, load


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load()


def spans(seen: Encoded, *phrases: str, label: str = "I") -> list[Found]:
    """The first place of each phrase as a span."""
    out = []
    for phrase in phrases:
        start = seen.text.index(phrase)
        end = start + len(phrase)
        first = next(i for i, e in enumerate(seen.tokens.ends) if e > start)
        last = next((i for i, s in enumerate(seen.tokens.starts) if s >= end), len(seen.tokens.starts))
        out.append(Found(start, end, first, last, label))
    return out


def said(seen: Encoded, found: list[Found]) -> list[str]:
    return [seen.text[f.start : f.end] for f in found]


@pytest.mark.parametrize(
    ("text", "tagged", "expected"),
    [
        (
            "Indicated for treatment-resistant depression.",
            "resistant depression",
            "treatment-resistant depression",
        ),
        (
            "For gout (GT) associated with renal failure in adults.",
            "gout",
            "gout (GT) associated with renal failure",
        ),
        ("For gout caused by susceptible bacteria.", "gout caused by susceptible bacteria", "gout"),
        ("For gout due to Foozium barum only.", "gout due to Foozium barum only", "gout"),
        (
            "For moderate to severe plaque psoriasis.",
            "plaque psoriasis",
            "moderate to severe plaque psoriasis",
        ),
        ("As an aid to smoking cessation.", "aid to smoking cessation", "smoking cessation"),
        ("For gout with or without tophi.", "gout with or without tophi", "gout"),
        (
            "For restless legs syndrome (RLS) in adults.",
            "restless legs syndrome (RLS)",
            "restless legs syndrome",
        ),
        (
            "For human immunodeficiency virus (HIV) infection.",
            "human immunodeficiency virus (HIV)",
            "human immunodeficiency virus (HIV) infection",
        ),
        ("For gout where it hurts others.", "gout where it hurts others", "gout"),
        (
            "To prevent heart failure (HF) hospitalization.",
            "heart failure",
            "heart failure (HF) hospitalization",
        ),
        ("Foozol for metastatic melanoma.", "Foozol for metastatic melanoma", "metastatic melanoma"),
    ],
)
def test_borders(text: str, tagged: str, expected: str, vocabulary: Vocabulary) -> None:
    seen = encoded(text, vocabulary)
    assert said(seen, bordered(seen, spans(seen, tagged))) == [expected]


def test_names_side_by_side_are_apart(vocabulary: Vocabulary) -> None:
    seen = encoded("Relieves headache toothache backache today", vocabulary)
    found = bordered(seen, spans(seen, "headache toothache backache"))
    assert said(seen, found) == ["headache", "toothache", "backache"]


def test_a_limit_keeps_what_narrows_it(vocabulary: Vocabulary) -> None:
    seen = encoded("Not indicated for infections caused by susceptible bacteria.", vocabulary)
    (found,) = bordered(seen, spans(seen, "infections caused by susceptible bacteria", label="N"))
    assert seen.text[found.start : found.end] == "infections caused by susceptible bacteria"


def test_members_of_a_list_under_a_heading(vocabulary: Vocabulary) -> None:
    seen = encoded(
        "Ophthalmic diseases: Sympathetic ophthalmia, temporal arteritis, and uveitis.", vocabulary
    )
    found = listed(seen, spans(seen, "Ophthalmic diseases"))
    assert said(seen, plausible(seen, found)) == ["Sympathetic ophthalmia", "temporal arteritis", "uveitis"]


def test_a_name_that_a_comma_joins_to_a_use_is_one(vocabulary: Vocabulary) -> None:
    seen = encoded("Indicated for hypertension, heart failure, and with or without gout.", vocabulary)
    assert said(seen, listed(seen, spans(seen, "hypertension"))) == ["hypertension", "heart failure"]


@pytest.mark.parametrize(
    "before",
    ["panic disorder, with or without ", "It may increase the risk of ", "Use caution in patients with "],
)
def test_what_the_words_before_make_no_use(before: str, vocabulary: Vocabulary) -> None:
    seen = encoded(f"{before}agoraphobia in adults.", vocabulary)
    assert plausible(seen, spans(seen, "agoraphobia")) == []


def test_abbreviations_stand_for_the_span_before_them(vocabulary: Vocabulary) -> None:
    seen = encoded("For gastroesophageal reflux disease (GERD) in adults.", vocabulary)
    assert expanded(seen.text, spans(seen, "gastroesophageal reflux disease")) == {
        "gerd": "gastroesophageal reflux disease"
    }


def test_an_organism_is_no_use(vocabulary: Vocabulary) -> None:
    seen = encoded("For gout caused by susceptible strains of Foozium barum and others.", vocabulary)
    assert plausible(seen, spans(seen, "Foozium barum")) == []
    assert said(seen, plausible(seen, spans(seen, "gout"))) == ["gout"]


@pytest.mark.parametrize(
    ("tagged", "expected"),
    [
        ("hypertension, gout, and asthma", ["hypertension", "gout", "asthma"]),
        (
            "symptoms associated with allergy or the common cold",
            ["symptoms associated with allergy", "common cold"],
        ),
        ("gout or for the short-term relief of asthma", ["gout", "asthma"]),
        ("relapsed or refractory multiple myeloma", ["relapsed or refractory multiple myeloma"]),
        ("gout due to asthma and hypertension", ["gout due to asthma and hypertension"]),
    ],
)
def test_names_that_are_joined_are_apart(tagged: str, expected: list[str], vocabulary: Vocabulary) -> None:
    seen = encoded(f"Indicated for {tagged}.", vocabulary)
    assert said(seen, separated(seen, spans(seen, tagged))) == expected


def test_a_limit_leaves_out_why(vocabulary: Vocabulary) -> None:
    seen = encoded("Not indicated for gout due to the potential for serious reactions.", vocabulary)
    found = bordered(seen, spans(seen, "gout due to the potential", label="N"))
    assert said(seen, found) == ["gout"]


@pytest.mark.parametrize(
    ("text", "tagged", "short"),
    [
        ("For restless legs syndrome (RLS).", "restless legs syndrome", ["RLS"]),
        ("For symptomatic atrial fibrillation (AF).", "symptomatic atrial fibrillation", ["AF"]),
        ("For familial hypercholesterolemia (HeFH).", "familial hypercholesterolemia", []),
        ("For gout (G).", "gout", []),
        ("For gout (see below).", "gout", []),
    ],
)
def test_an_abbreviation_of_a_use_is_its_name_too(
    text: str, tagged: str, short: list[str], vocabulary: Vocabulary
) -> None:
    seen = encoded(text, vocabulary)
    assert said(seen, abbreviated(seen, spans(seen, tagged))) == [tagged, *short]
