"""The commands: a server that starts on the facts that ship and says where it is, and clear refusals."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from usedfor.web.settings import Settings


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "usedfor", *args]


def environment(home: Path) -> dict[str, str]:
    own = {name: str(home / name.lower()) for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    other = {k: v for k, v in os.environ.items() if not k.startswith("USEDFOR_")}
    return {**other, **own, "PYTHONUNBUFFERED": "1"}


def test_it_serves_the_starter_without_set_up_and_says_where(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        own = free.getsockname()[1]
    server = subprocess.Popen(
        command("serve", "--port", str(own)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment(tmp_path),
    )
    try:
        assert server.stdout is not None
        said = "".join(server.stdout.readline() for _ in range(3))
        assert f"http://127.0.0.1:{own}/" in said
        assert "usedfor moderator add" in said
        for _ in range(600):
            with socket.socket() as probe:
                probe.settimeout(0.1)
                if probe.connect_ex(("127.0.0.1", own)) == 0:
                    break
            time.sleep(0.1)
        with urllib.request.urlopen(f"http://127.0.0.1:{own}/medicines/ketamine", timeout=30) as page:
            assert "What is ketamine used for?" in page.read().decode()
            assert "server" not in {name.lower() for name in page.headers}
    finally:
        server.terminate()
        server.wait(20)
        if server.stdout is not None:
            server.stdout.close()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["serve", "--url", "javascript:alert(1)"], "an address like https://example.org is needed"),
        (["serve", "--home", "nowhere"], "is no snapshot"),
        (["serve", "--port", "0"], "not in the range"),
        (["site"], "Missing argument"),
    ],
)
def test_refusals_are_one_clear_line(args: list[str], words: str, tmp_path: Path) -> None:
    done = subprocess.run(
        command(*args), capture_output=True, text=True, env=environment(tmp_path), timeout=60
    )
    assert done.returncode == 2
    assert words in re.sub(r"\s+", " ", done.stderr)
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        args = ("serve", "--port", str(taken.getsockname()[1]))
        done = subprocess.run(
            command(*args), capture_output=True, text=True, env=environment(tmp_path), timeout=60
        )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot listen on 127.0.0.1" in done.stderr


def test_settings_come_from_the_environment() -> None:
    found = Settings.from_environment({"USEDFOR_URL": "https://example.org/", "USEDFOR_DATABASE_URL": ""})
    assert (found.url, found.database, found.home) == ("https://example.org", None, None)
