"""Times, ages, shares and doses in a sentence, in one unit each, so that they can be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Amount", "ages", "amounts", "intervals"]

_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,  # noqa: E501
    "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "sixteen": 16, "eighteen": 18, "twenty": 20,  # noqa: E501
    "thirty": 30, "half an": 0.5, "a couple of": 2, "several": 5, "ninety": 90, "sixty": 60, "forty": 40, "fifty": 50,  # noqa: E501
    "first": 1, "single": 1, "second": 2, "third": 3,
}  # fmt: skip
_NUMBER = r"(?:\d+(?:[.,]\d+)?|" + "|".join(sorted((w for w in _WORDS if w not in ("a", "second", "first", "third", "single")), key=len, reverse=True)) + r"|a(?=\s(?:second|minute|hour|day|week|month|year)\b))"  # fmt: skip  # noqa: E501
_UNITS = {
    "second": ("hours", 1 / 3600), "minute": ("hours", 1 / 60), "hour": ("hours", 1), "day": ("hours", 24), "week": ("hours", 168),  # noqa: E501
    "month": ("hours", 730), "year": ("hours", 8760), "%": ("share", 1), "percent": ("share", 1), "per cent": ("share", 1),  # noqa: E501
    "mg": ("mg", 1), "mcg": ("mg", 0.001), "milligram": ("mg", 1), "g": ("mg", 1000), "ml": ("ml", 1),
}  # fmt: skip
_AMOUNT = re.compile(
    rf"\b(?P<low>{_NUMBER})(?:-?\s?(?:to|-|–|or|and)\s?(?P<high>{_NUMBER}))?(?P<and>-|\s)?\s?"
    r"(?P<unit>seconds?|minutes?|hours?|days?|weeks?|months?|years?|%|percent|per cent|mcg|mg|milligrams?|ml|g)(?![a-z])",  # noqa: E501
    re.I,
)
_ONE_IN = re.compile(
    rf"\b(?P<a>{_NUMBER}) (?:(?!in\b|out\b)[a-z]+ )?(?:in|out of)(?: every)? (?P<b>{_NUMBER})\b", re.I
)
_AGE = re.compile(
    rf"\b(?:(?:age[ds]?(?: of)?|ages|age of|people of)\s+(?P<a>{_NUMBER})|"
    r"(?:from|over|under|above|below|(?<!more )than|least|until|between|reaches?|turn(?:ing|s)?)"
    r"\s+(?P<d>\d{1,2}))\b"
    r"(?!\s?(?:%|mg|ml|hours?|days?|weeks?|minutes?|patients|times|fold|doses?|inch(?:es)?|cm|feet|units?|tablets?|pounds?|lbs?|kg|points?|(?:in|out of) (?:\d|ten|five|four|three|twenty|a )))(?P<months>\s*months?)?|"  # noqa: E501
    rf"\b(?P<b>{_NUMBER})(?P<months2>[\s-]*months?)?[\s-]*(?:years?|yrs?)?[\s-]*(?:olds?\b|of age|and (?:over|older|up)|or (?:older|over)|years? up)|"  # noqa: E501
    rf"\bfrom (?P<e>{_NUMBER})(?=\s*(?:up\b|on\b|onwards?\b|upwards?\b|[.,;]|$))|"
    rf"\b(?P<c>{_NUMBER}) years\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount, or a range of one, in the unit of its dimension (hours, share in percent, mg, ml)."""

    dimension: str
    low: float
    high: float
    start: int
    end: int

    def meets(self, other: Amount, tolerance: float = 0.12) -> bool:
        """Whether two amounts are the same within a tolerance, or their ranges overlap."""
        if self.dimension != other.dimension:
            return False
        return self.low <= other.high * (1 + tolerance) and other.low <= self.high * (1 + tolerance)


def _value(text: str) -> float:
    low = text.lower().strip()
    return float(_WORDS[low]) if low in _WORDS else float(low.replace(",", ""))


_OFTEN = re.compile(r"\b(?:once|twice|times?|doses?|days?|mg|ml|grams?|tablets?|capsules?|pills?|hours?|drinks?|shots?|puffs?|each|per|daily|only)\s+$", re.I)  # fmt: skip  # noqa: E501


