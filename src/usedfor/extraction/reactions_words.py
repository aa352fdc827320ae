"""Pieces of text by number, with what the reaction tagger needs to know of each, worked out once.

A text becomes an array of numbers; all else about its tokens is then gathered from arrays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from usedfor.extraction.rulebook import read_rules

__all__ = ["ANIMAL", "BULLET", "CAPITAL", "CUES", "STOP", "Ints", "Lexicon", "lexicon"]

Ints = npt.NDArray[np.signedinteger[Any]]

STOP, CAPITAL, BULLET, ANIMAL = 1, 2, 4, 8  # what a token may be
CUES: tuple[str, ...] = tuple(sorted(read_rules("reactions")["cues"]))

_FULL = 60_000  # pieces kept; the next text then begins a new lexicon
_GAPS = (0, 1, 1, 2)
_LENGTH, _LEAD, _GAP, _FLAGS, _CUE, _WORD = range(6)


@cache
def _cue_of() -> dict[str, int]:
    """The class of each cue word, from 1."""
    classes = read_rules("reactions")["cues"]
    return {word: number for number, name in enumerate(CUES, 1) for word in classes[name]}


@cache
def _animal() -> re.Pattern[str]:
    return re.compile("|".join(read_rules("reactions")["animals"]["words"]), re.I)


@cache
def _initials() -> frozenset[str]:
    """What the words for animals begin with."""
    first = {word[0] for word in read_rules("reactions")["animals"]["words"]}
    return frozenset(first | {letter.upper() for letter in first})


class Lexicon(dict[str, int]):
    """Numbers of pieces, each a token with the white space before it; a piece met first gets a new one.

    ``words[n]`` is a token as the tagger knows it: as it stands, but every number is "0". ``words[0]`` is no
    token.
    """

    def __init__(self) -> None:
        super().__init__()
        self.key = object()  # tells lexicons apart without keeping them
        self.words: list[str] = [""]
        self._number: dict[str, int] = {"": 0}
        self._table: Ints = np.zeros((6, 4096), dtype=np.int32)

    def _fact(self, piece: str) -> tuple[int, int, int, int, int, int]:
        """What is known of a new piece."""
        bare = piece.lstrip()
        raw = "0" if bare[0].isdecimal() else bare
        word = self.number(raw)
        if word == len(self.words):
            self._number[raw] = word
            self.words.append(raw)
        lead = len(piece) - len(bare)
        gap = 3 if "\n" in piece else _GAPS[min(lead, 3)]
        flags = STOP * (raw in ".!?") | CAPITAL * raw[0].isupper() | BULLET * (raw in "•●▪■◦‣○□➢►")
        flags |= ANIMAL * (raw[0] in _initials() and _animal().fullmatch(raw) is not None)
        return len(piece), lead, gap, flags, _cue_of().get(raw.lower(), 0), word

    def _learn(self, pieces: Iterable[str]) -> None:
        """Give numbers to the pieces that have none."""
        first = len(self)
        new: list[tuple[int, ...]] = []
        for piece in pieces:
            if piece not in self:
                self[piece] = first + len(new)
                new.append(self._fact(piece))
        while len(self) > self._table.shape[1]:
            self._table = np.concatenate([self._table, np.zeros_like(self._table)], axis=1)
        self._table[:, first : len(self)] = np.array(new, dtype=np.int32).T

    def number(self, word: str) -> int:
        """The number of a word; that of the next new one where it is not known."""
        return self._number.get(word, len(self.words))

    def look(self, pieces: list[str]) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
        """For each piece its length, the white space in it, its gap, flags, cue and the word's number."""
        found = list(map(self.get, pieces))
        if None in found:
            self._learn(pieces)
            found = list(map(self.get, pieces))
        length, lead, gap, flags, cue, word = self._table.take(np.array(found, dtype=np.int32), axis=1)
        return length, lead, gap, flags, cue, word


_kept: list[Lexicon] = [Lexicon()]


def lexicon() -> Lexicon:
    """The lexicon to read the next text with."""
    if len(_kept[0]) > _FULL:
        _kept[0] = Lexicon()
    return _kept[0]
