"""The content of a claim as units: phrases, conditions, medicines, words, each with all that says the
same."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from usedfor.verification.lexicon import equivalents, stem, stems, tokens
from usedfor.vocabulary import Mention, load

__all__ = ["Unit", "empty", "misspelt", "units"]

_NAMES = 14  # names of a condition that are looked for
_ALIKE = 80  # of 100 (rapidfuzz ratio): a word this like the medicine's name is the name misspelt


_LIKENED = re.compile(r"\b(?:like|unlike|than|similar to)\s+$", re.I)


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a claim. ``ways`` are phrases (as stems) one of which must stand in a sentence."""

    text: str
    start: int
    end: int
    kind: str  # condition, medicine, phrase, word, figure
    ways: tuple[tuple[str, ...], ...]
    id: str | None = None
    disease: bool = False  # a condition, or a phrase that says one in other words


@cache
def empty() -> frozenset[str]:
    """Stems that carry no claim of their own (words/empty.txt)."""
    text = files("usedfor.verification").joinpath("words", "empty.txt").read_text("utf-8")
    return frozenset(stem(w) for line in text.splitlines() if not line.startswith("#") for w in line.split())


@cache
def _condition_ways(id_: str) -> tuple[tuple[str, ...], ...]:
    condition = load().conditions.get(id_)
    if condition is None:
        return ()
    names = [condition.name, *([condition.lay] if condition.lay else []), *condition.names]
    ways = dict.fromkeys(w for name in names[:_NAMES] if (w := stems(name)))
    for way in list(ways):
        ways.update(dict.fromkeys(_same(way)))
    return tuple(ways)


def _same(way: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    for phrase, others in equivalents().get(way[0], ()):
        if phrase == way:
            return others
    return ()


@cache
def _diseases() -> frozenset[tuple[str, ...]]:
    """The phrases of words/equivalents.txt of whose group one is the name of a condition."""
    found: set[tuple[str, ...]] = set()
    text = files("usedfor.verification").joinpath("words", "equivalents.txt").read_text("utf-8")
    conditions = load().conditions
    for line in text.splitlines():
        parts = line.replace(" > ", " | ").split(" | ")
        if line.startswith("#") or len(parts) < 2:
            continue
        if any(m.start == 0 and m.end == len(part) for part in parts[1:] for m in conditions.in_text(part)):
            found.add(stems(parts[0]))
    return frozenset(found)


def units(
    text: str,
    names: Collection[str],
    medicines: Callable[[str], tuple[Mention, ...]],
    own: Collection[str] = (),
) -> tuple[Unit, ...]:
    """The units of ``text`` in order. ``names`` are stems of the medicine's own names, which are passed over
    (misspelt too); ``own`` the ids of medicines that are it."""
    words = tokens(text)
    taken = [False] * len(words)
    for n, (one, start, end) in enumerate(words):
        if one in names or (end - start > 5 and misspelt(text[start:end].lower(), names)):
            taken[n] = True
    found: list[Unit] = []

    def claim(start: int, end: int) -> bool:
        inside = [n for n, (_, a, b) in enumerate(words) if a < end and b > start]
        if not inside or any(taken[n] for n in inside):
            return False
        for n in inside:
            taken[n] = True
        return True

    ordinary = _ordinary()
    named: dict[tuple[int, int], tuple[str, Mention | None, tuple[tuple[str, ...], ...]]] = {}
    low_stems = [one for one, _, _ in words]
    table = equivalents()
    for n in range(len(words)):
        for phrase, others in table.get(low_stems[n], ()):
            if len(phrase) > 1 and (end := _phrase_end(low_stems, taken, n, phrase)):
                named.setdefault((words[n][1], words[end - 1][2]), ("phrase", None, (phrase, *others)))
                break
    for m in load().conditions.in_text(text):
        named[m.start, m.end] = ("condition", m, ())
    for m in medicines(text):
        if m.id in own:
            claim(m.start, m.end)
        elif _LIKENED.search(text, max(0, m.start - 14), m.start):
            claim(m.start, m.end)  # "just like X": X is no part of the claim
        elif m.name.lower() not in ordinary and (m.start, m.end) not in named:
            named[m.start, m.end] = ("medicine", m, ())
    for (start, end), (kind, mention, ways_) in sorted(
        named.items(), key=lambda one: (one[0][0] - one[0][1], one[0])
    ):
        if not claim(start, end):
            continue
        if mention is None:
            found.append(Unit(text[start:end], start, end, kind, ways_, None, ways_[0] in _diseases()))
            continue
        ways = dict.fromkeys(w for w in (stems(mention.name),) if w)
        if kind == "medicine":
            ways.update(dict.fromkeys(w for w in (stems(mention.id.replace("-", " ")),) if w))
        ways.update(dict.fromkeys(way for w in list(ways) for way in _same(w)))
        if kind == "condition":
            ways.update(dict.fromkeys(_condition_ways(mention.id)))
        kept = tuple(w for w in ways if not all(s in empty() for s in w))
        if kept:
            found.append(Unit(mention.name, start, end, kind, kept, mention.id, kind == "condition"))
    n = 0
    while n < len(words):
        if not taken[n]:
            for phrase, others in table.get(low_stems[n], ()):
                end = _phrase_end(low_stems, taken, n, phrase)
                if end:
                    low, high = words[n][1], words[end - 1][2]
                    kind = "phrase" if len(phrase) > 1 or others else "word"
                    disease = phrase in _diseases()
                    found.append(Unit(text[low:high], low, high, kind, (phrase, *others), None, disease))
                    for at in range(n, end):
                        taken[at] = True
                    break
        n += 1
    for n, (one, start, end) in enumerate(words):
        if not taken[n] and one not in empty() and (len(one) > 2 or one[0].isdigit()):
            kind = "figure" if one[0].isdigit() else "word"
            found.append(Unit(text[start:end], start, end, kind, ((one,),)))
    return tuple(sorted(found, key=lambda u: u.start))


@cache
def _ordinary() -> frozenset[str]:
    text = files("usedfor.verification").joinpath("words", "ordinary.txt").read_text("utf-8")
    return frozenset(w for line in text.splitlines() if not line.startswith("#") for w in line.split())


_LOOSE = frozenset(
    stem(w) for w in ("the", "a", "an", "of", "to", "in", "and", "or", "for", "with", "is", "are")
)


def _phrase_end(low: list[str], taken: list[bool], start: int, phrase: tuple[str, ...]) -> int:
    """The word after ``phrase`` where it begins at ``start``, small words within passed over, else 0."""
    at = start
    for n, part in enumerate(phrase):
        while n and at < len(low) and low[at] in _LOOSE and low[at] != part and at - start < 8:
            at += 1
        if at >= len(low) or low[at] != part or taken[at]:
            return 0
        at += 1
    return at


def misspelt(word: str, names: Collection[str]) -> bool:
    """Whether a word is so like one of the names that it is meant to be it."""
    from rapidfuzz import fuzz

    return any(len(name) > 5 and fuzz.ratio(stem(word), name) >= _ALIKE for name in names)
