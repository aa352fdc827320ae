"""Which of the nineteen kinds of question it is: a linear model over the cues and words (multinomial
logistic regression, trained by :mod:`usedfor.answers.train`)."""

from __future__ import annotations

import lzma
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from usedfor.answers.types import INTENTS, Intent

__all__ = ["Model", "Models", "intent", "load", "save"]

NAME = "intents.xz"


class Model(msgspec.Struct, frozen=True):
    """``weights[feature]`` holds (number of the class, weight) pairs; ``bias`` one weight a class."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: dict[str, tuple[tuple[int, float], ...]]

    def scores(self, features: Sequence[str]) -> list[float]:
        """The score of each class, in their order."""
        out = list(self.bias)
        for feature in features:
            for n, weight in self.weights.get(feature, ()):
                out[n] += weight
        return out

    def best(self, features: Sequence[str]) -> str:
        """The class with the highest score."""
        scores = self.scores(features)
        return self.classes[max(range(len(scores)), key=lambda n: (scores[n], -n))]


class Models(msgspec.Struct, frozen=True):
    """The file: the intents, and which words look like a medicine's name (yes or no)."""

    intents: Model
    focus: Model


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
