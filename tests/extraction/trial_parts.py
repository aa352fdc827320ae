"""Small made-up trials."""

from __future__ import annotations

from typing import Any

from usedfor.extraction.trial import read_trial
from usedfor.studies import Arm, Intervention, Trial, TrialReading
from usedfor.vocabulary import load

E, A, P, N = "EXPERIMENTAL", "ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR", "NO_INTERVENTION"


def trial(arms: dict[str, tuple[str | None, tuple[str, ...]]], **more: Any) -> Trial:
    """A trial with ``arms``: label -> (type, names of interventions); more fields as given."""
    types: dict[str, str] = more.pop("types", {})
    described: dict[str, str] = more.pop("described", {})
    names = dict.fromkeys(name for _, members in arms.values() for name in members)
    fields = {"nct": "NCT00000001", "conditions": ("Asthma",), "allocation": "RANDOMIZED", **more}
    fields.setdefault(
        "interventions",
        tuple(
            Intervention(name=name, type=types.get(name, "DRUG"), description=described.get(name))
            for name in names
        ),
    )
    return Trial(
        arms=tuple(
            Arm(label=label, type=kind, interventions=members) for label, (kind, members) in arms.items()
        ),
        **fields,
    )


def read(made: Trial) -> TrialReading:
    return read_trial(made, load())


def listed(*names: str) -> tuple[Intervention, ...]:
    return tuple(Intervention(name=name) for name in names)
