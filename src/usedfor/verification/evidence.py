"""The places a verdict rests on."""

from __future__ import annotations

import re

from usedfor.model import Document, quote_hash
from usedfor.verification.acting import names_route, required
from usedfor.verification.features import speaking
from usedfor.verification.figures import intervals
from usedfor.verification.groups import deciding_passages, group_passages
from usedfor.verification.results import Cited
from usedfor.verification.retrieve import Found, Hit
from usedfor.verification.rulebook import Rule
from usedfor.verification.stance import stance_of

__all__ = ["cited", "evidence"]

_CITED = 3
_ACTING = ("mechanism_of_action", "clinical_pharmacology", "description", "indications_and_usage")
_NEAR = 0.5  # of the best score: what else is cited must speak of the thing nearly as much
_QUOTE = 400  # characters of a quote


def evidence(found: Found, text: str, held: Rule) -> tuple[Cited, ...]:
    """The places a verdict rests on: those that say what the rule says first, each section once."""
    hits = list(found.hits)
    if held.id.startswith("age."):
        rows = [p for p, named in deciding_passages(found) if p.section == "pediatric_use" or named]
        rows.sort(key=lambda p: (p.section != "pediatric_use" or not p.says("not_established"), p.n))
        hits = [Hit(p, frozenset(), found.hits[0].score if found.hits else 1.0) for p in rows[:4]] + hits
    elif held.id.startswith("schedule."):
        hits = _scheduled(found) + hits
    elif held.id == "route.required":
        asking = required(text, found)
        hits = ([Hit(asking, frozenset(), hits[0].score if hits else 1.0)] if asking else []) + hits
    elif held.id in ("figure.course", "figure.over", "figure.other_interval"):
        hits = _dosing(found) + hits
    elif held.id == "use.denied_group":
        base = found.hits[0].score if found.hits else 1.0
        hits = [Hit(p, frozenset(), base) for p in group_passages(text, found)] + hits
    elif held.id.startswith("mechanism."):
        acts = [n for section in _ACTING for n in found.index.by_section(section)[:1]]
        hits += [Hit(found.index.passages[n], frozenset(), 0.0) for n in acts if not hits][:1]
    elif held.id.startswith("route."):
        hits = _given(found) + hits
    elif held.id.startswith("stance."):
        wanted = {"contradicted": ("forbid", "unproven"), "supported": ("forbid", "allow")}.get(
            held.verdict, ("caution",)
        )
        about = {id(h) for h in speaking(found)}
        hits.sort(key=lambda h: not (id(h) in about and stance_of(found, h) in wanted))
    elif held.id.startswith(("restriction.", "scope.", "use.", "approval.")):
        hits.sort(key=lambda h: h.passage.section != "indications_and_usage")
        if hits and hits[0].passage.section != "indications_and_usage":
            hits = _uses(found) + hits
    if held.id in (
        "use.labelled",
        "approval.labelled",
    ):  # what the use stands in says it; nothing else is needed
        hits = hits[:1]
    chosen: list[Hit] = []
    best = max((h.score for h in hits), default=0.0)
    for hit in hits:
        if any(hit.passage.section == c.passage.section for c in chosen):
            continue
        if chosen and hit.score < _NEAR * best:
            continue
        chosen.append(hit)
        if len(chosen) == _CITED:
            break
    return tuple(
        cited(
            found.index.document, h.passage.section, h.passage.start, h.passage.text, bool(found.index.texts)
        )
        for h in chosen
    )


def _given(found: Found) -> list[Hit]:
    """The first sentence that tells how it is given."""
    index = found.index
    for section in ("dosage_and_administration", "dosage_forms_and_strengths", "description"):
        for n in index.by_section(section):
            if names_route(index.passages[n].text):
                return [Hit(index.passages[n], frozenset(), found.hits[0].score if found.hits else 1.0)]
    return []


_SCHEDULED = re.compile(r"\bschedule (?:I{1,3}V?|IV|V|[1-5])\b|controlled substance", re.I)


def _scheduled(found: Found) -> list[Hit]:
    """The sentence that gives the schedule."""
    index = found.index
    base = found.hits[0].score if found.hits else 1.0
    for section in ("controlled_substance", "drug_abuse_and_dependence", "abuse", "dependence"):
        for n in index.by_section(section):
            if _SCHEDULED.search(index.passages[n].text) and len(index.passages[n].text) > 30:
                return [Hit(index.passages[n], frozenset(), base)]
    return []


def _dosing(found: Found) -> list[Hit]:
    """The first sentence on dosing that gives a time or how often."""
    index = found.index
    base = found.hits[0].score if found.hits else 1.0
    for n in index.by_section("dosage_and_administration"):
        passage = index.passages[n]
        if any(a.dimension == "hours" for a in passage.amounts) or intervals(passage.text):
            return [Hit(passage, frozenset(), base)]
    return []


def _uses(found: Found) -> list[Hit]:
    """The sentence on uses that shares most with the claim, where none is among the best."""
    index = found.index
    held = {at: len(u.ways) for u in found.units for way in u.ways for at in index.holding(way)}
    there = [n for n in index.by_section("indications_and_usage") if n in held] or index.by_section(
        "indications_and_usage"
    )[:1]
    return [Hit(index.passages[n], frozenset(), found.hits[0].score) for n in there[:1]]


def cited(document: Document, section: str, start: int, text: str, here: bool = True) -> Cited:
    """A place in a document, with its quote where the document's text is here."""
    if len(text) > _QUOTE:
        cut = text.rfind(" ", 0, _QUOTE)
        text = text[: cut if cut > 0 else _QUOTE]
    return Cited(
        document=document.id,
        section=section,
        start=start,
        end=start + len(text),
        quote=text if here else None,
        url=document.url,
        sha256=quote_hash(text),
        source=document.source,
        title=document.title,
        date=document.effective,
    )
