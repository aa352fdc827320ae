"""Ages in running text: "6 to 17 years of age", "below the age of 2 years", "12 years and older"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from usedfor.model import Figure

__all__ = ["ages", "nearest_age"]

_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen"""
_NUMBERS = {word: float(n) for n, word in enumerate(_WORDS.split())}
_IN_YEAR = {"years": 1, "months": 12, "weeks": 52, "days": 365}
_N = rf"(?:\d{{1,3}}(?:\.\d)?|{'|'.join(list(_NUMBERS)[1:])})"
_U = r"(?:years?|yrs?|months?|mos?|weeks?|days?)"
_OLD = r"(?:[\s-]+(?:of\s+age|old))?"
_LESS = r"(?:less\s+than\s+|younger\s+than\s+|under\s+|<\s*)"
_AGE = re.compile(
    rf"""
    \b(?P<birth>birth)\s+(?:to|through|up\sto)\s+(?:{_LESS}|the\s+age\s+of\s+)?
      (?P<b>{_N})[\s-]+(?P<bu>{_U})\b
    | \b(?P<low>{_N})(?:[\s-]+(?P<lu>{_U}){_OLD})?\s*(?:to|through|-|–|—|and)\s*{_LESS}?
      (?P<high>{_N})[\s-]+(?P<hu>{_U})\b{_OLD}
    | (?P<least>≥|\bat\s+least\s+|\bolder\s+than\s+|\bgreater\s+than\s+or\s+equal\s+to\s+
      |\bover\s+(?:the\s+age\s+of\s+)?)
      \s*(?P<g>{_N})[\s-]+(?P<gu>{_U})\b
    | \b(?P<o>{_N})[\s-]+(?P<ou>{_U}){_OLD},?\s+(?:and|or|&)\s+(?:older|above|over|up|greater)\b
    | (?P<below><|≤|\byounger\s+than\s+|\bless\s+than\s+|\bunder\s+|\bbelow\s+|\bup\s+to\s+)\s*
      (?P<of>(?:the\s+)?ages?\s+(?:of\s+)?)?(?P<y>{_N})(?:[\s-]+(?P<yu>{_U})\b)?(?P<old>{_OLD})
    | \b(?P<d>{_N})[\s-]+(?P<du>{_U}){_OLD}\s+(?:and|or)\s+(?:younger|under|less|below)\b
    """,
    re.I | re.X,
)
_PEOPLE = re.compile(
    r"(?:patients?|children|infants?|adolescents?|neonates?|pediatrics?|ages?d?|those|people)\W*$", re.I
)


def _number(text: str) -> float:
    return _NUMBERS[text.lower()] if text.lower() in _NUMBERS else float(text)


def _unit(text: str) -> str:
    return {"y": "years", "m": "months", "w": "weeks", "d": "days"}[text[0].lower()]


def ages(text: str) -> Iterator[tuple[int, int, Figure]]:
    """Each age in ``text``: place and figure, in years, months, weeks or days.

    "6 to 17 years" has ``low`` and ``high``; "12 years and older" ``low`` with ">="; "under 2 years" ``high``
    with "<". A range with two units is given in the smaller one. A bare "less than 6 months" counts only
    beside a word for people or with "of age": else it is a time.
    """
    for match in _AGE.finditer(text):
        figure = _figure(text, match)
        gestation = "gestation" in text[match.end() : match.end() + 16].lower()
        if figure is not None and not gestation:
            yield match.start(), match.end(), figure


def _figure(text: str, match: re.Match[str]) -> Figure | None:
    if match["birth"]:
        return Figure(unit=_unit(match["bu"]), low=0.0, high=_number(match["b"]))
    if match["high"]:
        return _range(match)
    if match["least"]:
        return Figure(unit=_unit(match["gu"]), low=_number(match["g"]), relation=">=")
    if match["o"]:
        return Figure(unit=_unit(match["ou"]), low=_number(match["o"]), relation=">=")
    if match["d"]:
        return Figure(unit=_unit(match["du"]), high=_number(match["d"]), relation="<=")
    people = _PEOPLE.search(text, max(0, match.start() - 24), match.start())
    if not (match["of"] or match["old"].strip() or (match["yu"] and people)):
        return None
    to = " ".join(match["below"].lower().split()) in ("≤", "up to")
    unit = _unit(match["yu"]) if match["yu"] else "years"
    return Figure(unit=unit, high=_number(match["y"]), relation="<=" if to else "<")


def _range(match: re.Match[str]) -> Figure | None:
    high_unit = _unit(match["hu"])
    low_unit = _unit(match["lu"]) if match["lu"] else high_unit
    low, high = _number(match["low"]), _number(match["high"])
    unit = max(low_unit, high_unit, key=_IN_YEAR.__getitem__)
    low *= _IN_YEAR[unit] // _IN_YEAR[low_unit]
    high *= _IN_YEAR[unit] // _IN_YEAR[high_unit]
    return Figure(unit=unit, low=low, high=high) if low < high else None


def nearest_age(text: str, place: int, reach: int = 110) -> Figure | None:
    """The first age behind ``place``, within ``reach`` characters, else the last before it."""
    behind = next(ages(text[place : place + reach]), None)
    if behind:
        return behind[2]
    before = [figure for _, _, figure in ages(text[max(0, place - 2 * reach) : place])]
    return before[-1] if before else None
