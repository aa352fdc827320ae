"""Figures and severity that a sentence gives a reaction."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal

from usedfor.extraction.rulebook import fold
from usedfor.extraction.sieve import Gated
from usedfor.model import Figure

__all__ = ["figures_after", "grave_places", "severity_around"]

Arm = Literal["drug", "placebo", "comparator", "unspecified"]

REACH = 220  # characters behind the reaction within which its figures stand

_PERCENT = (
    r"(?P<sign>[<>≤≥~]|<=|>=|less than|at least|about|approximately|up to|greater than|more than)?"
    r"\s{0,2}(?P<value>\d{1,3}(?:\.\d{1,3})?)\s?%"
)
_FIGURE = re.compile(_PERCENT + r"(?!\s?(?:CI\b|confidence))", re.I)
_AT_ONCE = re.compile(r"\s{0,2}[(\[]\s{0,2}" + _PERCENT, re.I)
_HAPPENED = Gated(
    re.compile(
        r"\b(?:occur(?:red|s)?|report(?:ed)?|observed|seen|experienced|noted|developed|incidence|rates?|frequency)\b",
        re.I,
    )
)
_OTHERWISE = Gated(re.compile(r"\b(?:table|resol\w+|recover\w*|discontinu\w+|withh\w+|interrupt\w+)\b", re.I))
_STOP = re.compile(r"(?<!\bvs)[.;•](?=\s|$)|\](?=\s[A-Z])|\n\s*\n")
_PLACEBO = re.compile(r"(?<!twice )(?<!than )(?<!times )\b(?:placebo|vehicle|sham)\b", re.I)
_OTHER = re.compile(r"\b(?:comparator|control|versus|vs\.?|compared (?:to|with))\b", re.I)
_AGAINST_PLACEBO = re.compile(r"\b(?:versus|vs\.?|compared (?:to|with)|than(?: with)?) placebo\b", re.I)
_TREATED = re.compile(r"\b(?:receiv|treated with|taking|given|administered|of patients on|who took)\w*", re.I)
_EXPLAINED = re.compile(r"\s?\([^()]{1,120}\)")
_LIST = re.compile(r"[\s,;/]*(?:and|or|and/or)?[\s,;]*", re.I)
_SIGNS: dict[str, Literal["=", "<", "<=", ">", ">=", "about"]] = {
    "<": "<",
    "less than": "<",
    ">": ">",
    "greater than": ">",
    "more than": ">",
    "≤": "<=",
    "<=": "<=",
    "up to": "<=",
    "≥": ">=",
    ">=": ">=",
    "at least": ">=",
    "~": "about",
    "about": "about",
    "approximately": "about",
}
_SEVERITIES = (
    ("fatal", re.compile(r"\b(?<!non-)(?<!non)(?:fatal(?:ities|ity)?|deaths?)\b", re.I)),
    ("life-threatening", re.compile(r"\blife[- ‑–]?threatening\b", re.I)),
    ("serious", re.compile(r"\b(?<!non-)(?<!non)serious\b", re.I)),
    ("severe", re.compile(r"\bsevere\b", re.I)),
)
_ANY = ("fatal", "death", "threatening", "serious", "severe")
_GRAVE = r"fatal|life[- ‑–]?threatening|serious|severe"
_BEFORE = re.compile(
    rf"(?<![\w-])(?:(?:{_GRAVE}|potentially|sometimes|rarely|and|or|and/or|cases?|events?|episodes?|of|acute"
    r"|including|clinically|significant|even|some)[\s,/]+){1,8}$",
    re.I,
)
_BEHIND = re.compile(
    r"[\s,]{1,3}(?:\([^)]{0,20}\)\s?,?\s?)?\(?(?:(?:which|that|some|sometimes|including|with|may be|can be"
    r"|has been|have been|and can be|and may be|of which|resulting in|leading to|were|was|cases?|potentially"
    rf"|{_GRAVE}|and|or|and/or|even)\s){{1,6}}(?:fatal(?:ities|ity)?|life[- ‑–]?threatening|death)\b"
    r"|[\s,]{1,3}(?:which |that |and )?(?:may|can) be (?:serious|severe)\b",
    re.I,
)


def grave_places(text: str) -> list[int]:
    """Where a word of severity stands, in order."""
    low = fold(text)
    found: list[int] = []
    for word in _ANY:
        at = low.find(word)
        while at >= 0:
            found.append(at)
            at = low.find(word, at + 1)
    return sorted(found)


def severity_around(text: str, start: int, end: int, places: Sequence[int]) -> str | None:
    """The gravest of fatal, life-threatening, serious and severe said beside ``text[start:end]``.

    ``places`` are the text's :func:`grave_places`.
    """
    first = bisect_left(places, start - 80)
    if first == len(places) or places[first] > end + 90:
        return None
    before = _BEFORE.search(text, max(0, start - 80), start)
    behind = _BEHIND.match(text, end, min(len(text), end + 90))
    near = " ".join((before[0] if before else "", text[start:end], behind[0] if behind else ""))
    for name, pattern in _SEVERITIES:
        if pattern.search(near):
            return name
    return None


def figures_after(text: str, spans: Sequence[tuple[int, int]], number: int) -> tuple[Figure, ...]:
    """The percentages the sentence gives the reaction ``spans[number]``; ``spans`` are all, in order.

    A figure in brackets right behind it is its own. Others count only where no other reaction stands between,
    and where the reaction is not one of a list, whose figures would belong to all of it. What a bracket
    behind a reaction explains ("delirium (confusion or agitation) occurred in 12%") is the reaction itself.
    """
    start, end = spans[number]
    if text.find("%", end, end + REACH) < 0:
        return ()
    limit = min(len(text), end + REACH)
    explained = _EXPLAINED.match(text, end, limit)
    following = number + 1
    if explained and "%" not in explained[0]:
        end = explained.end()
        while following < len(spans) and spans[following][0] < end:
            following += 1
    if following < len(spans):
        limit = min(limit, spans[following][0])
    stop = _STOP.search(text, end, limit)
    limit = stop.start() if stop else limit
    at_once = _AT_ONCE.match(text, end, limit)
    if at_once:
        close = text.find(")", at_once.end(), limit)
        return _read(text, end, close if close >= 0 else at_once.end())
    if number and _LIST.fullmatch(text, spans[number - 1][1], start):
        return ()
    first = _FIGURE.search(text, end, limit)
    if first and text.find(")", end, first.start()) >= 0 > text.find("(", end, first.start()):
        return ()  # it stands in a bracket, and the figure behind it
    if first is None or not _HAPPENED.search(text, end, first.start()):
        return ()
    if _OTHERWISE.search(text, end, first.start()):
        return ()
    return _read(text, end, limit)


def _read(text: str, start: int, end: int) -> tuple[Figure, ...]:
    """The percentages in ``text[start:end]``, each with its arm."""
    found = list(_FIGURE.finditer(text, start, end))[:4]
    arms: list[Arm] = []
    for i, match in enumerate(found):
        close = found[i + 1].start() if i + 1 < len(found) else end
        behind = text[match.end() : close]
        before = text[found[i - 1].end() : match.start()] if i else ""
        placebo, other = _PLACEBO.search(behind), _OTHER.search(behind)
        if placebo and not (other and other.start() < placebo.start()):
            arms.append("placebo")
        elif i and _OTHER.search(before) and arms[-1] == "placebo":
            arms.append("drug")
        elif i and _OTHER.search(before):
            near = text[max(0, start - REACH) : match.start()]
            arms.append(
                "placebo" if _PLACEBO.search(before) or _AGAINST_PLACEBO.search(near) else "comparator"
            )
        elif _TREATED.search(behind):
            arms.append("drug")
        else:
            arms.append("unspecified")
    if arms.count("unspecified") == 1 and "drug" not in arms and len(arms) == 2:
        arms[arms.index("unspecified")] = "drug"
    return tuple(
        Figure(
            unit="%", value=float(m["value"]), relation=_SIGNS.get((m["sign"] or "").lower(), "="), arm=arm
        )
        for m, arm in zip(found, arms, strict=True)
        if float(m["value"]) <= 100
    )
