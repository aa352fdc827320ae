"""A use's page: its status and why, its picture over time, and every passage it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from markupsafe import Markup

from usedfor.briefs.naming import brand_words
from usedfor.briefs.places import routes_words, section_words, source_words, status_words
from usedfor.briefs.render.shape import LABELS, clean, document_title, safe_url
from usedfor.briefs.sections.uses import has_number
from usedfor.briefs.wording import capital, listed
from usedfor.model import Restrictions, Study, Use
from usedfor.web.site import Page, Site
from usedfor.web.templating import render
from usedfor.web.views.cards import how_sure, use_path
from usedfor.web.views.lists import nothing_here
from usedfor.web.views.texts import rule_path, rule_words
from usedfor.web.words import words

__all__ = ["Row", "evidence", "use"]

SHOWN = 100  # passages in the table
_QUOTE = 400  # characters of a passage
_BAR, _GAP, _HIGH = 34, 8, 96
_YEARS = 3  # fewer make no picture


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One passage for or against a use."""

    statement: str
    direction: str
    source: str
    document: str
    title: str
    version: str
    date: str
    section: str
    start: int
    end: int
    sha256: str
    text: str
    url: str
    kind: str
    rule: str
    study: Study | None = None


def evidence(site: Site, found: Use) -> list[Row]:
    """Every passage that a use rests on, newest first. ``text`` is the passage, cut in the starter."""
    knowledge = site.knowledge
    directions = {e.statement: e.direction for e in found.evidence}
    statements = knowledge.statements_by_id(directions)
    documents = knowledge.documents({s.span.document for s in statements.values()})
    studies = knowledge.studies(sorted(documents))
    rows = []
    for id_, s in statements.items():
        document = documents.get(s.span.document)
        study = studies.get(s.span.document)
        year = str(study.year) if study and study.year else ""
        rows.append(
            Row(
                statement=id_,
                direction=directions[id_],
                source=document.source if document else "openfda",
                document=s.span.document,
                title=document.title if document else s.span.document,
                version=document.version if document else "",
                date=(document.effective if document else "") or year,
                section=s.span.section,
                start=s.span.start,
                end=s.span.end,
                sha256=s.span.sha256,
                text=knowledge.quote(s.span) or s.text,
                url=document.url if document else "",
                kind=s.kind,
                rule=s.rule,
                study=study,
            )
        )
    rows.sort(key=lambda r: (r.date, r.document, r.start), reverse=True)
    return rows


def use(site: Site, medicine_id: str, slug: str, status: str) -> Page:
    """The page of the use ``<medicine>/<slug>/<status>``."""
    id_ = f"{medicine_id}/{slug}/{status}"
    medicine = site.index.medicines.get(medicine_id)
    if medicine is None or id_ not in site.index.uses:
        raise nothing_here(site, medicine_id)
    dossier = site.dossier(medicine_id)
    found = next(u for u in dossier.uses if u.id == id_)
    rows = evidence(site, found)
    labels = {r.document for r in rows if r.source in LABELS and r.direction == "for"}
    studies = {r.document for r in rows if r.source not in LABELS}
    wording = dossier.use_words(found)
    drawn = _drawn(site, found, wording)
    name = site.index.names[medicine_id]
    title = words("use.title", name=capital(name), use=wording)
    numbered = found.status != "approved" or has_number(dossier, found)
    condition = site.index.slugs.get(found.condition or "")
    return render(
        site,
        "use.html.j2",
        use_path(id_),
        title=title,
        description=f"{title}. {words(f'use.lead_{found.status}')}",
        medicine_path=f"/medicines/{medicine_id}",
        medicine_name=name,
        use=found,
        badge=status_words(found.status if numbered else "labelled"),
        lead=words(f"use.lead_{found.status}"),
        sure=how_sure(found, len(studies), len(labels)),
        who=restrictions(found.restrictions, found.products),
        rows=[_shown(r) for r in rows[:SHOWN]],
        count=len(rows),
        studies=drawn,
        chart=None if drawn else chart(rows),
        condition_path=f"/conditions/{condition}" if condition else "",
        rule_path=rule_path(found.rule),
        rule_words=rule_words(found.rule),
        reason_paths=[(reason, rule_path(reason), rule_words(reason)) for reason in found.reasons],
    )


