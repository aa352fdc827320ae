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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Zelu should not be given to patients with hypercalcemia or evidence of sarcoidosis.",
            {"hypercalcemia", "sarcoidosis"},
        ),
        (
            "4 CONTRAINDICATIONS Known hypersensitivity to zelu ( 4 ) In the setting of CABG surgery ( 4 )",
            {"cabg surgery"},
        ),
        (
            "Zelu should not be given to any patient with a suspected cerebrovascular defect or to any"
            " patient with cardiovascular disease.",
            {"suspected cerebrovascular defect", "cardiovascular disease"},
        ),
        (
            "Zelu is contraindicated in patients with glaucoma. Excitation, seizures, delirium and coma have"
            " been reported.",
            {"glaucoma"},
        ),
    ],
)
def test_what_is_named_together_is_read_together(text: str, expected: set[str]) -> None:
    found = {text[f.start : f.end].lower() for f in read(text, load()) if f.kind == "contraindication"}
    assert found == expected
