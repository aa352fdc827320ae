"""What papers say: design, size, uses, comparisons and directions, each by its rule and on exact spans."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usedfor import api
from usedfor.cli import _run
from usedfor.errors import InputError, SnapshotError
from usedfor.extraction.directions import Prompt, decide
from usedfor.extraction.directions_model import VERSION, Weights, decode, encode
from usedfor.extraction.directions_text import read, stem
from usedfor.extraction.paper import read_paper
from usedfor.extraction.paper_design import design, sample_size
from usedfor.studies import Heading, Paper, PaperSection
from usedfor.vocabulary import load


def made(title: str = "", abstract: str = "", *types: str, **more: object) -> Paper:
    sections = (PaperSection(text=abstract),) if abstract else ()
    return Paper(id="1", title=title, abstract=sections, publication_types=types, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("paper", "wanted", "rule"),
    [
        (made("Hiccups", "", "Meta-Analysis"), "systematic_review", "design.review_type"),
        (made("Hiccups", "", "Randomized Controlled Trial"), "randomised_trial", "design.randomised_type"),
        (made("Hiccups", "", "Case Reports"), "case_report", "design.case_type"),
        (made("Three patients with hiccups", "", "Case Reports"), "case_series", "design.case_series_type"),
        (made("Hiccups", "", "Editorial"), "other", "design.notice"),
        (made("Hiccups", "", "Practice Guideline"), "guideline", "design.guideline_type"),
        (made("Bloxitol for hiccups: study protocol"), "other", "design.protocol"),
        (made("Bloxitol: a systematic review"), "systematic_review", "design.review_title"),
        (made("Bloxitol in rats"), "mechanism", "design.laboratory_title"),
        (made("H", mesh=(Heading(descriptor="Mice"),)), "mechanism", "design.animal_headings"),
        (made("H", "Forty were randomly assigned to it."), "randomised_trial", "design.randomised_text"),
        (made("H", "We searched MEDLINE and Embase for trials."), "systematic_review", "design.search"),
        (made("H", "A matched case-control study of hiccups."), "case_control", "design.case_control"),
        (made("H", "In this retrospective cohort of 90 adults."), "cohort", "design.cohort_named"),
        (made("H", "We report a 60-year-old woman with hiccups."), "case_report", "design.case_title"),
        (made("H", "Ten adults entered an open-label trial."), "trial", "design.trial_text"),
        (made("H", "A cross-sectional survey of clinics."), "cross_sectional", "design.cross_sectional"),
        (made("H", "This article reviews the causes of hiccups."), "review", "design.review_article"),
        (made(""), "other", "design.none"),
    ],
)  # fmt: skip
def test_designs(paper: Paper, wanted: str, rule: str) -> None:
    assert design(paper) == (wanted, rule)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("A total of 1,204 patients were enrolled.", 1204),
        ("Forty-three adults were randomly assigned.", 43),
        ("One hundred and six women were studied.", 106),
        ("In 2008 patients were seen (n = 52).", 52),
        ("Nobody is counted.", None),
    ],
)
def test_sample_sizes(text: str, size: int | None) -> None:
    assert sample_size(made("", text))[0] == size


TEXT = (
    "BACKGROUND: Ketamine may help depression.\n"
    "RESULTS: Depression scores were significantly lower with ketamine than with placebo (p < 0.001). "
    "Blood pressure did not differ between the groups (p = 0.6).\n"
    "CONCLUSIONS: Ketamine was effective for depression."
)


def asked(outcome: str, intervention: str = "ketamine", comparator: str = "placebo") -> tuple[str, str]:
    found = decide(Prompt(TEXT, intervention, comparator, outcome))
    return found.direction, TEXT[found.start : found.end]


def test_directions_and_their_sentences() -> None:
    direction, sentence = asked("depression scores")
    assert direction == "decreased"
    assert sentence.startswith("Depression scores were significantly lower")
    direction, sentence = asked("blood pressure")
    assert direction == "no_difference"
    assert sentence.startswith("Blood pressure did not differ")


def test_nothing_to_read_is_unknown() -> None:
    found = decide(Prompt("", "a", "b", "c"))
    assert (found.direction, found.confidence, found.start, found.end) == ("unknown", 0.0, 0, 0)


def test_signs_and_short_forms() -> None:
    text = "Mean arterial pressure (MAP) fell. RESULTS: MAP was lower with bloxitol (p = 0.2; 5.1 vs 7.3)."
    found = read(Prompt(text, "bloxitol", "placebo", "mean arterial pressure"))
    last = found.sentences[-1]
    signs = [t.sign for t in last.tokens if t.group]
    assert signs[0] == "OUT"
    assert {"DOWN", "INT", "PNS", "FIG-"} <= set(signs)
    assert stem("mortality") == stem("deaths")


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_question_has_a_span_in_its_text(text: str, one: str, other: str, outcome: str) -> None:
    found = decide(Prompt(text, one, other, outcome))
    assert 0 <= found.start <= found.end <= len(text)
    assert 0 <= found.confidence <= 1
    assert found == decide(Prompt(text, one, other, outcome))


def test_model_file_comes_back_and_damage_is_named() -> None:
    weights = Weights(VERSION, (), (), (1.0, 0.0), "nothing")
    assert decode(encode(weights)) == weights
    with pytest.raises(SnapshotError, match="damaged"):
        decode(b"no model")
    with pytest.raises(SnapshotError, match="version 9"):
        decode(encode(Weights(9, ())))


def labelled(title: str, conclusion: str, **more: object) -> Paper:
    return Paper(
        id="PMID:1", title=title, publication_types=("Randomized Controlled Trial",),
        abstract=(PaperSection(text="Forty adults were studied.", label="METHODS"),
                  PaperSection(text=conclusion, label="CONCLUSIONS")), **more,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("conclusion", "effect", "rule"),
    [
        ("Ketamine was effective.", "benefit", "paper_effect.benefit"),
        ("Ketamine was not superior to placebo.", "no_benefit", "paper_effect.none"),
        ("Ketamine reduced symptoms without serious adverse effects.", "benefit", "paper_effect.benefit"),
        ("Ketamine increased mortality.", "harm", "paper_effect.harm"),
        ("Ketamine was given.", "unclear", "paper_effect.unclear"),
        ("Ketamine was effective at once. Ketamine had no benefit later.", "unclear", "paper_effect.unclear"),
    ],
)
def test_uses_and_their_effect(conclusion: str, effect: str, rule: str) -> None:
    paper = labelled("Ketamine versus midazolam for major depressive disorder", conclusion)
    reading = read_paper(paper, load())
    assert [(u.medicine, u.text, u.effect, u.rule) for u in reading.uses] == [
        ("ketamine", "major depressive disorder", effect, rule)
    ]
    use = reading.uses[0]
    assert (paper.title or "")[use.condition_start : use.condition_end] == "major depressive disorder"
    assert conclusion.startswith(paper.abstract_text[use.start : use.end])
    assert reading.sample_size == 40
    assert reading.design == "randomised_trial"


def test_a_retracted_paper_supports_nothing() -> None:
    reading = read_paper(labelled("Ketamine for depression", "It was effective.", retracted=True), load())
    assert {u.rule for u in reading.uses} == {"paper_effect.retracted"}
    assert {u.effect for u in reading.uses} == {"unclear"}
    assert reading.comparisons == ()


@pytest.mark.parametrize(
    "title",
    [
        "Metformin-induced lactic acidosis",
        "Hypertension in patients treated with cyclosporine",
        "Ketamine in rats with depression",
        "Serum folic acid levels in depression",
    ],
)
def test_what_is_no_use(title: str) -> None:
    assert read_paper(made(title, "It was effective."), load()).uses == ()


def test_comparisons_stand_on_their_sentences() -> None:
    paper = Paper(
        id="1", title="Ketamine versus placebo for depression", abstract=(PaperSection(text=TEXT),),
        publication_types=("Randomized Controlled Trial",),
    )  # fmt: skip
    found = read_paper(paper, load()).comparisons
    assert [(c.outcome, c.direction, c.comparator) for c in found if c.outcome == "Blood pressure"] == [
        ("Blood pressure", "no_difference", "placebo")
    ]
    for one in found:
        assert one.outcome in TEXT[one.start : one.end]


def test_comparisons_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = {"id": "q", "text": TEXT, "intervention": "ketamine", "comparator": "placebo"}
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(question | {"outcome": "depression scores"}) + "\n\n")
    assert _run(["extract", "--comparisons", str(path)]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["id"], row["direction"], row["rule"]) == ("q", "decreased", "direction.model")
    assert TEXT[row["start"] : row["end"]].startswith("Depression scores")
    path.write_text(json.dumps(question))
    assert _run(["extract", "--comparisons", str(path)]) == 2
    assert "question 1" in capsys.readouterr().err


def test_papers_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        json.dumps({"id": "p", "text": TEXT, "title": "Randomised trial of ketamine for depression"})
        + "\nbroken\n"
    )
    assert _run(["extract", "--papers", str(path)]) == 0
    printed = capsys.readouterr()
    assert "set aside: a.jsonl#2: broken JSON" in printed.err
    row = json.loads(printed.out)
    assert (row["id"], row["year"], row["retracted"]) == ("p", None, False)
    assert (row["uses"][0]["medicine"], row["uses"][0]["effect"]) == ("ketamine", "benefit")
    path.write_text("[]")
    assert _run(["extract", "--papers", str(path)]) == 2


def test_a_question_without_parts_is_named() -> None:
    with pytest.raises(InputError, match="question 2"):
        list(
            api.extract_comparisons(
                [{"id": 1, "text": "", "intervention": "", "comparator": "", "outcome": ""}, {"id": 2}]
            )
        )
