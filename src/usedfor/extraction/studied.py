"""A trial or a paper -> which medicine was studied for which condition, and what came of it.

The facts of a study become a :class:`~usedfor.model.Study`; each medicine under test and each condition it is
tested for become a statement of the kind "studied". What is only compared with, given beside, or measured
makes none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from usedfor.extraction.label import number
from usedfor.extraction.study_titles import Titled, at_operation, read_title
from usedfor.extraction.trial import read_trial
from usedfor.extraction.trial_arms import members, sides
from usedfor.extraction.trial_conditions import is_tumour
from usedfor.model import Document, Finding, Statement, Study
from usedfor.sources.study_documents import paper_document
from usedfor.sources.trial_documents import trial_document
from usedfor.studies import Paper, Result, TestedCondition, Treatment, Trial, TrialReading
from usedfor.vocabulary import Vocabulary
from usedfor.vocabulary.conditions import broader

__all__ = ["PEOPLE", "Studied", "of_paper", "of_trial"]

_STUDIED = "experimental"  # the role in which a medicine is studied for a condition
PEOPLE = "people"  # the population of a statement whose titles name its condition only as what people have
_LONGEST = 120  # characters of a condition's words
_PREVENTION = "PREVENTION"
# Titles of studies of what the body does with a medicine, not of what the medicine does for a condition.
_PHARMACOLOGY = re.compile(
    r"pharmacokinetic|bioavailab|bioequivalen|drug[- ]drug interaction|drug interaction|healthy|volunteers"
    r"|\b(?:ab)?users\b|\babuse of\b|recreational|\bmechanism",
    re.I,
)
_CONTRARY = ("no_benefit", "harm")
_ASIDE = frozenset(("aside", "harm"))  # places of a title at which a condition is never what is treated
# What a paper compares with where nothing active is given: equal to another treatment is no failure.
_NOTHING = re.compile(
    r"\bplacebo|\bsham\b|\bno treatment\b|\buntreated\b|\bsaline\b|\bvehicle\b|\busual care\b", re.I
)
_OVER = ("COMPLETED", "TERMINATED", "WITHDRAWN", "UNKNOWN")


class Studied(msgspec.Struct, frozen=True):
    """One study: its document, its facts, and its statements, of several medicines."""

    document: Document
    study: Study
    statements: tuple[Statement, ...]


def of_trial(trial: Trial, vocabulary: Vocabulary) -> Studied:
    """Read one registered trial. Conditions that the vocabulary does not know make no statement."""
    document = trial_document(trial)
    reading = read_trial(trial, vocabulary)
    tested = list(_tested(reading, vocabulary)) if trial.study_type != "EXPANDED_ACCESS" else []
    found: list[Statement] = []
    against_nothing = _against_nothing(trial)
    several = len({medicine for medicine, _, _ in tested}) > 1
    together = _together(trial)
    conditions, people = _tested_conditions(trial, tested, vocabulary)
    for medicine, combined, treatment in tested:
        results = [r for r in reading.results if not several or _about(r, medicine, vocabulary)]
        direction = _direction(results, against_nothing)
        if direction in (None, "unclear") and reading.stop_reason == "efficacy":
            direction = "no_benefit"
        for condition in conditions:
            section = document.section(condition.section)
            if condition.condition is None or section is None or condition.end - condition.start > _LONGEST:
                continue
            if section.text[condition.start : condition.end] != condition.text:
                continue
            found.append(
                Statement(
                    id="",
                    medicine=medicine,
                    kind="studied",
                    text=condition.text,
                    span=document.span(section, condition.start, condition.end),
                    rule=treatment.rule,
                    condition=condition.condition,
                    relation="prevent" if trial.purpose == _PREVENTION else "treat",
                    adjunct=combined or treatment.name in together,
                    population=PEOPLE if condition.condition in people else None,
                    topic=treatment.role,
                    direction=direction,
                )
            )
    directions = {s.direction for s in found if s.direction}
    study = Study(
        document=document.id,
        source="clinicaltrials",
        registry=trial.nct,
        design=_design(trial),
        phase="/".join(trial.phases) or None,
        status=trial.status,
        enrolment=trial.enrolment,
        year=_year(trial),
        start=trial.start,
        completion=trial.completion,
        has_results=trial.has_results
        if trial.has_results is not None
        else bool(trial.results_posted) or None,
        direction=directions.pop() if len(directions) == 1 else None,
        why_stopped=reading.stop_reason,
        url=document.url,
    )
    return Studied(document, study, tuple(_numbered(document.id, found)))


def of_paper(paper: Paper, vocabulary: Vocabulary) -> Studied:
    """Read one paper by its title and abstract."""
    from usedfor.extraction.paper import read_paper

    document = paper_document(paper)
    reading = read_paper(paper, vocabulary)
    against_nothing = any(_NOTHING.search(s.text) for s in document.sections)
    # What the body does with a medicine, in healthy people, is no treatment of anything.
    body = _PHARMACOLOGY.search(paper.title or "") is not None
    found = []
    for use in reading.uses:
        section = document.section(use.condition_section)
        if use.role != _STUDIED or use.condition is None or section is None:
            continue
        if section.text[use.condition_start : use.condition_end] != use.text:
            continue
        found.append(
            Statement(
                id="",
                medicine=use.medicine,
                kind="studied",
                text=use.text,
                span=document.span(section, use.condition_start, use.condition_end),
                rule=use.rule,
                condition=use.condition,
                relation="treat",
                population=PEOPLE if use.place == "in" else None,
                topic=use.role,
                direction="unclear" if use.effect in _CONTRARY and not against_nothing else use.effect,
            )
        )
    directions = {s.direction for s in found if s.direction}
    study = Study(
        document=document.id,
        source=paper.source,
        registry=paper.pmid or paper.pmc or paper.id,
        design="mechanism" if body else None if reading.design == "unknown" else reading.design,
        enrolment=reading.sample_size,
        year=paper.year,
        has_results=None,
        direction=directions.pop() if len(directions) == 1 else None,
        retracted=not paper.usable,
        url=document.url,
    )
    return Studied(document, study, tuple(_numbered(document.id, found)))


def _numbered(document: str, found: Iterable[Statement]) -> Iterator[Statement]:
    """Each medicine's statements without repeats; the numbers run through the document."""
    by_medicine: dict[str, list[Statement]] = {}
    for s in sorted(found, key=lambda s: s.medicine):
        by_medicine.setdefault(s.medicine, []).append(s)
    n = 0
    for group in by_medicine.values():
        conditions: set[str | None] = set()
        for s in number(document, group):
            if s.condition not in conditions:  # one concept named twice in the list is one
                conditions.add(s.condition)
                n += 1
                yield msgspec.structs.replace(s, id=f"{document}#{n}")


