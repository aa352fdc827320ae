"""Which snapshot is in use, and where its look-up file is.

``home`` (or the environment's USEDFOR_HOME) names one; without it the newest in the user's data folder is
taken, else the starter in the package.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from usedfor.errors import InputError, SnapshotError
from usedfor.knowledge import cache, manifest, sqlite, switch
from usedfor.knowledge.manifest import Manifest, Put, SourceFile

__all__ = [
    "Listed",
    "Snapshot",
    "Status",
    "behind",
    "find",
    "open_snapshot",
    "prune",
    "status",
    "user_snapshots",
]

STARTER = Path(__file__).parents[1] / "starter"


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot that can be asked."""

    folder: Path
    manifest: Manifest
    database: Path  # knowledge.sqlite: the snapshot's own, or made in the user's cache folder


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot in the user's data folder. ``why`` says why it cannot be used, where it cannot."""

    home: str
    as_of: dict[str, str] = {}
    documents: int = 0
    bytes: int = 0  # on the disk
    why: str | None = None


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What is in use and as of when, for ``usedfor status``."""

    home: str
    chosen: str  # "named", "newest" or "starter"
    kind: str  # "full" or "starter"
    digest: str
    program: str
    as_of: dict[str, str]
    quotes: bool  # whether the documents' texts are here
    counts: dict[str, int]
    sources: tuple[SourceFile, ...]
    set_aside: tuple[Put, ...]
    others: tuple[str, ...]  # the other snapshots in the user's data folder, newest first
    snapshots: tuple[Listed, ...] = ()  # all that lie there, newest first


def user_folder() -> Path:
    """Where the user's snapshots lie; ``usedfor build`` writes there when it is given no other place."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "usedfor" / "snapshots"


def user_snapshots(folder: Path | None = None) -> list[Path]:
    """The snapshots in the user's data folder (or another), the one written last first."""
    folder = folder or user_folder()
    try:
        names = [folder / name for name in os.listdir(folder) if not name.startswith(".")]
        names += switch.broken_off(folder)
    except OSError:
        return []
    found = []
    for place in sorted(names):
        try:
            written = (switch.whole(place) / manifest.NAME).stat().st_mtime_ns
        except OSError:
            continue
        found.append((written, place))
    return [place for _, place in sorted(found, reverse=True)]


def prune(keep: int, folder: Path | None = None, *, dry_run: bool = False) -> tuple[Path, ...]:
    """Take away all but the ``keep`` snapshots that were written last in the user's data folder (or another);
    those taken away, or with ``dry_run`` those that would be.

    :raises InputError: for fewer than one, or where one cannot be taken away.
    """
    if keep < 1:
        raise InputError("at least one snapshot has to be kept")
    old = user_snapshots(folder)[keep:]
    if not dry_run:
        for place in old:
            switch.remove(place)
    return tuple(old)


def find(home: Path | str | None = None) -> tuple[Path, str]:
    """The folder of the snapshot to use, and how it was chosen: "named", "newest" or "starter".

    :raises SnapshotError: where the one that is named is not there.
    """
    named = home or os.environ.get("USEDFOR_HOME")
    if named:
        folder = switch.whole(Path(named))
        if not (folder / manifest.NAME).is_file():
            raise SnapshotError(
                f"{named} is no snapshot (there is no {manifest.NAME} in it)", folder=str(named)
            )
        return folder, "named"
    for folder in user_snapshots():
        return switch.whole(folder), "newest"
    return STARTER, "starter"


def open_snapshot(home: Path | str | None = None) -> Snapshot:
    """Open a snapshot for asking; the starter's look-up file is made on first use.

    :raises SnapshotError: where it is absent, damaged, or of a form this version cannot read.
    """
    folder, chosen = find(home)
    if chosen == "starter" and not (folder / manifest.NAME).is_file():
        raise SnapshotError("the snapshot that ships with the program is not there; build one: usedfor build")
    made = manifest.read(folder)
    database = folder / sqlite.NAME
    if made.kind == "starter":
        database = cache.database(folder, made)
    elif not sqlite.is_of(database, made):
        raise SnapshotError(f"{database} is absent, damaged, or not of this snapshot; build it again")
    return Snapshot(folder=folder, manifest=made, database=database)


def behind(home: Path | str | None = None) -> Snapshot | None:
    """The facts that ship, where the snapshot to use is the newest in the user's data folder: it may hold no
    more than one medicine that was fetched. None elsewhere, and where none ship."""
    if find(home)[1] != "newest":
        return None
    try:
        return open_snapshot(STARTER)
    except SnapshotError:
        return None


def status(home: Path | str | None = None) -> Status:
    """What is in use and as of when.

    :raises SnapshotError: as :func:`open_snapshot`.
    """
    folder, chosen = find(home)
    made = manifest.read(folder)
    return Status(
        home=str(folder),
        chosen=chosen,
        kind=made.kind,
        digest=made.digest,
        program=made.program,
        as_of=made.as_of,
        quotes=made.kind == "full",
        counts=made.counts,
        sources=made.sources,
        set_aside=made.set_aside,
        others=tuple(str(other) for other in user_snapshots() if other != folder),
        snapshots=tuple(map(_listed, user_snapshots())),
    )


def _listed(place: Path) -> Listed:
    folder = switch.whole(place)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    try:
        made = manifest.read(folder)
    except SnapshotError as error:
        return Listed(home=str(place), bytes=size, why=error.message)
    return Listed(home=str(place), as_of=made.as_of, documents=made.counts.get("documents", 0), bytes=size)
