"""Precautions: warnings, then what holds for each group of people, then misuse and dependence."""

from __future__ import annotations

from usedfor.briefs.draft import Line, Part, fact, unknown
from usedfor.briefs.gather import Dossier
from usedfor.briefs.sections.base import part, sub
from usedfor.briefs.sections.effects import topics_lines
from usedfor.briefs.topics import population_words
from usedfor.briefs.wording import LIST_LIMIT, closed, say, table
from usedfor.model import Caution

_GROUPS = ("pregnancy", "lactation", "children", "older", "kidney", "liver")


def section(dossier: Dossier) -> Part:
    """The section ``precautions``."""
    found = part("precautions", dossier)
    found.add(*(warning_lines(dossier) or [unknown(say("care.unknown_warnings"))]))
    for group in _GROUPS:
        lines = group_lines(dossier, group)
        sub(found, table("topics")["groups"][group]).add(
            *(lines or [unknown(say(f"care.unknown_{group}", name=dossier.name))])
        )
    dependence = dependence_lines(dossier)
    sub(found, table("topics")["groups"]["dependence"]).add(
        *(dependence or [unknown(say("care.unknown_dependence", name=dossier.name))])
    )
    return found


def warning_lines(dossier: Dossier) -> list[Line]:
    """The headings of Warnings and Precautions in plain words, six to a sentence."""
    return topics_lines(
        dossier, dossier.cautions["warning"][: 4 * LIST_LIMIT], "care.warning", "care.warning_more"
    )


def group_lines(dossier: Dossier, group: str) -> list[Line]:
    """What the labels say of one group of people."""
    return _findings(
        dossier, [c for c in dossier.cautions["population"] if (c.topic or "").startswith(f"{group}.")]
    )


def dependence_lines(dossier: Dossier) -> list[Line]:
    """What the labels say of abuse, misuse, dependence, withdrawal and tolerance."""
    words = table("topics")["dependence"]
    lines = []
    for caution in dossier.cautions["dependence"]:
        if caution.topic in words:
            lines.append(fact(closed(f"{words[caution.topic]}."), dossier.spans(caution.evidence)))
    return [line for line in lines if line]


def _findings(dossier: Dossier, cautions: list[Caution]) -> list[Line]:
    lines = []
    for caution in cautions:
        words = population_words(caution.topic or "")
        if words:
            lines.append(fact(closed(f"{words}."), dossier.spans(caution.evidence)))
    return [line for line in lines if line]
