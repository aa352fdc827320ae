"""The Brief as JSON, schema ``usedfor.brief/1``: every field there, null where there is nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from usedfor.model import Brief, BriefSection, BriefUse, Reference, Sentence

SCHEMA = "usedfor.brief/1"


def to_json(brief: Brief) -> str:
    """The brief as indented JSON, ending in a line break."""
    encoded = msgspec.json.encode(to_dict(brief))
    return msgspec.json.format(encoded, indent=2).decode("utf-8") + "\n"


def to_dict(brief: Brief) -> dict[str, Any]:
    """The same as plain dictionaries and lists, in the schema's order."""
    medicine = brief.medicine
    return {
        "schema": SCHEMA,
        "title": brief.title,
        "as_of": brief.as_of,
        "medicine": {
            "id": medicine.id,
            "name": medicine.name,
            "names": [{"name": n.name, "kind": n.kind} for n in medicine.names],
            "ids": medicine.ids,
            "ingredients": list(medicine.ingredients),
            "class": list(brief.classes),
            "routes": list(brief.routes),
            "schedule": brief.schedule,
        },
        "takeaways": sentences(brief.takeaways),
        "contents": [{"id": c.url.removeprefix("#"), "title": c.title} for c in brief.contents],
        "sections": [_section(s) for s in brief.sections],
        "uses": [_use(u) for u in brief.uses],
        "faq": [{"question": q.question, "answer": sentences(q.answer)} for q in brief.faq],
        "references": [reference(r) for r in brief.references],
        "further_reading": [{"title": link.title, "url": link.url} for link in brief.further_reading],
    }


def sentences(found: Iterable[Sentence]) -> list[dict[str, Any]]:
    """SENTENCE of the schema: text, refs, kind."""
    return [{"text": s.text, "refs": list(s.refs), "kind": s.kind} for s in found]


def reference(found: Reference) -> dict[str, Any]:
    """A reference of the schema; ``loinc`` stands in it only where it is known."""
    fields = {
        "n": found.n,
        "source": found.source,
        "document": found.document,
        "version": found.version,
        "date": found.date,
        "title": found.title,
        "section": found.section,
        "start": found.start,
        "end": found.end,
        "sha256": found.sha256,
        "quote": found.quote,
        "url": found.url,
    }
    return fields | ({"loinc": found.loinc} if found.loinc else {})


def _section(section: BriefSection) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": section.title,
        "sentences": sentences(section.sentences),
        "sections": [_section(inner) for inner in section.sections],
    }


def _use(use: BriefUse) -> dict[str, Any]:
    held = use.restrictions
    return {
        "condition": use.condition,
        "text": use.text,
        "relation": use.relation,
        "status": use.status,
        "rule": use.rule,
        "level": use.level,
        "restrictions": {
            "age": held.age,
            "adjunct": held.adjunct,
            "after_failure": held.after_failure,
            "routes": list(held.routes),
            "population": held.population,
        },
        "refs": list(use.refs),
        "as_of": use.as_of,
    }
