"""The starter ships one form of the tables; the other is made on first use, in the user's cache folder."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from usedfor.errors import SnapshotError
from usedfor.knowledge import sqlite
from usedfor.knowledge.manifest import Manifest

__all__ = ["database"]


def database(folder: Path, manifest: Manifest) -> Path:
    """The SQLite file made from the tables in ``folder``; a damaged or half-written one is made again.

    It lies under the digest of the manifest, so that a new starter never meets the file of an old one.

    :raises SnapshotError: where the tables are damaged, or no folder can be written.
    """
    why = ""
    for place in _places(manifest.digest):
        path = place / sqlite.NAME
        if sqlite.is_of(path, manifest):
            return path
        try:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            place.mkdir(exist_ok=True, mode=0o700)
            if not _ours(place):
                continue
            return _make(folder / "tables", manifest, path)
        except (OSError, sqlite3.Error) as error:
            why = str(error)
    raise SnapshotError(f"the look-up file cannot be written to the cache folder: {why}")


def _places(digest: str) -> Iterator[Path]:
    base = os.environ.get("XDG_CACHE_HOME")
    with suppress(RuntimeError):  # no home folder
        yield (Path(base) if base else Path.home() / ".cache") / "usedfor" / digest
    user = os.getuid() if hasattr(os, "getuid") else "user"
    yield Path(tempfile.gettempdir()) / f"usedfor-{user}" / digest


def _ours(place: Path) -> bool:
    """In a folder that others may write to, somebody else's file is not taken for ours."""
    return not hasattr(os, "getuid") or place.parent.stat().st_uid == os.getuid()


def _make(tables: Path, manifest: Manifest, path: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    new = Path(name)
    try:
        sqlite.make(tables, manifest, new)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return path
