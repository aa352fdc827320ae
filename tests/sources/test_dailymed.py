"""SPL documents: sections, tables and products, and what is refused."""

from __future__ import annotations

import contextlib
import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from usedfor.errors import DocumentError
from usedfor.model import Document, Ingredient, Product
from usedfor.sources import Raw, dailymed, parse
from usedfor.sources.dailymed import html

HEAD = (
    '<document xmlns="urn:hl7-org:v3"><id root="i"/>'
    '<code code="34391-3" displayName="HUMAN PRESCRIPTION DRUG LABEL"/>'
    '<effectiveTime value="20250314"/><setId root="s"/><versionNumber value="1"/>'
)


def label(sections: str, head: str = HEAD) -> bytes:
    return f"{head}<component><structuredBody>{sections}</structuredBody></component></document>".encode()


def section(code: str, body: str) -> str:
    return f'<component><section><code code="{code}"/>{body}</section></component>'


def read(data: bytes) -> Document:
    return parse(Raw("dailymed", "a.xml", data))


def texts(document: Document) -> dict[str, str]:
    return {item.field: item.text for item in document.sections if item.field != "openfda"}


def test_subsections_have_their_own_fields_too() -> None:
    body = section("34081-0", "<title>8.4</title><text>Kids</text>") + section(
        "0", "<title>8.9</title><text>All</text>"
    )
    assert texts(read(label(section("43684-0", f"<title>8</title>{body}")))) == {
        "use_in_specific_populations": "8 8.4 Kids 8.9 All",
        "pediatric_use": "8.4 Kids",
    }


def test_repeated_sections_are_joined_by_a_space() -> None:
    assert texts(
        read(label(section("34071-1", "<text>One.</text>") + section("34071-1", "<text>Two.</text>")))
    ) == {"warnings": "One. Two."}


def test_a_section_without_a_code_goes_by_the_first_within_it() -> None:
    inner = section("34070-3", "<text>None.</text>")
    found = texts(read(label(f"<component><section><title>4</title>{inner}</section></component>")))
    assert found == {"contraindications": "4 None. None."}


def test_white_space_and_line_breaks() -> None:
    body = "<text>\n  a<br/>b\u00a0 c<sub>d</sub>e\u2009f <!-- no -->g<?no?>h &#38; <![CDATA[i]]>\n</text>"
    assert texts(read(label(section("34071-1", body)))) == {"warnings": "a b c d e f gh & i"}


def test_a_table_stays_a_table() -> None:
    table = (
        '<table width="9%"><tbody>\n  <tr>\n <td align="left">a<br/>  b "&lt;" \u2265</td><td> </td><td/>\n'
        "<td>\u00a0c\n d</td></tr></tbody></table>"
    )
    found = texts(read(label(section("34071-1", f"<text>{table}{table}</text>"))))
    once = (
        '<table width="9%"><tbody><tr><td align="left">a  b &quot;&lt;&quot; &#x2265;</td><td> </td><td/>'
        "<td> c d</td></tr></tbody></table>"
    )
    assert found["warnings_table"] == f"{once} {once}"
    assert found["warnings"] == 'a b "<" ≥ c d a b "<" ≥ c d'


PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\ufffe\uffff"))


@given(PRINTABLE, PRINTABLE, PRINTABLE)
def test_any_text_of_a_table_comes_back(cell: str, tail: str, attribute: str) -> None:
    table = etree.Element("table", ID=attribute)
    row = etree.SubElement(table, "td")
    row.text = cell
    etree.SubElement(row, "sub").tail = tail
    written = html(table)
    assert written.isascii()
    assert etree.fromstring(written).get("ID") == re.sub("[\t\n\r]", " ", attribute)
    back = etree.fromstring(written).xpath("string()")
    assert re.sub(r"[\s\ufeff]+", "", str(back)) == re.sub(r"[\s\ufeff]+", "", cell + tail)
    assert unescape(re.sub("<[^>]*>", "", written)) == str(back)


@given(PRINTABLE)
def test_any_text_of_a_section_comes_back(words: str) -> None:
    root = etree.fromstring(label(section("34071-1", "<title>x</title><text/>")))
    root.find(".//{*}text").text = words  # type: ignore[union-attr]
    document = read(etree.tostring(root, encoding="utf-8"))
    assert re.sub(r"[\s\ufeff]+", "", texts(document)["warnings"]) == "x" + re.sub(r"[\s\ufeff]+", "", words)


def product(inner: str, outer: str = "") -> str:
    inner = f"<manufacturedProduct>{inner}</manufacturedProduct>"
    made = f"<manufacturedProduct>{inner}{outer}</manufacturedProduct>"
    return section("48780-1", f"<subject>{made}</subject>") + section("34071-1", "<text>Care.</text>")


def active(name: str, quantity: str = "", moieties: tuple[str, ...] = ()) -> str:
    inside = "".join(
        f"<activeMoiety><activeMoiety><name>{m}</name></activeMoiety></activeMoiety>" for m in moieties
    )
    return (
        f'<ingredient classCode="ACTIB">{quantity}'
        f'<ingredientSubstance><code code="U-{name}"/><name>{name}</name>'
        f"{inside}</ingredientSubstance></ingredient>"
    )


def generic(name: str) -> str:
    return (
        f"<asEntityWithGeneric><genericMedicine><name>{name}</name></genericMedicine></asEntityWithGeneric>"
    )


