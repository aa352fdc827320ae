"""For which conditions a trial tests, what came of it, and why it stopped."""

from __future__ import annotations

from typing import Any

import pytest
from trial_parts import E, P, read, trial

from usedfor.sources.trials_values import p_value
from usedfor.studies import Analysis, Group, Outcome

# --- conditions ---------------------------------------------------------------------------------------------


def under_test(conditions: tuple[str, ...], title: str, summary: str | None = None) -> list[str]:
    made = trial({"One": (E, ("Velorafen",))}, conditions=conditions, title=title, summary=summary)
    [treatment] = read(made).treatments
    for one in treatment.conditions:
        text = {"conditions": "\n".join(conditions), "title": title, "summary": summary or ""}[one.section]
        assert text[one.start : one.end] == one.text
    return [one.text for one in treatment.conditions]


def test_the_conditions_of_the_record() -> None:
    both = ("Asthma", "Allergic Rhinitis")
    assert under_test(both, "Velorafen for Asthma and Allergic Rhinitis") == list(both)
    assert under_test(both, "Velorafen 201") == list(both)


def test_what_the_people_have_is_not_tested_for() -> None:
    assert under_test(
        ("Depression", "Type 2 Diabetes"), "Velorafen for Depression in Patients With Type 2 Diabetes"
    ) == ["Depression"]
    assert under_test(
        ("Depression", "Type 2 Diabetes"), "Velorafen in Patients With Depression and Type 2 Diabetes"
    ) == [
        "Depression",
        "Type 2 Diabetes",
    ]
    assert under_test(
        ("Erectile Dysfunction", "Hypertension"), "Velorafen for Erectile Dysfunction in Hypertensive Men"
    ) == ["Erectile Dysfunction"]


def test_tumours_of_a_list_are_kept() -> None:
    kinds = ("Solid Tumors", "Non-small Cell Lung Cancer", "Melanoma")
    assert under_test(kinds, "Velorafen for Solid Tumors in Patients With Melanoma") == list(kinds)


def test_populations_and_words_that_are_no_conditions() -> None:
    assert under_test(("Healthy Volunteers",), "Velorafen in Healthy Volunteers") == []
    assert under_test(("Healthy", "Asthma", "Immunotherapy", "Trial"), "Velorafen 201") == ["Asthma"]
    assert under_test(
        ("Healthy",), "Velorafen 201", "This study tests the effect of velorafen on dry skin."
    ) == ["dry skin"]
    assert under_test((), "Velorafen for Status Epilepticus") == ["Status Epilepticus"]
    assert under_test((), "Velorafen 201") == []


def test_a_condition_that_is_not_known_is_kept_without_an_id() -> None:
    [treatment] = read(trial({"One": (E, ("Velorafen",))}, conditions=("Blue Hiccup Sway",))).treatments
    [one] = treatment.conditions
    assert (one.text, one.condition, one.name) == ("Blue Hiccup Sway", None, None)


# --- results ------------------------------------------------------------------------------------------------


def result(
    p: str | None,
    values: tuple[float, float],
    measure: str = "Pain score",
    kind: str | None = None,
    **more: Any,
) -> tuple[str, str, str]:
    groups = more.get("groups", ("Montelukast 10 mg", "Placebo"))
    outcome = Outcome(
        measure=measure,
        rank="primary",
        groups=tuple(
            Group(id=str(n), title=title, values=(value,))
            for n, (title, value) in enumerate(zip(groups, values, strict=True))
        ),
        analyses=(Analysis(groups=("0", "1"), p_value=p_value(p), kind=kind),),
    )
    made = trial({"One": (E, ("Montelukast",)), "Two": (P, ("Placebo",))}, results=(outcome,))
    [found] = read(made).results
    assert found.outcome == measure
    assert [g.title for g in found.groups] == list(groups)
    return found.direction, found.favours, found.rule


def test_directions_of_results() -> None:
    assert result("<0.001", (2, 5)) == ("decreased", "intervention", "trial_result.values")
    assert result("0.01", (5, 2)) == ("increased", "comparator", "trial_result.values")
    assert result("0.01", (5, 2), "Responders") == ("increased", "intervention", "trial_result.values")
    assert result("0,03", (5, 2), "Eosinophils") == ("increased", "unknown", "trial_result.values")
    assert result("0.07", (5, 2)) == ("no_difference", "neither", "trial_result.no_difference")
    assert result("NS", (5, 2)) == ("no_difference", "neither", "trial_result.no_difference")


def test_what_the_record_does_not_decide_is_unknown() -> None:
    assert result(None, (5, 2)) == ("unknown", "unknown", "trial_result.no_p_value")
    assert result("<0.1", (5, 2))[2] == "trial_result.no_p_value"
    assert result("see text", (5, 2))[2] == "trial_result.no_p_value"
    assert result("0.01", (5, 5))[::2] == ("unknown", "trial_result.mixed_values")
    assert result("0.01", (5, 2), kind="NON_INFERIORITY")[2] == "trial_result.not_superiority"
    assert (
        result("0.01", (5, 2), groups=("Montelukast 10 mg", "Montelukast 5 mg"))[2] == "trial_result.groups"
    )


def test_a_result_without_an_analysis() -> None:
    outcome = Outcome(measure="Pain", rank="primary", groups=(Group(id="0", title="All", values=(1.0,)),))
    [found] = read(trial({"One": (E, ("Montelukast",))}, results=(outcome,))).results
    assert (found.p_value, found.direction, found.rule) == (None, "unknown", "trial_result.no_p_value")


# --- why stopped --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Lack of efficacy at the interim analysis", "efficacy"),
        ("Futility", "efficacy"),
        ("The drug did not meet its primary endpoint", "efficacy"),
        ("Safety concerns", "safety"),
        ("Two serious adverse events", "safety"),
        ("Slow accrual", "recruitment"),
        ("Not enough patients", "recruitment"),
        ("Failure to meet enrollment goals", "recruitment"),
        ("Funding ended", "business"),
        ("Business decision, not related to safety or efficacy", "business"),
        ("Sponsor decision; no safety concerns", "business"),
        ("The investigator moved", "other"),
        (None, None),
    ],
)
def test_why_a_study_was_stopped(text: str | None, reason: str | None) -> None:
    reading = read(trial({"One": (E, ("Montelukast",))}, why_stopped=text))
    assert reading.stop_reason == reason
    assert (reading.stop_rule is None) == (reason is None)
