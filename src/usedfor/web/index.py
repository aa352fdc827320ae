"""What the site knows before it is asked: names to type ahead, medicines by letter, uses by condition."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from usedfor.briefs.naming import brand_words, full_name
from usedfor.knowledge import Knowledge
from usedfor.knowledge.names import name_key
from usedfor.model import Condition, Medicine, Status, Use

__all__ = ["Entry", "Hit", "Index", "slug"]

_SHOWN = 8  # suggestions at once
_SCANNED = 4000  # entries looked through for one prefix; a short prefix has its best kept ready
_ALIKE = 70  # of 100 (rapidfuzz ratio): below it a name is no misspelling of another
_RANK = {"medicine": 0, "brand": 1, "condition": 2, "synonym": 3}


class Entry(msgspec.Struct, frozen=True):
    """A name that can be typed, and the page it leads to."""

    name: str  # as it is shown
    kind: str  # medicine, brand, synonym or condition
    path: str
    of: str  # what the page is called: "ketamine"


class Hit(msgspec.Struct, frozen=True):
    """An entry that fits what was typed; ``near``: it is only spelt alike."""

    entry: Entry
    near: bool = False


def slug(text: str) -> str:
    """A part of an address: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:80].strip("-") or "x"


class Index:
    """Made once for a snapshot, from its medicines, uses and conditions."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.medicines: dict[str, Medicine] = {m.id: m for m in knowledge.medicines()}
        self.names = {m.id: full_name(m) for m in self.medicines.values()}
        by_condition: dict[str, list[Use]] = defaultdict(list)
        self.uses: dict[str, Use] = {}
        self.statuses: dict[str, tuple[Status, ...]] = {}
        self.uses_of: dict[str, tuple[str, ...]] = {}
        for id_ in self.medicines:
            found = knowledge.uses(id_)
            self.statuses[id_] = tuple(u.status for u in found)
            self.uses_of[id_] = tuple(u.id for u in found)
            for use in found:
                bare = msgspec.structs.replace(use, evidence=())
                self.uses[use.id] = bare
                if use.condition:
                    by_condition[use.condition].append(bare)
        conditions = knowledge.conditions(sorted(by_condition))
        self.by_condition = {id_: tuple(by_condition[id_]) for id_ in conditions}
        self.conditions: dict[str, Condition] = {}  # by the address's last part
        self.slugs: dict[str, str] = {}  # condition id -> that part
        for id_, condition in conditions.items():
            part = slug(condition.name)
            if part in self.conditions:
                part = f"{part}-{slug(id_)}"
            self.conditions[part] = condition
            self.slugs[id_] = part
        self._prepare(sorted(self._entries(), key=lambda one: (one[0], _RANK[one[1].kind], one[1].name)))

    def _entries(self) -> Iterator[tuple[str, Entry]]:
        for medicine in self.medicines.values():
            path, of = f"/medicines/{medicine.id}", self.names[medicine.id]
            yield name_key(of), Entry(of, "medicine", path, of)
            for name in medicine.names:
                if name.kind != "generic" or name_key(name.name) != name_key(of):
                    shown = brand_words(name.name) if name.kind == "brand" else name.name
                    kind = "brand" if name.kind == "brand" else "synonym"
                    yield name_key(name.name), Entry(shown, kind, path, of)
        for part, condition in self.conditions.items():
            path = f"/conditions/{part}"
            called = condition.lay or condition.name
            for other in dict.fromkeys((called, condition.name, *condition.names)):
                yield name_key(other), Entry(other, "condition", path, called)

    def _prepare(self, entries: Sequence[tuple[str, Entry]]) -> None:
        """Sort every entry under each of its words, so that "diabetes" finds "type 2 diabetes"."""
        whole: dict[str, list[Entry]] = defaultdict(list)
        words: dict[str, list[tuple[int, Entry]]] = defaultdict(list)
        for key, entry in entries:
            if not key:
                continue
            whole[key].append(entry)
            parts = key.split()
            for n in range(len(parts)):
                words[" ".join(parts[n:])].append((n, entry))
        self._whole = dict(whole)
        self._keys = sorted(words)
        self._words = [words[key] for key in self._keys]
        self._sorted_names = sorted(whole)
        self.suggest = lru_cache(maxsize=20_000)(self._suggest)
        for letter in "abcdefghijklmnopqrstuvwxyz0123456789":
            self.suggest(letter, _SHOWN)
        firsts = sorted({key[:2] for key in self._keys if len(key) > 1})
        for first in firsts:
            self.suggest(first, _SHOWN)

    def exact(self, text: str) -> tuple[Entry, ...]:
        """The entries of exactly this name, one for each page, medicines first."""
        return _pages(self._whole.get(name_key(text), ()))

    def _suggest(self, text: str, limit: int = _SHOWN) -> tuple[Hit, ...]:
        """Pages whose names begin with what was typed, or have a word that does; else names spelt alike.

        At most one suggestion for each page. What is only spelt alike says so (``near``).
        """
        typed = name_key(text)
        if not typed:
            return ()
        start = bisect_left(self._keys, typed)
        found: list[tuple[tuple[int, int, int, str], Entry]] = []
        for at in range(start, min(len(self._keys), start + (_SCANNED if len(typed) > 2 else 10**9))):
            key = self._keys[at]
            if not key.startswith(typed):
                break
            for place, entry in self._words[at]:
                rank = (key != typed or place > 0, place > 0, _RANK[entry.kind], len(entry.name))
                found.append(((int(rank[0]), int(rank[1]), rank[2] * 100 + rank[3], entry.name), entry))
        found.sort(key=lambda one: one[0])
        hits = [Hit(entry) for entry in _pages(entry for _, entry in found)[:limit]]
        return tuple(hits) or self.near(text, limit)

    def near(self, text: str, limit: int = _SHOWN) -> tuple[Hit, ...]:
        """Pages with a name that is spelt alike, best first. For offering, never for answering."""
        from rapidfuzz import fuzz, process

        typed = name_key(text)
        if len(typed) < 3:
            return ()
        alike = process.extract(
            typed, self._sorted_names, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=4 * limit
        )
        ordered = sorted(alike, key=lambda one: (-one[1], one[0]))
        return tuple(
            Hit(entry, near=True) for entry in _pages(e for key, _, _ in ordered for e in self._whole[key])
        )[:limit]

    def by_letter(self) -> dict[str, list[Medicine]]:
        """Medicines under the first letter of their name, "0-9" for what begins otherwise."""
        letters: dict[str, list[Medicine]] = defaultdict(list)
        for medicine in sorted(self.medicines.values(), key=lambda m: (self.names[m.id].casefold(), m.id)):
            first = self.names[medicine.id][:1].upper()
            letters[first if "A" <= first <= "Z" else "0-9"].append(medicine)
        return dict(sorted(letters.items()))

    def typed_names(self) -> Iterator[Entry]:
        """Every entry once, for the index that a browser loads."""
        for key in self._sorted_names:
            yield from self._whole[key]


def _pages(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The first entry of each page."""
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.path, entry)
    return tuple(first.values())
