"""Uses plainly behind "indicated for the treatment of" that the tagger left (``rules/leads.toml``)."""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from usedfor.extraction.cues import rules
from usedfor.extraction.features import Encoded
from usedfor.extraction.mentions import Found
from usedfor.extraction.ranges import Sayings, Taken
from usedfor.extraction.sieve import Gated
from usedfor.extraction.tokens import words_of

__all__ = ["fallen_back", "led"]

_LONGEST = 140  # characters of a use
_LONG_WORD = 30  # characters: words that run together
_MOST = 24  # purposes that commas join
_NEAR = 160  # characters before a lead in which nothing may deny
_FAR = 250  # characters after a lead in which nothing may deny it
_DENIAL = re.compile(
    r"\b(?:not|no|nor|never|cannot|neither|without|unless|avoid\w*|seldom|rarely|less)\b|limitation"
    r"|\bother than\b|stud(?:y|ies)\b|trial|\bof other\b|\boutweigh|e\.g\.",
    re.I,
)
_DENIED_AFTER = re.compile(
    r"\b(?:has|have|had) not (?:yet )?been\b|\bavoided\b|\bshould not\b"
    r"|\b(?:is|are|was|were) not (?:yet |generally )?"
    r"(?:recommended|indicated|established|known|likely|effective)\b",
    re.I,
)
_BRACKETS = re.compile(r"\[[^\]]{0,200}\]|\([^)]{0,120}\)")
_TRIM = re.compile(r"^(?:the|an?|either|both)\s", re.I)


@functools.cache
def _patterns() -> dict[str, Gated]:
    return {
        name: Gated(re.compile("|".join(f"(?:{p})" for p in rule["patterns"]), re.I))
        for name, rule in rules("leads").items()
    }


def _doubted(text: str, start: int, lead: int, left: int, end: int) -> bool:
    """Whether the clause around a lead denies it, or tells of a trial."""
    before = _BRACKETS.sub(" ", text[max(start, lead - _NEAR) : left])
    return bool(
        _DENIAL.search(before[before.rfind(". ") + 1 :])
        or _DENIED_AFTER.search(text, left, min(end, left + _FAR))
    )


def led(seen: Encoded, spans: list[Found]) -> list[Found]:
    """Spans (label I) for the uses that a lead names and none of ``spans`` touches."""
    text, tokens = seen.text, seen.tokens
    patterns = _patterns()
    taken = Taken(len(text), ((s.start, s.end) for s in spans))
    known = Sayings(frozenset(words_of(text[s.start : s.end])) for s in spans)
    out = []
    for a, b in itertools.pairwise(seen.bounds):
        start, end = tokens.starts[a], tokens.ends[b - 1]
        for lead in patterns["lead"].finditer(text, start, end):
            left = lead.end()
            if _doubted(text, start, lead.start(), left, end):
                continue
            stop = patterns["end"].search(text, left, min(end, left + _LONGEST))
            if stop is None and left + _LONGEST < end:
                continue
            right = stop.start() if stop else end
            who = patterns["people"].match(text[left:right])
            left += who.end() if who else 0
            trim = _TRIM.match(text[left:right])
            left += trim.end() if trim else 0
            while right > left and text[right - 1] in " ,.;:":
                right -= 1
            words = frozenset(words_of(text[left:right]))
            first, last = bisect_left(tokens.starts, left), bisect_right(tokens.ends, right)
            if (
                not words
                or first >= last
                or taken.touches(left, right)
                or known.alike(words)
                or patterns["bare"].search(text[left:right])
            ):
                continue
            taken.add(left, right)
            known.add(words)
            out.append(Found(left, right, first, last, "I"))
    return out


_ITEM = re.compile(r"[•●▪■◦‣○□➢►]\s*")


def fallen_back(seen: Encoded) -> list[Found]:
    """Spans (label F) for a text without any use: the words behind a plain "indicated for" that name a
    condition of the dictionary or hold a word of purpose, and the items of a list that it leads in."""
    text, tokens, patterns = seen.text, seen.tokens, _patterns()
    known = Sayings()
    out = []
    listed = False
    for a, b in itertools.pairwise(seen.bounds):
        start, end = tokens.starts[a], tokens.ends[b - 1]
        item = _ITEM.match(text, start, end)
        places = [item.end()] if item and listed else []
        listed = listed if item else bool(patterns["fallback_list"].search(text, start, end))
        for lead in patterns["fallback"].finditer(text, start, end):
            if not _doubted(text, start, lead.start(), lead.end(), end):
                places.append(lead.end())
        for place in places:
            for left, right in _purposes(seen, place, end):
                words = frozenset(words_of(text[left:right]))
                first, last = bisect_left(tokens.starts, left), bisect_right(tokens.ends, right)
                if words and first < last and max(map(len, words)) < _LONG_WORD and not known.alike(words):
                    known.add(words)
                    out.append(Found(left, right, first, last, "F"))
    return out


def _purposes(seen: Encoded, left: int, end: int) -> Iterator[tuple[int, int]]:
    """The purpose that begins at ``left``, and those that commas join to it."""
    text, patterns = seen.text, _patterns()
    for _ in range(_MOST):
        limit = min(end, left + _LONGEST)
        for name in ("people", "fallback_head"):
            cut = patterns[name].match(text[left:limit])
            left += cut.end() if cut else 0
        stop = patterns["fallback_end"].search(text, left, limit)
        if stop is None and limit < end:
            return
        right = after = stop.start() if stop else limit
        while right > left and text[right - 1] in " ,.;:":
            right -= 1
        i = bisect_left(seen.matches, (left, left))
        named = i < len(seen.matches) and seen.matches[i][1] <= right
        if not named and not patterns["fallback_use"].search(text, left, right):
            return
        yield left, right
        if text[after : after + 2] != ", ":
            return
        left = after + (6 if text.startswith(", and ", after) else 2)
