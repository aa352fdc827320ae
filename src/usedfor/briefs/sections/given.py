"""How it is given: routes and forms. How much is for a doctor to decide, and stays out."""

from __future__ import annotations

from usedfor.briefs.draft import Line, Part, advice, fact, unknown
from usedfor.briefs.gather import Dossier
from usedfor.briefs.places import routes_words
from usedfor.briefs.sections.base import part
from usedfor.briefs.tidy import tidy
from usedfor.briefs.wording import a_an, listed, say
from usedfor.model import Statement

_SHOWN = 6


def section(dossier: Dossier) -> Part:
    """The section ``how-given``."""
    found = part("how-given", dossier)
    found.add(routes_line(dossier) or unknown(say("given.unknown", name=dossier.name)))
    found.add(_forms(dossier) or unknown(say("given.unknown_form")), advice(say("given.ask")))
    return found


def routes(dossier: Dossier) -> dict[str, list[Statement]]:
    """Route code -> the statements that name it; the routes of most labels first."""
    groups: dict[str, list[Statement]] = {}
    for statement in dossier.found("route"):
        groups.setdefault((statement.topic or tidy(statement.text)).casefold(), []).append(statement)
    return dict(sorted(groups.items(), key=lambda item: (-len({s.span.document for s in item[1]}), item[0])))


def routes_line(dossier: Dossier, sentence: str = "given.routes") -> Line | None:
    """ "Ketamine is given into a vein or into a muscle."."""
    groups = routes(dossier)
    spans = [span for group in list(groups.values())[:_SHOWN] for span in dossier.spans_of(group, 1)]
    return fact(say(sentence, name=dossier.name, routes=routes_words(groups)), spans)


def _forms(dossier: Dossier) -> Line | None:
    groups: dict[str, list[Statement]] = {}
    for statement in dossier.found("form"):
        groups.setdefault(tidy(statement.topic or statement.text), []).append(statement)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[:_SHOWN]
    if not ordered:
        return None
    spans = [span for _, group in ordered for span in dossier.spans_of(group, 1)]
    forms = listed(
        form if form.endswith("s") or form.startswith("for ") else a_an(form) for form, _ in ordered
    )
    return fact(say("given.form", forms=forms), spans)
