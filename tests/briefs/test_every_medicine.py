"""What holds for every brief, over every medicine of the starter that ships."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from usedfor.briefs import compile, render
from usedfor.knowledge import Knowledge
from usedfor.knowledge.snapshot import STARTER
from usedfor.model import Brief, BriefSection, Sentence

SECTION_IDS = [
    "what-is",
    "approved-uses",
    "off-label-uses",
    "emerging-uses",
    "not-for",
    "how-given",
    "onset",
    "side-effects",
    "precautions",
    "legal-status",
    "faq",
    "references",
]
STATUSES = {
    "approved",
    "off_label_supported",
    "off_label_uncertain",
    "investigational",
    "not_effective",
    "not_indicated",
    "contraindicated",
    "withdrawn",
}
DOSING = re.compile(
    r"\b(?:take|give|inject|apply|swallow|use)\s+(?:\d|one\b|two\b|half\b|an? (?:tablet|capsule|dose|puff))"
    r"|\b(?:stop|start|begin|continue|increase|decrease|change|skip)\s+(?:taking|using|your|the dose)",
    re.IGNORECASE,
)
MOST_REFERENCES = 12  # of one sentence


@pytest.fixture(scope="module")
def knowledge() -> Iterator[Knowledge]:
    if not (STARTER / "manifest.json").is_file():
        pytest.skip("the starter is not built (make starter)")
    with Knowledge.open(STARTER) as found:
        yield found


@pytest.fixture(scope="module")
def briefs(knowledge: Knowledge) -> list[Brief]:
    return [compile(knowledge, id) for id in knowledge.medicine_ids()]


def parts(sections: tuple[BriefSection, ...]) -> Iterator[BriefSection]:
    for section in sections:
        yield section
        yield from parts(section.sections)


def sentences(brief: Brief) -> Iterator[Sentence]:
    yield from brief.takeaways
    for part in parts(brief.sections):
        yield from part.sentences
    for question in brief.faq:
        yield from question.answer


def test_every_section_is_there_and_says_something(briefs: list[Brief]) -> None:
    for brief in briefs:
        assert [s.id for s in brief.sections] == SECTION_IDS, brief.medicine.id
        for section in brief.sections:
            assert section.sentences or section.sections, (brief.medicine.id, section.id)


def test_every_fact_is_cited_and_every_citation_resolves(briefs: list[Brief], knowledge: Knowledge) -> None:
    for brief in briefs:
        numbers = {r.n for r in brief.references}
        assert numbers == set(range(1, len(numbers) + 1))
        for sentence in sentences(brief):
            assert bool(sentence.refs) == (sentence.kind == "fact"), (brief.medicine.id, sentence.text)
            assert set(sentence.refs) <= numbers
            assert len(sentence.refs) <= MOST_REFERENCES, (brief.medicine.id, sentence.text)
        of = (brief.medicine.id, *brief.medicine.related)
        spans = {s.span for id in of for s in knowledge.statements(id)}
        known = {(s.document, s.section, s.start, s.end, s.sha256) for s in spans}
        for r in brief.references:
            assert (r.document, r.section, r.start, r.end, r.sha256) in known, (brief.medicine.id, r.n)
            assert r.date or r.source in ("clinicaltrials", "pubmed")  # a list of titles gives no dates
            assert r.url.startswith("https://")


def test_every_use_of_the_snapshot_is_in_the_brief_with_its_status(
    briefs: list[Brief], knowledge: Knowledge
) -> None:
    for brief in briefs:
        uses = knowledge.uses(brief.medicine.id)
        assert [(u.text, u.status, u.rule) for u in brief.uses] == [(u.text, u.status, u.rule) for u in uses]
        assert all(u.refs for u in brief.uses), brief.medicine.id


def test_only_approved_uses_are_said_to_be_approved(briefs: list[Brief]) -> None:
    for brief in briefs:
        approved = any(u.status == "approved" for u in brief.uses)
        said = any(s.text.startswith("It is approved") or " is approved " in s.text for s in brief.takeaways)
        assert not said or approved, brief.medicine.id


def test_sentences_are_whole(briefs: list[Brief]) -> None:
    for brief in briefs:
        for s in sentences(brief):
            assert re.search(r"[.?…”]$", s.text), (brief.medicine.id, s.text)
            assert "  " not in s.text, (brief.medicine.id, s.text)
            assert ".." not in s.text, (brief.medicine.id, s.text)
            assert not re.search(r"\s[,.;:]|\b(?:and|or|of|with|to) ?[.]$|\(\)", s.text), (
                brief.medicine.id,
                s.text,
            )
            assert (
                s.text[0].isupper()
                or not s.text[0].isalpha()
                or s.text.split()[0] != s.text.split()[0].lower()
            ), s.text


def test_no_sentence_advises_a_dose_or_to_start_or_stop(briefs: list[Brief]) -> None:
    found = [(b.medicine.id, s.text) for b in briefs for s in sentences(b) if DOSING.search(s.text)]
    assert found == []


def test_takeaways_are_few(briefs: list[Brief]) -> None:
    assert {len(b.takeaways) for b in briefs} <= {4, 5, 6, 7}


def test_anchors_are_unique(briefs: list[Brief]) -> None:
    for brief in briefs:
        ids = [p.id for p in parts(brief.sections)]
        assert len(ids) == len(set(ids)), brief.medicine.id


def test_json_keeps_its_schema(briefs: list[Brief]) -> None:
    for brief in briefs:
        found = json.loads(render(brief, "json"))
        assert found["schema"] == "usedfor.brief/1"
        assert [c["id"] for c in found["contents"]] == SECTION_IDS
        assert {u["status"] for u in found["uses"]} <= STATUSES
        assert found["medicine"]["schedule"] in (None, "CI", "CII", "CIII", "CIV", "CV")
        assert all(re.fullmatch(r"[0-9a-f]{64}", r["sha256"]) for r in found["references"])


@pytest.mark.parametrize("step", [0, 1, 2])
def test_every_form_can_be_rendered(briefs: list[Brief], step: int) -> None:
    for brief in briefs[step::31]:
        page = render(brief, "html")
        for section in SECTION_IDS:
            assert f'id="{section}"' in page
        assert render(brief, "markdown").startswith("*Used For")
        assert "\x1b" not in render(brief, "text")
