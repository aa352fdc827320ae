"""Registered trials: Trial -> what each medicine does in it, for which condition, and what came of it."""

from __future__ import annotations

from usedfor.extraction.trial_conditions import tested_conditions
from usedfor.extraction.trial_results import read_results
from usedfor.extraction.trial_roles import judge
from usedfor.extraction.trial_stops import stop_reason
from usedfor.studies import Treatment, Trial, TrialReading
from usedfor.vocabulary import Vocabulary

__all__ = ["TESTED", "read_trial"]

TESTED = ("experimental", "diagnostic")  # the roles in which a medicine is studied for a condition


def read_trial(trial: Trial, vocabulary: Vocabulary) -> TrialReading:
    """Read one trial. The same trial gives the same reading.

    Only what is under test has conditions: a comparator, a placebo, the background or a supportive medicine
    is not studied for the condition of the trial. A placebo is no medicine, whatever its name holds.
    """
    judged = judge(trial, vocabulary)
    conditions = tested_conditions(trial, vocabulary) if any(j.role in TESTED for j in judged) else ()
    treatments = []
    for one in judged:
        medicines = one.named.medicines if one.role != "placebo" else ()
        treatments.append(
            Treatment(
                name=one.intervention.name,
                type=one.intervention.type,
                role=one.role,
                rule=one.rule,
                medicine=medicines[0] if len(medicines) == 1 else None,
                medicines=medicines,
                conditions=conditions if one.role in TESTED else (),
            )
        )
    reason, rule = stop_reason(trial)
    return TrialReading(
        nct=trial.nct,
        treatments=tuple(treatments),
        results=read_results(trial, judged),
        stop_reason=reason,
        stop_rule=rule,
    )
