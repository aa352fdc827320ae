"""Uses that no label lists: what a related medicine's label, and studies, say of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from usedfor.knowledge import Knowledge
from usedfor.model import Use
from usedfor.verification.cues import has
from usedfor.verification.dossier import Dossier
from usedfor.verification.lexicon import stems
from usedfor.verification.results import Cited
from usedfor.verification.rulebook import Rule, rule

if TYPE_CHECKING:
    from usedfor.verification.judge import Examined

__all__ = ["Moved", "studied"]

_STATUSES = ("off_label_supported", "off_label_uncertain", "investigational", "not_effective")
_SAYS = {
    "off_label_supported": "studies report a benefit",
    "off_label_uncertain": "studies are few, weak or do not agree",
    "investigational": "trials are registered; results are not reported",
    "not_effective": "controlled studies report no benefit",
}


@dataclass(slots=True)
class Moved:
    """A verdict that rests on something other than the medicine's own labels."""

    rule: Rule
    why: str
    evidence: tuple[Cited, ...]


def studied(
    knowledge: Knowledge,
    dossier: Dossier,
    seen: Examined,
    text: str,
    held: Rule,
    other: Callable[[str], Dossier | None],
) -> Moved | None:
    """What moves the verdict on a use that no label of the medicine lists; None: nothing does."""
    if seen.kind not in ("use", "approval") or held.verdict not in ("not_found", "overstated"):
        return None
    asked = {u.id for u in seen.units if u.kind == "condition" and u.id}
    own = dossier.conditions.get("approved", frozenset())
    wanted = {one for one in asked - own if not any(_same(knowledge, mine, {one}) for mine in own)}
    told = [frozenset(stems(use.text)) for use in dossier.uses if use.status == "approved"]
    wanted = {one for one in wanted if not any(_named(one, words) for words in told)}
    if not wanted:
        return None
    low = text.lower()
    tried = has("claim", "tried", low)
    results = has("claim", "results", low) or not tried
    hedged = has("claim", "hedged", low) and not has("claim", "approved", low)
    uses = [u for u in dossier.uses if u.condition in wanted and u.status in _STATUSES]
    for use in sorted(uses, key=lambda u: (_STATUSES.index(u.status), u.id)):
        places = _spans(knowledge, use)
        if places:  # a verdict rests on a place, or is none
            id_ = _weighed(use.status, results, hedged)
            return Moved(
                rule(id_), f"no label lists it; {_SAYS[use.status]}", places if id_ in _RESTS else ()
            )
    if (tried or hedged) and held.verdict == "not_found":
        return None
    for id_ in dossier.medicine.related:
        relative = other(id_)
        for use in relative.uses if relative else ():
            if use.status == "approved" and use.condition and _same(knowledge, use.condition, wanted):
                name = relative.medicine.name if relative else id_
                why = f"no label of {dossier.medicine.name} lists it; only {name}, another medicine, is labelled for {use.text}"  # noqa: E501
                return Moved(rule("use.related_only"), why, _spans(knowledge, use))
    return None


_RESTS = ("use.studies_support", "use.studies_weaker", "use.studies_against")


def _weighed(status: str, results: bool, hedged: bool) -> str:
    """The rule for a claim that it is studied, or (``results``) of what that has shown, plainly or ``hedged``
    ("may"), by the status of the use."""
    if not results:
        return "use.studies_support"
    if status == "not_effective":
        return "use.studies_against"
    if hedged and status == "investigational":
        return "use.studies_open"
    return "use.studies_support" if status == "off_label_supported" or hedged else "use.studies_weaker"


def _named(condition: str, words: frozenset[str]) -> bool:
    """Whether the words of an approved use hold a name of the condition."""
    from usedfor.vocabulary import load

    known = load().conditions.get(condition)
    return known is not None and any(
        frozenset(stems(name)) <= words for name in (known.name, *known.names) if stems(name)
    )


def _same(knowledge: Knowledge, condition: str, wanted: set[str]) -> bool:
    """Whether a use is for one of the conditions, or for a kind of one of them."""
    from usedfor.vocabulary import load

    seen = {condition}
    queue = [condition]
    while queue and len(seen) < 40:
        known = load().conditions.get(queue.pop())
        for parent in known.parents if known else ():
            if parent not in seen:
                seen.add(parent)
                queue.append(parent)
    return bool(seen & wanted)


def _spans(knowledge: Knowledge, use: Use) -> tuple[Cited, ...]:
    from usedfor.verification.evidence import cited

    order = ("against", "for", "neutral") if use.status == "not_effective" else ("for", "neutral", "against")
    ids = [e.statement for way in order for e in use.evidence if e.direction == way][:3]
    statements = knowledge.statements_by_id(ids)
    documents = knowledge.documents({s.span.document for s in statements.values()})
    found = []
    for statement in statements.values():
        document = documents.get(statement.span.document)
        if document is None:
            continue
        text = knowledge.texts(document.id).get(statement.span.section, "")
        quote = text[statement.span.start : statement.span.end]
        found.append(
            cited(
                document, statement.span.section, statement.span.start, quote or statement.text, bool(quote)
            )
        )
    return tuple(found)
