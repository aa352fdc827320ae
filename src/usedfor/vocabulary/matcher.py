"""Dictionary matching on running text, linear in its length, with exact offsets into the original.

All names are searched at once with an Aho-Corasick automaton over characters (daachorse), overlapping
matches included; then matches inside words are dropped; then, where asked, the longest are kept.
(Leftmost-longest search would lose "heart failure" in "heart failure with red", where a longer name
begins but does not end.)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import daachorse

from usedfor.vocabulary.text import fold

Hit = tuple[int, int, int]  # start, end, number of the name


class Matcher:
    """Finds names in text. A name also matches with a plural "s" or "es" after it."""

    def __init__(self, names: Sequence[str], exact_case: Sequence[str] = (), folded: bool = False) -> None:
        """``names`` may repeat: a hit gives the number of the first. ``exact_case``: more names, numbered
        on from the others, abbreviations for the most part, that match only where the text has the same
        capitals ("AIDS" is not "aids"). ``folded``: whether ``names`` are folded already, which saves
        time."""
        self._names = (*names, *exact_case)
        self._numbers: list[int] = []
        self._strict: list[list[int] | None] = []
        seen: dict[str, int] = {}
        for number, name in enumerate(self._names):
            loose = number < len(names)
            pattern = name if folded and loose else fold(name).text.strip()
            if not pattern:
                continue
            at = seen.setdefault(pattern, len(seen))
            if at == len(self._numbers):
                self._numbers.append(number)
                self._strict.append(None if loose else [number])
            elif not loose and (alike := self._strict[at]) is not None:
                alike.append(number)
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(seen)) if seen else None

    def all(self, text: str) -> list[Hit]:
        """Every name that stands in ``text`` as whole words, by end, then start; overlaps included."""
        if self._automaton is None:
            return []
        folded = fold(text)
        low = folded.text
        size = len(low)
        hits: list[Hit] = []
        numbers, stricts, same = self._numbers, self._strict, folded.same
        for start, end, found in self._automaton.find_overlapping(low):
            if start and low[start - 1 : start + 1].isalnum():  # both sides of the edge are of one word
                continue
            stop = end
            if end < size and low[end - 1 : end + 1].isalnum():
                stop = _plural_end(low, end, size)
                if not stop:
                    continue
            first, last = (start, stop) if same else (folded.start(start), folded.end(stop))
            alike = stricts[found]
            if alike is None:
                hits.append((first, last, numbers[found]))
                continue
            quote = text[first : end if same else folded.end(end)]
            hits += [(first, last, number) for number in alike if self._names[number] == quote][:1]
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
    if low[end] == "s":
        stop = end + 1
        fits = low[end - 1].isalpha() and low[end - 1] != "s"
    elif low.startswith("es", end):
        stop = end + 2
        fits = low[end - 1] in "sx"
    else:
        return 0
    return stop if fits and (stop >= size or not low[stop].isalnum()) else 0
