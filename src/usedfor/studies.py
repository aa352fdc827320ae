"""What registered trials and papers are made of: a :class:`Trial` or a :class:`Paper` as its source gives it,
and what it says.

All are frozen structs like those of :mod:`usedfor.model`. What a source does not say is None or empty, and
:attr:`Trial.missing` names it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = [
    "Analysis",
    "Arm",
    "Comparison",
    "Design",
    "Direction",
    "Effect",
    "Favours",
    "Group",
    "Heading",
    "Intervention",
    "Notice",
    "Outcome",
    "PValue",
    "Paper",
    "PaperReading",
    "PaperSection",
    "Result",
    "Role",
    "StopReason",
    "StudiedUse",
    "TestedCondition",
    "Treatment",
    "Trial",
    "TrialReading",
]

Role = Literal["experimental", "comparator", "placebo", "background", "supportive", "diagnostic", "other"]
StopReason = Literal["efficacy", "safety", "recruitment", "business", "other"]
Direction = Literal["increased", "decreased", "no_difference", "unknown"]
Effect = Literal["benefit", "no_benefit", "harm", "unclear"]
Design = Literal[
    "systematic_review",  # and meta-analyses
    "randomised_trial",
    "trial",  # an intervention in patients without randomisation
    "cohort",
    "case_control",
    "cross_sectional",
    "case_series",
    "case_report",
    "mechanism",  # animals, cells, chemistry
    "review",
    "guideline",
    "other",  # comments, letters, news, notices, protocols
    "unknown",
]
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


class PaperSection(_Part, frozen=True, kw_only=True):
    """A part of an abstract or of a full text: ``label`` is its own heading ("METHODS"), where it has one."""

    text: str
    label: str | None = None


class Heading(_Part, frozen=True, kw_only=True):
    """A MeSH heading with its qualifiers ("therapeutic use"); ``major``: one of them is a main topic."""

    descriptor: str
    qualifiers: tuple[str, ...] = ()
    major: bool = False


class Notice(_Part, frozen=True, kw_only=True):
    """What another publication says about this one, or this one about another: the source's own code
    (RetractionIn, ErratumIn, ExpressionOfConcernFor ...) and the other's id where the source has it."""

    kind: str
    id: str | None = None  # "PMID:..." or "doi:..."


class Paper(_Part, frozen=True, kw_only=True):
    """One publication, in one version."""

    id: str  # "PMID:..."; without one "PMC..."; of a line of JSON its own id
    source: Literal["pubmed", "pmc"] = "pubmed"
    pmid: str | None = None
    pmc: str | None = None  # "PMC" and digits
    doi: str | None = None
    version: int = 1
    title: str | None = None
    vernacular_title: str | None = None
    abstract: tuple[PaperSection, ...] = ()
    sections: tuple[PaperSection, ...] = ()  # of the full text
    year: int | None = None
    date: str | None = None  # of publication, ISO, as exact as the source has it
    journal: str | None = None
    publication_types: tuple[str, ...] = ()  # PubMed's, or JATS's article-type
    mesh: tuple[Heading, ...] = ()
    keywords: tuple[str, ...] = ()
    registrations: tuple[str, ...] = ()  # "NCT..." under which the source says that the study is registered
    language: str | None = None  # ISO 639-2 where the source says it: "eng"
    retracted: bool = False
    notice: Literal["retraction", "correction", "concern"] | None = None  # the paper is itself such a notice
    notices: tuple[Notice, ...] = ()
    revised: str | None = None  # ISO date of the record's last change
    url: str = ""
    sha256: str = ""  # of the record's own bytes

    @property
    def usable(self) -> bool:
        """Whether it may support anything: not retracted, and no notice about another paper."""
        return not self.retracted and self.notice is None

    @property
    def abstract_text(self) -> str:
        """The abstract as one text: each section behind its label, "METHODS: ...", parted by line ends."""
        return "\n".join(f"{s.label}: {s.text}" if s.label else s.text for s in self.abstract)

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the main fields of which the source says nothing, in alphabetical order."""
        names = ("abstract", "journal", "language", "mesh", "publication_types", "title", "year")
        return tuple(name for name in names if getattr(self, name) in (None, ()))


class Comparison(_Part, frozen=True, kw_only=True):
    """What an intervention did to an outcome against a comparator, in the words of the paper.

    ``start`` and ``end`` are those of the deciding sentence in the section "abstract" or "title" of the
    paper's document (see ``usedfor.sources.study_documents``).
    """

    intervention: str
    comparator: str | None
    outcome: str
    direction: Direction
    confidence: float  # 0 to 1
    start: int
    end: int
    rule: str
    section: str = "abstract"


class StudiedUse(_Part, frozen=True, kw_only=True):
    """A medicine that a paper studies for a condition, what came of it, and the sentence that says so.

    ``text`` are the words of the condition, at ``condition_start`` to ``condition_end`` of
    ``condition_section``; ``start`` and ``end`` are those of the deciding sentence in ``section``.
    """

    medicine: str  # Medicine.id
    role: Role
    text: str
    condition_section: str
    condition_start: int
    condition_end: int
    effect: Effect
    rule: str
    section: str
    start: int
    end: int
    condition: str | None = None  # Condition.id
    name: str | None = None
    place: str | None = None  # how the title names it: "for" it, "in" people with it


class PaperReading(_Part, frozen=True, kw_only=True):
    """What a paper says."""

    id: str
    design: Design
    design_rule: str
    sample_size: int | None = None
    sample_rule: str | None = None
    comparisons: tuple[Comparison, ...] = ()
    uses: tuple[StudiedUse, ...] = ()
