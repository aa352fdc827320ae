"""Whose kidney or liver: the grade of a loss of function in a clause."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal, NamedTuple

from usedfor.extraction.sieve import Gated
from usedfor.model import Figure

__all__ = ["Who", "organ_state"]

_GRADES = ("mild", "moderate", "severe")
_CHILD_PUGH = {"a": "mild", "b": "moderate", "c": "severe"}
_CLASS = re.compile(
    r"child[-\s]pugh(?:'s)?[\s:,-]*(?:class(?:es)?|score|category|grade)?\s*"
    r"(?P<list>[abc]\b(?:(?:\s*(?:,|or|and|to|/|-))+\s*[abc]\b)*)"
)
_LIMIT = re.compile(
    r"(?:cr\s?cl|cl\s?cr|creatinine\s+clearance|e?gfr)[^.;<>≤≥0-9]{0,45}?"
    r"(?:(?P<low>\d{1,3})\s*(?:to|-|–|and)\s*(?:less\s+than\s+|<\s*)?(?P<high>\d{1,3})"
    r"|(?P<sign><|≤|less\s+than(?:\s+or\s+equal\s+to)?|below|>|≥|greater\s+than(?:\s+or\s+equal\s+to)?|above)"
    r"\s*(?P<at>\d{1,3}))(?=\s*(?:to\s*<?\s*\d+\s*)?ml)",
)
_REACH = 160  # characters on each side of the cue
_PARENTHESIS = re.compile(r"\([^()]{0,120}\)\s?")
_OF_PEOPLE = re.compile(
    r"\b(?:patients?|subjects?|individuals?|adults?|those|people|persons?|with|in|for|having|severe|any)\b[^.;:]{0,50}$"
)
_NAMES = {"kidney": "renal impairment", "liver": "hepatic impairment"}


class Who(NamedTuple):
    """In whom: "severe renal impairment", and a creatinine clearance in mL/min where one is given."""

    population: str
    figures: tuple[Figure, ...] = ()


@cache
def _compiled(pattern: str) -> Gated:
    return Gated(re.compile(pattern))


def organ_state(
    group: dict[str, Any],
    name: str,
    sentence: str,
    clause: tuple[int, int],
    cue: tuple[int, int],
    block: bool,
) -> Who | None:
    """The loss of function that the clause speaks of around the cue, or the sentence before the clause.

    None when neither names one in people and the heading (``block``) does not either. "mild to severe" holds
    the grades between. Text is in lower case.
    """
    low, high = max(clause[0], cue[0] - _REACH), min(clause[1], cue[1] + _REACH)
    for start, end in ((low, high), (max(0, low - _REACH), low)):
        found = _state(group, name, sentence[start:end], cue[0] - start, block)
        if found:
            return found
    return Who(_NAMES[name]) if block else None


def _state(group: dict[str, Any], name: str, text: str, cue: int, block: bool) -> Who | None:
    grades: set[str] = set()
    named = False
    plain = _PARENTHESIS.sub("", text)
    for match in _compiled(group["state"]).finditer(plain):
        if (
            block
            or _OF_PEOPLE.search(plain, max(0, match.start() - 60), match.start())
            or _heads(plain, match)
        ):
            named = True
            grades |= _grades(match["grade"] or "")
    extremes = sorted({" ".join(m.group().split()) for m in _compiled(group["extreme"]).finditer(text)})
    figures: tuple[Figure, ...] = ()
    if name == "liver":
        for match in _CLASS.finditer(text):
            named = True
            letters = set(re.findall(r"\b[abc]\b", match["list"]))
            grades |= {_CHILD_PUGH[letter] for letter in letters}
            if re.search(r"\bto\b|-", match["list"]) and letters == {"a", "c"}:
                grades.add("moderate")
    else:
        limits = list(_LIMIT.finditer(text, max(0, cue))) or list(_LIMIT.finditer(text))
        if limits:
            named = named or not extremes
            figures = (_figure(limits[0]),) if len(limits) == 1 else ()
    if not named and not extremes:
        return None
    ordered = [grade for grade in _GRADES if grade in grades]
    words = [_joined(ordered, name)] if named else []
    words += [
        "dialysis" if "dialysis" in e else "end-stage renal disease" for e in extremes if "anuri" not in e
    ]
    words += ["anuria"] if any("anuri" in e for e in extremes) else []
    return Who(", ".join(dict.fromkeys(words)), figures)


def _extreme(words: str) -> str:
    if "dialysis" in words:
        return "dialysis"
    return "anuria" if words.startswith("anuri") else "end-stage renal disease"


def _heads(text: str, match: re.Match[str]) -> bool:
    """Whether the words stand as a heading or begin the sentence: "Renal Impairment: ..."."""
    return match.start() < 25 or text[match.end() : match.end() + 3].lstrip()[:1] in (":", "-", "–")


def _grades(text: str) -> set[str]:
    found = {grade for grade in _GRADES if grade in text}
    if found == {"mild", "severe"} and " to " in text:
        found.add("moderate")
    return found


def _joined(grades: list[str], name: str) -> str:
    if not grades:
        return _NAMES[name]
    *before, last = grades
    return f"{', '.join(before)} or {last} {_NAMES[name]}" if before else f"{last} {_NAMES[name]}"


def _figure(match: re.Match[str]) -> Figure:
    if match["low"]:
        return Figure(unit="mL/min", low=float(match["low"]), high=float(match["high"]))
    sign = match["sign"]
    equal = "equal" in sign or sign in ("≤", "≥")
    up = sign.startswith((">", "≥", "greater", "above"))
    relation: Literal["<", "<=", ">", ">="] = ">" if up else "<"
    if equal:
        relation = ">=" if up else "<="
    value = float(match["at"])
    return Figure(unit="mL/min", low=value if up else None, high=None if up else value, relation=relation)
