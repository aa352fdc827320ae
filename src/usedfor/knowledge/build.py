"""Labels -> a snapshot: read on all cores, staged on disk, judged a medicine at a time, written, switched.

The same labels give the same snapshot, byte for byte, whatever the number of workers. Peak memory does not
grow with the number of labels: what has been read waits on disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import usedfor.knowledge.manifest as manifests
from usedfor.errors import InputError, UsedForError
from usedfor.knowledge import engine, sqlite, switch, work
from usedfor.knowledge.judging import Judging
from usedfor.knowledge.manifest import Manifest
from usedfor.knowledge.progress import Progress, Step
from usedfor.knowledge.reading import Reading, choose
from usedfor.knowledge.since import Old, program
from usedfor.knowledge.staging import Staging
from usedfor.knowledge.tables import SCHEMA

__all__ = ["build", "write"]

_COUNTED = ("medicines", "conditions", "statements", "uses", "reactions", "cautions")


def build(
    labels: Sequence[Path],
    out: Path,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    limit: float = engine.LIMIT,
    parts: work.Parts = work.PARTS,
    since: Path | None = None,
) -> Manifest:
    """Build a snapshot of ``labels`` (files and folders) at ``out``, beside what is there, and switch.

    ``workers``: processes, all cores by default. ``limit``: seconds for one label. A label that cannot be
    read is set aside: counted and named in the manifest that is returned. ``since``: an earlier snapshot
    (it may be the one at ``out``); what has not changed since is taken over from it, with the same result.

    :raises InputError: for a path that does not exist, labels none of which can be read, or an ``out`` that
        is something else than a snapshot.
    :raises SnapshotError: where ``since`` is none.
    :raises UsedForError: where more labels fail by faults of the program than are read.
    """
    with switch.beside(Path(out)) as folder:
        old = Old.open(switch.whole(since)) if since is not None else None
        try:
            return write(
                labels, folder, workers=workers, progress=progress, limit=limit, parts=parts, old=old
            )
        finally:
            if old is not None:
                old.close()


def write(
    labels: Sequence[Path],
    folder: Path,
    *,
    full: bool = True,
    workers: int | None = None,
    progress: Progress | None = None,
    limit: float = engine.LIMIT,
    parts: work.Parts = work.PARTS,
    old: Old | None = None,
) -> Manifest:
    """Write the files of a snapshot into the empty ``folder``; without ``full``, what the starter has of
    them."""
    tell = progress or _silent
    staging = Staging(folder, old.readings if old is not None else None)
    try:
        reading = Reading(labels, staging, tell, old)
        with engine.Pool(workers, parts.prepare) as pool:
            for raw, staged in pool.run(parts.read, reading, limit):
                reading.take(raw, staged)
        current, left_out = choose(staging.finish())
        if not current:
            raise InputError(reading.why_few())
        if reading.faults > reading.read:  # something is wrong here, not with them: keep what there is
            raise UsedForError(reading.why_few())
        judging = Judging(folder, staging, current, tell, full=full, old=old)
        # Fresh workers: judging needs neither vocabulary nor readers, and this process grows from here on.
        with engine.Pool(workers) as pool:
            # A medicine may have hundreds of labels: its limit is ten labels' limit.
            for case, verdict in pool.run(parts.judge, judging.cases(), limit * 10):
                judging.take(case, verdict)
            judging.take_rest()
            for _, verdict in pool.run(parts.conditions, [sorted(judging.conditions)], limit * 10):
                if isinstance(verdict, engine.Failure):
                    raise UsedForError(f"the conditions cannot be written: {verdict.reason}")
                judging.take_conditions(verdict)
        tell(Step(stage="writing tables", done=0, total=2))
        tables = judging.close()
        kept = [one for medicine, group in current.items() if medicine not in judging.failed for one in group]
        if full:
            staging.keep(program(), [one.number for one in kept], judging.cases_made)
    finally:
        staging.close(keep=full)
    aside = reading.aside() + judging.aside()
    made = Manifest(
        schema=SCHEMA,
        program=_program(),
        kind="full" if full else "starter",
        as_of={"labels": reading.as_of() or max(one.effective for one in kept)},
        sources=reading.sources(),
        counts={
            "labels": reading.read,
            "bytes": reading.bytes,
            "documents": len(kept),
            "older": sum(one.because == "older" for one in left_out),
            "repeated": sum(one.because == "repeated" for one in left_out),
            "set_aside": len(aside),
            **{name: tables[name].rows for name in _COUNTED},
        },
        set_aside=tuple(aside),
        left_out=tuple(left_out),
        tables=tables,
    )
    tell(Step(stage="writing tables", done=1, total=2))
    if full:
        sqlite.make(folder / "tables", made, folder / sqlite.NAME, judging.copies())
    manifests.write(made, folder)
    tell(Step(stage="writing tables", done=2, total=2))
    return made


def _silent(step: Step) -> None:
    """Tell nobody."""


def _program() -> str:
    from importlib.metadata import version

    return version("usedfor")
