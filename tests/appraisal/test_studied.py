"""Trials and papers made up for the tests, each rule with its own."""

from __future__ import annotations

from typing import Any

import pytest

from usedfor.appraisal import Beyond, Origin, appraise
from usedfor.model import Medicine, Span, Statement, Study, Use, quote_hash

MEDICINE = Medicine(id="examplin", name="examplin")
ABOVE = {"C:tired": ("C:sad",), "C:sad": ("C:mood",), "C:mood": (), "C:hurt": ()}
NAMES = {"C:tired": ("tired sadness",), "C:sad": ("sadness",), "C:mood": ("moods",), "C:hurt": ("hurt",)}


def said(number: int, condition: str = "C:sad", **given: Any) -> Statement:
    """One study's statement on a condition."""
    words = NAMES[condition][0]
    document = f"NCT{number:08}@2024"
    span = Span(document=document, section="conditions", start=0, end=len(words), sha256=quote_hash(words))
    whole = {"kind": "studied", "topic": "experimental", **given}
    return Statement(
        id=f"{document}#1",
        medicine="examplin",
        text=words,
        span=span,
        rule="test",
        condition=condition,
        **whole,
    )


def study(number: int, design: str = "randomised_trial", **given: Any) -> Study:
    """The facts of one trial."""
    document = f"NCT{number:08}@2024"
    whole = {"source": "clinicaltrials", **given}
    return Study(document=document, registry=document[:11], design=design, **whole)


def label(condition: str, kind: str = "indication") -> Statement:
    """What the one label lists."""
    words = NAMES[condition][0]
    span = Span(document="label", section="i", start=0, end=len(words), sha256=quote_hash(words))
    return Statement(
        id="label#1", medicine="examplin", kind=kind, text=words, span=span, rule="test", condition=condition
    )


def uses(pairs: list[tuple[Statement, Study]], *labels: Statement, **beyond: Any) -> tuple[Use, ...]:
    """The uses that these studies make beside what the labels list."""
    statements = [s for s, _ in pairs] + list(labels)
    named = {s.span.document for s in (*statements, *beyond.get("older", ()))}
    origins = {d: Origin(id=d, set_id=d, effective="2024-01-01") for d in named}
    studies = {t.document: t for _, t in pairs}
    found = appraise(
        MEDICINE, statements, origins, Beyond(studies=studies, above=ABOVE, names=NAMES, **beyond)
    )
    return tuple(u for u in found.uses if u.status not in ("approved", "contraindicated", "not_indicated"))


def one(*pairs: tuple[Statement, Study]) -> Use:
    """The one use that these studies make."""
    (use,) = uses(list(pairs))
    return use


def test_a_randomised_trial_that_reports_benefit_supports() -> None:
    use = one((said(1, direction="benefit"), study(1, enrolment=120)), (said(2), study(2)))
    assert (use.status, use.rule) == ("off_label_supported", "off_label_supported.controlled")
    assert (use.level, use.reasons) == (3, ("level.one_study",))
    assert [(e.statement[:11], e.direction) for e in use.evidence] == [
        ("NCT00000001", "for"),
        ("NCT00000002", "neutral"),
    ]


def test_few_people_lower_the_level_and_very_few_support_nothing() -> None:
    use = one((said(1, direction="benefit"), study(1, enrolment=40)))
    assert (use.status, use.level, use.reasons) == (
        "off_label_supported",
        4,
        ("level.few_people", "level.one_study"),
    )
    use = one((said(1, direction="benefit"), study(1, enrolment=12)))
    assert (use.status, use.rule) == ("off_label_uncertain", "off_label_uncertain.one_study")


def test_one_paper_alone_is_uncertain_and_none_where_its_title_does_not_say_that_it_is_for_it() -> None:
    paper = study(1, enrolment=500, source="pubmed")
    assert uses([(said(1, direction="benefit", population="people"), paper)]) == ()
    assert uses([(said(1, direction="unclear"), paper)]) == ()
    use = one((said(1, direction="benefit"), paper))
    assert (use.status, use.rule) == ("off_label_uncertain", "off_label_uncertain.one_study")
    use = one((said(1, direction="benefit"), paper), (said(2), study(2)))
    assert (use.status, use.rule) == ("off_label_uncertain", "off_label_uncertain.one_study")
    two = one(*[(said(n, direction="benefit"), study(n, enrolment=90, source="pubmed")) for n in (1, 2)])
    assert two.status == "off_label_supported"


def test_as_many_against_as_for_is_a_conflict_that_is_shown() -> None:
    use = one(
        (said(1, direction="benefit"), study(1, enrolment=200)),
        (said(2, direction="no_benefit"), study(2, enrolment=200)),
    )
    assert (use.status, use.rule) == ("off_label_uncertain", "off_label_uncertain.mixed")
    assert (use.level, use.reasons) == (3, ("level.conflict",))
    assert [e.direction for e in use.evidence] == ["for", "against"]


