from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction import boxed
from usedfor.extraction.rulebook import read_rules
from usedfor.model import Document, Product, Section
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
    )


def read(**fields: str) -> list[tuple[str, str | None, str]]:
    found = boxed.statements(document(**fields), "m", load())
    return [(s.kind, s.topic, s.text) for s in found]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            "WARNING: SEDATION; DISSOCIATION; ABUSE AND MISUSE; and SUICIDAL THOUGHTS AND"
            " BEHAVIORS Patients are at risk",
            [
                ("sedation", "SEDATION"),
                ("sedation", "DISSOCIATION"),
                ("abuse_misuse_dependence", "ABUSE AND MISUSE"),
                ("suicidality", "SUICIDAL THOUGHTS AND BEHAVIORS"),
            ],
        ),
        (
            "WARNING: INCREASED MORTALITY IN ELDERLY PATIENTS WITH DEMENTIA‐RELATED PSYCHOSIS"
            " Elderly patients",
            [
                (
                    "mortality_dementia",
                    "INCREASED MORTALITY IN ELDERLY PATIENTS WITH DEMENTIA‐RELATED PSYCHOSIS",
                )
            ],
        ),
        (
            "WARNING: EMBRYO-FETAL TOXICITY EXAMPLIB can harm",
            [("embryofetal_toxicity", "EMBRYO-FETAL TOXICITY")],
        ),
        (
            "WARNING: Viral Reactivation Serious cases of viral reactivation",
            [("serious_infections", "Viral Reactivation")],
        ),
        (
            "WARNING: SERIOUS AND LIFE-THREATENING RISKS FROM USE OF EXAMPLONE Addiction,"
            " Abuse, and Misuse Because the use"
            " of it exposes users [see Warnings (5.1): Hepatotoxicity], Life-Threatening"
            " Respiratory Depression Serious",
            [
                ("abuse_misuse_dependence", "Addiction, Abuse, and Misuse"),
                ("respiratory_depression", "Life-Threatening Respiratory Depression"),
            ],
        ),
        ("NOT FOR INTRATHECAL USE", [("wrong_route", "NOT FOR INTRATHECAL USE")]),
        ("", []),
        ("WARNING", []),
    ],
)
def test_the_topics_of_a_boxed_warning(text: str, want: list[tuple[str, str]]) -> None:
    assert read(boxed_warning=text) == [("boxed_warning", code, words) for code, words in want]


def test_sub_headings_on_one_line_and_on_their_own() -> None:
    flat = (
        "5 WARNINGS AND PRECAUTIONS 5.1 Hemodynamic Instability Monitor pressure. See Section"
        " 5.4 Hidden. 5.2 Hepatotoxicity"
        " Hepatotoxicity may occur. 5.3 Embryo-Fetal Toxicity Based on findings in animals. 2.4"
        " Total 3.1 Other"
    )
    want = [
        ("warning", None, "Hemodynamic Instability"),
        ("warning", "hepatotoxicity", "Hepatotoxicity"),
        ("warning", "embryofetal_toxicity", "Embryo-Fetal Toxicity"),
    ]
    assert read(warnings_and_cautions=flat) == want
    broken = "5.1 Hemodynamic Instability\n Monitor.\n 5.2 Hepatotoxicity\n It may occur."
    assert read(warnings_and_cautions=broken) == want[:2]


def test_headings_of_older_labels_have_a_topic() -> None:
    text = "WARNINGS Seizures. Hepatotoxicity: Rare cases occurred. It may cause hypotension in some."
    assert read(warnings=text) == [("warning", "hepatotoxicity", "Hepatotoxicity")]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("5.1 Platelet Aggregation Zelumab can inhibit it.", ["Platelet Aggregation"]),
        ("5.1 Renal Impairment Treatment with Zelumab Sodium can harm.", ["Renal Impairment"]),
        ("5.1 Discontinuation of Zelumab It can harm.", ["Discontinuation of Zelumab"]),
        ("5.1 ZELUX REMS It is given so.", ["ZELUX REMS"]),
        ("5.1 General Watch all. 5.2 Falls ZELUX can cause falls.", ["Falls"]),
    ],
)
def test_the_name_that_runs_into_a_heading_is_no_part_of_it(text: str, want: list[str]) -> None:
    doc = msgspec.structs.replace(
        document(warnings_and_cautions=text), products=(Product(brand="Zelux", generic="zelumab sodium"),)
    )
    assert [one.text for one in boxed.statements(doc, "zelumab", load())] == want


def test_spans_are_exact() -> None:
    doc = document(
        boxed_warning="WARNING: HEPATOTOXICITY and PANCREATITIS It can",
        warnings_and_cautions="5.1 Falls It may",
    )
    for one in boxed.statements(doc, "m", load()):
        section = doc.section(one.span.section)
        assert section is not None
        assert section.text[one.span.start : one.span.end] == one.text
        assert len(one.text.split()) <= 8


def test_rules_have_unique_ids_and_meanings() -> None:
    rules = read_rules("boxed")["topic"]
    ids = [rule["id"] for rule in rules]
    assert len(ids) == len(set(ids))
    assert all(rule["means"] and rule["words"] for rule in rules)


@given(st.text(alphabet=st.sampled_from("WARNING: abİ\n.5126 HEPATOTOXICITY,;()[\u0301\u05d0"), max_size=200))
def test_any_text_gives_exact_spans(text: str) -> None:
    doc = document(boxed_warning=text, warnings_and_cautions=text, warnings=text)
    for one in boxed.statements(doc, "m", load()):
        section = doc.section(one.span.section)
        assert section is not None
        assert one.text
        assert section.text[one.span.start : one.span.end] == one.text


@pytest.mark.data
def test_nearly_every_boxed_warning_has_a_topic(shared_data) -> None:  # type: ignore[no-untyped-def]
    import json
    import zipfile

    seen = coded = 0
    with zipfile.ZipFile(shared_data / "labels" / "drug-label-0001-of-0004.json.zip") as archive:
        for name in archive.namelist():
            for label in json.loads(archive.read(name))["results"]:
                if "boxed_warning" in label:
                    seen += 1
                    coded += bool(read(boxed_warning=" ".join(label["boxed_warning"])))
    assert seen > 50
    assert coded / seen >= 0.95


def test_topics_are_read_whatever_their_case() -> None:
    for rule in read_rules("boxed")["topic"]:
        assert not any(letter.isupper() for word in rule["words"] for letter in word), rule["id"]
    for text in ("Liver Injury", "LIVER INJURY", "İ liver injury"):
        (topic,) = boxed.topics(text)
        assert (text[topic.start : topic.end].lower(), topic.code) == ("liver injury", "hepatotoxicity")
