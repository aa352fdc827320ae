"""Records of openFDA's drug label end point -> Document.

A record holds lists of strings under field names, ids, and the block ``openfda`` with the product data that
FDA has joined to it (https://open.fda.gov/apis/drug/label/searchable-fields/). The block gives neither form nor
strength nor schedule, so these stay None: nothing is guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import msgspec

from usedfor.errors import DocumentError
from usedfor.model import Document, Ingredient, Product
from usedfor.sources.common import build

_DATA = {"id", "set_id", "version", "effective_time", "openfda"}
_KEY = re.compile(rb'"\s*+:')
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_BLANKS = dict.fromkeys(range(32), 32)
_CONTROLS = {code: " " for code in (*range(32), 127) if chr(code) not in "\t\n\r"}
_MAY_HOLD_CONTROLS = (b"\\u00", b"\\b", b"\\f", b"\x7f")
_BIOLOGIC = re.compile(r"(.+)-[a-z]{4}")  # the four-letter suffix of biologics: adalimumab-aaty
_MOIETY_TAIL = frozenset({"cation", "ion", "anion", "acid"})


def read(data: bytes, origin: str) -> Document:
    """Read one record's JSON bytes. Raises DocumentError with the origin and a reason."""
    record = _decode(data, origin)
    if "error" in record and "id" not in record:
        error = record["error"]
        code = error.get("code") if isinstance(error, dict) else None
        raise DocumentError(origin, f"the service's reply is an error: {code or 'unknown'}")
    block = record.get("openfda")
    if block is not None and not isinstance(block, dict):
        raise DocumentError(origin, "product data (openfda) that is not an object")
    facts = {key: _strings(value, key, origin) for key, value in (block or {}).items()}
    texts = {
        field: _strings(value, field, origin)
        for field, value in record.items()
        if field not in _DATA and isinstance(value, str | list)
    }
    clean = any(mark in data for mark in _MAY_HOLD_CONTROLS)
    if clean:
        texts = {_clean(field): [_clean(text) for text in strings] for field, strings in texts.items()}
        facts = {key: [_clean(value) for value in values] for key, values in facts.items()}
    return build(
        origin,
        source="openfda",
        document_id=_scalar(record, "id"),
        set_id=_scalar(record, "set_id"),
        version=_scalar(record, "version"),
        effective=_scalar(record, "effective_time"),
        texts=texts,
        facts=facts,
        products=_products(facts, " ".join(texts.get("spl_product_data_elements", ()))),
    )


def _decode(data: bytes, origin: str) -> dict[str, Any]:
    try:
        try:
            record = msgspec.json.decode(data)
        except msgspec.DecodeError:
            record = msgspec.json.decode(_mend(data))
    except UnicodeDecodeError:
        raise DocumentError(origin, "text that is not UTF-8") from None
    except RecursionError:
        raise DocumentError(origin, "nested too deeply") from None
    except msgspec.MsgspecError as error:
        raise DocumentError(origin, f"broken JSON: {error}") from None
    if not isinstance(record, dict):
        raise DocumentError(origin, "a record that is not an object")
    # Counting is quick and only ever too high (a colon behind a quoted word), so the exact look is rare.
    if len(_KEY.findall(data)) > _count_keys(record):
        _refuse_twice(data, origin)
    return record


def _mend(data: bytes) -> bytes:
    """What other writers let through: lone surrogates become U+FFFD, bare control characters a space."""
    data = data.translate(bytes(_BLANKS.get(code, code) for code in range(256)))
    return _ESCAPE.sub(lambda match: rb"\ufffd" if match[1] else match[0], data)


def _count_keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_count_keys, value.values()))
    if isinstance(value, list):
        return sum(_count_keys(item) for item in value if not isinstance(item, str))
    return 0


