"""The same label from either source gives the same facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from usedfor.model import Document, Ingredient, Section
from usedfor.sources import Raw, content_hash, parse, raw_documents
from usedfor.sources.common import PRODUCT_DATA, fields, loincs


def prose(document: Document) -> tuple[Section, ...]:
    return tuple(section for section in document.sections if section.field != PRODUCT_DATA)


def test_sections_texts_and_tables(both: tuple[Document, Document]) -> None:
    openfda, dailymed = both
    assert prose(openfda) == prose(dailymed)
    assert [section.field for section in prose(openfda)] == [
        "adverse_reactions",
        "adverse_reactions_table",
        "indications_and_usage",
        "pregnancy",
        "spl_product_data_elements",
        "spl_unclassified_section",
        "use_in_specific_populations",
    ]
    section = openfda.section("indications_and_usage")
    assert section is not None
    assert section.loinc == "34067-9"
    assert section.text.endswith(
        "(14) ] . ZELVORIN treats hiccups. ( 1 ) 1.1 Limits Not for sneezing & coughing."
    )


def test_identity(both: tuple[Document, Document]) -> None:
    openfda, dailymed = both
    for name in ("id", "set_id", "version", "effective", "title", "product_type", "manufacturer", "url"):
        assert getattr(openfda, name) == getattr(dailymed, name), name
    assert openfda.effective == "2025-03-14"
    assert openfda.title == "Zelvorin (velorafen hydrochloride), Made Up Medicines, Inc."
    assert openfda.product_type == "prescription"
    assert openfda.url.endswith("drugInfo.cfm?setid=22222222-aaaa-4bbb-8ccc-000000000002")
    assert (openfda.source, dailymed.source) == ("openfda", "dailymed")


def test_product_facts(both: tuple[Document, Document]) -> None:
    (openfda,), (dailymed,) = (document.products for document in both)
    for name in ("brand", "generic", "routes", "application", "ndc"):
        assert getattr(openfda, name) == getattr(dailymed, name), name
    assert openfda.routes == ("ORAL",)
    assert openfda.ndc == "00000-123"
    assert openfda.ingredients == (
        Ingredient(name="VELORAFEN HYDROCHLORIDE", unii="AB12CD34EF", moiety="VELORAFEN"),
    )
    assert dailymed.ingredients == (
        Ingredient(
            name="VELORAFEN HYDROCHLORIDE",
            unii="AB12CD34EF",
            strength="20 mg",
            moiety="VELORAFEN",
            moiety_unii="GH56JK78LM",
        ),
    )


def test_what_only_one_source_knows(both: tuple[Document, Document]) -> None:
    openfda, dailymed = both
    assert openfda.rxcui == ("999000", "999001")
    assert openfda.classes == ("Hiccup Inhibitor",)
    assert openfda.mechanisms == ("Diaphragm Antagonists",)
    assert (openfda.products[0].form, openfda.products[0].schedule) == (None, None)
    assert (dailymed.products[0].form, dailymed.products[0].schedule) == ("TABLET, FILM COATED", "CIII")


def test_product_data_section(both: tuple[Document, Document]) -> None:
    openfda, dailymed = (document.section(PRODUCT_DATA) for document in both)
    assert openfda is not None
    assert dailymed is not None
    assert set(dailymed.text.splitlines()) == {
        "application_number: NDA999999",
        "brand_name: Zelvorin",
        "generic_name: VELORAFEN HYDROCHLORIDE",
        "manufacturer_name: Made Up Medicines, Inc.",
        "product_type: HUMAN PRESCRIPTION DRUG",
        "route: ORAL",
        "substance_name: VELORAFEN HYDROCHLORIDE",
        "unii: AB12CD34EF",
    }
    assert set(dailymed.text.splitlines()) < set(openfda.text.splitlines())
    assert "rxcui: 999000 | 999001" in openfda.text.splitlines()
    assert openfda.text.splitlines() == sorted(openfda.text.splitlines())


def test_hash_is_over_the_sections(both: tuple[Document, Document]) -> None:
    for document in both:
        assert document.sha256 == content_hash(document.sections)
    assert content_hash([Section(field="a", text="b")]) != content_hash([Section(field="a", text="c")])
    assert (
        content_hash([Section(field="a", text="b")])
        == "8fb20ef63ced4145fc2e983ffe597d1dcff39154c3bf21f0fa9dde6a0c50fdc9"
    )


def test_one_field_for_each_code_and_back() -> None:
    assert len(set(fields().values())) == len(fields())
    for code, field in fields().items():
        assert loincs()[field] == loincs()[f"{field}_table"] == code


@pytest.mark.data
def test_all_real_labels_are_read(shared_data: Path) -> None:
    asides = []
    count = 0
    for item in raw_documents([shared_data / "spl", shared_data / "labels-2024"]):
        if not isinstance(item, Raw):
            asides.append(item.origin)
            continue
        if item.origin.endswith("METHOXSALEN.xml"):
            continue  # an index of a substance, no label
        document = parse(item)
        count += 1
        assert document.products, item.origin
        assert document.section("indications_and_usage") or document.section("spl_unclassified_section")
        assert all("  " not in s.text for s in document.sections if not s.field.endswith("_table"))
    assert (count, asides) == (361, [])
