"""Train the reaction tagger: ``python -m usedfor.extraction.train_reactions --gold DIR [--out FILE]``.

Learns from ``DIR/tac2017-reactions.jsonl`` (adverse reactions annotated in 101 labels, National Library of
Medicine, TAC 2017), from the labels on the training side alone (``splits.held_out``). The gold gives each
string once per passage, so every whole-word occurrence of a string counts as one, longest first; animal
findings do not count. A conditional random field with L1 and L2 penalties (crfsuite's L-BFGS) gives the same
weights for the same input, and the file is the same byte for byte.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pycrfsuite

from usedfor.errors import InputError
from usedfor.extraction import reactions_features, reactions_model
from usedfor.extraction.reactions import KINDS
from usedfor.extraction.reactions_model import LABELS, SCALE, Weights, encode_weights
from usedfor.extraction.reactions_tokens import Ints, Tokens, dictionary_marks, tokenise
from usedfor.extraction.splits import held_out
from usedfor.vocabulary import Vocabulary, load

__all__ = ["GOLD", "Example", "main", "read_gold", "spans_of", "train"]

GOLD = "tac2017-reactions.jsonl"
PARAMETERS = {"c1": 0.02, "c2": 0.5, "max_iterations": 100, "feature.minfreq": 2}


class Example(msgspec.Struct, frozen=True):
    """A passage to learn from: its kind ("a", "w", "b") and the strings that are reactions in it."""

    label: str
    kind: str
    text: str
    strings: tuple[str, ...]


def read_gold(folder: Path) -> list[Example]:
    """The passages of the training side, each with its layout and again on one line.

    :raises InputError: where the file is absent or not of this form.
    """
    path = folder / GOLD
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [
            Example(
                row["label"],
                KINDS[row["kind"]],
                text,
                tuple(r["text"] for r in row["reactions"] if r.get("about", "human") == "human"),
            )
            for row in rows
            if not held_out(row["label"])
            for text in (row["text"], " ".join(row["text"].split()))
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path.name} cannot be read as reactions: {error}") from error


def spans_of(tokens: Tokens, strings: Iterable[str]) -> list[tuple[int, int]]:
    """Where the strings stand, as (first token, behind the last); the longest first, none overlapping."""
    starting: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for string in strings:
        words = tuple(tokenise(string).words)
        if words:
            starting[words[0]].add(words)
    found = [
        (i, i + len(words))
        for i, word in enumerate(tokens.words)
        for words in starting.get(word, ())
        if tuple(tokens.words[i : i + len(words)]) == words
    ]
    taken = np.zeros(len(tokens.words), dtype=bool)
    kept = []
    for first, last in sorted(found, key=lambda s: (s[0] - s[1], s[0])):
        if not taken[first:last].any():
            taken[first:last] = True
            kept.append((first, last))
    return sorted(kept)


class _Encoded(msgspec.Struct, frozen=True):
    """A passage as the tagger sees it, and where its strings stand."""

    tokens: Tokens
    marks: Ints
    spans: list[tuple[int, int]]


def _encode(example: Example, vocabulary: Vocabulary) -> _Encoded:
    tokens = tokenise(example.text)
    mentions = ((m.start, m.end) for m in vocabulary.conditions.in_text(example.text))
    return _Encoded(tokens, dictionary_marks(tokens, mentions), spans_of(tokens, example.strings))


def train(examples: Iterable[Example], vocabulary: Vocabulary, **parameters: float) -> Weights:
    """The weights learned from ``examples``, in whole 1/256. ``parameters`` take the place of PARAMETERS."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for example in examples:
        passage = _encode(example, vocabulary)
        names = reactions_features.names(passage.tokens, passage.marks, example.kind)
        labels = ["O"] * len(names)
        for first, last in passage.spans:
            labels[first:last] = ["B"] + ["I"] * (last - first - 1)
        bounds = sorted({*passage.tokens.segment_starts.tolist(), len(names)})
        for start, end in itertools.pairwise(bounds):
            trainer.append(names[start:end], labels[start:end])
    trainer.set_params({**PARAMETERS, **parameters})
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model")
        trainer.train(path)
        model = pycrfsuite.Tagger()
        model.open(path)
        info = model.info()
        model.close()
    weights: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for (name, label), weight in info.state_features.items():
        if rounded := round(weight * SCALE):
            weights[name][LABELS.index(label)] = rounded
    for (before, after), weight in info.transitions.items():
        weights[f">{before}"][LABELS.index(after)] = round(weight * SCALE)
    return {name: (o, b, i) for name, (o, b, i) in weights.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on the training side and write the model."""
    parser = argparse.ArgumentParser(prog="python -m usedfor.extraction.train_reactions", description=__doc__)
    parser.add_argument("--gold", type=Path, required=True, help="folder of the gold files")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / reactions_model.MODEL)
    options = parser.parse_args(arguments)
    weights = train(read_gold(options.gold), load())
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(encode_weights(weights))


if __name__ == "__main__":
    main()
