from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from usedfor.errors import UnknownMedicineError
from usedfor.knowledge import Knowledge
from usedfor.verification import Checker, check
from usedfor.verification.results import VERDICTS
from usedfor.verification.rulebook import book
from usedfor.verification.since import Since, changed


@pytest.mark.parametrize(
    ("text", "verdict", "rule", "section"),
    [
        ("Velmora is used for high blood pressure.", "supported", "use.labelled", "indications_and_usage"),
        ("Velmora is approved for every kind of gout.", "overstated", "scope.wide", "indications_and_usage"),
        ("Velmora may be used for gout.", "overstated", "use.line_dropped", "indications_and_usage"),
        ("Velmora is safe for people with asthma.", "contradicted", "stance.allowed_forbidden", "contraindications"),  # noqa: E501
        ("You can take simvastatin with Velmora.", "contradicted", "stance.allowed_forbidden", "drug_interactions"),  # noqa: E501
        ("People with asthma should not take Velmora.", "supported", "stance.both_forbid", "contraindications"),  # noqa: E501
        ("Velmora is approved for teenagers.", "contradicted", "age.below", "pediatric_use"),
        ("Velmora is a Schedule II drug.", "contradicted", "schedule.other", "drug_abuse_and_dependence"),
        ("Velmora is a Schedule IV controlled substance.", "supported", "schedule.same", "drug_abuse_and_dependence"),  # noqa: E501
        ("The usual side effects of Velmora are headache and nausea.", "supported", "reaction.named", "adverse_reactions"),  # noqa: E501
        ("Velmora works by blocking TNF.", "contradicted", "mechanism.other_target", "mechanism_of_action"),
        ("Velmora is an injection into a vein.", "contradicted", "route.other_only", "dosage_and_administration"),  # noqa: E501
    ],
)  # fmt: skip
def test_a_verdict_rests_on_a_rule_and_a_section(
    checker: Checker, text: str, verdict: str, rule: str, section: str
) -> None:
    found = checker.passage("1", text, "velmorine")
    assert (found.verdict, found.rule) == (verdict, rule)
    assert section in [e.section for e in found.evidence]


@pytest.mark.parametrize(
    ("text", "verdict", "rule"),
    [
        ("Velmora is now being studied for psoriasis.", "not_found", "use.only_tried"),
        ("Velmora helps with lupus.", "not_found", "thing.unknown"),
        ("Velmora was the first drug to be approved for hypertension.", "not_found", "approval.first"),
        ("Ask your doctor whether Velmora is right for you.", "no_claim", "no_claim.advice"),
        ("Is Velmora safe in asthma?", "no_claim", "no_claim.question"),
        ("Our team loves walking in the hills.", "no_claim", "no_claim.no_medicine"),
    ],
)
def test_what_rests_on_nothing_cites_nothing(checker: Checker, text: str, verdict: str, rule: str) -> None:
    found = checker.passage("1", text, "velmorine" if "Velmora" in text else None)
    assert (found.verdict, found.rule, found.evidence) == (verdict, rule, ())


def test_what_others_say_is_not_the_pages_claim(checker: Checker) -> None:
    said = "Some people say that Velmora is safe for people with asthma."
    found = checker.passage("1", said, "velmorine")
    assert (found.verdict, found.rule, found.attributed) == ("no_claim", "no_claim.attributed", True)


def test_quotes_are_the_words_at_their_place(checker: Checker, knowledge: Knowledge) -> None:
    found = checker.passage("1", "Velmora is safe for people with asthma.", "velmorine")
    for cited in found.evidence:
        assert cited.quote == knowledge.texts(cited.document)[cited.section][cited.start : cited.end]
        assert cited.date == "2026-03-01"


