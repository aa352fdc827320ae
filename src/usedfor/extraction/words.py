"""Words by number: what a word gives the tagger wherever it stands.

A word's features are named once here, for training; reading sums their weights by part (``part_of``).
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from usedfor.extraction.tokens import lower

__all__ = [
    "BIAS",
    "OFFSETS",
    "PAD",
    "PARTS",
    "Ints",
    "Lexicon",
    "Words",
    "part_of",
    "shape",
    "word_features",
    "word_parts",
    "words_for",
]

Ints = npt.NDArray[np.int64]
Lexicon = dict[str, int]

PAD = ""
OFFSETS = (-3, -2, -1, 0, 1, 2, 3)


@functools.lru_cache(maxsize=200_000)
def shape(word: str) -> str:
    """A word's look: x, X, Xx, xX, 0, x0 or the sign itself."""
    if word.isdigit() or (word[:1].isdigit() and not word.isalpha()):
        return "0"
    if not word[:1].isalpha():
        return word if word in "()[],.;:-/%" else "."
    if word.islower():
        return "x"
    if len(word) == 1:
        return "A"
    if word.isupper():
        return "XX"
    if word[0].isupper() and word[1:].islower():
        return "Xx"
    return "xX"


# What a word says of itself and of its neighbours: kind of feature -> the distances at which it counts.
# The name of a feature is kind, distance (none for 0), "=", value.
_PLACES = {
    "w": OFFSETS,
    "sh": (-2, -1, 0, 1, 2),
    "lx": OFFSETS,
    "e3": (-1, 1),
    "lxs": (0,),
    "e2": (0,),
    "e3 ": (0,),  # of long words alone; named e3 too
    "e4": (0,),
    "b3": (0,),
    "b5": (0,),
}
BIAS = "bias"
PARTS = len(_PLACES)  # the most a word has


def word_parts(word: str, lower: str, level: int) -> list[tuple[str, str]]:
    """The kinds of feature a word has, with their values."""
    if word == PAD:
        return [("w", "<>")]
    look = shape(word)
    if look == "0":
        lower = "0"
    parts = [("w", lower), ("sh", look), ("lx", str(level)), ("e3", lower[-3:]), ("lxs", f"{level}{look}")]
    if len(lower) > 3 and lower.isalpha():
        parts += [("e2", lower[-2:]), ("e3 ", lower[-3:]), ("e4", lower[-4:])]
        parts += [("b3", lower[:3]), ("b5", lower[:5])]
    return parts


def _name(kind: str, offset: int, value: str) -> str:
    return f"{kind.strip()}{offset or ''}={value}"


def word_features(word: str, lower: str, level: int) -> dict[int, tuple[str, ...]]:
    """The features a word gives by its distance from the word looked at (0, -1, 1 ...)."""
    out: dict[int, list[str]] = {offset: [] for offset in OFFSETS}
    if word != PAD:
        out[0].append(BIAS)
    for kind, value in word_parts(word, lower, level):
        for offset in _PLACES[kind]:
            if word != PAD or offset:
                out[offset].append(_name(kind, offset, value))
    return {offset: tuple(names) for offset, names in out.items()}


def part_of(feature: str) -> list[tuple[str, str, int]]:
    """The inverse: the kinds, the value and the place in ``OFFSETS`` of the distance for which a word's
    feature stands; [] for others."""
    name, _, value = feature.partition("=")
    found = _PARTS_OF.get(name)
    return [(kind, value, column) for kind, column in found] if found else []


_PARTS_OF: dict[str, list[tuple[str, int]]] = {}
for _kind, _at in _PLACES.items():
    for _offset in _at:
        _PARTS_OF.setdefault(_name(_kind, _offset, "")[:-1], []).append((_kind, OFFSETS.index(_offset)))


class Words:
    """The words met so far, numbered, with what is the same wherever they stand.

    A text becomes a row of numbers; everything else is looked up by number. Full at ``FULL`` words: then a
    new table is begun, so that memory stays flat.
    """

    FULL = 50_000

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.number: dict[str, int] = {}
        self.words: list[str] = []
        self.lower: list[str] = []
        self._low: dict[str, int] = {PAD: 0}
        self._facts: Ints = np.zeros((3, 1024), np.int64)  # level, number of the lower-case form, marks
        self.numbers([PAD])

    def numbers(self, words: list[str]) -> list[int]:
        """The number of each word; number 0 is no word."""
        get = self.number.get
        found = list(map(get, words))
        if None in found:
            for word in words:
                if word not in self.number:
                    self._add(word)
            found = list(map(get, words))
        return found  # type: ignore[return-value]

    def _add(self, word: str) -> None:
        n = self.number[word] = len(self.words)
        low = lower(word)
        self.words.append(word)
        self.lower.append(low)
        if n >= self._facts.shape[1]:
            self._facts = np.concatenate((self._facts, np.zeros_like(self._facts)), axis=1)
        self._facts[:, n] = (
            self.lexicon.get(low, 0),
            self._low.setdefault(low, len(self._low)),
            _MARKS.get(low, 0),
        )

    def facts(self, numbers: Ints) -> Ints:
        """Rows: level in the lexicon, number of the lower-case form, mark of a bracket; one column a word."""
        found: Ints = self._facts.take(numbers, axis=1)
        return found


_MARKS = {"(": 1, "[": 2, ")": 3, "]": 3}
_words: list[Words] = []  # the table in use


def words_for(lexicon: Lexicon) -> Words:
    """The table in use for this lexicon, begun anew when it is full."""
    if not _words or _words[0].lexicon is not lexicon or len(_words[0].words) > Words.FULL:
        _words[:] = [Words(lexicon)]
    return _words[0]
