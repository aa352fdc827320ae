"""The facts that ship behind a snapshot of the user's own, for every way to ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from usedfor import api
from usedfor.cli import cli
from usedfor.errors import InputError, UnknownMedicineError
from usedfor.knowledge import Knowledge
from usedfor.knowledge.layers import Layered
from usedfor.knowledge.snapshot import STARTER
from usedfor.model import Evidence

LABEL = {
    "id": "10000000-0000-0000-0000-000000000001", "set_id": "20000000-0000-0000-0000-000000000001",
    "version": "1", "effective_time": "20260601",
    "indications_and_usage": ["Ketamine is indicated for the treatment of hiccups and for hypertension."],
    "openfda": {"generic_name": ["KETAMINE"], "brand_name": ["Ketamine"]},
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a snapshot of one medicine, whose label says what no other one says."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "labels.json").write_text(json.dumps({"results": [LABEL]}))
    api.build([folder / "labels.json"], folder / "usedfor" / "snapshots" / "sync-0001", workers=1)
    return folder


@pytest.fixture(autouse=True)
def newest(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(data))
    monkeypatch.delenv("USEDFOR_HOME", raising=False)


@pytest.fixture
def both() -> Iterator[Knowledge]:
    with Knowledge.open() as knowledge:
        yield knowledge


@pytest.fixture
def shipped() -> Iterator[Knowledge]:
    with Knowledge.open(STARTER) as knowledge:
        yield knowledge


def test_a_medicine_is_asked_of_one_side_alone(both: Knowledge, shipped: Knowledge) -> None:
    assert isinstance(both, Layered)
    assert {u.text for u in both.uses("ketamine")} == {"hiccups", "hypertension"}
    assert [d.id for d in both.documents_of("ketamine")] == [LABEL["id"]]
    assert both.reactions("ketamine") == ()
    for of in ("uses", "reactions", "cautions", "statements", "documents_of"):
        assert getattr(both, of)("metformin") == getattr(shipped, of)("metformin")
        assert getattr(shipped, of)("metformin")
    assert both.newest("metformin", 3) == shipped.newest("metformin", 3)
    assert both.side("ketamine").manifest == both.manifest
    assert both.side("metformin").manifest == shipped.manifest


def test_all_medicines_of_both(both: Knowledge, shipped: Knowledge) -> None:
    assert both.medicine_ids() == shipped.medicine_ids()
    assert [m.id for m in both.medicines()] == list(both.medicine_ids())
    assert [m.id for m in both.find("Ketamine")] == ["ketamine"]
    assert both.find("metformin hydrochloride") == shipped.find("metformin hydrochloride")
    assert both.find("Glucophage") == shipped.find("Glucophage")
    assert "metformin" in [near.medicine.id for near in both.near("metfromin")]
    assert both.medicine("nothing") is None


def test_the_uses_for_a_condition_are_those_of_both(both: Knowledge, shipped: Knowledge) -> None:
    (hypertension,) = both.find_conditions("hypertension")
    found = both.uses_for(hypertension.id)
    assert [u.text for u in found if u.medicine == "ketamine"] == ["hypertension"]
    others = [u for u in shipped.uses_for(hypertension.id) if u.medicine != "ketamine"]
    assert [u for u in found if u.medicine != "ketamine"] == others
    assert others
    assert list(found) == sorted(found, key=lambda u: (u.medicine, u.id))
    (use,) = [u for u in both.uses("metformin") if u.status == "approved"][:1]
    ids = [use.evidence[0].statement, both.uses("ketamine")[0].evidence[0].statement]
    assert list(both.statements_by_id(ids)) == ids
    assert list(both.documents([i.partition("#")[0] for i in ids])) == [i.partition("#")[0] for i in ids]


def test_words_are_there_where_texts_are(both: Knowledge) -> None:
    for statement in both.statements("ketamine"):
        assert both.quote(statement.span) == statement.text
    assert {both.quote(s.span) for s in both.statements("metformin")} == {None}


def test_evidence_that_means_another_statement_here_is_left_out(both: Knowledge) -> None:
    """A trial that both sides have read in different versions numbers what it says differently."""
    assert isinstance(both, Layered)
    use = both.uses("metformin")[0]
    own = both.uses("ketamine")[0].evidence[0]
    mixed = msgspec.structs.replace(use, evidence=(*use.evidence, Evidence(statement=own.statement)))
    assert both._sure([mixed]) == (use,)
    assert both._sure([msgspec.structs.replace(use, evidence=(own,))]) == ()


def test_a_snapshot_that_is_named_stands_alone(data: Path) -> None:
    home = data / "usedfor" / "snapshots" / "sync-0001"
    with Knowledge.open(home) as knowledge:
        assert knowledge.medicine_ids() == ("ketamine",)
        assert knowledge.layers() == (knowledge,)
        assert knowledge.side("metformin") is knowledge
    with pytest.raises(UnknownMedicineError):
        api.brief("metformin", home=home)
    assert api.unfetched("metformin", home=home) == ()


def test_briefs_answers_and_searches(shipped: Knowledge) -> None:
    assert api.brief("metformin") == api.brief("metformin", home=STARTER)
    assert api.ask("what is metformin used for?").answered
    assert api.evidence("metformin") == api.evidence("metformin", home=STARTER)
    assert {fact["medicine"] for fact in api.search("hypertension", status="approved", limit=50)["facts"]} > {
        "ketamine"
    }
    assert api.unfetched("ketamine", "metformin", "nothing") == ("metformin",)


def test_a_claim_is_held_against_what_ships() -> None:
    page = b"Metformin is approved for type 2 diabetes. Ketamine is approved for hiccups."
    found = api.check(page)
    assert [s.verdict for s in found.sentences] == ["supported", "supported"]
    alone = api.check(b"Metformin is approved for type 2 diabetes.", home=STARTER)
    assert [s.verdict for s in alone.sentences] == ["supported"]


@pytest.mark.parametrize(
    "command",
    [
        ["brief", "metformin"],
        ["ask", "what is metformin used for?"],
        ["search", "type 2 diabetes"],
        ["check", "-"],
    ],
    ids=lambda command: str(command[0]),
)
def test_every_command_says_what_was_not_fetched(command: list[str]) -> None:
    said = CliRunner().invoke(cli, command, input="Metformin is approved for type 2 diabetes.")
    assert said.exit_code == 0, said.output
    assert "not fetched" in said.stderr
    assert command[0] == "search" or said.stderr.lower().startswith("metformin was")
    assert "the facts that ship with the program" in said.stderr
    here = CliRunner().invoke(cli, ["ask", "what is ketamine used for?"])
    assert "not fetched" not in here.stderr


def test_status_says_what_stands_behind() -> None:
    said = CliRunner().invoke(cli, ["status"]).output
    assert "behind it  the facts that ship with the program, for medicines that it has not" in said
    assert "behind it" not in CliRunner().invoke(cli, ["status", "--home", str(STARTER)]).output


def test_changes_of_what_was_never_fetched(data: Path) -> None:
    home = data / "usedfor" / "snapshots" / "sync-0001"
    with pytest.raises(InputError, match="metformin is in neither snapshot, only among the facts that ship"):
        api.diff(home, home, "metformin")
    with pytest.raises(UnknownMedicineError):
        api.diff(home, home, "nothing of the kind")
