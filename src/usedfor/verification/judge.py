"""Verdicts: a sentence, what the documents say of the same thing, and the rule that holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from usedfor.knowledge import Knowledge
from usedfor.model import Document, quote_hash
from usedfor.verification import combiner
from usedfor.verification.article import Line
from usedfor.verification.cues import has
from usedfor.verification.dossier import Dossier
from usedfor.verification.features import compare, names_route, speaking
from usedfor.verification.kinds import kind_of
from usedfor.verification.results import Checked, Cited, Kind
from usedfor.verification.retrieve import Found, Hit, find
from usedfor.verification.rulebook import Rule, decisive, explaining, rule
from usedfor.verification.stance import claim_stance, stance_of
from usedfor.verification.studied import studied
from usedfor.verification.suggest import suggestion
from usedfor.verification.units import Unit, units
from usedfor.vocabulary import load

__all__ = ["Examined", "Judge"]

_KEPT = 48  # medicines whose labels are kept ready
_CITED = 3
_ACTING = ("mechanism_of_action", "clinical_pharmacology", "description", "indications_and_usage")
_NEAR = 0.6  # of the best score: what else is cited must speak of the thing nearly as much
_QUOTE = 400  # characters of a quote


# ", which can cause cramps": what is said of the disease, not of the medicine
_ASIDE = re.compile(
    r"^(?:Beyond|Besides|Apart from|Aside from|In addition to)\b[^,.;]{0,120}, |, (?:which|a (?:condition|disease|disorder)) (?:can|may|often|usually|causes?|affects?|that|is a)\b[^,.;]{0,120}",  # noqa: E501
    re.I,
)


@dataclass(slots=True)
class Examined:
    """A claim's comparison with its evidence, before the verdict."""

    kind: Kind
    units: tuple[Unit, ...]
    found: Found | None
    figures: dict[str, float]


class Judge:
    """Judges sentences against one snapshot."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.dossier = lru_cache(maxsize=_KEPT)(self._dossier)

    def _dossier(self, medicine: str) -> Dossier | None:
        found = self.knowledge.medicine(medicine)
        return Dossier(self.knowledge, found) if found else None

    def examine(self, text: str, dossier: Dossier, name: str | None = None, context: str = "") -> Examined:
        """Compare a claim with what the documents of its medicine say. ``context``: the heading or question
        above it, whose condition is meant where the claim names none."""
        medicine = dossier.medicine
        own = (medicine.id, *medicine.ingredients)
        text = _ASIDE.sub("", text)
        parts = units(text, dossier.names, load().medicines.in_text, own)
        uses = dossier.conditions.get("approved", frozenset()) | dossier.conditions.get(
            "not_indicated", frozenset()
        )
        kind = kind_of(text, parts, uses)
        documents = dossier.chosen(text, name)
        deciding = claim_stance(text) in ("allow", "forbid", "unproven")
        asked = parts
        if context and not any(u.kind == "condition" for u in parts):
            above = units(context, dossier.names, load().medicines.in_text, own)
            asked = (*parts, *(u for u in above if u.kind == "condition"))
        if not asked:
            return Examined(kind, parts, None, {})
        founds = [
            find(dossier.index(d), asked, kind, deciding=deciding, own=dossier.conditions.get("approved", ()))
            for d in documents
        ]
        best = max(founds, key=lambda f: f.hits[0].score if f.hits else -1.0, default=None)
        if best is None:
            return Examined(kind, parts, None, {})
        figures = compare(text, kind, best, dossier.facts(asked, documents))
        return Examined(kind, asked, best, figures)

    def sentence(self, id: str, line: Line, name: str | None = None, suggest: bool = False) -> Checked:
        """The verdict on a sentence; ``name`` is what the reader called its medicine; ``suggest``: with a
        corrected one where that is called for."""
        if line.text.endswith("?"):
            return _checked(id, line, None, None, rule("no_claim.question"))
        if line.kind == "heading":
            return _checked(id, line, None, None, rule("no_claim.heading"))
        if line.medicine is None:
            held = rule("not_found.medicine") if name else rule("no_claim.no_medicine")
            return _checked(id, line, name, None, held)
        dossier = self.dossier(line.medicine)
        if dossier is None or not dossier.labels:
            return _checked(id, line, name or line.medicine, None, rule("not_found.medicine"))
        called = dossier.medicine.name
        seen = self.examine(line.text, dossier, name, line.context)
        if not seen.figures:
            return _checked(id, line, called, None, rule("no_claim.no_content"))
        held = _decide(seen.figures)
        moved = studied(self.knowledge, dossier, seen, line.text, held, self.dossier)
        if moved is not None:
            return self._offered(
                _checked(id, line, called, seen.kind, moved.rule, moved.evidence, moved.why),
                dossier,
                seen,
                suggest,
            )
        attributed = has("advice", "attributed", line.text.lower())
        if attributed and held.verdict in ("contradicted", "overstated"):
            held = rule("no_claim.attributed")
        evidence = _evidence(seen, held) if held.verdict not in ("not_found", "no_claim") else ()
        if not evidence and held.verdict not in ("not_found", "no_claim"):
            held = rule("not_found.weighed")  # a verdict rests on a place, or is none
        return self._offered(
            _checked(id, line, called, seen.kind, held, evidence, attributed=attributed),
            dossier,
            seen,
            suggest,
        )

    @staticmethod
    def _offered(found: Checked, dossier: Dossier, seen: Examined, suggest: bool) -> Checked:
        if not suggest:
            return found
        return msgspec.structs.replace(found, suggestion=suggestion(found, dossier, seen.units))


def _decide(figures: dict[str, float]) -> Rule:
    """The first rule that decides, else the rule that explains what the weighing of all figures gave."""
    first = decisive(figures)
    if first is not None:
        return first
    return explaining(combiner.weigh(combiner.load(), figures), figures)


def _checked(
    id: str,
    line: Line,
    medicine: str | None,
    kind: Kind | None,
    held: Rule,
    evidence: Sequence[Cited] = (),
    why: str | None = None,
    attributed: bool = False,
) -> Checked:
    return Checked(
        id=id,
        text=line.text,
        start=line.start,
        end=line.end,
        verdict=held.verdict,
        kind=kind if held.verdict != "no_claim" else None,
        medicine=medicine,
        rule=held.id,
        why=why or held.why,
        evidence=tuple(evidence),
        attributed=attributed,
        block=line.block,
        role=line.kind,
    )


def _evidence(seen: Examined, held: Rule) -> tuple[Cited, ...]:
    """The places a verdict rests on: those that say what the rule says first, each section once."""
    found = seen.found
    assert found is not None
    hits = list(found.hits)
    if held.id.startswith("age."):
        from usedfor.verification.groups import deciding_passages

        rows = [p for p, named in deciding_passages(found) if p.section == "pediatric_use" or named]
        rows.sort(key=lambda p: (p.section != "pediatric_use" or not p.says("not_established"), p.n))
        hits = [Hit(p, frozenset(), found.hits[0].score if found.hits else 1.0) for p in rows[:4]] + hits
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
