"""A condition's page: which medicines have which status for it; and two or three of them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from usedfor.briefs.render.html import documents, sentences
from usedfor.briefs.tidy import tidy
from usedfor.briefs.wording import capital, listed, same_key
from usedfor.model import Brief, Condition, Reference, Sentence, Use
from usedfor.web.index import Entry
from usedfor.web.linked import condition_data
from usedfor.web.site import Page, Site
from usedfor.web.templating import render
from usedfor.web.views.cards import ORDER, cards, use_path
from usedfor.web.views.lists import LONGEST_QUERY, nothing_here
from usedfor.web.views.use import restrictions
from usedfor.web.words import words

__all__ = ["compare", "condition"]

_NAMES_SHOWN = 12


def called(found: Condition) -> str:
    """The lay name, else the name."""
    return found.lay or found.name


def condition(site: Site, part: str) -> Page:
    """The page of the condition whose address ends in ``part``."""
    found = site.index.conditions.get(part)
    if found is None:
        raise nothing_here(site, part)
    uses = site.index.by_condition[found.id]
    groups = []
    for status in ORDER:
        rows = _rows(site, [u for u in uses if u.status == status], found)
        if rows:
            groups.append({"status": status, "title": words(f"condition.{status}"), "rows": rows})
    name = called(found)
    other = tuple(dict.fromkeys(n for n in (found.name, *found.names) if n.casefold() != name.casefold()))
    near = [
        (called(c), f"/conditions/{site.index.slugs[c.id]}")
        for c in site.index.conditions.values()
        if found.id in c.parents or c.id in found.parents
    ]
    medicines = list(dict.fromkeys(u.medicine for u in uses))
    path = f"/conditions/{part}"
    return render(
        site,
        "condition.html.j2",
        path,
        title=words("condition.title", name=name),
        description=words("condition.lead"),
        linked=condition_data(site, name, other[:_NAMES_SHOWN], path),
        condition=found,
        name_=name,
        other=other[:_NAMES_SHOWN],
        groups=groups,
        near=sorted(near)[:20],
        medicines=sorted((site.index.names[m] for m in medicines), key=str.casefold),
        codes=sorted({found.id, *(f"{k.upper()}:{v}" for k, v in found.ids.items())}),
    )


def _rows(site: Site, uses: Sequence[Use], of: Condition) -> list[dict[str, Any]]:
    """A row for each use, by the medicine's name; the same wording of one medicine once. ``text`` is empty
    where it is but a name of the condition, which the page is about."""
    own = {same_key(n) for n in (of.name, *of.names, of.lay or "")}
    seen: dict[tuple[str, str, str], Use] = {}
    for use in uses:
        seen.setdefault((site.index.names[use.medicine].casefold(), use.text.casefold(), use.medicine), use)
    return [
        {
            "medicine": capital(site.index.names[use.medicine]),
            "path": f"/medicines/{use.medicine}",
            "text": "" if same_key(text := tidy(use.text)) in own else text,
            "prevent": use.relation == "prevent",
            "level": use.level,
            "evidence": use_path(use.id),
            "who": restrictions(use.restrictions),
        }
        for _, use in sorted(seen.items())
    ]


def compare(site: Site, names: Sequence[str] = (), condition_name: str = "") -> Page:
    """Two or three medicines for a condition. Only exact names are taken; for others, near ones are named."""
    asked = [" ".join(n.split())[:LONGEST_QUERY] for n in names]
    problems: list[dict[str, Any]] = []
    chosen: list[str] = []
    for name in filter(None, asked):
        found = [e for e in site.index.exact(name) if e.kind != "condition"]
        if len(found) == 1:
            id_ = found[0].path.rpartition("/")[2]
            chosen += [id_] if id_ not in chosen else []
        else:
            offered = found or [h.entry for h in site.index.near(name, 3) if h.entry.kind != "condition"]
            known = not found and site.knowledge.known(name)
            what = words("search.known" if known else "compare.unknown", name=name)
            problems.append({"what": what, "near": [] if known else offered})
    of = _condition(site, condition_name, problems)
    columns: list[dict[str, Any]] = []
    references: list[dict[str, Any]] = []
    if len(chosen) >= 2:
        columns, references = _columns(site, chosen[:3], of)
    elif any(asked) and not problems:
        problems.append({"what": words("compare.one_more"), "near": []})
    fields = [*asked, "", "", ""][:3]
    title = words("compare.title")
    if columns:
        both = capital(listed([site.index.names[id_] for id_ in chosen[:3]]))
        title = words(
            "compare.for" if of else "compare.compared", names=both, condition=called(of) if of else ""
        )
    return render(
        site,
        "compare.html.j2",
        "/compare",
        title=title,
        description=words("compare.lead"),
        index=not any(asked),
        fields=fields,
        condition_name=" ".join(condition_name.split())[:LONGEST_QUERY],
        problems=problems,
        columns=columns,
        documents=references,
        of=called(of) if of else "",
        rows=("given", "boxed", "onset", "effects", "not", "legal"),
    )


def _condition(site: Site, name: str, problems: list[dict[str, Any]]) -> Condition | None:
    name = " ".join(name.split())[:LONGEST_QUERY]
    if not name:
        return None
    found = [e for e in site.index.exact(name) if e.kind == "condition"]
    if found:
        return site.index.conditions[found[0].path.rpartition("/")[2]]
    near: list[Entry] = [h.entry for h in site.index.near(name, 5) if h.entry.kind == "condition"]
    problems.append({"what": words("compare.unknown_condition", name=name), "near": near[:3]})
    return None


_SECTIONS = {"given": "how-given", "onset": "onset", "not": "not-for", "legal": "legal-status"}
_EACH = 6  # sentences of one cell
_KINDS = ("fact", "unknown", "advice")


def _columns(
    site: Site, medicines: Sequence[str], of: Condition | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A column for each medicine, its sentences numbered anew over all of them, and the documents cited."""
    numbers: dict[tuple[str, str, int, int], int] = {}
    kept: list[Reference] = []
    cited: set[int] = set()
    columns = []
    for id_ in medicines:
        brief = site.brief(id_)
        by_number = {r.n: r for r in brief.references}

        def renumbered(
            found: Sequence[Sentence], own: dict[int, Reference] = by_number
        ) -> list[dict[str, Any]]:
            made = []
            # What is known first, then what is not, then whom to ask.
            for sentence in sorted(found, key=_rank)[:_EACH]:
                refs = []
                for n in sentence.refs:
                    r = own[n]
                    key = (r.document, r.section, r.start, r.end)
                    if key not in numbers:
                        numbers[key] = len(numbers) + 1
                        kept.append(_numbered(r, numbers[key]))
                    refs.append(numbers[key])
                made.append(Sentence(text=sentence.text, kind=sentence.kind, refs=tuple(refs)))
            return sentences(made, cited)

        cells = {row: renumbered(_all(brief, section)) for row, section in _SECTIONS.items()}
        effects = _all(brief, "side-effects")
        cells["boxed"] = renumbered([s for s in effects if "boxed warning" in s.text])
        cells["effects"] = renumbered([s for s in effects if "boxed warning" not in s.text])
        dossier = site.dossier(id_)
        uses = [u for u in dossier.uses if of is not None and u.condition == of.id]
        columns.append(
            {
                "name": capital(site.index.names[id_]),
                "path": f"/medicines/{id_}",
                "uses": cards(dossier, uses),
                "cells": cells,
            }
        )
    return columns, documents(kept, cited)


def _rank(sentence: Sentence) -> int:
    return _KINDS.index(sentence.kind)


def _numbered(reference: Reference, n: int) -> Reference:
    import msgspec

    return msgspec.structs.replace(reference, n=n)


def _all(brief: Brief, section_id: str) -> list[Sentence]:
    """The sentences of a section and of its parts."""
    for section in brief.sections:
        if section.id == section_id:
            return [*section.sentences, *(s for inner in section.sections for s in inner.sentences)]
    return []
