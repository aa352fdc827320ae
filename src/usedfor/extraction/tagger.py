"""A trained linear-chain tagger: weights as tables, and the best labelling of a text.

A conditional random field (Lafferty, McCallum and Pereira, ICML 2001) scores a word by the sum of its
features' weights. Training (``train.py``) names the features; here their weights are summed once per word and
looked up, so that reading costs a few table look-ups a word. Decoding is Viterbi's, many sentences at once.
"""

from __future__ import annotations

import itertools
import lzma
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, cached_property
from importlib import resources

import numpy as np
import numpy.typing as npt

from usedfor.extraction.features import COLUMNS, Encoded
from usedfor.extraction.words import BIAS, OFFSETS, PARTS, Lexicon, Words, part_of, word_parts

__all__ = ["Model", "Tagger", "load", "read_model", "using", "write_model"]

SCALE = 100.0  # weights are kept as whole hundredths
_SURE = 600  # hundredths: a word this much outside, by its own features, is outside
_NEVER = -1_000_000
_BLOCK = 20_000  # words scored together

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


class Model:
    """Weights by name. ``labels`` are the tags; ``weights[feature]`` has one number a label."""

    def __init__(
        self,
        labels: list[str],
        transitions: Floats,
        weights: dict[str, list[float]],
        lexicon: Lexicon | None = None,
    ) -> None:
        self.labels = labels
        self.transitions = transitions
        self.weights = weights
        self.lexicon = lexicon or {}


def write_model(model: Model) -> bytes:
    """The model as bytes; the same model always gives the same bytes."""
    lines = ["\t".join(model.labels)]
    lines += ["\t".join(str(round(v * SCALE)) for v in row) for row in model.transitions]
    rows = []
    for name, values in model.weights.items():
        whole = [round(v * SCALE) for v in values]
        if any(whole):
            rows.append(name + "\t" + "\t".join(str(v) if v else "" for v in whole))
    lines += [str(len(rows)), *sorted(rows)]
    lines += [f"{word}\t{level}" for word, level in sorted(model.lexicon.items())]
    return lzma.compress("\n".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME)


class _Hundredths(dict[str, float]):
    """Numbers by their digits, each made once."""

    def __missing__(self, digits: str) -> float:
        number = self[digits] = int(digits) / SCALE if digits else 0.0
        return number


def read_model(data: bytes) -> Model:
    """The inverse of :func:`write_model`."""
    lines = lzma.decompress(data).decode().split("\n")
    labels = lines[0].split("\t")
    k = len(labels)
    transitions = np.array([[int(v) / SCALE for v in row.split("\t")] for row in lines[1 : k + 1]])
    count = int(lines[k + 1])
    weights = {}
    number = _Hundredths()
    for line in lines[k + 2 : k + 2 + count]:
        name, *values = line.rsplit("\t", k)
        weights[name] = [number[v] for v in values]
    lexicon = {}
    for line in lines[k + 2 + count :]:
        word, _, level = line.rpartition("\t")
        lexicon[word] = int(level)
    return Model(labels, transitions, weights, lexicon)


_instead: dict[str, Tagger] = {}


def load(name: str) -> Tagger:
    """The tagger ``models/<name>.xz`` of this package."""
    return _instead.get(name) or _packaged(name)


@cache
def _packaged(name: str) -> Tagger:
    file = resources.files("usedfor.extraction").joinpath("models", f"{name}.xz")
    return Tagger(read_model(file.read_bytes()))


@contextmanager
def using(taggers: Mapping[str, Tagger]) -> Iterator[None]:
    """Within it, ``load`` gives these in place of the package's: for cross-validation."""
    before = dict(_instead)
    _instead.update(taggers)
    try:
        yield
    finally:
        _instead.clear()
        _instead.update(before)


