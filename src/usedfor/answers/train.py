"""Train what reads questions: ``python -m usedfor.answers.train --gold ../shared/data/gold``.

Three linear models are made. The *intent* model goes by cues, words in order, kinds of words and parts of
words; the *word* model says which words of a question are its medicine's name, the *run* model which of them
together are the name in full. They learn from the questions of MedInfo 2019 (see NOTICE) and from written
ones (words/templates.toml, words/written.toml), filled with the names of the starter. A fifth of the
questions is kept apart (:mod:`usedfor.extraction.splits`) and never read. The same inputs give the same file.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from usedfor.answers import focus, intents, written
from usedfor.answers.features import features
from usedfor.answers.intents import Model, Models
from usedfor.answers.kinds import kinds
from usedfor.answers.types import INTENTS, Named
from usedfor.answers.understand import Reader, Seen
from usedfor.answers.wording import table, tokens
from usedfor.extraction.splits import fold, held_out

__all__ = ["examples", "learn", "train"]

GOLD = "medinfo-questions.jsonl"
FOLDER = Path(__file__).parent / "models"
TYPES = {  # the types of the published set -> the intents here
    "Indication": "use",
    "Information": "overview",
    "Dose": "dose",
    "Usage": "how_to_take",
    "Usage/time": "timing",
    "Usage/duration": "timing",
    "Side effects": "side_effects",
    "Side effects/time": "side_effects",
    "Interaction": "interaction",
    "Combination": "interaction",
    "Appearance": "appearance",
    "Action": "mechanism",
    "Action/effectiveness": "mechanism",
    "Stopping/tapering": "stopping",
    "Stopping/side effects": "stopping",
    "Ingredient": "ingredients",
    "Action/time": "onset_duration",
    "Time/duration": "onset_duration",
    "Storage and disposal": "storage",
    "Comparison": "comparison",
    "Contraindication": "contraindication",
    "Overdose": "overdose",
    "Alternatives": "alternatives",
    "Brand names": "overview",
    "Dose/Potency": "dose",
    "Dose/time": "timing",
    "Pronounce name": "other",
    "Manufacturer": "other",
    "Availability": "other",
    "not_drug_question": "other",
}
SCORED = frozenset(
    t
    for t in TYPES
    if t in ("Usage", "Usage/time", "Action", "Action/time") or ("/" not in t and TYPES[t] != "other")
) - {"Combination", "Brand names"} | {"Stopping/tapering"}
Row = tuple[Sequence[str], str, float]  # features, class, weight
_TEMPLATE_WEIGHT = 0.6
_LINE_WEIGHT = 1.0  # of all that is drawn from one line
_DRAWN = 8  # questions of a line for the intents
_NAMED = 1  # and for the words of names
_NAMED_WEIGHT = 0.3
_STANDS_FOR = "xanadol"  # a name for the cues, which read letters
_LENGTH = 6.0  # of a question's vector
_STRENGTH = 0.1  # inverse of the regularisation
_WORD_STRENGTH = 0.1
_RUN_STRENGTH = 0.05
_PARTS = 5
_KEPT = 0.01  # a smaller weight decides nothing


class Example(msgspec.Struct, frozen=True):
    """A question as the models see it."""

    key: str
    seen: Seen
    named: list[Named]  # here and elsewhere
    intent: str
    focus: str
    scored: bool = True  # whether its type is one of the seventeen that have an intent
    weight: float = 1.0


def examples(gold: Path, reader: Reader) -> list[Example]:
    """The questions that may be learned from: none of the fifth that is kept apart."""
    found = []
    for line in (gold / GOLD).read_bytes().splitlines():
        row: dict[str, Any] = msgspec.json.decode(line)
        if not held_out(row["id"]):
            seen = reader.look(row["question"])
            kind = TYPES.get(row["type"], "other")
            named = reader.everywhere(seen)
            found.append(Example(row["id"], seen, named, kind, row["focus"], row["type"] in SCORED))
    return found


def templates() -> list[Row]:
    """The features of every written question, its intent and its weight."""
    found: list[Row] = []
    for intent, texts in table("templates").items():
        for text in texts:
            words = [w.upper() if w in ("med", "cond", "num") else w for w, _, _ in tokens(text)]
            plain = ["1" if w == "NUM" else w for w in words]
            conditions = words.count("COND")
            found.append((features(text, plain, _named(words), conditions), intent, _TEMPLATE_WEIGHT))
    for intent, lines in written.lines().items():
        for line in lines:
            texts = written.drawn(line, _DRAWN)
            for text in texts:
                words = [w.upper() if w == "med" else w for w, _, _ in tokens(text)]
                conditions = sum("illness" in w or "symptom" in w for w in kinds(words))
                seen = features(text.replace("MED", _STANDS_FOR), words, _named(words), conditions)
                found.append((seen, intent, _LINE_WEIGHT / len(texts)))
    return found


def _named(words: Sequence[str]) -> list[Named]:
    return [
        Named(words=w, start=n, end=n + 1, name=w, medicines=(w,)) for n, w in enumerate(words) if w == "MED"
    ]


def fit(rows: Sequence[Row], classes: Sequence[str], strength: float, length: float = 0.0) -> Model:
    """A linear model (support vectors, one class against the others) as a sparse table of weights.

    ``length``: that of a question's vector, weighed by rarity; 0 for each feature as it is.
    """
    import numpy as np
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped,unused-ignore]
    from sklearn.svm import LinearSVC  # type: ignore[import-untyped,unused-ignore]

    counts = Counter(f for found, _, _ in rows for f in set(found))
    names = sorted(f for f, n in counts.items() if n > 1)
    column = {f: n for n, f in enumerate(names)}
    cells = [
        (r, column[f]) for r, (found, _, _) in enumerate(rows) for f in dict.fromkeys(found) if f in column
    ]
    at, to = zip(*cells, strict=True)
    data = np.array([1.0 if length else _scale(names[c]) for c in to])
    matrix = csr_matrix((data, (at, to)), shape=(len(rows), len(names)))
    rarity = np.log((1 + len(rows)) / (1 + np.array([counts[f] for f in names]))) + 1
    if length:
        matrix = matrix.multiply(np.round(rarity, 2)).tocsr()
        size = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
        matrix = matrix.multiply(length / np.maximum(size, 1e-9)[:, None]).tocsr()
    labels = [label for _, label, _ in rows]
    model = LinearSVC(C=strength, random_state=0)
    model.fit(matrix, labels, sample_weight=[w for _, _, w in rows])
    coefficients, intercept = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        coefficients, intercept = (
            np.vstack([-coefficients, coefficients]),
            np.array([-intercept[0], intercept[0]]),
        )
    row = {str(c): n for n, c in enumerate(model.classes_)}
    weights = {}
    for n, name in enumerate(names):
        scale = 1.0 if length else _scale(name)
        pairs = tuple(
            (k, round(float(coefficients[row[c], n]) * scale, 3))
            for k, c in enumerate(classes)
            if c in row and abs(coefficients[row[c], n] * scale) > _KEPT
        )
        if pairs:
            weights[name] = pairs
    bias = tuple(round(float(intercept[row[c]]), 3) if c in row else -9.0 for c in classes)
    rare = {name: round(float(r), 2) for name, r in zip(names, rarity, strict=True)} if length else {}
    return Model(tuple(classes), bias, {k: v for k, v in weights.items() if v}, rare, length or 1.0)


_SCALES = {"c": 0.5, "cue": 1.2, "says": 1.0, "first": 1.0, "only": 1.4, "both": 0.7, "3": 0.8}


def _scale(feature: str) -> float:
    return _SCALES.get(feature.partition(":")[0], 0.8)


def fit_words(found: Sequence[Example], more: Sequence[Row]) -> Model:
    """The model of the words of a name: a word of a question is part of its focus or not."""
    rows: list[Row] = list(more)
    for e in found:
        words = e.seen.words
        known = [any(one.start <= n < one.end for one in e.named) for n in range(len(words))]
        inside = {w for w, _, _ in tokens(e.focus)}
        hit = [w in inside for w in words]
        if inside and not any(hit):
            continue  # the focus is spelt otherwise than the question has it
        rows += [
            (focus.word_features(words, n, known), "in" if hit[n] else "out", 1.0) for n in range(len(words))
        ]
    return fit(rows, ("out", "in"), _WORD_STRENGTH)


def invented(names: Sequence[str]) -> list[Row]:
    """Words of written questions with names of medicines filled in, as known, unknown and misspelt ones."""
    found: list[Row] = []
    chance = Random(0)
    for lines in written.lines().values():
        for line in lines:
            for text in written.drawn(line, _NAMED):
                known = chance.random() < 0.5
                words: list[str] = []
                hit: list[bool] = []
                for part in text.split():
                    name = chance.choice(names) if part == "MED" else ""
                    if name and not known and chance.random() < 0.4:
                        name = _misspelt(name, chance)
                    said = [w for w, _, _ in tokens(name or part)]
                    words += said
                    hit += [bool(name)] * len(said)
                listed = [h and known for h in hit]
                found += [
                    (focus.word_features(words, n, listed), "in" if h else "out", _NAMED_WEIGHT)
                    for n, h in enumerate(hit)
                ]
    return found


def _misspelt(name: str, chance: Random) -> str:
    """The name with a letter lost, doubled, changed or two of them turned round."""
    at = chance.randrange(1, max(2, len(name) - 1))
    way = chance.randrange(4)
    if way == 0:
        return name[:at] + name[at + 1 :]
    if way == 1:
        return name[:at] + name[at : at + 1] + name[at:]
    if way == 2:
        return name[:at] + chance.choice("aeiouylrnst") + name[at + 1 :]
    return name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


def learn(found: Sequence[Example], reader: Reader) -> Models:
    """The three models from these questions.

    The first model's word on a question comes from others, as it does for one that nobody has seen.
    """
    more = invented(reader.names.spoken())
    whole = fit_words(found, more)
    parts = [fit_words([e for e in found if fold(e.key, _PARTS) != k], more) for k in range(_PARTS)]
    rows: list[Row] = []
    kind: list[Row] = []
    for e in found:
        model = parts[fold(e.key, _PARTS)]
        kind.append((e.seen.features(model), e.intent, e.weight))
        wanted = " ".join(w for w, _, _ in tokens(e.focus))
        for run in reader.runs(e.seen, model):
            said = " ".join(w for w, _, _ in tokens(run.text))
            rows.append((run.features, "in" if said == wanted else "out", 1.0))
    return Models(
        fit([*kind, *templates()], INTENTS, _STRENGTH, _LENGTH),
        whole,
        fit(rows, ("out", "in"), _RUN_STRENGTH),
    )


def train(gold: Path) -> bytes:
    """The file of models, learned from the questions in the folder ``gold``.

    The names are looked up in the starter, which every checkout has.
    """
    from usedfor.knowledge import Knowledge
    from usedfor.knowledge.snapshot import STARTER

    with Knowledge.open(STARTER) as knowledge:
        reader = Reader(knowledge)
        return intents.save(learn(examples(gold, reader), reader))


def validate(gold: Path, folds: int = 5) -> dict[str, Any]:
    """Figures by cross-validation over all questions but the fifth that is kept apart.

    The intent counts for the types that have one; ``misses`` lists what was taken for something else.
    """
    from usedfor.knowledge import Knowledge
    from usedfor.knowledge.snapshot import STARTER

    right, of = 0, 0
    misses: list[tuple[str, str, str]] = []
    with Knowledge.open(STARTER) as knowledge:
        reader = Reader(knowledge)
        found = examples(gold, reader)
        for k in range(folds):
            models = learn([e for e in found if fold(e.key, folds) != k], reader)
            for e in found:
                if fold(e.key, folds) == k and e.scored:
                    got = models.intents.best(e.seen.features(models.focus))
                    of += 1
                    right += got == e.intent
                    if got != e.intent:
                        misses.append((e.intent, got, e.seen.text))
    return {"intent": round(right / of, 4), "questions": of, "misses": sorted(misses)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the file; with --validate print figures instead."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--gold", type=Path, required=True, help=f"the folder that holds {GOLD}")
    parser.add_argument("--out", type=Path, default=FOLDER / intents.NAME)
    parser.add_argument("--validate", action="store_true", help="print figures by cross-validation")
    given = parser.parse_args(arguments)
    if given.validate:
        figures = validate(given.gold)
        for miss in figures.pop("misses"):
            print(*miss, sep=" | ")
        print(figures)
        return
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_bytes(train(given.gold))


if __name__ == "__main__":
    main()
