"""DailyMed's structured product labels (SPL, HL7 v3 XML) -> Document.

The standard is "Structured Product Labeling Implementation Guide with Validation Procedures" (FDA). Sections
are put together as openFDA puts them together, so that both sources give the same text: every ``section``
with a known LOINC code gives its field all text within it, sub-sections and highlights too, the pieces
between tags joined by a space; a sub-section with a known code gives its own field besides; a sub-section
without one is not given twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from lxml import etree

from usedfor.errors import DocumentError
from usedfor.model import Document
from usedfor.sources.common import UNCLASSIFIED, build, fields
from usedfor.sources.spl_products import NS, facts, products

MAX_TEXT = 64 * 1024 * 1024  # characters over all fields; a large label has two million

# White space as ECMAScript counts it, which is what openFDA folds to one space: no-break spaces too.
_SPACE = re.compile("[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+")
_INDENT = re.compile(r"[ \t\r]*\n[ \t\r\n]*")
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)")
_MARKUP = re.compile("[&<>\"']|[^\0-\x7f]")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}


def read(data: bytes, origin: str) -> Document:
    """Read one SPL document. Raises DocumentError with the origin and a reason."""
    root = _parse(data, origin)
    try:
        return _document(root, origin)
    except RecursionError:
        raise DocumentError(origin, "nested too deeply") from None


def _document(root: etree._Element, origin: str) -> Document:
    if root.tag != f"{NS}document":
        raise DocumentError(
            origin, f"XML, but no structured product label: <{etree.QName(root).localname[:40]}>"
        )
    medicines = products(root)
    return build(
        origin,
        source="dailymed",
        document_id=_value(root, "id", "root"),
        set_id=_value(root, "setId", "root"),
        version=_value(root, "versionNumber", "value"),
        effective=_value(root, "effectiveTime", "value"),
        texts=_texts(root, origin),
        facts=facts(root, medicines),
        products=medicines,
    )


def _parse(data: bytes, origin: str) -> etree._Element:
    if _DECLARATION.search(data, 0, max(data.find(b"<document"), 0) or len(data)):
        raise DocumentError(origin, "XML with a document type or entities, which no label has")
    # huge_tree stays off: libxml2's limits on depth, size of a text and growth through entities hold.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        reason = " ".join(str(error).split())[:100]
        raise DocumentError(origin, f"broken XML: {reason or 'nothing in it'}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentError(origin, "XML with a document type or entities, which no label has")
    return root


def _value(root: etree._Element, name: str, attribute: str) -> str:
    element = root.find(f"{NS}{name}")
    return "" if element is None else (element.get(attribute) or "").strip()


def _texts(root: etree._Element, origin: str) -> dict[str, list[str]]:
    """Field name to its strings, from sections and classified sub-sections in the order of the document."""
    known = fields()
    texts: dict[str, list[str]] = {}
    size = 0
    for section in root.iter(f"{NS}section"):
        # A section without a code of its own goes by the first one within it, as openFDA has it.
        code = next(section.iter(f"{NS}code"), None)
        field = known.get(code.get("code") or "" if code is not None else "", UNCLASSIFIED)
        if field == UNCLASSIFIED and _within_section(section):
            continue
        for name, string in chain([(field, _flat(section))], _tables(section, f"{field}_table")):
            texts.setdefault(name, []).append(string)
            # What lies in a hundred sections or tables is given a hundred times.
            size += len(string)
            if size > MAX_TEXT:
                raise DocumentError(origin, f"more than {MAX_TEXT // 1024 // 1024} MB of text")
    return texts


def _flat(section: etree._Element) -> str:
    return _SPACE.sub(" ", " ".join(str(text) for text in section.itertext())).strip()


def _tables(section: etree._Element, field: str) -> Iterator[tuple[str, str]]:
    return ((field, html(table)) for table in section.iter(f"{NS}table"))


def _within_section(section: etree._Element) -> bool:
    parent = section.getparent()
    above = parent.getparent() if parent is not None else None
    return above is not None and above.tag == f"{NS}section"


def html(table: etree._Element) -> str:
    """A table as openFDA writes it: one line, no name spaces, every character beyond ASCII as a reference.

    Line breaks are spaces; white space that only indents the file is left out.
    """
    return "".join(_markup(table))


def _markup(element: etree._Element) -> Iterator[str]:
    name = etree.QName(element).localname
    if name == "br":
        yield " "
        return
    yield f"<{name}"
    for key, value in element.attrib.items():
        yield f' {_attribute(element, str(key))}="{_escape(str(value))}"'
    text = _inline(element.text)
    if not text and not len(element):
        yield "/>"
        return
    yield f">{text}"
    for child in element:
        yield from _markup(child)
        yield _inline(child.tail)
    yield f"</{name}>"


def _attribute(element: etree._Element, key: str) -> str:
    """The attribute's name with the prefix that the document gives it."""
    name = etree.QName(key)
    prefix = next((p for p, uri in element.nsmap.items() if uri == name.namespace and p), None)
    return f"{prefix}:{name.localname}" if prefix else name.localname


def _inline(text: str | None) -> str:
    if not text or _INDENT.fullmatch(text):
        return ""
    return _escape(_SPACE.sub(" ", text))


def _escape(text: str) -> str:
    return _MARKUP.sub(lambda match: _NAMED.get(match[0]) or f"&#x{ord(match[0]):X};", text)
