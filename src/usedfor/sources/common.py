"""What both readers of labels share: fields, hashes, dates, titles and the product data's own section."""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from importlib import resources

from usedfor.errors import DocumentError
from usedfor.model import Document, Product, Section

URL = "https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid="
UNCLASSIFIED = "spl_unclassified_section"
PRODUCT_DATA = "openfda"  # the section that holds the product data
PRODUCT_KEYS = (
    "application_number",
    "brand_name",
    "generic_name",
    "manufacturer_name",
    "pharm_class_epc",
    "pharm_class_moa",
    "product_type",
    "route",
    "rxcui",
    "substance_name",
    "unii",
)
_PRODUCT_TYPES = {"HUMAN PRESCRIPTION DRUG": "prescription", "HUMAN OTC DRUG": "otc"}
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
# Fields that say what a product is made of, but nothing about its use: they make no label by themselves.
_NOT_PROSE = frozenset({PRODUCT_DATA, "spl_product_data_elements", "spl_indexing_data_elements"})


@functools.cache
def fields() -> Mapping[str, str]:
    """LOINC code of an SPL section to its openFDA field name (fields.toml)."""
    text = resources.files("usedfor.sources").joinpath("fields.toml").read_text(encoding="utf-8")
    loaded: dict[str, str] = tomllib.loads(text)["loinc"]
    return loaded


@functools.cache
def loincs() -> Mapping[str, str]:
    """The way back: openFDA field name, with or without ``_table``, to its LOINC code."""
    codes = {field: code for code, field in fields().items()}
    return codes | {f"{field}_table": code for field, code in codes.items()}


def content_hash(sections: Iterable[Section]) -> str:
    """SHA-256 (64 hex digits) over each section in order: its field, a NUL, its text, a NUL, in UTF-8."""
    digest = hashlib.sha256()
    for section in sections:
        digest.update(f"{section.field}\0{section.text}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def build(
    origin: str,
    *,
    source: str,
    document_id: str,
    set_id: str,
    version: str,
    effective: str,
    texts: Mapping[str, Iterable[str]],
    facts: Mapping[str, Iterable[str]],
    products: tuple[Product, ...],
) -> Document:
    """Put a Document together: ``texts`` maps fields to strings, ``facts`` product keys to values."""
    for name, value in (("id", document_id), ("set id", set_id)):
        if not _ID.fullmatch(value):
            raise DocumentError(
                origin, f"no {name}" if not value else f"a {name} that cannot be one: {value[:64]!r}"
            )
    kept = {field: text for field, strings in texts.items() if (text := " ".join(strings)).strip()}
    if kept.keys() <= _NOT_PROSE:
        raise DocumentError(origin, "no sections")
    if "veterinary_indications" in kept or any(
        "ANIMAL" in kind.upper() for kind in facts.get("product_type", ())
    ):
        raise DocumentError(origin, "a label for animals")
    known = {
        key: sorted({clean for v in facts.get(key, ()) if (clean := " ".join(v.split()))})
        for key in PRODUCT_KEYS
    }
    lines = [f"{key}: {' | '.join(values)}" for key, values in known.items() if values]
    if lines:
        kept[PRODUCT_DATA] = "\n".join(lines)
    codes = loincs()
    sections = tuple(Section(field=field, text=kept[field], loinc=codes.get(field)) for field in sorted(kept))
    manufacturers = known["manufacturer_name"]
    return Document(
        id=document_id,
        set_id=set_id,
        version=version,
        source="openfda" if source == "openfda" else "dailymed",
        title=_title(products, manufacturers, set_id),
        effective=iso_date(effective, origin),
        sections=sections,
        products=products,
        rxcui=tuple(known["rxcui"]),
        classes=tuple(_without(value, "[EPC]") for value in known["pharm_class_epc"]),
        mechanisms=tuple(_without(value, "[MoA]") for value in known["pharm_class_moa"]),
        manufacturer=manufacturers[0] if manufacturers else None,
        product_type=next((_PRODUCT_TYPES.get(v.upper(), v.lower()) for v in known["product_type"]), None),
        sha256=content_hash(sections),
        url=URL + set_id,
    )


def iso_date(value: str, origin: str) -> str:
    """``20260706`` (a time may follow) as ``2026-07-06``; DocumentError for no day of the calendar."""
    match = re.match(r"(\d{4})-?(\d\d)-?(\d\d)", value)
    if match is None:
        raise DocumentError(origin, f"no effective date: {value[:20]!r}")
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        raise DocumentError(origin, f"an impossible date: {value[:20]!r}") from None


def _title(products: tuple[Product, ...], manufacturers: list[str], set_id: str) -> str:
    """``Brand (generic), manufacturer``, as far as it is known."""
    first = min(products, key=lambda p: (p.brand or "\uffff", p.generic or "\uffff"), default=Product())
    brand, generic = first.brand, first.generic
    name = brand or generic or f"Label {set_id}"
    if brand and generic and brand.casefold() != generic.casefold():
        name = f"{brand} ({generic.lower()})"
    return f"{name}, {manufacturers[0]}" if manufacturers else name


def _without(value: str, mark: str) -> str:
    return value.removesuffix(mark).rstrip()
