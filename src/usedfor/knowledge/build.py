"""Labels -> a snapshot: read on all cores, staged on disk, judged a medicine at a time, written, switched.

The same labels give the same snapshot, byte for byte, whatever the number of workers. Peak memory does not
grow with the number of labels: what has been read waits on disk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import usedfor.knowledge.manifest as manifests
from usedfor.errors import InputError, UsedForError
from usedfor.knowledge import sqlite as lookup
from usedfor.knowledge import switch, work
from usedfor.knowledge.engine import LIMIT, Failure, Pool
from usedfor.knowledge.judging import Judging
from usedfor.knowledge.manifest import Manifest
from usedfor.knowledge.progress import Progress, Step
from usedfor.knowledge.reading import Reading, choose
from usedfor.knowledge.since import Old, program
from usedfor.knowledge.staging import Light, Staging
from usedfor.knowledge.studying import Studies, read_studies
from usedfor.knowledge.tables import SCHEMA
from usedfor.knowledge.unlabelled import with_unlabelled

if TYPE_CHECKING:
    from usedfor.knowledge.cluster import RayPool

__all__ = ["build", "write"]

_COUNTED = ("medicines", "conditions", "statements", "uses", "reactions", "cautions")


def build(
    labels: Sequence[Path],
    out: Path,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    limit: float = LIMIT,
    parts: work.Parts = work.PARTS,
    since: Path | None = None,
    trials: Sequence[Path] = (),
    papers: Sequence[Path] = (),
    engine: Literal["local", "ray"] = "local",
    ray_address: str | None = None,
) -> Manifest:
    """Build a snapshot of ``labels`` (files and folders) at ``out``, beside what is there, and switch.

    ``workers``: processes, all cores by default. ``limit``: seconds for one label. A label that cannot be
    read is set aside: counted and named in the manifest that is returned. ``since``: an earlier snapshot
    (it may be the one at ``out``); what has not changed since is taken over from it, with the same result.
    ``engine``: where documents are read; judging and writing are always done here.

    :raises InputError: for a path that does not exist, labels none of which can be read, or an ``out`` that
        is something else than a snapshot.
    :raises SnapshotError: where ``since`` is none.
    :raises UsedForError: where more labels fail by faults of the program than are read.
    """
    before = switch.whole(since) if since is not None else None
    try:
        with switch.beside(Path(out)) as folder, ExitStack() as stack:
            old = Old.open(before) if before is not None else None
            if old is not None:
                stack.callback(old.close)
            return write(
                labels,
                folder,
                workers=workers,
                progress=progress,
                limit=limit,
                parts=parts,
                old=old,
                trials=trials,
                papers=papers,
                engine=engine,
                ray_address=ray_address,
            )
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsedForError(f"{out} could not be written: {why}; what was there stands") from error


def write(
    labels: Sequence[Path],
    folder: Path,
    *,
    full: bool = True,
    workers: int | None = None,
    progress: Progress | None = None,
    limit: float = LIMIT,
    parts: work.Parts = work.PARTS,
    old: Old | None = None,
    trials: Sequence[Path] = (),
    papers: Sequence[Path] = (),
    engine: Literal["local", "ray"] = "local",
    ray_address: str | None = None,
) -> Manifest:
    """Write the files of a snapshot into the empty ``folder``; without ``full``, what the starter has of
    them."""
    tell = progress or _silent
    staging = Staging(folder, old.folder if old is not None else None)
    studies = Studies(folder, trials, papers, tell) if trials or papers else None
    try:
        reading = Reading(labels, staging, tell, old)
        with _readers(engine, workers, parts.prepare, ray_address) as pool:
            for raw, staged in pool.run(parts.read, reading, limit):
                reading.take(raw, staged)
            if studies is not None:
                for batch, read in pool.run(read_studies, studies, limit * 10):
                    studies.take(batch, read)
                studies.finish()
        staged_labels = staging.finish()
        current, left_out = choose(staged_labels)
        if not current:
            raise InputError(reading.why_few())
        if reading.faults > reading.read:  # something is wrong here, not with them: keep what there is
            raise UsedForError(reading.why_few())
        if studies is not None:
            current = with_unlabelled(current, studies.medicines())
        older = [one.document for one in left_out if one.because == "older"]
        versions = [one for one in staged_labels if one.id in older and one.medicine in current]
        judging = Judging(
            folder, staging, current, tell, full=full, old=old, studies=studies, older=_once(versions)
        )
        judging.take_documents()
        # Fresh workers: judging needs neither vocabulary nor readers, and this process grows from here on.
        with Pool(workers) as pool:
            # A medicine may have hundreds of labels: its limit is ten labels' limit.
            for case, verdict in pool.run(parts.judge, judging.cases(), limit * 10):
                judging.take(case, verdict)
            judging.take_rest()
            for _, verdict in pool.run(parts.conditions, [sorted(judging.conditions)], limit * 10):
                if isinstance(verdict, Failure):
                    raise UsedForError(f"the conditions cannot be written: {verdict.reason}")
                judging.take_conditions(verdict)
        tell(Step(stage="writing tables", done=0, total=2))
        tables = judging.close()
        kept = [one for medicine, group in current.items() if medicine not in judging.failed for one in group]
        if full:
            staging.keep(program(), [one.number for one in kept], judging.cases_made)
        read_too = studies.counts() if studies is not None else {}
        as_of = studies.as_of() if studies is not None else {}
        sources = studies.sources() if studies is not None else ()
    finally:
        staging.close(keep=full)
        if studies is not None:
            studies.close()
    aside = reading.aside() + judging.aside() + (studies.aside if studies is not None else [])
    made = Manifest(
        schema=SCHEMA,
        program=_program(),
        kind="full" if full else "starter",
        as_of={"labels": reading.as_of() or max(one.effective for one in kept), **as_of},
        sources=(*reading.sources(), *sources),
        counts={
            "labels": reading.read,
            "bytes": reading.bytes,
            "documents": len(kept),
            "older": sum(one.because == "older" for one in left_out),
            "repeated": sum(one.because == "repeated" for one in left_out),
            "set_aside": len(aside),
            **{name: tables[name].rows for name in _COUNTED},
            **read_too,
        },
        set_aside=tuple(aside),
        left_out=tuple(left_out),
        tables=tables,
    )
    tell(Step(stage="writing tables", done=1, total=2))
    if full:
        lookup.make(folder / "tables", made, folder / lookup.NAME, judging.copies())
    manifests.write(made, folder)
    tell(Step(stage="writing tables", done=2, total=2))
    return made


def _readers(
    engine: str, workers: int | None, prepare: Callable[[], object], address: str | None
) -> Pool | RayPool:
    if engine == "local":
        return Pool(workers, prepare)
    from usedfor.knowledge.cluster import RayPool

    return RayPool(workers, prepare, address)


def _once(labels: Sequence[Light]) -> list[Light]:
    """Older versions of labels, each document once, by document."""
    first: dict[str, Light] = {}
    for light in labels:
        first.setdefault(light.id, light)
    return [first[id_] for id_ in sorted(first)]


def _silent(step: Step) -> None:
    """Tell nobody."""


def _program() -> str:
    from importlib.metadata import version

    return version("usedfor")
