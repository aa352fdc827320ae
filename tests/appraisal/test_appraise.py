from __future__ import annotations

import random

import pytest

from usedfor.appraisal import Origin, appraise, rules
from usedfor.appraisal.appraise import MOST_EVIDENCE
from usedfor.appraisal.grouping import slug
from usedfor.model import Figure, Medicine, Span, Statement, quote_hash

MEDICINE = Medicine(id="examplol", name="examplol")
ORIGINS = {
    "brand": Origin(id="brand", set_id="s1", effective="2026-05-01", brands=("Exampla",), routes=("oral",)),
    "generic": Origin(
        id="generic", set_id="s2", effective="2025-01-01", brands=("Examplol",), routes=("intravenous",)
    ),
}
_count = 0


def said(kind: str, text: str, document: str = "brand", **more: object) -> Statement:
    global _count
    _count += 1
    section = str(more.pop("section", "indications_and_usage"))
    span = Span(document=document, section=section, start=0, end=len(text), sha256=quote_hash(text))
    return Statement(
        id=f"{document}#{_count:04}", medicine="examplol", kind=kind, text=text, span=span, rule="r", **more
    )  # type: ignore[arg-type]


def test_the_approved_set_is_the_union_over_brand_and_generic_labels() -> None:
    found = appraise(
        MEDICINE,
        [
            said("indication", "hypertension", condition="MONDO:1", age="adult"),
            said("indication", "hypertension", "generic", condition="MONDO:1", age="pediatric"),
            said("indication", "angina", condition="MONDO:2", relation="prevent"),
        ],
        ORIGINS,
    )
    by_condition = {use.condition: use for use in found.uses}
    assert set(by_condition) == {"MONDO:1", "MONDO:2"}
    both = by_condition["MONDO:1"]
    assert (both.status, both.rule, both.level) == ("approved", "approved.label", None)
    assert both.products == ("Exampla", "Examplol")
    assert both.restrictions.age == "both"
    assert both.restrictions.routes == ("intravenous", "oral")
    assert both.as_of == "2026-05-01"
    assert by_condition["MONDO:2"].products == ("Exampla",)
    assert by_condition["MONDO:2"].relation == "prevent"


@pytest.mark.parametrize(
    ("topics", "rule"), [(("people", "people"), "approved.people"), (("people", None), "approved.label")]
)
def test_a_condition_of_the_people_alone_is_told_apart(topics: tuple[str | None, ...], rule: str) -> None:
    statements = [said("indication", "cancer", condition="MONDO:1", topic=topic) for topic in topics]
    (use,) = appraise(MEDICINE, statements, ORIGINS).uses
    assert (use.status, use.rule) == ("approved", rule)


@pytest.mark.parametrize("attribute", ["adjunct", "after_failure"])
def test_a_restriction_holds_only_if_every_label_makes_it(attribute: str) -> None:
    always = [said("indication", "x", condition="M:1", **{attribute: True}) for _ in range(2)]
    free = said("indication", "x", "generic", condition="M:1")
    strict = appraise(MEDICINE, always, ORIGINS).uses[0].restrictions
    loose = appraise(MEDICINE, [*always, free], ORIGINS).uses[0].restrictions
    assert getattr(strict, attribute) is True
    assert getattr(loose, attribute) is False


def test_a_limitation_is_its_own_use_and_stands_against_an_approval_of_the_same_condition() -> None:
    found = appraise(
        MEDICINE,
        [
            said("indication", "pain", condition="M:1"),
            said("limitation", "pain", "generic", condition="M:1"),
            said("limitation", "acute migraine", condition="M:2"),
        ],
        ORIGINS,
    )
    by_id = {use.id: use for use in found.uses}
    assert set(by_id) == {
        "examplol/m-1/approved",
        "examplol/m-1/not_indicated",
        "examplol/m-2/not_indicated",
    }
    assert [e.direction for e in by_id["examplol/m-1/approved"].evidence] == ["for", "against"]
    assert [e.direction for e in by_id["examplol/m-2/not_indicated"].evidence] == ["for"]


def test_a_contraindicated_condition_is_a_use_and_an_allergy_is_a_caution() -> None:
    found = appraise(
        MEDICINE,
        [
            said("contraindication", "porphyria", section="contraindications", condition="M:3"),
            said("contraindicated_allergy", "sulfonamides", section="contraindications"),
            said("boxed_warning", "LIVER INJURY", section="boxed_warning", topic="hepatotoxicity"),
            said(
                "boxed_warning", "Hepatotoxicity", "generic", section="boxed_warning", topic="hepatotoxicity"
            ),
        ],
        ORIGINS,
    )
    assert [(u.status, u.text) for u in found.uses] == [("contraindicated", "porphyria")]
    assert [(c.kind, c.topic, c.text, c.labels) for c in found.cautions] == [
        ("boxed_warning", "hepatotoxicity", "LIVER INJURY", 2),
        ("contraindicated_allergy", None, "sulfonamides", 1),
    ]