@pytest.mark.parametrize(
    ("amount", "unit", "per", "per_unit", "strength"),
    [
        ("50", "mg", "1", "mL", "50 mg/mL"),
        ("10", "mg", "5", "mL", "10 mg/5 mL"),
        ("25", "mg", "1", "1", "25 mg"),
        ("100", "[iU]", "1", "", "100 [iU]"),
        ("3", "1", "2", "1", "3/2"),
    ],
)
def test_strengths(amount: str, unit: str, per: str, per_unit: str, strength: str) -> None:
    quantity = (
        f'<quantity><numerator value="{amount}" unit="{unit}"/>'
        f'<denominator value="{per}" unit="{per_unit}"/></quantity>'
    )
    (found,) = read(label(product(active("a", quantity)))).products
    assert found.ingredients == (Ingredient(name="A", unii="U-a", strength=strength),)


def test_names_moieties_and_the_older_form() -> None:
    old = (
        "<name>Zel<suffix>XR</suffix></name><activeIngredient><activeIngredientSubstance><name>velorafen</name>"
        "</activeIngredientSubstance></activeIngredient>" + active("salt", moieties=("one", "two"))
    )
    (found,) = read(label(product(old))).products
    assert found == Product(
        brand="Zel XR", ingredients=(Ingredient(name="VELORAFEN"), Ingredient(name="SALT", unii="U-salt"))
    )


def test_a_kit_is_what_it_is_named_for() -> None:
    def part(name: str, inside: str, route: str) -> str:
        way = f'<substanceAdministration><routeCode displayName="{route}"/></substanceAdministration>'
        made = f"<partProduct><name>{name}</name>{generic(name)}{inside}</partProduct>"
        return f"<part>{made}<consumedIn>{way}</consumedIn></part>"

    kit = '<name>Zel</name><formCode displayName="KIT"/>' + generic("velorafen-abcd")
    parts = part("velorafen-abcd", active("velorafen"), "subcutaneous")
    parts += part("swab", active("isopropyl alcohol"), "topical") + part("diluent", "", "intravenous")
    (found,) = read(label(product(kit + parts))).products
    assert found == Product(
        brand="Zel",
        generic="VELORAFEN-ABCD",
        form="KIT",
        ingredients=(Ingredient(name="VELORAFEN", unii="U-velorafen"),),
        routes=("SUBCUTANEOUS",),
    )


FINE = section("34071-1", "<text>Care.</text>")
LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "broken XML"),
        (label(FINE)[:-30], "broken XML"),
        (label(FINE).replace(b"Care.", "Carè".encode("latin-1")), "broken XML"),
        (label(FINE).replace(b"Care.", b"&nothing;"), "broken XML"),
        (label(FINE).replace(b"Care.", b"<b>" * 10_000 + b"</b>" * 10_000), "broken XML"),
        (LAUGHS.encode() + label(FINE).replace(b"Care.", b"&b;"), "XML with a document type or entities"),
        ((LAUGHS + label(FINE).decode()).encode("utf-16"), "XML with a document type or entities"),
        (b'<!DOCTYPE d SYSTEM "file:///etc/passwd">' + label(FINE), "XML with a document type or entities"),
        (b"<html><body/></html>", "XML, but no structured product label: <html>"),
        (b"<document/>", "XML, but no structured product label: <document>"),
        (label(""), "no sections"),
        (label(section("34071-1", "<text> </text>")), "no sections"),
        (label(section("48779-3", "<text>Index.</text>")), "no sections"),
        (label(FINE, HEAD.replace('<setId root="s"/>', "")), "no set id"),
        (label(FINE, HEAD.replace("20250314", "20251399")), "an impossible date: '20251399'"),
        (label(FINE, HEAD.replace("HUMAN PRESCRIPTION", "OTC ANIMAL")), "a label for animals"),
    ],
)
def test_documents_that_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data)
    assert caught.value.origin == "a.xml"
    assert caught.value.reason.startswith(reason)
    assert "\n" not in caught.value.reason
    assert len(caught.value.reason) < 120


def test_text_that_multiplies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dailymed, "MAX_TEXT", 1024 * 1024)
    words = f"<text>{'word ' * 4_000}</text>"
    for start, end in (
        ('<component><section><code code="34071-1"/>', "</section></component>"),
        ("<text><table><tr><td>", "</td></tr></table></text>"),
    ):
        body = start * 60 + words + end * 60
        with pytest.raises(DocumentError, match="more than 1 MB of text"):
            read(label(section("34071-1", body)))


def test_declared_encodings_are_followed() -> None:
    text = label(FINE).decode().replace("Care.", "Carè ©")
    for encoding, declared in (("utf-16", "UTF-16"), ("latin-1", "ISO-8859-1"), ("utf-8-sig", "UTF-8")):
        data = f'<?xml version="1.0" encoding="{declared}"?>{text}'.encode(encoding)
        assert texts(read(data)) == {"warnings": "Carè ©"}, encoding


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_damaged_xml_gives_a_document_or_its_error(place: int, value: int) -> None:
    data = bytearray((Path(__file__).parents[1] / "inputs/sources/zelvorin.xml").read_bytes())
    data[place % len(data)] = value
    with contextlib.suppress(DocumentError):  # any other error fails
        assert read(bytes(data)).sections
