"""Text about another medicine than the label's own: set aside."""

from __future__ import annotations

import pytest

from usedfor.errors import DocumentError
from usedfor.extraction.another import about_another, refuse_another
from usedfor.extraction.label import read_label
from usedfor.model import Document, Product, Section
from usedfor.vocabulary import Vocabulary, load

OWN = (
    "1 INDICATIONS AND USAGE Lidocaine hydrochloride injection is indicated for the production of local or "
    "regional anesthesia in adults. "
)
STRAY = "1.1 Hypertension Amlodipine and benazepril hydrochloride capsules are indicated for hypertension."


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load()


def label(text: str, generic: str, brand: str | None = None, **others: str) -> Document:
    return Document(
        id="doc-1", set_id="set-1", version="1", source="openfda", title=generic, effective="2026-01-01",
        sections=tuple(
            Section(field=field, text=said)
            for field, said in sorted({"indications_and_usage": text, **others}.items())
        ),
        products=(Product(generic=generic, brand=brand),),
    )  # fmt: skip


def found(document: Document, vocabulary: Vocabulary) -> list[str]:
    text = document.sections[-1].text
    medicine = vocabulary.medicines.of_document(document)
    return [text[a:b] for a, b in about_another(document, text, medicine, vocabulary)]


def test_a_stray_sentence_about_another_medicine_gives_no_use(vocabulary: Vocabulary) -> None:
    document = label(OWN + STRAY, "lidocaine hydrochloride")
    assert found(document, vocabulary) == [STRAY[STRAY.index("Amlodipine") :]]
    uses = [s.text for s in read_label(document, vocabulary) if s.kind == "indication"]
    assert any("anesthesia" in text for text in uses)
    assert not any("ypertension" in text for text in uses)


@pytest.mark.parametrize(
    ("text", "generic", "brand"),
    [
        (OWN, "lidocaine hydrochloride", None),
        ("Zestril is indicated for hypertension.", "lisinopril", "Zestril"),
        ("Lisinopril tablets are indicated for hypertension.", "lisinopril", "Prinivil"),
        ("Lisinopril is indicated for hypertension.", "lisinopril and hydrochlorothiazide", None),
        ("Gentamicin sulfate in sodium chloride injection is indicated for sepsis.", "gentamicin", None),
        ("Foozol, given with metformin, is indicated for diabetes.", "foozol", None),
        ("Foozol capsules are indicated for gout.", "foozol", None),
    ],
)
def test_a_label_of_its_own_products_is_left_whole(
    text: str, generic: str, brand: str | None, vocabulary: Vocabulary
) -> None:
    document = label(text, generic, brand)
    assert found(document, vocabulary) == []
    refuse_another(document, vocabulary.medicines.of_document(document), vocabulary)


def test_a_record_with_another_medicines_text_is_refused(vocabulary: Vocabulary) -> None:
    said = "Amlodipine besylate tablets are indicated for the treatment of hypertension."
    with pytest.raises(DocumentError, match="lidocaine has another medicine's text: 'Amlodipine"):
        read_label(label(said, "lidocaine hydrochloride"), vocabulary)
    described = label(said, "lidocaine hydrochloride", description="Lidocaine is a local anesthetic.")
    assert [s for s in read_label(described, vocabulary) if s.kind == "indication"] == []
