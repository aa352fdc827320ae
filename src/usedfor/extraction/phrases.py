"""Short phrases cut out of running text, word by word, and the values of the product listing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from usedfor.extraction.rulebook import MAX_WORDS
from usedfor.model import Section

__all__ = ["closed_phrase", "listed", "opened_phrase"]

_TOKEN = re.compile(r"\S+")
_ENDING = ".,;:"
_WRAP = "()[]\"'“”‘’.,;:®™*†"


def listed(section: Section, key: str) -> Iterator[tuple[int, int]]:
    """The place of each value of ``key`` in the product listing (``key: value | value``)."""
    begin = section.text.find(f"{key}: ") if section.text.startswith(f"{key}: ") else -1
    if begin < 0:
        begin = section.text.find(f"\n{key}: ") + 1
        if begin == 0:
            return
    start = begin + len(key) + 2
    line_end = section.text.find("\n", start)
    line_end = len(section.text) if line_end < 0 else line_end
    while start < line_end:
        end = section.text.find(" | ", start, line_end)
        end = line_end if end < 0 else end
        if end > start:
            yield start, end
        start = end + 3


def _tokens(text: str, start: int) -> Iterator[tuple[int, int, str, bool]]:
    """Tokens from ``start``: place without end punctuation, bare lower-case word, whether a phrase ends."""
    for token in _TOKEN.finditer(text, start):
        raw = token.group()
        trimmed = raw.rstrip(_ENDING)
        yield token.start(), token.start() + len(trimmed), trimmed.strip(_WRAP).lower(), trimmed != raw


def opened_phrase(
    text: str, start: int, after: int, stops: Collection[str], joins: Collection[str], verbs: Collection[str]
) -> int | None:
    """Where the phrase ends that begins at ``start`` and whose object begins at ``after``.

    It ends before a stop word, at punctuation, or before "and" with a verb. None when it has no object
    or more than eight words.
    """
    words = len(text[start:after].split())
    end = None
    joined = False
    depth = 0
    for low, high, word, last in _tokens(text, after):
        raw = text[low:high]
        if not depth and (word in stops or raw[:1] in "[•" or raw.lower() in ("(see", "[see") or not word):
            break
        if joined and word in verbs:
            break
        words += 1
        if words > MAX_WORDS:
            return None
        depth += raw.count("(") - raw.count(")")
        joined = word in joins
        if not any(c.isalnum() for c in raw):  # "H +": cut within a name
            return None
        if not joined and depth <= 0:
            end = high
        if last and depth <= 0:
            break
    return end


def closed_phrase(
    text: str, start: int, heads: Collection[str], pairs: Collection[str], stops: Collection[str]
) -> int | None:
    """Where a phrase of at most eight words that begins at ``start`` ends: at the last head of its run.

    ``pairs`` are heads of two words. None when a stop word or punctuation comes before any head.
    """
    end = None
    before = ""
    for number, (low, high, word, last) in enumerate(_tokens(text, start)):
        if number == MAX_WORDS or word in stops or text[low] in "[•":
            break
        tail, before_tail = word.rpartition("-")[2], before.rpartition("-")[2]
        if word in heads or tail in heads or f"{before} {word}" in pairs or f"{before_tail} {word}" in pairs:
            end = high
        elif end is not None:
            break
        before = word
        if last:
            break
    return end
