"""Amounts, times, how often, and schedules: a claim's figures against the documents'."""

from __future__ import annotations

import re
from collections.abc import Sequence

from usedfor.verification.facts import Facts
from usedfor.verification.figures import Amount, amounts, intervals
from usedfor.verification.results import Kind
from usedfor.verification.retrieve import Found

__all__ = ["amount_figures", "schedule_figures"]

TOP = 3
_SCHEDULE = re.compile(r"\b(?:schedule|class|c)[- ]?(i{1,3}v?|iv|v|[1-5]|one|two|three|four|five)\b", re.I)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_UNCONTROLLED = re.compile(r"\b(?:not|n't|never|isn't)\b[^.;]{0,40}\b(?:controlled|scheduled|narcotic)", re.I)
_CONTROLLED = re.compile(r"\b(?:controlled (?:substance|drug|medicine)|schedule[sd]?|narcotic)\b", re.I)


def amount_figures(f: dict[str, float], text: str, kind: Kind, found: Found) -> None:
    """Whether the amounts of a claim, its times and how often meet those of the sentences found."""
    top = found.hits[:TOP]
    claimed = amounts(text)
    met = clash = 0
    for amount in claimed:
        same = [a for h in top for a in h.passage.amounts if a.dimension == amount.dimension]
        if any(amount.meets(a) for a in same):
            met += 1
        elif same:
            clash += 1
    f["figure_met"], f["figure_clash"] = bool(met), bool(clash)
    f["figure_alone"] = bool(claimed) and not met and not clash
    often = intervals(text) if kind in ("route", "use", "approval", "onset") else ()
    known = found.index.intervals
    f["often_met"] = bool(often) and bool(known) and any(hours in known for hours in often)
    f["often_clash"] = bool(often) and bool(known) and not f["often_met"]
    f["course_clash"] = float(kind in ("route", "use", "onset") and _course(claimed, text, found))
    f["figure_over"] = float(
        kind in ("route", "use", "approval", "caution", "onset")
        and any(a.dimension == "mg" or _COURSE.search(text) for a in claimed)
        and any(_over(amount, text, found) for amount in claimed)
    )
    first = [a for h in top[:1] for a in h.passage.amounts]
    f["figure_clash1"] = any(
        not any(amount.meets(a) for a in first) and any(a.dimension == amount.dimension for a in first)
        for amount in claimed
    )


_COURSE = re.compile(r"\b(?:taken?|taking|used?|using|given|continued?|stay on|kept up|course|treatment|therapy|wear|worn)\b", re.I)  # fmt: skip  # noqa: E501
_NOT_OVER = re.compile(r"\b(?:not|never|no|under|below|less|within|after|before|avoid|at least|only)\b", re.I)
_LASTS = re.compile(r"\b(?:for (?:up to |as long as )?|up to |as much as )$|^ (?:in a row|on end|at a stretch|running)", re.I)  # fmt: skip  # noqa: E501


def _over(amount: Amount, text: str, found: Found) -> bool:
    """Whether an amount that a claim allows ("up to 50 mg", "for five years") is above every limit that the
    sentences on dosing set for amounts of its kind."""
    before, behind = text[max(0, amount.start - 14) : amount.start], text[amount.end : amount.end + 14]
    if not (_LASTS.search(before) or _LASTS.search(behind)) or _NOT_OVER.search(text):
        return False
    index = found.index
    limits = [
        a.high
        for section in ("dosage_and_administration", "indications_and_usage")
        for n in index.by_section(section)
        if index.passages[n].says("most")
        for a in index.passages[n].amounts
        if a.dimension == amount.dimension
    ]
    return bool(limits) and amount.low > 1.15 * max(limits)


_FOR = re.compile(
    r"\b(?:for|course of|over|treat for|treatment for)(?: (?:up to|a total of|a minimum of|at least|about|no more than|at most|only|another|a))*\s*$",  # noqa: E501
    re.I,
)
_ROW = re.compile(r"^[- ](?:course|in a row|on end|running|consecutive)", re.I)
_DAY = 24.0
_EFFECT = re.compile(
    r"\b(?:lasts?|effect|relie\w+|works?|wears? off|stays?|remains?|protects?|helps?|off)\b", re.I
)


def _lengths(text: str, found: Sequence[Amount]) -> list[Amount]:
    """The amounts of at least a day that say for how long something is given."""
    return [
        a
        for a in found
        if a.dimension == "hours"
        and a.low >= _DAY
        and (_FOR.search(text[max(0, a.start - 30) : a.start]) or _ROW.match(text[a.end : a.end + 16]))
    ]


def _course(claimed: Sequence[Amount], text: str, found: Found) -> bool:
    """Whether a claim gives a length of treatment that meets none of those in the section on dosing."""
    said = _lengths(text, claimed)
    if not said or _EFFECT.search(text):
        return False
    index = found.index
    told = [
        a
        for n in index.by_section("dosage_and_administration")
        for a in _lengths(index.passages[n].text, index.passages[n].amounts)
    ]
    return bool(told) and not any(a.meets(b) for a in said for b in told)


def schedule_figures(f: dict[str, float], low: str, kind: Kind, facts: Facts) -> None:
    """Whether a claim on the schedule agrees with the documents."""
    f["schedule_met"] = f["schedule_clash"] = f["schedule_unknown"] = 0.0
    if kind != "schedule" or not (_CONTROLLED.search(low) or _SCHEDULE.search(low)):
        return
    named = _SCHEDULE.search(low)
    said = (int(named[1]) if named[1].isdigit() else _ROMAN[named[1].lower()]) if named else None
    denied = bool(_UNCONTROLLED.search(low))
    if facts.schedule is None and not facts.uncontrolled:
        f["schedule_unknown"] = 1.0
    elif facts.schedule is not None:
        wrong = denied or (said is not None and said != facts.schedule)
        f["schedule_clash" if wrong else "schedule_met"] = 1.0
    else:
        f["schedule_met" if denied else "schedule_clash"] = 1.0
