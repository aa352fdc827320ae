"""Train the taggers from the gold files: ``python -m usedfor.extraction.train --gold DIR``.

Only the training side is read (``splits.held_out`` is False); the same files give the same models, byte for
byte. Needs python-crfsuite (a linear-chain CRF, trained by L-BFGS with an elastic net).
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pycrfsuite

from usedfor.extraction import features
from usedfor.extraction.features import OFFSETS, PAD, Encoded, Lexicon
from usedfor.extraction.mentions import encoded as encode
from usedfor.extraction.splits import held_out
from usedfor.extraction.tagger import Model, write_model
from usedfor.extraction.tokens import tokenise
from usedfor.vocabulary import Vocabulary, load

__all__ = ["Example", "examples", "main", "train"]

Span = tuple[int, int, str]
Example = tuple[str, str, list[Span]]  # key, text, labelled spans
Gold = dict[str, Any]

MODELS = Path(__file__).parent / "models"
SPLIT_KEY = {"label-uses": "set_id"}
ROAM = {
    "TREATS": "T",
    "TREATS_OUTCOMES": "T",
    "PREVENTS": "P",
    "CONTRAINDICATED_FOR": "A",
    "NOT_RECOMMENDED": "A",
}
_BOILERPLATE = re.compile(
    r"lower(?:ing|s) blood pressure|blood pressure reduc|cardiovascular outcome benefit|development of drug"
    r".{1,3}resistant bacteria|benefits have been seen|Elevated systolic|Numerous antihypertensive",
    re.I,
)


def read_gold(folder: Path, name: str) -> list[Gold]:
    """The items of ``<name>.jsonl`` that are not held out."""
    key = SPLIT_KEY.get(name, "id")
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines if line.strip()]
    return [item for item in items if not held_out(item[key])]


def places(text: str, phrase: str) -> list[tuple[int, int]]:
    """Where ``phrase`` stands in ``text``, case and white space aside, on whole words where it can."""
    if not phrase.strip():
        return []
    pattern = r"\s+".join(map(re.escape, phrase.split()))
    found = [m.span() for m in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.I)]
    return found or [m.span() for m in re.finditer(pattern, text)]


def examples(task: str, folder: Path) -> list[Example]:
    """The training examples of a task: "indications", "contraindications", "lines", "sentence"."""
    out: list[Example] = []
    if task in ("indications", "contraindications"):
        for item in read_gold(folder, "label-uses"):
            if task == "indications":
                text = item["indications_and_usage"]
                wanted = [(u["text"], "I" if u["status"] == "indicated" else "N") for u in item["uses"]]
            else:
                text = item["contraindications"]
                wanted = [(t, "C") for t in item["contraindicated"]]
            spans = [(a, b, label) for phrase, label in wanted for a, b in places(text, phrase)]
            plain = [m.start() for m in _BOILERPLATE.finditer(text)]
            if plain and task == "indications":
                edges = features.sentences(text)
                out_of = [(a, b) for a, b in edges if any(a <= p < b for p in plain)]
                spans = [s for s in spans if not any(a <= s[0] < b for a, b in out_of)]
            out.append((item["set_id"], text, spans))
    elif task == "lines":
        for item in read_gold(folder, "labeledin"):
            out.append((item["id"], item["text"], [(m["start"], m["end"], "I") for m in item["mentions"]]))
    else:
        for item in read_gold(folder, "roam-expert"):
            spans = [(m["start"], m["end"], ROAM[m["label"]]) for m in item["mentions"] if m["label"] in ROAM]
            out.append((item["id"], item["text"], spans))
    return out


def labels(encoded: Encoded, spans: Iterable[Span]) -> list[str]:
    """One tag a word: B-x at a span's first word, I-x within, O outside. A longer span overrides a shorter."""
    from bisect import bisect_left, bisect_right

    starts, ends = encoded.tokens.starts, encoded.tokens.ends
    tags = ["O"] * len(starts)
    for start, end, label in sorted(spans, key=lambda s: (s[1] - s[0], s)):
        i, j = bisect_right(ends, start), bisect_left(starts, end)
        if i < j:
            tags[i:j] = [f"B-{label}"] + [f"I-{label}"] * (j - i - 1)
            if j < len(tags) and tags[j].startswith("I-"):
                tags[j] = "B-" + tags[j][2:]
    return tags


