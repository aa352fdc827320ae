from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usedfor.extraction import reactions
from usedfor.model import Document, Figure, Product, Section
from usedfor.vocabulary import load


def document(**fields: str) -> Document:
    sections = tuple(Section(field=field, text=text) for field, text in sorted(fields.items()))
    return Document(
        id="d1",
        set_id="s1",
        version="1",
        source="openfda",
        title="",
        effective="2026-01-01",
        sections=sections,
        products=(Product(brand="Examplib", generic="examplinib mesylate"),),
    )


def strings(text: str, kind: str = "adverse_reactions") -> list[str]:
    return [text[f.start : f.end] for f in reactions.find(text, kind, load())]


def test_a_list_of_reactions() -> None:
    text = "The most common adverse reactions were nausea, peripheral edema, increased ALT, and vomiting."
    assert strings(text) == ["nausea", "peripheral edema", "increased ALT", "vomiting"]


def test_animal_findings_are_not_reactions() -> None:
    assert (
        strings("In a two-year study in rats and mice, hepatocellular adenomas were seen in animals.") == []
    )


def test_nothing_is_found_in_nothing() -> None:
    assert strings("") == []
    assert strings("  \n ") == []
    assert strings("Store at room temperature.") == []


@pytest.mark.parametrize("kind", [*reactions.KINDS, "something else"])
def test_every_kind_is_read(kind: str) -> None:
    assert "hepatotoxicity" in strings(
        "Cases of serious hepatotoxicity have been reported in patients.", kind
    )


def test_statements_of_a_label() -> None:
    html = (
        "<table><caption>Table 1 Reactions</caption><tr><td/><td>EXAMPLIB N=296 n"
        " (%)</td><td>Placebo N=290 n (%)</td></tr>"
        "<tr><td><b>Gastrointestinal disorders</b></td><td/><td/></tr>"
        "<tr><td>Nausea</td><td>63 (21)</td><td>9"
        " (&lt;3.5)</td></tr><tr><td>Headache</td><td>12 (4)</td><td>-</td></tr></table>"
    )
    doc = document(
        adverse_reactions="Adverse reactions were nausea and headache. Diarrhea occurred in 12% of patients"
        " receiving"
        " Examplib and 5% of patients on placebo. Rash (8%) was reported.",
        adverse_reactions_table=html,
        warnings_and_cautions="Serious and fatal hepatotoxicity has been reported. Nausea may occur.",
    )
    found = {s.text: s for s in reactions.statements(doc, "examplinib", load())}
    assert set(found) == {"Nausea", "Headache", "Diarrhea", "Rash", "hepatotoxicity"}
    assert found["Nausea"].span.section == "adverse_reactions_table"
    assert found["Nausea"].rule == "reaction.table"
    assert html[found["Nausea"].span.start : found["Nausea"].span.end] == "Nausea"
    assert found["Nausea"].figures == (
        Figure(unit="%", value=21.0, arm="drug", label="EXAMPLIB", n=296),
        Figure(unit="%", value=3.5, relation="<", arm="placebo", label="Placebo", n=290),
    )
    assert found["Headache"].figures == (Figure(unit="%", value=4.0, arm="drug", label="EXAMPLIB", n=296),)
    assert found["Diarrhea"].figures == (
        Figure(unit="%", value=12.0, arm="drug"),
        Figure(unit="%", value=5.0, arm="placebo"),
    )
    assert found["Rash"].figures == (Figure(unit="%", value=8.0),)
    assert found["hepatotoxicity"].severity == "fatal"
    assert found["Nausea"].severity is None
    assert {s.kind for s in found.values()} == {"adverse_reaction"}


def test_ordinary_fields_of_medicines_without_prescription() -> None:
    doc = document(stop_use="Stop use and ask a doctor if rash or dizziness occurs.")
    assert {s.text for s in reactions.statements(doc, "m", load())} == {"rash", "dizziness"}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "nausea",
                "İ",
                "שלום",
                "e\u0301ruption",
                "\u00ad",
                "rash (5%)",
                ". ",
                "\n\n",
                "•",
                "\ud800",
                "12",
                " ",
            ]
        )
        | st.text(max_size=8),
        max_size=40,
    ).map(" ".join)
)
def test_any_text_gives_exact_ordered_spans(text: str) -> None:
    last = 0
    for found in reactions.find(text, "adverse_reactions", load()):
        assert last <= found.start < found.end <= len(text)
        assert not text[found.start].isspace()
        assert not text[found.end - 1].isspace()
        last = found.end
    doc = document(adverse_reactions=text, adverse_reactions_table=f"<table><tr><td>{text}<td>5%")
    for one in reactions.statements(doc, "m", load()):
        section = doc.section(one.span.section)
        assert section is not None
        assert section.text[one.span.start : one.span.end] == one.text


def test_one_long_paragraph_takes_linear_time() -> None:
    def seconds(times: int) -> float:
        text = "nausea vomiting rash headache and fever in patients " * times
        begin = time.process_time()
        reactions.find(text, "adverse_reactions", load())
        return time.process_time() - begin

    seconds(100)
    assert seconds(8_000) < 40 * max(seconds(800), 0.01)
