"""Stretches of a text and phrases within phrases, looked up without comparing every pair."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

__all__ = ["Areas", "Sayings", "Taken", "Within"]

_LONGEST = 40  # words of a phrase whose parts are kept
_MOST = 64  # phrases that share a word and are compared


class Areas:
    """Stretches, overlapping ones joined."""

    def __init__(self, areas: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(areas):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __len__(self) -> int:
        return len(self._starts)

    def holding(self, start: int, end: int) -> tuple[int, int] | None:
        """The stretch that holds ``start`` to ``end`` whole, or None."""
        i = bisect_right(self._starts, start) - 1
        return (self._starts[i], self._ends[i]) if i >= 0 and end <= self._ends[i] else None


class Taken:
    """Which characters of a text are taken."""

    def __init__(self, length: int, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._marks = bytearray(length)
        for start, end in spans:
            self.add(start, end)

    def add(self, start: int, end: int) -> None:
        """Take ``start`` to ``end``."""
        self._marks[start:end] = b"\x01" * (end - start)

    def touches(self, start: int, end: int) -> bool:
        """Whether anything of ``start`` to ``end`` is taken."""
        return self._marks.find(1, start, end) >= 0


class Within:
    """Phrases (as words), and whether another phrase's words stand together in one of them."""

    def __init__(self) -> None:
        self._homes: dict[tuple[str, ...], int] = {}

    def home(self, words: tuple[str, ...]) -> int | None:
        """The number of the first phrase added that holds ``words``, or None."""
        return self._homes.get(words)

    def add(self, words: tuple[str, ...], number: int) -> None:
        """Add a phrase and all its parts."""
        n = min(len(words), _LONGEST)
        self._homes.setdefault(words, number)
        for i in range(n):
            for j in range(i + 1, n + 1):
                self._homes.setdefault(words[i:j], number)


class Sayings:
    """Sets of words, and whether one of them holds, or is held by, another set."""

    def __init__(self, sayings: Iterable[frozenset[str]] = ()) -> None:
        self._known: set[frozenset[str]] = set()
        self._by_word: dict[str, list[frozenset[str]]] = {}
        for words in sayings:
            self.add(words)

    def __contains__(self, words: frozenset[str]) -> bool:
        return words in self._known

    def add(self, words: frozenset[str]) -> None:
        """Add a set."""
        if words in self._known:
            return
        self._known.add(words)
        for word in words:
            found = self._by_word.setdefault(word, [])
            if len(found) < _MOST:
                found.append(words)

    def holds(self, words: frozenset[str]) -> bool:
        """Whether a set added holds all of ``words``."""
        return any(words <= other for other in self._sharing(words))

    def alike(self, words: frozenset[str]) -> bool:
        """Whether a set added holds all of ``words``, or ``words`` all of it."""
        return any(
            words <= other or other <= words for word in words for other in self._by_word.get(word, ())
        )

    def _sharing(self, words: frozenset[str]) -> list[frozenset[str]]:
        return min((self._by_word.get(word, []) for word in words), key=len, default=[])
