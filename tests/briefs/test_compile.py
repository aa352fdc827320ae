"""What a brief must be for every medicine, shown on one written by hand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from usedfor.briefs import compile
from usedfor.errors import UnknownMedicineError
from usedfor.model import Brief, BriefSection, Medicine, Sentence

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


def walk(sections: tuple[BriefSection, ...]) -> Iterator[BriefSection]:
    for section in sections:
        yield section
        yield from walk(section.sections)


def sentences(brief: Brief) -> list[Sentence]:
    found = list(brief.takeaways)
    for section in walk(brief.sections):
        found.extend(section.sentences)
    return found


def texts(brief: Brief, section: str) -> list[str]:
    return [
        s.text for part in walk(tuple(s for s in brief.sections if s.id == section)) for s in part.sentences
    ]


def test_every_section_is_there_in_order_and_says_something(brief: Brief) -> None:
    assert [s.id for s in brief.sections] == SECTION_IDS
    assert [(c.url, c.title) for c in brief.contents] == [(f"#{s.id}", s.title) for s in brief.sections]
    for section in brief.sections:
        assert section.sentences or section.sections


def test_anchors_are_unique(brief: Brief) -> None:
    ids = [s.id for s in walk(brief.sections)]
    assert len(ids) == len(set(ids))


def test_every_fact_has_a_reference_that_resolves_to_its_words(brief: Brief, fake: ModuleType) -> None:
    knowledge = fake.somnidol()
    documents = knowledge.documents(["doc-1", "doc-2"])
    by_number = {r.n: r for r in brief.references}
    for sentence in sentences(brief):
        if sentence.kind == "fact":
            assert sentence.refs, sentence.text
        else:
            assert not sentence.refs, sentence.text
        assert set(sentence.refs) <= by_number.keys()
    for r in brief.references:
        text = documents[r.document].section(r.section).text[r.start : r.end]
        assert r.quote == text
        assert r.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_references_are_numbered_by_first_use_and_each_span_once(brief: Brief) -> None:
    assert [r.n for r in brief.references] == list(range(1, len(brief.references) + 1))
    assert len({(r.document, r.section, r.start, r.end) for r in brief.references}) == len(brief.references)
    first: dict[int, int] = {}
    for place, sentence in enumerate(sentences(brief)):
        for n in sentence.refs:
            first.setdefault(n, place)
    order = [first[n] for n in sorted(first)]
    assert order == sorted(order)


def test_takeaways(brief: Brief) -> None:
    assert [s.text for s in brief.takeaways] == [
        "Somnidol is approved for induction of general anesthesia.",
        "It is approved to treat high blood pressure (hypertension).",
        "It is approved to help prevent migraine.",
        "It has a boxed warning, the strongest kind, about slow or weak breathing.",
        "Side effects include nausea, itching (pruritus), fainting (syncope) and hiccups.",
        "It must not be given to people with a tumor of the adrenal gland (pheochromocytoma) or "
        "a history of stroke.",
        "Ask your doctor or pharmacist whether it is right for you.",
    ]


def test_what_is(brief: Brief) -> None:
    assert texts(brief, "what-is") == [
        "Somnidol is a general anesthetic (a medicine that makes a person unconscious for surgery).",
        "How it acts, in the label's words: “inhibitor of the dream receptor”.",
        "It was first approved in the United States in 1970.",
        "It is sold under the brand name Dreamal.",
        "Somnidolex is a different medicine with a similar name. "
        "What holds for one may not hold for the other.",
    ]


def test_a_limit_is_never_called_approved(brief: Brief) -> None:
    said = " ".join(texts(brief, "approved-uses"))
    assert "depress" not in said
    assert (
        "The labels say somnidol is not for major depression (major depressive disorder), "
        "or not shown to work for it." in texts(brief, "not-for")
    )


def test_a_label_without_an_approval_number_is_not_called_an_approval(fake: ModuleType) -> None:
    class Remedy(fake.Label):  # type: ignore[misc]
        application = None
        product_type = "otc"

    label = Remedy(
        "doc-3", "globulol", "2026-01-01", "GLOBUL", "GLOBUL", indications_and_usage="For sleep trouble."
    )
    label.says("indications_and_usage", "sleep trouble", "indication", relation="treat")
    medicine = Medicine(id="globulol", name="globulol")
    brief = compile(fake.FakeKnowledge([medicine], [label.document], label.statements), "globulol")
    assert brief.takeaways[0].text == "The label of globulol says it is for sleep trouble."
    part = next(s for s in brief.sections if s.id == "approved-uses").sections[0]
    assert part.mark == "On the label"
    assert part.sentences[1].kind == "unknown"
    assert "is approved" not in " ".join(s.text for s in sentences(brief))


def test_restrictions_are_said(brief: Brief) -> None:
    approved = next(s for s in brief.sections if s.id == "approved-uses")
    parts = {p.title: [s.text for s in p.sentences] for p in approved.sections}
    assert parts["Induction of general anesthesia"] == [
        "Somnidol is approved for induction of general anesthesia.",
        "This use is for adults.",
        "It is used along with other treatment.",
        "Labels that list this use: Dreamal (as of 6 July 2026).",
    ]
    assert (
        "It is for people who have had other treatment first, or cannot have it."
        in parts["High blood pressure (hypertension)"]
    )


def test_contraindications_allergies_and_medicines(brief: Brief) -> None:
    said = texts(brief, "not-for")
    assert "It must not be given to people with a history of stroke." in said
    assert "It must not be given during pregnancy." in said
    assert "It must not be given to people with an allergy to somnidol." in said
    assert "It must not be given together with zopidex." in said


def test_a_condition_both_approved_and_ruled_out_is_not_ruled_out_for_all(fake: ModuleType) -> None:
    label = fake.Label(
        "doc-4",
        "tornol",
        "2026-01-01",
        "TORN",
        "TORN",
        indications_and_usage="For active gout.",
        contraindications="Not for gout in pregnancy.",
    )
    label.says("indications_and_usage", "active gout", "indication", relation="treat")
    label.says("contraindications", "gout", "contraindication")
    brief = compile(
        fake.FakeKnowledge([Medicine(id="tornol", name="tornol")], [label.document], label.statements),
        "tornol",
    )
    said = texts(brief, "not-for")
    assert "The labels rule it out for some people with gout, though it is approved for others." in said
    everything = " ".join(s.text for s in sentences(brief)) + " ".join(q.question for q in brief.faq)
    assert "given to people with gout" not in everything
    assert "Can people with gout" not in everything


def test_figures_and_times(brief: Brief) -> None:
    assert texts(brief, "onset") == [
        "Given into a vein (intravenous), it starts to work within 30 seconds.",
        "The effect lasts 5 to 10 minutes.",
    ]
    effects = texts(brief, "side-effects")
    assert (
        "Nausea: about 19 in 100 people (19%), "
        "and about 9 in 100 people (9%) with a dummy medicine (placebo)." in effects
    )
    assert "Itching (pruritus): about 4 in 1,000 people (0.4%)." in effects
    assert "Serious side effects on the labels include fainting (syncope)." in effects


def test_legal_status(brief: Brief) -> None:
    assert brief.schedule == "CIII"
    assert any("controlled substance, Schedule III" in t for t in texts(brief, "legal-status"))


def test_the_uses_of_a_neighbour_are_asked_for_and_not_taken_over(brief: Brief) -> None:
    asked = {q.question: q.answer for q in brief.faq}
    answer = asked["Can somnidol be used for treatment-resistant depression?"]
    assert [s.kind for s in answer] == ["unknown", "fact"]
    assert (
        answer[1].text == "Somnidolex, a different medicine, is approved for treatment-resistant depression."
    )
    reference = brief.references[answer[1].refs[0] - 1]
    assert reference.document == "doc-2"


def test_the_questions(brief: Brief) -> None:
    assert [q.question for q in brief.faq] == [
        "What conditions does somnidol treat?",
        "How quickly does somnidol work?",
        "What are common side effects of somnidol?",
        "Is somnidol safe for everyone?",
        "How is somnidol given?",
        "Can somnidol be used for major depression (major depressive disorder)?",
        "Can people with a tumor of the adrenal gland (pheochromocytoma) have somnidol?",
        "Can people with a history of stroke have somnidol?",
        "Can somnidol be used for treatment-resistant depression?",
        "Can somnidol be used in pregnancy?",
        "What is the legal status of somnidol?",
    ]


def test_uses_carry_status_rule_and_date(brief: Brief) -> None:
    found = {(u.condition["id"], u.status): u for u in brief.uses}
    use = found["C:1", "approved"]
    assert (use.rule, use.as_of, use.restrictions.after_failure) == ("approved.label", "2026-07-06", True)
    assert use.condition == {"id": "C:1", "name": "hypertension"}
    assert use.refs
    assert found["C:3", "not_indicated"].refs


def test_without_documents_there_are_no_quotes(fake: ModuleType) -> None:
    knowledge = fake.somnidol()
    knowledge._quotes = False
    brief = compile(knowledge, "somnidol")
    assert {r.quote for r in brief.references} == {None}
    assert texts(brief, "references")[-1].startswith("The words of each passage are shown here once")


def test_of_a_medicine_with_no_facts_everything_is_unknown(fake: ModuleType) -> None:
    knowledge = fake.FakeKnowledge([Medicine(id="nihilol", name="nihilol")], [], [])
    brief = compile(knowledge, "nihilol")
    assert [s.id for s in brief.sections] == SECTION_IDS
    assert not brief.references
    assert {s.kind for s in sentences(brief)} == {"unknown", "advice"}
    assert "Nothing was found in the labels read here on how quickly nihilol works." in texts(brief, "onset")


def test_an_unknown_id_is_refused(fake: ModuleType) -> None:
    with pytest.raises(UnknownMedicineError) as caught:
        compile(fake.somnidol(), "somnidoll")
    assert caught.value.name == "somnidoll"


def test_the_same_knowledge_gives_the_same_brief(brief: Brief, fake: ModuleType) -> None:
    assert compile(fake.somnidol(), "somnidol") == brief


DOSING = re.compile(
    r"\b(?:take|use|give|inject|apply|swallow)\s+(?:\d|one|two|half|an? (?:tablet|capsule|dose))"
    r"|\b(?:stop|start|begin|continue|increase|decrease|change)\s+(?:taking|using|your dose|the dose)"
    r"|\d\s*(?:mg|mcg|tablets?)\b",
    re.IGNORECASE,
)


def test_no_sentence_advises_a_dose_or_to_start_or_stop(brief: Brief) -> None:
    assert DOSING.search("take 2 tablets")
    assert [s.text for s in sentences(brief) if DOSING.search(s.text)] == []
