"""The direction model's weights: how they are kept, and what they make of features.

A member is a multinomial logistic regression over some of the views (``directions_features``); the model's
probabilities are the mean of its members'. Beside them stands another regression on whether the text says
what became of the outcome at all (``directions_features.presence``): how sure an answer is, is the best
direction's probability, a little less where the text seems not to say, and scaled so that of the answers with
a confidence of 0.8 about 80 in 100 are right (Platt's method, on articles that had no part in the training).
"""

from __future__ import annotations

import lzma
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec
import numpy as np
import numpy.typing as npt

from usedfor.errors import SnapshotError

__all__ = ["DIRECTIONS", "FILE", "Member", "Model", "Weights", "decode", "encode", "joined", "load", "scaled"]

DIRECTIONS = ("increased", "decreased", "no_difference")
FILE = "directions.xz"
VERSION = 2
_SHARE = 0.1  # the power of the presence in how sure an answer is


class Member(msgspec.Struct, frozen=True):
    """One regression: ``weights`` are float16, one row a name and one column a direction, row by row."""

    views: dict[str, float]  # the views that it reads, and by how much their values are multiplied
    names: str  # parted by line ends
    weights: bytes
    bias: tuple[float, float, float]


class Weights(msgspec.Struct, frozen=True):
    """The model. ``trained_on`` says what it learned from."""

    version: int
    members: tuple[Member, ...]
    presence: tuple[float, ...] = ()  # a weight for each of PRESENCE, then the constant
    scale: tuple[float, float] = (1.0, 0.0)  # slope and constant on the log-odds
    trained_on: str = ""


def encode(weights: Weights) -> bytes:
    """The file of a model; the same weights give the same bytes."""
    return lzma.compress(msgspec.msgpack.encode(weights), format=lzma.FORMAT_XZ, preset=9)


def decode(data: bytes) -> Weights:
    """The model of a file. Raises SnapshotError for one that is damaged or of another version."""
    try:
        weights = msgspec.msgpack.decode(lzma.decompress(data), type=Weights)
    except (lzma.LZMAError, msgspec.MsgspecError, EOFError) as error:
        raise SnapshotError(f"the direction model is damaged: {error}") from error
    if weights.version != VERSION:
        raise SnapshotError(f"the direction model has version {weights.version}, not {VERSION}")
    return weights


class _Ready:
    def __init__(self, member: Member) -> None:
        self.views = member.views
        self.rows = {name: n for n, name in enumerate(member.names.split("\n"))}
        self.weights: npt.NDArray[np.float32] = (
            np.frombuffer(member.weights, dtype="<f2").reshape(-1, 3).astype(np.float32)
        )
        self.bias = np.asarray(member.bias, dtype=np.float64)


class Model:
    """A model that is ready to ask."""

    def __init__(self, weights: Weights) -> None:
        self._members = [_Ready(member) for member in weights.members]
        self._presence = weights.presence
        self._scale = weights.scale

    def probabilities(self, found: Mapping[str, Mapping[str, float]]) -> tuple[float, float, float]:
        """How probable each of DIRECTIONS is, by the features of ``directions_features.features``."""
        total = np.zeros(3)
        for member in self._members:
            pairs = [
                (row, value)
                for name, value in joined(found, member.views)
                if (row := member.rows.get(name)) is not None
            ]
            scores = member.bias.copy()
            if pairs:
                rows = [row for row, _ in pairs]
                values = np.asarray([value for _, value in pairs], dtype=np.float32)
                scores += values @ member.weights[rows]
            powers = np.exp(scores - scores.max())
            total += powers / powers.sum()
        mean = total / max(1, len(self._members))
        return float(mean[0]), float(mean[1]), float(mean[2])

    def score(self, chances: Sequence[float], marks: Sequence[float]) -> float:
        """How sure the most probable direction is, before scaling: 0 to 1, in order."""
        if not self._presence or not marks:
            return max(chances)
        *weights, constant = self._presence
        inside = _odds(sum(w * m for w, m in zip(weights, marks, strict=True)) + constant)
        return float(max(chances) * inside**_SHARE)

    def confidence(self, chances: Sequence[float], marks: Sequence[float]) -> float:
        """How probable it is that the most probable direction is right."""
        return scaled(self.score(chances, marks), self._scale)


def scaled(score: float, scale: tuple[float, float]) -> float:
    """A score as the share of answers like it that are right; ``scale``: slope and constant on log-odds."""
    found = min(0.999, max(0.001, score))
    slope, constant = scale
    return _odds(slope * math.log(found / (1 - found)) + constant)


def _odds(value: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))


def joined(found: Mapping[str, Mapping[str, float]], views: Mapping[str, float]) -> list[tuple[str, float]]:
    """The features of some views, named by view: the square root of each value, times the view's share."""
    return [
        (f"{view}|{name}", share * math.sqrt(value))
        for view, share in views.items()
        for name, value in found[view].items()
    ]


@cache
def load() -> Model:
    """The model of the package, read once.

    Raises:
        SnapshotError: where it is absent or damaged.
    """
    try:
        data = resources.files("usedfor.extraction").joinpath("models", FILE).read_bytes()
    except OSError as error:
        raise SnapshotError(f"the direction model is absent: {error}") from error
    return Model(decode(data))
