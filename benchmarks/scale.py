"""Builds at the scale of all US prescription labels: time, memory, what 1% of change costs, look-ups.

    python benchmarks/scale.py [--labels DIR] [--sizes 1000,10000,53000] [--ray 1000] [--workers N] [--keep]

The real labels are repeated under new ids in build/scale (7 GB for 53,000 labels with their snapshots twice;
removed at the end). A line for each size: the build from nothing; the build since it, after one label in a
hundred has changed, in every file; the briefs of some medicines there and in the starter. Memory is that of
the whole process tree, sampled. --ray: the same labels read on Ray, beside the pool.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from build import LABELS, Watch
from usedfor import api
from usedfor.knowledge import Knowledge, Step
from usedfor.knowledge.build import build
from usedfor.knowledge.engine import cores
from usedfor.sources import Raw, raw_documents

HERE = Path(__file__).resolve()
SCRATCH = HERE.parents[1] / "build" / "scale"
GOALS = "goals: 53,000 in 20 minutes and 2 GB; 1% changed at 5% of a full build; look-ups within twice"
ONE_IN = 100  # labels that change
MEDICINES = 60  # whose briefs are timed


class _Ids(msgspec.Struct):
    id: str
    set_id: str
    effective_time: str


def repeated(labels: Path, first: int, last: int, folder: Path, *, changed: bool = False) -> None:
    """The labels under new ids, a zip for each turn. ``changed``: one in a hundred has another date and one
    more sentence."""
    folder.mkdir(parents=True, exist_ok=True)
    raws = [item.data for item in raw_documents([labels]) if isinstance(item, Raw)]
    ids = [msgspec.json.decode(data, type=_Ids) for data in raws]
    for turn in range(first, last):
        path = folder / f"labels-{turn:03d}.json.zip"
        new = path.with_suffix(".new")
        with (
            zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open("labels.json", "w", force_zip64=True) as file,
        ):
            file.write(b'{"meta": {"last_updated": "2026-07-23"}, "results": [')
            for number, (data, its) in enumerate(zip(raws, ids, strict=True)):
                for old in {its.id, its.set_id}:
                    data = data.replace(old.encode(), f"{old[:-4]}{turn:04x}".encode())
                if changed and (number * 37 + turn * 11) % ONE_IN == 0:
                    data = data.replace(its.effective_time.encode(), b"20260801")
                    data = data.replace(b'"indications_and_usage": ["', b'"indications_and_usage": ["New. ')
                file.write(b"," * (number > 0) + data)
            file.write(b"]}")
        new.replace(path)


def measure(options: argparse.Namespace) -> None:
    """Build once, in a process of its own, and print what it took as JSON."""
    stages: dict[str, float] = {}
    begin = time.perf_counter()
    unchanged = 0

    def tell(step: Step) -> None:
        nonlocal unchanged
        stages.setdefault(f"> {step.stage}", time.perf_counter())
        stages[step.stage] = time.perf_counter()
        unchanged = max(unchanged, step.unchanged)

    watch = Watch()
    watch.start()
    made = build(
        [options.labels],
        options.out,
        workers=options.workers,
        progress=tell,
        since=options.since,
        engine=options.engine,
    )
    took = time.perf_counter() - begin
    watch.stop()
    read, judged = stages["reading labels"], stages.get("judging medicines", stages["reading labels"])
    print(
        json.dumps(
            {
                "labels": made.counts["labels"],
                "megabytes": made.counts["bytes"] / 1e6,
                "seconds": took,
                "worked": watch.worked,
                "rss": watch.rss,
                "pss": watch.pss,
                "unchanged": unchanged,
                "start": stages["> reading labels"] - begin,
                "read": read - stages["> reading labels"],
                "judge": judged - read,
                "write": begin + took - judged,
                "digest": made.digest,
            }
        )
    )


def run(labels: Path, out: Path, workers: int, *more: str) -> dict[str, float]:
    command = [sys.executable, str(HERE), "--one", "--labels", str(labels), "--out", str(out)]
    done = subprocess.run(
        [*command, "--workers", str(workers), *more], check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def line(what: str, found: dict[str, float]) -> None:
    each = 1000 / found["labels"]
    parts = [f"{found[stage] / found['seconds']:.0%}" for stage in ("start", "read", "judge", "write")]
    print(
        f"{what:<18} {found['labels']:>6,.0f} labels, {found['unchanged']:>6,.0f} unchanged: "
        f"{found['seconds']:>7.1f} s, {found['seconds'] * each:>6.2f} ms each; "
        f"processors {found['worked']:>7.1f} s, {found['worked'] * each:>6.2f} ms each; "
        f"{found['rss']:>5.0f} MB resident, {found['pss']:>5.0f} MB shared pages once; "
        f"start, read, judge, write {' '.join(parts)}",
        flush=True,
    )


def briefs(home: Path | None) -> Iterator[float]:
    """Milliseconds for the brief of each medicine, once warm."""
    with Knowledge.open(home) as knowledge:
        names = knowledge.medicine_ids()
    some = names[:: max(1, len(names) // MEDICINES)]
    for name in some:
        api.brief(name, home=home)
    for name in some:
        begin = time.perf_counter()
        api.brief(name, home=home)
        yield (time.perf_counter() - begin) * 1000


def look_ups(home: Path) -> None:
    from usedfor.knowledge.snapshot import STARTER

    large, small = (statistics.median(list(briefs(place))) for place in (home, STARTER))
    print(f"  brief, opening included: {large:.1f} ms here, {small:.1f} ms in the starter", flush=True)


def ray(labels: Path, workers: int) -> None:
    pool = run(labels, SCRATCH / "pool", workers)
    line("process pool", pool)
    other = run(labels, SCRATCH / "ray", workers, "--engine", "ray")
    line("Ray", other)
    same = "the same" if pool["digest"] == other["digest"] else "ANOTHER"
    print(
        f"  Ray: {other['seconds'] / pool['seconds']:.2f} times the pool's time, {same} snapshot", flush=True
    )


def sizes(labels: Path, wanted: Sequence[int], workers: int) -> None:
    once = sum(isinstance(item, Raw) for item in raw_documents([labels]))
    turns = 0
    for size in wanted:
        more = max(1, round(size / once))
        repeated(labels, turns, more, SCRATCH / "labels")
        turns = more
        full = run(SCRATCH / "labels", SCRATCH / "full", workers)
        line("from nothing", full)
        look_ups(SCRATCH / "full")
        repeated(labels, 0, turns, SCRATCH / "changed", changed=True)
        part = run(SCRATCH / "changed", SCRATCH / "since", workers, "--since", str(SCRATCH / "full"))
        line("since, 1% changed", part)
        print(
            f"  {part['seconds'] / full['seconds']:.1%} of the time from nothing, "
            f"{part['worked'] / full['worked']:.1%} of the processors' time",
            flush=True,
        )
        for name in ("changed", "full", "since"):
            shutil.rmtree(SCRATCH / name, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--sizes", default="1000,10000,53000", help="comma-separated; empty for none")
    parser.add_argument("--ray", type=int, default=2000, help="labels to read on Ray too; 0 for none")
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--keep", action="store_true", help="leave the repeated labels in build/scale")
    for hidden in ("--out", "--since"):
        parser.add_argument(hidden, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--engine", default="local", help=argparse.SUPPRESS)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure(options)
        return
    if not options.labels.exists():
        raise SystemExit(f"{options.labels.name}: the real labels are not on this machine")
    print(f"{options.workers} workers, load {os.getloadavg()[0]:.1f}; {GOALS}", flush=True)
    try:
        if options.ray:
            repeated(options.labels, 0, max(1, round(options.ray / 1000)), SCRATCH / "some")
            ray(SCRATCH / "some", options.workers)
        sizes(options.labels, [int(size) for size in options.sizes.split(",") if size], options.workers)
    finally:
        if not options.keep:
            shutil.rmtree(SCRATCH, ignore_errors=True)


if __name__ == "__main__":
    main()
