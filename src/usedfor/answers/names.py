"""The medicines that a question names: letter by letter first, then split in two, then misspelt.

A misspelt name counts only where few letters differ (Damerau-Levenshtein distance, transpositions as one
edit), the first letter sounds the same and no other medicine is as near; what is less certain is offered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from usedfor.answers.types import Named
from usedfor.answers.wording import content, table
from usedfor.knowledge.names import name_key

if TYPE_CHECKING:
    from usedfor.knowledge import Knowledge
    from usedfor.model import Medicine

__all__ = ["CERTAIN", "Names"]

READ_AS = 0.99  # how certain a name is that is not on any label here, and known to mean one that is
CERTAIN = 0.85  # of 1: below it a name is offered, not taken
_OFFERED = 0.7
_LONGEST = 6  # words of a name
_SHORTEST = 6  # letters of a name that may be misspelt
_SOUNDS = str.maketrans("kqzypv", "ccsifb")


class Names:
    """The names of one snapshot."""

    def __init__(self, medicines: Iterable[Medicine]) -> None:
        found: dict[str, list[str]] = defaultdict(list)
        self.called: dict[str, str] = {}
        ordinary = _words("brands")
        self._own: dict[str, str] = {}  # generic name -> id
        for medicine in medicines:
            self.called[medicine.id] = medicine.name
            self._own[name_key(medicine.name)] = medicine.id
            for name in medicine.names:
                key = name_key(name.name)
                if (len(key) > 2 and not key.isdigit() and key not in ordinary) or name.kind == "generic":
                    ids = found[key]
                    if medicine.id not in ids:
                        ids.append(medicine.id)
        self._keys = dict(found)
        self._joined: dict[str, list[str]] = defaultdict(list)
        for key in self._keys:
            self._joined[key.replace(" ", "")].append(key)
        self._spelt: list[str] = []

    @classmethod
    def of(cls, knowledge: Knowledge) -> Names:
        """Those of an open snapshot."""
        return cls(knowledge.medicines())

    def spoken(self) -> list[str]:
        """Every name, in order."""
        return sorted(k for k in self._keys if len(k.split()) < 4 and content(k.split()[0]))

    def find(self, words: Sequence[str]) -> list[Named]:
        """Every name that stands in the words letter by letter, the longest where they overlap, in order.

        A name that was split in two counts where the parts together are a name ("keta mine").
        """
        found: list[Named] = []
        at = 0
        while at < len(words):
            for n in range(min(_LONGEST, len(words) - at), 0, -1):
                got = self._exact(words, at, at + n)
                if got:
                    found.append(got)
                    at += n - 1
                    break
            at += 1
        return found

    def _exact(self, words: Sequence[str], start: int, end: int) -> Named | None:
        part = words[start:end]
        whole = content(part[0]) and content(part[-1])
        if not whole and (end - start == 1 or " ".join(part) not in self._keys):
            return None
        key = " ".join(part)
        if key in self._keys:
            return self._named(key, words, start, end)
        if end - start == 1 and key.endswith("s") and len(key) > 5 and key[:-1] in self._keys:
            return self._named(key[:-1], words, start, end)
        known = _known_as().get(key)
        if known and known in self._keys:
            return self._named(known, words, start, end, READ_AS)
        if 1 < end - start < 4:
            joined = "".join(part)
            keys = self._joined.get(joined)
            if keys and len(joined) >= _SHORTEST:
                return self._named(keys[0], words, start, end)
        return None

    def _named(self, key: str, words: Sequence[str], start: int, end: int, certainty: float = 1.0) -> Named:
        ids = tuple(self._keys[key])
        if len(ids) > 1 and key in self._own:
            ids = (self._own[key],)
        return Named(
            words=" ".join(words[start:end]),
            start=start,
            end=end,
            name=key,
            medicines=ids,
            certainty=certainty,
        )

    def elsewhere(
        self, words: Sequence[str], find: Callable[[str], Sequence[Medicine]], taken: Iterable[Named]
    ) -> list[Named]:
        """Names of the vocabulary among the words that are no part of a name that was found."""
        used = {n for one in taken for n in range(one.start, one.end)}
        ordinary = _words("brands")
        found = []
        at = 0
        while at < len(words):
            for n in range(min(4, len(words) - at), 0, -1):
                part = words[at : at + n]
                last = content(part[-1]) or (n > 1 and len(part[-1]) < 3)
                if used & set(range(at, at + n)) or not (content(part[0]) and last):
                    continue
                key = " ".join(part)
                if len(key) < 4 or key in ordinary or (n == 1 and not content(key)):
                    continue
                got = find(key) or (find(key[:-1]) if key.endswith("s") and len(key) > 5 else ())
                got = got or (find(_known_as()[key]) if key in _known_as() else ())
                if got:
                    known = tuple(m.id for m in got)
                    here = tuple(i for i in known if i in self.called)
                    found.append(
                        Named(
                            words=key,
                            start=at,
                            end=at + n,
                            name=got[0].name,
                            medicines=here or known,
                            here=bool(here),
                        )
                    )
                    at += n - 1
                    break
            at += 1
        return found

    def alike(self, words: Sequence[str]) -> list[tuple[Named, float]]:
        """Names spelt like one, two or three of the words, best first, each medicine once."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if not self._spelt:
            self._spelt = sorted(k for k in self._joined if len(k) >= _SHORTEST - 1)
        found: dict[tuple[str, ...], tuple[Named, float]] = {}
        for start in range(len(words)):
            for end in range(start + 1, min(start + 4, len(words) + 1)):
                part = words[start:end]
                joined = "".join(part)
                if len(joined) < _SHORTEST or not any(content(w) for w in part):
                    continue
                if end - start > 1 and not all(content(w) or len(w) > 4 for w in part):
                    continue
                near = process.extract(
                    joined, self._spelt, scorer=OSA.normalized_similarity, score_cutoff=_OFFERED, limit=12
                )
                for key, score, _ in near:
                    if key[0].translate(_SOUNDS) != joined[0].translate(_SOUNDS):
                        continue
                    score -= 0.02 * (end - start - 1)
                    one = self._named(self._joined[key][0], words, start, end, round(score, 3))
                    have = found.get(one.medicines)
                    if have is None or (have[1], have[0].name in self._own) < (score, one.name in self._own):
                        found[one.medicines] = (one, score)
        return sorted(found.values(), key=lambda f: (-f[1], f[0].name))

    def certain(self, near: Sequence[tuple[Named, float]]) -> Named | None:
        """The one that may be taken, and said to be taken; None where it must be offered."""
        if not near:
            return None
        best, score = near[0]
        rival = next((s for one, s in near[1:] if not set(one.medicines) & set(best.medicines)), 0.0)
        edits = round((1 - best.certainty) * max(len(best.name), len(best.words.replace(" ", ""))))
        if score < CERTAIN or score - rival < 0.06 or edits > 2 or len(best.medicines) > 1:
            return None
        return best


@cache
def _known_as() -> dict[str, str]:
    """What medicines are called elsewhere and in common speech -> as labels here have it."""
    found = table("known_as")["names"]
    return {name_key(said): name for name, more in found.items() for said in str(more).split(";")}


@cache
def _words(name: str) -> frozenset[str]:
    from usedfor.vocabulary.rules import rows

    more = table("ordinary")
    return frozenset(w for (w,) in rows("ordinary_words.tsv", 1)) | frozenset(str(more[name]).split())
