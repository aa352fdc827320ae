from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import knowledge_parts as kp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usedfor.errors import SnapshotError
from usedfor.knowledge import Step, parquet, since
from usedfor.knowledge.build import build
from usedfor.knowledge.manifest import Manifest
from usedfor.knowledge.verify import verify


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


class Built:
    """Builds one set of labels from nothing and since an earlier snapshot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unchanged = 0

    def __call__(self, name: str, labels: list[dict[str, Any]], old: str | None = None) -> Manifest:
        given = self.folder / f"{name}-labels"
        given.mkdir()
        kp.write(given / "a.json.zip", labels)
        since_ = self.folder / old if old else None
        made = build(
            [given], self.folder / name, workers=1, progress=self._tell, parts=kp.PARTS, since=since_
        )
        shutil.rmtree(given)
        return made

    def _tell(self, step: Step) -> None:
        self.unchanged = step.unchanged if step.stage == "reading labels" else self.unchanged


@pytest.fixture
def built(tmp_path: Path) -> Built:
    return Built(tmp_path)


def changed(labels: list[dict[str, Any]], place: int, **sections: str) -> list[dict[str, Any]]:
    new = {**labels[place], **{name: [text] for name, text in sections.items()}}
    return [*labels[:place], new, *labels[place + 1 :]]


CASES: dict[str, list[dict[str, Any]]] = {
    "nothing": kp.some_labels(),
    "one label": changed(kp.some_labels(), 1, contraindications="Not for people with hay fever or gout."),
    "first and last": changed(changed(kp.some_labels(), 0, boxed_warning="SNEEZING"), 6, boxed_warning="No"),
    "one more": [*kp.some_labels(), kp.label(8, "aaaol"), kp.label(9, "zzzol"), kp.label(10)],
    "one less": kp.some_labels()[1:],
    "a medicine less": [one for one in kp.some_labels() if "nostrumab" not in str(one).lower()],
    "a new version": [*kp.some_labels(), kp.label(11, version=2, set_number=1)],
    "another order": kp.some_labels()[::-1],
    "twice": kp.some_labels() * 2,
}


@pytest.mark.parametrize("what", CASES)
def test_what_is_built_since_is_what_is_built_from_nothing(what: str, built: Built, home: Path) -> None:
    before = kp.some_labels()
    made = built("since", CASES[what], str(home))
    same = sum(one in before for one in CASES[what])
    assert built.unchanged == same
    again = built("nothing", CASES[what])
    assert made == again
    assert files(built.folder / "since") == files(built.folder / "nothing")
    verify(built.folder / "since", workers=1)


def test_a_chain_of_builds_and_what_it_was_built_on_gone(built: Built) -> None:
    labels = kp.some_labels()
    built("0", labels)
    for turn in range(3):
        labels = changed(labels, turn * 2, boxed_warning="SNEEZING")
        built(f"{turn + 1}", labels, f"{turn}")
        shutil.rmtree(built.folder / f"{turn}")
    built("nothing", labels)
    assert files(built.folder / "3") == files(built.folder / "nothing")


def test_studies_and_older_versions_are_weighed_anew(tmp_path: Path) -> None:
    """Judgements rest on them too: labels are not read again, but medicines are judged again."""
    labels, trials = tmp_path / "labels", tmp_path / "trials"
    labels.mkdir()
    trials.mkdir()
    old = kp.label(1, version=1, set_number=1)
    new = kp.label(2, version=2, set_number=1, indications_and_usage="It is indicated for gout.")
    kp.write(labels / "a.json", [old, new, *kp.some_labels()[2:]])
    study = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001", "briefTitle": "Testolol for Sneezing"},
            "statusModule": {
                "overallStatus": "RECRUITING",
                "lastUpdatePostDateStruct": {"date": "2026-01-01"},
            },
            "conditionsModule": {"conditions": ["Sneezing"]},
            "designModule": {"studyType": "INTERVENTIONAL"},
            "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Testolol"}]},
        }
    }
    (trials / "t.json").write_text(json.dumps({"studies": [study]}))

    def made(name: str, since_: str | None = None, some: Sequence[Path] = ()) -> dict[str, bytes]:
        place = tmp_path / since_ if since_ else None
        build([labels], tmp_path / name, workers=1, parts=kp.PARTS, since=place, trials=some)
        return files(tmp_path / name)

    without, together = made("without"), made("with", some=[trials])
    assert without != together
    assert made("same", "without") == without
    assert made("more", "without", [trials]) == together
    assert made("same again", "with", [trials]) == together
    assert made("less", "with") == without
    kp.write(labels / "a.json", [new, *kp.some_labels()[2:]])
    assert made("newest only", "with", [trials]) == made("newest only again", None, [trials])


def test_the_snapshot_that_is_replaced_can_be_the_one_to_build_on(built: Built) -> None:
    built("out", kp.some_labels())
    labels = CASES["one label"]
    built("out", labels, "out")
    built("nothing", labels)
    assert files(built.folder / "out") == files(built.folder / "nothing")


def test_more_rows_than_a_group_holds(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP", 8)
    monkeypatch.setattr(parquet, "BATCH", 4)
    labels = [kp.label(n, ("testolol", "placebine", "nostrumab")[n % 3]) for n in range(1, 30)]
    built("old", labels)
    labels = changed(changed(labels, 7, boxed_warning="SNEEZING"), 20, adverse_reactions="cough, cough")
    built("since", labels, "old")
    built("nothing", labels)
    assert files(built.folder / "since") == files(built.folder / "nothing")


def test_nothing_is_taken_over_from_what_another_program_made(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    built("old", kp.some_labels())
    with sqlite3.connect(built.folder / "old" / "readings.sqlite") as db:
        db.execute("UPDATE about SET program = 'another'")
    db.close()
    built("since", kp.some_labels(), "old")
    assert built.unchanged == 0
    built("nothing", kp.some_labels())
    assert files(built.folder / "since") == files(built.folder / "nothing")


@pytest.mark.parametrize(
    "file",
    ["readings.sqlite", "bodies.sqlite", "knowledge.sqlite", "tables/uses.parquet", "passages/texts.sqlite"],
)
def test_nothing_is_taken_over_from_what_is_damaged(file: str, built: Built) -> None:
    built("old", kp.some_labels())
    path = built.folder / "old" / file
    path.write_bytes(path.read_bytes()[:200])
    built("since", kp.some_labels(), "old")
    assert built.unchanged == 0


def test_what_is_no_snapshot_is_said(built: Built) -> None:
    with pytest.raises(SnapshotError, match="no snapshot in"):
        built("since", kp.some_labels(), "absent")


def test_every_rule_and_every_line_of_code_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "extraction" / "rules").mkdir(parents=True)
    (tmp_path / "model.py").write_text("one")
    (tmp_path / "studies.py").touch()
    rule = tmp_path / "extraction" / "rules" / "some.toml"
    rule.write_text("two")
    monkeypatch.setattr(since, "PACKAGE", tmp_path)
    hashes = {since.program.__wrapped__()}
    rule.write_text("three")
    hashes.add(since.program.__wrapped__())
    rule.rename(rule.with_name("other.toml"))
    hashes.add(since.program.__wrapped__())
    (tmp_path / "model.py").write_text("four")
    hashes.add(since.program.__wrapped__())
    assert len(hashes) == 4
    (tmp_path / "extraction" / "__pycache__").mkdir()
    (tmp_path / "extraction" / "__pycache__" / "x.pyc").touch()
    assert since.program.__wrapped__() in hashes


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=20), st.data())
def test_ranges_of_an_earlier_table(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], data: st.DataObject
) -> None:
    """Whatever is copied in order, new rows between: the same bytes as written at once."""
    from usedfor.knowledge.tables import TABLES

    folder = tmp_path_factory.mktemp("ranges")
    table = TABLES["use_evidence"]
    units = [f"m{n:02}" for n in range(len(sizes))]
    rows = {
        unit: [(unit, "u", n, "d", n, "for") for n in range(size)]
        for unit, size in zip(units, sizes, strict=True)
    }
    whole = [row for unit in units for row in rows[unit]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "GROUP", 7)
        patch.setattr(parquet, "BATCH", 3)
        one = parquet.Writer(table, folder / "one.parquet")
        one.extend(whole)
        one.close()
        had = parquet.Had(table, folder / "one.parquet", "medicine")
        assert had.units == units
        assert [had.unit_at(n) for n in range(len(whole))] == [row[0] for row in whole]
        two = parquet.Writer(table, folder / "two.parquet", had)
        for unit in units:
            if data.draw(st.booleans()):
                two.copy(unit)
            else:
                two.extend(rows[unit])
        two.close()
        had.close()
    assert not two.discrepancies
    assert sum(piece.rows for piece in two.plan) == len(whole)
    assert (folder / "one.parquet").read_bytes() == (folder / "two.parquet").read_bytes()
