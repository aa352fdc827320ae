"""What came of a trial: for each comparison of a reported primary outcome the p-value and the direction.

A direction is only given where the record decides it: a comparison of two groups, one of them tested and one
a control, whose figures point the same way. Nothing is calculated anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal

from usedfor.extraction.cues import rules
from usedfor.extraction.trial_names import fold_text
from usedfor.extraction.trial_roles import Judged
from usedfor.studies import Analysis, Direction, Favours, Group, Outcome, Result, Trial

__all__ = ["read_results"]

_NOT_SUPERIORITY = ("NON_INFERIORITY", "EQUIVALENCE")


@cache
def _control() -> re.Pattern[str]:
    return re.compile(rules("trial_results")["control"], re.I)


@cache
def _better() -> tuple[tuple[bool, re.Pattern[str]], ...]:
    return tuple((one["more"], re.compile(one["pattern"], re.I)) for one in rules("trial_results")["better"])


def read_results(trial: Trial, judged: Sequence[Judged]) -> tuple[Result, ...]:
    """One result for each comparison of each reported primary outcome, in the record's order."""
    made = []
    for outcome in trial.results:
        for analysis in outcome.analyses or (Analysis(),):
            made.append(_result(outcome, analysis, judged))
    return tuple(made)


def _result(outcome: Outcome, analysis: Analysis, judged: Sequence[Judged]) -> Result:
    compared = tuple(g for g in outcome.groups if not analysis.groups or g.id in analysis.groups)
    direction, rule = _direction(compared, analysis, judged)
    return Result(
        outcome=outcome.measure,
        groups=compared,
        p_value=analysis.p_value,
        direction=direction,
        favours=_favours(outcome, direction),
        rule=rule,
    )


def _direction(
    groups: tuple[Group, ...], analysis: Analysis, judged: Sequence[Judged]
) -> tuple[Direction, str]:
    significant = analysis.p_value.significant if analysis.p_value else None
    if significant is None or len(groups) < 2:
        return "unknown", "trial_result.no_p_value"
    if analysis.kind and analysis.kind.startswith(_NOT_SUPERIORITY):
        return "unknown", "trial_result.not_superiority"
    if not significant:
        return "no_difference", "trial_result.no_difference"
    found = [_side(group, judged) for group in groups]
    if len(groups) != 2 or found.count("control") != 1 or "both" in found:
        return "unknown", "trial_result.groups"
    control, tested = groups if found[0] == "control" else groups[::-1]
    if not tested.values or len(tested.values) != len(control.values):
        return "unknown", "trial_result.mixed_values"
    signs = set()
    for one, other in zip(tested.values, control.values, strict=True):
        if one is None or other is None:
            return "unknown", "trial_result.mixed_values"
        signs.add((one > other) - (one < other))
    if signs == {1}:
        return "increased", "trial_result.values"
    if signs == {-1}:
        return "decreased", "trial_result.values"
    return "unknown", "trial_result.mixed_values"


def _side(group: Group, judged: Sequence[Judged]) -> Literal["control", "tested", "both", "neither"]:
    """What a group's title names; where that is nothing, what its description does."""
    for text in (group.title, group.description or ""):
        folded = fold_text(text)
        roles = {one.role for one in judged if one.named.found(folded)}
        tested = "experimental" in roles
        control = bool(roles & {"comparator", "placebo"}) or _control().search(text) is not None
        if tested and control:
            return "both"
        if tested or control:
            return "tested" if tested else "control"
    return "neither"


def _favours(outcome: Outcome, direction: Direction) -> Favours:
    if direction == "no_difference":
        return "neither"
    if direction == "unknown":
        return "unknown"
    better = {more for more, pattern in _better() if pattern.search(outcome.measure)}
    if len(better) != 1:
        return "unknown"
    return "intervention" if better == {direction == "increased"} else "comparator"
