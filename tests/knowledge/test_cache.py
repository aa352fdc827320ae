from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from usedfor.errors import SnapshotError
from usedfor.knowledge import Knowledge, cache, manifest, open_snapshot, sqlite


@pytest.fixture
def place(tmp_path: Path, small_starter: Path) -> Path:
    return tmp_path / "cache" / "usedfor" / manifest.read(small_starter).digest


def test_it_is_made_once_under_the_manifests_digest(
    place: Path, small_starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_snapshot(small_starter).database == place / "knowledge.sqlite"
    assert [p.name for p in place.iterdir()] == ["knowledge.sqlite"]
    monkeypatch.setattr(sqlite, "make", None)  # a second making would fail
    assert open_snapshot(small_starter).database == place / "knowledge.sqlite"


def test_it_is_the_same_wherever_it_is_made(place: Path, small_starter: Path, tmp_path: Path) -> None:
    one = open_snapshot(small_starter).database.read_bytes()
    sqlite.make(small_starter / "tables", manifest.read(small_starter), tmp_path / "again.sqlite")
    assert (tmp_path / "again.sqlite").read_bytes() == one


@pytest.mark.parametrize("how", ["cut short", "emptied", "another's", "no SQLite at all", "its tables lost"])
def test_a_damaged_one_is_made_again(how: str, place: Path, small_starter: Path) -> None:
    path = open_snapshot(small_starter).database
    whole = path.read_bytes()
    if how == "cut short":
        path.write_bytes(whole[: len(whole) // 2])
    elif how == "emptied":
        path.write_bytes(b"")
    elif how == "another's":
        other = manifest.read(small_starter)
        path.unlink()
        sqlite.make(small_starter / "tables", manifest.Manifest(**{**_fields(other), "program": "x"}), path)
    elif how == "its tables lost":
        path.write_bytes(whole[:100] + b"\0" * (len(whole) - 100))
    else:
        path.write_bytes(b"x" * len(whole))
    with Knowledge.open(small_starter) as knowledge:
        assert knowledge.medicine_ids() == ("nostrumab", "placebine", "testolol")
    assert path.read_bytes() == whole
    assert [p.name for p in place.iterdir()] == ["knowledge.sqlite"]


def _fields(made: manifest.Manifest) -> dict[str, object]:
    return {name: getattr(made, name) for name in made.__struct_fields__}


def test_a_making_that_fails_leaves_nothing(
    place: Path, small_starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sqlite, "make", fail)
    with pytest.raises(KeyboardInterrupt):
        open_snapshot(small_starter)
    assert list(place.iterdir()) == []


def test_where_the_cache_cannot_be_written_a_temporary_folder_is_used(
    small_starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("no folder")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    found = open_snapshot(small_starter).database
    assert found.is_relative_to(tmp_path / "scratch")
    assert found.parent.parent.stat().st_mode & 0o077 == 0
    assert open_snapshot(small_starter).database == found


def test_where_nothing_can_be_written_that_is_said(
    small_starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("no folder")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "cache"))
    with pytest.raises(SnapshotError, match=r"cannot be written to the cache folder: .*Not a directory"):
        open_snapshot(small_starter)


def test_nobody_elses_folder_is_used(small_starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache.os, "getuid", lambda: 4242)
    with pytest.raises(SnapshotError, match="cannot be written to the cache folder"):
        open_snapshot(small_starter)


def test_damaged_tables_are_said(small_starter: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(small_starter, copy)
    (copy / "tables" / "uses.parquet").write_bytes(b"PAR1")
    with pytest.raises(SnapshotError, match=r"uses\.parquet cannot be read"):
        open_snapshot(copy)
