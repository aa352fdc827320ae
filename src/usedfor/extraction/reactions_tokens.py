"""Tokens, segments and dictionary marks: what the reaction tagger sees of a text.

All arrays have one entry per token; offsets are code points of the original text. Line breaks
and wide gaps are told where a text has them; openFDA's texts stand on one line, and are read without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from usedfor.extraction.reactions_words import BULLET, CAPITAL, CUES, STOP, Ints, Lexicon, lexicon

__all__ = [
    "CUES",
    "Ints",
    "Surroundings",
    "Tokens",
    "cues_around",
    "dictionary_marks",
    "surroundings",
    "tokenise",
]

SEGMENT_LIMIT = 160  # tokens; a longer run without a break is cut, so that the time stays linear

# Each match takes the white space before the token too, so that lengths add up to places without a loop.
_TOKEN = re.compile(
    r"\s*(?:[A-Za-z]+(?:[^\W\d_A-Za-z][^\W\d_]*)?|[^\W\d_A-Za-z][^\W\d_]*|\d+(?:[.,]\d+)*|\S)"
)
# The same for ASCII, where a set of characters is quicker than a class of Unicode's.
_ASCII_TOKEN = re.compile(r"[ \t-\r\x1c-\x1f]*(?:[A-Za-z]+|[0-9]+(?:[.,][0-9]+)*|[^ \t-\r\x1c-\x1f])")


class Tokens(NamedTuple):
    """The tokens of a text: runs of letters, numbers, single signs."""

    starts: Ints
    ends: Ints
    cues: Ints  # the class of a cue word, by the order of the rules' names, from 1; 0 for other words
    gaps: Ints  # before each token: 0 nothing, 1 space, 2 a wide space, 3 a line break
    segment_starts: Ints  # per token: index of the first token of its segment
    segment_ends: Ints  # per token: index behind the last token of its segment
    flags: Ints  # what the token is, bits of ``reactions_words``
    numbers: Ints  # of the words in ``lexicon``
    lexicon: Lexicon

    @property
    def raw(self) -> list[str]:
        """The tokens as they stand, but every number is "0"."""
        return [self.lexicon.words[number] for number in self.numbers.tolist()]

    @property
    def words(self) -> list[str]:
        """The tokens in lower case."""
        return [word.lower() for word in self.raw]


def tokenise(text: str) -> Tokens:
    """Split ``text`` into tokens, and those into segments at ends of sentences and lines; linear."""
    pattern = _ASCII_TOKEN if text.isascii() else _TOKEN
    pieces = pattern.findall(text.rstrip())  # white space at the end would be tried from each place
    book = lexicon()
    lengths, lead, gaps, flags, cues, numbers = book.look(pieces)
    ends = lengths.cumsum(dtype=np.int32)
    starts = ends - lengths + lead
    begins = ((flags & BULLET) > 0) | (gaps == 3)
    begins[1:] |= ((flags[:-1] & STOP) > 0) & ((flags[1:] & CAPITAL) > 0) & (lead[1:] > 0)
    begins[:1] = True
    del lengths, lead, pieces
    segment_starts, segment_ends = _segments(begins.nonzero()[0].astype(np.int32), len(starts))
    return Tokens(starts, ends, cues, gaps, segment_starts, segment_ends, flags, numbers, book)


def _segments(begins: Ints, count: int) -> tuple[Ints, Ints]:
    """First and last token of each token's segment; longer segments are cut into equal parts."""
    if not count:
        return begins, begins
    lengths = np.diff(np.append(begins, np.int32(count)))
    parts = -(-lengths // SEGMENT_LIMIT)
    first = np.repeat(begins, parts)
    inner = np.arange(len(first), dtype=np.int32) - np.repeat(np.cumsum(parts, dtype=np.int32) - parts, parts)
    first = first + inner * SEGMENT_LIMIT
    lengths = np.diff(np.append(first, np.int32(count)))
    return np.repeat(first, lengths), np.repeat(first + lengths, lengths)


def dictionary_marks(tokens: Tokens, mentions: Iterable[tuple[int, int]]) -> Ints:
    """Where the tokens stand in dictionary mentions: 0 outside, 1 alone, 2 first, 3 inside, 4 last.

    5 is an abbreviation that the text explains in brackets, "myocardial infarction (MI)", wherever it stands.
    ``mentions`` are (start, end) in code points and do not overlap.
    """
    marks = np.zeros(len(tokens.starts), dtype=np.int32)
    bounds = np.array(list(mentions), dtype=np.int64).reshape(-1, 2)
    low = tokens.starts.searchsorted(bounds[:, 0])
    last = tokens.ends.searchsorted(bounds[:, 1], side="right") - 1
    held = last >= low
    low, last = low[held], last[held]
    for a, b in zip(low[last - low > 1].tolist(), last[last - low > 1].tolist(), strict=True):
        marks[a:b] = 3
    marks[low] = 2
    marks[last] = 4
    marks[low[last == low]] = 1
    for number in _abbreviations(tokens):
        marks[tokens.numbers == number] = 5
    return marks


def _abbreviations(tokens: Tokens) -> set[int]:
    """The capitals in brackets that begin the words before them, by number."""
    found: set[int] = set()
    numbers, book = tokens.numbers, tokens.lexicon
    opened = numbers[:-2] == book.number("(")
    opened &= (numbers[2:] == book.number(")")) & ((tokens.flags[1:-1] & CAPITAL) > 0)
    for at in opened.nonzero()[0].tolist():
        letters = book.words[numbers[at + 1]].rstrip("s")
        if 2 <= len(letters) <= 6 and letters.isupper():
            before = (book.words[n] for n in numbers[max(0, at - 2 * len(letters)) : at].tolist())
            initials = "".join(word[0].lower() for word in before if word.isalpha())
            if _within(letters.lower(), initials):
                found.add(int(numbers[at + 1]))
    return found


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
    count = len(tokens.starts)
    if not count:
        return Surroundings(tokens.starts, tokens.starts, tokens.starts)
    return cues_around(tokens.cues, tokens.segment_starts, tokens.segment_ends)


def cues_around(cues: Ints, segment_starts: Ints, segment_ends: Ints) -> Surroundings:
    """:func:`surroundings` of at least one token by arrays."""
    count = len(cues)
    here = np.arange(count)
    cued = cues > 0
    before = np.maximum.accumulate(np.where(cued, here, -1))
    before = np.concatenate([_BEFORE, before[:-1]])
    behind = np.minimum.accumulate(np.where(cued, here, count)[::-1])[::-1]
    behind = np.concatenate([behind[1:], [count]])
    distance = _DISTANCE[np.minimum(here - before, 9)]
    last = np.where(before >= segment_starts, cues[before] * 4 + distance, 0)
    inside = behind < segment_ends
    cue = cues[np.where(inside, behind, 0)]
    following = np.where(inside, cue * 4 + _DISTANCE[np.minimum(behind - here, 9)], 0)
    bits = np.where(cued, np.left_shift(1, cues), 0)
    starts = (segment_starts == here).nonzero()[0]
    lengths = segment_ends[starts] - starts
    present = np.repeat(np.bitwise_or.reduceat(bits, starts), lengths)
    return Surroundings(last, following, present)


_BEFORE = np.array([-1])
_DISTANCE = np.array([0, 0, 1, 1, 2, 2, 2, 2, 2, 3])
