"""What it is: class, mechanism, year, names, and the medicine it is not."""

from __future__ import annotations

from usedfor.briefs.draft import Line, Part, advice, fact, unknown
from usedfor.briefs.gather import Dossier
from usedfor.briefs.naming import brand_words, full_name
from usedfor.briefs.sections.base import part
from usedfor.briefs.tidy import is_cut, shown_as_quote, tidy
from usedfor.briefs.wording import a_an, listed, same_key, say, table
from usedfor.model import Statement

BRANDS_SHOWN = 6
_CLASSES_SHOWN = 3
_MECHANISMS_SHOWN = 3


def section(dossier: Dossier) -> Part:
    """The section ``what-is``."""
    found = part("what-is", dossier)
    found.add(*_class(dossier), _combination(dossier), *_mechanism(dossier), _year(dossier), _brands(dossier))
    found.add(_related(dossier))
    return found


def class_line(dossier: Dossier) -> Line | None:
    """ "Ketamine is a general anesthetic: a medicine that ...", or None where no class is known."""
    groups = _distinct(dossier, dossier.found("class"), "epc") or _distinct(dossier, dossier.found("class"))
    if not groups:
        return None
    if all(is_cut(words) for words, _ in groups):
        first = groups[0][1]
        quoted = shown_as_quote(first[0].text)
        return fact(say("what.class_words", name=dossier.name, words=quoted), dossier.spans_of(first))
    groups = [g for g in groups if not is_cut(g[0])]
    if len(groups) == 1 or groups[0][1][0].topic != "epc":
        words, statements = groups[0]
        plain = table("plain")["classes"].get(words.casefold())
        text = f"{a_an(words)} ({plain})" if plain else a_an(words)
        return fact(say("what.class", name=dossier.name, class_=text), dossier.spans_of(statements))
    shown = groups[:_CLASSES_SHOWN]
    return fact(
        say("what.classes", name=dossier.name, classes=listed(words for words, _ in shown)),
        tuple(span for _, statements in shown for span in dossier.spans_of(statements, 1)),
    )


def _class(dossier: Dossier) -> list[Line | None]:
    line = class_line(dossier)
    return [line or unknown(say("what.unknown_class", name=dossier.name))]


def _combination(dossier: Dossier) -> Line | None:
    parts = dossier.medicine.ingredients
    if len(parts) < 2:
        return None
    names = [m.name if (m := dossier.facts.medicine(i)) else i.replace("-", " ") for i in parts]
    spans = dossier.spans_of(s for kind in ("class", "route", "form") for s in dossier.found(kind))
    text = say("what.combination", name=dossier.name, count=len(parts), parts=listed(names, limit=12))
    return fact(text, spans[:1])


def _mechanism(dossier: Dossier) -> list[Line | None]:
    statements = dossier.found("mechanism")
    own = [s for s in statements if s.topic == "label" and not is_cut(s.text)]
    official = _distinct(dossier, [s for s in statements if s.topic == "moa"])
    unknowns = [s for s in statements if s.topic == "unknown"]
    lines: list[Line | None] = []
    if own:
        best = _distinct(dossier, own)[:_MECHANISMS_SHOWN]
        lines.append(
            fact(
                say("what.mechanism", mechanism=listed(f"“{shown_as_quote(g[0].text)}”" for _, g in best)),
                tuple(span for _, group in best for span in dossier.spans_of(group, 1)),
            )
        )
    elif official:
        shown = official[:_MECHANISMS_SHOWN]
        lines.append(
            fact(
                say("what.mechanisms", mechanisms=listed(words for words, _ in shown)),
                tuple(span for _, group in shown for span in dossier.spans_of(group, 1)),
            )
        )
    if unknowns:
        lines.append(fact(say("what.mechanism_unclear"), dossier.spans_of(unknowns)))
    return lines or [unknown(say("what.unknown_mechanism", name=dossier.name))]


def _year(dossier: Dossier) -> Line | None:
    statements = dossier.found("approval_year")
    years = sorted({s.text.strip()[-4:] for s in statements if s.text.strip()[-4:].isdigit()})
    if not years:
        return None
    first = [s for s in statements if s.text.strip().endswith(years[0])]
    return fact(say("what.year", year=years[0]), dossier.spans_of(first))


def _brands(dossier: Dossier) -> Line | None:
    brands = brand_names(dossier)
    if not brands:
        return None
    which = "what.brands_one" if len(brands) == 1 else "what.brands"
    shown = list(brands.values())[:BRANDS_SHOWN]
    data = [s for kind in ("route", "class", "form") for s in dossier.found(kind)]
    spans = [dossier.spans_of([s for s in data if s.span.document == d], 1) for d in shown]
    return fact(say(which, brands=listed(brands, BRANDS_SHOWN)), [span for found in spans for span in found])


def brand_names(dossier: Dossier) -> dict[str, str]:
    """Brand name -> the newest label that carries it; names that only repeat the generic one left out."""
    plain = set(same_key(full_name(dossier.medicine)).split())
    found: dict[str, str] = {}
    seen: set[str] = set()
    for document in sorted(dossier.documents.values(), key=lambda d: (d.effective, d.id), reverse=True):
        for brand in dict.fromkeys(p.brand for p in document.products if p.brand):
            key = same_key(brand)
            if key not in seen and not plain <= set(key.split()):
                seen.add(key)
                found[brand_words(brand)] = document.id
    return found


def _related(dossier: Dossier) -> Line | None:
    related = dossier.medicine.related
    others = [m.name if (m := dossier.facts.medicine(i)) else i.replace("-", " ") for i in related]
    if not others:
        return None
    many = say("what.related_many", others=listed(others))
    return advice(say("what.related", other=others[0]) if len(others) == 1 else many)


def _distinct(
    dossier: Dossier, statements: list[Statement], topic: str | None = None
) -> list[tuple[str, list[Statement]]]:
    """Wordings with the statements that share them, in the order of the newest label."""
    groups: dict[str, tuple[str, list[Statement]]] = {}
    for statement in statements:
        if topic is None or statement.topic == topic:
            words = tidy(statement.text)
            if len(words) > 3:
                groups.setdefault(same_key(words), (words, []))[1].append(statement)
    return list(groups.values())
