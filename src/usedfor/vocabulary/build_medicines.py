"""Medicines from RxNorm, RxNav, Every Cure, DrugBank, Drugs@FDA, Orange Book and openFDA's harmonised names.

One entry per active ingredient at RxNorm's ingredient level, one per fixed combination of up to six.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import msgspec

from usedfor.vocabulary import medicine_sources as sources
from usedfor.vocabulary.naming import candidates, cased, parts, plain, salt_free, slug, without_suffix
from usedfor.vocabulary.related import related
from usedfor.vocabulary.rules import rows
from usedfor.vocabulary.store import MedicineTable

MOST_INGREDIENTS = 6  # a mixture of more is known by its own name, not by theirs


class _Med(msgspec.Struct):
    name: str
    names: dict[str, str] = {}  # plain -> kind
    shown: dict[str, str] = {}  # plain -> as written
    ids: dict[str, str] = {}
    uniis: set[str] = set()
    ingredients: tuple[str, ...] = ()
    dates: set[str] = set()
    approved: bool = False

    def add(self, name: str, kind: str) -> None:
        p = plain(name)
        if p and p not in self.names:
            self.names[p] = kind
            self.shown[p] = " ".join(name.split())


class _Builder:
    def __init__(self) -> None:
        self.meds: dict[str, _Med] = {}
        self.by_name: dict[str, str] = {}  # plain generic or precise name -> id
        self.by_rxcui: dict[str, str] = {}
        self.by_unii: dict[str, set[str]] = defaultdict(set)
        self.precise: dict[str, int] = {}  # precise ingredient -> how many its ingredient has
        self.trade: dict[str, set[tuple[str, ...]]] = defaultdict(set)

    def new(self, name: str) -> str:
        name = _established(name)
        id = slug(name)
        if id not in self.meds:
            self.meds[id] = _Med(name=name, names={}, shown={}, ids={}, uniis=set(), dates=set())
        self.by_name.setdefault(plain(name), id)
        return id

    def resolve(self, name: str) -> str | None:
        for form in candidates(name):
            if form in self.by_name:
                return self.by_name[form]
        return None

    def ingredient(self, name: str) -> str:
        """The medicine of an ingredient's name; a new one, named without its salt, where there is none."""
        found = self.resolve(name)
        if found is None:
            bare = list(salt_free(name, esters=False))
            found = self.new(
                bare[-1] if bare and len(bare[-1]) > 4 else re.sub(r"\s*[(\[].*", "", name) or name
            )
            self.by_name.setdefault(plain(name), found)
        self.meds[found].add(name.lower(), "synonym")
        return found

    def medicine(self, names: list[str]) -> str | None:
        """The medicine made of these ingredients, or None for more than six."""
        got = sorted({self.ingredient(name) for name in names})
        if not got or len(got) > MOST_INGREDIENTS:
            return None
        if len(got) == 1:
            return got[0]
        id = "-".join(got)
        if id not in self.meds:
            name = " / ".join(self.meds[g].name for g in got)
            self.meds[id] = _Med(
                name=name, names={}, shown={}, ids={}, uniis=set(), dates=set(), ingredients=tuple(got)
            )
        return id

    def trade_names(self, data: Path) -> None:
        """Names that are brands of something else: no medicine is made of them."""
        pairs = [*sources.rxnorm(data).brands, *(b for reply in sources.rxnav(data) for b in reply.brands)]
        pairs += [(p.name, p.ingredients) for p in (*sources.drugs_at_fda(data), *sources.orange_book(data))]
        for brand, names in pairs:
            if not any(plain(brand).startswith(plain(n).split()[0]) for n in names if plain(n)):
                self.trade[plain(brand)].add(tuple(names))

    def rxnav(self, data: Path) -> None:
        replies = list(sources.rxnav(data))
        for reply in replies:
            id = self.new(reply.name)
            self.by_rxcui[reply.rxcui] = id
            self.meds[id].ids["rxcui"] = reply.rxcui
        for reply in replies:
            id = self.by_rxcui[reply.rxcui]
            for name in reply.precise:
                if _own(name, reply.name):
                    own = self.new(re.sub(r"^(?:ado|fam|ziv)-", "", without_suffix(name) or name))
                    self.by_name.setdefault(plain(name), own)
                    self.meds[own].add(name, "synonym")
                    continue
                self.precise[_bare(name)] = len({_bare(n) for n in reply.precise})
                self.by_name.setdefault(plain(name), id)
                self.meds[id].add(name, "synonym")

    def rxnorm(self, data: Path) -> None:
        norm = sources.rxnorm(data)
        brands: dict[str, set[str]] = defaultdict(set)
        listed = [*norm.forms, *(names for _, names in norm.brands)]
        for name in sorted({n for names in listed for n in names if n.lower() in norm.rxcui}):
            rxcui = norm.rxcui[name.lower()]
            id = self.by_rxcui.get(rxcui) or self.by_name.get(plain(name)) or self.new(name)
            self.by_rxcui[rxcui] = id
            self.by_name.setdefault(plain(name), id)
            self.meds[id].ids.setdefault("rxcui", rxcui)
            self.meds[id].add(name.lower(), "synonym")
        for brand, names in norm.brands:
            if len(names) == 1 and (one := self.by_name.get(plain(names[0]))):
                brands[brand].add(one)
        for brand, names in norm.precise:
            if len(names) == 1 and len(brands[brand]) == 1 and plain(names[0]) not in self.by_name:
                (id,) = brands[brand]
                if plain(names[0]).startswith(plain(self.meds[id].name)[:4]):
                    self.by_name[plain(names[0])] = id
                    self.meds[id].add(names[0].lower(), "synonym")
        self._later = norm.brands

    def brands(self, data: Path) -> None:
        pairs = [*self._later, *(b for reply in sources.rxnav(data) for b in reply.brands)]
        for brand, names in pairs:
            if all(self.resolve(n) for n in names) and (id := self.medicine(names)):
                self.brand(brand, id)

    def brand(self, brand: str, id: str) -> None:
        """Give a medicine a brand, unless the brand is only a way to write generic names."""
        med = self.meds[id]
        known = self.resolve(brand)
        if known or len(plain(brand)) < 3:
            if known == id:
                med.add(brand.lower(), "synonym")
        elif all(self.resolve(p) for p in parts(brand)):
            return
        elif any(f" {plain(self.meds[i].name)} " in f" {plain(brand)} " for i in (med.ingredients or (id,))):
            med.add(brand.lower(), "synonym")
        else:
            med.add(cased(brand), "brand")

    def every_cure(self, data: Path) -> None:
        self._drugbank: dict[str, str] = {}
        apart = {name for (name,) in rows("apart.tsv", 1)}
        for row in sources.every_cure(data):
            if re.search(r"\d (MG|ML|UNT)|Product|Pill|;|/", row.name) or len(row.name) > 60:
                continue
            hits = {self.by_rxcui[r] for r in row.ids.get("RXCUI", []) if r in self.by_rxcui}
            id = self.resolve(row.name)
            if (
                id is None
                and len(hits) == 1
                and row.name not in apart
                and len(row.ids.get("DRUGBANK", [])) < 2
            ):
                (id,) = hits
            if id is None and plain(row.name) in self.trade:
                continue
            id = id or self.ingredient(row.name)
            med = self.meds[id]
            med.add(row.name.lower(), "synonym")
            self.by_name.setdefault(plain(row.name), id)
            med.approved = True
            for space, label in (("CHEBI", "chebi"), ("MESH", "mesh"), ("DRUGBANK", "drugbank")):
                codes = sorted(row.ids.get(space, []), key=lambda c: not c.startswith("D"))
                if codes:
                    med.ids.setdefault(label, codes[0])
            if row.atc:
                med.ids.setdefault("atc", row.atc[0])
            for unii in row.ids.get("UNII", []):
                self.by_unii[unii].add(id)
            if len(row.ids.get("DRUGBANK", [])) == 1:
                self._drugbank.setdefault(row.ids["DRUGBANK"][0], id)

    def drugbank(self, data: Path) -> None:
        claimed: dict[str, set[str]] = defaultdict(set)
        matched: list[tuple[sources.DrugBank, str]] = []
        for row in sources.drugbank(data):
            id = self.by_name.get(plain(row.name)) or self._drugbank.get(row.id)
            if (
                id is None
                and row.unii
                and plain(row.name) not in self.trade
                and _PLAIN_NAME.fullmatch(row.name)
            ):
                id = self.resolve(row.name) or self.new(row.name)
            if id is None:
                continue
            matched.append((row, id))
            med = self.meds[id]
            med.ids["drugbank"] = (
                row.id if plain(row.name) == plain(med.name) else med.ids.get("drugbank", row.id)
            )
            if row.cas and (plain(row.name) == plain(med.name) or "cas" not in med.ids):
                med.ids["cas"] = row.cas
            if row.unii:
                med.ids["unii"] = (
                    row.unii if plain(row.name) == plain(med.name) else med.ids.get("unii", row.unii)
                )
                self.by_unii[row.unii] = {id}
            self.by_name.setdefault(plain(row.name), id)
            med.add(row.name.lower(), "synonym")
            for synonym in row.synonyms:
                claimed[plain(synonym)].add(id)
        for row, id in matched:
            for synonym in row.synonyms:
                p = plain(synonym)
                if self.by_name.get(p, id) == id and len(claimed[p]) == 1 and 2 < len(p) <= 60:
                    self.meds[id].add(synonym, "synonym")
                    self.by_name.setdefault(p, id)

    def same(self) -> None:
        """Merge what the sources list twice: rules/same.tsv."""
        for name, others in rows("same.tsv", 2):
            id = self.by_name.get(plain(name)) or self.new(name)
            for other in others.split("|"):
                old = self.by_name.get(plain(other), id)
                self.by_name[plain(other)] = id
                if old != id and plain(self.meds[old].name) == plain(other):
                    self.merge(old, id)
                self.meds[id].add(other.lower(), "synonym")

    def drop_wrong_names(self) -> None:
        """By rules/not_medicine_names.tsv."""
        for id, names in rows("not_medicine_names.tsv", 2):
            for name in names.split("|"):
                del self.meds[id].names[plain(name)]

    def merge(self, old: str, id: str) -> None:
        """Let all that is said of one medicine be said of another."""
        gone = self.meds.pop(old)
        self.point(old, id)
        for p, kind in gone.names.items():
            self.meds[id].add(gone.shown[p], kind)
        self.meds[id].ids = gone.ids | self.meds[id].ids
        self.meds[id].dates |= gone.dates
        self.meds[id].approved |= gone.approved

    def point(self, old: str, new: str) -> None:
        """Let every name and code that leads to one medicine lead to another."""
        for table in (self.by_name, self.by_rxcui, self._drugbank):
            table.update({k: new for k, v in table.items() if v == old})
        for ids in self.by_unii.values():
            if old in ids:
                ids.remove(old)
                ids.add(new)

    def fda_names(self, data: Path) -> None:
        """Call each medicine as its US labels do, where nine in ten of FDA's products agree on another
        name than RxNorm's and do not only add to it ("dextrose" for glucose, "glycopyrrolate" for
        glycopyrronium)."""
        used: dict[str, Counter[str]] = defaultdict(Counter)
        for product in (*sources.drugs_at_fda(data), *sources.orange_book(data), *sources.openfda(data)):
            for name in product.ingredients:
                if found := self.resolve(name):
                    used[found][_bare(name)] += 1
        for id in sorted(used):
            (name, times), *_ = sorted(used[id].items(), key=lambda u: (-u[1], u[0]))
            now, then = set(plain(self.meds[id].name).split()), set(name.split())
            free = self.by_name.get(name, id) == id and slug(name) not in self.meds
            alone = self.precise.get(name, 1) == 1  # one of several precise ingredients is not the whole
            if free and alone and times >= 0.9 * used[id].total() and not now <= then and not then < now:
                self.rename(id, name)

    def rename(self, id: str, name: str) -> None:
        """Give a medicine another name and the id that goes with it."""
        med = self.meds.pop(id)
        med.add(med.name, "synonym")
        med.name = name
        new = slug(name)
        self.meds[new] = med
        self.point(id, new)
        self.by_name[plain(name)] = new

    def products(self, data: Path) -> None:
        early: set[str] = set()
        for source in (sources.drugs_at_fda, sources.orange_book):
            for product in source(data):
                id = self.medicine(product.ingredients)
                if id is None:
                    continue
                med = self.meds[id]
                med.approved = True
                if product.approved:
                    med.dates.add(product.approved)
                elif source is sources.orange_book:
                    early.add(id)
                self.brand(product.name, id)
        for id in early:  # approved before 1982: a later date alone is a generic's
            self.meds[id].dates = {d for d in self.meds[id].dates if d < "1982"}
        for product in sources.openfda(data):
            id = self.medicine(product.ingredients)
            if id is None:
                continue
            self.meds[id].approved = True
            if len(product.ingredients) == len(product.uniis) == 1:
                self.by_unii[product.uniis[0]] = {id}
            if product.name:
                self.brand(product.name, id)


