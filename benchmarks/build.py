"""How fast labels become a snapshot, in how much memory, and whether the time per label stays flat.

    python benchmarks/build.py [--labels DIR] [--times 1,10] [--workers N]

The labels are built as they are, then repeated under new ids (written to a temporary folder, never kept).
Memory is that of the whole process tree, sampled: RSS counts pages that processes share once for each, PSS
once in all. The last table says what one process spends on single labels.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

# All else is imported where it is used: every worker imports this file too, as it would import the script
# of `usedfor`, which imports next to nothing.
if TYPE_CHECKING:
    from usedfor.knowledge import Step
    from usedfor.sources import Raw

LABELS = Path(__file__).resolve().parents[2] / "shared" / "data" / "labels"
GOALS = {"MB/s a core": 6.0, "MB": 600.0}
SAMPLE = 200  # labels that one process reads for the last table


class Watch(threading.Thread):
    """Samples the memory of this process and all below it."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.rss = self.pss = 0.0  # MB, the peaks
        self._worked: dict[int, float] = {}  # seconds of processor time by process
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.wait(0.1):
            tree = _tree(os.getpid())
            for process in tree:  # of one that has ended, what was seen last
                self._worked[process] = max(_worked(process), self._worked.get(process, 0.0))
            sizes = [_memory(process) for process in tree]
            self.rss = max(self.rss, sum(rss for rss, _ in sizes))
            self.pss = max(self.pss, sum(pss for _, pss in sizes))

    @property
    def worked(self) -> float:
        """Seconds of processor time of all processes: what other load on the machine does not change much."""
        return sum(self._worked.values())

    def stop(self) -> None:
        self._end.set()
        self.join()


def _tree(root: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit():
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
        except OSError:
            continue  # it has ended
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def _worked(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> tuple[float, float]:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1000 for line in lines if line.endswith("kB")}
    return sizes.get("Rss", 0.0), sizes.get("Pss", 0.0)


def repeated(labels: Path, times: int, folder: Path) -> Path:
    """The labels ``times`` times, each time under new ids, in one zip for each time."""
    import msgspec

    for turn in range(times):
        path = folder / f"labels-{turn:02d}.json.zip"
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open("labels.json", "w", force_zip64=True) as file,
        ):
            file.write(b'{"meta": {"last_updated": "2026-07-23"}, "results": [')
            for number, raw in enumerate(_raws(labels)):
                ids = msgspec.json.decode(raw.data)
                data = raw.data
                for old in {ids["id"], ids["set_id"]}:
                    data = data.replace(old.encode(), f"{old[:-4]}{turn:04x}".encode())
                file.write(b"," * (number > 0) + data)
            file.write(b"]}")
    return folder


def _raws(labels: Path) -> Iterator[Raw]:
    from usedfor.sources import Raw, raw_documents

    yield from (item for item in raw_documents([labels]) if isinstance(item, Raw))


def measure(labels: Path, workers: int, scratch: Path) -> None:
    """Build once, in this process, and print one line of the table."""
    from usedfor.knowledge.build import build

    stages: dict[str, float] = {}
    begin = time.perf_counter()

    def tell(step: Step) -> None:
        stages.setdefault(f"> {step.stage}", time.perf_counter())
        stages[step.stage] = time.perf_counter()

    watch = Watch()
    watch.start()
    made = build([labels], scratch / "out", workers=workers, progress=tell)
    took = time.perf_counter() - begin
    watch.stop()
    megabytes = made.counts["bytes"] / 1e6
    parts = {
        "start": stages["> reading labels"] - begin,
        "read": stages["reading labels"] - stages["> reading labels"],
        "judge": stages["judging medicines"] - stages["reading labels"],
        "write": begin + took - stages["judging medicines"],
    }
    speed, each = megabytes / took / workers, took / made.counts["labels"] * 1000
    print(
        f"| {made.counts['labels']:>6} | {megabytes:>6.0f} | {took:>6.1f} | {speed:>6.2f} | {each:>6.1f} "
        f"| {watch.rss:>6.0f} | {watch.pss:>6.0f} | "
        + " | ".join(f"{seconds:>5.1f}" for seconds in parts.values())
        + " |",
        flush=True,
    )


def single(labels: Path) -> None:
    """Where one process spends its time on a label."""
    from usedfor.extraction import label
    from usedfor.knowledge import work
    from usedfor.knowledge.staging import Staged
    from usedfor.sources import parse
    from usedfor.vocabulary import load

    work.prepare()
    vocabulary = load()
    spent: Counter[str] = Counter()
    size = count = 0

    def timed(name: str, begin: float) -> float:
        now = time.perf_counter()
        spent[name] += now - begin  # type: ignore[assignment]
        return now

    for raw in _raws(labels):
        now = time.perf_counter()
        document = parse(raw)
        now = timed("parse", now)
        medicine = vocabulary.medicines.of_document(document)
        now = timed("name the medicine", now)
        found = []
        for reader in label.READERS:
            found += reader.statements(document, medicine.id, vocabulary)
            now = timed(f"extract: {reader.__name__.rpartition('.')[2]}", now)
        statements = tuple(label.number(document.id, found))
        now = timed("number", now)
        Staged.of(document, medicine, statements, len(raw.data))
        timed("pack texts and statements", now)
        size += len(raw.data)
        count += 1
        if count == SAMPLE:
            break
    total = sum(spent.values())
    print(
        f"\none process, {count} labels: {size / 1e6 / total:.2f} MB/s, {total / count * 1000:.1f} ms a label"
    )
    for name, seconds in spent.most_common():
        print(f"  {name:<28} {seconds / count * 1000:>7.2f} ms  {seconds / total:>6.1%}")


def main() -> None:
    from usedfor.knowledge.engine import cores

    parser = argparse.ArgumentParser(description="Speed and memory of building a snapshot.")
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--times", default="1,10", help="how often to repeat the labels, comma-separated")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, default=cores())
    options = parser.parse_args()
    if options.one:
        measure(options.labels, options.workers, Path.cwd())
        return
    if not options.labels.exists():
        raise SystemExit(f"{options.labels.name}: the real labels are not on this machine")
    speed, memory = GOALS["MB/s a core"], GOALS["MB"]
    print(
        f"{options.workers} workers; goals: {speed:g} MB/s a core, under {memory:g} MB, time per label flat"
    )
    print("| labels |     MB |      s | MB/s/c | ms/lab | MB RSS | MB PSS | start |  read | judge | write |")
    print("|--------|--------|--------|--------|--------|--------|--------|-------|-------|-------|-------|")
    with tempfile.TemporaryDirectory(prefix="usedfor-bench-") as name:
        scratch = Path(name)
        # As an installed package has it: compiled on the first use, which is not measured.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(scratch / "compiled")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        warm = "import usedfor.knowledge.build, usedfor.knowledge.ready as ready; ready.prepare()"
        subprocess.run([sys.executable, "-c", warm], check=True, env=environment)
        for times in map(int, options.times.split(",")):
            labels = options.labels
            if times > 1:
                (scratch / "labels").mkdir()
                labels = repeated(options.labels, times, scratch / "labels")
            # A process for each: what one build leaves in memory is no part of the next one's.
            command = [sys.executable, __file__, "--one", "--labels", str(labels)]
            subprocess.run(
                [*command, "--workers", str(options.workers)], check=True, cwd=scratch, env=environment
            )
            for left in ("labels", "out"):
                shutil.rmtree(scratch / left, ignore_errors=True)
    single(options.labels)


if __name__ == "__main__":
    main()
