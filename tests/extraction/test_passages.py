from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from usedfor.extraction.passages import read_passage
from usedfor.vocabulary import Vocabulary, load

KINDS = (
    "indications_and_usage",
    "contraindications",
    "sentence",
    "purpose",
    "adverse_reactions",
    "unknown_field",
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load()


def spans(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [*found["uses"], *found["contraindicated"], *found["reactions"]]


def uses(text: str, vocabulary: Vocabulary, kind: str = "indications_and_usage") -> list[tuple[str, str]]:
    return [(u["text"], u["status"]) for u in read_passage(kind, text, None, vocabulary)["uses"]]


def test_a_use_stands_on_its_exact_span(vocabulary: Vocabulary) -> None:
    text = "1 INDICATIONS AND USAGE Foozol is indicated for the treatment of gout in adults. ( 1 )"
    (use,) = read_passage("indications_and_usage", text, None, vocabulary)["uses"]
    assert (use["text"], use["start"], use["end"]) == ("gout", 65, 69)
    assert text[use["start"] : use["end"]] == use["text"]
    assert (use["relation"], use["status"], use["age"]) == ("treat", "indicated", "adult")
    assert (use["adjunct"], use["after_failure"]) == (False, False)
    assert use["condition"] == {"id": "MONDO:0005393", "name": "gout"}
    assert use["rule"].startswith("indication.")


def test_highlights_that_repeat_give_one_use(vocabulary: Vocabulary) -> None:
    text = (
        "1 INDICATIONS AND USAGE Foozol is a kinase inhibitor indicated for"
        " the treatment of plaque psoriasis. ( 1 )"
        " 1.1 Plaque Psoriasis Foozol is indicated for the treatment of moderate to severe"
        " plaque psoriasis in adults."
    )
    assert uses(text, vocabulary) == [("moderate to severe plaque psoriasis", "indicated")]


def test_coordinated_conditions_are_apart(vocabulary: Vocabulary) -> None:
    text = "Foozol tablets are indicated for the treatment of hypertension and heart failure."
    assert uses(text, vocabulary) == [("hypertension", "indicated"), ("heart failure", "indicated")]


@pytest.mark.parametrize(
    ("limit", "condition"),
    [
        ("Foozol is not indicated for the relief of acute bronchospasm.", "acute bronchospasm"),
        ("Foozol is not recommended in patients with type 1 diabetes mellitus.", "type 1 diabetes mellitus"),
        ("The safety and effectiveness of Foozol in cystinuria have not been established.", "cystinuria"),
        (
            "The efficacy of Foozol for the prophylaxis of graft loss in others has not been shown.",
            "graft loss in others",
        ),
        ("There are no data to support the use of Foozol in cystinuria.", "cystinuria"),
    ],
)
def test_a_limitation_is_no_use(limit: str, condition: str, vocabulary: Vocabulary) -> None:
    text = f"Foozol is indicated for the treatment of gout. Limitations of Use: {limit}"
    assert uses(text, vocabulary) == [("gout", "indicated"), (condition, "not_indicated")]


def test_a_denial_is_told_from_the_use_that_it_resembles(vocabulary: Vocabulary) -> None:
    text = (
        "Foozol is indicated for the treatment of non-squamous non-small cell lung cancer."
        " Limitations of Use: Foozol is not indicated"
        " for the treatment of squamous non-small cell lung cancer."
    )
    assert uses(text, vocabulary) == [
        ("non-squamous non-small cell lung cancer", "indicated"),
        ("squamous non-small cell lung cancer", "not_indicated"),
    ]


def test_a_form_that_resists_treatment_is_not_the_disease(vocabulary: Vocabulary) -> None:
    text = "Foozol is indicated for the treatment of treatment-resistant depression in adults."
    (use,) = read_passage("indications_and_usage", text, None, vocabulary)["uses"]
    assert use["text"] == "treatment-resistant depression"
    depression = vocabulary.conditions.link("depression")
    assert depression is not None
    assert use["condition"] is None or use["condition"]["id"] != depression.condition


@pytest.mark.parametrize(
    "purpose", ["post-exposure prophylaxis of HIV-1 infection", "pre-exposure prophylaxis of HIV-1 infection"]
)
def test_prophylaxis_of_an_infection_is_prevention(purpose: str, vocabulary: Vocabulary) -> None:
    text = f"Foozol is indicated for {purpose} in adults."
    (use,) = read_passage("indications_and_usage", text, None, vocabulary)["uses"]
    assert "HIV-1 infection" in use["text"]
    assert (use["status"], use["relation"]) == ("indicated", "prevent")


@pytest.mark.parametrize("kind", ["indications_and_usage", "contraindications", "sentence"])
def test_a_long_paragraph_without_a_full_stop_is_read(kind: str, vocabulary: Vocabulary) -> None:
    text = "تُستعمل \u00adgout İ e\u0301 " * 8_000  # 200,000 characters, one sentence, two directions
    for span in spans(read_passage(kind, text, None, vocabulary)):
        assert text[span["start"] : span["end"]] == span["text"] != ""


def test_what_a_procedure_does_not_need_is_no_limitation(vocabulary: Vocabulary) -> None:
    text = (
        "1 INDICATIONS AND USAGE Foozol is indicated: as the sole anesthetic agent for procedures that"
        " do not require skeletal muscle relaxation. for the induction of anesthesia before other agents."
    )
    found = uses(text, vocabulary)
    assert {status for _, status in found} == {"indicated"}
    assert "induction of anesthesia" in [name for name, _ in found]
    assert "skeletal muscle relaxation" not in [name for name, _ in found]


@pytest.mark.parametrize(
    "restriction",
    [
        "who cannot tolerate methotrexate",
        "not adequately controlled on diet",
        "that is not responsive to statins",
    ],
)
def test_a_failed_medicine_is_no_limitation(restriction: str, vocabulary: Vocabulary) -> None:
    text = f"Foozol is indicated for the treatment of hypertension in adults {restriction}."
    assert uses(text, vocabulary) == [("hypertension", "indicated")]


def test_a_denial_in_brackets_ends_with_them(vocabulary: Vocabulary) -> None:
    text = (
        "Foozol is indicated for gout (it is usually ineffective in asthma), hypertension and osteoarthritis."
    )
    assert ("osteoarthritis", "not_indicated") not in uses(text, vocabulary)


def test_a_use_denied_in_one_sentence_is_not_led_in_by_another(vocabulary: Vocabulary) -> None:
    text = (
        "Foozol is indicated for narcolepsy. Limitations of Use: Foozol is not indicated or recommended for"
        " weight loss. Use of other sympathomimetics for weight loss has been harmful."
    )
    assert ("weight loss", "indicated") not in uses(text, vocabulary)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Foozol is indicated for use in radionuclide cisternography.", "radionuclide cisternography"),
        (
            "Foozol is recommended for the restoration of function to venous devices as assessed by flow.",
            "restoration of function to venous devices",
        ),
    ],
)
def test_a_purpose_plainly_named_is_a_use(text: str, expected: str, vocabulary: Vocabulary) -> None:
    assert uses(text, vocabulary) == [(expected, "indicated")]


