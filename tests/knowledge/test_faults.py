"""What may go wrong while a snapshot is built: each time what was there is whole, and the next run finishes.

``make test-faults`` kills a build at 50 moments in the place of three (USEDFOR_MOMENTS).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import knowledge_parts as kp
import pytest

from usedfor.errors import InputError, UsedForError
from usedfor.knowledge import Knowledge, switch
from usedfor.knowledge.build import build
from usedfor.knowledge.verify import verify

MOMENTS = int(os.environ.get("USEDFOR_MOMENTS", "3"))
BUILD = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import knowledge_parts as kp
from usedfor.errors import UsedForError
from usedfor.knowledge.build import build
if __name__ == "__main__":
    labels, out, parts, most, since = sys.argv[2:]
    if int(most):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    old = Path(since) if since else None
    try:
        build([Path(labels)], Path(out), workers=1, parts=getattr(kp, parts), since=old)
    except UsedForError as error:
        sys.exit(f"usedfor: {error.message}")
"""


def start(labels: Path, out: Path, parts: str, most: int = 0, since: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BUILD, str(Path(__file__).parent)]
    given = [str(labels), str(out), parts, str(most), since]
    return subprocess.Popen([*command, *given], stderr=subprocess.PIPE, text=True)


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def out(home: Path, tmp_path: Path) -> Path:
    """A snapshot that is about to be replaced."""
    return Path(shutil.copytree(home, tmp_path / "out"))


