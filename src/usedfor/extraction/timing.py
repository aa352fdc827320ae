"""How quickly the medicine works and how long: onset and duration in people (``rules/timing.toml``).

A time is read only where the sentence says that it is the medicine's effect: not the time to a peak
concentration, not a half-life, not the onset of an adverse reaction.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from usedfor.extraction.phrases import listed
from usedfor.extraction.rulebook import CueIndex, is_short, read_rules, state
from usedfor.extraction.sieve import Gated
from usedfor.model import Document, Figure, Statement

if TYPE_CHECKING:
    from usedfor.vocabulary import Vocabulary

__all__ = ["statements"]


_TRIALS = "clinical_studies"
_NEAR = 120  # characters before a time (half as many behind) in which a word can give it to something else
_BEFORE, _AFTER = (
    160,
    45,
)  # characters in which a route is looked for


class _Rule(msgspec.Struct, frozen=True):
    id: str
    means: str
    cues: tuple[str, ...]
    pattern: str
    unless: str = ""
    kind: Literal["onset", "duration"] = "onset"


def _squeeze(pattern: str) -> str:
    return re.sub(r"\n\s*", "", pattern)


@cache
def _compiled() -> tuple[CueIndex[_Rule], dict[str, tuple[re.Pattern[str], re.Pattern[str] | None]]]:
    book = read_rules("timing")
    words = book["words"]
    number, unit, lead = (_squeeze(words[k]) for k in ("number", "unit", "lead"))
    time = (
        rf"(?<![/\d.])(?P<time>(?P<lead>(?:{lead}){{0,3}})(?:(?P<low>{number})\s*(?P<unit1>{unit})?"
        rf"(?:\s*(?:to|-|–|—|and|or)\s*(?P<high>{number}))?\s*(?(unit1)|(?P<unit>{unit}))"
        rf"(?(unit1)(?:(?(high)\s*(?P<unit2>{unit})))?)|(?P<vague>(?:a\s+few\s+|several\s+)?(?:seconds|minutes))))\b"
    )
    rules = []
    patterns = {}
    for kind in ("onset", "duration"):
        for entry in book[kind]:
            rule = msgspec.convert({**entry, "kind": kind}, _Rule)
            rules.append(rule)
            source = rule.pattern.replace("EFFECT", f"(?P<effect>{_squeeze(words['effect'])})", 1)
            source = source.replace("EFFECT", _squeeze(words["effect"])).replace("TIME", time)
            unless = re.compile(rule.unless, re.I) if rule.unless else None
            patterns[rule.id] = (re.compile(source, re.I), unless)
    return CueIndex(rules, book["beside"], lambda rule: tuple(book["beside"])), patterns


@cache
def _words(key: str) -> Gated:
    return Gated(re.compile(_squeeze(read_rules("timing")["words"][key]), re.I))


@cache
def _routes() -> re.Pattern[str]:
    words = sorted(read_rules("timing")["routes"], key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b", re.I)


def statements(document: Document, medicine: str, vocabulary: Vocabulary) -> list[Statement]:
    """Onset and duration: text is the time with its small words; ``topic`` the route, where it is said.

    The figure's ``unit`` is seconds ... months and its ``label`` the word of the effect. A time said twice in
    one label is given once.
    """
    index, patterns = _compiled()
    found: list[Statement] = []
    seen = set()
    listed_routes = _listed_routes(document)
    for field in read_rules("timing")["sections"]:
        section = document.section(field)
        if section is None:
            continue
        for start, end, rules in index.sentences(section.text):
            sentence = section.text[start:end]
            if field == _TRIALS and _words("trial").search(sentence):
                continue
            for rule in rules:
                if rule.kind == "duration" and field == _TRIALS:
                    continue
                pattern, unless = patterns[rule.id]
                for match in pattern.finditer(sentence):
                    if not _holds(sentence, match, unless):
                        continue
                    figure = _figure(match)
                    low = match.start("time")
                    high = low + len(match["time"].rstrip())
                    if figure is None or not is_short(sentence[low:high]):
                        continue
                    topic = _route(section.text, start, end, start + high, listed_routes)
                    key = (rule.kind, topic, figure.unit, figure.value, figure.low, figure.high)
                    if key in seen:
                        continue
                    seen.add(key)
                    found.append(
                        state(
                            document,
                            section,
                            start + low,
                            start + high,
                            medicine=medicine,
                            kind=rule.kind,
                            rule=rule.id,
                            topic=topic,
                            figures=(figure,),
                        )
                    )
    return found


def _holds(sentence: str, match: re.Match[str], unless: re.Pattern[str] | None) -> bool:
    """Whether nothing in or right before the match says that it is another time."""
    if unless and unless.search(sentence, 0, match.start("time")):
        return False
    if _words("refused").search(sentence, max(0, match.start() - _NEAR), match.end() + _NEAR // 2):
        return False
    before = sentence[max(0, match.start() - 25) : match.start()]
    return not _words("peak").search(before) and not _words("peak").search(match["gap"])


def _number(word: str | None) -> float | None:
    if word is None:
        return None
    try:
        return float(word.replace(",", "."))
    except ValueError:
        found = read_rules("timing")["numbers"].get(" ".join(word.lower().split()))
        return None if found is None else float(found)


def _figure(match: re.Match[str]) -> Figure | None:
    """The time as a figure; a range of two units ("30 seconds to 2 minutes") by its upper end only."""
    units: dict[str, str] = read_rules("timing")["units"]
    label = match["effect"].lower() if "effect" in match.re.groupindex and match["effect"] else None
    lead = (match["lead"] or "").lower()
    more: dict[str, Any] = {"label": label, "arm": "drug"}
    if match["vague"]:
        return Figure(unit=match["vague"].split()[-1].lower(), **more)
    unit = units[(match["unit2"] or match["unit1"] or match["unit"]).lower()]
    low, high = _number(match["low"]), _number(match["high"])
    if low is None:
        return None
    said = match["unit2"] or match["unit1"] or match["unit"]
    if max(low, high or 0) > 1 and not said.lower().endswith("s"):  # "a 26 week trial", "the 24 hour period"
        return None
    if match["unit2"]:
        return Figure(unit=unit, value=high, relation="<=", **more)
    if high is not None:
        return Figure(unit=unit, low=low, high=high, **more) if high > low else None
    return Figure(unit=unit, value=low, relation=_relation(lead), **more)


def _relation(lead: str) -> Literal["=", "<=", "<", ">=", ">", "about"]:
    if any(word in lead for word in ("within", "up to", "as long as", "in ", "by ")):
        return "<="
    if "less than" in lead:
        return "<"
    if "at least" in lead:
        return ">="
    if "more than" in lead or "longer than" in lead:
        return ">"
    if any(word in lead for word in ("about", "approximately", "around", "roughly")):
        return "about"
    return "="


def _listed_routes(document: Document) -> frozenset[str]:
    section = document.section("openfda")
    if section is None:
        return frozenset()
    return frozenset(section.text[a:b].lower() for a, b in listed(section, "route"))


def _route(text: str, start: int, end: int, place: int, known: frozenset[str]) -> str | None:
    """The route of the time that ends at ``place``: right behind it, the sentence's only, the last before.

    Only a route of the product counts, where its routes are listed.
    """
    behind = _codes(text, place, min(end, place + _AFTER), known)
    if behind:
        return behind[0]
    within = _codes(text, start, end, known) or _codes(text, max(0, start - _BEFORE), start, known)
    if len(set(within)) == 1:
        return within[0]
    before = _codes(text, start, place, known)
    return before[-1] if before else None


def _codes(text: str, start: int, end: int, known: frozenset[str]) -> list[str]:
    routes: dict[str, str] = read_rules("timing")["routes"]
    codes = [routes[m.group().lower()] for m in _routes().finditer(text, start, end)]
    return [code for code in codes if not known or code in known]
