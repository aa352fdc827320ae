"""How a use is meant: treat or prevent, for whom, with what else, after what failed."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from usedfor.extraction.cues import rules
from usedfor.extraction.features import Encoded
from usedfor.extraction.mentions import Found
from usedfor.extraction.sieve import Sieve
from usedfor.extraction.tagger import Tagger, load
from usedfor.extraction.tokens import lower
from usedfor.model import Age, Relation

__all__ = ["Attributes", "Scope", "attributes", "by_rule", "clues", "population", "routes", "scope"]

RELATIONS = ("treat", "prevent", "diagnose", "procedure")
AGES = ("adult", "pediatric", "both", "unspecified")

_CUT = re.compile(
    r"\(\s?\d{1,2}(?:\.\d{1,2})?(?:\s?,\s?\d{1,2}(?:\.\d{1,2})?)*\s?\)|[•●▪■◦‣○□➢►;]|\.\s(?=[A-Z])"
    r"|(?<=[a-z)])\s(?=(?:Treatment|Prevention|Management|Prophylaxis|Maintenance|Reduction|Relief) of\b"
    r"|(?:Adjunctive|Acute|Adjuvant|Prophylactic|Maintenance) (?:treatment|therapy)\b)"
)
_OPENING = 20_000  # characters of a section that say what it is about
_FAR = 300  # characters of a clause that count, on each side
_WORD = re.compile(r"[^\W_]+(?:'[^\W\d_]+)?|[≥≤<>]")
_RULES = rules("attributes")
_PATTERNS = {
    name: re.compile("|".join(f"(?:{p})" for p in rule["patterns"])) for name, rule in _RULES.items()
}
_SIEVE = Sieve(_PATTERNS)


class Scope(NamedTuple):
    """The words that say how a span is meant: its own clause, and the words that lead a list in."""

    before: str
    span: str
    after: str
    lead: str


class Attributes(NamedTuple):
    """What the words around a use say of it."""

    relation: Relation
    age: Age
    adjunct: bool
    after_failure: bool


def scope(encoded: Encoded, found: Found) -> Scope:
    """The clause of ``found`` within its sentence, and what leads it in when it is an item of a list."""
    text = encoded.text
    low = _sentence(encoded, found.first)
    tokens = encoded.tokens
    start, end = tokens.starts[encoded.bounds[low]], tokens.ends[encoded.bounds[low + 1] - 1]
    left, right = start, end
    for cut in _CUT.finditer(text, start, end):
        if cut.end() <= found.start:
            left = cut.end()
        elif cut.start() >= found.end:
            right = cut.start()
            break
    lead = ""
    if left > start:
        colon = text.rfind(":", start, left)
        if colon >= 0:
            lead = text[start : colon + 1]
    if not lead:
        k = low - 1
        while k >= 0 and low - k <= 8:
            a, b = tokens.starts[encoded.bounds[k]], tokens.ends[encoded.bounds[k + 1] - 1]
            piece = text[a:b]
            if piece.rstrip().endswith(":"):
                lead = piece
                break
            if not (piece[:1] in "•●▪■◦‣○□➢►" or len(piece) < 200) or low - k > 6:
                break
            k -= 1
    return Scope(
        text[max(left, found.start - _FAR) : found.start],
        text[found.start : found.end],
        text[found.end : min(right, found.end + _FAR)],
        lead[-_FAR:],
    )


def _sentence(encoded: Encoded, word: int) -> int:
    from bisect import bisect_right

    return bisect_right(encoded.bounds, word) - 1


@functools.lru_cache(maxsize=4)
def _opening(piece: str) -> frozenset[str]:
    return _flags.__wrapped__(piece)


@functools.lru_cache(maxsize=4096)
def _flags(piece: str) -> frozenset[str]:
    """The rules of ``rules/attributes.toml`` whose words stand in ``piece``."""
    low = piece.lower()
    return frozenset(name for name in _SIEVE.passing(low) if _PATTERNS[name].search(low))


def clues(scopes: list[Scope], label: str, text: str, said: Attributes | None = None) -> list[str]:
    """What the attribute models look at: cue patterns and near words of every part of every clause.

    ``label`` is the tagger's label of the span, ``text`` the section, whose opening says what it is about;
    ``said`` is what :func:`by_rule` gives, where it is known. Sorted, each clue once.
    """
    said = said or by_rule(scopes)
    found = {f"label={label}", "bias"}
    found.update(f"sec:{name}" for name in _opening(text[:_OPENING]))
    found.update(f"rule:{name}={value}" for name, value in said._asdict().items())
    for one in scopes:
        for part, piece in zip("bsal", one, strict=True):
            flags = _flags(piece)
            found.update(f"{part}:{name}" for name in flags)
            found.update(f"any:{name}" for name in flags)
            words = [lower(w) for w in _WORD.findall(piece)]
            if part == "b":
                found.update(f"b-{n}={w}" for n, w in enumerate(reversed(words[-3:])))
                found.update(f"b={w}" for w in words[-10:])
                found.add(f"b2={'_'.join(words[-2:])}")
                found.add(f"b3={'_'.join(words[-3:])}")
            elif part == "a":
                found.update(f"a={w}" for w in words[:10])
                found.add(f"a2={'_'.join(words[:2])}")
            elif part == "s":
                found.update(f"s={w}" for w in words)
            else:
                found.add(f"l2={'_'.join(words[-3:-1])}")
    return sorted(found)


def attributes(scopes: list[Scope], label: str, text: str) -> Attributes:
    """What the clauses of one use in the section ``text`` say of it, taken together: rules first, weighed by
    the trained models."""
    said = by_rule(scopes)
    relation, age, adjunct, after_failure = _choose(clues(scopes, label, text, said))
    return Attributes(
        relation=relation if relation in RELATIONS else said.relation,  # type: ignore[arg-type]
        age=age if age in AGES else said.age,  # type: ignore[arg-type]
        adjunct=adjunct == "True",
        after_failure=after_failure == "True",
    )


def _choose(names: list[str]) -> list[str]:
    """The value that the model of each attribute gives most weight."""
    taggers = tuple(load(f"attribute_{attribute}") for attribute in Attributes._fields)
    weights = _together(taggers)
    rows = [row for name in names if (row := weights.get(name)) is not None]
    totals = [sum(column) for column in zip(*rows, strict=True)]
    out = []
    first = 0
    for tagger in taggers:
        last = first + len(tagger.labels)
        own = totals[first:last] or [0.0] * len(tagger.labels)
        out.append(tagger.labels[own.index(max(own))])
        first = last
    return out


@functools.lru_cache(maxsize=1)
def _together(taggers: tuple[Tagger, ...]) -> dict[str, list[float]]:
    """The weights of several models by the clue's name, a row holding those of all in turn."""
    names = dict.fromkeys(name for tagger in taggers for name in tagger.weights)
    none = [[0.0] * len(tagger.labels) for tagger in taggers]
    return {
        name: [
            w for tagger, zeros in zip(taggers, none, strict=True) for w in tagger.weights.get(name, zeros)
        ]
        for name in names
    }


