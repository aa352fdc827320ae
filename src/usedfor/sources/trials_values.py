"""The registry's values in any of its spellings -> one: codes, dates, counts, p-values.

What cannot be read is None.
"""

from __future__ import annotations

import re
from datetime import date

from usedfor.studies import PValue

__all__ = ["code", "count", "day", "nct_id", "number", "p_value", "phases", "words"]

_NCT = re.compile(r"NCT\d{8}")
_NOT_WORD = re.compile(r"[^A-Z0-9]+")
_PHASE = re.compile(
    r"EARLY\s*_?PHASE\s*_?1|PHASE\s*_?([0-4])|(?<![A-Z0-9])([1-4])(?![A-Z0-9])|N/?A(?![A-Z])", re.I
)
_MONTHS = {name: n for n, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
)}  # fmt: skip
_ISO = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?(?:[T ].*)?")
_WORDY = re.compile(r"([A-Za-z]{3,9})\.?\s+(?:(\d{1,2}),?\s+)?(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][-+]?\d+)?")
_P = re.compile(
    r"(?:p(?:[ -]?value)?\s*)?(<=|>=|=<|=>|≤|≥|<|>|=)?\s*(\d*[.,]\d+|\d+(?:[.,]\d*)?)"
    r"(?:\s*[eE×x*]\s*(?:10\^?)?\s*([-−]?\d{1,3}))?",
    re.I,
)  # fmt: skip
_RELATIONS = {"≤": "<=", "=<": "<=", "≥": ">=", "=>": ">="}
_NOT_SIGNIFICANT = re.compile(
    r"(?:p\s*[:=]?\s*)?(?:n\.?\s?s\.?|not (?:statistically )?significant|non-?significant)", re.I
)
_ALIASES = {
    "NONE_OPEN_LABEL": "NONE", "OPEN_LABEL": "NONE", "OPEN": "NONE", "NON_RANDOMISED": "NON_RANDOMIZED",
    "RANDOMISED": "RANDOMIZED", "N_A": "NA", "UNKNOWN_STATUS": "UNKNOWN", "PARALLEL_ASSIGNMENT": "PARALLEL",
    "ACTIVE_NOT_RECRUITING": "ACTIVE_NOT_RECRUITING", "EXPANDED_ACCESS_AVAILABLE": "AVAILABLE",
}  # fmt: skip
LEVEL = 0.05  # the level at which the registry's records call a difference significant


def words(text: str) -> str:
    """``text`` with single blanks for its white space, without the registry's backslashes before signs."""
    return " ".join(re.sub(r"\\(?=[^\w\s])", "", text).split())


def nct_id(text: str) -> str | None:
    """The NCT number that ``text`` is, or None."""
    found = text.strip().upper()
    return found if _NCT.fullmatch(found) else None


def code(text: str | None) -> str | None:
    """A code as API v2 writes it: "Active, not recruiting" as ACTIVE_NOT_RECRUITING."""
    made = _NOT_WORD.sub("_", (text or "").upper()).strip("_")
    return _ALIASES.get(made, made) or None


def phases(text: str) -> tuple[str, ...]:
    """ "Phase 2/Phase 3", "PHASE2|PHASE3" and "2/3" as PHASE2, PHASE3; () where none is named."""
    found = []
    for match in _PHASE.finditer(text.replace("_", " ")):
        number = match[1] or match[2]
        low = match[0].upper()
        found.append(
            "EARLY_PHASE1"
            if low.startswith("EARLY") or number == "0"
            else f"PHASE{number}"
            if number
            else "NA"
        )
    return tuple(dict.fromkeys(found))


def count(value: object) -> int | None:
    """A whole number that is not negative, given as a number or as text ("110", "110.0", "1,200")."""
    if isinstance(value, bool):
        return None
    found = number(value) if isinstance(value, str) else value
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    return found if isinstance(found, int) and 0 <= found < 10**9 else None


def number(value: object) -> float | None:
    """A finite number, given as one or as text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) < 1e300 else None
    if not isinstance(value, str):
        return None
    text = value.strip().replace("−", "-")
    if not _NUMBER.fullmatch(text) or not any(c.isdigit() for c in text):
        return None
    found = float(text.replace(",", ""))
    return found if abs(found) < 1e300 else None


def day(text: str | None) -> str | None:
    """An ISO date, no more exact than the source. "7/8/2022" is only 2022: which of the two is the month is
    not known."""
    value = (text or "").strip()
    if match := _ISO.fullmatch(value):
        return _date(match[1], match[2], match[3])
    if match := _WORDY.fullmatch(value):
        month = _MONTHS.get(match[1][:3].lower())
        return _date(match[3], str(month), match[2]) if month else None
    if match := _SLASHED.fullmatch(value):
        first, second, year = int(match[1]), int(match[2]), match[3]
        if first == second or (first <= 12 < second):
            return _date(year, match[1], match[2])
        if second <= 12 < first:
            return _date(year, match[2], match[1])
        return _date(year, None, None) if max(first, second) <= 12 else None
    return None


def _date(year: str, month: str | None, day_: str | None) -> str | None:
    try:
        made = date(int(year), int(month or 1), int(day_ or 1))
    except ValueError:
        return None
    return made.isoformat() if day_ else made.isoformat()[:7] if month else year


def p_value(text: str | None) -> PValue | None:
    """A p-value with what is certain of it: "<0.0001", "0,03", "p = .04"; "NS" is not significant.

    What is no number from 0 to 1, or is one among other words, is kept as text alone.
    """
    kept = words(text or "")
    if not kept:
        return None
    if _NOT_SIGNIFICANT.fullmatch(kept):
        return PValue(text=kept, significant=False)
    match = _P.fullmatch(kept)
    if match is None:
        return PValue(text=kept)
    value = float(match[2].replace(",", "."))
    if match[3]:
        value *= 10.0 ** int(match[3].replace("−", "-"))
    relation = _RELATIONS.get(match[1], match[1]) or "="
    if not 0 <= value <= 1:
        return PValue(text=kept)
    if relation in ("<", "<="):
        significant = True if value <= LEVEL else None
        if relation == "<=" and value == LEVEL:
            significant = True
    elif relation in (">", ">="):
        significant = False if value >= LEVEL else None
    else:
        significant = value < LEVEL
    return PValue(text=kept, relation=relation, value=value, significant=significant)  # type: ignore[arg-type]
