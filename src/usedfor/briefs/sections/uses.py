"""Approved uses, one part each."""

from __future__ import annotations

from usedfor.briefs.draft import Line, Part, fact, unknown
from usedfor.briefs.gather import Dossier
from usedfor.briefs.naming import brand_words
from usedfor.briefs.places import routes_words, status_words
from usedfor.briefs.sections.base import part, sub
from usedfor.briefs.tidy import is_cut, shown_as_quote, tidy
from usedfor.briefs.wording import capital, date_words, listed, say, table
from usedfor.model import Use

_PRODUCTS_SHOWN = 5
_APPROVALS = ("NDA", "ANDA", "BLA")


def approved(dossier: Dossier) -> Part:
    """The section ``approved-uses``."""
    found = part("approved-uses", dossier)
    if not dossier.approved:
        found.add(none_line(dossier))
        return found
    if len(dossier.approved) > 1:
        line = say("use.many", count=len(dossier.approved), name=dossier.name)
        found.add(fact(line, dossier.each(dossier.approved)[:3]))
    for use in dossier.approved:
        mark = status_words("approved" if has_number(dossier, use) else "labelled")
        inner = sub(found, capital(dossier.use_words(use)), mark)
        inner.add(*use_lines(dossier, use))
    return found


def none_line(dossier: Dossier) -> Line:
    """That no approved use is known: none was read in its labels, or there is no label."""
    return unknown(say("use.none" if dossier.labelled else "use.no_label", name=dossier.name))


def use_line(dossier: Dossier, use: Use) -> Line | None:
    """ "Ketamine is approved for induction of general anesthesia." with its labels."""
    labelled = "use.labelled_to" if manner(use) == "to" else "use.labelled"
    sentence = f"use.{manner(use)}" if has_number(dossier, use) else labelled
    return fact(say(sentence, name=dossier.name, use=dossier.use_words(use)), dossier.spans(use.evidence))


def has_number(dossier: Dossier, use: Use) -> bool:
    """Whether a label that lists the use belongs to a product that the FDA approved.

    A label is no approval: homeopathic products and the like have labels too. They are sold without a
    prescription, so an over-the-counter product needs an approval number to be called approved. Of
    prescription products the published data leave the number out too often to conclude anything from that.
    """
    documents = [d for id in dossier.documents_of(use.evidence) if (d := dossier.documents.get(id))]
    return not documents or any(
        d.product_type != "otc"
        or any((p.application or "").upper().startswith(_APPROVALS) for p in d.products)
        for d in documents
    )


def manner(use: Use) -> str:
    """Which sentence states the use: treat, prevent, diagnose, diagnose_test, to, people or procedure."""
    if use.rule == "approved.people":
        return "people"
    first, _, rest = tidy(use.text).partition(" ")
    if first in table("cues")["verbs"] and rest and not rest.startswith(("of ", "to ", "in ", "for ")):
        return "to"
    if use.relation == "diagnose" and any(
        mark in use.text or mark in use.text.casefold() for mark in table("cues")["tests"]
    ):
        return "diagnose_test"
    return use.relation


def use_lines(dossier: Dossier, use: Use) -> list[Line | None]:
    """The use, then for whom, with what, how, and on which labels."""
    spans = dossier.spans(use.evidence)
    held = use.restrictions
    lines = [use_line(dossier, use)]
    if not has_number(dossier, use):
        lines.append(unknown(say("use.no_number")))
    if is_cut(use.text):
        lines.append(unknown(say("use.cut")))
    if held.age != "unspecified":
        lines.append(fact(say(f"use.age_{held.age}"), spans))
    if held.population:
        lines.append(fact(say("use.population", population=shown_as_quote(held.population)), spans))
    if held.adjunct:
        lines.append(fact(say("use.adjunct"), spans))
    if held.after_failure:
        lines.append(fact(say("use.after_failure"), spans))
    if held.routes:
        lines.append(fact(say("use.routes", routes=routes_words(held.routes)), spans))
    if any(e.direction == "against" for e in use.evidence):
        lines.append(unknown(say("use.limited")))
    if use.products:
        products = listed(map(brand_words, use.products), _PRODUCTS_SHOWN)
        lines.append(fact(say("use.products", products=products, date=date_words(use.as_of)), spans))
    return lines
