"""The trained reaction tagger: its weights as tables, and the spans it finds.

The weights come from ``train_reactions``. Tagging adds rows of tables (see ``reactions_features``) and runs
forward and backward (Rabiner, Proc. IEEE 1989) over the few tokens that are not plainly outside, many runs
at once, so the time is linear in the text's length.
"""

from __future__ import annotations

import lzma
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from usedfor.extraction import reactions_features as features
from usedfor.extraction.reactions_tokens import CUES, Ints, Surroundings, Tokens, surroundings

__all__ = ["LABELS", "MODEL", "Scored", "Tagger", "decode_weights", "encode_weights", "tagger"]

LABELS = ("O", "B", "I")
MODEL = "models/reactions.xz"
SCALE = 256.0  # weights are kept as whole 1/256
FLOOR = 0.1  # spans less likely than this are not looked at
LONGEST = 14  # tokens of a span

Floats = npt.NDArray[np.float64]
Weights = dict[str, tuple[int, int, int]]

_SURE = 9.0  # a token this much (in log odds) outside is outside, whatever its neighbours are
_CACHE = 60_000  # words kept; then the table starts anew
_PART = 16_000  # tokens read at once
_BATCH = 512  # runs read together
_MARGIN = 8  # tokens on each side that they see
_KINDS = ("a", "w", "b")
_IMPOSSIBLE = -30.0


class Scored(NamedTuple):
    """A span of tokens, ``first`` to before ``last``, and its probability."""

    first: int
    last: int
    probability: float


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
    count = len(tokens.raw)
    low = 0
    while low < count:
        high = int(tokens.segment_ends[min(low + _PART, count) - 1])
        yield low, high
        low = high


def _slice(tokens: Tokens, low: int, high: int) -> Tokens:
    """The tokens from ``low`` to before ``high`` by themselves."""
    return Tokens(
        tokens.starts[low:high],
        tokens.ends[low:high],
        tokens.raw[low:high],
        tokens.cues[low:high],
        tokens.gaps[low:high],
        np.maximum(tokens.segment_starts[low:high] - low, 0),
        np.minimum(tokens.segment_ends[low:high], high) - low,
    )


def _runs(scores: Floats, tokens: Tokens) -> tuple[Ints, Ints]:
    """Runs of tokens that may be inside, each with a neighbour that is outside."""
    unsure = scores[:, 0] - scores[:, 1:].max(axis=1) < _SURE
    first = tokens.segment_starts == np.arange(len(scores))
    # a run ends where a sure token follows or a segment begins
    begins = unsure & (first | ~np.concatenate([[False], unsure[:-1]]))
    starts = np.flatnonzero(begins)
    stops = ~unsure | first
    bounds = np.concatenate([np.flatnonzero(stops), [len(scores)]])
    ends = bounds[np.searchsorted(bounds, starts, side="right")]
    low = np.where(first[starts], starts, starts - 1)
    high = np.minimum(ends + 1, tokens.segment_ends[starts])
    return low, high


class _Rows(dict[str, int]):
    """Rows by word; a word met first gets a new one."""

    def __init__(self, make: Callable[[str], int]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, raw: str) -> int:
        row = self[raw] = self._make(raw)
        return row


