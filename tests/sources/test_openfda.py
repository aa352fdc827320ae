"""openFDA records: what they hold, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import record

from usedfor.errors import DocumentError
from usedfor.model import Document
from usedfor.sources import Raw, content_hash, parse
from usedfor.sources.openfda_products import products

Made = Callable[..., bytes]


def read(data: bytes) -> Document:
    return parse(Raw("openfda", "a.json#1", data))


def text(document: Document, field: str) -> str:
    section = document.section(field)
    assert section is not None
    return section.text


def test_strings_are_joined_by_one_space(made: Made) -> None:
    document = read(made(warnings=["1 One.", "2 Two."], warnings_table=["<table/>", "<table><tr/></table>"]))
    assert text(document, "warnings") == "1 One. 2 Two."
    assert text(document, "warnings_table") == "<table/> <table><tr/></table>"
    assert [section.field for section in document.sections] == sorted(
        section.field for section in document.sections
    )


def test_text_is_kept_as_it_is(made: Made) -> None:
    given_text = "  \u00bd\u0301 \u202eabc \U0001f48a\u00a0\ufeff\u200b\t\n  end "
    assert text(read(made(warnings=[given_text])), "warnings") == given_text


@pytest.mark.parametrize(
    ("escaped", "clean"),
    [
        (r"a\u0000b\u001fc\bd\fe", "a b c d e"),
        (r"a\ud800b", "a\ufffdb"),
        (r"a\udc00\ud800b", "a\ufffd\ufffdb"),
        (r"a\\ud800b", r"a\ud800b"),
        (r"a\ud83d\udc8ab\ud83d", "a\U0001f48ab\ufffd"),
        ("a\tb\x01c", "a b c"),
        ("a\x7fb", "a b"),
    ],
)
def test_characters_that_break_what_follows(made: Made, escaped: str, clean: str) -> None:
    document = read(made(warnings=["WORDS"]).replace(b"WORDS", escaped.encode()))
    assert text(document, "warnings") == clean
    assert document.sha256 == content_hash(document.sections)
    text(document, "warnings").encode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"indications_and_usage": None}, "no sections"),
        ({"indications_and_usage": [" "], "spl_product_data_elements": ["Zelvorin"]}, "no sections"),
        ({"id": None}, "no id"),
        ({"set_id": None}, "no set id"),
        ({"set_id": "../x"}, "a set id that cannot be one: '../x'"),
        ({"effective_time": None}, "no effective date: ''"),
        ({"effective_time": "20250230"}, "an impossible date: '20250230'"),
        ({"effective_time": "00000101"}, "an impossible date: '00000101'"),
        ({"warnings": [{"a": 1}]}, "warnings holds something that is not text"),
        ({"warnings": ["a", None]}, "warnings holds something that is not text"),
        ({"openfda": []}, "product data (openfda) that is not an object"),
        ({"openfda": {"route": [1]}}, "route holds something that is not text"),
        ({"openfda": {"product_type": ["OTC ANIMAL DRUG"]}}, "a label for animals"),
        ({"veterinary_indications": ["For cats."]}, "a label for animals"),
    ],
)
def test_records_that_are_refused(made: Made, change: dict[str, Any], reason: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(made(**change))
    assert (caught.value.origin, caught.value.reason) == ("a.json#1", reason)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            b'{"error": {"code": "NOT_FOUND", "message": "No matches found!"}}',
            "the service's reply is an error: NOT_FOUND",
        ),
        (b"[1]", "a record that is not an object"),
        (b'"a"', "a record that is not an object"),
        (b'{"id": NaN}', "broken JSON: JSON is malformed: invalid character (byte 7)"),
        (b'{"id": "a"', "broken JSON: Input data was truncated"),
        (b"", "broken JSON: Input data was truncated"),
        ('{"id": "é"}'.encode("latin-1"), "text that is not UTF-8"),
        (b'{"id": "a", "warnings": ["b"], "warnings": ["c"]}', "a key given twice: 'warnings'"),
        (b'{"openfda": {"route": [], "route" : ["ORAL"]}}', "a key given twice: 'route'"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "nested too deeply"),
    ],
)
def test_bytes_that_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data)
    assert caught.value.reason == reason


def test_a_colon_behind_a_quoted_word_is_no_key(made: Made) -> None:
    words = 'the "warnings": are "warnings" : here'
    assert text(read(made(warnings=[words])), "warnings") == words


def test_product_data_lines(made: Made) -> None:
    block = {
        "route": ["ORAL", "NASAL", "ORAL"],
        "rxcui": ["2", "10"],
        "brand_name": ["A\n B"],
        "nui": ["N1"],
        "unii": [],
    }
    assert text(read(made(openfda=block)), "openfda") == "brand_name: A B\nroute: NASAL | ORAL\nrxcui: 10 | 2"
    assert read(made(openfda={})).section("openfda") is None
    assert read(made(openfda=None)).products == ()


@given(st.text() | st.text("\x00\x01\ud800\udc00\\u\"'/{}[]:, a"), st.booleans())
def test_any_text_gives_a_document_that_can_be_hashed(words: str, ascii_only: bool) -> None:
    data = json.dumps(record(warnings=["x" + words]), ensure_ascii=ascii_only).encode(
        "utf-8", "surrogatepass"
    )
    lone = any("\ud800" <= char <= "\udfff" for char in words)
    if lone and not ascii_only:
        with pytest.raises(DocumentError, match="not UTF-8"):
            read(data)
        return
    found = text(read(data), "warnings")
    found.encode()
    if not lone:
        kept = "".join(
            " " if (char < " " and char not in "\t\n\r") or char == "\x7f" else char for char in words
        )
        assert found == "x" + kept


@given(st.binary(max_size=60) | st.text('{}[]",\\: ', max_size=60).map(str.encode))
def test_any_bytes_give_a_document_error(data: bytes) -> None:
    with pytest.raises(DocumentError):
        read(data)


ONE = {
    "brand_name": ["Zel"],
    "substance_name": ["VELORAFEN SODIUM"],
    "unii": ["U1"],
    "generic_name": ["VELORAFEN"],
}


@pytest.mark.parametrize(
    ("substance", "elements", "moiety"),
    [
        ("VELORAFEN SODIUM", "Zel velorafen VELORAFEN SODIUM VELORAFEN SODIUM CHLORIDE", None),
        ("VELORAFEN SODIUM", "Zel velorafen VELORAFEN SODIUM VELORAFEN WATER", "VELORAFEN"),
        ("VELORAFEN", "Zel velorafen VELORAFEN VELORAFEN WATER", "VELORAFEN"),
        ("VELORAFEN-ABCD", "Zel velorafen velorafen-abcd VELORAFEN WATER", "VELORAFEN"),
        ("SODIUM VELORATE", "Zel velorafen SODIUM VELORATE VELORATE ION WATER", "VELORATE ION"),
        ("SODIUM VELORATE", "Zel velorafen SODIUM VELORATE SODIUM CATION VELORATE ION", None),
        ("SODIUM VELORATE", "Zel velorafen SODIUM VELORATE SODIUM CHLORIDE", None),
        ("VELORATE CALCIUM", "Zel velorafen VELORATE CALCIUM VELORIC ACID", None),
        ("VELORAFEN", "", None),
    ],
)
def test_the_active_moiety(substance: str, elements: str, moiety: str | None) -> None:
    (product,) = products(ONE | {"substance_name": [substance]}, elements)
    (ingredient,) = product.ingredients
    assert (ingredient.name, ingredient.unii, ingredient.moiety) == (substance, "U1", moiety)


def test_a_combination_has_no_codes_of_its_parts() -> None:
    facts = {
        "generic_name": ["A AND B"],
        "brand_name": ["Ab"],
        "substance_name": ["B", "A"],
        "unii": ["U1", "U2"],
    }
    (product,) = products(facts, "Ab A and B A A B B")
    assert [(item.name, item.unii, item.moiety) for item in product.ingredients] == [
        ("A", None, "A"),
        ("B", None, "B"),
    ]


def test_products_are_told_apart_by_what_is_active_in_them() -> None:
    facts = {
        "brand_name": ["Zel", "Zel Diluent"],
        "generic_name": ["VELORAFEN", "WATER"],
        "substance_name": ["WATER", "VELORAFEN"],
        "product_ndc": ["1", "2"],
    }
    found = products(facts, "Zel velorafen VELORAFEN VELORAFEN WATER SALT Zel Diluent water WATER WATER SALT")
    assert [(p.brand, p.generic, [i.name for i in p.ingredients]) for p in found] == [
        ("Zel", "VELORAFEN", ["VELORAFEN"]),
        ("Zel Diluent", "WATER", ["WATER"]),
    ]


def test_a_kit_names_its_substances_in_its_elements() -> None:
    facts = {"brand_name": ["Zel"], "generic_name": ["VELORAFEN AND BANTOL SODIUM"]}
    elements = (
        "Zel velorafen and bantol sodium Pill velorafen VELORAFEN VELORAFEN Other bantol BANTOL SODIUM BANTOL"
    )
    (product,) = products(facts, elements)
    assert [(i.name, i.moiety) for i in product.ingredients] == [
        ("BANTOL SODIUM", "BANTOL"),
        ("VELORAFEN", "VELORAFEN"),
    ]
    (unsure,) = products(facts, "Zel velorafen and bantol sodium Pill velorafen VELORAFEN VELORAFEN")
    assert unsure.ingredients == ()
