"""Train what reads questions: ``python -m usedfor.answers.train --gold ../shared/data/gold``.

Two linear models are made. The *intent* model is a multinomial logistic regression over cues, words in
order and parts of words; the *focus* model says which words of a question are its medicine's name where no
list has it. Both learn from the questions of MedInfo 2019 (see NOTICE) and from the templates of
words/templates.toml. A fifth of the questions is kept apart (:mod:`usedfor.extraction.splits`) and never
read. The same inputs give the same file.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from usedfor.answers import focus, intents
from usedfor.answers.features import features
from usedfor.answers.intents import Model, Models
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
_TEMPLATE_WEIGHT = 0.6
_STRENGTH = 8.0  # inverse of the regularisation
_FOCUS_STRENGTH = 0.6
_KEPT = 0.004  # a smaller weight decides nothing


class Example(msgspec.Struct, frozen=True):
    """A question as the models see it."""

    key: str
    seen: Seen
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
            found.append(Example(row["id"], seen, kind, row["focus"], row["type"] in SCORED))
    return found


def templates() -> list[tuple[list[str], str, float]]:
    """The features of every written question, its intent and its weight."""
    found = []
    for intent, texts in table("templates").items():
        for text in texts:
            words = [w.upper() if w in ("med", "cond", "num") else w for w, _, _ in tokens(text)]
            named = [
                Named(words=w, start=n, end=n + 1, name=w, medicines=(w,))
                for n, w in enumerate(words)
                if w == "MED"
            ]
            plain = ["1" if w == "NUM" else w for w in words]
            conditions = words.count("COND")
            found.append((features(text, plain, named, conditions), intent, _TEMPLATE_WEIGHT))
    return found


def fit(rows: Sequence[tuple[Sequence[str], str, float]], classes: Sequence[str], strength: float) -> Model:
    """A multinomial logistic regression as a sparse table of weights."""
    import numpy as np
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped,unused-ignore]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped,unused-ignore]

    counts = Counter(f for found, _, _ in rows for f in found)
    names = sorted(f for f, n in counts.items() if n > 1)
    column = {f: n for n, f in enumerate(names)}
    cells = [(r, column[f]) for r, (found, _, _) in enumerate(rows) for f in found if f in column]
    at, to = zip(*cells, strict=True)
    data = np.array([_scale(names[c]) for c in to])
    matrix = csr_matrix((data, (at, to)), shape=(len(rows), len(names)))
    labels = [label for _, label, _ in rows]
    model = LogisticRegression(C=strength, max_iter=2000, random_state=0)
    model.fit(matrix, labels, sample_weight=[w for _, _, w in rows])
    coefficients = model.coef_ if len(model.classes_) > 2 else np.vstack([-model.coef_ / 2, model.coef_ / 2])
    intercept = (
        model.intercept_
        if len(model.classes_) > 2
        else np.array([-model.intercept_[0] / 2, model.intercept_[0] / 2])
    )
    row = {str(c): n for n, c in enumerate(model.classes_)}
    weights = {}
    for n, name in enumerate(names):
        scale = _scale(name)
        pairs = tuple(
            (k, round(float(coefficients[row[c], n]) * scale, 4))
            for k, c in enumerate(classes)
            if c in row and abs(coefficients[row[c], n] * scale) > _KEPT
        )
        if pairs:
            weights[name] = pairs
    bias = tuple(round(float(intercept[row[c]]), 4) if c in row else -9.0 for c in classes)
    return Model(tuple(classes), bias, weights)


_SCALES = {"c": 0.5, "cue": 1.2, "says": 1.0, "first": 1.0, "only": 1.4, "both": 0.7, "3": 0.8}


def _scale(feature: str) -> float:
    return _SCALES.get(feature.partition(":")[0], 0.8)


def fit_intents(found: Sequence[Example]) -> Model:
    """The model of intents from these questions and the templates."""
    rows = [(e.seen.features(), e.intent, e.weight) for e in found]
    return fit([*rows, *templates()], INTENTS, _STRENGTH)


def fit_focus(found: Sequence[Example]) -> Model:
    """The model of names: a word of a question is part of its focus or not."""
    rows: list[tuple[list[str], str, float]] = []
    for e in found:
        words = e.seen.words
        known = [any(one.start <= n < one.end for one in e.seen.named) for n in range(len(words))]
        inside = {w for w, _, _ in tokens(e.focus)}
        hit = [w in inside for w in words]
        if inside and not any(hit):
            continue  # the focus is spelt otherwise than the question has it
        rows += [
            (focus.word_features(words, n, known), "in" if hit[n] else "out", 1.0) for n in range(len(words))
        ]
    return fit(rows, ("out", "in"), _FOCUS_STRENGTH)


def learn(found: Sequence[Example]) -> Models:
    """Both models from these questions."""
    return Models(fit_intents(found), fit_focus(found))


def train(gold: Path) -> bytes:
    """The file of models, learned from the questions in the folder ``gold``.

    The names are looked up in the starter, which every checkout has.
    """
    from usedfor.knowledge import Knowledge
    from usedfor.knowledge.snapshot import STARTER

    with Knowledge.open(STARTER) as knowledge:
        found = examples(gold, Reader(knowledge))
    return intents.save(learn(found))


def validate(gold: Path, folds: int = 5) -> dict[str, Any]:
    """Figures by cross-validation over all questions but the fifth that is kept apart.

    The intent counts for the types that have one; ``misses`` lists what was taken for something else.
    """
    from usedfor.knowledge import Knowledge
    from usedfor.knowledge.snapshot import STARTER

    with Knowledge.open(STARTER) as knowledge:
        found = examples(gold, Reader(knowledge))
    right, of = 0, 0
    misses: list[tuple[str, str, str]] = []
    for k in range(folds):
        model = fit_intents([e for e in found if fold(e.key, folds) != k])
        for e in found:
            if fold(e.key, folds) == k and e.scored:
                got = model.best(e.seen.features())
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