def _drawn(site: Site, found: Use, title: str) -> dict[str, Any] | None:
    """The studies over time: their picture, and the same as rows. None where no study is dated."""
    from usedfor.briefs.evidence import items
    from usedfor.briefs.picture import HEADS, rows, svg

    statements = site.knowledge.statements_by_id(e.statement for e in found.evidence)
    studies = site.knowledge.studies(sorted({s.span.document for s in statements.values()}))
    made = items(found, statements, studies)
    picture = svg(made, title)
    if not picture:
        return None
    urls = {one.registry: safe_url(one.url) for one in made}
    table = [(row, urls.get(row[-1], "")) for row in reversed(rows(made))]
    return {"svg": Markup(picture), "heads": HEADS, "rows": table[:SHOWN], "count": len(table)}


def restrictions(held: Restrictions, products: Sequence[str] = ()) -> list[str]:
    """For whom a use holds, each in a few words."""
    found = [words(f"use.age_{held.age}")] if held.age != "unspecified" else []
    found += [clean(held.population)] if held.population else []
    found += [words("use.adjunct")] if held.adjunct else []
    found += [words("use.after_failure")] if held.after_failure else []
    found += [words("use.routes", routes=routes_words(held.routes))] if held.routes else []
    found += [words("use.products", products=listed(map(brand_words, products), 12))] if products else []
    return found


def _shown(row: Row) -> dict[str, Any]:
    text = " ".join(clean(row.text).split())
    study = row.study
    facts = []
    if study is not None:
        facts = [
            (study.design or "").replace("_", " "),
            (study.phase or "").replace("PHASE", "phase "),
            f"{study.enrolment:,} people" if study.enrolment else "",
            (study.status or "").replace("_", " ").lower(),
            "retracted" if study.retracted else "",
        ]
    return {
        "id": row.statement.rpartition("#")[0][:8] + "-" + row.statement.rpartition("#")[2],
        "direction": words(f"use.{row.direction}"),
        "against": row.direction == "against",
        "source": source_words(row.source),
        "title": document_title(row.title),
        "date": row.date,
        "version": row.version if row.source in LABELS else "",
        "section": section_words(row.section),
        "start": row.start,
        "end": row.end,
        "text": text if len(text) <= _QUOTE else text[:_QUOTE].rsplit(" ", 1)[0] + " …",
        "url": safe_url(row.url),
        "facts": [f for f in facts if f],
    }


def chart(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Bars by year, documents for above those against; None where there are but two years."""
    years: Counter[tuple[int, str]] = Counter()
    for _, dated, direction in {(r.document, r.date[:4], r.direction) for r in rows}:
        if dated.isdigit():
            years[int(dated), direction] += 1
    if len({y for y, _ in years}) < _YEARS:
        return None
    first, last = min(y for y, _ in years), max(y for y, _ in years)
    most = max(sum(years[y, d] for d in ("for", "against")) for y in range(first, last + 1))
    bars = []
    for at, year in enumerate(range(first, last + 1)):
        for_, against = years[year, "for"], years[year, "against"]
        up, over = round(_HIGH * for_ / most), round(_HIGH * against / most)
        bars.append(
            {
                "x": at * (_BAR + _GAP),
                "year": year,
                "for": for_,
                "against": against,
                "for_y": 16 + _HIGH - up,
                "for_h": up,
                "against_y": 16 + _HIGH - up - over,
                "against_h": over,
            }
        )
    said = "; ".join(
        f"{b['year']}: {b['for']} {words('use.for')}"
        + (f", {b['against']} {words('use.against')}" if b["against"] else "")
        for b in bars
        if b["for"] or b["against"]
    )
    return {
        "bars": bars,
        "width": len(bars) * (_BAR + _GAP),
        "base": 16 + _HIGH,
        "height": 16 + _HIGH + 22,
        "bar": _BAR,
        "said": words("use.picture_words", years=said),
    }
