"""Uses plainly behind "indicated for the treatment of" that the tagger left (``rules/leads.toml``)."""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_left, bisect_right

from usedfor.extraction.cues import rules
from usedfor.extraction.features import Encoded
from usedfor.extraction.mentions import Found
from usedfor.extraction.ranges import Sayings, Taken
from usedfor.extraction.tokens import words_of

__all__ = ["led"]

_LONGEST = 140  # characters of a use
_DENIAL = re.compile(r"\bnot\b|\bno\b|limitation|\bavoid|stud(?:y|ies)\b|trial", re.I)
_TRIM = re.compile(r"^(?:the|an?|either|both)\s", re.I)


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile("|".join(f"(?:{p})" for p in rule["patterns"]), re.I)
        for name, rule in rules("leads").items()
    }


def led(seen: Encoded, spans: list[Found]) -> list[Found]:
    """Spans (label I) for the uses that a lead names and none of ``spans`` touches."""
    text, tokens = seen.text, seen.tokens
    patterns = _patterns()
    taken = Taken(len(text), ((s.start, s.end) for s in spans))
    known = Sayings(frozenset(words_of(text[s.start : s.end])) for s in spans)
    out = []
    for a, b in itertools.pairwise(seen.bounds):
        start, end = tokens.starts[a], tokens.ends[b - 1]
        if _DENIAL.search(text, start, end):
            continue
        for lead in patterns["lead"].finditer(text, start, end):
            left = lead.end()
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
