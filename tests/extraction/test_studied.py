"""A made-up trial -> its document, its facts and what it says."""

from __future__ import annotations

from typing import Any

import pytest

from usedfor.extraction.studied import of_paper, of_trial
from usedfor.studies import Arm, Intervention, Paper, PaperReading, StudiedUse, Trial
from usedfor.vocabulary import load


def trial(**given: Any) -> Trial:
    """Ketamine against midazolam and a placebo, for depression."""
    whole: dict[str, Any] = {
        "nct": "NCT00000001",
        "title": "Ketamine for Depression",
        "study_type": "INTERVENTIONAL",
        "allocation": "RANDOMIZED",
        "purpose": "TREATMENT",
        "phases": ("PHASE2",),
        "status": "COMPLETED",
        "enrolment": 40,
        "start": "2018-01",
        "completion": "2020-05",
        "last_update": "2021-03-04",
        "conditions": ("Depression",),
        "arms": (
            Arm(label="Ketamine", type="EXPERIMENTAL", interventions=("Ketamine",)),
            Arm(label="Midazolam", type="ACTIVE_COMPARATOR", interventions=("Midazolam",)),
        ),
        "interventions": (
            Intervention(name="Ketamine", type="DRUG"),
            Intervention(name="Midazolam", type="DRUG"),
        ),
    }
    return Trial(**(whole | given))


def test_the_tested_medicine_alone_is_studied() -> None:
    found = of_trial(trial(), load())
    (said,) = found.statements
    assert (said.medicine, said.kind, said.topic, said.condition) == (
        "ketamine", "studied", "experimental", "MONDO:0002050",
    )  # fmt: skip
    section = found.document.section(said.span.section)
    assert section is not None
    assert section.text[said.span.start : said.span.end] == said.text == "Depression"
    assert (said.id, found.document.id, found.document.effective) == (
        "NCT00000001@2021-03-04#1", "NCT00000001@2021-03-04", "2021-03-04",
    )  # fmt: skip


def test_the_facts_of_the_study() -> None:
    study = of_trial(trial(), load()).study
    assert (study.registry, study.design, study.phase, study.status) == (
        "NCT00000001", "randomised_trial", "PHASE2", "COMPLETED",
    )  # fmt: skip
    assert (study.enrolment, study.year, study.direction, study.url) == (
        40, 2020, None, "https://clinicaltrials.gov/study/NCT00000001",
    )  # fmt: skip


def test_a_stop_for_lack_of_effect_is_no_benefit() -> None:
    found = of_trial(trial(status="TERMINATED", why_stopped="Lack of efficacy at interim analysis"), load())
    assert found.study.why_stopped == "efficacy"
    assert [s.direction for s in found.statements] == ["no_benefit"]


@pytest.mark.parametrize("conditions", [("Healthy",), ("Healthy Volunteers",), ("No such condition at all",)])
def test_people_and_unknown_words_are_no_condition(conditions: tuple[str, ...]) -> None:
    found = of_trial(trial(title="A Study of Ketamine", conditions=conditions), load())
    assert found.statements == ()


def test_what_the_title_does_not_name_only_describes_the_people() -> None:
    found = of_trial(trial(title="Ketamine for Depression", conditions=("Depression", "Diabetes")), load())
    assert [s.text for s in found.statements] == ["Depression"]


@pytest.mark.parametrize(
    "given", [{"purpose": "BASIC_SCIENCE"}, {"title": "Pharmacokinetics of Ketamine in Depression"}]
)
def test_studies_of_how_a_medicine_acts(given: dict[str, str]) -> None:
    assert of_trial(trial(**given), load()).study.design == "mechanism"


def test_expanded_access_is_no_study() -> None:
    assert of_trial(trial(study_type="EXPANDED_ACCESS"), load()).statements == ()


@pytest.mark.parametrize(("compared", "direction"), [("placebo", "no_benefit"), ("midazolam", "unclear")])
def test_a_paper_that_finds_no_difference_from_another_treatment_is_unclear(
    compared: str, direction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = f"Ketamine or {compared} for depression"
    at = title.index("depression")
    use = StudiedUse(
        medicine="ketamine", role="experimental", text="depression", condition_section="title",
        condition_start=at, condition_end=at + len("depression"), effect="no_benefit", rule="test",
        section="title", start=0, end=len(title), condition="MONDO:0002050",
    )  # fmt: skip
    reading = PaperReading(id="PMID:1", design="randomised_trial", design_rule="test", uses=(use,))
    monkeypatch.setattr("usedfor.extraction.paper.read_paper", lambda paper, vocabulary: reading)
    found = of_paper(Paper(id="PMID:1", pmid="1", title=title, year=2019), load())
    assert [(s.direction, s.text) for s in found.statements] == [(direction, "depression")]
    assert (found.study.registry, found.study.year, found.study.retracted) == ("1", 2019, False)


@pytest.mark.parametrize(
    ("title", "design"),
    [
        ("Ketamine for pain in healthy subjects", "mechanism"),
        ("Ketamine for pain in adults", "randomised_trial"),
    ],
)
def test_papers_on_healthy_people_treat_nothing(title: str, design: str) -> None:
    paper = Paper(id="PMID:3", pmid="3", title=title, publication_types=("Randomized Controlled Trial",))
    assert of_paper(paper, load()).study.design == design
