"""Lists without a sign between their items, as labels of products sold without a prescription print them.

"backache menstrual cramps the common cold" is three things to a reader. A span that is itself no known
condition, and that known conditions fill from end to end, is those conditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from usedfor.vocabulary import Vocabulary

__all__ = ["parts"]

_WORD = re.compile(r"\S+")
_MOST = 40  # words of a span that is looked at
_LONGEST = 6  # words of one name
_LEAD = re.compile(r"(?:the|an?|minor|mild|severe|acute|temporary|occasional)\s+", re.I)
_SIGNS = re.compile(r"[,;:()/]")


def parts(text: str, start: int, end: int, vocabulary: Vocabulary) -> Iterator[tuple[int, int]]:
    """The spans of the conditions that fill ``text[start:end]``, or that span itself."""
    for first, last in _parts(text[start:end], vocabulary):
        yield start + first, start + last


@lru_cache(maxsize=4_000)
def _parts(text: str, vocabulary: Vocabulary) -> tuple[tuple[int, int], ...]:
    """:func:`parts` of a string by itself: the fewest known names that fill it."""
    whole = ((0, len(text)),)
    words = [word.span() for word in _WORD.finditer(text)]
    if not 1 < len(words) <= _MOST or _SIGNS.search(text) or _known(text, vocabulary):
        return whole
    best: list[tuple[tuple[int, int], ...] | None] = [()] + [None] * len(words)
    for first in range(len(words)):
        before = best[first]
        if before is None:
            continue
        for last in range(first + 1, min(len(words), first + _LONGEST) + 1):
            span = words[first][0], words[last - 1][1]
            held = best[last]
            if (held is None or len(before) + 1 < len(held)) and _known(text[slice(*span)], vocabulary):
                best[last] = (*before, span)
    return best[-1] or whole


def _known(words: str, vocabulary: Vocabulary) -> bool:
    lead = _LEAD.match(words)
    conditions = vocabulary.conditions
    return conditions.find(words) is not None or (
        lead is not None and conditions.find(words[lead.end() :]) is not None
    )
