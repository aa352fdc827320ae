"""The lines that the command prints for trials, and the function behind it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import usedfor
from usedfor.cli import cli
from usedfor.errors import DocumentError


@pytest.fixture
def reply(tmp_path: Path) -> Path:
    """A reply with two studies, one of them without a number."""
    one = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001", "briefTitle": "Montelukast in Asthma"},
            "statusModule": {"overallStatus": "WITHDRAWN", "whyStopped": "No funding"},
            "designModule": {"phases": ["PHASE2", "PHASE3"], "enrollmentInfo": {"count": 0}},
            "conditionsModule": {"conditions": ["Asthma"]},
            "armsInterventionsModule": {
                "armGroups": [
                    {"label": "All", "type": "EXPERIMENTAL", "interventionNames": ["Drug: Singulair"]}
                ],
                "interventions": [{"type": "DRUG", "name": "Singulair", "armGroupLabels": ["All"]}],
            },
        }
    }
    path = tmp_path / "reply.json"
    path.write_text(json.dumps({"studies": [one, {"protocolSection": {}}]}))
    return path


def test_a_line(reply: Path) -> None:
    aside: list[DocumentError] = []
    [line] = usedfor.extract_trials([reply], aside)
    assert [error.message for error in aside] == ["reply.json#2: no NCT number"]
    expected = {
        "id": "NCT00000001",
        "phase": "PHASE2/PHASE3",
        "status": "WITHDRAWN",
        "enrolment": 0,
        "interventions": [
            {
                "name": "Singulair",
                "medicine": "montelukast",
                "medicines": ["montelukast"],
                "role": "experimental",
                "conditions": [
                    {
                        "text": "Asthma",
                        "id": "MONDO:0004979",
                        "name": "asthma",
                        "section": "conditions",
                        "rule": "trial_condition.listed",
                    }
                ],
                "rule": "trial.sole",
            }
        ],
        "results": [],
        "stopped": {"reason": "business", "rule": "stop.business"},
    }
    assert {key: line[key] for key in expected} == expected


def test_the_command_takes_several_paths(reply: Path, tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("NCT Number,Interventions\nNCT00000002,DRUG: Aspirin\n")
    done = CliRunner().invoke(cli, ["extract", "--trials", str(reply), str(table)])
    assert done.exit_code == 0
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["NCT00000001", "NCT00000002"]
    assert done.stderr == "set aside: reply.json#2: no NCT number\n"


def test_a_reply_without_studies_gives_no_lines(tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text('{"studies": []}')
    done = CliRunner().invoke(cli, ["extract", "--trials", str(empty)])
    assert (done.exit_code, done.output) == (0, "")


def test_one_kind_of_input_at_a_time(reply: Path) -> None:
    assert CliRunner().invoke(cli, ["extract", str(reply), "--trials", str(reply)]).exit_code == 2
    assert CliRunner().invoke(cli, ["extract"]).exit_code == 2
