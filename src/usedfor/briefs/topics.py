"""Plain words for the topic codes of warnings and of groups of people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from usedfor.briefs.naming import both_words
from usedfor.briefs.tidy import is_cut, tidy
from usedfor.briefs.wording import listed, number, same_key, table
from usedfor.model import Figure, Statement

_WHO_SHOWN = 3  # ages or grades in one sentence
_BESIDE = 4  # words of the label shown in brackets

_LEADS = re.compile(
    r"^(?:warnings?: |(?:increased |potential )?risks? (?:of|for|from|with) |potential for |"
    r"possible |use in (?:patients with )?|effects? on )+",
    re.IGNORECASE,
)


def topic_words(topic: str | None, text: str, *, short: bool = False) -> str:
    """A warning's topic in plain words, the label's own beside it: "liver damage (hepatotoxicity)".

    ``short`` leaves the label's words out where a plain wording is known. ``""`` where there is none and the
    label's words were cut in the middle: half a heading says nothing.
    """
    known = table("topics")["warnings"].get(topic or "")
    words = tidy(_LEADS.sub("", text))
    if words.casefold() in table("cues")["no_topics"]:
        return str(known or "")
    if not known:
        return "" if is_cut(words) else both_words(words)
    bare = short or topic in table("topics")["bare"]["codes"] or is_cut(words) or len(words.split()) > _BESIDE
    if bare or not words or not _adds(str(known), words):
        return str(known)
    return f"{known} ({words})"


def _adds(known: str, words: str) -> bool:
    """Whether the label's words say something the plain ones do not."""
    have = set(same_key(known).split())
    return not set(same_key(words).split()) <= have.union(table("cues")["fillers"])


def population_finding(topic: str, statements: Sequence[Statement]) -> tuple[str, list[list[Statement]]]:
    """The finding as one sentence without its full stop, and its statements, a list for each group it names.

    Ages and grades of the same finding are put together ("children under 2 years or children under 6 years").
    ``("", [])`` for a code that has no wording.
    """
    found = table("topics")["populations"].get(topic)
    if found is None:
        return "", []
    group = topic.partition(".")[0]
    if "{who}" not in found:
        return str(found), [list(statements)]
    named: dict[str, list[Statement]] = {}
    for s in statements:
        who = children_words(s.figures) if group == "children" else organ_words(group, s.population)
        named.setdefault(who, []).append(s)
    general = "children" if group == "children" else organ_words(group, None)
    if len(named) > 1 and general in named:
        if group == "children" or topic.endswith((".contraindicated", ".avoid")):
            named.pop(
                general
            )  # "children" beside "children under 2 years" adds nothing, and may say too much
        else:
            named = {general: named[general]}  # holds for every grade
    shown = dict(list(named.items())[:_WHO_SHOWN])
    text = str(found).replace("{who}", listed(shown, last="or"))
    if group == "children" and len(shown) > 1:
        text += str(table("topics")["suffix"]["ages"])
    return text, list(shown.values())


def children_words(figures: Sequence[Figure]) -> str:
    """ "children under 12 years", "people aged 12 years or older"; "children" where no age is given."""
    for f in figures:
        if f.low is not None and f.high is not None:
            return (
                f"children aged {number(f.low)} to {number(f.high)} {f.unit}" if f.low else _under(f, "up to")
            )
        if f.high is not None:
            return _under(f, "up to" if f.relation == "<=" else "under")
        if f.low is not None:
            return f"people aged {number(f.low)} {f.unit} or older"
    return "children"


def _under(figure: Figure, word: str) -> str:
    return f"children {word} {number(figure.high or 0)} {figure.unit}"


def organ_words(group: str, population: str | None) -> str:
    """ "severe kidney problems" for "severe renal impairment"."""
    whole = "renal impairment" if group == "kidney" else "hepatic impairment"
    words = population or whole
    if is_cut(words):
        words = words.rpartition(", ")[0] or whole
    for theirs, ours in table("topics")["who"].items():
        words = words.replace(theirs, ours)
    before, comma, last = words.rpartition(", ")
    return f"{before} or {last}" if comma and " or " not in last else words


def finding_rank(kind: str, topic: str) -> int:
    """The place of a finding in its table: gravest first; unknown codes last."""
    return _ranks(kind).get(topic, 1000)


@cache
def _ranks(kind: str) -> dict[str, int]:
    return {topic: rank for rank, topic in enumerate(table("topics")[kind])}
