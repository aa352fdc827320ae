from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction.sentences import sentences


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n ", []),
        ("One. Two.", ["One.", "Two."]),
        ("Foo is used (e.g. in gout). It helps.", ["Foo is used (e.g. in gout).", "It helps."]),
        ("Made by Foo Inc. for Bar Co. today.", ["Made by Foo Inc. for Bar Co. today."]),
        (
            "1 INDICATIONS AND USAGE 1.1 Plaque Psoriasis Foo helps. 1.2 Gout Foo helps [see (5.1)].",
            [
                "1 INDICATIONS AND USAGE",
                "1.1 Plaque Psoriasis Foo helps.",
                "1.2 Gout Foo helps [see (5.1)].",
            ],
        ),
        ("Gout. ( 4 ) Asthma ( 4 )", ["Gout. ( 4 ) Asthma ( 4 )"]),
        (
            "Infections due to E. coli or S. aureus. Stop.",
            ["Infections due to E. coli or S. aureus.", "Stop."],
        ),
        ("Uses: • gout • asthma", ["Uses:", "• gout", "• asthma"]),
        (
            "Doses of 2.5 mg are given. See sections 5.1 Liver.",
            ["Doses of 2.5 mg are given.", "See sections 5.1 Liver."],
        ),
        ("for: 1. Gout. 2. Asthma", ["for: 1. Gout.", "2. Asthma"]),
        ("first\n\nsecond\n - third", ["first", "second", "- third"]),
        ("İ b. Ünder? Yes", ["İ b.", "Ünder?", "Yes"]),
    ],
)
def test_breaks(text: str, expected: list[str]) -> None:
    got = split(text)
    assert got == expected


@given(st.text())
def test_every_character_is_in_one_sentence(text: str) -> None:
    spans = sentences(text)
    assert all(a < b <= c for (a, b), (c, _) in itertools.pairwise(spans))
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in spans)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


@given(
    st.lists(
        st.sampled_from([". ", "1.1 A", "\n", "•", "e.g.", "(", "[see", "A", " ", "1. ", '."', "\n\n"])
    ).map("".join)
)
def test_label_like_text(text: str) -> None:
    test_every_character_is_in_one_sentence.hypothesis.inner_test(text)  # type: ignore[attr-defined]


@pytest.mark.parametrize("unit", [" ", "\n", ".", "a. ", "1.1 A", "•", "( 1", "\n "])
def test_time_is_linear(unit: str) -> None:
    start = time.process_time()
    sentences(unit * (400_000 // len(unit)))
    assert time.process_time() - start < 5
