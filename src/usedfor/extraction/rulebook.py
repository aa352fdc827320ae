"""Rules whose cues are found in one pass, and the sentences they stand in.

A rule names literal cues (lower case). All cues of a rule book are found together by an Aho-Corasick
automaton (Aho and Corasick, CACM 1975), so the time depends on the text and not on the number of rules; a
rule's regular expression then looks only at the sentences that hold one of its cues.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

import daachorse

from usedfor.extraction.cues import rules
from usedfor.extraction.sentences import sentences
from usedfor.model import Document, Section, Statement, StatementKind

__all__ = ["MAX_WORDS", "CueIndex", "fold", "is_short", "read_rules", "state"]

MAX_WORDS = 8  # a longer piece of a label is a sentence, and sentences do not ship

_REACH = 600  # characters on each side of a cue within which its sentence is looked for
_SURROGATE = re.compile("[\ud800-\udfff]")


class HasCues(Protocol):
    """What a rule must have: ``cues``, in lower case."""

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
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


def is_short(text: str) -> bool:
    """Whether ``text`` has words, and no more than may ship."""
    return 0 < len(text.split()) <= MAX_WORDS


class CueIndex(Generic[R]):
    """The cues of many rules in one automaton."""

    def __init__(self, book: Sequence[R]) -> None:
        self.rules = tuple(book)
        owners: dict[str, list[int]] = {}
        for number, rule in enumerate(self.rules):
            for cue in rule.cues:
                owners.setdefault(cue, []).append(number)
        self._owners = list(owners.values())
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(owners))

    def cues(self, text: str) -> list[tuple[int, int]]:
        """Each cue in ``text`` as (place, number of the rule), by place."""
        low = fold(text)
        try:
            found = self._automaton.find_overlapping(low)
        except UnicodeEncodeError:  # a lone surrogate: no cue holds one
            found = self._automaton.find_overlapping(_SURROGATE.sub("\ufffd", low))
        return sorted((start, number) for start, _, cue in found for number in self._owners[cue])

    def sentences(self, text: str) -> Iterator[tuple[int, int, tuple[R, ...]]]:
        """The sentences of ``text`` that hold a cue, in order: start, end, and the rules cued, in book order.

        A sentence is looked for within 600 characters of its cue: what is longer is a list run together, and
        is cut there.
        """
        cued: dict[tuple[int, int], set[int]] = {}
        found = self.cues(text)
        first = 0
        while first < len(found):
            last = first
            while last + 1 < len(found) and found[last + 1][0] - found[last][0] <= _REACH:
                last += 1
            low = max(0, found[first][0] - _REACH)
            high = found[last][0] + _REACH
            bounds = [(low + start, low + end) for start, end in sentences(text[low:high])]
            starts = [start for start, _ in bounds]
            for place, number in found[first : last + 1]:
                at = max(0, bisect_right(starts, place) - 1)
                cued.setdefault(bounds[at], set()).add(number)
            first = last + 1
        for (start, end), numbers in sorted(cued.items()):
            yield start, end, tuple(self.rules[n] for n in sorted(numbers))


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
