"""A sentence -> the claims it makes: its clauses, what is said of one subject in a row, the items of a list.

Parted at semicolons, at conjunctions behind which a verb stands, at relative clauses that go on about the
medicine, and at lists of conditions; each part keeps its place. Nothing is parted within brackets or quotes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from usedfor.verification.cues import data
from usedfor.verification.units import Unit

__all__ = ["Part", "parts"]

_MOST = 12  # parts of a sentence that are told apart
_SHORTEST = 2  # words


@dataclass(frozen=True, slots=True)
class Part:
    """A claim: its place in the sentence, and the words by which it is judged (for an item of a list, the
    sentence without the other items)."""

    start: int
    end: int
    text: str
    item: bool = False


@cache
def _cuts() -> re.Pattern[str]:
    return re.compile(data("parts")["cut"]["pattern"], re.I)


@cache
def _verb() -> re.Pattern[str]:
    return re.compile(data("parts")["cut"]["verb"], re.I)


@cache
def _subject() -> re.Pattern[str]:
    return re.compile(data("parts")["cut"]["subject"], re.I)


@cache
def _between() -> re.Pattern[str]:
    return re.compile(data("parts")["list"]["between"], re.I)


@cache
def _last() -> re.Pattern[str]:
    return re.compile(data("parts")["list"]["last"], re.I)


def parts(text: str, units: Sequence[Unit]) -> tuple[Part, ...]:
    """The parts of a sentence in order; one that makes a single claim gives one part, itself. ``units`` are
    those of the sentence, their places in it."""
    found: list[Part] = []
    for start, end in _clauses(text):
        items = _items(text, start, end, units)
        found += items or [Part(start, end, text[start:end])]
    if len(found) < 2 or len(found) > _MOST:
        return (Part(0, len(text), text),)
    return tuple(found)


def _clauses(text: str) -> list[tuple[int, int]]:
    """The clauses that can stand alone."""
    shut = [(m.start(), m.end()) for m in re.finditer(r"\([^)]*\)|“[^”]*”|\"[^\"]*\"", text)]
    bounds = [(0, 0)]
    for cut in _cuts().finditer(text):
        if any(a < cut.end() and cut.start() < b for a, b in shut):
            continue
        if text[cut.start()] == ";" or _verb().match(text, cut.end()):
            bounds.append((cut.start(), cut.end()))
    bounds.append((len(text), len(text)))
    spans = [(a[1], b[0]) for a, b in pairwise(bounds)]
    aside = _subject().match(text)
    if aside and not _verb().search(aside["subject"]):
        first, rest = aside.span("aside"), aside.start("rest")
        spans = [first, *((max(a, rest), b) for a, b in spans if b > rest)]
    if any(len(text[a:b].split()) < _SHORTEST or not _verb().search(text, a, b) for a, b in spans):
        return [(0, len(text))]
    return spans


def _items(text: str, start: int, end: int, units: Sequence[Unit]) -> list[Part]:
    """The items of a list of conditions in a clause, each with what stands around the list."""
    named = sorted(
        (u for u in units if u.disease and start <= u.start and u.end <= end), key=lambda u: u.start
    )
    run: list[Unit] = []
    for unit in named:
        if run and not _between().fullmatch(text, run[-1].end, unit.start):
            if len(run) > 1:
                break
            run = []
        run.append(unit)
    if len(run) < 2:
        return []
    spans = [(u.start, u.end) for u in run]
    more = _last().match(text, spans[-1][1], end)
    if more:  # the last item, where its words are in no list of conditions
        spans.append(more.span("item"))
    before, behind = text[start : spans[0][0]], text[spans[-1][1] : end]
    return [Part(a, b, f"{before}{text[a:b]}{behind}", True) for a, b in spans]
