"""Train the taggers from the gold files: ``python -m usedfor.extraction.train --gold DIR``.

Only the training side is read (``splits.held_out`` is False); the same files give the same models, byte for
byte. Needs python-crfsuite (a linear-chain CRF, trained by L-BFGS with an elastic net).
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pycrfsuite

from usedfor.extraction import features
from usedfor.extraction.context import clues, scope
from usedfor.extraction.features import OFFSETS, PAD, Encoded, Lexicon
from usedfor.extraction.mentions import Found, spans_of
from usedfor.extraction.mentions import encoded as encode
from usedfor.extraction.sentences import sentences
from usedfor.extraction.splits import fold, held_out
from usedfor.extraction.tagger import Model, Tagger, write_model
from usedfor.extraction.tokens import tokenise, words_of
from usedfor.vocabulary import Vocabulary, load

__all__ = ["Example", "Trainer", "condition_words", "main", "read_gold", "train"]

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


def label_uses(folder: Path, field: str) -> list[Example]:
    """The labels' indications (T treat, P prevent, A against) or contraindications (C) with every place of
    a gold wording. Boilerplate that the annotators were free to list is left unlabelled."""
    out: list[Example] = []
    for item in read_gold(folder, "label-uses"):
        text = item[field]
        if field == "contraindications":
            wanted = [(phrase, "C") for phrase in item["contraindicated"]]
        else:
            wanted = [
                (u["text"], "A" if u["status"] != "indicated" else "P" if u["relation"] == "prevent" else "T")
                for u in item["uses"]
            ]
        spans = [(a, b, label) for phrase, label in wanted for a, b in places(text, phrase)]
        plain = [m.start() for m in _BOILERPLATE.finditer(text)]
        edges = [(a, b) for a, b in sentences(text) if any(a <= p < b for p in plain)]
        out.append((item["set_id"], text, [s for s in spans if not any(a <= s[0] < b for a, b in edges)]))
    return out


def mentions_of(folder: Path, name: str) -> list[Example]:
    """Texts whose spans have places: "labeledin", "roam-expert", "roam-crowd"."""
    out: list[Example] = []
    for item in read_gold(folder, name):
        spans = [(m["start"], m["end"], ROAM.get(m.get("label", "TREATS"), "")) for m in item["mentions"]]
        out.append((item["id"], item["text"], [s for s in spans if s[2]]))
    return out


def unlike(found: list[Example], file: Path) -> list[Example]:
    """The examples whose words are those of no item of ``file``, on either side of the split: the crowd read
    many sentences that the experts read too, and what measures must not be learned from."""
    with file.open(encoding="utf-8") as lines:
        known = {words_of(json.loads(line)["text"]) for line in lines if line.strip()}
    return [example for example in found if words_of(example[1]) not in known]


SOURCES: dict[str, Callable[[Path], list[Example]]] = {
    "indications": lambda folder: label_uses(folder, "indications_and_usage"),
    "contraindications": lambda folder: label_uses(folder, "contraindications"),
    "lines": lambda folder: mentions_of(folder, "labeledin"),
    "sentence": lambda folder: mentions_of(folder, "roam-expert"),
    "crowd": lambda folder: unlike(mentions_of(folder, "roam-crowd"), folder / "roam-expert.jsonl"),
}
TASKS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {  # task -> its labels, other sets it learns from
    "indications": ({"T": "I", "P": "I", "A": "N"}, ("sentence", "lines")),
    "contraindications": ({"C": "C"}, ()),
    "lines": ({"T": "I", "P": "I"}, ("indications",)),
    "sentence": ({"T": "T", "P": "P", "A": "A"}, ("crowd", "indications")),
}
ENDS_TOO = ("indications",)  # tasks whose model marks the last word of a span; the others gain nothing by it


def relabelled(spans: list[Span], found: Iterable[Span], text: str) -> list[Span]:
    """``spans`` and of ``found`` those that say one of them in other words (headings and highlights repeat
    a use more briefly): a gold wording's words hold theirs, or theirs hold its, or half of all are shared."""
    plain = [m.start() for m in _BOILERPLATE.finditer(text)]
    edges = [(a, b) for a, b in sentences(text) if any(a <= p < b for p in plain)]
    known = [(set(words_of(text[a:b])), label) for a, b, label in spans]
    out = list(spans)
    for start, end, label in found:
        if any(a < end and start < b for a, b, _ in spans) or any(a <= start < b for a, b in edges):
            continue
        words = set(words_of(text[start:end]))
        for other, kind in known:
            shared = words & other
            if (
                kind == label
                and shared
                and (len(shared) in (len(words), len(other)) or 2 * len(shared) >= len(words | other))
            ):
                out.append((start, end, label))
                break
    return out


