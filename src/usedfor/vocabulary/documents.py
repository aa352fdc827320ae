"""Which medicine a document is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from usedfor.model import Document, Medicine, Name
from usedfor.vocabulary.naming import parts, salt_free, slug, without_forms, without_suffix

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
    """The medicine of a document: from its active substances, by UNII first, else name; else from its generic name;
    else from its brand; else made from its words."""
    data = product_data(document)
    generics = _once([*data.get("generic_name", []), *(p.generic for p in document.products)])
    brands = _once([*data.get("brand_name", []), *(p.brand for p in document.products)])
    substances = _substances(document, data)
    for generic in generics:
        found = medicines.find(generic)
        if len(found) == 1 and (not substances or _agrees(found[0], substances, medicines)):
            return found[0]
    if substances:
        ids = [_id(name, unii, medicines) for name, unii in substances]
        if len(set(ids)) > MOST_INGREDIENTS:
            return _made(generics or brands or [document.title], brands, ())
        return _of_ids(sorted(set(ids)), substances, medicines, brands)
    for generic in generics:
        named = parts(_kit(generic))
        if 1 < len(named) <= MOST_INGREDIENTS:
            pairs: list[tuple[str, str | None]] = [(n, None) for n in named]
            return _of_ids(sorted({_id(n, None, medicines) for n in named}), pairs, medicines, brands)
        if found := medicines.find(_kit(generic)):
            return found[0]
    for brand in brands:
        found = medicines.find(brand)
        if len(found) == 1:
            return found[0]
    return _made([_kit(g) for g in generics] or brands or [document.title], brands, ())


def _substances(document: Document, data: dict[str, list[str]]) -> list[tuple[str, str | None]]:
    """(name, UNII) of the active substances. openFDA's two lists are in no common order: they are paired only where
    there is one of each."""
    names = data.get("substance_name", [])
    uniis = data.get("unii", [])
    if len(names) == 1 and len(uniis) == 1:
        return [(names[0], uniis[0])]
    if names:
        return [(n, None) for n in names]
    return list(dict.fromkeys((i.name, i.unii) for p in document.products for i in p.ingredients))


def _id(name: str, unii: str | None, medicines: Medicines) -> str:
    if unii and (found := medicines.by_unii(unii)):
        return found.id
    return medicines._single(name) or slug(_bare(name))


def _bare(name: str) -> str:
    """A name without what is surely no part of it."""
    low = without_suffix(name) or name.lower()
    salts = list(salt_free(low, esters=False))
    return salts[-1] if salts and len(salts[-1]) > 4 else low


def _agrees(found: Medicine, substances: list[tuple[str, str | None]], medicines: Medicines) -> bool:
    ids = {_id(name, unii, medicines) for name, unii in substances}
    return ids == set(found.ingredients or (found.id,))


_KIT = re.compile(r"^kit for (?:the )?preparation of (?:an? )?|\b(?:injection|kit)$", re.IGNORECASE)


def _kit(name: str) -> str:
    return " ".join(_KIT.sub("", name.strip()).split()) or name


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