class Tagger:
    """Finds spans with the weights of ``weights``; transitions are features named ``>O``, ``>B``, ``>I``."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        none = (0, 0, 0)
        self._transitions = np.array([weights.get(f">{a}", none) for a in LABELS], dtype=np.float64) / SCALE
        self._transitions[0, 2] = _IMPOSSIBLE
        self._width = 3 * (len(features.OFFSETS) + 2)
        self._pair_tables(weights)
        self._marks = {kind: self._mark_table(kind) for kind in _KINDS}
        combinations = [(a, b, mark) for a in range(4) for b in range(4) for mark in range(2)]
        self._gaps = np.array([self._sum(features.gap_features(*one)) for one in combinations])
        self._cue_tables()
        self._rows = _Rows(self._new_row)
        self._table: Floats = np.zeros((1024, self._width))
        self._pair_ids: Ints = np.zeros(1024, dtype=np.int64)

    def _sum(self, names: Iterable[str]) -> Floats:
        total = np.zeros(3)
        for name in names:
            found = self._weights.get(name)
            if found is not None:
                total += found
        return total / SCALE

    def _pair_tables(self, weights: Weights) -> None:
        """Pairs as sorted keys ``first id * count + second id`` and a row of weights for each."""
        found: dict[tuple[str, str], Floats] = {}
        for name, values in weights.items():
            if name[0] != "b" or "=" not in name:
                continue
            where, _, pair = name.partition("=")
            first, _, second = pair.partition(" ")
            row = found.setdefault((first, second), np.zeros(3 * len(features.PAIRS)))
            at = 3 * features.PAIRS.index(int(where[1:]))
            row[at : at + 3] = np.array(values) / SCALE
        vocabulary = sorted({word for pair in found for word in pair})
        self._pair_words = {word: number for number, word in enumerate(vocabulary, 1)}
        self._pair_base = len(vocabulary) + 1
        keys = {
            self._pair_words[a] * self._pair_base + self._pair_words[b]: row for (a, b), row in found.items()
        }
        ordered = sorted(keys)
        self._pair_keys: Ints = np.array([*ordered, np.iinfo(np.int64).max], dtype=np.int64)
        self._pair_rows: Floats = np.array([*(keys[k] for k in ordered), np.zeros(3 * len(features.PAIRS))])

    def _mark_table(self, kind: str) -> Floats:
        """The weights of (mark before, mark, mark after)."""
        triples = [(a, b, c) for a in range(6) for b in range(6) for c in range(6)]
        return np.array([self._sum(features.mark_features(a, b, c, kind)) for a, b, c in triples])

    def _cue_tables(self) -> None:
        """The weights of the cue before, the cue behind, both, and each in the segment, by mark."""
        classes = range(len(CUES) + 1)
        told = range(4 * len(classes))
        self._last = np.array([[self._sum([f"cl={a}{m}"]) for m in (0, 1)] for a in told])
        self._following = np.array([[self._sum([f"cf={a}{m}"]) for m in (0, 1)] for a in told])
        self._both = np.array(
            [[[self._sum([f"cx={a}.{b}.{m}"]) for m in (0, 1)] for b in classes] for a in classes]
        )
        self._present = np.array([[self._sum([f"cp={a}{m}"]) for m in (0, 1)] for a in classes])

    def _around(self, around: Surroundings, marked: Ints) -> Floats:
        total = self._last[around.last, marked] + self._following[around.following, marked]
        total += self._both[around.last // 4, around.following // 4, marked]
        for bit in range(1, len(CUES) + 1):
            here = np.flatnonzero(around.present >> bit & 1)
            total[here] += self._present[bit, marked[here]]
        return np.asarray(total)

    def _new_row(self, raw: str) -> int:
        """A row of a word's weights."""
        row = len(self._rows)
        if row == len(self._table):
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
            self._pair_ids = np.concatenate([self._pair_ids, np.zeros_like(self._pair_ids)])
        word = raw.lower()
        parts = [
            self._sum(features.word_features(o, word) + features.shape_features(o, raw))
            for o in features.OFFSETS
        ]
        parts += [self._sum(features.bag_features(side, word)) for side in ("l", "r")]
        self._table[row] = np.concatenate(parts)
        self._pair_ids[row] = self._pair_words.get(word, 0)
        return row

    def emissions(self, tokens: Tokens, marks: Ints, kind: str) -> Floats:
        """The score of each label at each token, before its neighbours are heard; shape (tokens, 3)."""
        count = len(tokens.raw)
        if len(self._rows) > _CACHE:
            self._rows.clear()
        rows = np.fromiter(map(self._rows.__getitem__, tokens.raw), dtype=np.int64, count=count)
        table = self._table[rows]
        total = np.zeros((count, 3))
        for number, offset in enumerate(features.OFFSETS):
            block = table[:, 3 * number : 3 * number + 3]
            if abs(offset) >= count:
                continue
            if offset < 0:
                total[-offset:] += block[: count + offset]
            else:
                total[: count - offset] += block[offset:]
        self._add_bags(total, table[:, -6:], tokens)
        self._add_pairs(total, self._pair_ids[rows])
        padded = np.concatenate([[0], marks, [0]])
        gap_pairs = 4 * tokens.gaps + np.append(tokens.gaps[1:], 3)
        total += self._gaps[2 * gap_pairs + (marks > 0)]
        total += self._around(surroundings(tokens), (marks > 0).astype(np.int64))
        total += self._marks[kind][36 * padded[:-2] + 6 * padded[1:-1] + padded[2:]]
        return total

    def _add_bags(self, total: Floats, bags: Floats, tokens: Tokens) -> None:
        count = len(total)
        sums = np.zeros((count + 1, 6))
        np.cumsum(bags, axis=0, out=sums[1:])
        here = np.arange(count)
        low = np.maximum(tokens.segment_starts, here - features.LEFT)
        high = np.minimum(tokens.segment_ends, here + 1 + features.RIGHT)
        total += sums[here, :3] - sums[low, :3]
        total += sums[high, 3:] - sums[here + 1, 3:]

    def _add_pairs(self, total: Floats, ids: Ints) -> None:
        count = len(total)
        keys = ids[:-1] * self._pair_base + ids[1:]
        at = np.searchsorted(self._pair_keys, keys)
        hit = np.flatnonzero((self._pair_keys[at] == keys) & (ids[:-1] > 0) & (ids[1:] > 0))
        rows = self._pair_rows[at[hit]]
        for number, pair in enumerate(features.PAIRS):
            where = hit - pair  # the pair at i + pair is a feature of token i
            inside = (where >= 0) & (where < count)
            total[where[inside]] += rows[inside, 3 * number : 3 * number + 3]

    def spans(self, tokens: Tokens, marks: Ints, kind: str, floor: float = FLOOR) -> list[Scored]:
        """Every span whose probability is at least ``floor``, in order; they may overlap."""
        return self.spans_of([(tokens, marks, kind)], floor)[0]

    def spans_of(self, texts: Sequence[tuple[Tokens, Ints, str]], floor: float = FLOOR) -> list[list[Scored]]:
        """:meth:`spans` of several texts, read together.

        Texts are read in parts of whole segments, so that memory does not grow with their length.
        """
        found: list[list[Scored]] = [[] for _ in texts]
        waiting: list[tuple[int, int, Floats, Ints, Ints]] = []  # text, first token, scores, runs
        for number, (tokens, marks, kind) in enumerate(texts):
            for low, high in _parts(tokens):
                first, last = max(0, low - _MARGIN), min(len(tokens.raw), high + _MARGIN)
                scores = self.emissions(_slice(tokens, first, last), marks[first:last], kind)
                scores = scores[low - first : high - first]
                scores -= scores.max(axis=1, keepdims=True)
                waiting.append((number, low, scores, *_runs(scores, _slice(tokens, low, high))))
                if sum(len(part[2]) for part in waiting) > _PART:
                    self._read_all(waiting, floor, found)
                    waiting = []
        self._read_all(waiting, floor, found)
        for spans in found:
            spans.sort()
        return found

    def _read_all(
        self, parts: list[tuple[int, int, Floats, Ints, Ints]], floor: float, found: list[list[Scored]]
    ) -> None:
        """Read the runs of all parts together, the longest first, and give each span to its text."""
        if not parts:
            return
        bases = np.cumsum([0, *(len(part[2]) for part in parts)])
        scores = np.concatenate([part[2] for part in parts])
        starts = np.concatenate([part[3] + base for part, base in zip(parts, bases[:-1], strict=True)])
        ends = np.concatenate([part[4] + base for part, base in zip(parts, bases[:-1], strict=True)])
        order = np.argsort(starts - ends, kind="stable")
        starts, ends = starts[order], ends[order]
        for begin in range(0, len(starts), _BATCH):
            for one in self._read(
                scores, starts[begin : begin + _BATCH], ends[begin : begin + _BATCH], floor
            ):
                at = int(np.searchsorted(bases, one.first, side="right")) - 1
                number, low = parts[at][0], parts[at][1]
                move = low - int(bases[at])
                found[number].append(Scored(one.first + move, one.last + move, one.probability))

    def _read(self, scores: Floats, starts: Ints, ends: Ints, floor: float) -> list[Scored]:
        """Forward and backward over runs sorted by falling length; then the likely spans."""
        lengths = ends - starts
        longest = int(lengths[0])
        count = len(starts)
        place = starts[None, :] + np.arange(longest)[:, None]
        inside = place < ends[None, :]
        emitted = np.exp(scores[np.where(inside, place, 0)])  # (longest, count, 3)
        step = np.exp(self._transitions)
        alpha = np.zeros((longest, count, 3))
        beta = np.ones((longest, count, 3))
        scale = np.ones((longest, count))
        alpha[0] = emitted[0]
        alive = np.count_nonzero(inside, axis=1)
        for t in range(longest):
            n = int(alive[t])
            if t:
                alpha[t, :n] = (alpha[t - 1, :n] @ step) * emitted[t, :n]
            scale[t, :n] = alpha[t, :n].sum(axis=1)
            alpha[t, :n] /= scale[t, :n, None]
        for t in range(longest - 2, -1, -1):
            n = int(alive[t + 1])
            beta[t, :n] = ((emitted[t + 1, :n] * beta[t + 1, :n]) @ step.T) / scale[t + 1, :n, None]
        begun = alpha[:, :, 1] * beta[:, :, 1]
        found: list[Scored] = []
        places, runs = np.nonzero((begun >= floor) & inside)
        enter, stay = step[1, 2], step[2, 2]
        for t, run in zip(places.tolist(), runs.tolist(), strict=True):
            stop = min(int(lengths[run]), t + LONGEST + 1)
            here = slice(t, stop)
            # the share of paths that go on from token to token, and of those that leave after each
            on = emitted[here, run, 2] / scale[here, run]
            out = (emitted[here, run, :2] * beta[here, run, :2] / scale[here, run, None]) @ step[1:, :2].T
            on, out = on.tolist(), out.tolist()
            mass = float(alpha[t, run, 1])
            for u in range(stop - t):
                if u:
                    mass *= float(stay if u > 1 else enter) * on[u]
                ends_run = t + u + 1 == int(lengths[run])
                probability = mass if ends_run else mass * out[u + 1][min(u, 1)] if u + 1 < stop - t else 0.0
                if probability >= floor:
                    first = int(starts[run]) + t
                    found.append(Scored(first, first + u + 1, min(1.0, probability)))
                if mass < floor * 1e-3:
                    break
        return found
