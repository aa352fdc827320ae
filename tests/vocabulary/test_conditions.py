from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usedfor.vocabulary import load
from usedfor.vocabulary.conditions import Conditions


@pytest.fixture(scope="module")
def conditions() -> Conditions:
    return load().conditions


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("type 2 diabetes mellitus", "MONDO:0005148"),
        ("Type II diabetes", "MONDO:0005148"),
        ("high blood pressure", "MONDO:0005044"),
        ("Hypertension", "MONDO:0005044"),
        ("heartburn", "MESH:D006356"),
        ("hot flushes", "MESH:D019584"),
        ("pyrexia", "MESH:D005334"),
        ("pain", "MESH:D010146"),
        ("general anaesthesia", "USEDFOR:general-anesthesia"),
        ("birth control", "USEDFOR:contraception"),
        ("COPD", "MONDO:0005002"),
        ("vomiting", "MESH:D014839"),
    ],
)
def test_find(conditions: Conditions, name: str, id: str) -> None:
    found = conditions.find(name)
    assert found is not None
    assert found.id == id


@pytest.mark.parametrize("name", ["will", "goals", "disease", "combined", "", "patients"])
def test_words_that_are_no_conditions(conditions: Conditions, name: str) -> None:
    assert conditions.find(name) is None


def test_a_condition(conditions: Conditions) -> None:
    found = conditions.get("MONDO:0005044")
    assert found is not None
    assert found.name == "hypertension"
    assert found.lay == "high blood pressure"
    assert found.ids["mesh"] == "D006973"
    assert found.ids["doid"] == "DOID:10763"
    assert found.parents
    assert conditions.get("MONDO:none") is None


def test_parents_are_conditions(conditions: Conditions) -> None:
    for id in conditions.ids()[::97]:
        found = conditions.get(id)
        assert found is not None
        assert all(conditions.get(p) for p in found.parents)


@pytest.mark.parametrize(
    ("phrase", "name", "reason"),
    [
        ("plaque psoriasis", "plaque psoriasis", "exact name"),
        ("moderate to severe plaque psoriasis", "plaque psoriasis", "severity words set aside"),
        ("relapsed or refractory multiple myeloma", "multiple myeloma", "stage words set aside"),
        ("moderately to severely active Crohn’s disease", "Crohn disease", "activity words set aside"),
        ("history of breast cancer", "breast cancer", "history words set aside"),
        ("von Hippel-Lindau (VHL) disease", "von Hippel-Lindau disease", "words in brackets set aside"),
        ("cancer of the breast", "breast cancer", "the same words"),
        (
            "urinary tract infections due to Escherichia coli",
            "urinary tract infection",
            "the organism set aside",
        ),
        (
            "HER2-overexpressing metastatic breast cancer",
            "breast cancer",
            "biomarker words and stage words set aside",
        ),
        (
            "locally advanced or metastatic, non-squamous NSCLC",
            "non-squamous non-small cell lung cancer",
            "stage words set aside",
        ),
    ],
)
def test_link(conditions: Conditions, phrase: str, name: str, reason: str) -> None:
    link = conditions.link(phrase)
    assert link is not None
    assert (link.name, link.reason) == (name, reason)


@pytest.mark.parametrize(
    ("phrase", "never"),
    [
        ("treatment-resistant depression", "depression"),
        ("refractory depression", "depression"),
        ("pulmonary arterial hypertension", "hypertension"),
        ("unstable angina", "angina pectoris"),
        ("non-hematologic malignancies", "hematopoietic and lymphoid system neoplasm"),
        ("latent tuberculosis infection", "tuberculosis"),
        ("acute pancreatitis", "pancreatitis"),
        ("secondary hyperparathyroidism", "hyperparathyroidism"),
        ("iron deficiency in patients with heart failure", "heart failure"),
        ("hepatitis due to a halogenated anesthetic", "hepatitis"),
        ("bulimia", "binge eating disorder"),
        ("respiratory depression", "respiratory failure"),
    ],
)
def test_link_keeps_apart(conditions: Conditions, phrase: str, never: str) -> None:
    link = conditions.link(phrase)
    assert link is None or link.name != never


@pytest.mark.parametrize("phrase", ["", " ", "moderate to severe", "in adults", "x" * 400, "()", "the"])
def test_link_of_nothing(conditions: Conditions, phrase: str) -> None:
    assert conditions.link(phrase) is None


def test_in_text(conditions: Conditions) -> None:
    text = "For hypertension, heart failure with red flags and AIDS, not hearing aids."
    got = [(m.name, m.id) for m in conditions.in_text(text)]
    assert ("hypertension", "MONDO:0005044") in got
    assert ("heart failure", "MONDO:0005252") in got
    assert ("AIDS", "MONDO:0012268") in got
    assert all(text[m.start : m.end] == m.name for m in conditions.in_text(text))
    assert "aids" not in [name for name, _ in got]


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_link_and_in_text_never_raise(noise: str) -> None:
    conditions = load().conditions
    conditions.link(noise)
    text = f"pain {noise} oedema"
    for mention in conditions.in_text(text):
        assert text[mention.start : mention.end] == mention.name
