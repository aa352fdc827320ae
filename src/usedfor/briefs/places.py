"""Plain words for routes, schedules, times and label sections."""

from __future__ import annotations

from collections.abc import Iterable

from usedfor.briefs.tidy import tidy
from usedfor.briefs.wording import listed, number, table
from usedfor.model import Figure


def route_words(route: str) -> str:
    """``"INTRAVENOUS"`` -> ``"into a vein (intravenous)"``; an unknown one keeps its name."""
    known = table("places")["routes"].get(route.casefold())
    return str(known) if known else f"by the {tidy(route)} route"


def routes_words(routes: Iterable[str], *, short: bool = False) -> str:
    """Several routes in one phrase, "by mouth or into a vein (intravenous)"; ``short``: plain words alone."""
    words = [route_words(r) for r in routes]
    return listed((w.split(" (")[0] for w in words) if short else words, last="or")


def schedule_words(code: str) -> tuple[str, str] | None:
    """``"CIII"`` -> ("Schedule III", what that means); None for a code that is no schedule."""
    found = table("places")["schedules"].get(code)
    return (found["short"], found["meaning"]) if found else None


def section_words(field: str) -> str:
    """The name of a label's section for a reader."""
    known = table("places")["label_sections"].get(field)
    return str(known) if known else field.replace("_", " ").strip().capitalize()


def status_words(status: str) -> str:
    """The badge of a use."""
    return str(table("places")["statuses"].get(status, status.replace("_", " ")))


def source_words(source: str) -> str:
    """The name of a source for a reader."""
    return str(table("places")["sources"].get(source, source))


def time_words(figures: Iterable[Figure], at: str = "") -> str | None:
    """``"about 30 seconds"``, ``"3 to 4 minutes"``; with ``at="in"``, ``"in 3 to 4 minutes"``.

    None where no figure is a time.
    """
    before = {"about": "about ", "<": "less than ", "<=": "up to ", ">": "more than ", ">=": "at least "}
    lead = f"{at} " if at else ""
    for figure in figures:
        unit = _unit(figure.unit)
        if unit is None:
            continue
        if figure.low is not None and figure.high is not None:
            if figure.low == figure.high:
                return lead + _amount(figure.low, unit)
            about = "about " if figure.relation == "about" else ""
            return f"{lead}{about}{number(figure.low)} to {number(figure.high)} {unit[1]}"
        value = (
            figure.value
            if figure.value is not None
            else (figure.high if figure.high is not None else figure.low)
        )
        if value is None:
            continue
        if at and figure.relation == "<=":
            return f"within {_amount(value, unit)}"
        return lead + before.get(figure.relation, "") + _amount(value, unit)
    return None


def _amount(value: float, unit: tuple[str, str]) -> str:
    return f"{number(value)} {unit[0] if value == 1 else unit[1]}"


def _unit(unit: str) -> tuple[str, str] | None:
    found = table("places")["units"].get(unit.casefold().rstrip("s"))
    return (found[0], found[1]) if found else None