_PLAIN_NAME = re.compile(r"[A-Za-z][a-z]{5,}(?:[- ][a-z]{4,})?")


def _bare(name: str) -> str:
    """A substance's name without salt, biosimilar suffix and "recombinant", plain."""
    low = plain(without_suffix(name) or name)
    low = next(iter([*salt_free(low, esters=False)][-1:]), low)
    return re.sub(r" (?:recombinant|synthetic)$", "", low)


def _own(name: str, ingredient: str) -> bool:
    """Whether a precise ingredient of RxNorm is a medicine of its own: by rules/own.tsv (conjugates,
    pegylated forms), or because the ingredient's name is glued into a longer word ("levoketoconazole",
    "fluoroestradiol")."""
    low = plain(name)
    if any(re.search(pattern, low) for _, pattern in rows("own.tsv", 2)):
        return True
    return any(len(word) > len(ingredient) and word.endswith(ingredient.lower()) for word in low.split())


def _established(name: str) -> str:
    """A name as it is said: without ", USP" or ", human", "insulin, aspart" as "insulin aspart"."""
    low = re.sub(r",? \(?usp\)?$|, human$", "", " ".join(name.lower().split()))
    return low.replace("insulin, ", "insulin ")


def build(data: Path) -> MedicineTable:
    """The table of medicines from the vocabulary folder ``data``."""
    b = _Builder()
    b.trade_names(data)
    b.rxnav(data)
    b.rxnorm(data)
    b.every_cure(data)
    b.drugbank(data)
    b.same()
    b.fda_names(data)
    b.products(data)
    b.brands(data)
    b.drop_wrong_names()
    return _table(b)


