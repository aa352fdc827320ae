"""Train the direction model: ``python -m usedfor.extraction.train_directions --gold DIR [--out FILE]``.

Learns from ``DIR/directions.jsonl`` (questions of Evidence Inference with the direction that its annotators
agreed on), from the articles on the training side alone (``splits.held_out``). It learns, too, from the
passages of the full texts that the annotators marked (``--evidence``, a CSV file of the same set): half of
the questions are not answered by the abstract. The same input gives the same file.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from usedfor.errors import InputError
from usedfor.extraction.directions_features import features, presence
from usedfor.extraction.directions_model import (
    DIRECTIONS,
    FILE,
    VERSION,
    Member,
    Model,
    Weights,
    encode,
    joined,
)
from usedfor.extraction.directions_text import Prompt, read
from usedfor.extraction.splits import fold, held_out

__all__ = ["GOLD", "MEMBERS", "Example", "main", "platt", "read_gold", "read_passages", "train"]

GOLD = "directions.jsonl"
MEMBERS: tuple[tuple[dict[str, float], float], ...] = (  # each member's views, and the inverse of its penalty
    ({"signs": 1.0}, 0.012),
    ({"signs": 1.0, "words": 0.5}, 0.018),
    ({"signs": 1.0, "words": 0.7, "prompt": 0.7, "all": 0.5}, 0.018),
)
_PASSAGE = 2.0  # what an annotated passage weighs beside an abstract
_PASSAGES, _SHORTEST = 2, 16  # passages of one question, the shortest first, and their characters
_FOLDS = 5
_RARE = 3  # a feature that fewer examples have is left out

Features = dict[str, dict[str, float]]


class Example(msgspec.Struct, frozen=True):
    """A question with its answer."""

    id: str
    article: str
    prompt: Prompt
    direction: str
    in_abstract: bool


def read_gold(folder: Path, kept_apart: bool = False) -> list[Example]:
    """The questions of the training side, or those that are kept apart.

    :raises InputError: where the file is absent or not of this form.
    """
    path = folder / GOLD
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [
            Example(
                row["id"],
                row["pmcid"],
                Prompt(row["text"], row["intervention"], row["comparator"], row["outcome"]),
                row["direction"],
                bool(row["in_abstract"]),
            )
            for row in rows
            if held_out(row["pmcid"]) == kept_apart
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path.name} cannot be read as directions: {error}") from error


def read_passages(path: Path, examples: Sequence[Example]) -> list[Example]:
    """The annotated passages of these questions, each as a text of its own, in the questions' order.

    :raises InputError: where the file is absent or has other columns.
    """
    found: dict[str, set[str]] = {}
    csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                text = row["Annotations"].strip()
                sound = row["Valid Label"] == row["Valid Reasoning"] == "True"
                if sound and len(text) >= _SHORTEST:
                    found.setdefault(f"ei-{row['PromptID']}", set()).add(text)
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise InputError(f"{path.name} cannot be read as annotations: {error}") from error
    return [
        msgspec.structs.replace(one, prompt=msgspec.structs.replace(one.prompt, text=text))
        for one in examples
        for text in sorted(found.get(one.id, ()), key=lambda t: (len(t), t))[:_PASSAGES]
    ]


def made(examples: Sequence[Example]) -> list[Features]:
    """The features of each example."""
    return [features(one.prompt, read(one.prompt)) for one in examples]


def train(
    examples: Sequence[Example],
    found: Sequence[Features] | None = None,
    passages: Sequence[Example] = (),
    found_in_passages: Sequence[Features] | None = None,
    scaled: bool = True,
) -> Weights:
    """The model of these examples and of passages of theirs; ``found`` and ``found_in_passages`` are the
    features, where they are there already. ``scaled``: confidences are fitted by cross-validation."""
    found = made(examples) if found is None else found
    more = made(passages) if found_in_passages is None else found_in_passages
    whole = [*examples, *passages]
    wanted = np.asarray([DIRECTIONS.index(one.direction) for one in whole])
    shares = np.asarray([1.0] * len(examples) + [_PASSAGE] * len(passages))
    members = tuple(_member(views, c, [*found, *more], wanted, shares) for views, c in MEMBERS)
    weights = Weights(
        VERSION,
        members,
        _presence(examples),
        trained_on=f"Evidence Inference: {len(examples)} questions, {len(passages)} passages",
    )
    if scaled:
        scale = _scale(examples, found, passages, more)
        weights = msgspec.structs.replace(weights, scale=scale)
    return weights


def _presence(examples: Sequence[Example]) -> tuple[float, ...]:
    """A regression on whether the abstract has the evidence, on the marks of ``presence`` as they are."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    rows = [(presence(one.prompt, read(one.prompt)), one.in_abstract) for one in examples]
    marks = np.asarray([row for row, _ in rows if row], dtype=float)
    inside = np.asarray([flag for row, flag in rows if row])
    if len(set(inside.tolist())) < 2:
        return ()
    middle, spread = marks.mean(axis=0), marks.std(axis=0)
    spread[spread == 0] = 1.0
    fitted = LogisticRegression(C=0.03, max_iter=2000).fit((marks - middle) / spread, inside)
    weights = fitted.coef_[0] / spread
    constant = float(fitted.intercept_[0] - (weights * middle).sum())
    return (*(round(float(w), 5) for w in weights), round(constant, 5))


