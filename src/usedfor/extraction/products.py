"""What the product is: routes, forms, schedule, year of the first approval; class and mechanism.

The rules are in ``rules/products.toml``. Each reader looks at short sections, or at the head of a long one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from usedfor.extraction.pharmacology import classes, mechanisms
from usedfor.extraction.phrases import listed
from usedfor.extraction.rulebook import is_short, read_rules, state
from usedfor.extraction.sieve import Gated
from usedfor.model import Document, Statement

if TYPE_CHECKING:
    from usedfor.vocabulary import Vocabulary

__all__ = ["statements"]

_HEAD = 3000  # characters of a section in which a title, a form or a symbol is looked for
_SENTENCE = 160  # characters around a schedule that say whose it is


def statements(document: Document, medicine: str, vocabulary: Vocabulary) -> list[Statement]:
    """Routes, forms, schedule, classes, mechanisms and year of approval, without ids.

    ``topic`` is the code: FDA's route in lower case; the form in the singular; "CI" ... "CV" or "none"; "epc"
    or "label" for a class; "moa", "label" or "unknown" for a mechanism; the year.
    """
    return [
        *routes(document, medicine),
        *forms(document, medicine),
        *schedules(document, medicine),
        *classes(document, medicine),
        *mechanisms(document, medicine),
        *approval_years(document, medicine),
    ]


@cache
def _rules(kind: str) -> dict[str, dict[str, Any]]:
    return {rule["id"]: rule for rule in read_rules("products")[kind]}


# --- routes


@cache
def _route_pattern() -> re.Pattern[str]:
    words = sorted(read_rules("products")["route_words"], key=len, reverse=True)
    route = "(?:" + "|".join(re.escape(w) for w in words) + ")"
    return re.compile(
        rf"\bfor\s+(?P<list>{route}(?:(?:\s*,\s*|\s*/\s*|\s+)(?:(?:or|and|and/or)\s+)?{route}){{0,5}})"
        r"\s+(?:use|administration|injection|infusion)\b",
        re.I,
    )


@cache
def _route_word() -> re.Pattern[str]:
    words = sorted(read_rules("products")["route_words"], key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(re.escape(w) for w in words) + r")\b", re.I)


def routes(document: Document, medicine: str) -> Iterator[Statement]:
    """The listed routes; those of the title or package, where the listing agrees or is silent."""
    section = document.section("openfda")
    known = set()
    if section:
        for start, end in listed(section, "route"):
            code = section.text[start:end].lower()
            known.add(code)
            yield state(
                document,
                section,
                start,
                end,
                medicine=medicine,
                kind="route",
                rule="route.listed",
                topic=code,
            )
    said: set[str] = set()
    codes = read_rules("products")["route_words"]
    for field in _rules("route")["route.text"]["sections"]:
        section = document.section(field)
        if section is None:
            continue
        for match in _route_pattern().finditer(section.text, 0, _HEAD):
            if section.text[max(0, match.start() - 5) : match.start()].lower().endswith("not "):
                continue
            for word in _route_word().finditer(section.text, *match.span("list")):
                code = codes[word.group().lower()]
                if code not in said and (not known or code in known):
                    said.add(code)
                    yield state(
                        document,
                        section,
                        *word.span(),
                        medicine=medicine,
                        kind="route",
                        rule="route.text",
                        topic=code,
                    )


# --- forms


@cache
def _form_pattern() -> re.Pattern[str]:
    words = read_rules("products")["form_words"]
    modifiers, bases = "|".join(words["modifiers"]), "|".join(words["bases"])
    return re.compile(rf"\b(?P<form>(?:(?:{modifiers}),?\s+){{0,3}}(?:{bases}))\b(?P<colon>\s?:)?", re.I)


_SINGULAR = re.compile(r"(?<=[a-z])(?:(?<=patch)es|(?<=suppositor)ies|(?<!drop)s)$")


def forms(document: Document, medicine: str) -> Iterator[Statement]:
    """The forms listed before a colon, else the first one named."""
    for rule in ("form.heading", "form.first"):
        found: set[str] = set()
        for field in _rules("form")[rule]["sections"]:
            section = document.section(field)
            if section is None:
                continue
            for match in _form_pattern().finditer(section.text, 0, _HEAD):
                if rule == "form.heading" and not match["colon"]:
                    continue
                code = _form_code(match["form"])
                if code in found:
                    continue
                found.add(code)
                yield state(
                    document,
                    section,
                    *match.span("form"),
                    medicine=medicine,
                    kind="form",
                    rule=rule,
                    topic=code,
                )
                if rule == "form.first":
                    return
        if found:
            return


def _form_code(words: str) -> str:
    code = " ".join(words.lower().replace(",", " ").split())
    if code.endswith("suppositories"):
        return code[:-3] + "y"
    return _SINGULAR.sub("", code)


# --- schedule


@cache
def _compiled(kind: str, rule: str, key: str) -> Gated:
    flags = 0 if rule == "schedule.symbol" else re.I
    return Gated(re.compile(_rules(kind)[rule][key], flags))


def schedules(document: Document, medicine: str) -> Iterator[Statement]:
    """The schedule in words, that there is none, the symbol of the package: each once a section."""
    for rule, entry in _rules("schedule").items():
        for field in entry["sections"]:
            section = document.section(field)
            if section is None:
                continue
            said: set[str] = set()
            head = _HEAD if rule == "schedule.symbol" else len(section.text)
            if (
                rule == "schedule.sentence"
                and "chedule" not in section.text
                and "CHEDULE" not in section.text
            ):
                continue
            for match in _compiled("schedule", rule, "pattern").finditer(section.text, 0, head):
                if rule == "schedule.sentence" and not _is_its_own(section.text, match):
                    continue
                code = "C" + match["code"].upper() if "code" in match.re.groupindex else "none"
                if code not in said and is_short(match.group()):
                    said.add(code)
                    yield state(
                        document,
                        section,
                        *match.span(),
                        medicine=medicine,
                        kind="schedule",
                        rule=rule,
                        topic=code,
                    )


def _is_its_own(text: str, match: re.Match[str]) -> bool:
    """Whether the sentence around a schedule speaks of the medicine and not of another or of a penalty."""
    start, end = match.span()
    before = text[max(0, start - _SENTENCE) : start].rpartition(". ")[2]
    after = text[end : end + _SENTENCE].partition(". ")[0]
    if _compiled("schedule", "schedule.sentence", "unless").search(before + match.group() + after):
        return False
    return _compiled("schedule", "schedule.sentence", "before").search(before) is not None


# --- year


def approval_years(document: Document, medicine: str) -> Iterator[Statement]:
    """The year of the first U.S. approval, where the label keeps its highlights' title."""
    rule = "approval_year.highlights"
    for field in _rules("approval_year")[rule]["sections"]:
        section = document.section(field)
        match = section and _compiled("approval_year", rule, "pattern").search(section.text)
        if section and match:
            yield state(
                document,
                section,
                *match.span("q"),
                medicine=medicine,
                kind="approval_year",
                rule=rule,
                topic=match["q"],
            )
            return
