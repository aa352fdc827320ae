from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.vocabulary.text import abbreviation, fold, key, lowered, singular


def test_every_character_but_one_lowers_to_one() -> None:
    longer = [chr(c) for c in range(sys.maxunicode + 1) if len(chr(c).lower()) != 1]
    assert longer == ["İ"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Heart-Failure/HFrEF", "heart failure hfref"),
        ("oedema", "edema"),
        ("angioedema", "angioedema"),
        ("gastro-oesophageal", "gastro esophageal"),
        ("Haemorrhagic  diarrhoea", "hemorrhagic diarrhea"),
        ("Sjögren’s", "sjogren's"),
        ("so\u00adft", "soft"),
        ("İ", "i"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text).text == folded


def test_offsets_lead_back_through_two_foldings() -> None:
    text = "Acute\u00ad  haemorrhage, oedema"
    folded = fold(text)
    at = folded.text.index("hemorrhage")
    assert text[folded.start(at) : folded.end(at + len("hemorrhage"))] == "haemorrhage"
    at = folded.text.index("edema")
    assert text[folded.start(at) : folded.end(at + len("edema"))] == "oedema"


@given(st.text())
def test_offsets_stay_in_the_text_and_in_order(text: str) -> None:
    folded = fold(text)
    starts = [folded.start(i) for i in range(len(folded.text))]
    ends = [folded.end(i + 1) for i in range(len(folded.text))]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(0 <= s <= e <= len(text) for s, e in zip(starts, ends, strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Crohn's disease", "crohn disease"),
        ("Diabetes Mellitus, Type 2", "type II diabetes mellitus"),
        ("cancer of the breast", "breast cancer"),
        ("oesophageal tumours", "esophageal tumor"),
        ("brain metastases", "brain metastasis"),
        ("urinary tract infections", "urinary tract infection"),
    ],
)
def test_spellings_share_a_key(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_non_stays_with_what_it_denies() -> None:
    assert key("non-squamous non-small cell lung cancer") != key("squamous non-small cell lung cancer")
    assert key("non-hematologic malignancies") != key("hematologic malignancies")


@pytest.mark.parametrize("word", ["diabetes", "herpes", "rabies", "tinnitus", "sepsis"])
def test_words_that_only_look_like_plurals(word: str) -> None:
    assert singular(word) == word


def test_abbreviations() -> None:
    assert [n for n in ("AIDS", "mCRPC", "IBS-C", "Gout", "ALL PATIENTS") if abbreviation(n)] == [
        "AIDS",
        "mCRPC",
        "IBS-C",
    ]


LETTERS = st.text(
    st.sampled_from("aBΣσςİıſKÀßæ \u2003\t\n-—’`_\u00ad\u0301ﬁ\ud800\U0001d400oedemu"), max_size=60
)


@given(LETTERS | st.text())
def test_lower_case_keeps_every_character_at_its_place(text: str) -> None:
    low = text.lower()
    if len(low) != len(text):  # character by character
        low = "".join(one if len(one := c.lower()) == 1 else c for c in text)
    assert lowered(text) == low


@given(LETTERS)
def test_a_long_text_folds_as_its_words_do(text: str) -> None:
    """British stems are sought in another way in long texts."""
    short = " ".join(("y", *text.split(), "x"))
    assert fold("Z " * 200 + short).text == "z " * 200 + fold(short).text


def test_british_words_are_found_in_a_long_text() -> None:
    assert fold("Angioedema and oedema. " * 20).text == "angioedema and edema. " * 20
