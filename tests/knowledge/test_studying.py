"""Labels and trials made up for the tests -> a snapshot with uses beyond the label."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from usedfor.knowledge import Knowledge
from usedfor.knowledge.build import build
from usedfor.knowledge.starter import make
from usedfor.knowledge.verify import check

LABEL = {
    "id": "label-2", "set_id": "set-1", "version": "2", "effective_time": "20260101",
    "indications_and_usage": ["Ketamine is indicated for general anesthesia."],
    "openfda": {"generic_name": ["KETAMINE"], "substance_name": ["KETAMINE"]},
}  # fmt: skip
OLDER = LABEL | {
    "id": "label-1", "version": "1", "effective_time": "20200101",
    "indications_and_usage": ["Ketamine is indicated for general anesthesia and for asthma."],
}  # fmt: skip


def trial(nct: str, updated: str, conditions: list[str], **status: Any) -> dict[str, Any]:
    """One study of ketamine against midazolam, as API v2 gives it."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": nct, "briefTitle": f"Ketamine for {' and '.join(conditions)}"},
            "statusModule": {
                "overallStatus": "RECRUITING", "startDateStruct": {"date": "2024-02"},
                "lastUpdatePostDateStruct": {"date": updated}, **status,
            },
            "designModule": {
                "studyType": "INTERVENTIONAL", "phases": ["PHASE2"], "enrollmentInfo": {"count": 50},
                "designInfo": {"allocation": "RANDOMIZED", "primaryPurpose": "TREATMENT"},
            },
            "conditionsModule": {"conditions": conditions},
            "armsInterventionsModule": {
                "armGroups": [
                    {"label": "Ketamine", "type": "EXPERIMENTAL", "interventionNames": ["Drug: Ketamine"]},
                    {"label": "Other", "type": "ACTIVE_COMPARATOR", "interventionNames": ["Drug: Midazolam"]},
                ],
                "interventions": [
                    {"type": "DRUG", "name": "Ketamine", "armGroupLabels": ["Ketamine"]},
                    {"type": "DRUG", "name": "Midazolam", "armGroupLabels": ["Other"]},
                ],
            },
        }
    }  # fmt: skip


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("given")
    labels, trials = folder / "labels.json", folder / "trials.json"
    meta = {"last_updated": "2026-02-01"}
    labels.write_text(json.dumps({"meta": meta, "results": [LABEL, OLDER]}))
    found = [
        trial("NCT00000001", "2025-06-01", ["Depression"]),
        trial("NCT00000001", "2024-06-01", ["Fibromyalgia"]),  # an older version of the same
        trial("NCT00000002", "2025-07-01", ["Depression"], overallStatus="COMPLETED"),
    ]
    trials.write_text(json.dumps({"studies": found}))
    return labels, trials


@pytest.fixture(scope="module")
def home(given: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("home") / "snapshot"
    build([given[0]], out, trials=[given[1]], workers=1)
    return out


def test_the_uses_of_the_trials_stand_beside_those_of_the_label(home: Path) -> None:
    with Knowledge.open(home) as knowledge:
        uses = {u.condition: u for u in knowledge.uses("ketamine")}
        studied = uses["MONDO:0002050"]
        assert (studied.status, studied.rule) == ("investigational", "investigational.registered")
        assert [(e.statement, e.direction) for e in studied.evidence] == [
            ("NCT00000001@2025-06-01#1", "neutral"),
            ("NCT00000002@2025-07-01#1", "neutral"),
        ]
        assert "MONDO:0005546" not in uses  # only the older version named fibromyalgia
        assert uses["USEDFOR:general-anesthesia"].status == "approved"
        assert knowledge.manifest.counts["trials"] == 2
        assert knowledge.manifest.as_of["trials"] == "2025-07-01"


def test_studies_and_conditions_are_found(home: Path) -> None:
    with Knowledge.open(home) as knowledge:
        document = "NCT00000001@2025-06-01"
        study = knowledge.studies([document, "no such"])[document]
        assert (study.registry, study.design, study.phase, study.status, study.enrolment, study.year) == (
            "NCT00000001", "randomised_trial", "PHASE2", "RECRUITING", 50, 2024,
        )  # fmt: skip
        assert [c.id for c in knowledge.find_conditions("Depressions")] == ["MONDO:0002050"]
        assert knowledge.find_conditions("no such condition") == ()
        assert [(u.medicine, u.status) for u in knowledge.uses_for("MONDO:0002050")] == [
            ("ketamine", "investigational")
        ]
        (said,) = knowledge.statements_by_id([f"{document}#1"]).values()
        assert knowledge.quote(said.span) == said.text == "Depression"


def test_what_only_the_older_version_lists_is_withdrawn_with_both_citations(home: Path) -> None:
    with Knowledge.open(home) as knowledge:
        (use,) = [u for u in knowledge.uses("ketamine") if u.status == "withdrawn"]
        assert (use.text, use.rule) == ("asthma", "withdrawn.older_label")
        assert [(e.statement.partition("#")[0], e.direction) for e in use.evidence] == [
            ("label-1", "for"),
            ("label-2", "against"),
        ]
        assert {d.id for d in knowledge.documents_of("ketamine")} == {"label-2"}


def test_every_span_holds(home: Path) -> None:
    report = check(home, workers=1)
    assert (report.findings, report.documents) == ([], 4)


def test_the_starter_has_the_facts_of_the_studies_and_is_the_same_again(
    given: tuple[Path, Path], tmp_path: Path
) -> None:
    one = make([given[0]], tmp_path / "one", workers=1, trials=[given[1]])
    two = make([given[0]], tmp_path / "two", workers=2, trials=[given[1]])
    assert one == two
    report = check(tmp_path / "one", [given[0]], workers=1)  # against the labels alone
    assert (report.findings, report.documents, report.unchecked) == ([], 2, 2)
    assert one.tables["studies"].rows == 2
