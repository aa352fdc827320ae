"""How quickly it works and how long it lasts, for each route or use the labels name."""

from __future__ import annotations

from usedfor.briefs.draft import Line, Part, fact, unknown
from usedfor.briefs.gather import Dossier
from usedfor.briefs.places import route_words, time_words
from usedfor.briefs.sections.base import part
from usedfor.briefs.tidy import shown_as_quote, tidy
from usedfor.briefs.wording import say, table
from usedfor.model import Statement

_SHOWN = 6


def section(dossier: Dossier) -> Part:
    """The section ``onset``."""
    found = part("onset", dossier)
    found.add(*(onset_lines(dossier) or [unknown(say("onset.unknown", name=dossier.name))]))
    found.add(*(_lines(dossier, "duration") or [unknown(say("onset.unknown_duration"))]))
    return found


def onset_lines(dossier: Dossier, limit: int = _SHOWN) -> list[Line]:
    """One line for each route or use with a time to effect, the newest label's first."""
    return _lines(dossier, "onset")[:limit]


def _lines(dossier: Dossier, kind: str) -> list[Line]:
    groups: dict[str, list[Statement]] = {}
    for statement in dossier.found(kind):
        groups.setdefault(_sentence(kind, statement), []).append(statement)
    lines = [fact(text, dossier.spans_of(group)) for text, group in groups.items()]
    return [line for line in lines if line][:_SHOWN]


def _sentence(kind: str, statement: Statement) -> str:
    time = time_words(statement.figures, "in" if kind == "onset" else "")
    lead = _lead(statement.topic)
    name = f"onset.{kind}{'' if time else '_words'}{'_for' if lead else ''}"
    return say(name, time=time or "", words=shown_as_quote(statement.text), for_=lead or "")


def _lead(topic: str | None) -> str | None:
    """ "given into a vein (intravenous)" for a route, "for depression" for a use."""
    if not topic:
        return None
    if topic.casefold() in table("places")["routes"]:
        return f"given {route_words(topic)}"
    return f"for {tidy(topic)}"
