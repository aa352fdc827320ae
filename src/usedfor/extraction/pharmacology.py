"""What kind of medicine it is and how it works: class and mechanism (``rules/products.toml``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from usedfor.extraction.phrases import closed_phrase, listed, opened_phrase
from usedfor.extraction.rulebook import is_short, read_rules, state
from usedfor.extraction.sieve import Gated
from usedfor.model import Document, Section, Statement

__all__ = ["classes", "mechanisms"]

_SUFFIX = re.compile(r"\s*\[(?:EPC|MoA)\]$")
_NAME = re.compile(r"[a-z0-9]{4,}", re.I)
_INTERACTION = "interaction"  # the topic of a class of enzymes or transporters of medicines
_OF = re.compile(r"(?:\s+\([A-Z]{2,8}\))?\s+(?:of|at|for)\s+")


@cache
def _words(table: str, key: str) -> frozenset[str]:
    value = read_rules("products")[table][key]
    return frozenset(part.strip() for part in value.split("," if key == "pairs" else None))


@cache
def _pattern(kind: str, rule: str) -> Gated:
    found: str = _rule(kind, rule)["pattern"]
    return Gated(re.compile(found, re.I))


@cache
def _rule(kind: str, rule: str) -> dict[str, Any]:
    return next(r for r in read_rules("products")[kind] if r["id"] == rule)


def classes(document: Document, medicine: str) -> Iterator[Statement]:
    """FDA's classes, and the label's own words: of Indications, else of Description."""
    yield from _listed(document, medicine, "pharm_class_epc", "class", "class.epc", "epc")
    names = _names(document)
    found = False
    for rule in ("class.indicated", "class.description"):
        if rule == "class.description" and _ingredients(document) > 1:
            return  # each "X, a ..." is about a part
        for field in _rule("class", rule)["sections"]:
            section = document.section(field)
            place = section and _class_in(section, rule, names)
            if section and place:
                yield state(
                    document, section, *place, medicine=medicine, kind="class", rule=rule, topic="label"
                )
                found = True
                break
        if found:
            return


def _class_in(section: Section, rule: str, names: frozenset[str]) -> tuple[int, int] | None:
    text = section.text
    limit = len(text) if rule == "class.indicated" else read_rules("products")["limits"]["head"]
    for match in _pattern("class", rule).finditer(text, 0, limit):
        if rule == "class.indicated":
            start, end = match.span("q")
            words = {w.strip(",()").lower() for w in text[start:end].split()}
            if is_short(text[start:end]) and not words & _words("class_words", "stops"):
                return start, start + len(text[start:end].rstrip(" ,"))
            continue
        closed = closed_phrase(
            text,
            match.end(),
            _words("class_words", "heads"),
            _words("class_words", "pairs"),
            _words("class_words", "stops"),
        )
        if not closed or not _speaks_of(_clause(text, match.end()), names):
            continue
        if not _all_in(text[match.end() : closed], _words("class_words", "bare")):
            return match.end(), closed
    return None


def _all_in(phrase: str, words: frozenset[str]) -> bool:
    return all(w.strip(",()").lower() in words for w in phrase.split())


def _ingredients(document: Document) -> int:
    section = document.section("openfda")
    return len(list(listed(section, "substance_name"))) if section else 1


def mechanisms(document: Document, medicine: str) -> Iterator[Statement]:
    """FDA's mechanism classes, and the first phrases of the label that name an action and its target.

    ``topic``: "moa"; "interaction" for FDA's classes of the enzymes and transporters of medicines; "label";
    "unknown".
    """
    yield from _listed(document, medicine, "pharm_class_moa", "mechanism", "mechanism.moa", "moa")
    names = _names(document)
    limits = read_rules("products")["limits"]
    for field in read_rules("products")["mechanism_words"]["sections"]:
        section = document.section(field)
        if section is None:
            continue
        taken: list[tuple[int, int]] = []
        for start, end, rule in _mechanisms_in(section.text[: limits["head"]], names):
            if len(taken) < limits["mechanisms"] and not any(
                start < high and low < end for low, high in taken
            ):
                taken.append((start, end))
                topic = "unknown" if rule == "mechanism.unknown" else "label"
                yield state(
                    document, section, start, end, medicine=medicine, kind="mechanism", rule=rule, topic=topic
                )
        if taken:
            return


def _mechanisms_in(text: str, names: frozenset[str]) -> list[tuple[int, int, str]]:
    """Every phrase of a mechanism in ``text``: place and rule, by place, the longer first."""
    stops, joins = _words("mechanism_words", "stops"), _words("mechanism_words", "joins")
    verbs, agents = _words("mechanism_words", "verbs"), _words("mechanism_words", "agents")
    refused = re.compile(read_rules("products")["mechanism_words"]["not"], re.I)
    found = []
    for rule in ("mechanism.agent_of", "mechanism.by", "mechanism.verb"):
        before = _rule("mechanism", rule).get("before", "")
        for match in _pattern("mechanism", rule).finditer(text):
            start = match.start("lead")
            clause = _clause(text, start)
            if refused.search(clause) or not _speaks_of(clause, names) or not re.search(before, clause, re.I):
                continue
            end = opened_phrase(text, start, match.end(), stops, joins, verbs)
            if end:
                found.append((start, end, rule))
    for match in _pattern("mechanism", "mechanism.agent").finditer(text):
        start = match.end()
        end = closed_phrase(text, start, agents, frozenset(), stops)
        if not end or not _speaks_of(_clause(text, start), names):
            continue
        target = _OF.match(text, end)  # "selective inhibitor of ...": with its target, or not at all
        if target:
            end = opened_phrase(text, start, target.end(), stops, joins, verbs)
        if end and len(text[start:end].split()) > 1:
            found.append((start, end, "mechanism.agent"))
    for match in _pattern("mechanism", "mechanism.unknown").finditer(text):
        found.append((*match.span("q"), "mechanism.unknown"))
    vague = _words("mechanism_words", "vague")
    found = [f for f in found if f[2] == "mechanism.unknown" or not _vague(text[f[0] : f[1]], f[2], vague)]
    return sorted(found, key=lambda f: (f[0], -f[1]))


def _vague(phrase: str, rule: str, vague: frozenset[str]) -> bool:
    """Whether no word says at what the medicine acts; the first word of a verb's phrase is the verb."""
    said = phrase if rule == "mechanism.agent" else phrase.partition(" ")[2]
    return _all_in(said, vague) or phrase.split()[-1].lower() in ("these", "other")


