from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction.ages import ages
from usedfor.extraction.populations import statements
from usedfor.model import Document, Section, Statement


def read(**sections: str) -> list[Statement]:
    parts = tuple(Section(field=f, text=t) for f, t in sorted(sections.items()))
    document = Document(
        id="d", set_id="s", version="1", source="openfda", title="Foo", effective="2026-01-01", sections=parts
    )
    found = statements(document, "foo", None)
    for s in found:
        assert sections[s.span.section][s.span.start : s.span.end] == s.text
        assert 1 <= len(s.text.split()) <= 8
    return found


def brief(found: list[Statement]) -> list[tuple[str, str | None]]:
    return sorted((s.text, s.topic) for s in found)


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        (
            "pregnancy",
            "8.1 Pregnancy Foo can cause fetal harm when given to a pregnant woman.",
            [("can cause fetal harm", "pregnancy.fetal_harm")],
        ),
        (
            "pregnancy",
            "It is not known whether Foo can cause fetal harm. Foo should be given only if clearly needed.",
            [
                ("not known whether", "pregnancy.data_insufficient"),
                ("only if clearly needed", "pregnancy.only_if_needed"),
            ],
        ),
        (
            "pregnancy",
            "Available data are insufficient to inform a drug-associated risk of birth defects.",
            [("are insufficient", "pregnancy.data_insufficient")],
        ),
        (
            "pregnancy",
            "Observational studies in women have not identified a drug-associated risk of birth defects.",
            [("have not identified a drug-associated", "pregnancy.no_increased_risk")],
        ),
        (
            "pregnancy",
            "Foo is not absorbed, and maternal use is not expected to result in fetal exposure to the drug.",
            [("not expected to result in fetal exposure", "pregnancy.no_exposure")],
        ),
        ("pregnancy", "Pregnancy Category C.", [("Pregnancy Category C", "pregnancy.category_c")]),
        (
            "contraindications",
            "4 CONTRAINDICATIONS Pregnancy (4)",
            [("Pregnancy", "pregnancy.contraindicated")],
        ),
        (
            "boxed_warning",
            "When pregnancy is detected, discontinue Foo as soon as possible.",
            [("When pregnancy is detected, discontinue", "pregnancy.stop_when_detected")],
        ),
        (
            "pregnancy",
            "In rats, Foo caused malformations at 3 times the dose. No malformations were seen in rabbits.",
            [
                ("No malformations", "pregnancy.animal_no_harm"),
                ("caused malformations", "pregnancy.animal_harm"),
            ],
        ),
        ("pregnancy", "Untreated disease can cause fetal harm.", []),
    ],
)
def test_pregnancy(field: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert brief(read(**{field: text})) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Lactation: Breastfeeding not recommended. (8.2)",
            [("Breastfeeding not recommended", "lactation.not_recommended")],
        ),
        ("8.2 Lactation Foo is present in human milk.", [("is present in human milk", "lactation.present")]),
        (
            "8.2 Lactation There are no data on the presence of Foo in human milk.",
            [("no data", "lactation.unknown")],
        ),
        ("8.2 Lactation There are no data on the effects of Foo on the breastfed child.", []),
        ("8.2 Lactation Foo is present in rat milk.", []),
        (
            "8.2 Lactation Foo is present in human milk, but the risk to a breastfed infant is unknown.",
            [("is present in human milk", "lactation.present")],
        ),
        (
            "8.2 Lactation A decision should be made whether to discontinue nursing or the drug.",
            [("A decision should be made whether", "lactation.stop_or_choose")],
        ),
    ],
)
def test_lactation(text: str, expected: list[tuple[str, str]]) -> None:
    assert brief(read(use_in_specific_populations=f"8 USE IN SPECIFIC POPULATIONS {text}")) == expected


def children(text: str) -> list[tuple[object, ...]]:
    return [
        (s.topic, *((f.unit, f.low, f.high, f.relation) for f in s.figures))
        for s in read(pediatric_use=f"8.4 Pediatric Use {text}")
    ]


