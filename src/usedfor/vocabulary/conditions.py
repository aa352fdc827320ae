"""Conditions by id, by name, from a phrase and in running text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache

from usedfor.model import Condition
from usedfor.vocabulary.linking import Found, Linker
from usedfor.vocabulary.matcher import Matcher
from usedfor.vocabulary.results import Link, Mention
from usedfor.vocabulary.store import ConditionTable, read
from usedfor.vocabulary.text import key


def broader(condition: str, parents: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """The condition's id and those of all that is above it, by ``parents``."""
    found: set[str] = set()
    waiting = [condition]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += parents(one)
    return frozenset(found)


class Conditions:
    """Diseases, symptoms, states and purposes in one id space: MONDO, else DOID, else MESH, else ICD10CM;
    purposes that are no disease (general anesthesia) are USEDFOR."""

    def __init__(self, table: ConditionTable) -> None:
        self._table = table
        self._row = {id: n for n, id in enumerate(table.ids)}
        self._keys = dict(zip(table.keys.split("\n"), table.key_rows, strict=True)) if table.keys else {}
        self._made: dict[int, Condition] = {}

    @classmethod
    def load(cls) -> Conditions:
        """Those of the package."""
        return cls(read("conditions.xz", ConditionTable))

    def __len__(self) -> int:
        return len(self._table.ids)

    def ids(self) -> list[str]:
        """All ids, sorted."""
        return list(self._table.ids)

    def get(self, id: str) -> Condition | None:
        """The condition with this id, or None."""
        row = self._row.get(id)
        return None if row is None else self._condition(row)

    def _condition(self, row: int) -> Condition:
        made = self._made.get(row)
        if made is None:
            t = self._table
            codes = {"doid": t.doid[row], "mesh": t.mesh[row], "icd10cm": t.icd10cm[row]}
            made = self._made[row] = Condition(
                id=t.ids[row],
                name=t.names[row],
                names=(t.names[row], *(n for n in t.synonyms[row].split("\n") if n)),
                lay=t.lay[row] or None,
                ids={k: v for k, v in codes.items() if v},
                parents=tuple(t.ids[p] for p in t.parents[row]),
            )
        return made

    def find(self, name: str) -> Condition | None:
        """The condition with this name, whatever its case, hyphens, plural, British spelling or order of
        words."""
        row = self._keys.get(key(name))
        return None if row is None else self._condition(row)

    @cached_property
    def _link(self) -> Callable[[str], Link | None]:
        """Links phrases; those of one label come again, in its other sections and in other labels."""
        return lru_cache(maxsize=20_000)(Linker(self._look).link)

    def _look(self, phrase_key: str) -> Found | None:
        row = self._keys.get(phrase_key)
        if row is None:
            return None
        condition = self._condition(row)
        return Found(condition.id, condition.name, condition.names)

    def link(self, text: str) -> Link | None:
        """The condition a phrase means, with the reason, or None. Words are set aside only where the rules
        (rules/set_aside.tsv) say that the condition stays the same: a wrong link is worse than none."""
        return self._link(text)

    @cached_property
    def _matcher(self) -> tuple[Matcher, list[int]]:
        t = self._table
        short = t.abbreviations.split("\n") if t.abbreviations else []
        matcher = Matcher(t.sought.split("\n") if t.sought else [], short, folded=True)
        return matcher, [*t.sought_rows, *t.abbreviation_rows]

    def places(self, text: str) -> list[tuple[int, int]]:
        """The places, start and end, of :meth:`in_text`."""
        return [(start, end) for start, end, _ in self._matcher[0].longest(text)]

    def in_text(self, text: str) -> tuple[Mention, ...]:
        """Every mention of a condition, the longest names, in order of start."""
        matcher, at = self._matcher
        ids = self._table.ids
        return tuple(
            Mention(start=a, end=b, id=ids[at[n]], name=text[a:b]) for a, b, n in matcher.longest(text)
        )
