"""How well labels are read, set by set: cross-validated, on the training side, and on the fifth kept apart.

``python benchmarks/extraction_gold.py [--data ../shared/data] [--cross-validate] [--held-out] [--save DIR]``
prints a table. Cross-validation trains every model anew without the fold's items and never looks at the fifth
kept apart; ``--held-out`` scores that fifth with the models of the package.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from splits import fold, held_out
from usedfor.extraction.passages import read_passage
from usedfor.extraction.tagger import Tagger, using
from usedfor.vocabulary import Vocabulary, load

__all__ = ["SETS", "cross_validate", "figures", "main", "predict", "read", "scorer"]

ROOT = Path(__file__).resolve().parents[1]
SETS = {  # task of score.py -> gold file and the key its items are split by
    "label-uses": ("label-uses.jsonl", "set_id"),
    "labeledin": ("labeledin.jsonl", "id"),
    "roam": ("roam-expert.jsonl", "id"),
}
FOLDS = 5
Item = dict[str, Any]


def scorer(path: Path) -> ModuleType:
    """The scoring program as a module."""
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(folder: Path, task: str, apart: bool) -> list[Item]:
    """The items of a set: those kept apart, or the others."""
    name, key = SETS[task]
    with (folder / name).open(encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines if line.strip()]
    return [item for item in items if held_out(item[key]) is apart]


def predict(lines: Iterable[Item], vocabulary: Vocabulary) -> dict[str, Item]:
    """What the program says of input lines, by id."""
    return {
        line["id"]: read_passage(line["kind"], line["text"], line.get("medicine"), vocabulary)
        for line in lines
    }


def cross_validate(
    score: ModuleType, folder: Path, vocabulary: Vocabulary, log: Callable[[str], None], folds: int = FOLDS
) -> dict[str, dict[str, Item]]:
    """For each task the predictions for every item, made by models that never saw it."""
    from usedfor.extraction.train import Trainer, condition_words

    trainer = Trainer(folder, vocabulary, condition_words(vocabulary))
    out: dict[str, dict[str, Item]] = {task: {} for task in SETS}
    for part in range(folds):

        def left_out(key: str, part: int = part) -> bool:
            return fold(key, folds) == part

        taggers = {name: Tagger(model) for name, model in trainer.all(left_out)}
        with using(taggers):
            for task, (_, key) in SETS.items():
                items = [item for item in read(folder, task, apart=False) if left_out(item[key])]
                out[task] |= predict(score.passages(task, items), vocabulary)
        log(f"fold {part + 1} of {folds}")
    return out


def figures(task: str, result: Item) -> dict[str, float]:
    """The figures that have a goal, by name."""
    if task == "label-uses":
        return {
            "indicated relaxed F1": result["indicated"]["relaxed"]["f1"],
            "indicated exact F1": result["indicated"]["exact"]["f1"],
            "not indicated relaxed F1": result["not_indicated"]["relaxed"]["f1"],
            "contraindicated relaxed F1": result["contraindicated"]["relaxed"]["f1"],
            **{f"{name} accuracy": value for name, value in result["attributes"].items()},
        }
    if task == "labeledin":
        return {"relaxed F1": result["relaxed"]["f1"], "exact F1": result["exact"]["f1"]}
    return {
        "macro F1": result["macro_f1"],
        **{f"{name} F1": result[name]["f1"] for name in ("treat", "prevent", "against")},
    }


def table(columns: dict[str, dict[str, dict[str, float]]]) -> str:
    """The figures as a Markdown table: one row a figure, one column a way of measuring."""
    names = list(columns)
    lines = [f"| set | figure | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    for task in SETS:
        rows: dict[str, None] = {}
        for column in columns.values():
            rows |= dict.fromkeys(column.get(task, {}))
        for row in rows:
            cells = [column.get(task, {}).get(row) for column in columns.values()]
            lines.append(f"| {task} | {row} | {' | '.join('' if c is None else f'{c:.3f}' for c in cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--score", type=Path, default=ROOT.parent / "shared" / "bench" / "score.py")
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--save", type=Path, help="write predictions there, for reading the errors")
    options = parser.parse_args(arguments)
    score, folder, vocabulary = scorer(options.score), options.data / "gold", load()
    columns: dict[str, dict[str, dict[str, float]]] = {}

    def add(name: str, apart: bool, predicted: Callable[[str, list[Item]], dict[str, Item]]) -> None:
        column = columns.setdefault(name, {})
        for task in SETS:
            items = read(folder, task, apart)
            said = predicted(task, items)
            column[task] = figures(task, score.TASKS[task](items, said))
            if options.save:
                options.save.mkdir(parents=True, exist_ok=True)
                (options.save / f"{name}-{task}.json".replace(" ", "-")).write_text(json.dumps(said), "utf-8")

    def now(task: str, items: list[Item]) -> dict[str, Item]:
        return predict(score.passages(task, items), vocabulary)

    if options.cross_validate:
        said = cross_validate(
            score, folder, vocabulary, lambda line: print(line, file=sys.stderr, flush=True)
        )
        add("cross-validated", False, lambda task, items: said[task])
    add("training side", False, now)
    if options.held_out:
        add("kept apart", True, now)
    lines = [line for task in SETS for line in score.passages(task, read(folder, task, apart=False))]
    start = time.perf_counter()
    predict(lines, vocabulary)
    seconds = time.perf_counter() - start
    size = sum(len(line["text"].encode()) for line in lines)
    print(table(columns))
    print(
        f"\n{len(lines)} texts, {size / 1e6:.2f} MB in {seconds:.1f} s: "
        f"{size / 1e6 / seconds:.2f} MB/s on one core"
    )


if __name__ == "__main__":
    main()