def _refuse_twice(data: bytes, origin: str) -> None:
    """DocumentError where an object has a key twice: readers differ in which of the two they take."""
    import json

    def pairs(items: list[tuple[str, Any]]) -> None:
        twice = [key for key, count in Counter(key for key, _ in items).items() if count > 1]
        if twice:
            raise DocumentError(origin, f"a key given twice: {twice[0][:64]!r}")

    json.loads(data.decode("utf-8"), object_pairs_hook=pairs, strict=False)


def _scalar(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _strings(value: Any, field: str, origin: str) -> list[str]:
    items = value if isinstance(value, list) else [value]
    if field.startswith("is_"):  # flags, of which nothing is read
        return []
    if not all(isinstance(item, str) for item in items):
        raise DocumentError(origin, f"{field} holds something that is not text")
    return items


def _clean(text: str) -> str:
    """Control characters as spaces, so that offsets stay; tab and line ends are left."""
    return text.translate(_CONTROLS)


def _products(facts: dict[str, list[str]], elements: str) -> tuple[Product, ...]:
    """One product for the label, or one for each brand where the product data tells them apart."""
    brands, generics = facts.get("brand_name", []), facts.get("generic_name", [])
    substances, uniis = facts.get("substance_name", []), facts.get("unii", [])
    routes = tuple(sorted({route.upper() for route in facts.get("route", [])}))
    applications, ndcs = facts.get("application_number", []), facts.get("product_ndc", [])
    words = elements.split()
    if not substances and len(generics) == 1:
        substances, uniis = _substance_from(words, brands, generics[0]), []
    # With several substances the two lists are not in the same order, so no code is given to any of them.
    unii = uniis[0] if len(substances) == len(uniis) == 1 else None
    ingredients = tuple(
        Ingredient(name=name.upper(), unii=unii, moiety=_moiety(words, name))
        for name in sorted(set(substances))
    )
    if not (brands or generics or ingredients):
        return ()
    names: list[str | None] = [*sorted(set(brands))] or [None]
    generic = generics[0].upper() if len(generics) == 1 else None
    return tuple(
        Product(
            brand=brand,
            generic=generic or (brand.upper() if brand and brand.upper() in generics else None),
            ingredients=ingredients if len(generics) <= 1 else (),
            routes=routes,
            application=applications[0] if len(applications) == 1 else None,
            ndc=ndcs[0] if len(ndcs) == len(brands) == 1 else None,
        )
        for brand in names
    )


def _substance_from(words: list[str], brands: list[str], generic: str) -> list[str]:
    """The substance of a kit, whose block names none: the generic name again behind brand and generic."""
    name = generic.casefold().split()
    folded = [word.casefold() for word in words]
    heads = [brand.casefold().split() + name for brand in brands]
    at = 0
    while head := next((head for head in heads if folded[at : at + len(head)] == head), None):
        at += len(head)
    return [generic] if at and folded[at : at + len(name)] == name else []


def _moiety(words: list[str], substance: str) -> str | None:
    """The active moiety, which stands behind each active substance; None where its end is unsure."""
    name = substance.casefold().split()
    folded = [word.casefold() for word in words]
    found: Counter[str] = Counter()
    for start in range(len(folded) - len(name)):
        if folded[start : start + len(name)] == name and (
            moiety := _next_moiety(folded[start + len(name) :], name)
        ):
            found[moiety.upper()] += 1
    return min(found, key=lambda moiety: (-found[moiety], moiety)) if found else None


def _next_moiety(following: list[str], name: list[str]) -> str | None:
    """The longest run of the substance's own words that comes next, with "ion" or "acid" behind it."""
    if not following:
        return None
    biologic = _BIOLOGIC.fullmatch(name[0])
    if biologic and len(name) == 1 and following[0] == biologic[1]:
        return following[0]
    best = 0
    for begin in range(len(name)):
        length = 0
        while begin + length < len(name) and following[length : length + 1] == [name[begin + length]]:
            length += 1
        best = max(best, length)
    if not best:
        return None
    tail = 1 if following[best : best + 1] and following[best] in _MOIETY_TAIL else 0
    return " ".join(following[: best + tail])
