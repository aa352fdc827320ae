"""Why a study was stopped: lack of efficacy, safety, recruitment, business or something else."""

from __future__ import annotations

import re
from functools import cache

from usedfor.extraction.cues import rules
from usedfor.studies import StopReason, Trial

__all__ = ["stop_reason"]


@cache
def _rules() -> tuple[re.Pattern[str], tuple[tuple[str, StopReason, re.Pattern[str]], ...]]:
    data = rules("trial_stops")
    stops = tuple((one["id"], one["reason"], re.compile(one["pattern"], re.I)) for one in data["stop"])
    return re.compile(data["denied"], re.I), stops


def stop_reason(trial: Trial) -> tuple[StopReason | None, str | None]:
    """The reason and the id of its rule; (None, None) where the record gives no reason in words."""
    denied, stops = _rules()
    if not trial.why_stopped:
        return None, None
    text = denied.sub(" ", trial.why_stopped)
    return next(
        ((reason, id) for id, reason, pattern in stops if pattern.search(text)), ("other", "stop.other")
    )
