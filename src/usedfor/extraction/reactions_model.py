"""The trained reaction tagger: its weights, and the spans it finds.

The weights come from ``train_reactions``. Tagging adds rows of tables (``reactions_scores``) and runs forward
and backward (``reactions_paths``) over the few tokens that are not plainly outside, all of a label's texts
together, so the time is linear in their length.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from usedfor.extraction import reactions_paths
from usedfor.extraction.reactions_paths import Floats, Scored
from usedfor.extraction.reactions_scores import PAD, Piece, Scores, unpack
from usedfor.extraction.reactions_tokens import Ints, Tokens

__all__ = ["LABELS", "MODEL", "Scored", "Tagger", "decode_weights", "encode_weights", "tagger"]

LABELS = ("O", "B", "I")
MODEL = "models/reactions.xz"
SCALE = 256.0  # weights are kept as whole 1/256
FLOOR = 0.1  # spans less likely than this are not looked at

Weights = dict[str, tuple[int, int, int]]

_SURE = 9.0  # a token this much (in log odds) outside is outside, whatever its neighbours are
_PART = 16_000  # tokens read at once, or twice as many
_IMPOSSIBLE = -30.0


def encode_weights(weights: Mapping[str, Sequence[int]]) -> bytes:
    """Weights as bytes: a line per feature, sorted, compressed; the same weights give the same bytes."""
    lines = (f"{name}\t{' '.join(map(str, weights[name]))}\n" for name in sorted(weights))
    return lzma.compress("".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME)


def decode_weights(data: bytes) -> Weights:
    """The inverse of :func:`encode_weights`."""
    weights: Weights = {}
    for line in lzma.decompress(data).decode().split("\n"):
        name, found, numbers = line.rpartition("\t")
        if found:
            o, b, i = numbers.split(" ")
            weights[name] = (int(o), int(b), int(i))
    return weights


@cache
def tagger() -> Tagger:
    """The tagger that ships with the package."""
    return Tagger(decode_weights((resources.files("usedfor.extraction") / MODEL).read_bytes()))


def _parts(tokens: Tokens) -> Iterator[tuple[int, int]]:
    """Runs of whole segments of about ``_PART`` tokens, as (first, behind the last)."""
    count = len(tokens.starts)
    low = 0
    while low < count:
        high = int(tokens.segment_ends[min(low + _PART, count) - 1])
        yield low, high
        low = high


class _Part(NamedTuple):
    """Whole segments of text ``number``: tokens ``low`` to before ``high``; ``piece`` adds neighbours."""

    number: int
    low: int
    high: int
    piece: Piece


class Tagger:
    """Finds spans with the weights of ``weights``; transitions are features named ``>O``, ``>B``, ``>I``."""

    def __init__(self, weights: Weights) -> None:
        none = (0, 0, 0)
        self._transitions = np.array([weights.get(f">{a}", none) for a in LABELS], dtype=np.float64) / SCALE
        self._transitions[0, 2] = _IMPOSSIBLE
        self.scores = Scores(weights)

    def emissions(self, tokens: Tokens, marks: Ints, kind: str) -> Floats:
        """What B and I score over O at each token, before its neighbours are heard; shape (tokens, 2)."""
        count = len(tokens.starts)
        batch = self.scores.read([Piece(tokens, marks, kind, 0, count)])
        return np.stack(unpack(batch.total[batch.bases[0] :][:count]), axis=1) / SCALE

    def spans(self, tokens: Tokens, marks: Ints, kind: str, floor: float = FLOOR) -> list[Scored]:
        """Every span whose probability is at least ``floor``, in order; they may overlap."""
        return self.spans_of([(tokens, marks, kind)], floor)[0]

    def spans_of(self, texts: Sequence[tuple[Tokens, Ints, str]], floor: float = FLOOR) -> list[list[Scored]]:
        """:meth:`spans` of several texts, read together.

        Texts are read in parts of whole segments, so that memory does not grow with their length.
        """
        found: list[list[Scored]] = [[] for _ in texts]
        waiting: list[_Part] = []
        size = 0
        for number, (tokens, marks, kind) in enumerate(texts):
            for low, high in _parts(tokens):
                first, last = max(0, low - PAD), min(len(tokens.starts), high + PAD)
                part = _Part(number, low, high, Piece(tokens, marks, kind, first, last))
                full = size + last - first > 2 * _PART
                if waiting and (full or waiting[0].piece.tokens.lexicon is not tokens.lexicon):
                    self._read(waiting, floor, found)
                    waiting, size = [], 0
                waiting.append(part)
                size += last - first
        if waiting:
            self._read(waiting, floor, found)
        for spans in found:
            spans.sort()
        return found

    def _read(self, parts: Sequence[_Part], floor: float, found: list[list[Scored]]) -> None:
        """Read parts together, and give each span to its text."""
        batch = self.scores.read([part.piece for part in parts])
        moves = np.array(batch.bases) - [part.piece.first for part in parts]  # from text to batch
        own = np.zeros(len(batch.total), dtype=bool)
        for part, move in zip(parts, moves.tolist(), strict=True):
            own[part.low + move : part.high + move] = True
        begin, inside = unpack(batch.total)
        best = np.maximum(begin, inside)
        starts, ends = _runs((best > -_SURE * SCALE) & own, batch.segment_starts, batch.segment_ends)
        scores = np.stack([np.zeros_like(begin), begin, inside], axis=1)
        scores -= np.maximum(best, 0)[:, None]
        emitted = np.exp(scores / SCALE)
        bases = np.array(batch.bases)
        scored = reactions_paths.spans(emitted, self._transitions, starts, ends, floor)
        owners = (bases.searchsorted([one.first for one in scored], side="right") - 1).tolist()
        shifts = moves.tolist()
        for one, owner in zip(scored, owners, strict=True):
            move = shifts[owner]
            found[parts[owner].number].append(Scored(one.first - move, one.last - move, one.probability))


def _runs(unsure: npt.NDArray[np.bool_], segment_starts: Ints, segment_ends: Ints) -> tuple[Ints, Ints]:
    """Runs of tokens that may be inside, each with a neighbour of its segment that is outside."""
    first = segment_starts == np.arange(len(unsure))
    # a run ends where a sure token follows or a segment begins
    before = np.concatenate([[False], unsure[:-1]])
    starts = (unsure & (first | ~before)).nonzero()[0]
    bounds = np.append((~unsure | first).nonzero()[0], len(unsure))
    ends = bounds[bounds.searchsorted(starts, side="right")]
    low = np.where(first[starts], starts, starts - 1)
    return low, np.minimum(ends + 1, segment_ends[starts])
