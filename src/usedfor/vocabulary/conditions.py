"""Conditions by id, by name, from a phrase and in running text."""

from __future__ import annotations

from functools import cached_property

from usedfor.model import Condition
from usedfor.vocabulary.linking import Found, Linker
from usedfor.vocabulary.matcher import Matcher
from usedfor.vocabulary.results import Link, Mention
from usedfor.vocabulary.rules import rows
from usedfor.vocabulary.store import ConditionTable, read
from usedfor.vocabulary.text import abbreviation, fold, key

SHORTEST = 3  # letters of a name that is looked for in running text


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
        """The condition with this name, whatever its case, hyphens, plural, British spelling or order of words."""
        row = self._keys.get(key(name))
        return None if row is None else self._condition(row)

    @cached_property
    def _linker(self) -> Linker:
        return Linker(self._look)

    def _look(self, phrase_key: str) -> Found | None:
        row = self._keys.get(phrase_key)
        if row is None:
            return None
        condition = self._condition(row)
        return Found(condition.id, condition.name, condition.names)

    def link(self, text: str) -> Link | None:
        """The condition a phrase means, with the reason, or None. Words are set aside only where the rules
        (rules/set_aside.tsv) say that the condition stays the same: a wrong link is worse than none."""
        return self._linker.link(text)

    @cached_property
    def _matcher(self) -> tuple[Matcher, list[int]]:
        unsought = {one for (one,) in rows("only_linked.tsv", 1)}
        names: list[str] = []
        at: list[int] = []
        strict: list[int] = []
        for row, (name, more) in enumerate(zip(self._table.names, self._table.synonyms, strict=True)):
            for one in (name, *more.split("\n")):
                if len(one) < SHORTEST or one in unsought or self._keys.get(key(one)) != row:
                    continue
                if abbreviation(one):
                    strict.append(len(names))
                names.append(one)
                at.append(row)
        return Matcher(names, strict), at

    def in_text(self, text: str) -> tuple[Mention, ...]:
        """Every mention of a condition, the longest names, in order of start."""
        matcher, at = self._matcher
        ids = self._table.ids
        return tuple(
            Mention(start=a, end=b, id=ids[at[n]], name=text[a:b]) for a, b, n in matcher.longest(text)
        )

    def same(self, one: str, other: str) -> bool:
        """Whether two phrases have one look-up key."""
        return fold(one).text == fold(other).text or key(one) == key(other)
