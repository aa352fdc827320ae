"""The scores of the reaction tagger's labels at every token, from tables of summed weights.

Only differences between labels count, so a weight is kept as what it gives B and I over O, in whole 1/256.
Both stand in one integer, B in the upper half: ``pack``. Sums of packed weights are packed sums, exact, and
a text's scores are sums of a few arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from usedfor.extraction import reactions_features as features
from usedfor.extraction.reactions_tokens import CUES, Ints, Tokens, cues_around
from usedfor.extraction.reactions_words import Lexicon

__all__ = ["KINDS", "PAD", "Batch", "Piece", "Scores", "unpack"]

KINDS = ("a", "w", "b")
PAD = 4  # tokens that are no tokens between two texts: as far as features reach

_CACHE = 60_000  # words kept; then the table starts anew
_BAGS = ("l", "r")
_PARTS = 7  # the most a word has
_HALF = 1 << 32
_MIX = 0x9E3779B97F4A7C15 - (1 << 64)  # Fibonacci hashing (Knuth, vol. 3, 6.4)


def pack(weight: Sequence[int]) -> int:
    """What a weight (O, B, I) gives B and I over O."""
    o, b, i = weight
    return (b - o) * _HALF + (i - o)


def unpack(total: Ints) -> tuple[Ints, Ints]:
    """The sums for B and for I of packed sums."""
    inside = ((total + (_HALF >> 1)) & (_HALF - 1)) - (_HALF >> 1)
    return (total - inside) >> 32, inside


class Piece(NamedTuple):
    """Tokens from ``first`` to before ``last`` of a text, its dictionary marks, and the kind of passage."""

    tokens: Tokens
    marks: Ints
    kind: str
    first: int
    last: int


class Batch(NamedTuple):
    """Pieces end to end, ``PAD`` places before each and behind the last; ``bases``: where each begins."""

    bases: list[int]
    segment_starts: Ints
    segment_ends: Ints
    total: Ints  # packed scores


class _Pairs:
    """Weights of pairs of words, found by hashing with linear probing."""

    def __init__(self, weights: Mapping[str, int]) -> None:
        found: dict[tuple[str, str], list[int]] = {}
        for name, weight in weights.items():
            if name[0] == "b" and "=" in name:
                where, _, pair = name.partition("=")
                first, _, second = pair.partition(" ")
                row = found.setdefault((first, second), [0] * len(features.PAIRS))
                row[features.PAIRS.index(int(where[1:]))] = weight
        vocabulary = sorted({word for pair in found for word in pair})
        self.words = {word: number for number, word in enumerate(vocabulary, 1)}
        self._base = len(vocabulary) + 1
        bits = (16 * len(found) + 16).bit_length()
        self._shift, self._last = 64 - bits, (1 << bits) - 1
        self._keys = np.array([-1, *(self._key(a, b) for a, b in found)], dtype=np.int64)
        self.table = np.array([[0] * len(features.PAIRS), *found.values()], dtype=np.int64).T.copy()
        self._slots = np.zeros(1 << bits, dtype=np.int64)
        for number, slot in enumerate(self._hash(self._keys[1:]).tolist(), 1):
            while self._slots[slot]:
                slot = (slot + 1) & self._last
            self._slots[slot] = number

    def _key(self, first: str, second: str) -> int:
        return self.words[first] * self._base + self.words[second]

    def _hash(self, keys: Ints) -> Ints:
        mixed = (keys * np.int64(_MIX)).view(np.uint64) >> np.uint64(self._shift)
        return mixed.view(np.int64)

    def rows(self, ids: Ints) -> Ints:
        """For each word and the next the row of their weights; row 0 is of no pair."""
        keys = ids[:-1] * self._base + ids[1:]
        keys[(ids[:-1] == 0) | (ids[1:] == 0)] = -2
        at = self._hash(keys)
        rows = self._slots[at]
        open_ = ((rows > 0) & (self._keys[rows] != keys)).nonzero()[0]
        while len(open_):
            at[open_] = (at[open_] + 1) & self._last
            rows[open_] = self._slots[at[open_]]
            here = rows[open_]
            open_ = open_[(here > 0) & (self._keys[here] != keys[open_])]
        return rows


class Scores:
    """The sums of ``weights`` (O, B, I) for words, pairs, marks, gaps and cues."""

    def __init__(self, weights: Mapping[str, Sequence[int]]) -> None:
        self._weights = {name: pack(weight) for name, weight in weights.items()}
        self._pairs = _Pairs(self._weights)
        self._part_rows, self._parts = self._by_part()
        triples = [(a, b, c) for a in range(6) for b in range(6) for c in range(6)]
        self._marks = self._sums(features.mark_features(*t, kind) for kind in KINDS for t in triples)
        gaps = [(a, b, mark) for a in range(4) for b in range(4) for mark in range(2)]
        self._gaps = self._sums(features.gap_features(*one) for one in gaps)
        told, bits = range(4 * (len(CUES) + 1)), range(0, 2 << len(CUES), 2)
        self._cues = self._sums(features.cue_features(a, b, 0, m) for a in told for b in told for m in (0, 1))
        nothing = self._sums(features.cue_features(0, 0, 0, m) for m in (0, 1))
        present = self._sums(features.cue_features(0, 0, p, m) for p in bits for m in (0, 1))
        self._present = present - np.tile(nothing, len(bits))
        self._lexicon: object = None
        self._row_of: Ints = np.zeros(0, dtype=np.int64)
        self._table: Ints = np.zeros((len(features.OFFSETS) + 3, 4096), dtype=np.int64)
        self._rows = 0

    def total(self, names: Iterable[str]) -> int:
        """The packed sum of the weights of features."""
        get = self._weights.get
        return sum(get(name, 0) for name in names)

    def _sums(self, features_of: Iterable[Iterable[str]]) -> Ints:
        return np.array([self.total(names) for names in features_of], dtype=np.int64)

    def _look(self, lexicon: Lexicon, numbers: Ints) -> Ints:
        """The columns of the word table for the words ``numbers`` of ``lexicon``."""
        if lexicon.key is not self._lexicon:
            self._lexicon = lexicon.key
            self._row_of = np.zeros(0, dtype=np.int64)
        if len(lexicon.words) > len(self._row_of):
            more = np.full(len(lexicon.words) + 4096 - len(self._row_of), -1, dtype=np.int64)
            self._row_of = np.concatenate([self._row_of, more])
        if not len(self._row_of) or self._row_of[0] < 0:
            self._forget()
        rows = self._row_of[numbers]
        if rows.min() < 0:
            new = np.unique(numbers[rows < 0])
            if self._rows + len(new) > _CACHE:
                self._forget()
                new = np.unique(numbers[numbers > 0])
            self._add(lexicon, new)
            rows = self._row_of[numbers]
        return self._table.take(rows, axis=1)

    def _forget(self) -> None:
        """Start anew; row 0 is of no word."""
        self._row_of[:] = -1
        self._row_of[0] = 0
        self._rows = 1

    def _by_part(self) -> tuple[dict[tuple[str, str], int], Ints]:
        """What a kind of feature with a value adds at each offset, and to the bags left and right of it: the
        row of each, and the rows. Row 0 is of none."""
        rows: dict[tuple[str, str], int] = {}
        columns = {str(offset): column for column, offset in enumerate(features.OFFSETS)}
        places, values = [], []
        for name, weight in self._weights.items():
            head, _, value = name.partition("=")
            kind, column = head[:1], columns.get(head[1:])
            if head in _BAGS:
                kind, column = "bag", len(columns) + _BAGS.index(head)
            elif kind not in features.WORD_KINDS or column is None:
                continue
            places.append((rows.setdefault((kind, value), len(rows) + 1), column))
            values.append(weight)
        table = np.zeros((len(rows) + 1, len(columns) + len(_BAGS)), dtype=np.int64)
        if places:
            table[tuple(zip(*places, strict=True))] = values
        return rows, table

    def _add(self, lexicon: Lexicon, numbers: Ints) -> None:
        """Rows of the weights of words, by their numbers in ``lexicon``."""
        first, last = self._rows, self._rows + len(numbers)
        if last > self._table.shape[1]:
            more = np.zeros((len(self._table), max(last, 2 * self._table.shape[1])), dtype=np.int64)
            more[:, :first] = self._table[:, :first]
            self._table = more
        parts = np.zeros((len(numbers), _PARTS), dtype=np.int64)
        paired = []
        row_of = self._part_rows.get
        for at, number in enumerate(numbers.tolist()):
            raw = lexicon.words[number]
            word = raw.lower()
            named = [*features.word_parts(word), ("h", features.shape(raw))]
            if features.bag_features("l", word):
                named.append(("bag", word))
            parts[at, : len(named)] = [row_of(part, 0) for part in named]
            paired.append(self._pairs.words.get(word, 0))
        self._table[:-1, first:last] = self._parts[parts].sum(axis=1).T
        self._table[-1, first:last] = paired
        self._row_of[numbers] = np.arange(first, last)
        self._rows = last

    def read(self, pieces: Sequence[Piece]) -> Batch:
        """The scores of pieces, whose tokens have one lexicon."""
        sizes = [piece.last - piece.first for piece in pieces]
        bases = np.cumsum([PAD, *(size + PAD for size in sizes)]).tolist()
        count = bases[-1]
        here = np.arange(count)
        starts, ends = here.copy(), here + 1
        numbers, cues, marks, kinds, gaps = np.zeros((5, count + 1), dtype=np.int64)
        gaps[:] = 3
        for (tokens, marked, kind, first, last), base, size in zip(pieces, bases, sizes, strict=False):
            to, of = slice(base, base + size), slice(first, last)
            np.clip(tokens.segment_starts[of] + (base - first), base, None, out=starts[to])
            np.clip(tokens.segment_ends[of] + (base - first), None, base + size, out=ends[to])
            numbers[to] = tokens.numbers[of]
            cues[to] = tokens.cues[of]
            gaps[to] = tokens.gaps[of]
            marks[to] = marked[of]
            kinds[to] = KINDS.index(kind)
        words = self._look(pieces[0].tokens.lexicon, numbers[:-1])
        total = np.zeros(count, dtype=np.int64)
        for offset, block in zip(features.OFFSETS, words, strict=False):
            _add_shifted(total, block, offset)
        left, right, ids = words[-3], words[-2], words[-1]
        sums = np.zeros((2, count + 1), dtype=np.int64)
        np.cumsum(left, out=sums[0, 1:])
        np.cumsum(right, out=sums[1, 1:])
        total += sums[0, :-1] - sums[0][np.maximum(starts, here - features.LEFT)]
        total += sums[1][np.minimum(ends, here + 1 + features.RIGHT)] - sums[1, 1:]
        rows = self._pairs.rows(ids)
        for number, pair in enumerate(features.PAIRS):
            _add_shifted(total, self._pairs.table[number][rows], pair)
        marked = (marks > 0).astype(np.int64)[:-1]
        total += self._gaps[8 * gaps[:-1] + 2 * gaps[1:] + marked]
        around = cues_around(cues[:-1], starts, ends)
        told = 4 * (len(CUES) + 1)
        total += self._cues[2 * (told * around.last + around.following) + marked]
        total += self._present[around.present + marked]
        before = np.concatenate([marks[-1:], marks[:-2]])
        total += self._marks[216 * kinds[:-1] + 36 * before + 6 * marks[:-1] + marks[1:]]
        return Batch(bases[:-1], starts, ends, total)


def _add_shifted(total: Ints, block: Ints, offset: int) -> None:
    """Add to each place what ``block`` has ``offset`` places on."""
    low, high = max(0, -offset), min(len(total), len(block) - offset)
    if high > low:
        total[low:high] += block[low + offset : high + offset]
