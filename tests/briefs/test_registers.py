"""Plain words give way to professional ones where both stand, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.briefs.registers import Professional

LAY = ("heart attack", "high blood pressure", "attack", "lung disease (COPD)")


@pytest.mark.parametrize(
    ("plain", "professional"),
    [
        ("It treats high blood pressure (hypertension).", "It treats hypertension."),
        ("High blood pressure (hypertension): about 3 in 100.", "Hypertension: about 3 in 100."),
        ("After a heart attack (myocardial infarction).", "After a myocardial infarction."),
        ("About a heart attack (said of the form given by mouth).", None),
        ("High blood pressure (as an added treatment).", None),
        ("General anesthesia (as the sole agent).", None),
        ("It is given into a vein (intravenous).", None),
        ("It treats high blood pressure.", None),
        (
            "For lung disease (COPD, chronic obstructive pulmonary disease).",
            "For chronic obstructive pulmonary disease.",
        ),
        ("For lung disease (COPD).", None),
    ],
)
def test_the_everyday_word_goes(plain: str, professional: str | None) -> None:
    assert Professional(LAY).text(plain) == (professional or plain)


@given(st.text(alphabet="abc ().,", max_size=60))
def test_other_sentences_stay_as_they_are(text: str) -> None:
    assert Professional(LAY).text(text).casefold() == text.casefold()
