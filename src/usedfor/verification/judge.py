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
from usedfor.verification.parts import parts
from usedfor.verification.results import VERDICTS, Checked, Cited, Claim, Kind
from usedfor.verification.retrieve import Found, find
from usedfor.verification.rulebook import Rule, decides, decisive, explaining, rule
from usedfor.verification.stance import claim_stance
from usedfor.verification.studied import studied
from usedfor.verification.suggest import suggestion
from usedfor.verification.units import Unit, units
from usedfor.vocabulary import load

__all__ = ["Examined", "Judge"]

_OF_PRODUCT = ("use", "approval", "route")  # kinds in which products of one medicine differ
_UNPLACED = ("not_found", "no_claim")  # verdicts that rest on no place
_SEEN = 500  # texts whose units are kept
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
        self._seen: dict[tuple[str, str], tuple[Unit, ...]] = {}
        self.dossier = lru_cache(maxsize=_KEPT)(self._dossier)

    def _dossier(self, medicine: str) -> Dossier | None:
        found = self.knowledge.medicine(medicine)
        return Dossier(self.knowledge, found) if found else None

    def examine(self, text: str, dossier: Dossier, name: str | None = None, context: str = "") -> Examined:
        """Compare a claim with what the documents of its medicine say. ``context``: the heading or question
        above it, whose condition is meant where the claim names none."""
        text = _ASIDE.sub("", text)
        own = self._units(text, dossier)
        uses = dossier.conditions.get("approved", frozenset()) | dossier.conditions.get(
            "not_indicated", frozenset()
        )
        kind = kind_of(text, own, uses, dossier.conditions.get("reaction", frozenset()))
        documents = dossier.chosen(text, name)
        deciding = claim_stance(text) in ("allow", "forbid", "unproven")
        asked = own
        if context and not any(u.kind == "condition" for u in own):
            asked = (*own, *(u for u in self._units(context, dossier) if u.kind == "condition"))
        if not asked:
            return Examined(kind, own, None, {})
        founds = [
            find(dossier.index(d), asked, kind, deciding=deciding, own=dossier.conditions.get("approved", ()))
            for d in documents
        ]
        best = max(founds, key=_knowing, default=None)
        if best is None:
            return Examined(kind, own, None, {})
        figures = compare(text, kind, best, dossier.facts(asked, documents))
        return Examined(kind, asked, best, figures, text)

    def sentence(self, id: str, line: Line, name: str | None = None, suggest: bool = False) -> Checked:
        """The verdict on a sentence; ``name`` is what the reader called its medicine; ``suggest``: with a
        corrected one where that is called for."""
        if line.text.endswith("?"):
            return _plain(id, line, None, rule("no_claim.question"))
        if line.kind == "heading":
            return _plain(id, line, None, rule("no_claim.heading"))
        if line.medicine is None:
            held = rule("not_found.medicine") if name else rule("no_claim.no_medicine")
            return _plain(id, line, name, held)
        if line.kind == "cell" and not line.named and len(line.text.split()) < 4:
            return _plain(id, line, name, rule("no_claim.no_content"))
        dossier = self.dossier(line.medicine)
        if dossier is None or not dossier.labels:
            return _plain(id, line, name or line.medicine, rule("not_found.medicine"))
        called = dossier.medicine.name
        if not _about(line, dossier):
            return _plain(id, line, called, rule("no_claim.not_about"))
        seen = self.examine(line.text, dossier, name, line.context)
        if not seen.figures or (
            len(line.text.split()) < 4 and not _names_thing(self._units(line.text, dossier))
        ):
            return _plain(id, line, called, rule("no_claim.no_content"))
        whole = self._judged(line.text, seen, dossier)
        if seen.kind in _OF_PRODUCT and whole.verdict != "no_claim" and dossier.absent_brand(line.text):
            return _plain(id, line, called, rule("not_found.brand"))
        claims = self._claims(line, whole, seen, dossier, name)
        worst = min(claims, key=lambda one: VERDICTS.index(one.verdict)) if claims else whole
        found = _checked(id, line, called, worst, claims, has("advice", "attributed", line.text.lower()))
        if not suggest:
            return found
        return msgspec.structs.replace(found, suggestion=suggestion(found, dossier, seen.units))

    def _judged(self, text: str, seen: Examined, dossier: Dossier, start: int = 0, end: int = 0) -> Claim:
        """The verdict on a claim that was compared with its evidence."""
        held = _decide(seen.figures)
        if seen.found is not None and not seen.found.index.texts and not _by_facts(held, seen.figures):
            held = rule("not_found.facts")
        moved = studied(self.knowledge, dossier, seen, text, held, self.dossier)
        why = held.why
        places: tuple[Cited, ...] = ()
        if moved is not None:
            held, why, places = moved.rule, moved.why, moved.evidence
        else:
            if held.verdict in ("contradicted", "overstated") and has("advice", "attributed", text.lower()):
                held = rule("no_claim.attributed")
            elif seen.found is not None and held.verdict not in _UNPLACED:
                places = evidence(seen.found, seen.text, held)
                if not places:  # a verdict rests on a place, or is none
                    held = rule("not_found.weighed")
            why = held.why
        return Claim(
            kind=seen.kind,
            text=text,
            start=start,
            end=end or len(text),
            verdict=held.verdict,
            rule=held.id,
            why=why,
            evidence=places,
        )

    def _claims(
        self, line: Line, whole: Claim, seen: Examined, dossier: Dossier, name: str | None
    ) -> tuple[Claim, ...]:
        """The claims of a sentence that makes several, each with its verdict; (): it makes one.

        A sentence is taken for one claim where its parts, by themselves, would be judged more kindly than
        the whole (what one says narrows the other), or more harshly without a rule that decides.
        """
        if whole.verdict == "no_claim":
            return ()
        found: list[Claim] = []
        pieces = parts(line.text, self._units(line.text, dossier))
        if len(pieces) < 2:
            return ()
        for part in pieces:
            one = self.examine(part.text, dossier, name, line.context)
            if not one.figures:
                continue
            claim = self._judged(part.text, one, dossier, part.start, part.end)
            if claim.verdict != "no_claim":
                found.append(msgspec.structs.replace(claim, text=line.text[part.start : part.end]))
        if len(found) < 2:
            return ()
        order = VERDICTS.index
        worst = min(found, key=lambda one: order(one.verdict))
        if order(worst.verdict) > order(whole.verdict):
            return ()
        if order(worst.verdict) < order(whole.verdict) and not decides(worst.rule):
            return ()
        return tuple(found)

    def _units(self, text: str, dossier: Dossier) -> tuple[Unit, ...]:
        key = (dossier.medicine.id, text)
        found = self._seen.get(key)
        if found is None:
            own = (dossier.medicine.id, *dossier.medicine.ingredients)
            if len(self._seen) > _SEEN:
                self._seen.clear()
            found = units(text, dossier.names | dossier.figures, load().medicines.in_text, own)
            self._seen[key] = found
        return found