def _tested_conditions(
    trial: Trial, tested: list[tuple[str, bool, Treatment]], vocabulary: Vocabulary
) -> tuple[list[TestedCondition], frozenset[str]]:
    """Those of the record's conditions that its titles do not tell to be the people's, a setting or a harm;
    and the ids of those that they name only as what the people have.

    Where a title says what the medicine is for, that counts: what of the list is akin to it, else its own
    words. What no title names stays, unless they name others of the list.
    """
    by_id: dict[str, TestedCondition] = {}
    for _, _, treatment in tested:
        for c in treatment.conditions:
            if c.condition:
                by_id.setdefault(c.condition, c)
    listed = list(by_id.values())
    medicines = {medicine for medicine, _, _ in tested}
    said: dict[str, set[str]] = {}  # the places at which the titles name each condition
    words: dict[str, TestedCondition] = {}
    for section in ("title", "official_title"):
        for one in read_title(getattr(trial, section) or "", medicines, vocabulary):
            said.setdefault(one.mention.id, set()).add(one.place)
            if one.place == "for" and one.mention.id not in words:
                words[one.mention.id] = _from_title(one, section, vocabulary)
    operation = any(at_operation(title) for title in (trial.title, trial.official_title) if title)
    aims = {id_ for id_, places in said.items() if "for" in places}
    open_ = {id_ for id_, places in said.items() if not places <= _ASIDE}
    people = {
        up for id_, places in said.items() if places <= {"in", "people"} for up in _above(id_, vocabulary)
    } - {up for id_, places in said.items() if places & {"for", "plain"} for up in _above(id_, vocabulary)}
    above = {id_: _above(id_, vocabulary) for id_ in {*said, *(c.condition or "" for c in listed)}}

    def akin(c: TestedCondition, ids: set[str]) -> bool:
        mine = c.condition or ""
        if any(id_ in above[mine] or mine in above[id_] for id_ in ids):
            return True
        return is_tumour(c.text) and any(is_tumour(words[id_].text) for id_ in ids)

    # What the titles name, itself or one below it, only as a harm or for an operation is not tested.
    kept = [c for c in listed if not any(c.condition in above[id_] for id_ in set(said) - open_)]
    kept += [c for c in listed if c not in kept and any(c.condition in above[id_] for id_ in open_)]
    kept = [c for c in listed if c in kept]
    named = [c for c in kept if any(c.condition in above[id_] for id_ in open_)]
    if aims:
        meant = [c for c in kept if akin(c, aims)]
        found = [c for c in named if c in meant] or meant or list(words.values())
    else:
        found = named or [c for c in kept if not operation or c.section != "conditions" or _settled(c.text)]
    return found, frozenset(people)


