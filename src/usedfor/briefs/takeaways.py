"""The four to seven sentences a reader in a hurry gets."""

from __future__ import annotations

from usedfor.briefs.draft import Line, advice, fact, unknown
from usedfor.briefs.gather import Dossier
from usedfor.briefs.questions import effects_lines, ruled_out_line, use_sentences
from usedfor.briefs.sections import effects, given, legal, studied
from usedfor.briefs.sections.uses import none_line
from usedfor.briefs.wording import listed, say

LEAST, MOST = 4, 7
_USES_NAMED = 3


def takeaways(dossier: Dossier) -> list[Line]:
    """What it is for first, then the warnings, then what it is; the last sentence says whom to ask."""
    approved = use_sentences(dossier, dossier.approved, _USES_NAMED)[:3]
    if approved:
        first = approved[0]
        approved[0] = Line(_named(first.text, dossier.name), first.spans)
    uses = approved or [none_line(dossier)]
    boxed = effects.boxed_line(dossier, "takeaway.boxed", 4)
    warned = next(
        iter(effects.topics_lines(dossier, dossier.cautions["warning"][:3], "takeaway.warn", short=True)),
        None,
    )
    about = [
        boxed or warned,
        _off_label(dossier),
        None if dossier.labelled else _studied(dossier),
        *effects_lines(dossier, "takeaway.effects", limit=4),
        ruled_out_line(dossier, "takeaway.not_for", "takeaway.not_for_states", 3),
        _legal(dossier),
    ]
    found = [line for line in about if line][: MOST - 1 - len(uses)]
    route = given.routes_line(dossier, "takeaway.given")
    if route and len(uses) + len(found) < MOST - 1:
        found.insert(0, route)
    for missing in ("given.unknown", "effects.unknown", "legal.unknown_type"):
        if len(uses) + len(found) < LEAST - 1:
            found.append(unknown(say(missing, name=dossier.name)))
    return [*uses, *found, advice(say("takeaway.ask"))]


def _named(text: str, name: str) -> str:
    """The first sentence names the medicine instead of "It"."""
    if text.startswith("It "):
        return say("takeaway.named", name=name, rest=text.removeprefix("It "))
    return say("takeaway.named_label", name=name, rest=text.removeprefix("Its label ")) if name else text


def _off_label(dossier: Dossier) -> Line | None:
    supported = [
        u
        for u in dossier.studied(("off_label_supported",))
        if sum(e.direction == "for" for e in u.evidence) > 1
    ][:2]
    words = listed(studied.use_words(dossier, u) for u in supported)
    spans = [span for u in supported for span in studied.use_spans(dossier, u, 2)]
    return fact(say("takeaway.off_label", uses=words), spans) if supported else None


def _studied(dossier: Dossier) -> Line | None:
    """Of a medicine without a label: what it is studied for most."""
    found = dossier.studied(("off_label_supported", "off_label_uncertain", "investigational"))
    found = found[:_USES_NAMED]
    words = listed(studied.use_words(dossier, u) for u in found)
    spans = [span for u in found for span in studied.use_spans(dossier, u, 1)]
    return fact(say("takeaway.studied", uses=words), spans) if found else None


def _legal(dossier: Dossier) -> Line | None:
    controlled = legal.short_schedule_line(dossier)
    if controlled and legal.schedule(dossier)[0] != "none":
        return controlled
    return legal.short_type_line(dossier)