def _clause(text: str, place: int) -> str:
    """What stands before ``place`` in its sentence, as far as 160 characters back."""
    return text[max(0, place - 160) : place].rpartition(". ")[2]


def _names(document: Document) -> frozenset[str]:
    """The first six letters of the words of the product's names."""
    section = document.section("openfda")
    text = document.title
    if section:
        for key in ("generic_name", "brand_name", "substance_name"):
            text += "".join(f" {section.text[a:b]}" for a, b in listed(section, key))
    common = _words("class_words", "common")
    return frozenset(w.lower()[:6] for w in _NAME.findall(text) if w.lower() not in common)


def _speaks_of(clause: str, names: frozenset[str]) -> bool:
    """Whether the clause names the medicine, or begins with "It" or a word for the product."""
    low = clause.lower().lstrip()
    if low.startswith(("it ", "this ", "the drug ", "the antibody ")):
        return True
    return any(word[:6] in names for word in _NAME.findall(low))


def _listed(
    document: Document, medicine: str, key: str, kind: Any, rule: str, topic: str
) -> Iterator[Statement]:
    section = document.section("openfda")
    if section is None:
        return
    interactions = re.compile(read_rules("products")["mechanism_words"]["interactions"], re.I)
    for start, end in listed(section, key):
        end = start + len(_SUFFIX.sub("", section.text[start:end]))
        if end > start:
            yield state(
                document,
                section,
                start,
                end,
                medicine=medicine,
                kind=kind,
                rule=rule,
                topic=_INTERACTION
                if interactions.match(section.text[start:end]) and topic == "moa"
                else topic,
            )