def test_reactions_keep_the_figures_of_one_statement_with_drug_beside_placebo() -> None:
    alone = (Figure(unit="%", value=30, arm="drug"),)
    beside = (Figure(unit="%", value=12, arm="drug"), Figure(unit="%", value=5, arm="placebo"))
    found = appraise(
        MEDICINE,
        [
            said("adverse_reaction", "Nausea", section="adverse_reactions", figures=alone),
            said("adverse_reaction", "nausea", "generic", section="adverse_reactions_table", figures=beside),
            said("adverse_reaction", "death", section="boxed_warning", severity="fatal"),
        ],
        ORIGINS,
    )
    death, nausea = found.reactions
    assert (death.boxed, death.severity) == (True, "fatal")
    assert (nausea.text, nausea.labels, nausea.figures) == ("nausea", 2, beside)
    assert nausea.evidence[0].statement.startswith("generic#")


def test_evidence_of_a_reaction_is_bounded_and_the_count_is_not() -> None:
    origins = {f"d{i}": Origin(id=f"d{i}", set_id=f"d{i}", effective=f"20{i + 10}-01-01") for i in range(20)}
    found = appraise(
        MEDICINE, [said("adverse_reaction", "rash", d, section="adverse_reactions") for d in origins], origins
    )
    (rash,) = found.reactions
    assert rash.labels == 20
    assert len(rash.evidence) == MOST_EVIDENCE
    assert rash.evidence[0].statement.startswith("d19#")


def test_the_order_of_statements_changes_nothing() -> None:
    statements = [
        said("indication", text, document, condition=condition)
        for document in ORIGINS
        for text, condition in (("Gout", "M:1"), ("gouty arthritis", "M:1"), ("fever", None), ("FEVER", None))
    ]
    expected = appraise(MEDICINE, statements, ORIGINS)
    for seed in range(10):
        shuffled = random.Random(seed).sample(statements, len(statements))
        assert appraise(MEDICINE, shuffled, ORIGINS) == expected


def test_statements_that_need_no_weighing_are_left_alone() -> None:
    found = appraise(MEDICINE, [said("route", "oral", topic="oral"), said("onset", "1 hour")], ORIGINS)
    assert (found.uses, found.reactions, found.cautions) == ((), (), ())


def test_every_rule_has_its_own_id_and_says_what_it_means() -> None:
    ids = [rule.id for rule in rules().values()]
    assert len(ids) == len(set(ids)) == 10
    assert all(rule.means.endswith(".") for rule in rules().values())
    assert {rule.status for rule in rules().values() if rule.part == "use"} == {
        "approved",
        "not_indicated",
        "contraindicated",
    }


def test_the_id_of_a_long_wording_is_short_and_its_own() -> None:
    assert slug("Gout, acute") == "gout-acute"
    assert slug("one two three four five six seven eight") == "one-two-three-four-five-six-seven-eight"
    long = {slug(f"one two three four five six seven eight {last}") for last in ("nine", "ten")}
    assert len(long) == 2
    assert {id.rpartition("-")[0] for id in long} == {"one-two-three-four-five-six-seven-eight"}


def texts_of(found: list[list[str]]) -> list[list[str]]:
    """The wordings of each use that labels with these wordings of one condition give."""
    origins = {f"d{n}": Origin(id=f"d{n}", set_id=f"d{n}", effective="2026-01-01") for n in range(len(found))}
    statements = [said("indication", t, f"d{n}", condition="M:1") for n, ts in enumerate(found) for t in ts]
    by_id = {s.id: s.text for s in statements}
    uses = appraise(MEDICINE, statements, origins).uses
    assert len({use.id for use in uses}) == len(uses)
    return sorted(sorted({by_id[e.statement] for e in use.evidence}) for use in uses)


def test_two_kinds_of_a_condition_that_one_label_names_are_two_uses() -> None:
    two = ["relapsed leukemia", "leukemia with 17p deletion"]
    assert texts_of([two]) == [["leukemia with 17p deletion"], ["relapsed leukemia"]]
    assert texts_of([two, ["relapsed or refractory leukemia"]]) == [
        ["leukemia with 17p deletion"],
        ["relapsed leukemia", "relapsed or refractory leukemia"],
    ]


@pytest.mark.parametrize(
    "labels",
    [
        [["plaque psoriasis"], ["moderate to severe plaque psoriasis"]],
        [["plaque psoriasis", "moderate to severe plaque psoriasis"]],
        [["hypertension", "high blood pressure"]],
        [["relapsed leukemia"], ["leukemia with 17p deletion"]],
    ],
)
def test_wordings_that_no_label_keeps_apart_are_one_use(labels: list[list[str]]) -> None:
    assert len(texts_of(labels)) == 1


def test_to_prevent_is_not_to_treat() -> None:
    found = appraise(
        MEDICINE,
        [
            said("indication", "migraine", condition="M:1", relation="prevent"),
            said("limitation", "acute treatment of migraine", condition="M:1", relation="treat"),
            said("indication", "HIV-1 infection", condition="M:2", relation="treat"),
            said("indication", "HIV-1 infection", condition="M:2", relation="prevent"),
        ],
        ORIGINS,
    )
    assert [(u.id, u.relation, len(u.evidence)) for u in found.uses] == [
        ("examplol/m-1/not_indicated", "treat", 1),
        ("examplol/m-2/approved", "treat", 1),
        ("examplol/prevention-m-1/approved", "prevent", 1),
        ("examplol/prevention-m-2/approved", "prevent", 1),
    ]