def labels(encoded: Encoded, spans: Iterable[Span], ends_too: bool = False) -> list[str]:
    """One tag a word: B-x at a span's first word, I-x within, O outside. A longer span wins. ``ends_too``:
    E-x at its last word, S-x at a word alone, so that ends are learned too (Ratinov and Roth, CoNLL 2009)."""
    starts, ends = encoded.tokens.starts, encoded.tokens.ends
    tags = ["O"] * len(starts)
    for start, end, label in sorted(spans, key=lambda s: (s[1] - s[0], s)):
        i, j = bisect_right(ends, start), bisect_left(starts, end)
        if i < j:
            tags[i:j] = [f"B-{label}"] + [f"I-{label}"] * (j - i - 1)
            if j < len(tags) and tags[j].startswith("I-"):
                tags[j] = "B-" + tags[j][2:]
    if not ends_too:
        return tags
    edges, after = set(encoded.bounds), [*tags[1:], "O"]
    for i, tag in enumerate(tags):
        if tag != "O" and (after[i] != "I-" + tag[2:] or i + 1 in edges):
            tags[i] = ("S" if tag[0] == "B" else "E") + tag[1:]
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


class Sequence_(NamedTuple):
    """One text for training. ``own`` is False for the texts of another set, whose style differs."""

    key: str
    rows: list[list[list[str]]]
    tags: list[str]
    own: bool = True


OWN = "own~"  # prefix of a feature that holds for the task's own texts alone
_OWN_TOO = ("w=", "c:", "o:", "d:", "sh", "n:", "om:", "bias")


def train(data: list[Sequence_], c1: float = 0.1, c2: float = 0.5, iterations: int = 60) -> Model:
    """A model from named features and tags. A feature that only one text shows is left out.

    Texts of other sets share the features; the task's own have some of them a second time (Daume,
    "Frustratingly easy domain adaptation", ACL 2007), and both weights are added in the model.
    """
    mixed = not all(one.own for one in data)

    def names_of(names: list[str], own: bool) -> list[str]:
        return names + [OWN + name for name in names if name.startswith(_OWN_TOO)] if mixed and own else names

    first: dict[str, str] = {}
    keep: set[str] = set()
    for one in data:
        for sentence in one.rows:
            for names in sentence:
                for name in names_of(names, one.own):
                    if first.setdefault(name, one.key) != one.key:
                        keep.add(name)
    trainer = pycrfsuite.Trainer(verbose=False)
    for one in data:
        at = 0
        for sentence in one.rows:
            rows = [[name for name in names_of(names, one.own) if name in keep] for names in sentence]
            trainer.append(rows, one.tags[at : at + len(rows)])
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
    labels_ = sorted(info.labels, key=lambda label: (label != "O", label))
    row = {label: i for i, label in enumerate(labels_)}
    transitions = np.zeros((len(labels_), len(labels_)))
    for (a, b), weight in info.transitions.items():
        transitions[row[a], row[b]] = weight
    weights: dict[str, list[float]] = {}
    for (name, label), weight in sorted(info.state_features.items()):
        weights.setdefault(name.removeprefix(OWN), [0.0] * len(labels_))[row[label]] += weight
    return Model(labels_, transitions, weights)


