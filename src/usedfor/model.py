"""What everything is made of.

A source gives a :class:`Document`; extraction reads it into :class:`Statement` s, each on an exact
:class:`Span`; appraisal weighs the statements of one medicine into :class:`Use` s, :class:`Reaction` s and
:class:`Caution` s; a :class:`Brief` words them. All are frozen, compare by value and encode with msgspec.
"""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

Relation = Literal["treat", "prevent", "diagnose", "procedure"]
Age = Literal["adult", "pediatric", "both", "unspecified"]
Status = Literal[
    "approved",
    "off_label_supported",
    "off_label_uncertain",
    "investigational",
    "not_effective",
    "not_indicated",
    "contraindicated",
    "withdrawn",
]
NameKind = Literal["generic", "brand", "synonym"]
SourceName = Literal["openfda", "dailymed", "clinicaltrials", "pubmed", "pmc"]

StatementKind = Literal[
    "indication",  # text: the condition or purpose; relation, age, adjunct, after_failure, routes, population
    "limitation",  # a limitation of use: the condition the label says it is not for
    "contraindication",  # text: the condition or state of the patient
    "contraindicated_allergy",  # text: what the allergy is to
    "contraindicated_medicine",  # text: the other medicine or class
    "boxed_warning",  # text: the topic's own words; topic: its code
    "warning",  # text: a heading of Warnings and Precautions; topic: its code where one fits
    "adverse_reaction",  # text: the reaction as the label gives it; severity, figures
    "route",  # text: the words of the route; topic: its code (FDA route of administration, lower case)
    "form",  # text: the dosage form
    "schedule",  # text: the words; topic: CI, CII, CIII, CIV, CV
    "class",  # text: the established pharmacologic class (EPC) or the label's own words for the class
    "mechanism",  # text: the target and the action; topic: "moa" where it is FDA's own class
    "onset",  # text: the words of the time; topic: the route or the use it holds for; figures
    "duration",  # as onset
    "population",  # topic: "pregnancy.fetal_harm", "children.not_established", "kidney.adjust" ...
    "dependence",  # topic: "abuse", "misuse", "dependence", "withdrawal", "tolerance"
    "approval_year",  # text: the year of the first U.S. approval
    "studied",  # text: the condition's words in a trial or paper; topic: role or design; direction
]
# What a study says of a medicine for a condition, as its primary outcome or its conclusion has it.
Finding = Literal["benefit", "no_benefit", "harm", "unclear"]


class _Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all: frozen, keyword only, defaults left out of the JSON."""


def quote_hash(quote: str) -> str:
    """SHA-256 of a quote's UTF-8 bytes, 64 lower-case hex digits."""
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()


class Span(_Fact, frozen=True, kw_only=True):
    """Where a quote stands: ``Document.section(section).text[start:end]``, in Unicode code points."""

    document: str
    section: str
    start: int
    end: int
    sha256: str


class Ingredient(_Fact, frozen=True, kw_only=True):
    """An active ingredient of a product, as the document names it (often the salt)."""

    name: str
    unii: str | None = None
    strength: str | None = None
    moiety: str | None = None
    moiety_unii: str | None = None


class Product(_Fact, frozen=True, kw_only=True):
    """One product of a label."""

    brand: str | None = None
    generic: str | None = None
    ingredients: tuple[Ingredient, ...] = ()
    routes: tuple[str, ...] = ()  # upper case, as FDA's list has them: "INTRAVENOUS"
    form: str | None = None
    application: str | None = None
    schedule: str | None = None  # CII, CIII, CIV, CV
    ndc: str | None = None


class Section(_Fact, frozen=True, kw_only=True):
    """One section: ``field`` is the openFDA field name.

    ``text`` is the field's strings joined by one space; a field ``..._table`` holds the tables' HTML.
    The field ``openfda`` holds the product data as lines ``key: value | value``, keys and values sorted.
    """

    field: str
    text: str
    loinc: str | None = None