def test_children_established_and_not_below_an_age() -> None:
    assert children(
        "Safety and effectiveness have been established in pediatric patients 12 years of age and "
        "older. Safety and "
        "effectiveness in pediatric patients below the age of 4 years have not been established."
    ) == [
        ("children.established", ("years", 12.0, None, ">=")),
        ("children.not_established", ("years", None, 4.0, "<")),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Safety and effectiveness in pediatric patients have not been established.",
            [("children.not_established",)],
        ),
        (
            "Foo is contraindicated in patients less than 6 years of age.",
            [("children.contraindicated", ("years", None, 6.0, "<"))],
        ),
        ("Foo is contraindicated in children who have had a reaction to it.", []),
        (
            "Foo is not recommended in children under 2 years.",
            [("children.not_recommended", ("years", None, 2.0, "<"))],
        ),
        (
            "Use has been established in patients 6 to 17 years of age.",
            [("children.established", ("years", 6.0, 17.0, "="))],
        ),
        ("Foo has not been studied in pediatric patients.", [("children.not_studied",)]),
        ("Foo is not indicated for use in pediatric patients.", [("children.not_indicated",)]),
        ("Advise that breastfeeding is not recommended for the infant.", []),
    ],
)
def test_children(text: str, expected: list[tuple[object, ...]]) -> None:
    assert children(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ages 6 to 17 years", ("years", 6.0, 17.0, "=")),
        ("patients aged 6 months to 17 years", ("months", 6.0, 204.0, "=")),
        ("12 years of age and older", ("years", 12.0, None, ">=")),
        ("below the age of two years", ("years", None, 2.0, "<")),
        ("children up to 8 years of age", ("years", None, 8.0, "<=")),
        ("birth to 2 years", ("years", 0.0, 2.0, "=")),
        ("for less than 6 months", None),
        ("17 to 6 years", None),
        ("neonates of at least 37 weeks gestational age", None),
        ("in 12 patients", None),
    ],
)
def test_ages(text: str, expected: tuple[object, ...] | None) -> None:
    assert next(((f.unit, f.low, f.high, f.relation) for _, _, f in ages(text)), None) == expected


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("No overall differences in safety or effectiveness were observed.", "older.no_difference"),
        (
            "Studies did not include sufficient numbers of subjects aged 65 and over.",
            "older.insufficient_data",
        ),
        ("Dose selection for an elderly patient should be cautious.", "older.caution"),
        (
            "Greater sensitivity of some older individuals cannot be ruled out.",
            "older.sensitivity_not_ruled_out",
        ),
        ("Elderly patients are at increased risk of falls.", "older.greater_sensitivity"),
        ("It may be useful to monitor renal function.", "older.monitor_kidney"),
        ("No dose adjustment is required in elderly patients.", "older.no_adjust"),
    ],
)
def test_older(text: str, topic: str) -> None:
    assert [s.topic for s in read(geriatric_use=f"8.5 Geriatric Use {text}")] == [topic]