def _scale(
    examples: Sequence[Example],
    found: Sequence[Features],
    passages: Sequence[Example],
    more: Sequence[Features],
) -> tuple[float, float]:
    """Platt's slope and constant, from answers to articles that had no part in the model that answers."""
    scores: list[float] = []
    right: list[bool] = []
    for n in range(_FOLDS):
        known = [i for i, one in enumerate(examples) if fold(one.article) != n]
        also = [i for i, one in enumerate(passages) if fold(one.article) != n]
        asked = [i for i, one in enumerate(examples) if fold(one.article) == n]
        if not known or not asked or len({examples[i].direction for i in known}) < len(DIRECTIONS):
            continue
        model = Model(
            train(
                [examples[i] for i in known],
                [found[i] for i in known],
                [passages[i] for i in also],
                [more[i] for i in also],
                scaled=False,
            )
        )
        for i in asked:
            one = examples[i]
            chances = model.probabilities(found[i])
            scores.append(model.score(chances, presence(one.prompt, read(one.prompt))))
            right.append(DIRECTIONS[max(range(3), key=lambda k: chances[k])] == one.direction)
    return platt(scores, right)


def platt(scores: Sequence[float], right: Sequence[bool]) -> tuple[float, float]:
    """Slope and constant by which scores (0 to 1) become the share of answers that are right, on the
    log-odds."""
    from sklearn.linear_model import LogisticRegression

    if len(set(right)) < 2:
        return 1.0, 0.0
    kept = np.clip(np.asarray(scores, dtype=float), 0.001, 0.999)
    fitted = LogisticRegression(C=100.0).fit(np.log(kept / (1 - kept)).reshape(-1, 1), np.asarray(right))
    return round(float(fitted.coef_[0][0]), 5), round(float(fitted.intercept_[0]), 5)


def _member(views: dict[str, float], c: float, found: Sequence[Features], wanted: Any, shares: Any) -> Member:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression

    rows = [joined(one, views) for one in found]
    count = Counter(name for row in rows for name, value in row if value)
    names = sorted(name for name, n in count.items() if n >= _RARE)
    column = {name: n for n, name in enumerate(names)}
    data, indices, starts = [], [], [0]
    for row in rows:
        for name, value in row:
            if name in column:
                data.append(value)
                indices.append(column[name])
        starts.append(len(data))
    matrix = csr_matrix((data, indices, starts), shape=(len(rows), len(names)))
    fitted = LogisticRegression(C=c, max_iter=500, tol=1e-4).fit(matrix, wanted, sample_weight=shares)
    weights = np.ascontiguousarray(fitted.coef_.T.astype("<f2")).tobytes()
    low, mid, high = (round(float(b), 6) for b in fitted.intercept_)
    return Member(views, "\n".join(names), weights, (low, mid, high))


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the model of the package."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--gold", type=Path, required=True, help="the folder of the gold files")
    parser.add_argument(
        "--evidence",
        type=Path,
        help="the annotated passages; default: papers/evidence-inference/v2_annotations.csv beside GOLD",
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "models" / FILE)
    chosen = parser.parse_args(arguments)
    examples = read_gold(chosen.gold)
    beside = chosen.gold.parent / "papers" / "evidence-inference" / "v2_annotations.csv"
    passages = read_passages(chosen.evidence or beside, examples)
    weights = train(examples, passages=passages)
    Model(weights)
    chosen.out.write_bytes(encode(weights))


if __name__ == "__main__":
    main()
