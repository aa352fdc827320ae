"""Figures and severity that a sentence gives a reaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from usedfor.model import Figure

__all__ = ["figures_after", "severity_around"]

REACH = 220  # characters behind the reaction within which its figures stand

_PERCENT = (
    r"(?P<sign>[<>≤≥~]|<=|>=|less than|at least|about|approximately|up to|greater than|more than)?"
    r"\s{0,2}(?P<value>\d{1,3}(?:\.\d{1,3})?)\s?%"
)
_FIGURE = re.compile(_PERCENT + r"(?!\s?(?:CI\b|confidence))", re.I)
_AT_ONCE = re.compile(r"\s{0,2}[(\[]\s{0,2}" + _PERCENT, re.I)
_HAPPENED = re.compile(
    r"(?:occur(?:red|s)?|report(?:ed)?|observed|seen|experienced|noted|developed|incidence|rates?|frequency|was|were|in|is)\b",
    re.I,
)
_STOP = re.compile(r"[.;•](?=\s|$)")
_PLACEBO = re.compile(r"\b(?:placebo|vehicle|sham)\b", re.I)
_OTHER = re.compile(r"\b(?:comparator|control|versus|vs\.?|compared (?:to|with))\b", re.I)
_TREATED = re.compile(r"\b(?:receiv|treated with|taking|given|administered|of patients on|who took)\w*", re.I)
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
    ("fatal", re.compile(r"\b(?:fatal(?:ities|ity)?|deaths?|resulting in death)\b", re.I)),
    ("life-threatening", re.compile(r"\blife[- ‑–]?threatening\b", re.I)),
    ("serious", re.compile(r"\bserious\b", re.I)),
    ("severe", re.compile(r"\bsevere\b", re.I)),
)
_ANY = re.compile(r"fatal|death|threatening|serious|severe", re.I)
_BEFORE = re.compile(
    r"\b(?:(?:fatal|life[- ‑–]?threatening|serious|severe|potentially|sometimes|and|or|and/or|cases?|events?"
    r"|episodes?|of|acute|including|clinically|significant|even|some)[\s,/]+){1,8}$",
    re.I,
)
_BEHIND = re.compile(
    r"[\s,]{1,3}(?:\([^)]{0,20}\)\s?,?\s?)?"
    r"(?:\(|which |that |some |sometimes |including |with |may be |can be |has been |have been |and ){0,3}"
    r"(?:of which |cases |potentially |some |resulting in |leading to |serious |severe |"
    r"life[- ‑–]?threatening |and |or |and/or |even ){0,4}"
    r"(?:fatal(?:ities|ity)?|life[- ‑–]?threatening|death|serious|severe)\b",
    re.I,
)


def severity_around(text: str, start: int, end: int) -> str | None:
    """The gravest of fatal, life-threatening, serious and severe said beside ``text[start:end]``."""
    if not _ANY.search(text, max(0, start - 80), min(len(text), end + 90)):
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
    and where the reaction is not one of a list, whose figures would belong to all of it.
    """
    start, end = spans[number]
    limit = min(len(text), end + REACH)
    if number + 1 < len(spans):
        limit = min(limit, spans[number + 1][0])
    stop = _STOP.search(text, end, limit)
    limit = stop.start() if stop else limit
    at_once = _AT_ONCE.match(text, end, limit)
    if at_once:
        close = text.find(")", at_once.end(), limit)
        return _read(text, end, close if close >= 0 else at_once.end())
    if number and _LIST.fullmatch(text, spans[number - 1][1], start):
        return ()
    first = _FIGURE.search(text, end, limit)
    if first is None or not _HAPPENED.search(text, end, first.start()):
        return ()
    return _read(text, end, limit)


def _read(text: str, start: int, end: int) -> tuple[Figure, ...]:
    """The percentages in ``text[start:end]``, each with its arm."""
    found = list(_FIGURE.finditer(text, start, end))[:4]
    arms: list[Literal["drug", "placebo", "comparator", "unspecified"]] = []
    for i, match in enumerate(found):
        close = found[i + 1].start() if i + 1 < len(found) else end
        behind = text[match.end() : close]
        before = text[found[i - 1].end() : match.start()] if i else ""
        if _PLACEBO.search(behind) and not (i == 0 and _OTHER.search(behind)):
            arms.append("placebo")
        elif i and _OTHER.search(before):
            arms.append("placebo" if _PLACEBO.search(before) else "comparator")
        elif _TREATED.search(behind):
            arms.append("drug")
        else:
            arms.append("unspecified")
    if len(arms) > 1 and arms[0] == "unspecified" and ("placebo" in arms or "comparator" in arms):
        arms[0] = "drug"
    return tuple(
        Figure(
            unit="%", value=float(m["value"]), relation=_SIGNS.get((m["sign"] or "").lower(), "="), arm=arm
        )
        for m, arm in zip(found, arms, strict=True)
        if float(m["value"]) <= 100
    )
