"""Precautions: warnings, then what holds for each group of people, then misuse and dependence."""

from __future__ import annotations

from usedfor.briefs.draft import Line, Part, fact, unknown
from usedfor.briefs.gather import Dossier
from usedfor.briefs.sections.base import part, sub
from usedfor.briefs.sections.effects import topics_lines
from usedfor.briefs.topics import finding_rank, population_finding
from usedfor.briefs.wording import LIST_LIMIT, closed, listed, say, table, with_end
from usedfor.model import Statement

_GROUPS = ("pregnancy", "lactation", "children", "older", "kidney", "liver")
_SHOWN = 4  # findings on one group


def section(dossier: Dossier) -> Part:
    """The section ``precautions``."""
    found = part("precautions", dossier)
    found.add(*(warning_lines(dossier) or [unknown(say("care.unknown_warnings"))]))
    silent = []
    for group in (*_GROUPS, "dependence"):
        lines = dependence_lines(dossier) if group == "dependence" else group_lines(dossier, group)
        if lines:
            sub(found, table("topics")["groups"][group]).add(*lines)
        else:
            silent.append(table("topics")["unknown"][group])
    if silent:
        found.add(unknown(say("care.unknown_groups", groups=listed(silent, limit=len(silent), last="or"))))
    return found


def warning_lines(dossier: Dossier) -> list[Line]:
    """The headings of Warnings and Precautions in plain words, six to a sentence."""
    return topics_lines(
        dossier, dossier.cautions["warning"][: 4 * LIST_LIMIT], "care.warning", "care.warning_more"
    )


def group_lines(dossier: Dossier, group: str, limit: int = _SHOWN) -> list[Line]:
    """What the labels say of one group of people: one sentence for each finding, gravest first."""
    topics: dict[str, list[Statement]] = {}
    for statement in dossier.found("population"):
        if (statement.topic or "").startswith(f"{group}."):
            topics.setdefault(statement.topic or "", []).append(statement)
    lines = []
    for topic in sorted(topics, key=lambda t: finding_rank("populations", t)):
        words, statements = population_finding(topic, topics[topic])
        if words:
            each = [dossier.spans_of(s, 1 if len(statements) > 1 else 3) for s in statements]
            cautions = [c for c in dossier.cautions["population"] if c.topic == topic]
            text = with_end(closed(f"{words}."), dossier.said_of(cautions))
            lines.append(fact(text, [span for spans in each for span in spans]))
    return [line for line in lines if line][:limit]


def dependence_lines(dossier: Dossier) -> list[Line]:
    """What the labels say of abuse, misuse, dependence, withdrawal and tolerance."""
    words = table("topics")["dependence"]
    found: dict[str, list[Statement]] = {}
    for statement in sorted(
        dossier.found("dependence"), key=lambda s: finding_rank("dependence", s.topic or "")
    ):
        if statement.topic in words:
            found.setdefault(words[statement.topic], []).append(statement)
    return _lines(dossier, found)


def _lines(dossier: Dossier, found: dict[str, list[Statement]]) -> list[Line]:
    lines = [fact(closed(f"{words}."), dossier.spans_of(group)) for words, group in found.items()]
    return [line for line in lines if line]
