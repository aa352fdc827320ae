from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from usedfor.api import render_check
from usedfor.knowledge import Knowledge
from usedfor.verification import Checker
from usedfor.verification.figures import ages, amounts, intervals
from usedfor.verification.lexicon import equivalents, stems
from usedfor.verification.results import KINDS, VERDICTS
from usedfor.verification.stance import claim_stance
from usedfor.verification.train import developing

OWN = Path(__file__).parents[2] / "benchmarks" / "claims_own.jsonl"


@pytest.mark.parametrize(
    ("text", "verdict", "rule", "section"),
    [
        ("Velmora tablets may be crushed.", "contradicted", "stance.allowed_forbidden", "dosage_and_administration"),  # noqa: E501
        ("Velmora is taken on an empty stomach.", "contradicted", "route.required", "dosage_and_administration"),  # noqa: E501
        ("Velmora has no effect on the liver.", "contradicted", "stance.denied_warned", "warnings_and_cautions"),  # noqa: E501
        ("Velmora alone treats gout.", "overstated", "scope.alone", "indications_and_usage"),
        ("Velmora is taken twice a day.", "contradicted", "figure.other_interval", "dosage_and_administration"),  # noqa: E501
        ("Velmora is for hypertension at every age.", "overstated", "scope.everyone", "indications_and_usage"),  # noqa: E501
    ],
)  # fmt: skip
def test_what_a_claim_allows_denies_or_widens(
    checker: Checker, text: str, verdict: str, rule: str, section: str
) -> None:
    found = checker.passage("1", text, "velmorine")
    assert (found.verdict, found.rule) == (verdict, rule)
    assert section in [e.section for e in found.evidence]


def test_a_passage_that_names_no_medicine_claims_nothing_of_it(checker: Checker) -> None:
    found = checker.passage("1", "A walk before breakfast does wonders.", "velmorine")
    assert (found.verdict, found.rule) == ("no_claim", "no_claim.not_about")
    assert checker.passage("2", "It lowers high blood pressure.", "velmorine").verdict == "supported"


def test_a_page_on_a_medicine_that_is_not_here_says_so(checker: Checker) -> None:
    (only,) = checker.article("Warfarin thins the blood.").sentences
    assert (only.verdict, only.rule, only.medicine) == ("not_found", "not_found.medicine", "warfarin")


def test_a_report_without_texts_says_so_first_and_judges_by_facts(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "Velmora treats hypertension. Velmora is approved for teenagers."
    with Knowledge.open(home) as opened:
        whole = Checker(opened).article(page, name="a.md")
        monkeypatch.setattr(Knowledge, "quotes", property(lambda self: False))
        monkeypatch.setattr(Knowledge, "texts", lambda self, document: {})
        bare = Checker(opened).article(page, name="a.md")
    assert [s.rule for s in whole.sentences] == ["use.labelled", "age.below"]
    assert [s.rule for s in bare.sentences] == ["use.labelled", "not_found.facts"]
    assert render_check([bare]).startswith("a.md: Only facts are here, not the documents' texts")
    assert "Only facts" not in render_check([whole])
    assert "Only facts" in render_check([bare], "html")
    assert json.loads(render_check([bare], "json"))["quotes"] is False


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a four-year-old", (4.0,)),
        ("for five years in a row", ()),
        ("children from six", (6.0,)),
        ("less than 2 years of age", (2.0,)),
        ("at least 3 times the dose", ()),
        ("babies of six months", ()),
    ],
)
def test_an_age_is_no_length_of_time(text: str, found: tuple[float, ...]) -> None:
    assert tuple(years for years, _, _ in ages(text)) == found


def test_how_often_is_no_length_of_time() -> None:
    assert amounts("once a week") == ()
    assert intervals("once a week") == (168.0,)
    assert intervals("in the morning and again at noon") == (12.0,)
    assert [(a.low, a.high) for a in amounts("it takes a week")] == [(168.0, 168.0)]
    assert [a.low for a in amounts("one newborn in eight")] == [12.5]


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("It may be crushed for those who cannot swallow.", "allow"),
        ("No alcohol with it.", "forbid"),
        ("It does not cause weight gain.", "deny"),
        ("Asthma is no obstacle to it.", "allow"),
        ("It has to be stopped in pregnancy.", "forbid"),
        ("It may cause a rash.", "assert"),
        ("It is not shown to help.", "unproven"),
    ],
)
def test_what_a_claim_says_of_its_thing(text: str, stance: str) -> None:
    assert claim_stance(text) == stance


def test_kinds_of_one_thing_do_not_say_the_same() -> None:
    """A word for two diseases stands for each of them; they do not stand for one another."""
    table = equivalents()
    wide, narrow, sibling = stems("inflammatory bowel disease"), stems("ulcerative colitis"), stems("crohn's disease")  # fmt: skip  # noqa: E501
    same = {phrase: others for group in table.values() for phrase, others in group}
    assert narrow in same[wide]
    assert sibling in same[wide]
    assert sibling not in same[narrow]


def test_own_claims_are_of_two_parts_that_share_no_label() -> None:
    rows = [json.loads(line) for line in OWN.read_text("utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["verdict"] for row in rows} == set(VERDICTS)
    assert {row["kind"] for row in rows} <= set(KINDS)
    parts = {part: {r["set_id"] for r in rows if r["part"] == part} for part in ("develop", "score")}
    assert not parts["develop"] & parts["score"]
    assert Counter(row["part"] for row in rows)["develop"] == len(developing(OWN))


def test_what_a_label_says_in_the_same_words_is_supported(checker: Checker) -> None:
    found = checker.passage("1", "Velmora is contraindicated in patients with asthma.", "velmorine")
    assert (found.verdict, found.rule) == ("supported", "said.same_words")
    turned = checker.passage("2", "Velmora is not contraindicated in patients with asthma.", "velmorine")
    assert turned.rule != "said.same_words"


def test_keeping_it_from_children_is_advice(checker: Checker) -> None:
    found = checker.passage("1", "Keep Velmora out of the reach of children.", "velmorine")
    assert found.verdict == "no_claim"
