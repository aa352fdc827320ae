"""Medicines by id, by name, by document and in running text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from usedfor.model import Document, Medicine, Name
from usedfor.vocabulary import documents
from usedfor.vocabulary.matcher import Matcher
from usedfor.vocabulary.naming import candidates, plain, without_forms
from usedfor.vocabulary.results import Mention, Near
from usedfor.vocabulary.rules import rows
from usedfor.vocabulary.store import MedicineTable, read

# The mark of one half of a racemate before its name: "S(+)-", "(R)-", "S+", "S-".
_SIGN = r"\(\s?[+\u2212\u2013-]\s?\)"
_HALF = re.compile(
    rf"(?<![\w(-])(?:\(([SR])\)(?:-?{_SIGN})?[- ]?|([SR]){_SIGN}[- ]?|([SR])(?:\s?\+[- ]?|-))$"
)


class Medicines:
    """One entry per active ingredient or fixed combination. Salts are their ingredient; a brand with
    several different medicines gives them all."""

    def __init__(self, table: MedicineTable) -> None:
        self._table = table
        self._row = {id: n for n, id in enumerate(table.ids)}
        self._keys = dict(zip(table.keys.split("\n"), table.key_rows, strict=True)) if table.keys else {}
        self._made: dict[int, Medicine] = {}

    @classmethod
    def load(cls) -> Medicines:
        """Those of the package."""
        return cls(read("medicines.xz", MedicineTable))

    def __len__(self) -> int:
        return len(self._table.ids)

    def ids(self) -> list[str]:
        """All ids, sorted."""
        return list(self._table.ids)

    @cached_property
    def _uniis(self) -> dict[str, int]:
        table = self._table
        return dict(zip(table.uniis.split("\n"), table.unii_rows, strict=True)) if table.uniis else {}

    def get(self, id: str) -> Medicine | None:
        """The medicine with this id, or None."""
        row = self._row.get(id)
        return None if row is None else self._medicine(row)

    def _medicine(self, row: int) -> Medicine:
        made = self._made.get(row)
        if made is None:
            t = self._table
            names = [Name(name=t.names[row], kind="generic")]
            names += [Name(name=n, kind="brand") for n in t.brands[row].split("\n") if n]
            names += [Name(name=n, kind="synonym") for n in t.synonyms[row].split("\n") if n]
            made = self._made[row] = Medicine(
                id=t.ids[row],
                name=t.names[row],
                names=tuple(names),
                ids=dict(line.split("=", 1) for line in t.codes[row].split("\n") if line),
                ingredients=tuple(t.ids[i] for i in t.ingredients[row]),
                related=tuple(t.ids[i] for i in t.related[row]),
                first_approval=t.first_approval[row] or None,
            )
        return made

    def find(self, name: str) -> tuple[Medicine, ...]:
        """The medicines with exactly this name, after case, punctuation and salt words, strengths and forms
        ("metformin 500 mg tablets") are set aside; none where there is none. Never by likeness.

        >>> [m.id for m in load().medicines.find("Metformin Hydrochloride")]  # doctest: +SKIP
        ['metformin']
        """
        return tuple(self._medicine(row) for row in self._rows(name))

    def _rows(self, name: str) -> list[int]:
        for form in candidates(name):
            if found := self._keys.get(form):
                return found
        bare = without_forms(name)
        if bare and bare != plain(name):
            for form in candidates(bare):
                if found := self._keys.get(form):
                    return found
        return self._parts(name)

    def _parts(self, name: str) -> list[int]:
        """ "A and B" is the combination of A and B."""
        got = documents.split(name, self.single)
        if len(got) < 2:
            return []
        row = self._row.get("-".join(sorted(got)))
        return [] if row is None else [row]

    def single(self, name: str) -> str | None:
        """The id of the one medicine with this name, or None."""
        for form in (*candidates(name), *candidates(without_forms(name))):
            found = self._keys.get(form)
            if found and len(found) == 1:
                return self._table.ids[found[0]]
        return None

    def by_unii(self, unii: str) -> Medicine | None:
        """The medicine whose ingredient, or a salt of it, has this UNII."""
        row = self._uniis.get(unii)
        return None if row is None else self._medicine(row)

    def near(self, name: str, limit: int = 5) -> tuple[Near, ...]:
        """Names spelt alike, best first, each medicine once; generic names before brands of equal score."""
        from rapidfuzz import fuzz, process

        asked = plain(name)
        if not asked:
            return ()
        found = process.extract(asked, list(self._keys), scorer=fuzz.ratio, score_cutoff=60, limit=limit * 8)
        out: dict[str, Near] = {}
        for key, score, _ in sorted(found, key=lambda f: (-f[1], not self._generic(f[0]), f[0])):
            for row in self._keys[key]:
                medicine = self._medicine(row)
                out.setdefault(medicine.id, Near(name=key, medicine=medicine, score=round(score, 1)))
        return tuple(list(out.values())[:limit])

    def _generic(self, key: str) -> bool:
        return any(plain(self._table.names[row]) == key for row in self._keys[key])

    def of_document(self, document: Document) -> Medicine:
        """The medicine a document is about; made from the document's own words where it is not known."""
        return documents.medicine(document, self)

    @cached_property
    def _matcher(self) -> tuple[Matcher, list[str]]:
        ordinary = {word for (word,) in rows("ordinary_words.tsv", 1)}
        names = [key for key in self._keys if len(key) > 3 and key not in ordinary and not key.isdigit()]
        return Matcher(names, folded=True), names

    def in_text(self, text: str) -> tuple[Mention, ...]:
        """Every mention of a medicine, the longest names, in order. A brand of several medicines gives the
        first."""
        matcher, names = self._matcher
        made = []
        for a, b, n in matcher.longest(text):
            id = self._table.ids[self._keys[names[n]][0]]
            # "S(+)-ketamine" is not ketamine: the half that is meant, or nothing where it has no entry.
            if a and text[a - 1] in "-+) " and (half := _HALF.search(text, max(0, a - 9), a)):
                form = (half[1] or half[2] or half[3]).upper()
                found = self._keys.get(f"{form.lower()}-{plain(text[a:b])}") or self._rows(
                    f"{form}-{text[a:b]}"
                )
                if len(found) != 1:
                    continue
                a, id = half.start(), self._table.ids[found[0]]
            made.append(Mention(start=a, end=b, id=id, name=text[a:b]))
        return tuple(made)

    def combination(self, ids: Iterable[str]) -> Medicine | None:
        """The medicine with these ingredients (ids), where it is known."""
        got = sorted(set(ids))
        return self.get("-".join(got))
