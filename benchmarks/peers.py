"""Extraction beside its peers, on the same texts in the same run: quality, speed, memory.

    python benchmarks/peers.py [--split held-out|rest|all] [--only NAME,...] [--shared DIR]

usedfor      this project, as it ships
dictionary   the project's names of conditions, longest match, every match counts
negspacy     spaCy's PhraseMatcher over the same names, with negspacy's negation
medspacy     medSpaCy's target matcher over the same names, with ConText

Quality: DIR/bench/score.py on the four gold sets for extraction. What usedfor learned, it learned from
the rest: only the held-out fifth compares fairly. Speed and memory: one process each, one core, all
passages of the split. A peer whose environment (build/peers/NAME) is missing is named and left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from splits import held_out

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build" / "bench" / "peers"
OURS = ("usedfor", "dictionary")
PEERS = ("negspacy", "medspacy")
# task of score.py -> gold file, and the key that decides the split
SETS = {
    "label-uses": ("label-uses.jsonl", "set_id"),
    "labeledin": ("labeledin.jsonl", "id"),
    "roam": ("roam-expert.jsonl", "id"),
    "reactions": ("tac2017-reactions.jsonl", "label"),
}


def read(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def score(shared: Path, *arguments: str | Path) -> str:
    command = [sys.executable, str(shared / "bench" / "score.py"), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def prepare(shared: Path, split: str) -> list[dict[str, Any]]:
    """Write the split's gold files; return all passages, each with the task it belongs to in its id."""
    passages = []
    for task, (name, key) in SETS.items():
        gold = read(shared / "data" / "gold" / name)
        if split != "all":
            gold = [g for g in gold if held_out(g[key]) == (split == "held-out")]
        write(WORK / name, gold)
        for line in score(shared, "passages", task, WORK / name).splitlines():
            passage = json.loads(line)
            passages.append({**passage, "id": f"{task} {passage['id']}"})
    return passages


def python_of(contender: str) -> Path:
    return (
        Path(sys.executable) if contender in OURS else ROOT / "build" / "peers" / contender / "bin" / "python"
    )


def run(contender: str) -> dict[str, Any]:
    out = WORK / f"{contender}.jsonl"
    command = [python_of(contender), "-W", "ignore", ROOT / "benchmarks" / "peers_run.py", contender,
               WORK / "names.json", WORK / "passages.jsonl", out]  # fmt: skip
    done = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True)
    cost: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return cost


def figures(shared: Path, contender: str) -> Iterator[tuple[str, float]]:
    """The figures of one contender, by name."""
    readings = read(WORK / f"{contender}.jsonl")
    for task, (name, _) in SETS.items():
        predicted = WORK / f"{contender}-{task}.jsonl"
        own = [r for r in readings if r["id"].startswith(f"{task} ")]
        write(predicted, [{**r, "id": r["id"].removeprefix(f"{task} ")} for r in own])
        result = json.loads(score(shared, task, WORK / name, predicted))
        if task == "label-uses":
            for status in ("indicated", "not_indicated", "contraindicated"):
                for kind in ("relaxed", "exact"):
                    yield f"{status} {kind} F1", result[status][kind]["f1"]
            for attribute, value in sorted(result["attributes"].items()):
                yield f"{attribute} accuracy", value
        elif task == "roam":
            yield "roam-expert macro-F1", result["macro_f1"]
        else:
            for kind in ("relaxed", "exact"):
                yield f"{task} {kind} F1", result[kind]["f1"]


def names_of_conditions() -> list[str]:
    from usedfor.vocabulary import load

    conditions = load().conditions
    found = (conditions.get(id) for id in conditions.ids())
    return sorted({name for c in found if c for name in (c.name, *c.names)})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--split", choices=("held-out", "rest", "all"), default="held-out")
    parser.add_argument("--only", default=",".join(OURS + PEERS), help="contenders, by comma")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    options = parser.parse_args()
    if not (options.shared / "bench" / "score.py").is_file():
        sys.exit(f"no gold sets here: {options.shared} is missing or incomplete")

    passages = prepare(options.shared, options.split)
    write(WORK / "passages.jsonl", passages)
    names = names_of_conditions()
    (WORK / "names.json").write_text(json.dumps(names), "utf-8")
    size = sum(len(p["text"].encode()) for p in passages) / 1e6
    print(f"{len(passages)} passages, {size:.2f} MB, split {options.split}; {len(names)} names of conditions")
    if options.split != "held-out":
        print("usedfor has learned from the texts outside the held-out fifth: its quality here is no measure")

    table: dict[str, dict[str, str]] = {}
    for contender in options.only.split(","):
        if not python_of(contender).exists():
            print(f"{contender}: not installed in build/peers/{contender}, left out")
            continue
        cost = run(contender)
        column = {name: f"{value:.3f}" for name, value in figures(options.shared, contender)}
        column["texts per second"] = f"{len(passages) / cost['seconds']:.0f}"
        column["MB per second"] = f"{size / cost['seconds']:.3f}"
        column["peak memory, MB"] = f"{cost['peak_mb']:.0f}"
        column["seconds to load"] = f"{cost['load_s']:.2f}"
        table[contender] = column
        print(f"{contender}: done in {cost['seconds']:.1f} s", file=sys.stderr)

    rows = list(next(iter(table.values()), {}))
    print("| figure | " + " | ".join(table) + " |")
    print("|---" * (len(table) + 1) + "|")
    for row in rows:
        print(f"| {row} | " + " | ".join(column[row] for column in table.values()) + " |")


if __name__ == "__main__":
    main()
