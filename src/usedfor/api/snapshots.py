"""Snapshots: build one, look at it, prove it, take it out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from usedfor.knowledge import Manifest, Progress, Report, Status

__all__ = ["build", "export", "prune", "status", "verify"]

Paths = Sequence[Path | str]


def build(
    labels: Paths,
    out: Path | str | None = None,
    *,
    trials: Paths = (),
    papers: Paths = (),
    since: Path | str | None = None,
    engine: Literal["local", "ray"] = "local",
    ray_address: str | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[Path, Manifest]:
    """Build a snapshot of ``labels`` at ``out`` (else in the user's data folder), beside what is there.

    ``trials`` (API v2 JSON, CSV) and ``papers`` (PubMed XML, JATS, JSON lines) on the labels' medicines are
    weighed for the uses beyond the labels. What has not changed ``since`` an earlier snapshot is taken over
    from it. ``engine``: where labels are read, on processes of this machine or on Ray, which is started here
    unless ``ray_address`` names a cluster. None of these changes the result.

    Returns its folder and manifest, which counts and names what was set aside. Raises
    :class:`~usedfor.errors.InputError` for paths that do not exist or labels none of which can be read.
    """
    from usedfor.knowledge.build import build as built
    from usedfor.knowledge.snapshot import user_folder

    folder = Path(out) if out is not None else user_folder() / "labels"
    return folder, built(
        [Path(p) for p in labels],
        folder,
        workers=workers,
        progress=progress,
        trials=[Path(p) for p in trials],
        papers=[Path(p) for p in papers],
        since=Path(since) if since is not None else None,
        engine=engine,
        ray_address=ray_address,
    )


def status(home: Path | str | None = None) -> Status:
    """Which snapshot is in use, as of when, what it counts and what was set aside."""
    from usedfor.knowledge import status as found

    return found(home)


def prune(keep: int, folder: Path | str | None = None, *, dry_run: bool = False) -> tuple[Path, ...]:
    """Take away all but the ``keep`` snapshots that were written last in the user's data folder (or another).

    Returns those taken away, or with ``dry_run`` those that would be.
    """
    from usedfor.knowledge.snapshot import prune as pruned

    return pruned(keep, Path(folder) if folder is not None else None, dry_run=dry_run)


def verify(
    home: Path | str | None = None,
    labels: Paths = (),
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Prove every table's hash and, where the documents are at hand, every document's hash and every span.

    Raises :class:`~usedfor.errors.VerificationError` with each finding where something does not hold.
    """
    from usedfor.knowledge.verify import verify as verified

    return verified(home, [Path(p) for p in labels], workers=workers, progress=progress)


def export(
    folder: Path | str, format: Literal["parquet", "csv"] = "parquet", *, home: Path | str | None = None
) -> tuple[Path, ...]:
    """Write the tables of a snapshot into ``folder``; returns the files written."""
    from usedfor.knowledge.export import export as exported

    return exported(Path(folder), format, home=home)
