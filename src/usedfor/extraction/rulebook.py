"""Rules whose cues are found in one pass, and the sentences they stand in.

A rule names literal cues (lower case). All cues of a rule book are found together by an Aho-Corasick
automaton (Aho and Corasick, CACM 1975), so the time depends on the text and not on the number of rules; a
rule's regular expression then looks only at the sentences that hold one of its cues.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

import daachorse

from usedfor.extraction.cues import rules
from usedfor.extraction.sentences import sentences
from usedfor.model import Document, Section, Statement, StatementKind
from usedfor.vocabulary.text import lowered

__all__ = ["MAX_WORDS", "CueIndex", "find", "fold", "is_short", "read_rules", "state"]

MAX_WORDS = 8  # a longer piece of a label is a sentence, and sentences do not ship

_BEFORE, _BEHIND = 500, 1000  # characters around a cue within which sentences are looked for
_SURROGATE = re.compile("[\ud800-\udfff]")


class HasCues(Protocol):
    """What a rule must have."""

    @property
    def id(self) -> str:
        """The name that statements carry."""
        ...

    @property
    def cues(self) -> tuple[str, ...]:
        """The literal words one of which the rule's sentence must hold."""
        ...


R = TypeVar("R", bound=HasCues)


@cache
def read_rules(name: str) -> dict[str, Any]:
    """The rule file ``rules/<name>.toml`` as plain data, read once."""
    return rules(name)


def fold(text: str) -> str:
    """``text`` in lower case, every character at its place: an offset holds in both."""
    return lowered(text)


def is_short(text: str) -> bool:
    """Whether ``text`` has words, and no more than may ship."""
    return 0 < len(text.split()) <= MAX_WORDS


class CueIndex(Generic[R]):
    """The cues of many rules in one automaton.

    ``beside`` holds named lists of literals, and ``needs`` says which of them a rule asks for: its cue counts
    only where each of those lists has a literal within ``reach`` characters.
    """

    def __init__(
        self,
        book: Sequence[R],
        beside: Mapping[str, Sequence[str]] | None = None,
        needs: Callable[[R], Sequence[str]] = lambda rule: (),
        reach: int = 160,
    ) -> None:
        self.rules = tuple(book)
        self._reach = reach
        self._needs = tuple(tuple(needs(rule)) for rule in self.rules)
        owners: dict[str, list[int | str]] = {}
        for number, rule in enumerate(self.rules):
            for cue in rule.cues:
                owners.setdefault(cue, []).append(number)
        for name, literals in (beside or {}).items():
            for literal in literals:
                owners.setdefault(literal, []).append(name)
        self._owners = list(owners.values())
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(owners)) if owners else None

    def cues(self, text: str) -> list[tuple[int, int]]:
        """Each cue in ``text`` that counts, as (place, number of the rule), by place."""
        if self._automaton is None:
            return []
        hits: list[tuple[int, int]] = []
        places: dict[str, list[int]] = {}
        owners = self._owners
        for start, _, cue in find(self._automaton, fold(text)):
            for owner in owners[cue]:
                if isinstance(owner, str):
                    places.setdefault(owner, []).append(start)
                else:
                    hits.append((start, owner))
        if not hits:
            return []
        for near in places.values():
            near.sort()
        counted = []
        for hit in hits:
            for name in self._needs[hit[1]]:
                if name not in places or not self._near(places[name], hit[0]):
                    break
            else:
                counted.append(hit)
        counted.sort()
        return counted

    def _near(self, places: list[int], place: int) -> bool:
        """Whether one of the sorted ``places`` is within reach of ``place``."""
        at = bisect_left(places, place - self._reach)
        return at < len(places) and places[at] <= place + self._reach

    def sentences(
        self, text: str, done: Container[str] = frozenset(), read: Sequence[tuple[int, int]] = ()
    ) -> Iterator[tuple[int, int, tuple[R, ...]]]:
        """The sentences of ``text`` that hold a cue, in order: start, end, and the rules cued, in book order.

        Rules whose ids are in ``done`` are left out; it may grow while the sentences are read. Cues in the
        pieces ``read`` are passed over. A sentence is
        looked for within 500 characters before its cue and 1,000 behind: what is longer is a list.
        """
        found = self.cues(text)
        bounds: list[tuple[int, int]] = []
        starts: list[int] = []
        last = high = next_ = 0
        while next_ < len(found):
            place, number = found[next_]
            next_ += 1
            if self.rules[number].id in done or any(a <= place < b for a, b in read):
                continue
            if not bounds or (place >= starts[-1] and high < len(text)):
                low, high = max(last, place - _BEFORE), place + _BEHIND
                bounds = [(low + start, low + end) for start, end in sentences(text[low:high])]
                starts = [start for start, _ in bounds]
            start, last = bounds[max(0, bisect_right(starts, place) - 1)]
            numbers = {number}
            while next_ < len(found) and found[next_][0] < last:
                numbers.add(found[next_][1])
                next_ += 1
            yield start, last, tuple(self.rules[n] for n in sorted(numbers) if self.rules[n].id not in done)


def find(automaton: daachorse.CharwiseDoubleArrayAhoCorasick, text: str) -> list[tuple[int, int, int]]:
    """Every match of the automaton, overlaps too; a lone surrogate, which no cue holds, is passed over."""
    try:
        matches: list[tuple[int, int, int]] = automaton.find_overlapping(text)
    except UnicodeEncodeError:
        matches = automaton.find_overlapping(_SURROGATE.sub("\ufffd", text))
    return matches


def state(
    document: Document,
    section: Section,
    start: int,
    end: int,
    *,
    medicine: str,
    kind: StatementKind,
    rule: str,
    **more: Any,
) -> Statement:
    """A statement on ``section.text[start:end]``, still without an id."""
    return Statement(
        id="",
        medicine=medicine,
        kind=kind,
        text=section.text[start:end],
        span=document.span(section, start, end),
        rule=rule,
        **more,
    )
