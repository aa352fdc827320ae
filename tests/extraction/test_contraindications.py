"""Who must not have the medicine: what explains a contraindication is none."""

from __future__ import annotations

import pytest

from usedfor.extraction.contraindications import read
from usedfor.vocabulary import load


@pytest.mark.parametrize(
    ("text", "none"),
    [
        (
            "Zelu is contraindicated in patients with hypersensitivity (e.g., Stevens-Johnson syndrome,"
            " urticaria) to zelu and in patients with glaucoma.",
            ("stevens", "urticaria"),
        ),
        (
            "Zelu is contraindicated in patients with glaucoma. These patients are at increased risk for"
            " acute pancreatitis.",
            ("pancreatitis",),
        ),
        (
            "Zelu is contraindicated in patients with glaucoma due to the risk of hepatic decompensation.",
            ("decompensation",),
        ),
        (
            "Zelu is contraindicated in patients with glaucoma because of the risk of acute bronchospasm.",
            ("bronchospasm",),
        ),
    ],
)
def test_examples_of_an_allergy_and_reasons_are_no_contraindications(
    text: str, none: tuple[str, ...]
) -> None:
    found = [text[f.start : f.end].lower() for f in read(text, load()) if f.kind == "contraindication"]
    assert any("glaucoma" in words for words in found)
    assert not [words for words in found if any(part in words for part in none)]
