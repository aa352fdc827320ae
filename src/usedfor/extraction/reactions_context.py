"""What a passage names and does not mean as a reaction: the rules of ``rules/reactions.toml``.

The tagger knows the words around a condition; these rules hold where it has seen too few examples: what is
negated, the indication and the patients' background, and findings in animals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

import numpy as np

from usedfor.extraction.reactions_tokens import CUES, Tokens
from usedfor.extraction.reactions_words import ANIMAL
from usedfor.extraction.rulebook import read_rules
from usedfor.extraction.sieve import Gated
from usedfor.vocabulary import Vocabulary

__all__ = ["meant", "pieces", "tidy"]

_REACH = 72  # characters before a condition that are looked at
_EDGE = re.compile(r"(?:(?:of|and|or|the|an?|in|to|with|as)\s+|[^\w<>≥≤(\[]\s*)+", re.I)
_SIGNS = ":;,.-–—*•/"
_PART = re.compile(r"[^\s;](?:[^;]*[^\s;])?")
_CAPITAL = re.compile(r"(?<=[a-z])\s+(?=[A-Z][a-z]{3})")
_TWICE = re.compile(r"(\w.{2,60}?)\s+(\1)", re.I | re.S)
_CLASSES = np.array(  # which cues a phrase that sets aside can hold
    [False, *(name not in ("animal", "comparison", "occurred", "watching") for name in CUES)]
)
_TOKENS = 10  # tokens of them, one of which must be a cue

_JOINED = re.compile(
    r"[\s,/]*(?:and/or|and|or)?[\s,]*(?:severe|acute|chronic|other|known|active|an?)?\s*", re.I
)

Span = tuple[int, int, float]


@cache
def _aside() -> Gated:
    """What sets aside the condition behind it."""
    parts = [
        rf"(?:{'|'.join(rule['before'])})\s+(?:[\w-]+\s+){{0,{rule['between']}}}"
        for rule in read_rules("reactions")["aside"]
    ]
    return Gated(re.compile(rf"\b(?:{'|'.join(parts)})$", re.I))


@cache
def _animals() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = read_rules("reactions")["animals"]
    animals, people = ("|".join(words[key]) for key in ("words", "people"))
    return re.compile(rf"\b(?:{animals})\b", re.I), re.compile(rf"\b(?:{people})\b", re.I)


@cache
def _systems() -> re.Pattern[str]:
    words = "|".join(read_rules("reactions")["systems"]["words"])
    return re.compile(rf"(?=[A-Z])(?i:{words})\s+(?=[A-Z])")


def _about_animals(text: str, tokens: Tokens) -> set[int]:
    """The segments, by their first token, that speak of animals and not of people."""
    animal, people = _animals()
    found: set[int] = set()
    for token in (tokens.flags & ANIMAL).nonzero()[0].tolist():
        if not animal.match(text, int(tokens.starts[token])):
            continue
        first, behind = int(tokens.segment_starts[token]), int(tokens.segment_ends[token])
        if first not in found and not people.search(
            text, int(tokens.starts[first]), int(tokens.ends[behind - 1])
        ):
            found.add(first)
    return found


def meant(text: str, tokens: Tokens, spans: Sequence[Span]) -> Iterator[Span]:
    """The spans (start, end, ...), given in order, that no rule sets aside."""
    dropped = -1
    animals = _about_animals(text, tokens)
    places = tokens.starts.searchsorted([span[0] for span in spans])
    asides = np.concatenate([[0], _CLASSES[tokens.cues].cumsum()])
    cued = asides[places] > asides[np.maximum(places - _TOKENS, 0)]
    segments = tokens.segment_starts[places]
    for span, near, segment in zip(spans, cued.tolist(), segments.tolist(), strict=True):
        start, end = span[0], span[1]
        joined = 0 <= dropped <= start and _JOINED.fullmatch(text, dropped, start)
        if joined or (near and _aside().search(text, max(0, start - _REACH), start)):
            dropped = end
            continue
        dropped = -1
        if segment not in animals:
            yield span


def pieces(text: str, start: int, end: int, vocabulary: Vocabulary) -> Iterator[tuple[int, int]]:
    """The reactions of a span that runs over the border between two: at a semicolon, or before a capital
    where both sides are known conditions (or one, where the span begins in lower case)."""
    for first, last in _pieces(text[start:end], vocabulary):
        yield start + first, start + last


@lru_cache(maxsize=20_000)
def _pieces(text: str, vocabulary: Vocabulary) -> tuple[tuple[int, int], ...]:
    """:func:`pieces` of a string by itself."""
    found = []
    for part in _PART.finditer(text):
        first, last = part.span()
        for capital in _CAPITAL.finditer(text, first, last):
            left, right = text[first : capital.start()], text[capital.end() : last]
            known = [vocabulary.conditions.find(side) is not None for side in (left, right)]
            lower = text[first].islower()
            enough = all(known) or (lower and (known[0] or (known[1] and " " in left)))
            if enough and vocabulary.conditions.find(text[first:last]) is None:
                found.append(tidy(text, first, capital.start(), vocabulary))
                first = capital.end()
        found.append(tidy(text, first, last, vocabulary))
    return tuple(found)


def tidy(text: str, start: int, end: int, vocabulary: Vocabulary) -> tuple[int, int]:
    """The reaction's own words: no sign or small word at its edges, no heading of an organ system before it,
    and once where a table says it twice in a row."""
    edge = _EDGE.match(text, start, end)
    start = edge.end() if edge and edge.end() < end else start
    while end > start + 1 and (
        text[end - 1] in _SIGNS or (text[end - 1] == ")" and "(" not in text[start:end])
    ):
        end -= 1
        while text[end - 1].isspace():
            end -= 1
    twice = _TWICE.fullmatch(text, start, end)
    if twice:
        start = twice.start(2)
    heading = _systems().match(text, start, end)
    if heading is None or vocabulary.conditions.find(text[start:end]) is not None:
        return start, end
    return (
        heading.end() if vocabulary.conditions.find(text[heading.end() : end]) is not None else start
    ), end