def named(encoded: Encoded) -> list[list[list[str]]]:
    """The features of every word by name: sentence, word, feature."""
    words, low, levels = encoded.tokens.words, encoded.tokens.lower, encoded.levels.tolist()
    columns = [(f"{name}:", values.tolist()) for name, values in encoded.columns.items()]
    pad = features.word_features(PAD, PAD, 0)
    out = []
    for a, b in zip(encoded.bounds, encoded.bounds[1:], strict=False):
        each = [features.word_features(words[i], low[i], levels[i]) for i in range(a, b)]
        each = [pad] * 3 + each + [pad] * 3
        sentence = []
        for i in range(a, b):
            names: list[str] = []
            for offset in OFFSETS:
                names += each[i - a + 3 + offset][offset]
            names.append(f"bg-={low[i - 1] if i > a else '<'}_{low[i]}")
            names.append(f"bg+={low[i]}_{low[i + 1] if i + 1 < b else '>'}")
            names += [f"{column}{values[i]}" for column, values in columns]
            sentence.append(names)
        out.append(sentence)
    return out


Sequences = list[tuple[str, list[list[list[str]]], list[str]]]


def train(
    data: Sequences, lexicon: Lexicon, c1: float = 0.1, c2: float = 0.1, iterations: int = 120
) -> Model:
    """A model from ``(key, features by sentence and word, tags)``. A feature that only one key shows is left out."""
    first: dict[str, str] = {}
    keep: set[str] = set()
    for key, sentences, _ in data:
        for sentence in sentences:
            for names in sentence:
                for name in names:
                    if first.setdefault(name, key) != key:
                        keep.add(name)
    trainer = pycrfsuite.Trainer(verbose=False)
    for _, sentences, tags in data:
        at = 0
        for sentence in sentences:
            rows = [[name for name in names if name in keep] for names in sentence]
            trainer.append(rows, tags[at : at + len(rows)])
            at += len(rows)
    trainer.set_params(
        {"c1": c1, "c2": c2, "max_iterations": iterations, "feature.possible_transitions": True}
    )
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        info = tagger.info()
    names_ = sorted(info.labels, key=lambda label: (label != "O", label))
    row = {label: i for i, label in enumerate(names_)}
    transitions = np.zeros((len(names_), len(names_)))
    for (a, b), weight in info.transitions.items():
        transitions[row[a], row[b]] = weight
    weights: dict[str, list[float]] = {}
    for (name, label), weight in info.state_features.items():
        weights.setdefault(name, [0.0] * len(names_))[row[label]] = weight
    return Model(names_, transitions, weights, lexicon)


def condition_words(vocabulary: Vocabulary) -> Lexicon:
    """How often a word ends, and how often it stands within, names of conditions: level 0 to 15."""
    heads: dict[str, int] = {}
    within: dict[str, int] = {}
    for id in vocabulary.conditions.ids():
        condition = vocabulary.conditions.get(id)
        for name in condition.names if condition else ():
            words = tokenise(name).lower
            if words:
                heads[words[-1]] = heads.get(words[-1], 0) + 1
            for word in words[:-1]:
                within[word] = within.get(word, 0) + 1

    def level(count: int) -> int:
        return 0 if count < 2 else 1 if count < 10 else 2 if count < 60 else 3

    found = {
        word: level(heads.get(word, 0)) * 4 + level(within.get(word, 0))
        for word in heads.keys() | within.keys()
        if word.isalpha() and len(word) > 2 and word.isascii()
    }
    return {word: value for word, value in found.items() if value}


TASKS = ("indications", "contraindications", "lines", "sentence")


def main(arguments: Sequence[str] | None = None, log: Callable[[str], None] = print) -> None:
    """Train every model and write it beside this file, or to ``--out``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, required=True, help="the folder of gold files")
    parser.add_argument("--out", type=Path, default=MODELS)
    options = parser.parse_args(arguments)
    vocabulary = load()
    lexicon = condition_words(vocabulary)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "lexicon.xz").write_bytes(write_model(Model(["O"], np.zeros((1, 1)), {}, lexicon)))
    for task in TASKS:
        data: Sequences = []
        for key, text, spans in examples(task, options.gold):
            encoded = encode(text, vocabulary, lexicon)
            data.append((key, named(encoded), labels(encoded, spans)))
        written = write_model(train(data, {}))
        (options.out / f"{task}.xz").write_bytes(written)
        log(f"{task}: {len(data)} texts, {len(written)} bytes")


if __name__ == "__main__":
    main()
