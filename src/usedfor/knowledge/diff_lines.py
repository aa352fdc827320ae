"""A line of treatment, a stage or a group of people that one version of a label names for a use and the other
does not, where both list the use.

The sentences of both versions that speak of the condition are held against each other, by the cues of
``lines.toml``. What they are, not whether it is more or less, is told: a stage that is new may stand beside
the others or in their place, and both sentences are cited.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from usedfor.appraisal.grouping import plain
from usedfor.extraction.sentences import sentences
from usedfor.model import Span, Statement, quote_hash

__all__ = ["Line", "Said", "Version", "lines", "read"]

_DENIED = re.compile(r"\bnot (?:indicated|recommended|for use|a substitute)|\blimitations? of use", re.I)
_BREAK = re.compile(r"\(\s*\d{1,2}(?:\.\d{1,2})*(?:\s*,\s*\d{1,2}(?:\.\d{1,2})*)*\s*\)|;|\]\s*\.?")
_CHILDREN, _AGE = "people.pediatric", "people.age"
_LONG = 500  # characters of a clause: a longer one speaks of more than one use
_MARKS = re.compile(r"\s+")


class Said(NamedTuple):
    """One sentence of a label on a condition, and what its cues say."""

    span: Span
    words: str
    says: dict[str, tuple[str, str]]  # by what is told: the cue's id and group


class Line(NamedTuple):
    """What one version says of a condition and the other does not; where, and the nearest words there."""

    rule: str
    says: str
    here: Said
    there: Said


class _Cue(NamedTuple):
    id: str
    group: str
    says: str
    find: re.Pattern[str]


@cache
def _cues() -> tuple[_Cue, ...]:
    found = tomllib.loads(files("usedfor.knowledge").joinpath("lines.toml").read_text("utf-8"))["cue"]
    return tuple([_Cue(c["id"], c["group"], c["says"], re.compile(c["find"], re.I)) for c in found])


class Version(NamedTuple):
    """What one version says of a condition. ``clauses`` speak of it and of no other use; ``all`` are the
    sentences that name it at all."""

    clauses: list[Said]
    all: list[Said]


def read(
    document: str,
    section: str,
    text: str,
    statements: Sequence[Statement],
    others: Sequence[Statement],
    names: Sequence[str],
) -> Version:
    """The sentences of a section in which one of ``statements`` stands or one of ``names`` is said, those
    that deny a use left out; and their clauses in which ``statements`` stand and none of ``others`` does."""
    wanted = {f" {plain(name)} " for name in names if plain(name)}
    found = Version([], [])

    def said(start: int, end: int) -> Said:
        quote = text[start:end]
        span = Span(document=document, section=section, start=start, end=end, sha256=quote_hash(quote))
        return Said(span, plain(quote), _says(_MARKS.sub(" ", quote)))

    def stand(some: Sequence[Statement], start: int, end: int) -> bool:
        return any(s.span.section == section and start <= s.span.start < end for s in some)

    for start, end in sentences(text):
        quote = text[start:end]
        here = stand(statements, start, end)
        if _DENIED.search(quote) or not (here or any(name in f" {plain(quote)} " for name in wanted)):
            continue
        found.all.append(said(start, end))
        for first, last in _clauses(text, start, end) if here else ():
            if last - first <= _LONG and stand(statements, first, last) and not stand(others, first, last):
                found.clauses.append(said(first, last))
    return found


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence cut where a reference to a section or a semicolon ends what it says of one use."""
    breaks = [start, *(match.end() for match in _BREAK.finditer(text, start, end)), end]
    pieces = [(a + len(text[a:b]) - len(text[a:b].lstrip()), b) for a, b in pairwise(breaks)]
    return [(a, a + len(text[a:b].rstrip())) for a, b in pieces if text[a:b].strip()]


def _says(quote: str) -> dict[str, tuple[str, str]]:
    found = {}
    for cue in _cues():
        for match in cue.find.finditer(quote):
            found[cue.says.format(*(group.lower() for group in match.groups()))] = cue.id, cue.group
    return found


def lines(old: Version, new: Version) -> Iterator[Line]:
    """What is said in one version alone, the newer one's first. Where one version says nothing of the
    condition, nothing can be compared."""
    for here, there, suffix in ((new, old, "added"), (old, new, "removed")):
        if not here.clauses or not there.clauses:
            continue
        elsewhere = {what for one in there.all for what in one.says}
        ids = {id_ for one in there.all for id_, _ in one.says.values()}
        words = " | ".join(one.words for one in there.all)
        told: set[str] = set()
        for one in here.clauses:
            if one.words in words:
                continue
            for what, (id_, group) in one.says.items():
                if id_ == _CHILDREN and _AGE in ids:
                    continue  # an age says who they are
                if what not in elsewhere and what not in told:
                    told.add(what)
                    yield Line(f"change.{group}_{suffix}", what, one, _nearest(one, there.clauses))


def _nearest(one: Said, others: Sequence[Said]) -> Said:
    here = set(one.words.split())

    def alike(other: Said) -> tuple[int, int, int]:
        words = set(other.words.split())
        return len(here & words), -len(words), -other.span.start

    return max(others, key=alike)
