"""Questions and texts to check: answered, shown, and not kept."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from usedfor.briefs.render.html import documents, sentences
from usedfor.briefs.render.shape import clean, document_title, safe_url
from usedfor.briefs.wording import capital
from usedfor.errors import UsedForError
from usedfor.web.site import Page, Site
from usedfor.web.templating import render
from usedfor.web.views.texts import rule_path
from usedfor.web.words import words

if TYPE_CHECKING:
    from usedfor.answers import Answer
    from usedfor.model import Sentence
    from usedfor.verification import Report

__all__ = ["LONGEST_QUESTION", "LONGEST_TEXT", "answer_of", "ask", "check", "report_of"]

LONGEST_QUESTION = 500  # characters
LONGEST_TEXT = 200_000
HELP_LINE = "1-800-222-1222"
# Reading a question keeps what it has read of a snapshot: one at a time in a process.
_turn = threading.Lock()

_EXAMPLES = (
    "What is ketamine used for?",
    "Is metformin approved for type 1 diabetes?",
    "What are the side effects of lisinopril?",
)


def answer_of(site: Site, question: str) -> Answer:
    """The answer to a question (INTERFACES: Ask)."""
    from usedfor.answers import answer

    with _turn:
        return answer(site.shared, question)


def ask(site: Site, question: str = "") -> Page:
    """The form, and the answer where there is a question."""
    question = " ".join(question.split())[:LONGEST_QUESTION]
    found = answer_of(site, question) if question else None
    cited: set[int] = set()
    known = (
        found.medicine.id if found and found.medicine and found.medicine.id in site.index.medicines else ""
    )
    return render(
        site,
        "ask.html.j2",
        "/ask",
        title=question or words("ask.title"),
        description=words("ask.lead"),
        index=not question,
        question=question,
        answer=found,
        said_=sentences(_not_said_above(found), cited) if found else [],
        table=found.table if found else None,
        rows=[(r.title, sentences(r.cells, cited)) for r in found.table.rows]
        if found and found.table
        else [],
        documents=documents(found.references, cited) if found else [],
        about=(site.index.names[known], f"/medicines/{known}") if known else None,
        overdose=bool(found and found.intent == "overdose"),
        examples=_EXAMPLES,
        longest=LONGEST_QUESTION,
    )


def _not_said_above(found: Answer) -> list[Sentence]:
    """The answer without the help line, where the page says it already, first and in full."""
    if found.intent != "overdose":
        return list(found.answer)
    return [s for s in found.answer if s.kind != "advice" or HELP_LINE not in s.text]


def report_of(site: Site, text: str, medicine: str = "", name: str = "") -> Report:
    """The verdicts on a text. Raises what :func:`usedfor.verification.check` raises."""
    from usedfor.verification import check as checked

    with _turn:
        return checked(site.shared, text, medicine.strip() or None, name=name)


def check(site: Site, text: str | None = None, medicine: str = "", problem: str = "") -> Page:
    """The form, and the verdicts where there is a text."""
    from usedfor.verification.render.shape import without_texts

    report: Report | None = None
    if text is not None and not problem:
        if not text.strip():
            problem = words("check.empty")
        elif len(text) > LONGEST_TEXT:
            problem = words("check.too_long")
        else:
            try:
                report = report_of(site, text, medicine)
            except UsedForError as error:
                near = getattr(error, "near", ())
                problem = error.message + (
                    f". {words('compare.did_you_mean')}: {', '.join(near)}?" if near else ""
                )
    return render(
        site,
        "check.html.j2",
        "/check",
        title=words("check.title"),
        description=words("check.lead"),
        status=400 if problem else 200,
        problem=problem,
        text=(text or "")[:LONGEST_TEXT] if problem else "",
        medicine=medicine[:200],
        rows=[_row(s) for s in report.sentences] if report else [],
        summary=_summary(report) if report else "",
        without=without_texts(report) if report else None,
        report=report,
    )


def _summary(report: Report) -> str:
    parts = [f"{n} {words(f'check.{verdict}').lower()}" for verdict, n in report.counts.items() if n]
    return words("check.summary", count=len(report.sentences), parts=", ".join(parts))


def _row(sentence: Any) -> dict[str, Any]:
    return {
        "text": clean(sentence.text),
        "verdict": sentence.verdict,
        "verdict_words": words(f"check.{sentence.verdict}"),
        "why": capital(clean(sentence.why)),
        "rule": sentence.rule,
        "rule_path": rule_path(sentence.rule),
        "evidence": [
            {
                "title": document_title(c.title) or c.document,
                "date": c.date,
                "section": c.section,
                "quote": None if c.quote is None else clean(c.quote)[:600],
                "url": safe_url(c.url),
            }
            for c in sentence.evidence[:3]
        ],
        "claims": [
            {
                "text": clean(c.text),
                "verdict_words": words(f"check.{c.verdict}"),
                "why": clean(c.why),
                "rule": c.rule,
                "rule_path": rule_path(c.rule),
            }
            for c in sentence.claims
        ],
    }
