"""How a medicine is given and how it acts: a claim against routes, the section on its action, and what the
label asks of those who give it."""

from __future__ import annotations

import re
from functools import cache

from usedfor.verification.cues import data
from usedfor.verification.facts import Facts
from usedfor.verification.index import Index, Passage
from usedfor.verification.results import Kind
from usedfor.verification.retrieve import Found

__all__ = ["mechanism_figures", "names_route", "required", "route_figures"]


def route_figures(f: dict[str, float], text: str, facts: Facts) -> None:
    """Whether the ways of giving that a claim names are those of the products."""
    f["route_met"] = f["route_other"] = 0.0
    if not facts.routes:
        return
    named = [row for row, pattern in _route_cues() if pattern.search(text)]
    if named:
        met = all(facts.routes & frozenset(row) for row in named)
        f["route_met" if met else "route_other"] = 1.0


def names_route(text: str) -> bool:
    """Whether a sentence names a way of giving a medicine."""
    return any(pattern.search(text) for _, pattern in _route_cues())


@cache
def _route_cues() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    return tuple((tuple(row["codes"]), re.compile(row["claim"], re.I)) for row in data("contrasts")["route"])


_GIVING = ("dosage_and_administration", "boxed_warning", "warnings", "warnings_and_cautions", "description")
_EITHER = re.compile(r"\b(?:with or without|without regard|regardless)\b", re.I)


def required(text: str, found: Found) -> Passage | None:
    """The sentence that asks for another way of giving it than the claim allows."""
    for said, asked in _required():
        if said.search(text) and not asked.search(text):
            asking = _asking(found.index, asked)
            if asking is not None:
                return asking
    return None


def _asking(index: Index, asked: re.Pattern[str]) -> Passage | None:
    """The first sentence on giving it that asks for something; looked for once."""
    if asked not in index.memo:
        rows = (index.passages[n] for section in _GIVING for n in index.by_section(section))
        index.memo[asked] = next(
            (one for one in rows if asked.search(one.text) and not _EITHER.search(one.text)), None
        )
    return index.memo[asked]


@cache
def _required() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    rows = data("contrasts")["required"]
    return tuple((re.compile(row["said"], re.I), re.compile(row["asked"], re.I)) for row in rows)


_ACTION = ("mechanism_of_action", "clinical_pharmacology", "pharmacodynamics", "description", "indications_and_usage", "openfda")  # fmt: skip  # noqa: E501
_TARGETED = re.compile(r"[ -](?:receptors?|channels?|enzymes?|kinases?|transporters?|pumps?|hormones?|pathway|proteins?)\b", re.I)  # fmt: skip  # noqa: E501
_TARGET = re.compile(r"^(?:[A-Za-z]*[A-Z][A-Za-z-]*[A-Z0-9][\w-]*|[A-Z]+-?\d+\w*|[a-z]+-?\d+[a-z]*)$")


_IS_A = re.compile(r"\b(?:is|are) an? ", re.I)
_IS_NOT = re.compile(r"\b(?:is|are) not an? (?:\w+ ){0,2}$", re.I)


def _denies_class(found: Found, n: int) -> bool:
    """Whether a sentence says that the medicine "is not a" thing of this unit."""
    index = found.index
    for way in found.units[n].ways:
        for at in index.holding(way)[:40]:
            passage = index.passages[at]
            place = passage.places.get(way[0])
            if place is not None and _IS_NOT.search(passage.text, max(0, place[0] - 40), place[0]):
                return True
    return False


def mechanism_figures(f: dict[str, float], text: str, kind: Kind, found: Found) -> None:
    """Whether the targets and classes that a claim names stand where the label tells how the medicine
    acts."""
    f["action_cover"] = f["action_lost"] = f["class_denied"] = 0.0
    if kind != "mechanism":
        return
    if _IS_A.search(text):
        f["class_denied"] = float(any(_denies_class(found, n) for n in range(len(found.units))))
    classes = data("contrasts")["classes"]
    targets = [
        n
        for n, u in enumerate(found.units)
        if _TARGET.match(u.text)
        or any(word in u.text.lower() for word in classes)
        or _TARGETED.match(text, u.end)
    ]
    if not targets:
        return
    index = found.index
    held = [
        n
        for n in targets
        if any(
            index.passages[at].section in _ACTION for way in found.units[n].ways for at in index.holding(way)
        )
    ]
    f["action_cover"] = len(held) / len(targets)
    f["action_lost"] = 1 - f["action_cover"]
