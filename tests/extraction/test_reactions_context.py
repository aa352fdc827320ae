from __future__ import annotations

import re

import pytest

from usedfor.extraction.reactions_context import _CLASSES, meant, pieces, tidy
from usedfor.extraction.reactions_tokens import CUES, tokenise
from usedfor.extraction.rulebook import read_rules
from usedfor.vocabulary import load


def kept(text: str, *words: str) -> list[str]:
    spans = sorted((text.index(word), text.index(word) + len(word), 0.9) for word in words)
    return [text[start:end] for start, end, _ in meant(text, tokenise(text), spans)]


@pytest.mark.parametrize(
    ("text", "words", "want"),
    [
        (
            "Patients with a history of stroke, angina or gout had rash.",
            ("stroke", "angina", "gout", "rash"),
            ["rash"],
        ),
        ("There were no reports of anaphylaxis. Rash occurred.", ("anaphylaxis", "Rash"), ["Rash"]),
        ("used in the treatment of acne; nausea occurred", ("acne", "nausea"), ["nausea"]),
        ("Tumors were seen in rats and mice. Rash in patients.", ("Tumors", "Rash"), ["Rash"]),
        ("Tumors were seen in rats and in patients.", ("Tumors",), ["Tumors"]),
        ("nausea without vomiting and rash", ("nausea", "vomiting", "rash"), ["nausea"]),
    ],
)
def test_what_is_set_aside(text: str, words: tuple[str, ...], want: list[str]) -> None:
    assert kept(text, *words) == want


def test_a_reactions_own_words() -> None:
    vocabulary = load()
    for text, want in (
        ("Cardiovascular Bradycardia", "Bradycardia"),
        ("Gastrointestinal Hemorrhage", "Gastrointestinal Hemorrhage"),
        ("Cardiac arrest", "Cardiac arrest"),
        ("Dermatologic Toxicity", "Dermatologic Toxicity"),
        ("of toxicity", "toxicity"),
        ("tinnitus:", "tinnitus"),
        ("- rash ) :", "rash"),
        ("pain (severe)", "pain (severe)"),
        ("Sepsis sepsis", "sepsis"),
        ("of", "of"),
    ):
        start, end = tidy(text, 0, len(text), vocabulary)
        assert text[start:end] == want


def test_every_phrase_that_sets_aside_holds_a_cue() -> None:
    holding = {name for name, held in zip(CUES, _CLASSES[1:], strict=True) if held}
    words = {
        word for name, words in read_rules("reactions")["cues"].items() if name in holding for word in words
    }
    for rule in read_rules("reactions")["aside"]:
        for phrase in rule["before"]:
            parts = re.findall(r"[a-z]{3,}|no\b", phrase.replace("\\w+", ""))
            assert any(word.startswith(part) for part in parts for word in words), phrase


def test_a_span_over_two_reactions_is_parted() -> None:
    vocabulary = load()
    for text, want in (
        ("anxiety; fear ; rash", ["anxiety", "fear", "rash"]),
        ("hypertension Dissociation", ["hypertension", "Dissociation"]),
        ("Nausea Vomiting", ["Nausea", "Vomiting"]),
        ("Heart Failure", ["Heart Failure"]),
        ("acute Stevens-Johnson syndrome", ["acute Stevens-Johnson syndrome"]),
        (";", []),
    ):
        assert [text[a:b] for a, b in pieces(text, 0, len(text), vocabulary)] == want
