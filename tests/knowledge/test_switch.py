from __future__ import annotations

import os
from pathlib import Path

import pytest

from usedfor.errors import InputError
from usedfor.knowledge import switch


def snapshot(folder: Path, what: str) -> Path:
    folder.mkdir()
    (folder / "manifest.json").write_text(what)
    return folder


def content(folder: Path) -> str:
    return (folder / "manifest.json").read_text()


def test_the_new_one_takes_the_old_ones_place(tmp_path: Path) -> None:
    out = snapshot(tmp_path / "out", "old")
    with switch.beside(out) as folder:
        assert content(out) == "old"
        (folder / "manifest.json").write_text("new")
    assert content(out) == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_after_an_exception_the_old_one_stands(tmp_path: Path) -> None:
    out = snapshot(tmp_path / "out", "old")
    with pytest.raises(FileNotFoundError), switch.beside(out) as folder:
        (folder / "no folder" / "manifest.json").write_text("new")
    assert content(out) == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_switch_broken_off_in_the_middle_is_seen_through_and_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = snapshot(tmp_path / "out", "old")
    rename = Path.rename

    def die(self: Path, target: Path) -> Path:
        if "building" in self.name:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", die)
    with pytest.raises(KeyboardInterrupt), switch.beside(out) as folder:
        (folder / "manifest.json").write_text("new")
    monkeypatch.undo()
    assert not out.exists()
    assert content(switch.whole(out)) == "old"
    with switch.beside(out) as folder:
        assert content(out) == "old"
        (folder / "manifest.json").write_text("newest")
    assert content(switch.whole(out)) == "newest"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_what_dead_builds_left_is_cleared_away_whoever_has_their_number_now(tmp_path: Path) -> None:
    for process in (999999999, os.getppid()):
        (tmp_path / f".out.building-{process}").mkdir()
    with switch.beside(tmp_path / "out") as folder:
        (folder / "manifest.json").touch()
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_the_one_written_last_is_the_newest_though_the_clock_was_set_back(tmp_path: Path) -> None:
    late = snapshot(tmp_path / "late", "late") / "manifest.json"
    os.utime(late, (4_000_000_000, 4_000_000_000))
    with switch.beside(tmp_path / "out") as folder:
        (folder / "manifest.json").touch()
    assert (tmp_path / "out" / "manifest.json").stat().st_mtime_ns > late.stat().st_mtime_ns


def test_one_is_taken_away_whole(tmp_path: Path) -> None:
    out = snapshot(tmp_path / "out", "old")
    with (out / "manifest.json").open() as reader:
        switch.remove(out)
        assert reader.read() == "old"
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"), switch.beside(tmp_path / "file" / "out"):
        raise AssertionError
    with pytest.raises(InputError, match="is no snapshot"), switch.beside(tmp_path / "file"):
        raise AssertionError
