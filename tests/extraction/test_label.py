from __future__ import annotations

import pytest

from usedfor.extraction.label import number, read_label, without_own_uses
from usedfor.model import Document, Figure, Product, Section, Statement, quote_hash
from usedfor.vocabulary import Vocabulary, load

TEXTS = {
    "contraindications": "4 CONTRAINDICATIONS Foozol is contraindicated in patients with severe "
    "hepatic impairment. Foozol is contraindicated in patients with hypersensitivity to foozol.",
    "indications_and_usage": "1 INDICATIONS AND USAGE Foozol is indicated for the treatment of gout in "
    "adults. "
    "Limitations of Use: Foozol is not indicated for the relief of acute bronchospasm.",
}


@pytest.fixture(scope="module")
def document() -> Document:
    return Document(
        id="doc-1",
        set_id="set-1",
        version="1",
        source="openfda",
        title="Foozol",
        effective="2026-01-01",
        sections=tuple(Section(field=field, text=text) for field, text in sorted(TEXTS.items())),
        products=(Product(generic="foozol", routes=("ORAL",)),),
    )


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load()


def test_a_label_gives_numbered_statements_on_exact_spans(document: Document, vocabulary: Vocabulary) -> None:
    found = read_label(document, vocabulary)
    assert [s.id for s in found] == [f"doc-1#{n}" for n in range(1, len(found) + 1)]
    said = {(s.kind, s.text) for s in found}
    assert ("indication", "gout") in said
    assert ("limitation", "acute bronchospasm") in said
    assert ("contraindication", "severe hepatic impairment") in said
    assert ("contraindicated_allergy", "foozol") in said
    for statement in found:
        section = document.section(statement.span.section)
        assert section is not None
        if statement.kind not in ("route", "form", "schedule", "class", "mechanism"):
            assert section.text[statement.span.start : statement.span.end] == statement.text
            assert statement.span.sha256 == quote_hash(statement.text)
    assert read_label(document, vocabulary) == found


def test_repeats_are_dropped_and_order_is_by_place(document: Document) -> None:
    section = document.sections[1]

    def one(start: int, end: int) -> Statement:
        return Statement(
            id="", medicine="x", kind="indication", text=section.text[start:end],
            span=document.span(section, start, end), rule="r",
        )  # fmt: skip

    assert [(s.id, s.span.start) for s in number("d", [one(9, 12), one(2, 5), one(9, 12)])] == [
        ("d#1", 2),
        ("d#2", 9),
    ]


@pytest.mark.parametrize(
    ("more", "stays"),
    [
        ({}, False),
        ({"condition": "C:rash"}, True),
        ({"rule": "reaction.table"}, True),
        ({"text": "worsening gout"}, True),
        ({"figures": (Figure(value=12.0, unit="percent"),)}, True),
    ],
)
def test_what_a_label_is_for_is_no_reaction_to_it(
    document: Document, more: dict[str, object], stays: bool
) -> None:
    use = a_statement(document, kind="indication", text="gout", condition="C:gout")
    reaction = a_statement(
        document,
        **{
            "kind": "adverse_reaction",
            "text": "gout",
            "condition": "C:gout",
            "rule": "reaction.tagged",
            **more,
        },
    )
    assert list(without_own_uses([use, reaction])) == ([use, reaction] if stays else [use])


def test_what_a_label_warns_of_is_a_reaction_though_it_is_a_use(document: Document) -> None:
    use = a_statement(document, kind="indication", text="breast cancer", condition="C:breast")
    reaction = a_statement(
        document, kind="adverse_reaction", text="Breast cancer", condition="C:breast", rule="reaction.tagged"
    )
    warning = a_statement(document, kind="boxed_warning", text="ENDOMETRIAL CANCER, BREAST CANCER")
    assert list(without_own_uses([use, reaction, warning])) == [use, reaction, warning]


def a_statement(document: Document, **facts: object) -> Statement:
    section = document.sections[1]
    given = {"id": "", "medicine": "x", "rule": "r", "span": document.span(section, 2, 9), **facts}
    return Statement(**given)  # type: ignore[arg-type]
