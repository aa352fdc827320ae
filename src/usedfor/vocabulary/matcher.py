"""Dictionary matching on running text, linear in its length, with exact offsets into the original.

All names are searched at once with an Aho-Corasick automaton over characters (daachorse), overlapping matches
included; then matches inside words are dropped; then, where asked, the longest are kept. (Leftmost-longest search
would lose "heart failure" in "heart failure with red", where a longer name begins but does not end.)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import daachorse

from usedfor.vocabulary.text import fold

Hit = tuple[int, int, int]  # start, end, number of the name


class Matcher:
    """Finds names in text. A name also matches with a plural "s" or "es" after it."""

    def __init__(self, names: Sequence[str], exact_case: Iterable[int] = ()) -> None:
        """``names`` may repeat: a hit gives the number of the first. ``exact_case``: numbers of names, abbreviations
        for the most part, that match only where the text has the same capitals ("AIDS" is not "aids")."""
        self._names = names
        strict = frozenset(exact_case)
        self._numbers: list[int] = []
        self._strict: list[list[int] | None] = []
        seen: dict[str, int] = {}
        patterns: list[str] = []
        for number, name in enumerate(names):
            pattern = fold(name).text.strip()
            if not pattern:
                continue
            at = seen.get(pattern)
            if at is None:
                seen[pattern] = len(patterns)
                patterns.append(pattern)
                self._numbers.append(number)
                self._strict.append([number] if number in strict else None)
            elif (alike := self._strict[at]) is not None:
                if number in strict:
                    alike.append(number)
                else:
                    self._strict[at] = None
                    self._numbers[at] = number
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(patterns) if patterns else None

    def all(self, text: str) -> list[Hit]:
        """Every name that stands in ``text`` as whole words, by end, then start; overlaps included."""
        if self._automaton is None:
            return []
        folded = fold(text)
        low = folded.text
        size = len(low)
        hits: list[Hit] = []
        for start, end, found in self._automaton.find_overlapping(low):
            if start and low[start - 1].isalnum() and low[start].isalnum():
                continue
            if end < size and low[end].isalnum() and low[end - 1].isalnum():
                stop = _plural_end(low, end, size)
                if not stop:
                    continue
            else:
                stop = end
            first, last = folded.start(start), folded.end(stop)
            alike = self._strict[found]
            if alike is None:
                hits.append((first, last, self._numbers[found]))
                continue
            quote = text[folded.start(start) : folded.end(end)]
            for number in alike:
                if self._names[number] == quote:
                    hits.append((first, last, number))
                    break
        return hits

    def longest(self, text: str) -> list[Hit]:
        """The names that stand in no longer one, in order; of two that cross, the longer, else the first."""
        return longest(self.all(text))


def longest(hits: list[Hit]) -> list[Hit]:
    """Of hits that overlap the longest, of equally long ones the first; in order of start."""
    taken: list[Hit] = []
    group: list[Hit] = []
    reach = -1
    for hit in sorted(hits):
        if hit[0] >= reach and group:
            taken += _pick(group)
            group = []
        group.append(hit)
        reach = max(reach, hit[1])
    return taken + _pick(group)


def _pick(group: list[Hit]) -> list[Hit]:
    if len(group) < 2:
        return group
    kept: list[Hit] = []  # disjoint, in order of start
    for hit in sorted(group, key=lambda h: (h[0] - h[1], h[0], h[2])):
        at = bisect_left(kept, hit)
        if (at == 0 or kept[at - 1][1] <= hit[0]) and (at == len(kept) or kept[at][0] >= hit[1]):
            kept.insert(at, hit)
    return kept


def _plural_end(low: str, end: int, size: int) -> int:
    """Where the word ends if only a plural ending is left of it, else 0."""
    if not low[end - 1].isalpha():
        return 0
    for ending in ("s", "es"):
        stop = end + len(ending)
        if low.startswith(ending, end) and (stop >= size or not low[stop].isalnum()) and low[end - 1] != "s":
            return stop
        if ending == "es" and low.startswith(ending, end) and (stop >= size or not low[stop].isalnum()):
            return stop if low[end - 1] in "sx" else 0
    return 0
