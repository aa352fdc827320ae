"""Knowledge, medicine -> Brief. Sections are drafted, then spans get numbers in reading order."""

from __future__ import annotations

from usedfor.briefs.draft import Line, Numbering, Part, fact, unknown
from usedfor.briefs.evidence import STUDIED
from usedfor.briefs.further import further_reading
from usedfor.briefs.gather import Dossier, Facts, gather
from usedfor.briefs.naming import full_name
from usedfor.briefs.places import schedule_words
from usedfor.briefs.questions import Asked, questions
from usedfor.briefs.sections import SECTIONS
from usedfor.briefs.sections.given import routes
from usedfor.briefs.sections.legal import schedule
from usedfor.briefs.sections.studied import use_spans
from usedfor.briefs.takeaways import takeaways
from usedfor.briefs.tidy import tidy
from usedfor.briefs.wording import date_words, distinct, say
from usedfor.errors import UnknownMedicineError
from usedfor.model import Brief, BriefSection, BriefUse, Link, Question, Use


def compile(knowledge: Facts, medicine_id: str) -> Brief:
    """The brief of the medicine with this id.

    The same knowledge gives the same brief. Every fact in it has at least one reference. Raises
    :class:`~usedfor.errors.UnknownMedicineError` for an id that is not there.
    """
    medicine = knowledge.medicine(medicine_id)
    if medicine is None:
        raise UnknownMedicineError(f"no medicine has the id {medicine_id!r}", name=medicine_id)
    dossier = gather(knowledge, medicine)
    opening = takeaways(dossier)
    parts = [make(dossier) for make in SECTIONS]
    asked = questions(dossier)

    numbering = Numbering(dossier.document, knowledge.quote)
    first = numbering.sentences(opening)
    sections = [numbering.section(part) for part in parts]
    answers = tuple(_question(a, numbering) for a in asked)
    sections.append(_faq(answers, dossier))
    uses = tuple(_use(u, dossier, numbering) for u in dossier.uses)
    sections.append(numbering.section(_references(dossier, numbering)))
    name = full_name(medicine)
    code, _ = schedule(dossier)
    return Brief(
        title=say("title.page", name=name),
        as_of={
            "labels": max((d.effective for d in dossier.documents.values()), default=""),
            **{kind: dossier.as_of[kind] for kind in ("trials", "papers") if kind in dossier.as_of},
        },
        medicine=medicine,
        classes=tuple(distinct(tidy(s.text) for s in dossier.found("class") if s.topic == "epc")),
        routes=tuple(routes(dossier)),
        schedule=code if code and schedule_words(code) else None,
        takeaways=first,
        contents=tuple(Link(title=s.title, url=f"#{s.id}") for s in sections),
        sections=tuple(sections),
        uses=uses,
        faq=answers,
        references=tuple(numbering.references()),
        further_reading=further_reading(name),
    )


def _question(asked: Asked, numbering: Numbering) -> Question:
    return Question(question=asked.question, answer=numbering.sentences(asked.answer))


def _faq(answers: tuple[Question, ...], dossier: Dossier) -> BriefSection:
    """The same questions as a section, so that the page and its contents have them in their place."""
    inner = tuple(
        BriefSection(id=f"faq-{i}", title=a.question, sentences=a.answer)
        for i, a in enumerate(answers, start=1)
    )
    return BriefSection(id="faq", title=say("section.faq", name=dossier.name), sections=inner)


def _use(use: Use, dossier: Dossier, numbering: Numbering) -> BriefUse:
    condition = dossier.condition(use.condition)
    spans = dossier.spans(use.evidence) if use.status not in STUDIED else use_spans(dossier, use, 1)
    return BriefUse(
        condition={"id": use.condition, "name": condition.name if condition else None},
        text=use.text,
        relation=use.relation,
        status=use.status,
        rule=use.rule,
        level=use.level,
        restrictions=use.restrictions,
        refs=numbering.refs(spans),
        as_of=use.as_of,
    )


def _references(dossier: Dossier, numbering: Numbering) -> Part:
    """Says how new the newest cited label is; the references themselves are the brief's own list."""
    cited = sorted(numbering.cited(), key=lambda span: dossier.dated(span.document))
    line: Line | None = None
    if cited:
        newest = cited[-1]
        date = dossier.dated(newest.document)
        line = fact(say("refs.newest", date=date_words(date)), (newest,)) if date else None
    lines = [line or unknown(say("refs.no_label" if cited else "refs.none"))]
    if cited and dossier.facts.quote(cited[0]) is None:
        lines.append(unknown(say("refs.no_quotes")))
    return Part("references", say("section.references"), lines)
