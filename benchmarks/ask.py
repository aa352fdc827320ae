"""How well and how fast questions are answered.

    python benchmarks/ask.py --home DIR [--gold FOLDER] [--score FILE] [--apart | --beside DIR]

DIR is a snapshot of ../shared/data/labels. Questions of consumers (intent and medicine) are read by models
that never saw them: five folds over all but the fifth that is kept apart; ``--apart`` scores that fifth
instead, with the models that ship. Answers are scored whole, and for the fifth apart. Latency is that of
every answer, warm, and of a fresh process; ``--beside`` measures a larger snapshot in turns with the first
(processor time, so that other work on the machine counts less).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from usedfor.answers import intents, to_dict, train
from usedfor.answers.intents import Models
from usedfor.answers.respond import Answerer
from usedfor.answers.understand import Reader
from usedfor.extraction.splits import fold, held_out
from usedfor.knowledge import Knowledge
from usedfor.knowledge.snapshot import STARTER

Item = dict[str, Any]
SHARED = Path(__file__).parents[2] / "shared"
FOLDS = 5
GOALS = {"median": 15.0, "99%": 80.0, "cold": 800.0}  # milliseconds


def scorer(path: Path) -> ModuleType:
    """The scoring script as a module."""
    spec = spec_from_file_location("score", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(path: Path) -> list[Item]:
    """The items of a gold file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def answers(knowledge: Knowledge, items: Iterable[Item]) -> dict[str, Item]:
    """Each item's answer as ``usedfor ask --jsonl`` prints it."""
    answerer = Answerer(knowledge)
    return {i["id"]: to_dict(answerer.answer(i["question"]), i["id"]) for i in items}


def understood(knowledge: Knowledge, items: Iterable[Item]) -> dict[str, Item]:
    """Intent and names of each item."""
    reader = Reader(knowledge)
    found = {}
    for item in items:
        asks = reader.read(item["question"])
        ids = [id for one in asks.named[:1] for id in one.medicines[:1]]
        name = next((reader.names.called[id] for id in ids if id in reader.names.called), None)
        found[item["id"]] = {"intent": asks.intent, "medicine": name, "medicine_names": list(asks.focus)}
    return found


def cross_validated(knowledge: Knowledge, gold: Path, items: list[Item]) -> dict[str, Item]:
    """What models that never saw a question make of it."""
    out: dict[str, Item] = {}
    ships = intents.load
    with Knowledge.open(STARTER) as starter:
        reader = Reader(starter)
        found = train.examples(gold, reader)
        for part in range(FOLDS):
            models: Models = train.learn([e for e in found if fold(e.key, FOLDS) != part], reader)
            intents.load = lambda models=models: models  # type: ignore[assignment]
            out |= understood(knowledge, [i for i in items if fold(i["id"], FOLDS) == part])
    intents.load = ships
    return out


def latency(home: str | None, knowledge: Knowledge, questions: list[str]) -> None:
    """Print warm and cold times."""
    answerer = Answerer(knowledge)
    for question in questions:
        answerer.answer(question)
    times, worked = [], []
    for _ in range(3):
        for question in questions:
            start, busy = time.perf_counter(), time.process_time()
            answerer.answer(question)
            times.append((time.perf_counter() - start) * 1000)
            worked.append((time.process_time() - busy) * 1000)
    cut = statistics.quantiles(times, n=100, method="inclusive")[98]
    cpu = statistics.quantiles(worked, n=100, method="inclusive")[98]
    print(f"answering, warm, {len(questions)} questions, {len(times)} runs")
    print(f"  median {statistics.median(times):.1f} ms (goal: under {GOALS['median']:g})")
    print(f"  99% {cut:.1f} ms (goal: under {GOALS['99%']:g})")
    print(f"  processor time alone: median {statistics.median(worked):.1f} ms · 99% {cpu:.1f} ms")
    cold = []
    command = [sys.executable, "-m", "usedfor", "ask", questions[0], *(["--home", home] if home else [])]
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        cold.append((time.perf_counter() - start) * 1000)
    print(f"  a fresh process: median {statistics.median(cold):.0f} ms (goal: under {GOALS['cold']:g})")


def beside(knowledge: Knowledge, larger: str, questions: list[str], rounds: int = 3) -> None:
    """Print the processor time of answers from two snapshots, taken in turns."""
    with Knowledge.open(larger) as other:
        answerers = {"first": Answerer(knowledge), "larger": Answerer(other)}
        taken: dict[str, list[float]] = {name: [] for name in answerers}
        for turn in range(rounds + 1):
            for name, answerer in answerers.items():
                for question in questions:
                    busy = time.process_time()
                    answerer.answer(question)
                    if turn:
                        taken[name].append((time.process_time() - busy) * 1000)
    median = {name: statistics.median(t) for name, t in taken.items()}
    cut = {name: statistics.quantiles(t, n=100, method="inclusive")[98] for name, t in taken.items()}
    print(f"answering, warm, processor time, {len(questions)} questions, {rounds} rounds in turns")
    for name in answerers:
        print(f"  {name}: median {median[name]:.1f} ms · 99% {cut[name]:.1f} ms")
    times = median["larger"] / median["first"], cut["larger"] / cut["first"]
    print(f"  median {times[0]:.1f} times, 99% {times[1]:.1f} times (goal: within three)")


def main() -> None:
    parser = argparse.ArgumentParser(description="Answers to questions: right, grounded, fast.")
    parser.add_argument("--home", help="a snapshot of the labels; without it the one in use")
    parser.add_argument("--gold", type=Path, default=SHARED / "data" / "gold")
    parser.add_argument("--score", type=Path, default=SHARED / "bench" / "score.py")
    parser.add_argument("--apart", action="store_true", help="score the fifth of the questions kept apart")
    parser.add_argument("--beside", help="a larger snapshot: how much longer its answers take")
    options = parser.parse_args()
    score = scorer(options.score)
    questions = read(options.gold / "medinfo-questions.jsonl")
    wanted = read(options.gold / "answers.jsonl")
    with Knowledge.open(options.home) as knowledge:
        if options.apart:
            apart = [i for i in questions if held_out(i["id"])]
            print("questions, kept apart:", json.dumps(score.questions(apart, understood(knowledge, apart))))
            apart = [i for i in wanted if held_out(i["id"])]
            print("answers, kept apart:", json.dumps(score.answers(apart, answers(knowledge, apart))))
            return
        if options.beside:
            beside(knowledge, options.beside, [i["question"] for i in wanted])
            return
        known = [i for i in questions if not held_out(i["id"])]
        found = cross_validated(knowledge, options.gold, known)
        print("questions, cross-validated:", json.dumps(score.questions(known, found)))
        print("answers, all:", json.dumps(score.answers(wanted, answers(knowledge, wanted))))
        latency(options.home, knowledge, [i["question"] for i in wanted])


if __name__ == "__main__":
    main()