class Document(_Fact, frozen=True, kw_only=True):
    """One version of one official document."""

    id: str  # SPL document id, unique to the version
    set_id: str  # the same over all versions
    version: str
    source: SourceName
    title: str
    effective: str  # ISO date
    sections: tuple[Section, ...]  # sorted by field
    products: tuple[Product, ...] = ()
    rxcui: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()  # FDA established pharmacologic classes, without "[EPC]"
    mechanisms: tuple[str, ...] = ()  # FDA mechanism-of-action classes, without "[MoA]"
    manufacturer: str | None = None
    product_type: str | None = None  # "prescription", "otc" ...
    sha256: str = ""  # over every section's field and text, in order: see sources.content_hash
    url: str = ""

    def section(self, field: str) -> Section | None:
        """The section with this openFDA field name, or None."""
        for section in self.sections:
            if section.field == field:
                return section
        return None

    def span(self, section: Section, start: int, end: int) -> Span:
        """The span of ``section.text[start:end]`` with its quote's hash."""
        return Span(
            document=self.id,
            section=section.field,
            start=start,
            end=end,
            sha256=quote_hash(section.text[start:end]),
        )


class Figure(_Fact, frozen=True, kw_only=True):
    """How often, or how long. ``value`` (or ``low`` to ``high``) in ``unit``; ``arm`` says in whom."""

    unit: str  # "%", "patients", "seconds", "minutes", "hours", "days", "weeks"
    value: float | None = None
    low: float | None = None
    high: float | None = None
    relation: Literal["=", "<", "<=", ">", ">=", "about"] = "="
    arm: Literal["drug", "placebo", "comparator", "unspecified"] = "unspecified"
    label: str | None = None  # the column's or the group's own few words
    n: int | None = None  # people in the arm


class Statement(_Fact, frozen=True, kw_only=True):
    """Who says what about which condition, and where."""

    id: str  # "<document id>#<ordinal in the document>"
    medicine: str  # Medicine.id
    kind: StatementKind
    text: str  # verbatim: the words of the span
    span: Span
    rule: str  # id of the rule that read it
    condition: str | None = None  # Condition.id
    relation: Relation | None = None
    age: Age | None = None
    adjunct: bool = False
    after_failure: bool = False
    routes: tuple[str, ...] = ()
    population: str | None = None
    severity: str | None = None
    topic: str | None = None
    figures: tuple[Figure, ...] = ()
    direction: Finding | None = None  # of "studied"; None: no result is reported


class Study(_Fact, frozen=True, kw_only=True):
    """A registered trial or a paper: what has to be known of it to weigh what it says.

    ``direction`` is that of its own primary outcome; what it says of one medicine for one condition is in
    the statement. Dates are as exact as the source has them: ``2024``, ``2024-06`` or ``2024-06-01``.
    """

    document: str  # Document.id
    source: SourceName  # clinicaltrials, pubmed or pmc
    registry: str  # "NCT00000000", the PMID's digits, "PMC0000000"
    design: str | None = None  # one of studies.Design
    phase: str | None = None  # "PHASE2", "PHASE1/PHASE2", "NA" ...
    status: str | None = None  # the registry's code: RECRUITING, COMPLETED ...
    enrolment: int | None = None  # people
    year: int | None = None  # a paper's publication; a trial's results, else completion, else start
    start: str | None = None
    completion: str | None = None
    has_results: bool | None = None  # posted in the registry
    direction: Finding | None = None
    why_stopped: str | None = None  # efficacy, safety, recruitment, business, other
    retracted: bool = False
    url: str = ""


class Name(_Fact, frozen=True, kw_only=True):
    """A name and what kind it is."""

    name: str
    kind: NameKind


class Medicine(_Fact, frozen=True, kw_only=True):
    """One active ingredient, or one fixed combination of them."""

    id: str  # slug of the generic name: "ketamine", "carbidopa-levodopa"
    name: str  # lower case generic name: "ketamine", "carbidopa / levodopa"
    names: tuple[Name, ...] = ()
    ids: dict[str, str] = {}  # rxcui, unii, drugbank, chebi, mesh, cas, atc ...
    ingredients: tuple[str, ...] = ()  # medicine ids of a combination's parts; empty for a single one
    related: tuple[str, ...] = ()  # other medicines easily taken for this one (esketamine for ketamine)
    first_approval: str | None = None  # ISO date or year, from Drugs@FDA


class Condition(_Fact, frozen=True, kw_only=True):
    """A disease, symptom, state or purpose."""

    id: str  # "MONDO:0005148", else "DOID:...", "MESH:...", "ICD10CM:..."
    name: str
    names: tuple[str, ...] = ()
    lay: str | None = None  # the lay name where it differs: "high blood pressure"
    ids: dict[str, str] = {}  # doid, mesh, icd10cm
    parents: tuple[str, ...] = ()


