"""The rules of judgement (words/rules.toml): which holds for a claim's figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from usedfor.verification.cues import data
from usedfor.verification.results import Verdict

__all__ = ["Rule", "barred", "book", "decides", "decisive", "explaining", "rule"]


@dataclass(frozen=True)
class Rule:
    """A rule: the least (or, with ``below``, the first too great) value of each figure it names."""

    id: str
    verdict: Verdict
    why: str
    first: bool
    given: bool
    least: tuple[tuple[str, float], ...]
    below: tuple[tuple[str, float], ...]

    def holds(self, figures: Mapping[str, float]) -> bool:
        """Whether it holds for these figures; one that is not there is 0."""
        return all(figures.get(name, 0.0) >= value for name, value in self.least) and all(
            figures.get(name, 0.0) < value for name, value in self.below
        )


def _rule(row: Mapping[str, Any]) -> Rule:
    when = row["when"].items()
    return Rule(
        id=row["id"],
        verdict=row["verdict"],
        why=row["why"],
        first=row.get("first", False),
        given=row.get("given", False),
        least=tuple((name, float(v)) for name, v in when if not isinstance(v, str)),
        below=tuple((name, float(v[1:])) for name, v in when if isinstance(v, str)),
    )


@cache
def book() -> tuple[Rule, ...]:
    """All rules in order."""
    return tuple(_rule(row) for row in data("rules")["rule"])


@cache
def _bars() -> tuple[Rule, ...]:
    return tuple(_rule(row) for row in data("rules")["bar"])


def barred(verdict: Verdict, figures: Mapping[str, float]) -> bool:
    """Whether the weighing must not give this verdict for these figures."""
    return any(bar.verdict == verdict and bar.holds(figures) for bar in _bars())


@cache
def rule(id: str) -> Rule:
    """The rule with this id."""
    return next(one for one in book() if one.id == id)


@cache
def decides(id: str) -> bool:
    """Whether a verdict by this rule rests on the rule alone, and not on the weighing."""
    found = rule(id)
    return found.first or found.given


def decisive(figures: Mapping[str, float]) -> Rule | None:
    """The first rule that decides at once, or None."""
    return next((one for one in book() if one.first and one.holds(figures)), None)


def explaining(verdict: Verdict, figures: Mapping[str, float]) -> Rule:
    """The first rule of this verdict that holds."""
    return next(
        one
        for one in book()
        if one.verdict == verdict and not one.first and not one.given and one.holds(figures)
    )
