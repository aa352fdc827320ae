"""Medicines of which no label was read: an entry only for what nobody sells, with a sentence that says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from usedfor.briefs import compile
from usedfor.knowledge import Knowledge
from usedfor.knowledge.build import build
from usedfor.knowledge.unlabelled import only_studied, with_unlabelled
from usedfor.vocabulary import load


@pytest.mark.parametrize(
    ("medicine", "alone"),
    [("rigosertib", True), ("arketamine", True), ("paclitaxel", False), ("sipuleucel-t", False),
     ("cholesterol", False)],
)  # fmt: skip
def test_what_is_only_studied(medicine: str, alone: bool) -> None:
    found = load().medicines.get(medicine)
    assert found is not None
    assert only_studied(found) is alone


def test_labels_stay_and_the_others_come_sorted() -> None:
    assert with_unlabelled({"zinc": []}, ["zinc", "paclitaxel", "rigosertib", "no such medicine"]) == {
        "rigosertib": [], "zinc": [],
    }  # fmt: skip


def _trial(number: int, medicine: str) -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": f"NCT0000000{number}",
                "briefTitle": f"{medicine} for Melanoma",
            },
            "statusModule": {
                "overallStatus": "RECRUITING",
                "lastUpdatePostDateStruct": {"date": "2024-01-02"},
            },
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2"]},
            "conditionsModule": {"conditions": ["Melanoma"]},
            "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": medicine}]},
        }
    }


def test_a_medicine_without_a_label_has_an_entry_that_says_so(tmp_path: Path) -> None:
    label = {
        "id": "one", "set_id": "one", "version": "1", "effective_time": "20260101",
        "indications_and_usage": ["Bloxitol is indicated for hiccups."],
        "openfda": {"generic_name": ["BLOXITOL"]},
    }  # fmt: skip
    (tmp_path / "labels.json").write_text(json.dumps({"results": [label]}), "utf-8")
    trials = [_trial(1, "Rigosertib"), _trial(2, "Paclitaxel")]
    (tmp_path / "trials.json").write_text(json.dumps(trials), "utf-8")
    build([tmp_path / "labels.json"], tmp_path / "made", workers=1, trials=[tmp_path / "trials.json"])
    with Knowledge.open(tmp_path / "made") as knowledge:
        assert knowledge.medicine("paclitaxel") is None
        (use,) = knowledge.uses("rigosertib")
        assert (use.status, use.text) == ("investigational", "melanoma")
        brief = compile(knowledge, "rigosertib")
    first, second = brief.takeaways[:2]
    assert first.kind == "unknown"
    assert first.text.startswith("No US label of rigosertib was read here")
    assert (
        second.text
        == "Registered trials or papers study it for melanoma. That does not mean that it works or is safe."
    )
    assert second.refs