def test_a_risk_reduced_is_prevention(vocabulary: Vocabulary) -> None:
    text = "Foozol is indicated to reduce the risk of stroke in patients with atrial fibrillation."
    found = read_passage("indications_and_usage", text, None, vocabulary)["uses"]
    assert [(u["text"], u["relation"]) for u in found if u["text"] == "stroke"] == [("stroke", "prevent")]


def test_restrictions_come_from_the_clause(vocabulary: Vocabulary) -> None:
    text = (
        "Foozol is indicated in combination with methotrexate for the treatment of rheumatoid arthritis"
        " in adult patients who have had an inadequate response to methotrexate."
    )
    (use,) = read_passage("indications_and_usage", text, None, vocabulary)["uses"]
    assert (use["text"], use["age"], use["adjunct"], use["after_failure"]) == (
        "rheumatoid arthritis",
        "adult",
        True,
        True,
    )


def test_contraindications_leave_out_allergies_and_medicines(vocabulary: Vocabulary) -> None:
    text = (
        "4 CONTRAINDICATIONS Foozol is contraindicated in patients with severe hepatic impairment. Foozol is"
        " contraindicated in patients with hypersensitivity to foozol."
    )
    found = read_passage("contraindications", text, None, vocabulary)["contraindicated"]
    assert [c["text"] for c in found] == ["severe hepatic impairment"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Foozol is contraindicated in patients with hepatic disease or pheochromocytoma.",
            ["hepatic disease", "pheochromocytoma"],
        ),
        (
            "Acute narrow angle glaucoma (it may be used in patients with open angle glaucoma).",
            ["Acute narrow angle glaucoma"],
        ),
        ("Foozol is contraindicated in patients with anuria. Hypersensitivity ( 4 )", ["anuria"]),
    ],
)
def test_contraindicated_conditions_are_apart(text: str, expected: list[str], vocabulary: Vocabulary) -> None:
    found = read_passage("contraindications", text, None, vocabulary)["contraindicated"]
    assert [c["text"] for c in found] == expected


def test_a_sentence_by_itself(vocabulary: Vocabulary) -> None:
    assert uses("It is indicated for the treatment of hypertension.", vocabulary, "sentence") == [
        ("hypertension", "indicated")
    ]
    assert uses("FOO is not indicated for asthma.", vocabulary, "sentence") == [("asthma", "not_indicated")]


def test_kinds_that_say_nothing_of_uses(vocabulary: Vocabulary) -> None:
    empty = {"uses": [], "contraindicated": [], "reactions": []}
    assert read_passage("unknown_field", "Foozol is indicated for gout.", None, vocabulary) == empty
    for kind in KINDS:
        assert read_passage(kind, "", None, vocabulary) == empty


PIECES = (
    "indicated for ", "the treatment of ", "gout", "İ", "\u00ad", "e\u0301", "علاج ", "not indicated for ",
    "• ",
    "( 1.1 )", "[see", ". ", ": ", "patients with ", "hypersensitivity to ", "\n \n", "asthma",
    "contraindicated in ", "who failed ", "|", "ß",
)  # fmt: skip


@given(
    st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)), st.sampled_from(KINDS)
)
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_spans_are_exact_on_any_text(text: str, kind: str) -> None:
    found = read_passage(kind, text, None, load())
    for span in spans(found):
        assert text[span["start"] : span["end"]] == span["text"] != ""
    assert found == read_passage(kind, text, None, load())


@pytest.mark.parametrize(
    "unit",
    [
        "Foozol is indicated for the treatment of gout and asthma in adults. ",
        "not indicated for gout, ",
        "contraindicated in patients with asthma ",
        "a",
        "( ",
        "indicated for: ",
    ],
)
@pytest.mark.parametrize("kind", ["indications_and_usage", "contraindications", "sentence"])
def test_time_is_linear(unit: str, kind: str, vocabulary: Vocabulary) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        read_passage(kind, text, None, vocabulary)
        return time.process_time() - start

    seconds(2_000)
    small, large = seconds(20_000), seconds(80_000)
    assert large < 4 * max(small, 0.05) * 2.5
