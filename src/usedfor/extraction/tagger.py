"""A trained linear-chain tagger: weights as tables, and the best labelling of a text.

A conditional random field (Lafferty, McCallum and Pereira, ICML 2001) scores a word by the sum of its
features' weights. Training (``train.py``) names the features; here their weights are summed once per word and
looked up, so that reading costs a few table look-ups a word. Decoding is Viterbi's, many sentences at once.
"""

from __future__ import annotations

import itertools
import lzma
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from usedfor.extraction.features import OFFSETS, PAD, Encoded, Lexicon, word_features
from usedfor.extraction.tokens import lower

__all__ = ["Model", "Tagger", "load", "read_model", "using", "write_model"]

SCALE = 100.0  # weights are kept as whole hundredths
_CACHE = 50_000  # words whose sums are kept; then the table starts anew
_SURE = 6.0  # a word this much outside, by its own features, is outside

Floats = npt.NDArray[np.float64]


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


def read_model(data: bytes) -> Model:
    """The inverse of :func:`write_model`."""
    lines = lzma.decompress(data).decode().split("\n")
    labels = lines[0].split("\t")
    k = len(labels)
    transitions = np.array([[int(v) / SCALE for v in row.split("\t")] for row in lines[1 : k + 1]])
    count = int(lines[k + 1])
    weights = {}
    for line in lines[k + 2 : k + 2 + count]:
        name, *values = line.rsplit("\t", k)
        weights[name] = [int(v) / SCALE if v else 0.0 for v in values]
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
    """Labels for the words of an encoded text."""

    def __init__(self, model: Model) -> None:
        self.labels = model.labels
        self.lexicon = model.lexicon
        self._k = len(model.labels)
        self._steps: list[list[float]] = model.transitions.tolist()
        self._from = [list(range(1, self._k)) for _ in range(self._k)]
        self.weights: Mapping[str, list[float]] = model.weights
        self._weights: Mapping[str, Floats] = {n: np.array(v) for n, v in model.weights.items()}
        self._zero = np.zeros(self._k)
        self._columns = self._tables(model.weights)
        self._pairs = {n[4:]: np.array(v) for n, v in model.weights.items() if n.startswith("bg+=")}
        self._pairs_before = {n[4:]: np.array(v) for n, v in model.weights.items() if n.startswith("bg-=")}
        self._clear()

    def _tables(self, weights: Mapping[str, list[float]]) -> dict[str, Floats]:
        """One dense table a column: row = code, as ``column:code`` names it."""
        found: dict[str, dict[int, list[float]]] = {}
        for name, values in weights.items():
            column, colon, code = name.partition(":")
            if colon and code.isdigit() and "=" not in column:
                found.setdefault(column, {})[int(code)] = values
        tables = {}
        for column, rows in found.items():
            table = np.zeros((max(rows) + 2, self._k))
            for row, values in rows.items():
                table[row] = values
            tables[column] = table
        return tables

    def _clear(self) -> None:
        self._row: dict[tuple[str, int], int] = {}
        self._sums = np.zeros((1024, len(OFFSETS), self._k))

    def _rows(self, encoded: Encoded) -> npt.NDArray[np.int64]:
        """For each word the row of its sums."""
        if len(self._row) > _CACHE:
            self._clear()
        rows = []
        known = self._row
        tokens = encoded.tokens
        for key in zip(tokens.words, encoded.levels.tolist(), strict=True):
            row = known.get(key)
            if row is None:
                row = self._add(key)
            rows.append(row)
        return np.array(rows, dtype=np.int64)

    def _add(self, key: tuple[str, int]) -> int:
        row = self._row[key] = len(self._row)
        if row >= len(self._sums):
            self._sums = np.concatenate((self._sums, np.zeros_like(self._sums)))
        features = word_features(key[0], lower(key[0]), key[1])
        for n, offset in enumerate(OFFSETS):
            total = self._sums[row, n]
            total[:] = 0
            for name in features[offset]:
                weight = self._weights.get(name)
                if weight is not None:
                    total += weight
        return row

    def emissions(self, encoded: Encoded) -> Floats:
        """The score of every label at every word, neighbours' labels aside: shape (words, labels)."""
        n = len(encoded.tokens)
        out = np.zeros((n, self._k))
        if not n:
            return out
        rows = self._rows(encoded)
        pad = self._row.get((PAD, 0))
        if pad is None:
            pad = self._add((PAD, 0))
        bounds = np.array(encoded.bounds, dtype=np.int64)
        sentence = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
        first, last = bounds[sentence], bounds[sentence + 1] - 1
        place = np.arange(n)
        for k, offset in enumerate(OFFSETS):
            at = place + offset
            inside = (at >= first) & (at <= last)
            out += self._sums[np.where(inside, rows[np.clip(at, 0, n - 1)], pad), k]
        words = encoded.tokens.lower
        here, before = self._pairs, self._pairs_before
        for a, b in itertools.pairwise(encoded.bounds):
            one = "<"
            for i in range(a, b):
                pair = f"{one}_{words[i]}"
                one = words[i]
                if pair in before:
                    out[i] += before[pair]
                if i > a and pair in here:
                    out[i - 1] += here[pair]
            if f"{one}_>" in here:
                out[b - 1] += here[f"{one}_>"]
        for column, table in self._columns.items():
            out += table[np.minimum(encoded.columns[column], len(table) - 1)]
        return out

    def tag(self, encoded: Encoded) -> list[int]:
        """The index of the best label of every word (Viterbi, sentence by sentence).

        A word far outside by its own score is outside whatever its neighbours are, so only runs of the other
        words are searched.
        """
        n = len(encoded.tokens)
        out = [0] * n
        if not n:
            return out
        scores = self.emissions(encoded)
        margin = scores[:, 0] - scores[:, 1:].max(axis=1)
        open_ = np.flatnonzero(margin < _SURE).tolist()
        edges = set(encoded.bounds)
        at = 0
        while at < len(open_):
            first = open_[at]
            last = first + 1
            at += 1
            while at < len(open_) and open_[at] == last and last not in edges:
                last += 1
                at += 1
            begins = first in edges
            out[first:last] = self._best(scores[first:last].tolist(), begins, last in edges)
        return out

    def _best(self, scores: list[list[float]], begins: bool, ends: bool) -> list[int]:
        """The best labels of one run; O stands before and behind it, unless a sentence begins or ends."""
        trans = self._steps
        span = range(self._k)
        best = scores[0] if begins else [s + t for s, t in zip(scores[0], trans[0], strict=True)]
        back: list[list[int]] = []
        for row in scores[1:]:
            now = []
            choice = []
            for j in span:
                top, where = best[0] + trans[0][j], 0
                for i in self._from[j]:
                    value = best[i] + trans[i][j]
                    if value > top:
                        top, where = value, i
                now.append(top + row[j])
                choice.append(where)
            back.append(choice)
            best = now
        if not ends:
            best = [b + trans[j][0] for j, b in enumerate(best)]
        label = max(span, key=best.__getitem__)
        path = [label]
        for choice in reversed(back):
            label = choice[label]
            path.append(label)
        return path[::-1]
