"""What a trial says: roles by rule, conditions in the record's words, results, why it stopped."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trial_parts import A, E, N, P, listed, read, trial

from usedfor.extraction.cues import rules
from usedfor.studies import Arm, Intervention, Trial


def roles(made: Trial) -> dict[str, tuple[str, str]]:
    return {t.name: (t.role, t.rule) for t in read(made).treatments}


def test_a_medicine_against_placebo() -> None:
    made = trial(
        {"One": (E, ("Montelukast",)), "Two": (P, ("Montelukast placebo",))}, title="Montelukast in Asthma"
    )
    assert roles(made) == {
        "Montelukast": ("experimental", "trial.sole"),
        "Montelukast placebo": ("placebo", "trial.placebo_name"),
    }
    first, second = read(made).treatments
    assert (first.medicine, first.medicines) == ("montelukast", ("montelukast",))
    assert (second.medicine, second.medicines, second.conditions) == (None, (), ())
    [condition] = first.conditions
    assert (condition.text, condition.section, condition.start, condition.end) == (
        "Asthma",
        "conditions",
        0,
        6,
    )
    assert (condition.condition, condition.name) == ("MONDO:0004979", "asthma")


@pytest.mark.parametrize(
    "name", ["Placebo", "placebo cream", "Matching placebo", "Sham injection", "Vehicle"]
)
def test_names_of_placebos(name: str) -> None:
    made = trial({"One": (E, ("Montelukast",)), "Two": (P, (name,))})
    assert roles(made)[name] == ("placebo", "trial.placebo_name")


@pytest.mark.parametrize("name", ["Montelukast or placebo", "Montelukast versus placebo"])
def test_a_name_that_holds_both_is_no_placebo(name: str) -> None:
    assert roles(trial({"All": (E, (name,))}))[name][0] == "experimental"


def test_saline_is_a_placebo_only_where_it_is_one() -> None:
    placebo = trial({"One": (E, ("Montelukast",)), "Two": (P, ("Normal saline",))})
    assert roles(placebo)["Normal saline"] == ("placebo", "trial.inert_in_placebo_arm")
    tested = trial({"One": (E, ("Hypertonic saline",)), "Two": (P, ("Placebo",))})
    assert roles(tested)["Hypertonic saline"][0] == "experimental"
    mistyped = trial({"One": (E, ("Montelukast",)), "Two": (P, ("Theophylline",))})
    assert roles(mistyped)["Theophylline"] == ("comparator", "trial.inert_arm")


def test_what_every_arm_has_is_background() -> None:
    made = trial(
        {"One": (E, ("Montelukast", "Budesonide")), "Two": (P, ("Placebo", "Budesonide"))},
        title="Budesonide With Montelukast in Asthma",
    )
    assert roles(made)["Budesonide"] == ("background", "trial.every_arm")
    assert roles(made)["Montelukast"] == ("experimental", "trial.difference")
    assert [len(t.conditions) for t in read(made).treatments] == [1, 0, 0]


def test_without_a_control_what_every_arm_has_is_tested() -> None:
    made = trial(
        {"One": (E, ("Velorafen",)), "Two": (E, ("Velorafen", "Cisplatin"))}, title="Velorafen in Asthma"
    )
    assert roles(made) == {
        "Velorafen": ("experimental", "trial.titled"),
        "Cisplatin": ("background", "trial.partner"),
    }


def test_a_comparator_is_not_studied() -> None:
    made = trial({"One": (E, ("Montelukast",)), "Two": (A, ("Theophylline",))})
    assert roles(made)["Theophylline"] == ("comparator", "trial.control_only")
    assert read(made).treatments[1].conditions == ()


def test_two_tested_medicines_that_are_both_called_comparators() -> None:
    made = trial(
        {"One": (A, ("Montelukast",)), "Two": (A, ("Theophylline",))},
        title="Montelukast and Theophylline in Asthma",
    )
    assert set(roles(made).values()) == {("experimental", "trial.titled")}
    control = trial({"One": (A, ("Montelukast",)), "Control group": (A, ("Theophylline",))})
    assert roles(control)["Theophylline"][0] == "comparator"


def test_another_dose_in_a_comparator_arm_is_tested_too() -> None:
    made = trial({"One": (E, ("Montelukast 10 mg",)), "Two": (A, ("Montelukast 5 mg",))})
    assert roles(made)["Montelukast 5 mg"] == ("experimental", "trial.other_dose")
    brand = trial({"One": (E, ("Montelukast NewCo",)), "Two": (A, ("Singulair",))})
    assert roles(brand)["Singulair"] == ("comparator", "trial.control_only")


def test_the_part_of_a_combination_that_the_title_names() -> None:
    made = trial(
        {"One": (E, ("Velorafen", "Oxaliplatin")), "Two": (E, ("Velorafen", "Capecitabine"))},
        title="Velorafen Combinations in Colorectal Cancer",
        summary="The aim is to assess velorafen in combination with oxaliplatin or capecitabine.",
    )
    assert roles(made)["Velorafen"] == ("experimental", "trial.titled")
    assert roles(made)["Oxaliplatin"] == ("background", "trial.partner")


def test_a_regimen_of_which_the_aim_names_each_part() -> None:
    made = trial(
        {"All": (E, ("Vincristine", "Blinatumomab"))},
        title="Mini-Dose Chemotherapy With Blinatumomab",
        summary="To learn if vincristine with blinatumomab can help to control leukemia.",
    )
    assert roles(made)["Vincristine"] == ("experimental", "trial.aim")


def test_conditioning_and_rescue_are_support() -> None:
    cells = trial(
        {"All": (E, ("CD19 CAR-T cells", "Fludarabine", "Cyclophosphamide"))}, title="CD19 CAR-T in Lymphoma"
    )
    assert roles(cells)["Fludarabine"] == ("supportive", "trial.conditioning")
    assert roles(cells)["CD19 CAR-T cells"][0] == "experimental"
    rescue = trial(
        {"One": (E, ("Montelukast", "Rescue albuterol")), "Two": (P, ("Placebo", "Rescue albuterol"))}
    )
    assert roles(rescue)["Rescue albuterol"] == ("supportive", "trial.supportive_name")
    tested = trial({"All": (E, ("Fludarabine",))}, title="Fludarabine in Lymphoma")
    assert roles(tested)["Fludarabine"] == ("experimental", "trial.sole")


def test_imaging_is_diagnostic_where_it_is_tested_and_a_tool_elsewhere() -> None:
    tested = trial({"All": (E, ("18F-velorafen PET",))}, purpose="DIAGNOSTIC")
    assert roles(tested)["18F-velorafen PET"][0] == "diagnostic"
    assert read(tested).treatments[0].conditions
    tool = trial({"All": (E, ("Montelukast", "FDG PET"))}, title="Montelukast in Asthma")
    assert roles(tool)["FDG PET"] == ("supportive", "trial.imaging_tool")


def test_measurements_are_no_treatment() -> None:
    made = trial({"All": (E, ("Montelukast", "Questionnaire"))}, types={"Questionnaire": "OTHER"})
    assert roles(made)["Questionnaire"] == ("other", "trial.measurement")
    assert roles(made)["Montelukast"] == ("experimental", "trial.sole")


def test_several_medicines_in_one_name() -> None:
    made = trial({"One": (E, ("Montelukast + Theophylline",)), "Two": (A, ("Theophylline",))})
    first, second = read(made).treatments
    assert (first.role, first.medicine, first.medicines) == (
        "experimental",
        None,
        ("montelukast", "theophylline"),
    )
    assert (second.role, second.medicine) == ("comparator", "theophylline")


def test_esketamine_is_not_ketamine() -> None:
    made = trial({"One": (E, ("Esketamine nasal spray",)), "Two": (P, ("Placebo",))})
    assert read(made).treatments[0].medicine == "esketamine"


def test_a_code_is_no_medicine_unless_other_names_say_so() -> None:
    one = Intervention(name="MK-0476", other_names=("Montelukast",), arms=("One",))
    coded = trial({"One": (E, ())}, interventions=(one,))
    assert read(coded).treatments[0].medicine == "montelukast"
    unknown = trial({"One": (E, ("XYZ-123",))})
    assert (read(unknown).treatments[0].role, read(unknown).treatments[0].medicine) == ("experimental", None)


def test_without_arms_the_title_decides() -> None:
    made = trial(
        {},
        interventions=listed("Montelukast", "Theophylline", "Oxygen"),
        title="Montelukast Versus Theophylline",
    )
    assert roles(made) == {
        "Montelukast": ("experimental", "trial.no_arms_titled"),
        "Theophylline": ("comparator", "trial.no_arms_versus"),
        "Oxygen": ("other", "trial.no_arms_others_titled"),
    }
    assert roles(trial({}, interventions=listed("Simvastatin", "Ceftriaxone")))["Simvastatin"] == (
        "other",
        "trial.wordless",
    )


def test_a_statin_beside_the_tested_medicine_is_no_use_for_pneumonia() -> None:
    made = trial(
        {"One": (E, ("Ceftaroline", "Simvastatin")), "Two": (A, ("Ceftriaxone", "Simvastatin"))},
        title="Ceftaroline in Pneumonia",
        conditions=("Pneumonia",),
    )
    found = {t.name: (t.role, [c.text for c in t.conditions]) for t in read(made).treatments}
    assert found == {
        "Ceftaroline": ("experimental", ["Pneumonia"]),
        "Simvastatin": ("background", []),
        "Ceftriaxone": ("comparator", []),
    }


@pytest.mark.parametrize(
    ("title", "role", "rule"),
    [
        ("Ketamine for Hiccups", "experimental", "trial.title_use"),
        ("Propofol Versus Ketamine for Sedation", "comparator", "trial.title_versus"),
        ("Ketamine-induced Agitation in Children", "other", "trial.title_beside"),
        ("Depth of Sedation During Ketamine", "other", "trial.title_beside"),
    ],
)
def test_a_record_without_interventions_is_read_by_its_title(title: str, role: str, rule: str) -> None:
    found = {t.medicine: (t.role, t.rule) for t in read(trial({}, interventions=(), title=title)).treatments}
    assert found["ketamine"] == (role, rule)


# --- whatever comes -----------------------------------------------------------------------------------------

WORDS = st.text(st.sampled_from("abv placebo+/-(,)0mg;|é"), max_size=24)
TYPES = st.sampled_from([E, A, P, N, "OTHER", None])


@settings(deadline=None)  # the first example reads the vocabulary
@given(
    st.lists(st.tuples(WORDS, TYPES, st.lists(st.integers(0, 3), max_size=3)), max_size=4),
    st.lists(WORDS.filter(str.strip), max_size=4, unique=True),
    st.lists(WORDS, max_size=3),
    WORDS,
    WORDS,
)
def test_any_record_has_one_role_for_each_intervention(
    arms: list[tuple[str, str | None, list[int]]],
    names: list[str],
    conditions: list[str],
    title: str,
    summary: str,
) -> None:
    made = Trial(
        nct="NCT00000001",
        arms=tuple(
            Arm(label=label, type=kind, interventions=tuple(names[n] for n in members if n < len(names)))
            for label, kind, members in arms
        ),
        interventions=listed(*names),
        conditions=tuple(conditions),
        title=title,
        summary=summary,
    )
    reading = read(made)
    known = {rule["id"] for rule in rules("trial_roles")["role"]}
    if names:
        assert [t.name for t in reading.treatments] == names
    for treatment in reading.treatments:
        assert treatment.rule in known
        assert treatment.role in ("experimental", "diagnostic") or not treatment.conditions
    assert read(made) == reading


def test_every_mark_that_a_rule_names_exists() -> None:
    from usedfor.extraction import trial_roles

    data = rules("trial_roles")
    cues = {cue["mark"] for cue in data["cue"]}
    tests = {name.removeprefix("_is_") for name in vars(trial_roles._Marks) if name.startswith("_is_")}
    for rule in data["role"]:
        assert set(rule.get("all", [])) | set(rule.get("none", [])) <= cues | tests, rule["id"]
    for cue in data["cue"]:
        re.compile(cue["pattern"])
    assert data["role"][-1]["all"] == []  # so that one rule always holds