def test_a_page_carries_its_medicine_through_pronouns_and_headings(checker: Checker) -> None:
    page = "# About Velmora\n\nIt is safe for people with asthma.\n\n## Other things\n\nThe drug treats hypertension.\n"  # noqa: E501
    report = checker.article(page)
    got = [(s.verdict, s.medicine, page[s.start : s.end]) for s in report.sentences if s.role != "heading"]
    assert got == [
        ("contradicted", "velmorine", "It is safe for people with asthma."),
        ("supported", "velmorine", "The drug treats hypertension."),
    ]
    assert report.counts == {
        "contradicted": 1,
        "overstated": 0,
        "not_found": 0,
        "supported": 1,
        "no_claim": 2,
    }


def test_a_suggestion_states_the_label_and_cites_it(checker: Checker) -> None:
    report = checker.article("Velmora may be used for gout.", suggest=True)
    (only,) = report.sentences
    assert only.suggestion is not None
    assert only.suggestion.startswith("Velmorine is approved for ")
    assert "added to other treatment" in only.suggestion
    assert only.suggestion.endswith("Indications and usage, 2026-03-01).")


def test_an_unknown_medicine_is_an_error_and_never_replaced(knowledge: Knowledge) -> None:
    with pytest.raises(UnknownMedicineError) as raised:
        check(knowledge, "It treats gout.", "velmorin")
    assert "velmorine" in raised.value.near


def test_a_label_change_makes_a_page_wrong(home: Path, old_home: Path) -> None:
    page = "Velmora is approved for psoriasis in adults. Velmora treats hypertension in adults."
    with Knowledge.open(old_home) as old, Knowledge.open(home) as new:
        assert changed(old, new) == {"velmorine"}
        assert changed(new, new) == frozenset()
        report = Since(old, new).report(page)
        assert [(s.text, s.verdict) for s in report.sentences] == [
            ("Velmora is approved for psoriasis in adults.", "overstated")
        ]
        assert report.sentences[0].until == "2026-03-01"
        assert Since(old, new).report("Nothing about it.").sentences == ()


def test_a_snapshot_without_texts_still_judges_by_its_facts(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Knowledge.open(home) as opened:
        monkeypatch.setattr(Knowledge, "quotes", property(lambda self: False))
        monkeypatch.setattr(Knowledge, "texts", lambda self, document: {})
        found = Checker(opened).passage("1", "Velmora is a Schedule II drug.", "velmorine")
    assert found.verdict == "contradicted"
    assert [e.quote for e in found.evidence] == [None] * len(found.evidence)


def test_every_rule_has_a_verdict_a_reason_and_an_id_of_its_own() -> None:
    ids = [rule.id for rule in book()]
    assert len(ids) == len(set(ids))
    assert {rule.verdict for rule in book()} == set(VERDICTS)
    assert all(rule.why and not rule.why.endswith(".") for rule in book())
    for verdict in VERDICTS:  # the weighing is always explained
        assert any(r.verdict == verdict and not (r.first or r.given or r.least or r.below) for r in book())


WORDS = st.lists(
    st.sampled_from(
        "Velmora it asthma gout is not safe for children should never only treats 12 years % may . ? , ; — é “says” simvastatin".split()  # noqa: E501, SIM905
    ),
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS)
def test_any_words_get_a_verdict_with_places_in_the_page(checker: Checker, words: list[str]) -> None:
    page = " ".join(words)
    for s in checker.article(page).sentences:
        assert s.verdict in VERDICTS
        assert page[s.start : s.end].split() == s.text.split()
        assert bool(s.evidence) <= (s.verdict not in ("no_claim", "not_found"))


def test_gold_lines_agree_with_the_schema(checker: Checker) -> None:
    from usedfor.verification.render.rows import as_row

    row = json.loads(json.dumps(as_row(checker.passage("x", "Velmora is safe in asthma.", "velmorine"))))
    assert {
        "id",
        "text",
        "start",
        "end",
        "verdict",
        "kind",
        "medicine",
        "rule",
        "why",
        "evidence",
    } <= row.keys()
    assert {"document", "section", "start", "end", "quote", "url"} <= row["evidence"][0].keys()
