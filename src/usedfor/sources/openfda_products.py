"""The products of an openFDA label, from the block ``openfda`` and from ``spl_product_data_elements``.

The block's lists are not in the order of one another. The elements are, but are one string: for each product
its brand and generic name, then substances, each active one followed by its active moiety, all without marks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from usedfor.model import Ingredient, Product

_BIOLOGIC = re.compile(r"(.+)-[a-z]{4}")  # the four-letter suffix of biologics: adalimumab-aaty
_JOINTS = re.compile(r"\s*(?:,\s*and\s|,|\sand\s)\s*")  # of the generic name of a combination
_TAIL = frozenset({"cation", "ion", "anion", "acid"})  # "magnesium cation" is the moiety of magnesium sulfate
_LONG = 4  # words; what is longer describes a kit, and names no substance
# Words that begin the names of salts and of inactive ingredients alike: no sign of a moiety by themselves.
_METALS = frozenset(
    {
        "aluminum",
        "calcium",
        "ferric",
        "ferrous",
        "iron",
        "lithium",
        "magnesium",
        "potassium",
        "sodium",
        "zinc",
    }
)
_Name = tuple[str, str]  # brand and generic


def products(facts: Mapping[str, Sequence[str]], elements: str) -> tuple[Product, ...]:
    """The products by brand and generic name, sorted. What the label does not tell apart stays None."""
    brands, generics = facts.get("brand_name", ()), facts.get("generic_name", ())
    substances, uniis = facts.get("substance_name", ()), facts.get("unii", ())
    applications, ndcs = facts.get("application_number", ()), facts.get("product_ndc", ())
    words = elements.casefold().split()
    parts = _parts(words, brands, generics)
    if not substances and len(generics) == 1:
        substances, uniis = _substances_of_kit(words, generics[0]), ()
    # With several substances their codes stand in another order, so none of them is given one.
    unii = uniis[0] if len(substances) == len(uniis) == 1 else None
    bodies = [body for found in parts.values() for body in found] or [words]
    active = {
        name.upper(): Ingredient(name=name.upper(), unii=unii, moiety=_moiety(words, bodies, name))
        for name in sorted(substances)
    }
    everything = tuple(active.values())
    names: dict[_Name, tuple[Ingredient, ...]]
    if parts and (len(brands) > 1 or len(generics) > 1):
        names = {name: _active_in(bodies, active) for name, bodies in parts.items()}
        if len(active) == 1:
            names = dict.fromkeys(names, everything)
    elif brands or generics or active:
        generic = generics[0] if len(generics) == 1 else ""
        names = {(brand, generic): everything if len(generics) <= 1 else () for brand in (brands or ("",))}
    else:
        names = {}
    return tuple(
        Product(
            brand=brand or None,
            generic=generic.upper() or None,
            ingredients=names[brand, generic],
            routes=tuple(sorted({route.upper() for route in facts.get("route", ())})),
            application=applications[0] if len(applications) == 1 else None,
            ndc=ndcs[0] if len(ndcs) == len(names) == 1 else None,
        )
        for brand, generic in sorted(names)
    )


def _parts(words: list[str], brands: Sequence[str], generics: Sequence[str]) -> dict[_Name, list[list[str]]]:
    """Brand and generic name to the words behind each of their places, up to the next; longest names win."""
    heads = {(*b.casefold().split(), *g.casefold().split()): (b, g) for b in brands for g in generics}
    by_length = sorted(filter(None, heads), key=lambda head: (-len(head), head))
    found: dict[_Name, list[list[str]]] = {}
    body: list[str] = ["(no product yet)"]
    at = 0
    while at < len(words):
        head = next((h for h in by_length if h[0] == words[at] and tuple(words[at : at + len(h)]) == h), None)
        # Right behind a product's names come its substances, even where they are the same words again.
        if head is None or not body:
            body.append(words[at])
            at += 1
        else:
            body = []
            found.setdefault(heads[head], []).append(body)
            at += len(head)
    return found


def _active_in(bodies: list[list[str]], active: dict[str, Ingredient]) -> tuple[Ingredient, ...]:
    """The substances that have their moiety behind them in these words: others are inactive here."""
    return tuple(
        item for name, item in active.items() if any(True for b in bodies for _ in _moieties(b, name))
    )


def _substances_of_kit(words: list[str], generic: str) -> list[str]:
    """A kit's block names none: they are the generic name's parts, if each has its moiety behind it."""
    names = [name for name in _JOINTS.split(generic.casefold()) if name]
    if any(len(name.split()) > _LONG for name in names):
        return []
    found = []
    for name in names:
        biologic = _BIOLOGIC.fullmatch(name)
        forms = [name, biologic[1]] if biologic else [name]
        found += [next((form for form in forms if any(True for _ in _moieties(words, form))), "")]
    return found if all(found) else []


def _moiety(words: list[str], bodies: list[list[str]], substance: str) -> str | None:
    """The active moiety; None where its end is unsure or there are several (the ions of a salt)."""
    found = Counter(moiety for body in bodies for moiety in _moieties(body, substance))
    name = substance.casefold()
    if not found and " " not in name and name in _moieties(words, name):
        return name.upper()  # brand, generic name, substance and moiety are one word, which stands in a row
    return min(found, key=lambda moiety: (-found[moiety], moiety)).upper() or None if found else None


def _moieties(words: list[str], substance: str) -> Iterator[str]:
    """What is read behind each place of the substance, "" for several; places with none are left out."""
    name = substance.casefold().split()
    size, at = len(name), 0
    while name and at < len(words):
        if words[at] != name[0] or words[at : at + size] != name:
            at += 1
            continue
        repeats = 0
        while words[at : at + size] == name:
            at += size
            repeats += 1
        length = _length(words[at:], name, whole=repeats > 1)
        if length is not None:
            yield " ".join(words[at : at + length])
        elif repeats > 1 and name[-1] not in _METALS:  # no moiety ends so: "... sodium" is sodium chloride's
            yield " ".join(name)


def _length(following: list[str], name: list[str], *, whole: bool) -> int | None:
    """How many words of the moiety come next: a run of the substance's own, and "ion" or "acid" behind it.

    0 for several moieties. ``whole`` says that the substance stood there twice, and so may be its own moiety.
    """
    if not following:
        return None
    biologic = _BIOLOGIC.fullmatch(name[0])
    if biologic and len(name) == 1 and following[0] == biologic[1]:
        return 1
    best = 0
    for begin in range(1 if whole else len(name)):
        length = 0
        while begin + length < len(name) and following[length : length + 1] == [name[begin + length]]:
            length += 1
        best = max(best, length)
    tail = best < len(following) and following[best] in _TAIL
    if not best or (following[0] in _METALS and best < len(name) and not tail):
        return None
    behind = following[best + tail : best + tail + 1]
    return 0 if best < len(name) and behind and behind[0] in name else best + tail