def test_a_review_that_finds_no_benefit_outweighs_a_trial() -> None:
    use = one(
        (said(1, direction="benefit"), study(1, enrolment=200)),
        (said(2, direction="no_benefit"), study(2, "systematic_review", enrolment=2000)),
    )
    assert use.status == "off_label_uncertain"


def test_controlled_trials_without_benefit() -> None:
    use = one(*[(said(n, direction="no_benefit"), study(n, enrolment=30)) for n in (1, 2)])
    assert (use.status, use.rule, use.level) == ("not_effective", "not_effective.controlled", 2)
    small = one((said(1, direction="no_benefit"), study(1, enrolment=30)))
    assert small.status == "off_label_uncertain"


def test_a_stop_for_lack_of_effect_counts_against() -> None:
    stopped = study(1, status="TERMINATED", why_stopped="efficacy")
    use = one((said(1, direction="no_benefit"), stopped), (said(2), study(2, status="COMPLETED")))
    assert (use.status, use.rule) == ("not_effective", "not_effective.stopped")
    use = one((said(1, direction="no_benefit"), stopped), (said(2), study(2, status="RECRUITING")))
    assert use.status == "off_label_uncertain"  # another one is under way


def test_registered_trials_without_results_are_only_studied() -> None:
    use = one((said(1), study(1, status="RECRUITING")))
    assert (use.status, use.rule, use.level) == ("investigational", "investigational.registered", None)


def test_a_study_that_was_withdrawn_before_the_first_patient_makes_no_use() -> None:
    assert uses([(said(1), study(1, status="WITHDRAWN", enrolment=0))]) == ()


def test_a_retracted_paper_never_supports() -> None:
    use = one((said(1, direction="benefit"), study(1, enrolment=500, retracted=True)))
    assert use.status not in ("off_label_supported", "not_effective")
    assert (use.level, use.reasons) == (None, ("level.retracted",))
    assert [e.direction for e in use.evidence] == ["neutral"]


@pytest.mark.parametrize("role", ["comparator", "background", "supportive", "placebo", "diagnostic", "other"])
def test_only_what_is_tested_makes_a_use(role: str) -> None:
    assert uses([(said(1, topic=role, direction="benefit"), study(1, enrolment=500))]) == ()


@pytest.mark.parametrize("design", ["mechanism", "review", "guideline", "other"])
def test_what_treats_no_patients_makes_no_use(design: str) -> None:
    assert uses([(said(1, direction="benefit"), study(1, design))]) == ()


@pytest.mark.parametrize("listed", ["C:sad", "C:mood", "C:tired"])
def test_what_a_label_lists_or_what_is_above_or_below_it_is_not_off_label(listed: str) -> None:
    assert uses([(said(1, direction="benefit"), study(1, enrolment=500))], label(listed)) == ()


def test_another_condition_stays_off_label() -> None:
    (use,) = uses([(said(1, direction="benefit"), study(1, enrolment=500))], label("C:hurt"))
    assert use.condition == "C:sad"


def test_only_in_combination() -> None:
    use = one((said(1, direction="benefit", adjunct=True), study(1, enrolment=500)))
    assert use.restrictions.adjunct
    assert (use.level, use.reasons) == (4, ("level.one_study", "level.combination"))


def test_many_large_trials_that_agree_raise_the_level() -> None:
    use = one(*[(said(n, direction="benefit"), study(n, enrolment=400)) for n in (1, 2, 3)])
    assert (use.level, use.reasons) == (1, ("level.many",))


def test_an_indication_that_only_an_older_label_has_is_withdrawn() -> None:
    old = Statement(
        id="old#1", medicine="examplin", kind="indication", text="sadness", rule="test", condition="C:sad",
        span=Span(document="old", section="i", start=0, end=7, sha256=quote_hash("sadness")),
    )  # fmt: skip
    (use,) = uses([], label("C:hurt"), older=[old], current="for hurt")
    assert (use.status, use.rule) == ("withdrawn", "withdrawn.older_label")
    assert [(e.statement, e.direction) for e in use.evidence] == [("old#1", "for"), ("label#1", "against")]
    assert uses([], label("C:hurt"), older=[old], current="for hurt and for being sad, sadness aside") == ()
    assert uses([], label("C:mood"), older=[old], current="for moods") == ()  # widened
    assert uses([], label("C:tired"), older=[old], current="for the tired") == ()  # narrowed


def test_a_stop_of_several_medicines_together_is_no_failure_of_one() -> None:
    stopped = study(1, status="TERMINATED", why_stopped="efficacy")
    use = one((said(1, direction="no_benefit", adjunct=True), stopped))
    assert use.status == "off_label_uncertain"


def test_a_condition_that_titles_name_only_for_the_people_says_so() -> None:
    given = {"population": "people"}
    use = one((said(1, **given), study(1, status="RECRUITING")))
    assert (use.status, use.level, use.reasons) == ("investigational", None, ("level.people",))
    use = one((said(1, direction="unclear", **given), study(1, enrolment=90)))
    assert (use.level, use.reasons) == (3, ("level.people", "level.unclear"))
    use = one((said(1, **given), study(1)), (said(2), study(2)))  # one of them says that it is treated
    assert use.reasons == ()
