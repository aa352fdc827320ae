"""Uses outside the label, and uses being studied: how sure, what for and against, what is under way."""

from __future__ import annotations

from collections.abc import Sequence

from usedfor.briefs.draft import Line, Part, advice, fact, unknown
from usedfor.briefs.evidence import Item, Tally, items, tally
from usedfor.briefs.gather import Dossier
from usedfor.briefs.naming import display_name
from usedfor.briefs.places import status_words
from usedfor.briefs.sections.base import part, sub
from usedfor.briefs.wording import capital, listed, say, table
from usedfor.model import Span, Use

__all__ = ["emerging", "off_label", "status_line", "sure_line", "use_spans", "use_words"]

_SHOWN = 10  # uses with a part of their own
_TAIL = 30  # uses that are only named after them
_IN_A_SENTENCE = 6
_REFS = 5


def off_label(dossier: Dossier) -> Part:
    """The section ``off-label-uses``: what studies report on, and what labels no longer list."""
    found = part("off-label-uses", dossier)
    if not dossier.trials_read:
        found.add(unknown(say("off.label_only", name=dossier.name)), advice(say("off.ask")))
        return found
    uses = dossier.studied(("off_label_supported", "off_label_uncertain", "not_effective"))
    withdrawn = [u for u in dossier.uses if u.status == "withdrawn"]
    if not uses and not withdrawn:
        found.add(unknown(say("off.none", name=dossier.name)))
    else:
        found.add(unknown(say("off.lead")))
    found.add(*_related(dossier))
    _add(dossier, found, uses)
    for use in withdrawn:
        words = use_words(dossier, use)
        spans = dossier.spans(use.evidence) + dossier.spans_against(use)
        inner = sub(found, capital(words), status_words("withdrawn"))
        inner.add(fact(say("off.withdrawn", name=dossier.name, use=words), spans))
    found.add(advice(say("off.ask")))
    return found


def emerging(dossier: Dossier) -> Part:
    """The section ``emerging-uses``: registered trials without results."""
    found = part("emerging-uses", dossier)
    if not dossier.trials_read:
        found.add(unknown(say("emerging.label_only", name=dossier.name)))
        return found
    uses = dossier.studied(("investigational",))
    found.add(unknown(say("emerging.lead" if uses else "emerging.none", name=dossier.name)))
    _add(dossier, found, uses)
    return found


def _add(dossier: Dossier, found: Part, uses: Sequence[Use]) -> None:
    for use in uses[:_SHOWN]:
        inner = sub(found, capital(use_words(dossier, use)), status_words(use.status))
        inner.studies = items(use, dossier.statements, dossier.studies)
        inner.add(*_lines(dossier, use))
    rest = uses[_SHOWN : _SHOWN + _TAIL]
    for start in range(0, len(rest), _IN_A_SENTENCE):
        some = rest[start : start + _IN_A_SENTENCE]
        words = listed((use_words(dossier, u) for u in some), limit=_IN_A_SENTENCE)
        found.add(fact(say("off.also", uses=words), [s for u in some for s in use_spans(dossier, u, 1)]))
    if len(uses) > _SHOWN + _TAIL:
        found.add(unknown(say("off.left", count=len(uses) - _SHOWN - _TAIL)))


def use_words(dossier: Dossier, use: Use) -> str:
    """The condition's name for a reader: studies word it in many ways."""
    condition = dossier.condition(use.condition)
    return dossier.condition_words(condition.name if condition else use.text, use.condition)


def use_spans(dossier: Dossier, use: Use, limit: int = _REFS) -> tuple[Span, ...]:
    """Where its studies name it: for and against first."""
    return tuple(i.span for i in items(use, dossier.statements, dossier.studies))[:limit]


def status_line(dossier: Dossier, use: Use) -> Line | None:
    """What can be said of the use in one sentence."""
    rule = use.rule.replace(".", "_")
    if use.status == "off_label_supported" and sum(e.direction == "for" for e in use.evidence) == 1:
        rule = "off_label_supported_one"
    if use.status == "investigational" and "level.people" in use.reasons:
        rule = "investigational_people"
    text = say(f"studied.{rule}", name=dossier.name, use=use_words(dossier, use))
    return fact(text, use_spans(dossier, use))


def sure_line(dossier: Dossier, use: Use) -> Line | None:
    """How sure one can be, by the kind of studies, and why not more."""
    if use.level is None:
        return None
    reasons = [table("sentences")["reason"][r.partition(".")[2]] for r in use.reasons]
    text = say("studied.sure_why" if reasons else "studied.sure", level=use.level, why=listed(reasons))
    return fact(text, use_spans(dossier, use))


def _lines(dossier: Dossier, use: Use) -> list[Line | None]:
    found = items(use, dossier.statements, dossier.studies)
    counted = tally(found)
    spans = [i.span for i in found][:_REFS]
    sides = {side: [i for i in found if i.side == side] for side in ("for", "against", "neutral")}
    lines = [status_line(dossier, use), sure_line(dossier, use)]
    if counted.trials or counted.papers:
        newest = {"year": counted.newest} if counted.newest else {}
        sentence = "studied.counts_newest" if newest else "studied.counts"
        lines.append(fact(say(sentence, studies=_read(counted), **newest), spans))
    if 1 < counted.counted < counted.people:  # a few trials give a size of none or one
        text = say("studied.people", studies=str(counted.counted), people=f"{counted.people:,}")
        lines.append(fact(text, spans))
    for side in ("for", "against"):
        lines.append(_side(f"studied.{side}", sides[side]))
    if use.status != "investigational":  # the sentence on its status says that there are no results
        neutral = [i.span for i in sides["neutral"]][:_REFS]
        for name, count in (("unclear", counted.unclear), ("unreported", counted.unreported)):
            if count:
                lines.append(fact(say(f"studied.{name}", studies=_studies(count)), neutral))
    if counted.under_way:
        lines.append(fact(say("studied.under_way", trials=_many(counted.under_way, "trial")), spans))
    if counted.stopped:
        lines.append(fact(say("studied.stopped", trials=_many(counted.stopped, "trial")), spans))
    if counted.unsafe:
        lines.append(fact(say("studied.unsafe", trials=_many(counted.unsafe, "trial")), spans))
    if counted.retracted:
        lines.append(fact(say("studied.retracted", papers=_many(counted.retracted, "paper")), spans))
    return lines


def _side(sentence: str, some: Sequence[Item]) -> Line | None:
    return fact(say(sentence, studies=_studies(len(some))), [i.span for i in some][:_REFS]) if some else None


def _read(counted: Tally) -> str:
    """What was read: ``9 trials (2 in phase 4) and 3 papers``."""
    words = table("sentences")["phase"]
    phases = listed(f"{count} in {words.get(phase, phase)}" for phase, count in counted.phases)
    trials = _many(counted.trials, "trial") + (f" ({phases})" if phases else "") if counted.trials else ""
    papers = _many(counted.papers, "paper") if counted.papers else ""
    return " and ".join(p for p in (trials, papers) if p)


def _studies(count: int) -> str:
    return _many(count, "study", "studies")


def _many(count: int, one: str, several: str = "") -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"


def _related(dossier: Dossier) -> list[Line | None]:
    """A medicine whose name holds this one's, or the other way round: its studies are its own."""
    lines: list[Line | None] = []
    for id in dossier.medicine.related:
        other = dossier.facts.medicine(id)
        if other and (other.name in dossier.medicine.name or dossier.medicine.name in other.name):
            lines.append(unknown(say("off.related", name=dossier.name, other=display_name(other))))
    return lines
