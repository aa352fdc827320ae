"""Conditions from Mondo, Disease Ontology, MeSH and ICD-10-CM, with a supplement of our own, in one id space.

Preferred id: MONDO, else DOID, else MESH, else ICD10CM; the supplement's own are USEDFOR.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import msgspec

from usedfor.vocabulary import condition_sources as sources
from usedfor.vocabulary.rules import rows
from usedfor.vocabulary.store import ConditionTable
from usedfor.vocabulary.text import abbreviation, fold, key

# Whose name wins where two conditions share one: lower first.
_OWN, _MONDO, _DO, _MESH, _LAY, _SYNONYM, _ENTRY, _ICD = range(8)


class _Entry(msgspec.Struct):
    id: str
    name: str = ""
    names: dict[str, int] = {}  # name -> rank
    doid: str = ""
    mesh: str = ""
    icd10cm: str = ""
    parents: set[str] = set()
    lay: str = ""

    def add(self, name: str, rank: int) -> None:
        name = " ".join(name.split())
        if abbreviation(name) and rank not in (_OWN, _MONDO):
            return
        if name and rank < self.names.get(name, 99):
            self.names[name] = rank


class _Builder:
    def __init__(self) -> None:
        self.entries: dict[str, _Entry] = {}
        self.missing: list[str] = []
        self.of: dict[str, str] = {}  # any other id -> our id

    def entry(self, id: str) -> _Entry:
        got = self.entries.get(id)
        if got is None:
            got = self.entries[id] = _Entry(id=id, names={}, parents=set())
        return got

    def mondo(self, data: Path) -> None:
        for id, label, other in sources.mondo(data):
            if label.startswith("obsolete "):
                continue
            entry = self.entry(id)
            entry.name = entry.name or label
            entry.add(label, _MONDO)
            space, _, code = other.partition(":")
            self.of.setdefault(other, id)
            if space == "DOID":
                entry.doid = entry.doid or other
            elif space == "MESH":
                entry.mesh = entry.mesh or code
            elif space == "ICD10CM":
                entry.icd10cm = entry.icd10cm or ("" if "-" in code else code)

    def disease_ontology(self, data: Path) -> None:
        terms = sources.disease_ontology(data)
        for id, term in terms.items():
            entry = self.entry(self.of.setdefault(id, id))
            entry.name = entry.name or term.name
            entry.doid = entry.doid or id
            entry.add(term.name, _DO)
            for synonym in term.synonyms:
                entry.add(synonym, _SYNONYM)
            for xref in term.xrefs:
                space, _, code = xref.partition(":")
                if space == "MESH" and xref not in self.of:
                    self.of[xref] = entry.id
                    entry.mesh = entry.mesh or code
                elif space == "ICD10CM" and "-" not in code:
                    entry.icd10cm = entry.icd10cm or ("" if "-" in code else code)
        for id, term in terms.items():
            self.entry(self.of[id]).parents |= {self.of[p] for p in term.parents if p in self.of} - {
                self.of[id]
            }

    def mesh(self, data: Path) -> None:
        by_name = self.keys()
        proper = {w for e in self.entries.values() for w in e.name.split() if not w.islower()}
        placed: list[tuple[sources.MeshTerm, str]] = []
        terms = sources.mesh(data)
        used = {term.id for term in terms}
        headings = {key(_upright(term.heading)) for term in terms}
        for term in terms:
            heading = _upright(term.heading)
            id = by_name.get(key(heading)) or self._mapped(term) or self._between(term, used)
            if not id and (other := self.of.get(term.id)):  # Mondo or DO call this number something else
                if self._claimed(other, by_name, headings):
                    continue
                self.entries[other].mesh = ""
                self.of.pop(term.id)
            id = id or term.id
            if not id:
                continue
            if term.id:
                self.of.setdefault(term.id, id)
            placed.append((term, id))
            entry = self.entry(id)
            if not entry.name:
                entry.name = " ".join(_lowered(w, proper) for w in heading.split())
            entry.mesh = entry.mesh or term.id.partition(":")[2]
            entry.add(heading, _MESH)
            for synonym in term.synonyms:
                if ", " not in synonym:
                    entry.add(synonym, _ENTRY)
        at = {tree: id for term, id in placed for tree in term.trees}
        for term, id in placed:
            if not self.entries[id].parents:
                up = {at.get(tree.rpartition(".")[0], "") for tree in term.trees}
                self.entries[id].parents |= up - {"", id}

    def _mapped(self, term: sources.MeshTerm) -> str:
        """The condition Mondo or DO maps to this heading, if a name of theirs agrees (some mappings are
        off: "visual epilepsy" for partial epilepsies; and so are some of the file's numbers)."""
        id = self.of.get(term.id, "")
        if not id:
            return ""
        theirs = {_content(n) for n in self.entries[id].names}
        return (
            "" if theirs.isdisjoint({_content(n) for n in (_upright(term.heading), *term.synonyms)}) else id
        )

    def _claimed(self, id: str, by_name: dict[str, str], headings: set[str]) -> bool:
        """Whether another heading is this condition by name, so that the number given for one is wrong."""
        return any(by_name.get(h) == id for h in {key(n) for n in self.entries[id].names} & headings)

    def _between(self, term: sources.MeshTerm, used: set[str]) -> str:
        """The one condition whose MeSH id fits between a heading's neighbours and that shares a word with
        it."""
        low, high = term.between
        own = set(key(term.heading).split()) - {"disease", "disorder", "syndrome", "infection", "neoplasm"}
        fits = {
            self.of[id]
            for id in (f"MESH:D{n:06d}" for n in range(low + 1, min(high, low + 200)))
            if id in self.of and id not in used and own & set(key(self.entries[self.of[id]].name).split())
        }
        return fits.pop() if len(fits) == 1 else ""

    def icd10cm(self, data: Path) -> None:
        """Symptoms and signs (R00 to R69) whose plain name is not there yet."""
        known = {key(name) for entry in self.entries.values() for name in entry.names}
        for code, name in sources.icd10cm(data):
            if not re.match(r"R[0-6]\d", code) or re.search(
                r"\b(unspecified|other|elsewhere|due to)\b|[,\[(]", name.lower()
            ):
                continue
            if key(name) in known or "ICD10CM:" + code in self.of:
                continue
            entry = self.entry("ICD10CM:" + code)
            entry.name = name[0].lower() + name[1:]
            entry.icd10cm = code
            entry.add(name, _ICD)

    def own(self, data: Path) -> None:
        """The supplement: rules/purposes.tsv (new conditions, or more names of one there is),
        synonyms.tsv, shown.tsv and lay.tsv. Names it gives go before every source's."""
        self.drop()
        by_key = self.keys()
        firm = self.keys(worst=_MESH)  # synonyms, MeSH's entry terms above all, are often only near
        codes = dict(sources.icd10cm(data))
        parents: list[tuple[_Entry, str]] = []
        for id, name, synonyms, parent in rows("purposes.tsv", 4):
            names = [name, *filter(None, synonyms.split("|"))]
            alone, id = id.startswith("!"), id.removeprefix("!")
            code = id.removeprefix("ICD10CM:")
            if code != id and code not in codes:
                raise ValueError(f"purposes.tsv: ICD-10-CM has no code {code}")
            at = None if alone else firm.get(key(name))
            others = {firm[key(n)] for n in names if key(n) in firm}
            if at is None and len(others) == 1 and not alone:
                at = others.pop()
                self.entries[at].name = name
            entry = self.entry(at or (id if code != id else "USEDFOR:" + id))
            if not entry.name:
                entry.name = name
                entry.icd10cm = code if code != id else ""
                parents += [(entry, p) for p in parent.split("|") if p]
            for one in names:
                entry.add(one, _OWN)
            by_key["USEDFOR:" + id] = entry.id
        by_key |= self.keys()
        for entry, parent in parents:
            at = by_key.get("USEDFOR:" + parent) or by_key.get(key(parent))
            if at is None:
                raise ValueError(f"purposes.tsv: no condition is called {parent!r}")
            entry.parents.add(at)
        for name, synonyms in rows("synonyms.tsv", 2):
            for synonym in synonyms.split("|"):
                self._named(by_key, name, "synonyms.tsv").add(synonym, _OWN)
        for name, short in rows("acronyms.tsv", 2):
            for one in short.split("|"):
                self._named(by_key, name, "acronyms.tsv").add(one, _OWN)
        for name, shown in rows("shown.tsv", 2):
            entry = self._named(by_key, name, "shown.tsv")
            entry.name = shown
            entry.add(shown, _OWN)
        by_key |= self.keys()
        for name, lay in rows("lay.tsv", 2):
            entry = self._named(by_key, name, "lay.tsv")
            entry.lay, *more = lay.split("|")
            entry.add(entry.lay, _LAY)
            for one in more:
                entry.add(one, _LAY)
        if self.missing:
            raise ValueError("; ".join(self.missing))

    def drop(self) -> None:
        """Take away the names of rules/not_names.tsv."""
        by_name = {key(e.name): e for e in self.entries.values()}
        for name, wrong in rows("not_names.tsv", 2):
            entry = by_name.get(key(name))
            if entry is None:
                self.missing.append(f"not_names.tsv: no condition is called {name!r}")
                continue
            refused = {key(one) for one in wrong.split("|")}
            entry.names = {n: rank for n, rank in entry.names.items() if key(n) not in refused}

    def _named(self, by_key: dict[str, str], name: str, file: str) -> _Entry:
        at = by_key.get(key(name))
        if at is None:
            self.missing.append(f"{file}: no condition is called {name!r}")
            return _Entry(id="", names={}, parents=set())
        return self.entries[at]

    def keys(self, worst: int = _ICD) -> dict[str, str]:
        """Look-up key -> our id. A name two conditions share goes to the better source; a tie of synonyms
        to none."""
        claims: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for entry in self.entries.values():
            best: dict[str, int] = {}
            for name, rank in entry.names.items():
                k = key(name)
                best[k] = min(rank, best.get(k, 99))
            for k, rank in best.items():
                claims[k].append((rank, entry.id))
        refused = {key(word) for (word,) in rows("not_conditions.tsv", 1)}
        out: dict[str, str] = {}
        for k, claim in claims.items():
            claim.sort()
            if k in refused or len(k) < 2 or claim[0][0] > worst:
                continue
            tie = len(claim) > 1 and claim[0][0] == claim[1][0]
            if tie and claim[0][0] >= _SYNONYM:
                continue
            out[k] = claim[0][1]
        return out


_LOOSE = frozenset(
    ("disease", "disorder", "infection", "infectious", "syndrome", "condition", "malformation")
)


def _content(name: str) -> str:
    """A name's key without the words that only say that it is a disease."""
    k = key(name)
    return " ".join(w for w in k.split() if w not in _LOOSE) or k


def _lowered(word: str, proper: set[str]) -> str:
    """A word of a MeSH heading in lower case, unless it is a proper name or an abbreviation."""
    if word in proper or word[1:] != word[1:].lower():
        return "-".join(p.lower() if p[1:].islower() and p not in proper else p for p in word.split("-"))
    return word.lower()


def _upright(heading: str) -> str:
    """ "Abdomen, Acute" as it is said: "Acute Abdomen"."""
    parts = heading.split(", ")
    return " ".join(reversed(parts)) if len(parts) == 2 else heading


def build(data: Path) -> ConditionTable:
    """The table of conditions from the vocabulary folder ``data``."""
    b = _Builder()
    b.mondo(data)
    b.disease_ontology(data)
    b.mesh(data)
    b.icd10cm(data)
    b.own(data)
    keys = b.keys()
    ids = sorted(id for id, entry in b.entries.items() if entry.name)
    row = {id: n for n, id in enumerate(ids)}
    entries = [b.entries[id] for id in ids]
    synonyms: list[str] = []
    for entry in entries:
        seen = {fold(entry.name).text}
        kept: list[str] = []
        for name in sorted(entry.names, key=lambda n: (entry.names[n], n)):
            low = fold(name).text
            if low not in seen and keys.get(key(name)) == entry.id:
                seen.add(low)
                kept.append(name)
        synonyms.append("\n".join(kept))
    ordered = sorted((k, row[id]) for k, id in keys.items() if id in row)
    sought, short = _sought(entries, synonyms, keys)
    return ConditionTable(
        ids=ids,
        names=[e.name for e in entries],
        lay=[e.lay for e in entries],
        doid=[e.doid for e in entries],
        mesh=[e.mesh for e in entries],
        icd10cm=[e.icd10cm for e in entries],
        parents=[sorted(row[p] for p in e.parents if p in row) for e in entries],
        synonyms=synonyms,
        keys="\n".join(k for k, _ in ordered),
        key_rows=[n for _, n in ordered],
        sought="\n".join(sought),
        sought_rows=list(sought.values()),
        abbreviations="\n".join(short),
        abbreviation_rows=list(short.values()),
    )


SHORTEST = 3  # letters of a name that is looked for in running text


def _sought(
    entries: list[_Entry], synonyms: list[str], keys: dict[str, str]
) -> tuple[dict[str, int], dict[str, int]]:
    """Folded names to look for in running text, and abbreviations, each with its row. A plural beside its
    singular is left out: the matcher allows for it."""
    refused = {one for (one,) in rows("only_linked.tsv", 1)}
    sought: dict[str, int] = {}
    short: dict[str, int] = {}
    for number, (entry, more) in enumerate(zip(entries, synonyms, strict=True)):
        for name in (entry.name, *more.split("\n")):
            if len(name) < SHORTEST or name in refused or keys.get(key(name)) != entry.id:
                continue
            if abbreviation(name):
                short.setdefault(name, number)
            else:
                sought.setdefault(fold(name).text.strip(), number)
    plural = [n for n in sought if n.endswith("s") and sought.get(n[:-1]) == sought[n]]
    for name in plural:
        del sought[name]
    return dict(sorted(sought.items())), dict(sorted(short.items()))
