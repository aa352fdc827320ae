"""How a use is meant: treat or prevent, for whom, with what else, after what failed. From the words around it."""

from __future__ import annotations

import re
from typing import NamedTuple

from usedfor.extraction.cues import rules
from usedfor.extraction.features import Encoded
from usedfor.extraction.mentions import Found
from usedfor.model import Age, Relation

__all__ = ["Attributes", "Scope", "attributes", "scope"]

_CUT = re.compile(
    r"\(\s?\d{1,2}(?:\.\d{1,2})?(?:\s?,\s?\d{1,2}(?:\.\d{1,2})?)*\s?\)|[•●▪■◦‣○□➢►;]|\.\s(?=[A-Z])"
)
_RULES = rules("attributes")
_PATTERNS = {
    name: re.compile("|".join(f"(?:{p})" for p in _RULES[name]["patterns"]), re.I)
    for name in (
        "adult",
        "pediatric",
        "both",
        "adjunct",
        "after_failure",
        "alone",
        "prevent",
        "diagnose",
        "procedure",
    )
}


class Scope(NamedTuple):
    """The words that say how a span is meant: its own clause, and the words that lead a list in."""

    before: str
    span: str
    after: str
    lead: str


class Attributes(NamedTuple):
    """What the words around a use say of it."""

    relation: Relation
    age: Age
    adjunct: bool
    after_failure: bool


def scope(encoded: Encoded, found: Found) -> Scope:
    """The clause of ``found`` within its sentence, and what leads it in when it is an item of a list."""
    text = encoded.text
    low = _sentence(encoded, found.first)
    tokens = encoded.tokens
    start, end = tokens.starts[encoded.bounds[low]], tokens.ends[encoded.bounds[low + 1] - 1]
    left, right = start, end
    for cut in _CUT.finditer(text, start, end):
        if cut.end() <= found.start:
            left = cut.end()
        elif cut.start() >= found.end:
            right = cut.start()
            break
    lead = ""
    if left > start:
        colon = text.rfind(":", start, left)
        if colon >= 0:
            lead = text[start : colon + 1]
    if not lead:
        k = low - 1
        while k >= 0 and low - k <= 8:
            a, b = tokens.starts[encoded.bounds[k]], tokens.ends[encoded.bounds[k + 1] - 1]
            piece = text[a:b]
            if piece.rstrip().endswith(":"):
                lead = piece
                break
            if not (piece[:1] in "•●▪■◦‣○□➢►" or len(piece) < 200) or low - k > 6:
                break
            k -= 1
    return Scope(text[left : found.start], text[found.start : found.end], text[found.end : right], lead)


def _sentence(encoded: Encoded, word: int) -> int:
    from bisect import bisect_right

    return bisect_right(encoded.bounds, word) - 1


def attributes(scopes: list[Scope]) -> Attributes:
    """What the clauses of one use, taken together, say of it."""
    whole = " | ".join(" ".join((s.before, s.span, s.after)) for s in scopes)
    leads = " | ".join(s.lead for s in scopes)
    return Attributes(
        _relation(scopes),
        _age(whole, leads),
        _adjunct(scopes),
        bool(_PATTERNS["after_failure"].search(whole)),
    )


def _relation(scopes: list[Scope]) -> Relation:
    for one in scopes:
        near = f"{one.lead} {one.before}"[-160:] + " " + one.span
        if _PATTERNS["diagnose"].search(near):
            return "diagnose"
        if _PATTERNS["procedure"].search(near):
            return "procedure"
        prevent = [m.end() for m in _PATTERNS["prevent"].finditer(near)]
        treat = near.lower().rfind("treat")
        if prevent and prevent[-1] > treat:
            return "prevent"
    return "treat"


def _age(whole: str, leads: str) -> Age:
    for text in (whole, leads):
        if _PATTERNS["both"].search(text):
            return "both"
        adult, child = _PATTERNS["adult"].search(text), _PATTERNS["pediatric"].search(text)
        if adult and child:
            return "both"
        if adult:
            return "adult"
        if child:
            return "pediatric"
    return "unspecified"


def _adjunct(scopes: list[Scope]) -> bool:
    whole = " | ".join(" ".join((s.lead, s.before, s.span, s.after)) for s in scopes)
    return bool(_PATTERNS["adjunct"].search(whole)) and not _PATTERNS["alone"].search(whole)
