"""Snapshots: build one, look at it, prove it, take it out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from usedfor.knowledge import Manifest, Progress, Report, Status

__all__ = ["build", "export", "status", "verify"]

Paths = Sequence[Path | str]


def build(
    labels: Paths,
    out: Path | str | None = None,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[Path, Manifest]:
    """Build a snapshot of ``labels`` at ``out`` (else in the user's data folder), beside what is there.

    Returns its folder and manifest, which counts and names what was set aside. Raises
    :class:`~usedfor.errors.InputError` for paths that do not exist or labels none of which can be read.
    """
    from usedfor.knowledge.build import build as built
    from usedfor.knowledge.snapshot import user_folder

    folder = Path(out) if out is not None else user_folder() / "labels"
    return folder, built([Path(p) for p in labels], folder, workers=workers, progress=progress)


def status(home: Path | str | None = None) -> Status:
    """Which snapshot is in use, as of when, what it counts and what was set aside."""
    from usedfor.knowledge import status as found

    return found(home)


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
