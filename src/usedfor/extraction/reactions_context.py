"""What a passage names and does not mean as a reaction: the rules of ``rules/reactions.toml``.

The tagger knows the words around a condition; these rules hold where it has seen too few examples: what is
negated, the indication and the patients' background, and findings in animals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from usedfor.extraction.reactions_tokens import Tokens
from usedfor.extraction.rulebook import read_rules
from usedfor.vocabulary import Vocabulary

__all__ = ["meant", "tidy"]

_REACH = 72  # characters before a condition that are looked at
_EDGE = re.compile(r"(?:(?:of|and|or|the|an?|in|to|with|as)\s+|[^\w<>≥≤(\[]\s*)+", re.I)
_SIGNS = ":;,.-–—*•/"
_TWICE = re.compile(r"(\w.{2,60}?)\s+(\1)", re.I | re.S)
_TOKENS = 10  # tokens of them, one of which must be a cue

_JOINED = re.compile(
    r"[\s,/]*(?:and/or|and|or)?[\s,]*(?:severe|acute|chronic|other|known|active|an?)?\s*", re.I
)

Span = tuple[int, int, float]


@cache
def _aside() -> re.Pattern[str]:
    """What sets aside the condition behind it."""
    parts = [
        rf"(?:{'|'.join(rule['before'])})\s+(?:[\w-]+\s+){{0,{rule['between']}}}"
        for rule in read_rules("reactions")["aside"]
    ]
    return re.compile(rf"\b(?:{'|'.join(parts)})$", re.I)


@cache
def _animals() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = read_rules("reactions")["animals"]
    animals, people = ("|".join(words[key]) for key in ("words", "people"))
    return re.compile(rf"\b(?:{animals})\b", re.I), re.compile(rf"\b(?:{people})\b", re.I)


@cache
def _systems() -> re.Pattern[str]:
    words = "|".join(read_rules("reactions")["systems"]["words"])
    return re.compile(rf"(?=[A-Z])(?i:{words})\s+(?=[A-Z])")


def meant(text: str, tokens: Tokens, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans (start, end, ...), given in order, that no rule sets aside."""
    dropped = -1
    animal, people = _animals()
    for span in spans:
        start, end = span[0], span[1]
        token = int(tokens.starts.searchsorted(start))
        joined = 0 <= dropped <= start and _JOINED.fullmatch(text, dropped, start)
        cued = tokens.cues[max(0, token - _TOKENS) : token].any()
        if joined or (cued and _aside().search(text, max(0, start - _REACH), start)):
            dropped = end
            continue
        dropped = -1
        low = int(tokens.starts[tokens.segment_starts[token]])
        high = int(tokens.ends[tokens.segment_ends[token] - 1])
        if animal.search(text, low, high) and not people.search(text, low, high):
            continue
        yield span


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
