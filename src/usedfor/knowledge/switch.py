"""A new snapshot is written beside the old and takes its place at once; a crash leaves the old one whole."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from usedfor.errors import InputError
from usedfor.knowledge.manifest import NAME as MANIFEST

__all__ = ["beside", "whole"]

_NEW = ".building"
_OLD = ".old"


@contextmanager
def beside(out: Path) -> Iterator[Path]:
    """An empty folder beside ``out`` to write a snapshot into; at the end of the ``with`` it takes its place.

    After an exception it is removed, and what stood at ``out`` stands there still.

    :raises InputError: where ``out`` cannot be written, or holds something else than a snapshot.
    """
    out = Path(os.path.abspath(out))
    if out.exists() and not (out / MANIFEST).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} is there already and is no snapshot; choose another folder", path=str(out))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _clear(out)
        folder = out.parent / f".{out.name}{_NEW}-{os.getpid()}"
        folder.mkdir()
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror or error}", path=str(out)) from error
    try:
        yield folder
        _to_disk(folder)
        _switch(folder, out)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def whole(home: Path) -> Path:
    """``home``, or what stood there where a switch was broken off between its two halves."""
    old = _old(home)
    return old if not (home / MANIFEST).is_file() and (old / MANIFEST).is_file() else home


def _old(out: Path) -> Path:
    return out.parent / f".{out.name}{_OLD}"


def _switch(folder: Path, out: Path) -> None:
    old = _old(out)
    if out.exists():
        shutil.rmtree(old, ignore_errors=True)
        out.rename(old)
    folder.rename(out)
    _sync(out.parent)
    shutil.rmtree(old, ignore_errors=True)


def _clear(out: Path) -> None:
    """Take away what builds that died have left here, and put back what stood here where one died in
    switching."""
    old = _old(out)
    if (old / MANIFEST).is_file():
        if not out.exists():
            old.rename(out)
        else:
            shutil.rmtree(old, ignore_errors=True)
    for left in out.parent.glob(f".{out.name}{_NEW}-*"):
        if not _alive(left.name.rpartition("-")[2]):
            shutil.rmtree(left, ignore_errors=True)


def _alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except OSError:
        return True
    return int(process) != os.getpid()


def _to_disk(folder: Path) -> None:
    """Wait until every file is on the disk: after a power cut the new name must not lead to half a
    snapshot."""
    for parent, _, files in os.walk(folder):
        for name in files:
            _sync(Path(parent, name))
        _sync(Path(parent))


def _sync(path: Path) -> None:
    with contextlib.suppress(OSError):  # some systems cannot do it for folders
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