def amounts(text: str) -> tuple[Amount, ...]:
    """The amounts in ``text``, in order, ages left out. "One in ten" is a share of 10%."""
    found = []
    old = [(a, b) for _, a, b in ages(text)]
    for m in _AMOUNT.finditer(text):
        if m["unit"].lower() == "g" and not m["low"][0].isdigit():
            continue
        dimension, factor = _UNITS[m["unit"].lower().rstrip("s") if m["unit"].lower() != "s" else "second"]
        if any(a < m.end() and b > m.start() for a, b in old):
            continue
        if m["low"].lower() in ("a", "an") and _OFTEN.search(text, max(0, m.start() - 14), m.start()):
            continue  # "once a week" is how often, not how long
        low = _value(m["low"]) * factor
        high = _value(m["high"]) * factor if m["high"] else low
        found.append(Amount(dimension, min(low, high), max(low, high), m.start(), m.end()))
    for m in _ONE_IN.finditer(text):
        whole = _value(m["b"])
        if whole:
            share = 100 * _value(m["a"]) / whole
            found.append(Amount("share", share, share, m.start(), m.end()))
    return tuple(sorted(found, key=lambda a: a.start))


# "for five years", "five years in a row": how long, not how old
_LASTING = re.compile(
    r"\b(?:for|over|within|after|every|last(?:s|ed)?|next|past|first|than|of|by|another|up to) (?:at least |about |up to |some |more than |the (?:first|next|last|past) )?[\w.]+ years\b(?! (?:and|or) (?:older|over|above))|"  # noqa: E501
    r"\byears (?:in a row|on end|at a time|later|after|of (?:treatment|use|therapy)|long(?:er)?|running|straight|without)\b",  # noqa: E501
    re.I,
)


def ages(text: str) -> tuple[tuple[float, int, int], ...]:
    """The ages in ``text`` in years with their places."""
    found = []
    for m in _AGE.finditer(text):
        value = m["a"] or m["d"] or m["b"] or m["e"] or m["c"]
        if m["c"] and _LASTING.search(text, max(0, m.start() - 24), m.end() + 24):
            continue
        years = _value(value) / (12 if m["months"] or m["months2"] else 1)
        if years < 110:
            found.append((years, m.start(), m.end()))
    return tuple(found)


_EVERY = (
    (re.compile(r"\b(?:(?:once|one time) (?:a |each |every |per )?da(?:y|ily)|once-daily|(?:every|each) (?:day|morning|evening|night)|daily|nightly|one daily)\b(?! (?:dose|dosage|basis) (?:of|should|limit))", re.I), 24.0),  # noqa: E501
    (re.compile(r"\b(?:twice|two times|2 times)[- ](?:a |per |each )?da(?:y|ily)|every (?:12|twelve) hours\b", re.I), 12.0),  # noqa: E501
    (re.compile(r"\b(?:(?:each |every |in the )?morning and (?:again |then |once more )?(?:at |in the |each |every )?(?:noon|midday|evening|night|bedtime)|(?:2|two) (?:times|doses) (?:a|per|each) day)\b", re.I), 12.0),  # noqa: E501
    (re.compile(r"\b(?:three|3) times (?:a |per |each )?da(?:y|ily)|every (?:8|eight) hours\b", re.I), 8.0),
    (re.compile(r"\b(?:four|4) times (?:a |per |each )?da(?:y|ily)|every (?:6|six) hours\b", re.I), 6.0),
    (re.compile(r"\b(?:(?:once|one time) (?:a |each |every |per )?week(?:ly)?|once-weekly|every week|each week|weekly)\b", re.I), 168.0),  # noqa: E501
    (re.compile(r"\b(?:every other week|every (?:2|two) weeks|biweekly|fortnightly|every 14 days)\b", re.I), 336.0),  # noqa: E501
    (re.compile(r"\b(?:every other day|every (?:2|two) days|alternate days)\b", re.I), 48.0),
    (re.compile(r"\b(?:(?:once|one time) (?:a |each |every |per )?month(?:ly)?|every month|monthly|every (?:4|four) weeks|every 28 days)\b", re.I), 672.0),  # noqa: E501
    (re.compile(r"\b(?:every (?:8|eight) weeks|every (?:2|two) months)\b", re.I), 1344.0),
    (re.compile(r"\b(?:every (?:12|twelve) weeks|every (?:3|three) months|quarterly)\b", re.I), 2016.0),
    (re.compile(r"\b(?:every (?:6|six) months|twice (?:a |per )?year|every 26 weeks)\b", re.I), 4368.0),
    (re.compile(r"\b(?:once (?:a |per )?year(?:ly)?|every year|yearly|annually)\b", re.I), 8736.0),
)  # fmt: skip


def intervals(text: str) -> tuple[float, ...]:
    """How often something is done, in hours from one time to the next, for each frequency in ``text``."""
    return tuple(hours for pattern, hours in _EVERY if pattern.search(text))