def _settled(text: str) -> bool:
    """Whether a listed condition is itself what is treated at an operation."""
    return at_operation(f"{text} surgery")


def _from_title(one: Titled, section: str, vocabulary: Vocabulary) -> TestedCondition:
    condition = vocabulary.conditions.get(one.mention.id)
    return TestedCondition(
        text=one.mention.name,
        section=section,
        start=one.mention.start,
        end=one.mention.end,
        rule=one.rule,
        condition=one.mention.id,
        name=condition.name if condition else None,
    )


@lru_cache(maxsize=20_000)
def _above(id: str, vocabulary: Vocabulary) -> frozenset[str]:
    """The condition and all that is above it."""
    return broader(id, lambda one: c.parents if (c := vocabulary.conditions.get(one)) else ())


def _tested(reading: TrialReading, vocabulary: Vocabulary) -> Iterator[tuple[str, bool, Treatment]]:
    """Each medicine under test, whether it is one of several under one name, and the intervention."""
    for treatment in reading.treatments:
        if treatment.role != _STUDIED or not treatment.medicines:
            continue
        if len(treatment.medicines) > 1:
            whole = vocabulary.medicines.combination(treatment.medicines)
            if whole is not None:
                yield whole.id, False, treatment
                continue
        for medicine in treatment.medicines:
            yield medicine, len(treatment.medicines) > 1, treatment


def _together(trial: Trial) -> frozenset[str]:
    """The interventions that are in every arm of theirs given with another medicine."""
    drugs = [one.type in (None, "DRUG", "BIOLOGICAL") for one in trial.interventions]
    alone: set[int] = set()
    seen: set[int] = set()
    for arm in members(trial):
        inside = {n for n in arm if drugs[n]}
        seen |= inside
        if len(inside) == 1:
            alone |= inside
    return frozenset(trial.interventions[n].name for n in seen - alone)


def _against_nothing(trial: Trial) -> bool:
    """Whether a placebo, a sham or nothing is what is compared with."""
    arms = members(trial)
    placebo = ["placebo" in one.name.casefold() for one in trial.interventions]
    return any(side in ("inert", "none") for side in sides(trial, arms, placebo)) if arms else any(placebo)


def _about(result: Result, medicine: str, vocabulary: Vocabulary) -> bool:
    """Whether a group of the comparison bears the medicine's name."""
    return any(
        medicine in {m.id for m in vocabulary.medicines.in_text(group.title)} for group in result.groups
    )


def _direction(results: Iterable[Result], against_nothing: bool) -> Finding | None:
    """Over the primary outcomes: what they all say, or unclear. Equal to another treatment is no failure."""
    favours = {r.favours for r in results}
    if not favours:
        return None
    if favours == {"intervention"}:
        return "benefit"
    if against_nothing and favours == {"neither"}:
        return "no_benefit"
    if against_nothing and "comparator" in favours and "intervention" not in favours:
        return "harm"
    return "unclear"


def _design(trial: Trial) -> str | None:
    if trial.study_type == "OBSERVATIONAL":
        return "cohort"
    if trial.purpose == "BASIC_SCIENCE" or any(
        _PHARMACOLOGY.search(title) for title in (trial.title, trial.official_title) if title
    ):
        return "mechanism"
    if trial.allocation == "RANDOMIZED":
        return "randomised_trial"
    if trial.study_type == "INTERVENTIONAL" or trial.allocation or trial.phases:
        return "trial"
    return None


def _year(trial: Trial) -> int | None:
    ended = trial.completion if trial.status in _OVER else None
    date = trial.results_posted or ended or trial.start or trial.completion
    return int(date[:4]) if date else None
