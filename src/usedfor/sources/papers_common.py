"""What the readers of papers share: safe XML, text with its marks of height, dates, ids and retractions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from usedfor.errors import DocumentError

__all__ = [
    "clean",
    "digest",
    "iso",
    "parse_xml",
    "pmc_id",
    "pmid_id",
    "registrations",
    "retracted_title",
    "text",
]

PUBMED_URL = "https://pubmed.ncbi.nlm.nih.gov/"
PMC_URL = "https://www.ncbi.nlm.nih.gov/pmc/articles/"
_SPACE = re.compile(r"\s+")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_YEAR = re.compile(r"(?<!\d)(1[6-9]\d\d|20\d\d)(?!\d)")
_NCT = re.compile(r"NCT\d{8}(?!\d)")
_RETRACTED = re.compile(r"\W*(?:retracted|withdrawn)\b(?: article)?\s*[:.\]-]", re.I)
_RAISED = re.compile(r"[-\u2212+]?\d+")


def parse_xml(data: bytes, origin: str) -> etree._Element:
    """The root of one record. Entities, DTDs and the network are off. Raises DocumentError."""
    # A parser for each record: one that has seen an error must not colour the next. huge_tree stays off.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = _SPACE.sub(" ", str(error))[:100]
        raise DocumentError(origin, f"broken XML: {reason or 'nothing in it'}") from None


def digest(data: bytes) -> str:
    """SHA-256 of a record's bytes, 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def clean(value: str | None) -> str | None:
    """White space as single blanks; None for nothing."""
    return _SPACE.sub(" ", value).strip() or None if value else None


def text(element: etree._Element | None, skip: Iterable[str] = ()) -> str | None:
    """The text within an element, white space as single blanks; an exponent keeps its mark: "10^9"."""
    if element is None:
        return None
    if not len(element):
        return clean(element.text)
    parts: list[str] = []
    _gather(element, parts, frozenset(skip))
    return clean("".join(parts))


def _gather(element: etree._Element, parts: list[str], skip: frozenset[str]) -> None:
    if element.text:
        if element.tag == "sup" and _RAISED.fullmatch(element.text) and _ends_in_digit(parts):
            parts.append("^")
        parts.append(element.text)
    for child in element:
        if child.tag not in skip and isinstance(child.tag, str):
            _gather(child, parts, skip)
        if child.tail:
            parts.append(child.tail)


def _ends_in_digit(parts: list[str]) -> bool:
    return bool(parts) and parts[-1][-1:].isdigit()


def iso(year: str | None, month: str | None = None, day: str | None = None) -> str | None:
    """A date as exact as it is known, "2019-04-02" to "2019"; the first year of "1998 Dec-1999"."""
    found = _YEAR.search(year or "")
    if found is None:
        return None
    made = found[1]
    low = (month or "").strip().lower()
    number = int(low) if low.isdecimal() else _MONTHS.index(low[:3]) + 1 if low[:3] in _MONTHS else 0
    if not 1 <= number <= 12 or "-" in low:
        return made
    made += f"-{number:02}"
    date = (day or "").strip()
    return f"{made}-{int(date):02}" if date.isdecimal() and 1 <= int(date) <= 31 else made


def registrations(*values: str | None) -> tuple[str, ...]:
    """The registry numbers (NCT and eight digits) in texts, sorted."""
    return tuple(sorted({number for value in values if value for number in _NCT.findall(value)}))


def retracted_title(title: str | None) -> bool:
    """Whether a title begins as that of a retracted or withdrawn paper does."""
    return title is not None and _RETRACTED.match(title) is not None


def pmid_id(value: str | None) -> str | None:
    """``PMID:...`` of a number, None of anything else."""
    found = re.fullmatch(r"(?:PMID:?\s*)?0*([1-9]\d{0,8})", (value or "").strip(), re.I)
    return f"PMID:{found[1]}" if found else None


def pmc_id(value: Any) -> str | None:
    """``PMC...`` of a number with or without it (and with a version), None of anything else."""
    found = re.fullmatch(r"(?:PMC)?0*([1-9]\d{0,9})(?:\.\d+)?", str(value or "").strip(), re.I)
    return f"PMC{found[1]}" if found else None
