"""Lists without a sign between their items."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction.runs import parts
from usedfor.vocabulary import load


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("hives facial swelling asthma", ["hives", "facial swelling", "asthma"]),
        ("headache the common cold", ["headache", "the common cold"]),
        ("kidney stones", ["kidney stones"]),
        ("lung infection of the Moon", ["lung infection of the Moon"]),
        ("pain, fever", ["pain, fever"]),
    ],
)
def test_known_conditions_that_fill_a_span_are_its_parts(text: str, want: list[str]) -> None:
    padded = f"For {text}."
    found = parts(padded, 4, 4 + len(text), load())
    assert [padded[start:end] for start, end in found] == want


@given(st.text(alphabet="asthma feverpinrsh (),", max_size=60))
def test_any_text_is_covered_in_order(text: str) -> None:
    found = list(parts(text, 0, len(text), load()))
    assert found == sorted(found)
    assert all(0 <= start <= end <= len(text) for start, end in found)
    assert [word for start, end in found for word in text[start:end].split()] == text.split()