def _table(b: _Builder) -> MedicineTable:
    ids = sorted(b.meds)
    row = {id: n for n, id in enumerate(ids)}
    single = {m.name: id for id, m in b.meds.items() if not m.ingredients}
    near = related(single, {id for id, m in b.meds.items() if m.approved})
    keys: dict[str, dict[int, int]] = defaultdict(dict)  # name -> row -> rank
    for id in ids:
        med = b.meds[id]
        keys[plain(med.name)][row[id]] = 0
        for name, kind in med.names.items():
            rank = 2 if kind == "brand" else 1
            keys[name].setdefault(row[id], rank)
    brands, synonyms, codes = [], [], []
    for id in ids:
        med = b.meds[id]
        shown = {med.shown[p]: k for p, k in med.names.items() if p != plain(med.name)}
        brands.append("\n".join(sorted(n for n, k in shown.items() if k == "brand")))
        synonyms.append("\n".join(sorted(n for n, k in shown.items() if k != "brand")))
        codes.append("\n".join(f"{k}={v}" for k, v in sorted(med.ids.items())))
    ordered = sorted(keys)
    chosen = []
    for key in ordered:
        best = min(keys[key].values())
        chosen.append(sorted(r for r, rank in keys[key].items() if rank == best))
    uniis = sorted((u, row[next(iter(s))]) for u, s in b.by_unii.items() if len(s) == 1)
    return MedicineTable(
        ids=ids,
        names=[b.meds[i].name for i in ids],
        brands=brands,
        synonyms=synonyms,
        codes=codes,
        ingredients=[[row[x] for x in b.meds[i].ingredients] for i in ids],
        related=[sorted(row[x] for x in near.get(i, ())) for i in ids],
        first_approval=[min(b.meds[i].dates, default="") for i in ids],
        keys="\n".join(ordered),
        key_rows=chosen,
        uniis="\n".join(u for u, _ in uniis),
        unii_rows=[r for _, r in uniis],
    )