class Trainer:
    """Reads the gold files once and makes the models; ``leave_out`` says which keys stay unseen."""

    def __init__(self, folder: Path, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self.folder = folder
        self.vocabulary = vocabulary
        self.lexicon = lexicon
        self._texts: dict[str, list[tuple[Example, Encoded, list[list[list[str]]]]]] = {}

    def texts(self, source: str) -> list[tuple[Example, Encoded, list[list[list[str]]]]]:
        """The examples of a set, encoded."""
        if source not in self._texts:
            made = []
            for example in SOURCES[source](self.folder):
                encoded = encode(example[1], self.vocabulary, self.lexicon)
                made.append((example, encoded, named(encoded)))
            self._texts[source] = made
        return self._texts[source]

    def tagger(self, task: str, leave_out: Callable[[str], bool] = lambda key: False) -> Model:
        """The model of a task of ``TASKS``."""
        kinds, others = TASKS[task]
        own = [t for t in self.texts(task) if not leave_out(t[0][0])]
        spans = {e[0]: [(a, b, kinds[c]) for a, b, c in e[2] if c in kinds] for e, _, _ in own}
        if task == "indications":
            spans = self._again(own, spans)
        ends = task in ENDS_TOO
        data = [Sequence_(e[0], rows, labels(enc, spans[e[0]], ends)) for e, enc, rows in own]
        for other in others:
            for e, enc, rows in self.texts(other):
                if not leave_out(e[0]):
                    found = [(a, b, kinds[c]) for a, b, c in e[2] if c in kinds]
                    data.append(Sequence_(e[0], rows, labels(enc, found, ends), own=False))
        return train(data)

    def _again(
        self,
        own: list[tuple[Example, Encoded, list[list[list[str]]]]],
        spans: dict[str, list[Span]],
        parts: int = 4,
    ) -> dict[str, list[Span]]:
        """The spans and their repetitions in other words, as models trained on the other texts find them."""
        out = {}
        for part in range(parts):
            model = Tagger(
                train(
                    [
                        Sequence_(e[0], rows, labels(enc, spans[e[0]], ends_too=True))
                        for e, enc, rows in own
                        if fold(e[0], parts) != part
                    ]
                )
            )
            for e, enc, _ in own:
                if fold(e[0], parts) == part:
                    found = [(f.start, f.end, f.label) for f in spans_of(model, enc)]
                    out[e[0]] = relabelled(spans[e[0]], found, e[1])
        return out

    def attribute(self, name: str, leave_out: Callable[[str], bool] = lambda key: False) -> Model:
        """The model that chooses the value of an attribute of a use."""
        rows: list[tuple[str, list[str], str]] = []
        encoded = {e[0]: enc for e, enc, _ in self.texts("indications")}
        for item in read_gold(self.folder, "label-uses"):
            key = item["set_id"]
            if leave_out(key):
                continue
            seen = encoded[key]
            for use in item["uses"]:
                scopes = []
                for a, b in places(seen.text, use["text"]):
                    i, j = bisect_right(seen.tokens.ends, a), bisect_left(seen.tokens.starts, b)
                    if i < j:
                        scopes.append(scope(seen, Found(a, b, i, j, "I")))
                if scopes:
                    label = "I" if use["status"] == "indicated" else "N"
                    rows.append((key, clues(scopes, label, seen.text), str(use[name])))
        first: dict[str, set[str]] = {}
        for key, names, _ in rows:
            for clue in names:
                first.setdefault(clue, set()).add(key)
        trainer = pycrfsuite.Trainer(verbose=False)
        for _, names, value in rows:
            of_it = name == "relation"  # what the section is about helps to tell this alone
            kept = [clue for clue in names if len(first[clue]) > 2 and (of_it or not clue.startswith("sec:"))]
            trainer.append([kept], [value])
        trainer.set_params({"c1": 0.0, "c2": 1.0, "max_iterations": 80})
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "model")
            trainer.train(path)
            tagger = pycrfsuite.Tagger()
            tagger.open(path)
            info = tagger.info()
        values = sorted(info.labels)
        weights: dict[str, list[float]] = {}
        for (clue, value), weight in sorted(info.state_features.items()):
            weights.setdefault(clue, [0.0] * len(values))[values.index(value)] = weight
        return Model(values, np.zeros((len(values), len(values))), weights)

    def all(self, leave_out: Callable[[str], bool] = lambda key: False) -> Iterator[tuple[str, Model]]:
        """Every model by the name it is loaded by."""
        for task in TASKS:
            yield task, self.tagger(task, leave_out)
        for name in ATTRIBUTES:
            yield f"attribute_{name}", self.attribute(name, leave_out)


ATTRIBUTES = ("relation", "age", "adjunct", "after_failure")


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
    for name, model in Trainer(options.gold, vocabulary, lexicon).all():
        written = write_model(model)
        (options.out / f"{name}.xz").write_bytes(written)
        log(f"{name}: {len(model.weights)} features, {len(written)} bytes")


if __name__ == "__main__":
    main()
