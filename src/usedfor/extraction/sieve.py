"""Which of many regular expressions can match in a text at all, told by one pass over it.

From each expression the literals are worked out one of which every match must hold (Cox, "Regular expression
matching with a trigram index", 2012); all of them are sought together by an Aho-Corasick automaton. Most
texts hold the literals of few expressions, so the others need not be tried.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from re import _constants as ops  # type: ignore[attr-defined]  # the parser has no other name
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import daachorse

from usedfor.extraction.rulebook import find
from usedfor.vocabulary.text import lowered

__all__ = ["Gated", "Sieve", "literals"]

_MOST = 48  # literals of one run of an expression; with more it counts as open
_SHORTEST = 3  # characters of a literal worth looking for
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)
_NO_WIDTH = (ops.AT, ops.ASSERT, ops.ASSERT_NOT)
_LIKE = (("İ", "i"), ("ı", "i"), ("ſ", "s"), ("\u212a", "k"))  # what "i", "s" and "k" match, case aside

Strings = frozenset[str]
_NOTHING: Strings = frozenset(("",))


def literals(pattern: re.Pattern[str]) -> Strings | None:
    """Strings in lower case, one of which each match of ``pattern`` holds, case aside; None if none are
    known."""
    found = _needed(*_read(parser.parse(pattern.pattern, pattern.flags)))
    if found is None:
        return None
    return frozenset(one for one in found if not any(other in one and other != one for other in found))


def _needed(whole: Strings | None, part: Strings | None) -> Strings | None:
    """The better of all that an expression can match and of what each match holds."""
    return max((whole, part), key=_worth) if _worth(whole) or _worth(part) else None


def _worth(strings: Strings | None) -> tuple[int, int] | tuple[()]:
    """Longer is better, then fewer; nothing is worth nothing."""
    shortest = min(map(len, strings), default=0) if strings else 0
    return (min(shortest, 6), -len(strings)) if strings and shortest >= _SHORTEST else ()


def _read(items: Iterable[tuple[Any, Any]]) -> tuple[Strings | None, Strings | None]:
    """All strings that a sequence can match, where they are few; and strings one of which a match holds."""
    run, best, open_ = _NOTHING, None, False
    for op, value in items:
        whole, part = _item(op, value)
        if whole is not None and len(run) * len(whole) <= _MOST:
            run = frozenset(a + b for a in run for b in whole)
        else:
            best = _needed(part, _needed(run, best))
            run, open_ = whole or _NOTHING, True
    return (None if open_ else run), _needed(run, best)


def _item(op: Any, value: Any) -> tuple[Strings | None, Strings | None]:
    if op is ops.LITERAL:
        return (frozenset((chr(value).lower(),)) if value < 128 else None), None
    if op is ops.IN and all(kind is ops.LITERAL and code < 128 for kind, code in value) and len(value) <= 4:
        return frozenset(chr(code).lower() for _, code in value), None
    if op in _NO_WIDTH:
        return _NOTHING, None
    if op is ops.SUBPATTERN:
        return _read(value[-1])
    if op is ops.ATOMIC_GROUP:
        return _read(value)
    if op is ops.BRANCH:
        found = [_read(branch) for branch in value[1]]
        wholes = [whole for whole, _ in found if whole is not None]
        needed = [strings for one in found if (strings := _needed(*one)) is not None]
        whole = frozenset[str]().union(*wholes) if len(wholes) == len(found) else None
        part = frozenset[str]().union(*needed) if len(needed) == len(found) else None
        return (whole if whole is not None and len(whole) <= _MOST else None), part
    if op in _REPEATS:
        least, most, inner = value
        whole, part = _read(inner)
        if most == 1 and whole is not None:
            return (whole, part) if least else (whole | _NOTHING, None)
        return None, (_needed(whole, part) if least else None)
    return None, None


class Sieve:
    """Expressions by name, and which of them may match in a text."""

    def __init__(self, patterns: Mapping[str, re.Pattern[str]]) -> None:
        owners: dict[str, list[str]] = {}
        always = []
        for name, pattern in patterns.items():
            needed = literals(pattern)
            for literal in sorted(needed or ()):
                owners.setdefault(literal, []).append(name)
            if needed is None:
                always.append(name)
        self._always = frozenset(always)
        self._owners = list(owners.values())
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(owners)) if owners else None

    def passing(self, text: str) -> set[str]:
        """The names of the expressions that may match in ``text``, and of all that do."""
        found = set(self._always)
        if self._automaton is not None:
            for _, _, literal in find(self._automaton, _low(text)):
                found.update(self._owners[literal])
        return found


def _low(text: str) -> str:
    """``text`` in the lower case in which literals are sought."""
    if text.isascii():
        return text.lower()
    for like, plain in _LIKE:
        text = text.replace(like, plain)
    return lowered(text)


class Gated:
    """An expression that is tried only on texts that hold one of its literals: for expressions of many words
    that most texts have none of. Finds what the expression finds."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        needed = literals(pattern)
        self.match = pattern.match
        self.fullmatch = pattern.fullmatch
        self._search = pattern.search
        self._finditer = pattern.finditer
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(sorted(needed)) if needed else None

    def may(self, text: str) -> bool:
        """Whether there can be a match in ``text``."""
        if self._automaton is None:
            return True
        try:
            return bool(self._automaton.find(_low(text)))
        except UnicodeEncodeError:  # a lone surrogate
            return True

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """As the expression's own."""
        return self._search(text, start, end) if self.may(text[start:end]) else None

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """As the expression's own."""
        return self._finditer(text, start, end) if self.may(text[start:end]) else iter(())
