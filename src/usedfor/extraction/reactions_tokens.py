"""Tokens, segments and dictionary marks: what the reaction tagger sees of a text.

All arrays have one entry per token; offsets are code points of the original text. Line breaks
and wide gaps are told where a text has them; openFDA's texts stand on one line, and are read without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from usedfor.extraction.rulebook import read_rules

__all__ = ["CUES", "Ints", "Surroundings", "Tokens", "dictionary_marks", "surroundings", "tokenise"]

Ints = npt.NDArray[np.int64]

SEGMENT_LIMIT = 160  # tokens; a longer run without a break is cut, so that the time stays linear

# Each match takes the white space before the token too, so that lengths add up to places without a loop.
_TOKEN = re.compile(r"\s*(?:[^\W\d_]+|\d+(?:[.,]\d+)*|\S)")
_STOP, _CAPITAL, _BULLET = 1, 2, 4


class Tokens(NamedTuple):
    """The tokens of a text: runs of letters, numbers, single signs."""

    starts: Ints
    ends: Ints
    raw: list[str]  # as they stand, but every number is "0"
    cues: Ints  # the class of a cue word, by the order of the rules' names, from 1; 0 for other words
    gaps: Ints  # before each token: 0 nothing, 1 space, 2 a wide space, 3 a line break
    segment_starts: Ints  # per token: index of the first token of its segment
    segment_ends: Ints  # per token: index behind the last token of its segment

    @property
    def words(self) -> list[str]:
        """The tokens in lower case."""
        return [word.lower() for word in self.raw]


class _Flags(dict[str, int]):
    """What a token means for segments, worked out when it is met first."""

    def __missing__(self, word: str) -> int:
        flags = _STOP * (word in ".!?") | _CAPITAL * word[0].isupper() | _BULLET * (word in "•●▪■◦‣○□➢►")
        if len(self) > 100_000:
            self.clear()
        self[word] = flags
        return flags


class _Cues(dict[str, int]):
    """The class of a word as it stands, worked out when it is met first."""

    def __init__(self) -> None:
        super().__init__()
        classes = read_rules("reactions")["cues"]
        self.names = tuple(sorted(classes))
        self._lower = {word: number for number, name in enumerate(self.names, 1) for word in classes[name]}

    def __missing__(self, word: str) -> int:
        if len(self) > 100_000:
            self.clear()
        cue = self[word] = self._lower.get(word.lower(), 0)
        return cue


class _Plain(dict[str, str]):
    """Tokens as the tagger knows them: numbers are "0"."""

    def __missing__(self, word: str) -> str:
        plain = "0" if word[0].isdecimal() else word
        if len(self) > 100_000:
            self.clear()
        self[word] = plain
        return plain


_FLAGS = _Flags()
_PLAIN = _Plain()
_CUES = _Cues()
CUES = _CUES.names


def tokenise(text: str) -> Tokens:
    """Split ``text`` into tokens, and those into segments at ends of sentences and lines; linear."""
    pieces = _TOKEN.findall(text.rstrip())  # white space at the end would be tried from each place
    count = len(pieces)
    bare = list(map(str.lstrip, pieces))
    ends = np.fromiter(accumulate(map(len, pieces)), dtype=np.int64, count=count)
    starts = ends - np.fromiter(map(len, bare), dtype=np.int64, count=count)
    raw = list(map(_PLAIN.__getitem__, bare))
    flags = np.fromiter(map(_FLAGS.__getitem__, raw), dtype=np.int64, count=count)
    gaps = np.array([0, 1, 1, 2])[np.minimum(starts - np.concatenate([[0], ends])[:count], 3)]
    breaks = np.array([m.start() for m in re.finditer("\n", text)], dtype=np.int64)
    behind = np.searchsorted(starts, breaks)
    gaps[behind[behind < count]] = 3
    begins = ((flags & _BULLET) > 0) | (gaps == 3)
    begins[1:] |= ((flags[:-1] & _STOP) > 0) & ((flags[1:] & _CAPITAL) > 0) & (ends[:-1] < starts[1:])
    begins[:1] = True
    segment_starts, segment_ends = _segments(np.flatnonzero(begins), count)
    cues = np.fromiter(map(_CUES.__getitem__, raw), dtype=np.int64, count=count)
    return Tokens(starts, ends, raw, cues, gaps, segment_starts, segment_ends)


def _segments(begins: Ints, count: int) -> tuple[Ints, Ints]:
    """First and last token of each token's segment; longer segments are cut into equal parts."""
    if not count:
        return begins, begins
    lengths = np.diff(np.append(begins, count))
    parts = -(-lengths // SEGMENT_LIMIT)
    first = np.repeat(begins, parts)
    inner = np.arange(len(first)) - np.repeat(np.cumsum(parts) - parts, parts)
    first = first + inner * SEGMENT_LIMIT
    lengths = np.diff(np.append(first, count))
    return np.repeat(first, lengths), np.repeat(first + lengths, lengths)


def dictionary_marks(tokens: Tokens, mentions: Iterable[tuple[int, int]]) -> Ints:
    """Where the tokens stand in dictionary mentions: 0 outside, 1 alone, 2 first, 3 inside, 4 last.

    5 is an abbreviation that the text explains in brackets, "myocardial infarction (MI)", wherever it stands.
    ``mentions`` are (start, end) in code points and do not overlap.
    """
    marks = np.zeros(len(tokens.raw), dtype=np.int64)
    bounds = np.array(list(mentions), dtype=np.int64).reshape(-1, 2)
    low = np.searchsorted(tokens.starts, bounds[:, 0])
    last = np.searchsorted(tokens.ends, bounds[:, 1], side="right") - 1
    low, last = low[last >= low], last[last >= low]
    for a, b in zip(low[last - low > 1].tolist(), last[last - low > 1].tolist(), strict=True):
        marks[a:b] = 3
    marks[low] = 2
    marks[last] = 4
    marks[low[last == low]] = 1
    short = _abbreviations(tokens.raw)
    if short:
        for i, word in enumerate(tokens.raw):
            if word in short:
                marks[i] = 5
    return marks


def _abbreviations(raw: list[str]) -> set[str]:
    """The capitals in brackets that begin the words before them."""
    found: set[str] = set()
    at = -1
    while True:
        try:
            at = raw.index("(", at + 1)
        except ValueError:
            return found
        word = raw[at + 1] if at + 2 < len(raw) and raw[at + 2] == ")" else ""
        letters = word.rstrip("s")
        if 2 <= len(letters) <= 6 and letters.isupper():
            initials = "".join(w[0].lower() for w in raw[max(0, at - 2 * len(letters)) : at] if w.isalpha())
            if _within(letters.lower(), initials):
                found.add(word)


def _within(letters: str, initials: str) -> bool:
    """Whether the letters stand in the initials in order, the first and most of them at least."""
    at = initials.find(letters[0])
    if at < 0:
        return False
    rest = iter(initials[at + 1 :])
    matched = 1 + sum(letter in rest for letter in letters[1:])
    return matched >= max(2, len(letters) - 1)


class Surroundings(NamedTuple):
    """Per token: the cue before and behind it in its segment, and the segment's cues as bits."""

    last: Ints  # class * 4 + distance: 0 next to it, 1 up to 3, 2 up to 8, 3 farther; 0 without a cue
    following: Ints
    present: Ints


def surroundings(tokens: Tokens) -> Surroundings:
    """The cues around every token."""
    count = len(tokens.raw)
    if not count:
        return Surroundings(tokens.starts, tokens.starts, tokens.starts)
    here = np.arange(count)
    cued = tokens.cues > 0
    before = np.maximum.accumulate(np.where(cued, here, -1))
    before = np.concatenate([[-1], before[:-1]])
    behind = np.minimum.accumulate(np.where(cued, here, count)[::-1])[::-1]
    behind = np.concatenate([behind[1:], [count]])
    distance = _DISTANCE[np.minimum(here - before, 9)]
    last = np.where(before >= tokens.segment_starts, tokens.cues[before] * 4 + distance, 0)
    inside = behind < tokens.segment_ends
    cue = tokens.cues[np.where(inside, behind, 0)]
    following = np.where(inside, cue * 4 + _DISTANCE[np.minimum(behind - here, 9)], 0)
    bits = np.where(cued, np.left_shift(1, tokens.cues), 0)
    starts = np.unique(tokens.segment_starts)
    lengths = np.diff(np.append(starts, count))
    present = np.repeat(np.bitwise_or.reduceat(bits, starts), lengths)
    return Surroundings(last, following, present)


_DISTANCE = np.array([0, 0, 1, 1, 2, 2, 2, 2, 2, 3])