def routes(scopes: list[Scope]) -> tuple[str, ...]:
    """The routes that the clauses name, as FDA's list of routes has them in lower case, sorted."""
    near = " | ".join(f"{s.before} | {s.after}" for s in scopes).lower()
    patterns, _, sieve = _restrictions()
    passing = sieve.passing(near) - {_PEOPLE}
    return tuple(sorted(route for route in passing if patterns[route].search(near)))


def population(scopes: list[Scope]) -> str | None:
    """The group of people that a clause names, in its own words, or None."""
    _, pattern, sieve = _restrictions()
    for one in scopes:
        for piece in (one.after, one.before, one.lead):
            low = piece.lower()
            match = pattern.search(low) if _PEOPLE in sieve.passing(low) else None
            if match:
                return match.group()
    return None


@functools.cache
def _restrictions() -> tuple[dict[str, re.Pattern[str]], re.Pattern[str], Sieve]:
    """The routes, the groups of people, and the sieve of all."""
    found = rules("restrictions")
    people = "|".join(f"(?:{p})" for p in found["population"]["patterns"])
    by_route = {route: re.compile(pattern) for route, pattern in found["routes"].items()}
    groups = re.compile(rf"\b(?:{people})\b")
    return by_route, groups, Sieve({**by_route, _PEOPLE: groups})


_PEOPLE = "group of people"  # no route


def by_rule(scopes: list[Scope]) -> Attributes:
    """The attributes as the cue rules alone give them."""
    whole = frozenset().union(*(_flags(p) for s in scopes for p in (s.before, s.span, s.after)))
    leads = frozenset().union(*(_flags(s.lead) for s in scopes))
    return Attributes(
        relation=_relation(scopes),
        age=_age(whole, leads),
        adjunct="adjunct" in whole | leads and "alone" not in whole | leads,
        after_failure="after_failure" in whole,
    )


def _relation(scopes: list[Scope]) -> Relation:
    for one in scopes:
        relation = _relation_near((f"{one.lead} {one.before}"[-160:] + " " + one.span).lower())
        if relation != "treat":
            return relation
    return "treat"


@functools.lru_cache(maxsize=4096)
def _relation_near(near: str) -> Relation:
    """The relation that the words before a use, and its own, give (in lower case)."""
    said = _SIEVE.passing(near)
    if "diagnose" in said and _PATTERNS["diagnose"].search(near):
        return "diagnose"
    if "procedure" in said and _PATTERNS["procedure"].search(near):
        return "procedure"
    prevent = [m.end() for m in _PATTERNS["prevent"].finditer(near)] if "prevent" in said else []
    return "prevent" if prevent and prevent[-1] > near.rfind("treat") else "treat"


def _age(whole: frozenset[str], leads: frozenset[str]) -> Age:
    for said in (whole, leads):
        adult, child = "adult" in said, "pediatric" in said
        if child and not adult and "pediatric_from" in said:
            return "pediatric"
        if (adult and child) or "both" in said:
            return "both"
        if adult:
            return "adult"
        if child:
            return "pediatric"
    return "unspecified"
