"""How a condition stands in a study's title: treated, or only who, where or what harm."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usedfor.extraction.studied import PEOPLE, of_paper, of_trial
from usedfor.extraction.study_titles import read_title
from usedfor.studies import Intervention, Paper, PaperSection, Trial
from usedfor.vocabulary import load


@pytest.mark.parametrize(
    ("title", "medicine", "wanted"),
    [
        ("Modafinil for Fatigue in Multiple Sclerosis", "modafinil", "Fatigue: for, Multiple Sclerosis: in"),
        ("Ketamine to Reduce Postoperative Pain", "ketamine", "Postoperative Pain: for"),
        ("Ketamine in Patients With Sciatica", "ketamine", "Sciatica: in"),
        ("Lidocaine for Laceration Repair", "lidocaine", "Laceration: aside"),
        ("Tranexamic Acid in Scoliosis Repair", "tranexamic-acid", "Scoliosis: aside"),
        ("Theophylline in Treating Cancer Patients With Dyspnea", "theophylline", "Cancer: in, Dyspnea: in"),
        ("Hypotension During Sedation With Propofol", "propofol", "Hypotension: harm, Sedation: plain"),
        ("Bleeding Associated With Apixaban", "apixaban", "Bleeding: harm"),
        ("Effect of Omeprazole on the Risk of Hip Fracture", "omeprazole", "Hip Fracture: people"),
        ("Aspirin After Surgery for Colon Cancer", "aspirin", "Surgery: aside, Colon Cancer: people"),
        ("Rosuvastatin in HIV-Infected Subjects to Modulate Risk", "rosuvastatin", "HIV: aside"),
        ("Bexarotene to Treat Rosacea/Psoriasis", "bexarotene", "Rosacea: for, Psoriasis: for"),
        ("Chloroquine to Prevent Malaria in Pregnancy", "chloroquine", "Malaria: for, Pregnancy: people"),
        ("Montelukast: a Study", "montelukast", ""),
    ],
)  # fmt: skip
def test_places_of_a_title(title: str, medicine: str, wanted: str) -> None:
    found = read_title(title, [medicine], load())
    assert ", ".join(f"{one.mention.name}: {one.place}" for one in found) == wanted
    assert all(title[one.mention.start : one.mention.end] == one.mention.name for one in found)


def studied(
    title: str, *conditions: str, medicine: str = "Ketamine", **more: str
) -> list[tuple[str, str, str | None]]:
    trial = Trial(
        nct="NCT00000009", title=title, conditions=conditions, study_type="INTERVENTIONAL",
        interventions=(Intervention(name=medicine, type="DRUG"),) if conditions else (), **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return [(s.text, s.span.section, s.population) for s in of_trial(trial, load()).statements]


def test_what_a_trial_is_for_counts_and_not_what_its_people_have() -> None:
    assert studied("Ketamine for Fatigue in Multiple Sclerosis", "Multiple Sclerosis", "Fatigue") == [
        ("Fatigue", "conditions", None)
    ]
    # The record lists only the people's disease: the title's own words stand for what is treated.
    assert studied("Ketamine for Fatigue in Multiple Sclerosis", "Multiple Sclerosis") == [
        ("Fatigue", "title", None)
    ]


def test_a_condition_named_only_for_the_people_says_so() -> None:
    assert studied("Ketamine in Patients With Sciatica", "Sciatica") == [("Sciatica", "conditions", PEOPLE)]
    assert studied("Ketamine for Sciatica", "Sciatica") == [("Sciatica", "conditions", None)]


@pytest.mark.parametrize(
    ("title", "condition"),
    [
        (
            "Respiratory Depression During Sedation Combining Remifentanil and Ketamine",
            "Respiratory Depression",
        ),
        ("Ketamine for Sedation in Laceration Repair", "Laceration"),
        ("Ketamine for Children Undergoing Entropion Surgery", "Entropion"),
    ],
)
def test_harms_and_operations_are_no_use(title: str, condition: str) -> None:
    assert condition not in [text for text, _, _ in studied(title, condition)]


def test_statins_are_not_for_pneumonia_nor_thiamine_for_aids() -> None:
    title = "Ceftaroline Versus Ceftriaxone in Pneumonia Patients Taking Simvastatin"
    found = of_trial(Trial(nct="NCT00000010", title=title), load()).statements
    assert {s.medicine for s in found} == {"ceftaroline"}
    title = "Zidovudine for AIDS in Patients Receiving Thiamine"
    found = of_trial(Trial(nct="NCT00000011", title=title), load()).statements
    assert {(s.medicine, s.text) for s in found} == {("zidovudine", "AIDS")}


@pytest.mark.parametrize(
    "title",
    [
        "Naltrexone for People Addicted to Cocaine With Depression",
        "Exhaled Nitric Oxide and Asthma in Children",
        "Hypophosphatemia: a Trial of Its Incidence",
        "Comparing the Incidence of Hypophosphatemia With Ferric Carboxymaltose",
        "Trans Sodium Crocetinate (TSC) With Temozolomide",
    ],
)
def test_what_is_measured_abused_or_only_a_short_form_is_no_use(title: str) -> None:
    found = of_trial(Trial(nct="NCT00000013", title=title), load()).statements
    assert {s.medicine for s in found} <= {"naltrexone"}


def test_the_aim_of_the_summary_names_the_medicine_where_the_title_does_not() -> None:
    aim = "This study will evaluate the effect of a single dose of ketamine on relapse, against midazolam."
    found = of_trial(
        Trial(nct="NCT00000012", title="A New Way Against Migraine", summary=aim), load()
    ).statements
    assert [(s.medicine, s.text, s.rule) for s in found] == [("ketamine", "Migraine", "trial.summary_aim")]
    beside = "To determine the role of scans in people treated with ketamine."
    assert (
        of_trial(Trial(nct="NCT00000012", title="Scans in Migraine", summary=beside), load()).statements == ()
    )


def test_one_half_of_a_racemate_is_its_own_medicine() -> None:
    found = load().medicines.in_text("S(+)-ketamine, S+Ketamine, (R)-ketamine and ketamine")
    assert [m.id for m in found] == ["esketamine", "esketamine", "arketamine", "ketamine"]
    assert [m.id for m in load().medicines.in_text("N-methyl-D-aspartate antagonists")] == []


def test_papers_are_read_by_the_same_rules() -> None:
    paper = Paper(
        id="PMID:2", pmid="2", title="Epidural ketamine attenuates reflex sympathetic dystrophy",
        publication_types=("Case Reports",),
        abstract=(PaperSection(text="It provided effective pain relief in two patients."),),
    )  # fmt: skip
    (said,) = of_paper(paper, load()).statements
    assert (said.medicine, said.text, said.direction, said.population) == (
        "ketamine", "reflex sympathetic dystrophy", "benefit", None,
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_title_gives_spans_of_its_own(title: str) -> None:
    for one in read_title(title, ["ketamine"], load()):
        assert title[one.mention.start : one.mention.end] == one.mention.name