class Evidence(_Fact, frozen=True, kw_only=True):
    """One statement for or against a use; "neutral" is a study that reports nothing, or nothing clear."""

    statement: str
    direction: Literal["for", "against", "neutral"] = "for"


class Restrictions(_Fact, frozen=True, kw_only=True):
    """For whom a use holds."""

    age: Age = "unspecified"
    adjunct: bool = False
    after_failure: bool = False
    routes: tuple[str, ...] = ()
    population: str | None = None


class Use(_Fact, frozen=True, kw_only=True):
    """A medicine for a condition: its status, and the rule that gave it."""

    id: str  # "<medicine id>/<slug of the condition or text>/<status>"
    medicine: str
    text: str  # the most frequent wording of the labels
    status: Status
    rule: str
    as_of: str  # ISO date of the newest evidence
    condition: str | None = None
    relation: Relation = "treat"
    level: int | None = None  # Oxford CEBM 2011, derived from study design
    restrictions: Restrictions = Restrictions()
    products: tuple[str, ...] = ()  # brand names whose labels carry it, sorted
    evidence: tuple[Evidence, ...] = ()
    reasons: tuple[str, ...] = ()  # ids of the rules that lowered or raised the level


class Reaction(_Fact, frozen=True, kw_only=True):
    """An adverse reaction over all labels of a medicine."""

    id: str
    medicine: str
    text: str
    rule: str
    condition: str | None = None
    severity: str | None = None
    boxed: bool = False
    labels: int = 0  # how many labels name it
    figures: tuple[Figure, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Caution(_Fact, frozen=True, kw_only=True):
    """A warning, a contraindication, or what holds for a group of people."""

    id: str
    medicine: str
    kind: str  # a StatementKind: contraindication, boxed_warning, warning, population, dependence ...
    text: str
    rule: str
    topic: str | None = None
    condition: str | None = None
    labels: int = 0
    evidence: tuple[Evidence, ...] = ()


class Reference(_Fact, frozen=True, kw_only=True):
    """Where a sentence rests. ``quote`` is None while the document is not on this machine."""

    n: int
    source: SourceName
    document: str
    version: str
    date: str
    title: str
    section: str
    start: int
    end: int
    sha256: str
    url: str
    loinc: str | None = None
    quote: str | None = None


class Sentence(_Fact, frozen=True, kw_only=True):
    """One sentence of a brief. A fact has at least one reference number."""

    text: str
    kind: Literal["fact", "advice", "unknown"] = "fact"
    refs: tuple[int, ...] = ()


class BriefStudy(_Fact, frozen=True, kw_only=True):
    """One study of a use, for a table or a picture. ``side``: for, against or neutral."""

    registry: str
    source: str
    year: int | None
    phase: str | None
    design: str | None
    status: str | None
    people: int | None
    direction: str | None
    side: str
    stopped: str | None
    retracted: bool
    url: str


class BriefSection(_Fact, frozen=True, kw_only=True):
    """A titled part of a brief."""

    id: str
    title: str
    sentences: tuple[Sentence, ...] = ()
    sections: tuple[BriefSection, ...] = ()
    mark: str | None = None  # the badge of a part on uses: "Approved", "Must not be used"
    studies: tuple[BriefStudy, ...] = ()  # of a use that studies make: what a page draws over time


class BriefUse(_Fact, frozen=True, kw_only=True):
    """A use as the brief's JSON gives it (INTERFACES: Brief)."""

    condition: dict[str, str | None]
    text: str
    relation: Relation
    status: Status
    rule: str
    level: int | None
    restrictions: Restrictions
    refs: tuple[int, ...]
    as_of: str


class Question(_Fact, frozen=True, kw_only=True):
    """A question and its cited answer."""

    question: str
    answer: tuple[Sentence, ...]


class Link(_Fact, frozen=True, kw_only=True):
    """A page elsewhere."""

    title: str
    url: str


class Brief(_Fact, frozen=True, kw_only=True):
    """The answer to "What is X used for?" in the order a reader wants it."""

    title: str
    as_of: dict[str, str]
    medicine: Medicine
    classes: tuple[str, ...]
    routes: tuple[str, ...]
    schedule: str | None
    takeaways: tuple[Sentence, ...]
    contents: tuple[Link, ...]  # url is "#<section id>"
    sections: tuple[BriefSection, ...]
    uses: tuple[BriefUse, ...]
    faq: tuple[Question, ...]
    references: tuple[Reference, ...]
    further_reading: tuple[Link, ...]
