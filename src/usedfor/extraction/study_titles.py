"""What the title of a study says of the conditions that it names: treated, or only who, where or what harm.

The rules stand in ``rules/study_titles.toml``; papers and registered trials are read by the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Literal

import msgspec

from usedfor.extraction.cues import rules
from usedfor.vocabulary import Mention, Vocabulary

__all__ = ["Place", "Titled", "at_operation", "read_title"]

_REACH = 120  # characters of the title looked at before and behind a name
# Between two conditions of which the second stands as the first does: "A and severe B", "A (B", "A/B".
_JOINED = re.compile(
    r"\W*(?:\([^()]*\)\W*)?(?:[,/;&]|\b(?:and|or|and/or|plus)\b)\W*(?:(?!with|in\b|for\b)[\w-]+ ){0,4}|\s*\(",
    re.I,
)
Place = Literal["for", "in", "plain", "people", "aside", "harm"]


class Titled(msgspec.Struct, frozen=True):
    """A condition of a title, how it stands there, and the rule that says so.

    ``for``: what the medicine is given for. ``in``: what those have who are given it. ``plain``: neither.
    ``people``: they had it, or are free of it, or it is a name. ``aside``: an operation or a setting that
    goes by its name. ``harm``: what a tested medicine does.
    """

    mention: Mention
    place: Place
    rule: str


@cache
def _compiled() -> tuple[dict[str, Any], ...]:
    marks = ("before", "behind", "name", "not_behind", "title", "to")
    return tuple(
        {k: re.compile(v, 0 if one.get("case") else re.I) if k in marks else v for k, v in one.items()}
        for one in rules("study_titles")["rule"]
    )


@cache
def _operation() -> re.Pattern[str]:
    return re.compile(rules("study_titles")["operation"]["pattern"], re.I)


def at_operation(title: str) -> bool:
    """Whether a title is on what is given at an operation against pain, for sleep and the like: the disease
    that the record then lists is what people are operated on for."""
    return _operation().search(title) is not None


def read_title(title: str, medicines: Iterable[str], vocabulary: Vocabulary) -> tuple[Titled, ...]:
    """The conditions of a title in its order; ``medicines`` are the ids of what is tested."""
    mentions = vocabulary.conditions.in_text(title)
    if not mentions:
        return ()
    asked = frozenset(medicines)
    tested = [m for m in vocabulary.medicines.in_text(title) if m.id in asked]
    made: list[Titled] = []
    for one in mentions:
        before = made[-1] if made else None
        if before and _JOINED.fullmatch(title[before.mention.end : one.start]) and before.place != "aside":
            made.append(Titled(one, before.place, before.rule))
        else:
            made.append(_titled(title, one, tested))
    return tuple(made)


def _titled(title: str, one: Mention, tested: list[Mention]) -> Titled:
    before, behind = title[max(0, one.start - _REACH) : one.start], title[one.end :][:_REACH]
    for rule in _compiled():
        if "title" in rule and not rule["title"].search(title):
            continue
        if "not_behind" in rule and rule["not_behind"].search(behind):
            continue
        marks: list[object] = [rule["before"].search(before)] if "before" in rule else []
        marks += [rule["behind"].search(behind)] if "behind" in rule else []
        marks += [rule["name"].search(one.name)] if "name" in rule else []
        if "to" in rule:  # what stands between the condition and a tested medicine behind it
            marks += [rule["to"].fullmatch(title[one.end : m.start]) for m in tested if m.start >= one.end]
        if marks and (all if rule.get("all") else any)(marks):
            return Titled(one, rule["place"], rule["id"])
    return Titled(one, "plain", "title.plain")