def organ(text: str, field: str = "use_in_specific_populations") -> list[tuple[object, ...]]:
    return sorted(
        (
            (s.topic, s.population, *((f.unit, f.low, f.high, f.relation) for f in s.figures))
            for s in read(**{field: text})
            if s.topic and s.topic.startswith(("kidney", "liver"))
        ),
        key=str,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "8.6 Renal Impairment No dosage adjustment is needed in patients with mild to moderate "
            "renal impairment.",
            [("kidney.no_adjust", "mild or moderate renal impairment")],
        ),
        (
            "8.6 Renal Impairment Reduce the dose of Foo in patients with severe renal impairment "
            "(CrCl 15 to 29 mL/min).",
            [("kidney.adjust", "severe renal impairment", ("mL/min", 15.0, 29.0, "="))],
        ),
        (
            "8.7 Hepatic Impairment Dose adjustments are not required in patients with mild hepatic "
            "impairment. Use of "
            "Foo in patients with severe hepatic impairment (Child-Pugh C) is not recommended.",
            [("liver.avoid", "severe hepatic impairment"), ("liver.no_adjust", "mild hepatic impairment")],
        ),
        ("8.6 Renal Impairment Foo has not been studied.", [("kidney.not_studied", "renal impairment")]),
        (
            "Avoid use in patients with severe hepatic impairment and reduce the dose in patients "
            "with moderate hepatic "
            "impairment.",
            [("liver.adjust", "moderate hepatic impairment"), ("liver.avoid", "severe hepatic impairment")],
        ),
        (
            "Foo is contraindicated in patients with end-stage renal disease.",
            [("kidney.contraindicated", "end-stage renal disease")],
        ),
        ("Renal impairment was seen in nursing infants: breastfeeding is not recommended.", []),
        ("8.6 Renal Impairment Avoid concomitant use of nephrotoxic drugs in renal impairment.", []),
        ("8.6 Renal Impairment Exposure was similar. 8.8 Race Foo has not been studied.", []),
    ],
)
def test_kidney_and_liver(text: str, expected: list[tuple[object, ...]]) -> None:
    assert organ(text) == expected


def test_a_heading_elsewhere_does_not_carry() -> None:
    text = "Renal Impairment Foo is for adults. Avoid grapefruit."
    assert organ(text, "dosage_and_administration") == []


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Foo has a high potential for abuse and misuse.", ["abuse", "misuse"]),
        (
            "Physical dependence may develop. Withdrawal symptoms have been reported.",
            ["dependence", "withdrawal"],
        ),
        ("Tolerance may develop.", ["tolerance"]),
        ("Foo has not been systematically studied for its potential for abuse.", ["not_studied"]),
        ("There was no evidence of abuse.", ["none_seen"]),
        ("Physical dependence is a state that develops as a result of physiological adaptation.", []),
        ("Observe patients with a history of drug abuse for signs of misuse or abuse.", []),
    ],
)
def test_dependence(text: str, topics: list[str]) -> None:
    found = read(drug_abuse_and_dependence=f"9.2 Abuse {text}")
    assert sorted(s.topic or "" for s in found) == topics
    assert {s.kind for s in found} <= {"dependence"}


def test_the_same_finding_of_one_label_is_given_once_from_its_own_section() -> None:
    text = "Foo can cause fetal harm."
    found = read(pregnancy=text, warnings_and_cautions=text, use_in_specific_populations=text)
    assert [(s.topic, s.span.section) for s in found] == [("pregnancy.fetal_harm", "pregnancy")]


FIELDS = [
    "pregnancy",
    "pediatric_use",
    "geriatric_use",
    "use_in_specific_populations",
    "contraindications",
    "abuse",
]
TEXT = (
    "Pregnancy can cause fetal harm . not recommended 8.6 Renal Impairment no dose adjustment "
    "in patients with severe hepatic impairment ; but children under 2 years established have "
    "been Child-Pugh A , B CrCl < 30 mL/min İ \ud800 abuse milk is present human"
)
WORDS = st.sampled_from(TEXT.split(" "))


@given(
    st.dictionaries(st.sampled_from(FIELDS), st.one_of(st.text(), st.lists(WORDS, max_size=60).map(" ".join)))
)
def test_any_text_is_read_with_exact_spans(sections: dict[str, str]) -> None:
    for s in read(**sections):
        assert s.topic
        assert s.kind in ("population", "dependence")


def test_time_is_linear_in_the_text() -> None:
    piece = "Patients with renal impairment, child-pugh a, b, , or severe, avoid; reduce the fetal 5 to "

    def seconds(times: int) -> float:
        start = time.perf_counter()
        read(use_in_specific_populations=piece * times)
        return time.perf_counter() - start

    seconds(50)
    once = min(seconds(200) for _ in range(3))
    assert seconds(2000) < 60 * once + 0.5
