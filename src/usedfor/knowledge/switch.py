"""A new snapshot is written beside the old and takes its place at once; a crash leaves the old one whole."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from usedfor.errors import InputError
from usedfor.knowledge import lock
from usedfor.knowledge.manifest import NAME as MANIFEST

__all__ = ["beside", "broken_off", "remove", "whole"]

_NEW = ".building"
_OLD = ".old"
_LOCK = ".lock"


@contextmanager
def beside(out: Path) -> Iterator[Path]:
    """An empty folder beside ``out`` to write a snapshot into; at the end of the ``with`` it takes its place.

    After an exception it is removed, and what stood at ``out`` stands there still.

    :raises InputError: where ``out`` cannot be written, holds something else than a snapshot, or another
        build is writing there.
    """
    out = Path(os.path.abspath(out))
    if out.exists() and not (out / MANIFEST).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} is there already and is no snapshot; choose another folder", path=str(out))
    with ExitStack() as stack:
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(lock.held(out.parent / f".{out.name}{_LOCK}", str(out)))
            _clear(out)
            folder = out.parent / f".{out.name}{_NEW}-{os.getpid()}"
            folder.mkdir()
        except OSError as error:
            raise InputError(f"{out} cannot be written: {error.strerror or error}", path=str(out)) from error
        try:
            yield folder
            _make_newest(folder, out.parent)
            _to_disk(folder)
            _switch(folder, out)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def whole(home: Path) -> Path:
    """``home``, or what stood there where a switch was broken off between its two halves."""
    old = _old(home)
    return old if not (home / MANIFEST).is_file() and (old / MANIFEST).is_file() else home


def broken_off(folder: Path) -> list[Path]:
    """The snapshots in ``folder`` whose places are empty because a switch was broken off, by place."""
    ends = len(_OLD)
    places = [path.with_name(path.name[1:-ends]) for path in sorted(folder.glob(f".*{_OLD}"))]
    return [place for place in places if whole(place) != place]


def remove(out: Path) -> None:
    """Take a snapshot away, at once for every reader; who has it open keeps it.

    :raises InputError: where a build is writing there, or it cannot be taken away.
    """
    gone = out.parent / f".{out.name}{_NEW}-gone"
    try:
        with lock.held(out.parent / f".{out.name}{_LOCK}", str(out)):
            shutil.rmtree(gone, ignore_errors=True)
            whole(out).rename(gone)
            shutil.rmtree(gone)
    except OSError as error:
        raise InputError(f"{out} cannot be removed: {error.strerror or error}", path=str(out)) from error


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
    for left in out.parent.glob(f".{out.name}{_NEW}-*"):  # no other build is at it: the lock is ours
        shutil.rmtree(left, ignore_errors=True)


def _make_newest(folder: Path, beside: Path) -> None:
    """Date the snapshot after all that lie beside it: the newest is the one that was written last, even where
    the clock has been set back."""
    written = [path.stat().st_mtime_ns for path in beside.glob(f"*/{MANIFEST}") if path.is_file()]
    path = folder / MANIFEST
    if path.is_file() and written and path.stat().st_mtime_ns <= max(written):
        os.utime(path, ns=(max(written) + 1000, max(written) + 1000))


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
