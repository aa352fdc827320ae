"""What registered trials are made of: a :class:`Trial` as its source gives it, and what it says.

All are frozen structs like those of :mod:`usedfor.model`. What a source does not say is None or empty, and
:attr:`Trial.missing` names it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = [
    "Analysis",
    "Arm",
    "Direction",
    "Favours",
    "Group",
    "Intervention",
    "Outcome",
    "PValue",
    "Result",
    "Role",
    "StopReason",
    "TestedCondition",
    "Treatment",
    "Trial",
    "TrialReading",
]

Role = Literal["experimental", "comparator", "placebo", "background", "supportive", "diagnostic", "other"]
StopReason = Literal["efficacy", "safety", "recruitment", "business", "other"]
Direction = Literal["increased", "decreased", "no_difference", "unknown"]
Favours = Literal["intervention", "comparator", "neither", "unknown"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all: frozen, keyword only, defaults left out of the JSON."""


class Arm(_Part, frozen=True, kw_only=True):
    """One arm: ``type`` is the registry's code (EXPERIMENTAL, ACTIVE_COMPARATOR, PLACEBO_COMPARATOR ...)."""

    label: str
    type: str | None = None
    description: str | None = None
    interventions: tuple[str, ...] = ()  # their names, without the type


class Intervention(_Part, frozen=True, kw_only=True):
    """One intervention: ``type`` is the registry's code (DRUG, BIOLOGICAL, DEVICE ...)."""

    name: str
    type: str | None = None
    description: str | None = None
    other_names: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()  # labels


class Group(_Part, frozen=True, kw_only=True):
    """The people of a reported outcome. ``value`` is set where the outcome has one figure for each group."""

    id: str
    title: str
    description: str | None = None
    n: int | None = None
    values: tuple[float | None, ...] = ()  # one for each class and category, in the outcome's order


class PValue(_Part, frozen=True, kw_only=True):
    """A p-value as it stands (``text``) and, where that is a number from 0 to 1, as one."""

    text: str
    relation: Literal["=", "<", "<=", ">", ">="] | None = None
    value: float | None = None
    significant: bool | None = None  # at 0.05, two-sided; None where the text does not decide it


class Analysis(_Part, frozen=True, kw_only=True):
    """A comparison of groups (their ids)."""

    groups: tuple[str, ...] = ()
    p_value: PValue | None = None
    kind: str | None = None  # the registry's code: SUPERIORITY, NON_INFERIORITY ...
    method: str | None = None
    parameter: str | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None


class Outcome(_Part, frozen=True, kw_only=True):
    """A planned outcome or, with ``groups``, a reported one."""

    measure: str
    rank: Literal["primary", "secondary", "other"]
    description: str | None = None
    time_frame: str | None = None
    unit: str | None = None
    groups: tuple[Group, ...] = ()
    analyses: tuple[Analysis, ...] = ()


class Trial(_Part, frozen=True, kw_only=True):
    """One registered study, in one version.

    Dates are ISO, as exact as the source has them: ``2024``, ``2024-06`` or ``2024-06-01``. Codes (status,
    phases, allocation, masking, purpose) are those of ClinicalTrials.gov's API v2, whatever the spelling.
    """

    nct: str  # "NCT" and eight digits
    title: str | None = None
    official_title: str | None = None
    summary: str | None = None
    description: str | None = None
    study_type: str | None = None  # INTERVENTIONAL, OBSERVATIONAL, EXPANDED_ACCESS
    status: str | None = None
    phases: tuple[str, ...] = ()  # EARLY_PHASE1, PHASE1 ... PHASE4; NA where phases do not apply
    enrolment: int | None = None  # people; 0 for a study withdrawn before the first
    allocation: str | None = None
    masking: str | None = None
    purpose: str | None = None
    start: str | None = None
    primary_completion: str | None = None  # of the last measurement for the primary outcome
    completion: str | None = None
    results_posted: str | None = None
    has_results: bool | None = None
    why_stopped: str | None = None
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    arms: tuple[Arm, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    outcomes: tuple[Outcome, ...] = ()  # planned primary outcomes
    results: tuple[Outcome, ...] = ()  # reported primary outcomes
    last_update: str | None = None
    url: str = ""
    sha256: str = ""  # of the record's own bytes, as the source gave them

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the fields of which the source says nothing, in alphabetical order.

        ``why_stopped`` counts only for a study that was stopped, ``results`` only for one that has some.
        """
        stopped = self.status in ("TERMINATED", "WITHDRAWN", "SUSPENDED")
        skip = {"keywords", "results_posted", "sha256", "url"}
        if not stopped:
            skip.add("why_stopped")
        if not (self.has_results or self.results_posted):
            skip.add("results")
        fields = (name for name in self.__struct_fields__ if name not in skip)
        return tuple(sorted(name for name in fields if getattr(self, name) in (None, ())))


class TestedCondition(_Part, frozen=True, kw_only=True):
    """A condition that an intervention is tested for, in the record's own words, with their place.

    ``section`` is the part of the record: "conditions" (``start`` and ``end`` count within the list joined
    by line ends), "title" or "summary".
    """

    __test__ = False

    text: str
    section: str
    start: int
    end: int
    rule: str
    condition: str | None = None  # Condition.id
    name: str | None = None


class Treatment(_Part, frozen=True, kw_only=True):
    """An intervention with its role, by the rule that gave it."""

    name: str
    role: Role
    rule: str
    type: str | None = None
    medicine: str | None = None  # Medicine.id, where the name is that of one medicine
    medicines: tuple[str, ...] = ()  # ids, where the name holds several
    conditions: tuple[TestedCondition, ...] = ()


class Result(_Part, frozen=True, kw_only=True):
    """A reported primary outcome in one comparison of groups (their titles).

    ``direction`` says what the tested intervention did to the figure against the other group, ``favours``
    for whom that speaks; both are "unknown" where the record does not decide it.
    """

    outcome: str
    groups: tuple[Group, ...]
    p_value: PValue | None
    direction: Direction
    favours: Favours
    rule: str


class TrialReading(_Part, frozen=True, kw_only=True):
    """What a trial says."""

    nct: str
    treatments: tuple[Treatment, ...] = ()
    results: tuple[Result, ...] = ()
    stop_reason: StopReason | None = None
    stop_rule: str | None = None
