"""Verdicts: a sentence, what the documents say of the same thing, and the rule that holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from usedfor.knowledge import Knowledge
from usedfor.verification import combiner
from usedfor.verification.article import Line
from usedfor.verification.cues import has
from usedfor.verification.dossier import Dossier
from usedfor.verification.evidence import evidence
from usedfor.verification.features import compare
from usedfor.verification.kinds import kind_of
from usedfor.verification.results import Checked, Cited, Kind
from usedfor.verification.retrieve import Found, find
from usedfor.verification.rulebook import Rule, decisive, explaining, rule
from usedfor.verification.stance import claim_stance
from usedfor.verification.studied import studied
from usedfor.verification.suggest import suggestion
from usedfor.verification.units import Unit, units
from usedfor.vocabulary import load

__all__ = ["Examined", "Judge"]

_UNPLACED = ("not_found", "no_claim")  # verdicts that rest on no place
_KEPT = 48  # medicines whose labels are kept ready


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
    text: str = ""


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
        parts = units(text, dossier.names | dossier.figures, load().medicines.in_text, own)
        uses = dossier.conditions.get("approved", frozenset()) | dossier.conditions.get(
            "not_indicated", frozenset()
        )
        kind = kind_of(text, parts, uses, dossier.conditions.get("reaction", frozenset()))
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
        return Examined(kind, asked, best, figures, text)

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
        if not _about(line, dossier):
            return _checked(id, line, called, None, rule("no_claim.not_about"))
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
        found = seen.found
        places = evidence(found, seen.text, held) if found and held.verdict not in _UNPLACED else ()
        if not places and held.verdict not in _UNPLACED:
            held = rule("not_found.weighed")  # a verdict rests on a place, or is none
        return self._offered(
            _checked(id, line, called, seen.kind, held, places, attributed=attributed),
            dossier,
            seen,
            suggest,
        )

    @staticmethod
    def _offered(found: Checked, dossier: Dossier, seen: Examined, suggest: bool) -> Checked:
        if not suggest:
            return found
        return msgspec.structs.replace(found, suggestion=suggestion(found, dossier, seen.units))


# What refers to the medicine without its name, and what speaks to the reader or of the page itself.
_REFERS = re.compile(
    r"\b(?:it|its|they|them|their|this|these|those|the (?:drug|medicine|medication|treatment|product|tablets?|capsules?|pills?|injections?|infusions?|shots?|cream|inhaler|drops|patch|patches|spray|dose|label)|"  # noqa: E501
    r"side[- ]effects?|reactions?|onset|suitable|infusions?|approv\w+|indicat\w+|contraindicat\w+|dos(?:e|es|age|ing)|overdose|interact\w*|taking|taken|given|prescribed|used (?:for|to|in|as|by))\b",  # noqa: E501
    re.I,
)
_DUMMY = re.compile(r"\b(?:makes?|finds?|keeps?|thinks?) it \w+|\bit (?:is|can be|may be) (?:fine|good|hard|easy|important|worth|normal|best|wise|helpful|natural|vital|essential|imperative)\b", re.I)  # fmt: skip  # noqa: E501
_READER = re.compile(r"\b(?:you|your|yours|we|our|us|i|my|please)\b", re.I)


def _about(line: Line, dossier: Dossier) -> bool:
    """Whether a sentence speaks of its medicine at all. Where a passage comes with its medicine, it has to
    name it or to refer to it; on a page a sentence does so by its place, unless it turns to the reader."""
    if line.named or line.kind != "paragraph" or dossier.named_in(line.text):
        return True
    if line.alone:
        text = _DUMMY.sub(" ", line.text)
        if _MEANS.search(text):
            return True
        return _REFERS.search(text) is not None and _READER.search(text) is None
    return _REFERS.search(line.text) is not None or _READER.search(line.text) is None


_MEANS = re.compile(
    r"\b(?:it|its|they|this (?:drug|medicine|medication|treatment|product|\w+)|these (?:tablets|capsules|drops|\w+)|the (?:drug|medicine|medication|product|label|tablets?|capsules?|pills?|injections?|infusions?|shots?|cream|inhaler|drops|patch|patches|spray))\b",  # noqa: E501
    re.I,
)


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
