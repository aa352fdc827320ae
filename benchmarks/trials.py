"""Registered trials: roles and conditions against the gold set, and how quickly and flatly studies are read.

    python benchmarks/trials.py [--held-out] [--records N] [--no-gold]

Gold: ../shared/data/gold/trial-roles.jsonl, without its fifth that is kept apart (splits.py); --held-out
scores that fifth instead. Speed: the studies of ../shared/data/trials, repeated to N records (100,000) in one
file of a temporary folder, read on one core, alone and with what they say. Memory: the process's peak after
each tenth.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from splits import held_out
from usedfor.extraction.trial import read_trial
from usedfor.sources import SetAside
from usedfor.sources.clinicaltrials import parse_trial, raw_trials
from usedfor.studies import Intervention, Trial
from usedfor.vocabulary import load

SHARED = Path(__file__).resolve().parents[2] / "shared"
STUDIES = SHARED / "data" / "trials" / "ctgov-studies-v2.json.zip"
GOLD = SHARED / "data" / "gold" / "trial-roles.jsonl"
REGISTRY = 550_000  # studies
CORES = 2
ONCE = 2_401  # studies in the file


def trials(path: Path) -> Iterator[Trial]:
    for raw in raw_trials([path]):
        if not isinstance(raw, SetAside):
            yield parse_trial(raw)


def predicted(wanted: set[str]) -> dict[str, dict[str, Any]]:
    vocabulary = load()
    found = {}
    for trial in trials(STUDIES):
        if trial.nct in wanted:
            reading = read_trial(trial, vocabulary)
            found[trial.nct] = {
                "id": trial.nct,
                "interventions": [
                    {"name": t.name, "role": t.role, "conditions": [{"text": c.text} for c in t.conditions]}
                    for t in reading.treatments
                ],
            }
    return found


def gold(kept_apart: bool) -> None:
    sys.path.insert(0, str(SHARED / "bench"))
    import score  # type: ignore[import-not-found]

    rows = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines() if line]
    rows = [row for row in rows if held_out(row["id"]) == kept_apart]
    figures = score.roles(rows, predicted({row["id"] for row in rows}))
    print(f"gold: {len(rows)} pairs, the fifth kept apart" if kept_apart else f"gold: {len(rows)} pairs")
    for name in ("studied_or_not", "accuracy", "macro_f1"):
        print(f"  {name:16}{figures[name]:.3f}")
    for kind in ("relaxed", "exact"):
        print(f"  conditions, {kind} F1 {figures['conditions'][kind]['f1']:.3f}")


def repeated(folder: Path, records: int) -> Path:
    """One file in the form of API v2 with the studies again and again; each time under other numbers."""
    path = folder / "studies.json"
    with zipfile.ZipFile(STUDIES) as archive:
        studies = [
            study for name in archive.namelist() for study in json.loads(archive.read(name))["studies"]
        ]
    with path.open("w", encoding="utf-8") as out:
        out.write('{"studies": [')
        for number in range(records):
            study = studies[number % len(studies)]
            study["protocolSection"]["identificationModule"]["nctId"] = f"NCT{number:08}"
            out.write(",\n" if number else "")
            out.write(json.dumps(study))
        out.write("]}")
    return path


def peak() -> str:
    """The peak of this process in MB. (getrusage's would be that of the process it was forked from.)"""
    status = Path("/proc/self/status").read_text("ascii")
    return f"{int(status.partition('VmHWM:')[2].split()[0]) / 1024:.0f}"


def measure(path: Path, records: int, read: bool) -> None:
    """Printed by a process of its own, so that its peak memory is that of reading alone."""
    vocabulary = load()
    if read:
        one = Intervention(name="albuterol")
        asked = ("Asthma", "Pain")
        read_trial(
            Trial(nct="NCT00000000", title="Albuterol", interventions=(one,), conditions=asked), vocabulary
        )
    start, count, line, first = time.process_time(), 0, [], 0.0
    for trial in trials(path):
        if read:
            read_trial(trial, vocabulary)
        count += 1
        if count == ONCE:
            first = count / (time.process_time() - start)
        if count % max(1, records // 10) == 0:
            line.append(peak())
    rate = count / (time.process_time() - start)
    whole = REGISTRY / rate / CORES / 60
    print(f"  {'read, with what they say' if read else 'read'}: {rate:,.0f} a second", end="")
    print(f" ({first:,.0f} before any comes twice)" if first else "", end="")
    print(f"; {REGISTRY:,} on {CORES} cores: {whole:.1f} minutes")
    print(f"    peak memory in MB at each tenth: {' '.join(line)}")


def speed(records: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = repeated(Path(folder), records)
        print(f"speed: {records:,} records, {path.stat().st_size / 1e6:,.0f} MB, one core", flush=True)
        for read in ([], ["--read"]):
            command = [sys.executable, __file__, "--measure", str(path), "--records", str(records), *read]
            subprocess.run(command, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--held-out", action="store_true", help="score the fifth that is kept apart")
    parser.add_argument("--records", type=int, default=100_000, help="0 leaves speed out")
    parser.add_argument("--no-gold", action="store_true")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--read", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        measure(chosen.measure, chosen.records, chosen.read)
        return
    if not STUDIES.is_file():
        sys.exit("the real data (../shared/data) is not on this machine")
    if not chosen.no_gold:
        gold(chosen.held_out)
    if chosen.records:
        speed(chosen.records)


if __name__ == "__main__":
    main()
