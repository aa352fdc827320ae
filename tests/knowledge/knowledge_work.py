"""Functions for the workers of the engine's tests, which import this module by name."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from usedfor.errors import DocumentError, UsedForError


def square(n: int) -> int:
    time.sleep(0.002 * (n % 3))
    return n * n


def moody(what: str) -> str:
    if what == "raise":
        raise ValueError("no\n  good")
    if what == "path":
        raise ValueError("no /some/where/file.txt (and/or 'a/b'), /etc/x")
    if what == "document":
        raise DocumentError("file.json#3", "no sections")
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "sleep":
        time.sleep(600)
    return what


def die_once(path: str) -> str:
    if not Path(path).exists():
        Path(path).touch()
        os._exit(1)
    return "alive"


def unpicklable(n: int) -> Any:
    return lambda: n


def broken() -> None:
    raise UsedForError("no vocabulary")
