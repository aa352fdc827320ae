"""Members of a list of uses that the tagger left, and names that head a list (``rules/borders.toml``)."""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_left, bisect_right

from usedfor.extraction.cues import rules
from usedfor.extraction.features import Encoded
from usedfor.extraction.limits import denied
from usedfor.extraction.mentions import Found
from usedfor.extraction.ranges import Taken
from usedfor.extraction.sieve import Gated

__all__ = ["abbreviated", "expanded", "listed", "plausible"]

_REACH = 200  # characters before a span that are looked at
_BETWEEN = re.compile(r"\s?(?:\([^()]{1,40}\))?\s?(?:,|;|,? and|,? or)\s(?:the |an? |and |or )?$")
_ENDS = re.compile(r"\s?(?:\([^()]{1,40}\))?\s?(?:[,;.]|and\b|or\b|$|when\b|in\b)")
_ITEM = re.compile(r"(?:^|[,;:]|\band\b|\bor\b|\bof\b|\bin\b)\s?((?:[\w’'-]+ ){0,3})$")


_FUNCTION = re.compile(
    r"\b(?:with|without|including|characteri[sz]ed|by|also|called|known|not|in|on|at|of|to|for|from|as|who|or"
    r"|symptoms?|patients?|adults?|children|women|men|than|associated|due|secondary|remission|other)\b",
    re.I,
)
_LEAD = re.compile(r"(?:(?:and|the|an?|either|certain|cases|established|resultant) )+", re.I)


def _open(piece: str) -> bool:
    """Whether a bracket opened in ``piece`` is not closed."""
    return piece.count("(") > piece.count(")")


@functools.cache
def _borders() -> dict[str, list[dict[str, str]]]:
    return rules("borders")


@functools.cache
def _patterns(kind: str) -> list[Gated]:
    return [Gated(re.compile(rule["pattern"], 0 if kind == "list" else re.I)) for rule in _borders()[kind]]


def plausible(seen: Encoded, spans: list[Found]) -> list[Found]:
    """``spans`` (label I) without those that the words before them, or their own, make no use."""
    text, tokens = seen.text, seen.tokens
    out: list[Found] = []
    for span in spans:
        k = bisect_right(seen.bounds, span.first) - 1
        low = max(tokens.starts[seen.bounds[k]], span.start - _REACH)
        before = text[low : span.start]
        if span.label == "I" and (
            any(p.search(before) for p in _patterns("drop"))
            or any(p.search(text[span.start : span.end]) for p in _patterns("heading"))
        ):
            continue
        if span.label == "I" and _organism(seen, span, before):
            continue
        out.append(span)
    return out


def _from(seen: Encoded, start: int) -> list[tuple[int, int]]:
    i = bisect_left(seen.matches, (start, 0))
    return list(seen.matches[i : i + 4])


def _organism(seen: Encoded, span: Found, before: str) -> bool:
    """Whether a span is the name of a species in a list of organisms."""
    if (span.start, span.end) in _from(seen, span.start):
        return False
    piece = seen.text[span.start : span.end]
    return any(
        re.search(rule["pattern"], piece) and re.search(rule["before"], before, re.I)
        for rule in _borders()["organism"]
    )


def listed(seen: Encoded, spans: list[Found]) -> list[Found]:
    """``spans`` and the dictionary's names that commas join to them, or that stand in a list under a
    heading of a class of disease."""
    text, tokens = seen.text, seen.tokens
    taken = Taken(len(text), ((s.start, s.end) for s in spans))
    uses = {s.end for s in spans if s.label == "I"}
    added: list[Found] = []
    i = 0
    for a, b in itertools.pairwise(seen.bounds):
        start, end = tokens.starts[a], tokens.ends[b - 1]
        headed = any(p.match(text[start : start + 60]) for p in _patterns("list"))
        while i < len(seen.matches) and seen.matches[i][0] < start:
            i += 1
        begin = start
        while i < len(seen.matches) and seen.matches[i][1] <= end:
            left, right = seen.matches[i]
            i += 1
            if taken.touches(left, right) or not _ENDS.match(text, right, min(end, right + 60)):
                continue
            item = _ITEM.search(text[max(begin, left - 60) : left])
            if item is None:
                continue
            if _FUNCTION.search(item.group(1)) or _open(text[max(begin, left - _REACH) : left]):
                continue
            left -= len(item.group(1))
            lead = _LEAD.match(text, left, right)
            left = lead.end() if lead else left
            joint = _BETWEEN.search(text[max(begin, left - 50) : left])
            joined = joint is not None and left - len(joint.group()) in uses
            if not headed and not joined:
                continue
            first, last = bisect_left(tokens.starts, left), bisect_right(tokens.ends, right)
            found = Found(left, right, first, last, "I")
            if first >= last or taken.touches(left, right) or denied(seen, found):
                continue
            taken.add(left, right)
            uses.add(right)
            added.append(found)
    return sorted(spans + added)


_SHORT = re.compile(r"\s?\(\s?([A-Z][A-Za-z0-9‑-]{1,9})\s?[);,]")


def expanded(text: str, spans: list[Found]) -> dict[str, str]:
    """Abbreviations that stand in brackets behind a span, in lower case, with the span's words."""
    out: dict[str, str] = {}
    for span in spans:
        found = _SHORT.match(text, span.end)
        if found:
            out.setdefault(found[1].lower(), text[span.start : span.end])
    return out


def abbreviated(seen: Encoded, spans: list[Found]) -> list[Found]:
    """``spans`` and the abbreviations in brackets behind them that are made of their letters: names of the
    same disease, which texts laid out in lines use as such."""
    taken = Taken(len(seen.text), ((s.start, s.end) for s in spans))
    out = list(spans)
    for span in spans:
        found = _SHORT.match(seen.text, span.end)
        if not found or taken.touches(*found.span(1)):
            continue
        if _stands_for(found[1], seen.text[span.start : span.end]):
            first = bisect_left(seen.tokens.starts, found.start(1))
            last = bisect_right(seen.tokens.ends, found.end(1))
            if first < last:
                out.append(Found(*found.span(1), first, last, span.label))
    return out


def _stands_for(short: str, long: str) -> bool:
    """Whether the capitals of ``short`` come in this order in ``long``, the first where a word begins."""
    letters = [c.lower() for c in short if c.isupper()]
    begin = re.search(rf"(?<!\w){re.escape(letters[0])}", long, re.I) if len(letters) > 1 else None
    at = begin.end() if begin else 0
    for letter in letters[1:]:
        at = long.lower().find(letter, at) + 1 if at else 0
    return at > 0
