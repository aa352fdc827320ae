"""Legal status: prescription or not, controlled or not, and what a schedule means."""

from __future__ import annotations

from usedfor.briefs.draft import Line, Part, fact, unknown
from usedfor.briefs.gather import Dossier
from usedfor.briefs.places import schedule_words
from usedfor.briefs.sections.base import part
from usedfor.briefs.wording import say, table
from usedfor.model import Span, Statement


def section(dossier: Dossier) -> Part:
    """The section ``legal-status``."""
    found = part("legal-status", dossier)
    found.add(*legal_lines(dossier))
    return found


def legal_lines(dossier: Dossier) -> list[Line]:
    """Prescription or not, then controlled or not."""
    lines = [type_line(dossier) or unknown(say("legal.unknown_type", name=dossier.name))]
    lines.append(schedule_line(dossier) or unknown(say("legal.schedule_none", name=dossier.name)))
    return lines


def schedule(dossier: Dossier) -> tuple[str | None, list[Statement]]:
    """The schedule's code ("CIII", "none" or None) and the statements for it; the newest label decides."""
    statements = dossier.found("schedule")
    codes = [s.topic for s in statements if s.topic and schedule_words(s.topic)]
    if codes:
        code = codes[0]
        return code, [s for s in statements if s.topic == code]
    denied = [s for s in statements if s.topic == "none"]
    return ("none", denied) if denied else (None, [])


def schedule_line(dossier: Dossier) -> Line | None:
    """ "Ketamine is a controlled substance, Schedule III: ..."."""
    code, statements = schedule(dossier)
    if code is None:
        return None
    words = schedule_words(code)
    if words is None:
        return fact(say("legal.schedule_not", name=dossier.name), dossier.spans_of(statements))
    short, meaning = words
    return fact(
        say("legal.schedule", name=dossier.name, schedule=short, meaning=meaning),
        dossier.spans_of(statements),
    )


def short_schedule_line(dossier: Dossier) -> Line | None:
    """The same without what the schedule means."""
    code, statements = schedule(dossier)
    words = schedule_words(code) if code else None
    if words is None:
        return schedule_line(dossier)
    return fact(say("takeaway.controlled", schedule=words[0]), dossier.spans_of(statements))


def product_types(dossier: Dossier) -> dict[str, list[str]]:
    """ "prescription" or "otc" -> the documents filed as such."""
    known = table("places")["products"]
    found: dict[str, list[str]] = {}
    for id, document in sorted(dossier.documents.items()):
        kind = known.get((document.product_type or "").casefold())
        if kind:
            found.setdefault(kind, []).append(id)
    return found


def type_line(dossier: Dossier) -> Line | None:
    """Whether it needs a prescription, by how its labels are filed."""
    types = product_types(dossier)
    if not types:
        return None
    which = "both" if len(types) > 1 else next(iter(types))
    spans = [
        span for ids in types.values() for span in _product_spans(dossier, ids)[: 1 if len(types) > 1 else 2]
    ]
    return fact(say(f"legal.{which}"), spans)


def short_type_line(dossier: Dossier) -> Line | None:
    """ "It is a prescription medicine."; as :func:`type_line` where its labels differ."""
    types, line = product_types(dossier), type_line(dossier)
    if line is None or len(types) > 1:
        return line
    return Line(say("takeaway.rx" if "prescription" in types else "takeaway.otc"), line.spans)


def _product_spans(dossier: Dossier, documents: list[str]) -> tuple[Span, ...]:
    """Where these labels' product data stand, which carry the type."""
    data = [
        s for kind in ("route", "class", "form") for s in dossier.found(kind) if s.span.document in documents
    ]
    listed_data = [s for s in data if s.span.section == "openfda"]
    return dossier.spans_of(listed_data or data)
