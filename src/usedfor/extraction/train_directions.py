"""Train the direction model: ``python -m usedfor.extraction.train_directions --gold DIR [--out FILE]``.

Learns from ``DIR/directions.jsonl`` (questions of Evidence Inference with the direction that its annotators
agreed on), from the articles on the training side alone (``splits.held_out``). The same input gives the same
file.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from usedfor.errors import InputError
from usedfor.extraction.directions_features import features
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
from usedfor.extraction.splits import held_out

__all__ = ["GOLD", "MEMBERS", "Example", "main", "read_gold", "train"]

GOLD = "directions.jsonl"
MEMBERS: tuple[tuple[dict[str, float], float], ...] = (  # each member's views, and the inverse of its penalty
    ({"signs": 1.0}, 0.02),
    ({"signs": 1.0, "words": 0.5}, 0.03),
    ({"signs": 1.0, "words": 0.7, "prompt": 0.7, "all": 0.5}, 0.03),
)
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
                row["in_abstract"],
            )
            for row in rows
            if held_out(row["pmcid"]) == kept_apart
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path.name} cannot be read as directions: {error}") from error


def made(examples: Sequence[Example]) -> list[Features]:
    """The features of each example."""
    return [features(one.prompt, read(one.prompt)) for one in examples]


def train(examples: Sequence[Example], found: Sequence[Features] | None = None) -> Weights:
    """The model of these examples; ``found`` are their features, where they are there already."""
    found = made(examples) if found is None else found
    wanted = np.asarray([DIRECTIONS.index(one.direction) for one in examples])
    members = tuple(_member(views, c, found, wanted) for views, c in MEMBERS)
    return Weights(VERSION, members, f"Evidence Inference: {len(examples)} questions")


def _member(views: dict[str, float], c: float, found: Sequence[Features], wanted: Any) -> Member:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

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
    fitted = LogisticRegression(C=c, max_iter=500, tol=1e-4).fit(matrix, wanted)
    weights = np.ascontiguousarray(fitted.coef_.T.astype("<f2")).tobytes()
    low, mid, high = (round(float(b), 6) for b in fitted.intercept_)
    return Member(views, "\n".join(names), weights, (low, mid, high))


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the model of the package."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--gold", type=Path, required=True, help="the folder of the gold files")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "models" / FILE)
    chosen = parser.parse_args(arguments)
    weights = train(read_gold(chosen.gold))
    Model(weights)
    chosen.out.write_bytes(encode(weights))


if __name__ == "__main__":
    main()
