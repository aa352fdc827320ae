"""Which interventions are in which arm, and on which side of the comparison an arm stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal

from usedfor.extraction.cues import rules
from usedfor.studies import Trial

__all__ = ["Side", "members", "sides"]

Side = Literal["test", "control", "inert", "none"]
_INERT = ("PLACEBO_COMPARATOR", "SHAM_COMPARATOR")


@cache
def _label(kind: str) -> re.Pattern[str]:
    return re.compile(rules("trial_roles")["labels"][kind], re.I)


def members(trial: Trial) -> list[frozenset[int]]:
    """For each arm the numbers of its interventions, by the arm's list or the interventions' own."""
    numbers = {one.name.casefold(): n for n, one in enumerate(trial.interventions)}
    by_label: dict[str, set[int]] = {}
    for n, one in enumerate(trial.interventions):
        for label in one.arms:
            by_label.setdefault(label, set()).add(n)
    return [
        frozenset(
            {numbers[name.casefold()] for name in arm.interventions if name.casefold() in numbers}
            | by_label.get(arm.label, set())
        )
        for arm in trial.arms
    ]


def sides(trial: Trial, arms: Sequence[frozenset[int]], placebo: Sequence[bool]) -> list[Side]:
    """The side of each arm: under test, control, inert (placebo or sham) or none (nothing is given).

    ``arms`` are those of ``members``; ``placebo`` says of each intervention whether its name is a placebo's.
    The registry's types are not always used as they are meant, so labels count too, and where no arm is
    called experimental, those that nothing calls a control are under test.
    """
    found = [_side(trial, k, inside) for k, inside in enumerate(arms)]
    if not {"test", "control"} & set(found):  # a crossover may be called a placebo arm as a whole
        found = [
            "test" if side == "inert" and not all(placebo[n] for n in inside) else side
            for side, inside in zip(found, arms, strict=True)
        ]
    called = [_label("control").search(arm.label) is not None for arm in trial.arms]
    if "test" not in found:  # many records call every arm an active comparator
        found = [
            "test" if side == "control" and not control else side
            for side, control in zip(found, called, strict=True)
        ]
    elif found.count("test") > 1:
        found = [
            "control" if side == "test" and control else side
            for side, control in zip(found, called, strict=True)
        ]
    if "test" not in found:
        found = ["test" if side == "control" else side for side in found]
    return found


def _side(trial: Trial, k: int, inside: frozenset[int]) -> Side:
    arm = trial.arms[k]
    if arm.type in _INERT or (arm.type != "EXPERIMENTAL" and _label("placebo").search(arm.label)):
        return "inert"
    if arm.type == "NO_INTERVENTION" or not inside:
        return "none"
    return "test" if arm.type == "EXPERIMENTAL" else "control"
