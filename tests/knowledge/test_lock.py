from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from usedfor.errors import InputError
from usedfor.knowledge.lock import Holder, held

HOLD = """
import sys, time
from pathlib import Path
from usedfor.knowledge.lock import held
with held(Path(sys.argv[1]), "out"):
    print("held", flush=True)
    time.sleep(600)
"""


def holder(path: Path) -> subprocess.Popen[str]:
    running = subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert running.stdout.readline() == "held\n"
    return running


def end(running: subprocess.Popen[str]) -> None:
    running.send_signal(signal.SIGKILL)
    running.communicate()


def test_it_goes_when_it_is_let_go(tmp_path: Path) -> None:
    with held(tmp_path / "lock", "out"):
        assert msgspec.json.decode((tmp_path / "lock").read_bytes(), type=Holder) == Holder.me()
    assert not list(tmp_path.iterdir())
    with held(tmp_path / "lock", "out"):
        pass


def test_a_second_one_is_told_who_has_it_and_the_dead_are_recognised(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    running = holder(path)
    try:
        with pytest.raises(InputError) as caught, held(path, "out"):
            raise AssertionError
        here = Holder.me().machine
        assert caught.value.message == (
            f"out: another build is writing there (process {running.pid} on {here})"
        )
        assert path.exists()
    finally:
        end(running)
    assert path.exists()
    with held(path, "out"):
        pass
    assert not path.exists()


@pytest.mark.parametrize("left", [b"", b"{", b'{"process": "x"}', b"\xff" * 5000])
def test_a_file_that_says_nothing_is_nobodys(left: bytes, tmp_path: Path) -> None:
    (tmp_path / "lock").write_bytes(left)
    with held(tmp_path / "lock", "out"):
        pass


def test_a_living_process_with_a_dead_ones_number_is_not_its_holder(tmp_path: Path) -> None:
    me = Holder.me()
    for left in (
        Holder(os.getppid(), me.machine, me.boot),  # nobody holds the lock itself
        Holder(os.getppid(), me.machine, "an earlier start of the machine"),
        Holder(os.getpid(), me.machine, me.boot),
    ):
        (tmp_path / "lock").write_bytes(msgspec.json.encode(left))
        with held(tmp_path / "lock", "out"):
            pass


def test_what_another_machine_left_is_respected(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_bytes(msgspec.json.encode(Holder(1, "elsewhere", "x")))
    with pytest.raises(InputError, match=r"process 1 on elsewhere\); if it has ended, delete "):
        held(path, "out").__enter__()
    assert path.exists()


def test_a_clock_that_jumps_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    running = holder(path)
    try:
        for when in (1, 4_000_000_000):
            os.utime(path, (when, when))
            with pytest.raises(InputError, match="another build"):
                held(path, "out").__enter__()
    finally:
        end(running)
