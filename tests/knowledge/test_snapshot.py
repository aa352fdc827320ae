from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from usedfor.errors import InputError, SnapshotError
from usedfor.knowledge import Knowledge, manifest, open_snapshot, snapshot, status


def copy(home: Path, to: Path, written: int | None = None) -> Path:
    shutil.copytree(home, to)
    if written is not None:
        os.utime(to / "manifest.json", (written, written))
    return to


def test_a_snapshot_that_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert snapshot.find(home) == (home, "named")
    monkeypatch.setenv("USEDFOR_HOME", str(home))
    assert snapshot.find() == (home, "named")
    assert snapshot.find(str(home)) == (home, "named")
    assert open_snapshot().database == home / "knowledge.sqlite"


def test_else_the_newest_in_the_data_folder(home: Path, tmp_path: Path) -> None:
    folder = snapshot.user_folder()
    assert folder == tmp_path / "data" / "usedfor" / "snapshots"
    newer = copy(home, folder / "a", written=2000)
    older = copy(home, folder / "b", written=1000)
    copy(home, folder / ".c.building-1", written=3000)
    (folder / "no snapshot").mkdir()
    assert snapshot.find() == (newer, "newest")
    assert snapshot.user_snapshots() == [newer, older]
    assert status().others == (str(older),)


def test_else_the_starter(small_starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert snapshot.find() == (snapshot.STARTER, "starter")
    monkeypatch.setattr(snapshot, "STARTER", small_starter)
    with Knowledge.open() as knowledge:
        assert knowledge.medicine_ids() == ("nostrumab", "placebine", "testolol")
        assert not knowledge.quotes


def test_status(home: Path, small_starter: Path) -> None:
    found = status(home)
    assert (found.home, found.chosen, found.kind, found.quotes) == (str(home), "named", "full", True)
    assert found.digest == manifest.read(home).digest
    assert found.as_of == {"labels": "2026-07-23"}
    assert found.counts["documents"] == 7
    assert status(small_starter).quotes is False


def test_an_absent_one(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"nowhere is no snapshot \(there is no manifest\.json in it\)"):
        open_snapshot(tmp_path / "nowhere")


def test_a_damaged_one(home: Path, tmp_path: Path) -> None:
    folder = copy(home, tmp_path / "copy")
    database = folder / "knowledge.sqlite"
    whole = database.read_bytes()
    for damaged in (b"", whole[:-1], b"x" * len(whole)):
        database.write_bytes(damaged)
        with pytest.raises(
            SnapshotError, match=r"knowledge\.sqlite is absent, damaged, or not of this snapshot"
        ):
            open_snapshot(folder)
    (folder / "manifest.json").write_text('{"schema": "usedfor.snapshot/1"}')
    with pytest.raises(SnapshotError, match=r"is damaged: manifest\.json: Object missing required field"):
        open_snapshot(folder)


def test_one_of_another_form(home: Path, tmp_path: Path) -> None:
    folder = copy(home, tmp_path / "copy")
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace("usedfor.snapshot/1", "usedfor.snapshot/9"))
    with pytest.raises(
        SnapshotError, match=r"is of the form usedfor\.snapshot/9; this version reads usedfor\.snapshot/1"
    ):
        open_snapshot(folder)


def test_the_look_up_file_of_another_snapshot(home: Path, tmp_path: Path) -> None:
    folder = copy(home, tmp_path / "copy")
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace("2026-07-23", "2026-07-24"))
    with pytest.raises(SnapshotError, match="not of this snapshot"):
        open_snapshot(folder)


def test_a_read_only_home(home: Path, tmp_path: Path) -> None:
    folder = copy(home, tmp_path / "copy")
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        with Knowledge.open(folder) as knowledge:
            statement = knowledge.statements("testolol")[0]
            assert knowledge.quote(statement.span) == statement.text
        assert sorted(p.name for p in folder.iterdir()) == [
            "bodies.sqlite",
            "knowledge.sqlite",
            "manifest.json",
            "passages",
            "readings.sqlite",
            "tables",
        ]
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755)


def test_a_program_without_its_starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "STARTER", tmp_path)
    with pytest.raises(SnapshotError, match="that ships with the program is not there"):
        open_snapshot()


def test_what_a_broken_switch_left_is_found_in_the_data_folder(home: Path) -> None:
    folder = snapshot.user_folder()
    copy(home, folder / "a", written=1000)
    left = copy(home, folder / ".b.old", written=2000)
    assert snapshot.user_snapshots() == [folder / "b", folder / "a"]
    assert snapshot.find() == (left, "newest")


def test_pruning_keeps_the_last_and_readers_keep_what_they_have_open(home: Path) -> None:
    folder = snapshot.user_folder()
    for n, name in enumerate(("b", "a", "d", "c")):
        copy(home, folder / name, written=1000 + n)
    assert snapshot.prune(2, dry_run=True) == (folder / "a", folder / "b")
    with Knowledge.open(folder / "a") as knowledge:
        assert snapshot.prune(2) == (folder / "a", folder / "b")
        statement = knowledge.statements("testolol")[0]
        assert knowledge.quote(statement.span) == statement.text
    assert sorted(p.name for p in folder.iterdir()) == ["c", "d"]
    assert snapshot.prune(2) == ()
    with pytest.raises(InputError, match="at least one"):
        snapshot.prune(0)


def test_the_status_lists_what_lies_in_the_data_folder(home: Path) -> None:
    folder = snapshot.user_folder()
    copy(home, folder / "a", written=2000)
    damaged = copy(home, folder / "b", written=1000) / "manifest.json"
    damaged.write_text("{")
    os.utime(damaged, (1000, 1000))
    one, other = snapshot.status().snapshots
    assert (one.home, one.documents, one.as_of, one.why) == (
        str(folder / "a"), 7, {"labels": "2026-07-23"}, None,
    )  # fmt: skip
    assert one.bytes > 100_000
    assert other.why is not None
    assert "is damaged" in other.why