class Tagger:
    """Labels for the words of an encoded text. Weights are summed as whole hundredths, so that no sum depends
    on its order."""

    def __init__(self, model: Model) -> None:
        self.labels = model.labels
        self.lexicon = model.lexicon
        self.weights: Mapping[str, list[float]] = model.weights
        self._k = len(model.labels)
        self._steps: list[list[int]] = [[round(v * SCALE) for v in row] for row in model.transitions.tolist()]
        steps = np.array(self._steps, dtype=np.int64).reshape(self._k, self._k)
        # what a label can gain on another (row) by the step behind it
        self._gain: list[list[int]] = (steps[None] - steps[:, None]).max(axis=2).tolist()
        over = steps - steps[0, 0]  # what a step costs more than to stay outside
        self._entry = over[0, 1:]
        self._within = over[1:, 1:].max(axis=0, initial=_NEVER)
        self._exit = int(over[1:, 0].max(initial=_NEVER))

    @cached_property
    def _rows(self) -> Whole:
        """The weights of each feature, in the order of ``weights``; the last row is zeros."""
        rows = np.array([*self.weights.values(), [0.0] * self._k], dtype=np.float64)
        whole: Whole = np.rint(rows * SCALE).astype(np.int32)
        return whole

    @cached_property
    def _columns(self) -> tuple[Whole, Ints, Ints]:
        """One table for all columns: row ``first + code`` is what ``column:code`` names; a code over the
        column's last row means the row of zeros behind it. Then the last and the first row of each column."""
        found: dict[str, dict[int, int]] = {name: {} for name in COLUMNS}
        for row, name in enumerate(self.weights):
            column, colon, code = name.partition(":")
            if colon and column in found and code.isdigit():
                found[column][int(code)] = row
        sizes = [max(rows, default=-1) + 2 for rows in found.values()]
        firsts = [0, *itertools.accumulate(sizes)][:-1]
        places = [f + code for f, rows in zip(firsts, found.values(), strict=True) for code in rows]
        table = np.zeros((sum(sizes), self._k), np.int32)
        table[places] = self._rows[[row for rows in found.values() for row in rows.values()]]
        lasts = np.array(sizes, dtype=np.int64)[:, None] - 1
        return table, lasts, np.array(firsts, dtype=np.int64)[:, None]

    @cached_property
    def _parts(self) -> tuple[dict[tuple[str, str], int], Whole]:
        """What a kind of feature with a value adds to the words at each distance: row 0 is nothing."""
        known: dict[tuple[str, str], int] = {}
        places, rows = [], []
        for row, name in enumerate(self.weights):
            for kind, value, column in part_of(name):
                part = known.setdefault((kind, value), len(known) + 1)
                places.append(part * len(OFFSETS) + column)
                rows.append(row)
        table = np.zeros(((len(known) + 1) * len(OFFSETS), self._k), np.int32)
        table[places] = self._rows[rows]
        return known, table.reshape(-1, len(OFFSETS), self._k)

    @cached_property
    def _pairs(self) -> tuple[dict[str, int], Ints, Whole, Whole]:
        """Numbers of the words that stand in pairs; the pairs, sorted, as first << 32 | second; what each
        adds to its second and to its first word."""
        words: dict[str, int] = {}
        found: dict[int, list[int]] = {}
        for row, name in enumerate(self.weights):
            if name.startswith(("bg+=", "bg-=")):
                cut = name.index("_", 5)  # a word is a sign alone or has no "_"
                first, second = (words.setdefault(w, len(words) + 1) for w in (name[4:cut], name[cut + 1 :]))
                found.setdefault(first << 32 | second, [-1, -1])[name[2] == "+"] = row
        keys = sorted(found)
        rows = np.array([found[key] for key in keys], dtype=np.int64).reshape(-1, 2)
        return words, np.array(keys, dtype=np.int64), self._rows[rows[:, 0]], self._rows[rows[:, 1]]

    def _meet(self, encoded: Encoded) -> None:
        """Make the sums of the words of ``encoded`` that are new."""
        table = encoded.table
        if table is not self._table:
            self._table = table
            self._known = np.zeros((1024,), np.bool_)
            self._sums = np.zeros((1024, len(OFFSETS), self._k), np.int32)
            self._paired = np.zeros((1024,), np.int64)
        size = len(self._known)
        if size < len(table.words):
            more = max(2 * size, len(table.words)) - size
            self._known = np.concatenate((self._known, np.zeros(more, np.bool_)))
            self._sums = np.concatenate((self._sums, np.zeros((more, *self._sums.shape[1:]), np.int32)))
            self._paired = np.concatenate((self._paired, np.zeros(more, np.int64)))
        fresh = encoded.numbers[~self._known[encoded.numbers]]
        if not len(fresh):
            return
        rows, parts = self._parts
        bias = self.weights.get(BIAS, [0.0] * self._k)
        paired = self._pairs[0]
        numbers = sorted({0, *fresh.tolist()})
        levels = table.facts(np.array(numbers))[0].tolist()
        chosen = []
        for number, level in zip(numbers, levels, strict=True):
            named = word_parts(table.words[number], table.lower[number], level)
            found = [rows.get(part, 0) for part in named]
            chosen.append(found + [0] * (PARTS - len(found)))
            self._paired[number] = paired.get(table.lower[number], 0)
        sums = parts[np.array(chosen)].sum(axis=1, dtype=np.int32)
        sums[:, OFFSETS.index(0)] += np.array([round(v * SCALE) for v in bias], dtype=np.int32)
        if numbers[0] == 0:
            sums[0, OFFSETS.index(0)] = 0  # what is no word says nothing of itself
        self._sums[numbers] = sums
        self._known[numbers] = True

    _table: Words | None = None
    _known: npt.NDArray[np.bool_]
    _sums: Whole
    _paired: Ints

    def emissions(self, encoded: Encoded) -> Whole:
        """The score of every label at every word, neighbours' labels aside, in hundredths: shape (words,
        labels)."""
        return self.scores(encoded, 0, len(encoded.bounds) - 1)

    def scores(self, encoded: Encoded, low: int, high: int) -> Whole:
        """The same for the sentences ``low`` to before ``high``."""
        bounds = np.array(encoded.bounds[low : high + 1], dtype=np.int64)
        a, b = int(bounds[0]), int(bounds[-1])
        n = b - a
        if not n:
            return np.zeros((0, self._k), np.int32)
        self._meet(encoded)
        bounds -= a
        numbers = encoded.numbers[a:b]
        # the words with three that are none between sentences, so that no neighbour is of another sentence
        place = np.arange(3, n + 3) + np.arange(0, 3 * (high - low), 3).repeat(bounds[1:] - bounds[:-1])
        padded = np.zeros(n + 3 * (high - low) + 3, np.int64)
        padded[place] = numbers
        across = self._sums.reshape(-1, self._k)
        at = padded * len(OFFSETS)
        out: Whole = across.take(at[place] + OFFSETS.index(0), axis=0)
        for k, offset in enumerate(OFFSETS):
            if offset:
                out += across.take(at[place + offset] + k, axis=0)
        table, lasts, firsts = self._columns
        rows = np.minimum(encoded.codes(a, b), lasts)
        rows += firsts
        out += table.take(rows, axis=0).sum(axis=0, dtype=np.int32)
        self._add_pairs(out, numbers, bounds)
        return out

    def _add_pairs(self, out: Whole, numbers: Ints, bounds: Ints) -> None:
        words, keys, before, here = self._pairs
        if not len(keys):
            return
        paired = self._paired[numbers]
        first = np.empty(len(paired) + 1, np.int64)
        first[1:] = paired
        first[bounds] = words.get("<", 0)
        begins = np.zeros(len(paired) + 1, np.bool_)
        begins[bounds] = True
        # pair i is word i - 1 and word i; where a sentence begins, its edge and word i
        places = np.flatnonzero(first[:-1] * paired)
        if len(places):
            sought = first[places] << 32 | paired[places]
            at = np.minimum(keys.searchsorted(sought), len(keys) - 1)
            hit = keys[at] == sought
            places, at = places[hit], at[hit]
            out[places] += before[at]
            within = ~begins[places]
            out[places[within] - 1] += here[at[within]]
        last = paired[bounds[1:] - 1] << 32 | words.get(">", 0)
        at = np.minimum(keys.searchsorted(last), len(keys) - 1)
        hit = keys[at] == last
        out[bounds[1:][hit] - 1] += here[at[hit]]

    def tag(self, encoded: Encoded) -> list[int]:
        """The index of the best label of every word (Viterbi, sentence by sentence).

        A word far outside by its own score is outside whatever its neighbours are, so only runs of the other
        words are searched.
        """
        out = [0] * len(encoded.tokens)
        bounds = encoded.bounds
        low = 0
        while low < len(bounds) - 1:
            high = max(low + 1, bisect_right(bounds, bounds[low] + _BLOCK) - 1)
            self._tag(encoded, low, high, out)
            low = high
        return out

    def _tag(self, encoded: Encoded, low: int, high: int, out: list[int]) -> None:
        """Tag the sentences ``low`` to before ``high``: a block, so that memory stays flat."""
        scores = self.scores(encoded, low, high)
        base = encoded.bounds[low]
        bounds = np.array(encoded.bounds[low : high + 1], dtype=np.int64) - base
        places = np.flatnonzero(self._doubtful(scores, bounds))
        if not len(places):
            return
        open_ = places.tolist()
        rows = scores[places].tolist()
        edges = set(bounds.tolist())
        at = 0
        while at < len(open_):
            begin = at
            first = open_[at]
            last = first + 1
            at += 1
            while at < len(open_) and open_[at] == last and last not in edges:
                last += 1
                at += 1
            out[base + first : base + last] = self._best(rows[begin:at], first in edges, last in edges)

    def _doubtful(self, scores: Whole, bounds: Ints) -> npt.NDArray[np.bool_]:
        """Where a word may be inside. Elsewhere every labelling with the word inside loses to the same with
        O in place of the whole stretch inside: the best stretch around each word, its steps within taken for
        the best there are, is a sum along the text (Kadane's)."""
        gain = scores[:, 1:].astype(np.int64) - scores[:, :1]
        best = gain.max(axis=1)
        sure = best <= -_SURE
        first = (gain + self._entry).max(axis=1)
        first[bounds[:-1]] = best[bounds[:-1]]  # no step leads into the first word of a sentence
        within = (gain + self._within).max(axis=1)
        first[sure] = within[sure] = _NEVER
        total = within.cumsum()
        ended = total + self._exit
        ended[bounds[1:] - 1] = total[bounds[1:] - 1]
        # from the first word of a stretch to its last, this one between them
        stretch = np.maximum.accumulate(first - total) + np.maximum.accumulate(ended[::-1])[::-1]
        found: npt.NDArray[np.bool_] = (stretch >= 0) & ~sure
        return found

    def _best(self, scores: list[list[int]], begins: bool, ends: bool) -> list[int]:
        """The best labels of one run; O stands before and behind it, unless a sentence begins or ends. Of
        equal ones the first. A label that another beats by more than the next step can mend is left behind.
        """
        trans, gains = self._steps, self._gain
        span = range(self._k)
        best = scores[0] if begins else [s + t for s, t in zip(scores[0], trans[0], strict=True)]
        back: list[list[int]] = []
        for row in scores[1:]:
            top = max(best)
            lead = best.index(top)
            gain = gains[lead]
            live = [i for i in span if best[i] + gain[i] >= top]
            if len(live) == 1:
                back.append([lead] * self._k)
                best = [top + t + r for t, r in zip(trans[lead], row, strict=True)]
                continue
            now = [best[live[0]] + t for t in trans[live[0]]]
            choice = [live[0]] * self._k
            for i in live[1:]:
                value = best[i]
                for j, step in enumerate(trans[i]):
                    if value + step > now[j]:
                        now[j] = value + step
                        choice[j] = i
            back.append(choice)
            best = [a + b for a, b in zip(now, row, strict=True)]
        if not ends:
            best = [b + trans[j][0] for j, b in enumerate(best)]
        label = max(span, key=best.__getitem__)
        path = [label]
        for choice in reversed(back):
            label = choice[label]
            path.append(label)
        return path[::-1]
