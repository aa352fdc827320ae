"""Tokens, segments and dictionary marks: what the reaction tagger sees of a text.

All arrays have one entry per token; offsets are code points of the original text. Nothing looks at line
breaks, so that a label whose text was put on one line reads the same as one with its layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Ints", "Tokens", "dictionary_marks", "tokenise"]

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


def tokenise(text: str) -> Tokens:
    """Split ``text`` into tokens, and those into segments at sentences' ends and bullets; linear."""
    pieces = _TOKEN.findall(text)
    count = len(pieces)
    bare = list(map(str.lstrip, pieces))
    ends = np.fromiter(accumulate(map(len, pieces)), dtype=np.int64, count=count)
    starts = ends - np.fromiter(map(len, bare), dtype=np.int64, count=count)
    raw = list(map(_PLAIN.__getitem__, bare))
    flags = np.fromiter(map(_FLAGS.__getitem__, raw), dtype=np.int64, count=count)
    begins = (flags & _BULLET) > 0
    begins[1:] |= ((flags[:-1] & _STOP) > 0) & ((flags[1:] & _CAPITAL) > 0) & (ends[:-1] < starts[1:])
    begins[:1] = True
    segment_starts, segment_ends = _segments(np.flatnonzero(begins), count)
    return Tokens(starts, ends, raw, segment_starts, segment_ends)


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
    return marks
