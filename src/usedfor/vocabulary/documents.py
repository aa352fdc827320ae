"""Which medicine a document is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from usedfor.model import Document, Medicine, Name
from usedfor.vocabulary.naming import parts, salt_free, slug, without_forms, without_suffix
from usedfor.vocabulary.rules import rows

if TYPE_CHECKING:
    from usedfor.vocabulary.medicines import Medicines

MOST_INGREDIENTS = 6  # a mixture of more goes by its own name


def split(name: str, known: Callable[[str], str | None]) -> list[str]:
    """The ids of the parts of a combination's name, [] unless every part is known."""
    got = [known(part) for part in parts(name)]
    return sorted({g for g in got if g}) if got and all(got) else []


def product_data(document: Document) -> dict[str, list[str]]:
    """The lines of the section "openfda": key -> values."""
    section = document.section("openfda")
    out: dict[str, list[str]] = {}
    for line in section.text.splitlines() if section else ():
        key, colon, values = line.partition(": ")
        if colon:
            out[key] = [v.strip() for v in values.split(" | ") if v.strip()]
    return out


def _once(names: list[str | None]) -> list[str]:
    return list(dict.fromkeys(" ".join(n.split()) for n in names if n and n.strip()))


def medicine(document: Document, medicines: Medicines) -> Medicine:
    """The medicine of a document: its generic name, where it agrees with the active substances or only
    words them otherwise; else its substances; else its brand; else made from its words."""
    data = product_data(document)
    generics = _once(
        [_kit(g) for g in (*data.get("generic_name", []), *(p.generic or "" for p in document.products))]
    )
    brands = _once([*data.get("brand_name", []), *(p.brand for p in document.products)])
    substances = _substances(document, data)
    ids = sorted({_id(name, unii, medicines) for name, unii in substances})
    for generic in generics:
        found = medicines.find(generic)
        if len(found) == 1 and _agrees(found[0], set(ids)):
            return found[0]
    if len(ids) > MOST_INGREDIENTS:
        return _made(_short(generics) or brands or generics or [document.title], brands, ())
    if ids:
        return _of_ids(ids, substances, medicines, brands)
    for generic in generics:
        named = parts(generic)
        if 1 < len(named) <= MOST_INGREDIENTS:
            pairs: list[tuple[str, str | None]] = [(n, None) for n in named]
            return _of_ids(sorted({_id(n, None, medicines) for n in named}), pairs, medicines, brands)
    for brand in brands:
        found = medicines.find(brand)
        if len(found) == 1:
            return found[0]
    return _made(_short(generics) or brands or generics or [document.title], brands, ())


def _short(names: list[str]) -> list[str]:
    """Names that a person could say: a list of a dozen ingredients is none."""
    return [name for name in names if len(name) <= 80]


def _agrees(found: Medicine, ids: set[str]) -> bool:
    """Whether a medicine may be that of these substances: as many ingredients, or all but what only
    carries them."""
    own = set(found.ingredients or (found.id,))
    return not ids or len(own) == len(ids) or (own < ids and ids - own <= _carriers())


@cache
def _carriers() -> frozenset[str]:
    return frozenset(id for (id,) in rows("carriers.tsv", 1))


def _substances(document: Document, data: dict[str, list[str]]) -> list[tuple[str, str | None]]:
    """(name, UNII) of the active substances. openFDA's two lists are in no common order: they are paired
    only where there is one of each."""
    names = data.get("substance_name", [])
    uniis = data.get("unii", [])
    if len(names) == 1 and len(uniis) == 1:
        return [(names[0], uniis[0])]
    if names:
        return [(n, None) for n in names]
    return list(dict.fromkeys((i.name, i.unii) for p in document.products for i in p.ingredients))


def _id(name: str, unii: str | None, medicines: Medicines) -> str:
    known = medicines.single(_kit(name))
    if known is None and unii and (found := medicines.by_unii(unii)):
        return found.id
    return known or slug(_bare(_kit(name)))


def _bare(name: str) -> str:
    """A name without what is surely no part of it."""
    low = without_suffix(name) or name.lower()
    salts = list(salt_free(low, esters=False))
    return salts[-1] if salts and len(salts[-1]) > 4 else low


_KIT = re.compile(r"^kit for (?:the )?preparation of (?:an? )?|(?<=\w )(?:injection|kit)$", re.IGNORECASE)


def _kit(name: str) -> str:
    return " ".join(_KIT.sub("", name.strip()).strip(" -").split()) or name


def _of_ids(
    ids: list[str], named: list[tuple[str, str | None]], medicines: Medicines, brands: list[str]
) -> Medicine:
    found = medicines.get("-".join(ids))
    if found:
        return found
    if len(ids) == 1:
        return _made([without_forms(_bare(named[0][0])) or named[0][0]], brands, (), id=ids[0])
    shown = {_id(name, unii, medicines): _bare(name) for name, unii in named}
    names = [m.name if (m := medicines.get(i)) else shown.get(i, i) for i in ids]
    return _made([" / ".join(names)], brands, tuple(ids), id="-".join(ids))


def _made(names: list[str], brands: list[str], ingredients: tuple[str, ...], id: str = "") -> Medicine:
    name = " ".join(names[0].lower().split())
    return Medicine(
        id=id or slug(name),
        name=name,
        names=(Name(name=name, kind="generic"), *(Name(name=b, kind="brand") for b in sorted(set(brands)))),
        ingredients=ingredients,
    )