# Rules that rest on what a text does not say, or on its wording: without texts they prove nothing.
_ON_TEXT = ("age.", "mechanism.", "scope.", "restriction.", "figure.", "route.required", "use.line_dropped", "use.subtype_dropped", "use.study_labelled", "stance.degree_denied", "use.denied")  # fmt: skip  # noqa: E501


def _by_facts(held: Rule, figures: dict[str, float]) -> bool:
    """Whether a verdict can rest on facts alone, where the documents' texts are not here."""
    if held.verdict in _UNPLACED:
        return True
    if held.id.startswith(_ON_TEXT):
        return False
    return held.first or (held.verdict == "supported" and figures.get("cover_best", 0.0) >= 0.8)


def _names_thing(found: Sequence[Unit]) -> bool:
    """Whether a condition or another medicine is among the units of a sentence."""
    return any(u.disease or u.kind == "medicine" for u in found)


def _knowing(found: Found) -> tuple[int, float]:
    """How well a document speaks to a claim: how many of its things it has, then its best sentence."""
    there = sum(bool(at) for u, at in zip(found.units, found.places, strict=True) if u.disease)
    return there, found.hits[0].score if found.hits else -1.0


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


def _plain(id: str, line: Line, medicine: str | None, held: Rule) -> Checked:
    """A sentence on which nothing was compared."""
    claim = Claim(
        kind="use", text="", start=0, end=0, verdict=held.verdict, rule=held.id, why=held.why
    )  # its kind is not said
    return msgspec.structs.replace(_checked(id, line, medicine, claim), kind=None)


def _checked(
    id: str,
    line: Line,
    medicine: str | None,
    worst: Claim,
    claims: tuple[Claim, ...] = (),
    attributed: bool = False,
) -> Checked:
    return Checked(
        id=id,
        text=line.text,
        start=line.start,
        end=line.end,
        verdict=worst.verdict,
        kind=worst.kind if worst.verdict != "no_claim" else None,
        medicine=medicine,
        rule=worst.rule,
        why=worst.why,
        evidence=worst.evidence,
        claims=claims,
        attributed=attributed,
        block=line.block,
        role=line.kind,
    )
