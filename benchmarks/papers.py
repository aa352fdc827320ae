"""Papers: directions by cross-validation, designs, and how quickly and flatly records are read.

    python benchmarks/papers.py [--held-out] [--records N] [--no-directions]

Directions: ../shared/data/gold/directions.jsonl, five folds over its articles, without the fifth that is
kept apart (splits.py); --held-out scores that fifth, too, with the model that ships. Beside it two baselines:
always "no difference", and a bag of words of the sentence that shares most words with the outcome. Designs:
the labels of paper_designs.tsv. Speed: the records of pubmed-xml.tar.xz, repeated to N (100,000) in one file
of a temporary folder, read on one core; the process's peak memory after each tenth.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from splits import fold
from usedfor.errors import DocumentError
from usedfor.extraction.directions import UNSURE, decide
from usedfor.extraction.directions_features import presence
from usedfor.extraction.directions_model import DIRECTIONS, Model, scaled
from usedfor.extraction.directions_text import read, stem
from usedfor.extraction.paper_design import design
from usedfor.extraction.sentences import sentences
from usedfor.extraction.train_directions import Example, made, platt, read_gold, read_passages, train
from usedfor.sources import SetAside
from usedfor.sources.pubmed import parse_paper, raw_papers
from usedfor.studies import Paper

SHARED = Path(__file__).resolve().parents[2] / "shared"
PAPERS = SHARED / "data" / "papers"
LABELS = Path(__file__).parent / "paper_designs.tsv"
FOLDS = 5
Answer = tuple[str, float]


def papers(path: Path) -> Iterator[Paper]:
    for raw in raw_papers([path]):
        if not isinstance(raw, SetAside):
            try:
                yield parse_paper(raw)
            except DocumentError:
                continue


def show(name: str, examples: Sequence[Example], answers: Sequence[Answer]) -> None:
    sys.path.insert(0, str(SHARED / "bench"))
    import score  # type: ignore[import-not-found]

    said = [direction for direction, _ in answers]
    every = score.macro([one.direction for one in examples], said, DIRECTIONS)
    inside = [(one.direction, got) for one, got in zip(examples, said, strict=True) if one.in_abstract]
    near = score.macro(*zip(*inside, strict=True), DIRECTIONS)
    order = sorted(range(len(examples)), key=lambda n: -answers[n][1])
    right = [said[n] == examples[n].direction for n in order]
    sure = [ok for n, ok in zip(order, right, strict=True) if examples[n].in_abstract]
    print(
        f"  {name:32} macro-F1 {every['macro_f1']:.3f}, in the abstract {near['macro_f1']:.3f}; right in "
        f"the half answered most surely {mean(right[: len(right) // 2]):.3f}, "
        f"in the abstract {mean(sure[: len(sure) // 2]):.3f}"
    )


def told(answers: Sequence[Answer], examples: Sequence[Example]) -> None:
    """How often right, by how sure: what a confidence is worth."""
    for low, high in ((0.0, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)):
        some = [
            said == one.direction
            for (said, sure), one in zip(answers, examples, strict=True)
            if low <= sure < high
        ]
        if some:
            share = f"{len(some)} answers, {mean(some):.2f} right"
            print(f"    confidence {low:.1f} to {min(1.0, high):.1f}: {share}")


def mean(values: Sequence[bool]) -> float:
    return sum(values) / max(1, len(values))


def bag_of_words(examples: Sequence[Example]) -> list[Answer]:
    """Words and pairs of words of the sentence nearest to the outcome, and of the question."""
    from sklearn.feature_extraction.text import CountVectorizer  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    texts = []
    for one in examples:
        text, asked = one.prompt.text, {stem(w) for w in one.prompt.outcome.split()}
        pieces = [text[a:b] for a, b in sentences(text)] or [""]
        best = max(pieces, key=lambda piece: len(asked & {stem(w) for w in piece.split()}))
        texts.append(f"{best} {one.prompt.intervention} {one.prompt.comparator} {one.prompt.outcome}")
    answers: list[Answer] = [("", 0.0)] * len(examples)
    for n in range(FOLDS):
        known = [i for i, one in enumerate(examples) if fold(one.article) != n]
        asked_now = [i for i, one in enumerate(examples) if fold(one.article) == n]
        words = CountVectorizer(ngram_range=(1, 2), min_df=2)
        fitted = LogisticRegression(max_iter=1000).fit(
            words.fit_transform([texts[i] for i in known]), [examples[i].direction for i in known]
        )
        chances = fitted.predict_proba(words.transform([texts[i] for i in asked_now]))
        for i, row in zip(asked_now, chances, strict=True):
            answers[i] = (str(fitted.classes_[row.argmax()]), float(row.max()))
    return answers


def cross_validated(examples: Sequence[Example]) -> list[Answer]:
    found = made(examples)
    passages = read_passages(PAPERS / "evidence-inference" / "v2_annotations.csv", examples)
    found_in_passages = made(passages)
    marks = [presence(one.prompt, read(one.prompt)) for one in examples]
    said = [""] * len(examples)
    scores = [0.0] * len(examples)
    for n in range(FOLDS):
        known = [i for i, one in enumerate(examples) if fold(one.article) != n]
        also = [i for i, one in enumerate(passages) if fold(one.article) != n]
        weights = train(
            [examples[i] for i in known],
            [found[i] for i in known],
            [passages[i] for i in also],
            [found_in_passages[i] for i in also],
            scaled=False,
        )
        model = Model(weights)
        for i, one in enumerate(examples):
            if fold(one.article) == n:
                chances = model.probabilities(found[i])
                best = max(range(3), key=lambda k: chances[k])
                said[i] = DIRECTIONS[best] if chances[best] >= UNSURE else "unknown"
                scores[i] = model.score(chances, marks[i])
    answers: list[Answer] = [("", 0.0)] * len(examples)
    right = [one.direction == got for one, got in zip(examples, said, strict=True)]
    for n in range(FOLDS):  # what a score is worth is learned from the other folds' answers
        others = [i for i, one in enumerate(examples) if fold(one.article) != n]
        scale = platt([scores[i] for i in others], [right[i] for i in others])
        for i, one in enumerate(examples):
            if fold(one.article) == n:
                answers[i] = (said[i], scaled(scores[i], scale))
    return answers


def directions(kept_apart: bool) -> None:
    examples = read_gold(SHARED / "data" / "gold", kept_apart)
    print(
        f"directions: {len(examples)} questions{', the fifth kept apart' if kept_apart else ', five folds'}"
    )
    show("always no difference", examples, [("no_difference", 1.0)] * len(examples))
    if kept_apart:
        decided = [decide(one.prompt) for one in examples]
        given: list[Answer] = [(one.direction, one.confidence) for one in decided]
        show("the model that ships", examples, given)
        told(given, examples)
        return
    show("bag of words, closest sentence", examples, bag_of_words(examples))
    answers = cross_validated(examples)
    show("the model", examples, answers)
    told(answers, examples)


def designs() -> None:
    rows = [line.split("\t") for line in LABELS.read_text("utf-8").splitlines() if line and line[0] != "#"][
        1:
    ]
    wanted = {(id, file): (label, part) for id, file, label, part in rows}
    right: dict[str, list[bool]] = {"develop": [], "apart": [], "fresh": []}
    for file in sorted({file for _, file in wanted}):
        for paper in papers(PAPERS / file):
            label = wanted.pop((paper.id, file), None)
            if label is not None:
                right[label[1]].append(design(paper)[0] == label[0])
    for part, found in right.items():
        print(f"designs: {part}: {sum(found)} of {len(found)} right")


def repeated(folder: Path, records: int) -> Path:
    """One file of records, again and again, each time under another number."""
    raws = [r.data for r in raw_papers([PAPERS / "pubmed-xml.tar.xz"]) if not isinstance(r, SetAside)]
    path = folder / "pubmed.xml"
    with path.open("wb") as out:
        out.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>\n')
        for number in range(records):
            out.write(raws[number % len(raws)] + b"\n")
        out.write(b"</PubmedArticleSet>")
    return path


def peak() -> str:
    """The peak of this process in MB."""
    status = Path("/proc/self/status").read_text("ascii")
    return f"{int(status.partition('VmHWM:')[2].split()[0]) / 1024:.0f}"


def measure(path: Path, records: int) -> None:
    """Printed by a process of its own, so that its peak memory is that of reading alone."""
    start, count, line = time.process_time(), 0, []
    for _ in papers(path):
        count += 1
        if count % max(1, records // 10) == 0:
            line.append(peak())
    print(f"  read: {count / (time.process_time() - start):,.0f} a second of processor time")
    print(f"    peak memory in MB at each tenth: {' '.join(line)}")


def speed(records: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = repeated(Path(folder), records)
        print(f"speed: {records:,} records, {path.stat().st_size / 1e6:,.0f} MB, one core", flush=True)
        command: list[Any] = [sys.executable, __file__, "--measure", path, "--records", str(records)]
        subprocess.run(command, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--held-out", action="store_true", help="score the fifth that is kept apart")
    parser.add_argument("--records", type=int, default=100_000, help="0 leaves speed out")
    parser.add_argument("--no-directions", action="store_true")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        measure(chosen.measure, chosen.records)
        return
    if not PAPERS.is_dir():
        sys.exit("the real data (../shared/data) is not on this machine")
    if not chosen.no_directions:
        directions(kept_apart=False)
        if chosen.held_out:
            directions(kept_apart=True)
    designs()
    if chosen.records:
        speed(chosen.records)


if __name__ == "__main__":
    main()
