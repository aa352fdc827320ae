"""Cue phrases as data (``rules/cues.toml``) and where they stand in a list of words."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Any

from usedfor.extraction.tokens import tokenise

__all__ = ["Cues", "cues", "rules"]


def rules(name: str) -> dict[str, Any]:
    """The rules file ``rules/<name>.toml`` of this package."""
    return tomllib.loads(
        resources.files("usedfor.extraction").joinpath("rules", f"{name}.toml").read_text("utf-8")
    )


class Cues:
    """Phrases with the group they belong to, matched on words: the longest at each place, hyphens aside."""

    def __init__(self, groups: dict[str, list[str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for group, phrases in groups.items():
            for phrase in phrases:
                words = tuple(tokenise(phrase).lower)
                self._by_first.setdefault(words[0], []).append((words, group))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: (-len(entry[0]), entry))

    def find(self, words: list[str], start: int = 0, stop: int | None = None) -> list[tuple[int, int, str]]:
        """``(first word, word after the last, group)`` of every cue in ``words[start:stop]``, left to
        right."""
        found = []
        by_first = self._by_first
        i, n = start, len(words) if stop is None else stop
        while i < n:
            entries = by_first.get(words[i])
            if entries is not None:
                for phrase, group in entries:
                    end = _match(words, i, n, phrase)
                    if end:
                        found.append((i, end, group))
                        i = end - 1
                        break
            i += 1
        return found


def _match(words: list[str], i: int, n: int, phrase: tuple[str, ...]) -> int:
    """The index after ``phrase`` when it stands at ``i``, before ``n``, signs within skipped, else 0."""
    if len(phrase) == 1:
        return i + 1
    j = i + 1
    for word in phrase[1:]:
        if j < n and words[j] in "-." and words[j] != word:
            j += 1
        if j >= n or words[j] != word:
            return 0
        j += 1
    return j


@functools.cache
def cues() -> Cues:
    """The cue phrases of the package."""
    return Cues({cue["id"]: cue["phrases"] for cue in rules("cues")["cue"]})
