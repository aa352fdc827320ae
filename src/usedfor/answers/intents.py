"""Which of the nineteen kinds of question it is: a linear model over the cues and words (multinomial
logistic regression, trained by :mod:`usedfor.answers.train`)."""

from __future__ import annotations

import lzma
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from usedfor.answers.types import INTENTS, Intent

__all__ = ["Model", "Models", "intent", "load", "save"]

NAME = "intents.xz"


class Model(msgspec.Struct, frozen=True):
    """``weights[feature]`` holds (number of the class, weight) pairs; ``bias`` one weight a class.

    Where there is ``rarity`` (inverse document frequency by feature), a question counts as a vector of length
    ``length``, each feature by its rarity; else each feature counts once.
    """

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: dict[str, tuple[tuple[int, float], ...]]
    rarity: dict[str, float] = {}
    length: float = 1.0

    def scores(self, features: Sequence[str]) -> list[float]:
        """The score of each class, in their order."""
        out = list(self.bias)
        by = 1.0
        if self.rarity:
            size = math.sqrt(sum(self.rarity.get(f, 0.0) ** 2 for f in features))
            by = self.length / size if size else 0.0
        for feature in features:
            share = by * self.rarity[feature] if feature in self.rarity else by
            for n, weight in self.weights.get(feature, ()):
                out[n] += weight * share
        return out

    def best(self, features: Sequence[str]) -> str:
        """The class with the highest score."""
        scores = self.scores(features)
        return self.classes[max(range(len(scores)), key=lambda n: (scores[n], -n))]


class Models(msgspec.Struct, frozen=True):
    """The file: the intents; which words look like a medicine's name; which runs of them are one."""

    intents: Model
    focus: Model
    runs: Model


@cache
def load() -> Models:
    """The models of the package."""
    data = files("usedfor.answers").joinpath("models", NAME).read_bytes()
    return msgspec.json.decode(lzma.decompress(data), type=Models)


def save(models: Models) -> bytes:
    """The bytes of the file; the same models give the same bytes."""
    return lzma.compress(msgspec.json.encode(models), format=lzma.FORMAT_XZ, preset=9)


def intent(features: Sequence[str]) -> Intent:
    """The intent with the highest score."""
    best = load().intents.best(features)
    return next(i for i in INTENTS if i == best)