@pytest.fixture(scope="session")
def more(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labels for a new snapshot: one has changed, one is new."""
    folder = tmp_path_factory.mktemp("more")
    new = [*kp.some_labels(), kp.label(8, "aaaol", boxed_warning="WARNING: SNEEZING")]
    new[1] = kp.label(2, contraindications="Not for people with hay fever.")
    kp.write(folder / "a.json.zip", new)
    return folder


@pytest.fixture(scope="session")
def made(more: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of their snapshot."""
    out = tmp_path_factory.mktemp("made") / "out"
    build([more], out, workers=1, parts=kp.PARTS)
    return files(out)


@pytest.fixture(scope="session")
def took(more: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """Seconds that a build takes that is slow on purpose."""
    begin = time.monotonic()
    whole = start(more, tmp_path_factory.mktemp("measured") / "out", "SLOW")
    whole.communicate()
    assert whole.returncode == 0
    return time.monotonic() - begin


LEFT: list[bool] = []  # of each build that was killed: whether it had files beside what was there


@pytest.mark.parametrize("number", range(MOMENTS))
def test_a_build_killed_at_any_moment(
    number: int, took: float, more: Path, home: Path, made: dict[str, bytes], out: Path, tmp_path: Path
) -> None:
    chance = random.Random(number).random()
    since = str(home) if number % 2 else ""
    running = start(more, out, "SLOW", since=since)
    time.sleep(took * (chance * 0.7 + 0.3 if number else 0.5))
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert files(switch.whole(out)) in (files(home), made)
    LEFT.append(len(list(tmp_path.iterdir())) > 1)
    verify(switch.whole(out), workers=1)
    build([more], out, workers=1, parts=kp.PARTS, since=Path(since) if since else None)
    assert files(out) == made
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]
    verify(out, workers=1)


def test_some_builds_were_killed_while_they_wrote() -> None:
    if len(LEFT) < 3:
        pytest.skip("the builds were killed in other processes")
    assert any(LEFT)


# The staging, the tables, the look-up file and the texts are each the first that no longer fits.
@pytest.mark.parametrize("most", [100, 4_000, 20_000, 40_000, 70_000, 100_000])
def test_a_disk_that_is_full(most: int, more: Path, home: Path, made: dict[str, bytes], out: Path) -> None:
    running = start(more, out, "PARTS", most)
    _, said = running.communicate()
    fits = max(map(len, made.values())) <= most
    assert running.returncode == (0 if fits else 1), said
    if not fits:
        lines = said.strip().splitlines()
        assert len(lines) == 1, said
        assert lines[0].startswith(f"usedfor: {out} could not be written: ")
        assert files(out) == files(home)
    assert [p.name for p in out.parent.iterdir()] == ["out"]
    verify(out, workers=1)
    build([more], out, workers=1, parts=kp.PARTS)
    assert files(out) == made


def test_labels_that_raise_kill_their_worker_or_take_too_long(more: Path, out: Path) -> None:
    found = build([more], out, workers=2, limit=3.0, parts=kp.BUT)
    assert [(put.origin[-1], put.reason) for put in found.set_aside] == [
        ("3", "ValueError: too much for me"),
        ("4", "the worker died (exit code 9)"),
        ("5", "took longer than 3 seconds"),
    ]
    assert found.counts["documents"] == 5
    verify(out, workers=1)


def test_a_worker_that_runs_out_of_memory(more: Path, out: Path) -> None:
    found = build([more], out, workers=2, parts=kp.HUNGRY)
    assert [(put.origin[-1], put.reason) for put in found.set_aside] == [("3", "MemoryError")]
    assert found.counts["documents"] == 7
    verify(out, workers=1)


def test_a_label_that_was_set_aside_is_tried_again(more: Path, made: dict[str, bytes], out: Path) -> None:
    build([more], out, workers=2, parts=kp.HUNGRY)
    build([more], out, workers=2, parts=kp.PARTS, since=out)
    assert files(out) == made


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
def test_a_corrupt_zip_among_good_ones(damage: str, more: Path, out: Path, tmp_path: Path) -> None:
    given = tmp_path / "given"
    shutil.copytree(more, given)
    data = (given / "a.json.zip").read_bytes()
    middle = len(data) // 2
    bad = {"cut": data[:middle], "empty": b"", "flipped": data[:middle] + b"\xff" * 40 + data[middle + 40 :]}
    (given / "b.json.zip").write_bytes(bad[damage])
    found = build([given], out, workers=1, parts=kp.PARTS, since=out)
    assert found.set_aside
    assert {put.origin.partition("!")[0].partition("#")[0] for put in found.set_aside} == {"b.json.zip"}
    assert found.counts["documents"] == 8
    verify(out, workers=1)


@pytest.fixture
def hanging(more: Path, out: Path) -> Iterator[subprocess.Popen[str]]:
    """A build at ``out`` that does not end by itself."""
    running = start(more, out, "NEVER")
    deadline = time.monotonic() + 60
    while not list(out.parent.glob(".out.building-*/waiting")):
        assert running.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield running
    if running.returncode is None:
        running.kill()
        running.communicate()


def test_two_builds_at_once(
    hanging: subprocess.Popen[str], more: Path, home: Path, made: dict[str, bytes], out: Path
) -> None:
    with pytest.raises(InputError, match=rf"another build is writing there \(process {hanging.pid} on "):
        build([more], out, workers=1, parts=kp.PARTS)
    with pytest.raises(InputError, match="another build is writing there"):
        switch.remove(out)
    assert files(out) == files(home)
    assert hanging.poll() is None  # the first goes on
    build([more], out.parent / "elsewhere", workers=1, parts=kp.PARTS)
    hanging.kill()
    hanging.communicate()
    build([more], out, workers=1, parts=kp.PARTS)
    assert files(out) == made
    verify(out, workers=1)


def test_a_folder_that_cannot_be_written(more: Path, home: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="usedfor-test-"))
    out = Path(shutil.copytree(home, folder / "out"))
    me = os.geteuid()
    folder.chmod(0o555)
    try:
        if me == 0:  # root may write everywhere
            os.seteuid(65534)
        with pytest.raises(UsedForError, match="cannot be written: Permission denied"):
            build([more], out, workers=1, parts=kp.PARTS)
    finally:
        os.seteuid(me)
        folder.chmod(0o755)
    assert files(out) == files(home)
    assert [p.name for p in folder.iterdir()] == ["out"]
    verify(out, workers=1)
    shutil.rmtree(folder)


def test_a_clock_that_jumps(more: Path, made: dict[str, bytes], out: Path) -> None:
    for path in [*out.rglob("*"), out]:
        os.utime(path, (4_000_000_000, 4_000_000_000))
    build([more], out, workers=1, parts=kp.PARTS, since=out)
    assert files(out) == made
    verify(out, workers=1)


def test_who_has_a_snapshot_open_keeps_it(more: Path, out: Path) -> None:
    with Knowledge.open(out) as knowledge:
        build([more], out, workers=1, parts=kp.PARTS)
        assert knowledge.medicine("aaaol") is None
        for statement in knowledge.statements("testolol"):
            assert knowledge.quote(statement.span) == statement.text
    with Knowledge.open(out) as knowledge:
        assert knowledge.medicine("aaaol") is not None
