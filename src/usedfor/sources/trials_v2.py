"""A study as ClinicalTrials.gov's API v2 returns it -> Trial.

The structure is that of https://clinicaltrials.gov/data-api/about-api/study-data-structure. Only the
identifier is required: a part that is absent or of the wrong kind is missing, and the rest is read.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from usedfor.errors import DocumentError
from usedfor.sources.trials_values import code, count, day, nct_id, number, p_value, phases, words
from usedfor.studies import Analysis, Arm, Group, Intervention, Outcome, Trial

__all__ = ["URL", "read", "unite"]

URL = "https://clinicaltrials.gov/study/"
_RANKS: dict[str, Literal["primary", "secondary", "other"]] = {"PRIMARY": "primary", "SECONDARY": "secondary"}
_Map = dict[str, Any]


def read(study: _Map, data: bytes, origin: str) -> Trial:
    """Read one study; ``data`` are its own bytes. Raises DocumentError where it has no NCT number."""
    protocol = _map(study, "protocolSection")
    names, status = _map(protocol, "identificationModule"), _map(protocol, "statusModule")
    nct = nct_id(_text(names, "nctId") or "")
    if nct is None:
        raise DocumentError(origin, "no NCT number")
    about, design = _map(protocol, "descriptionModule"), _map(protocol, "designModule")
    info, subject = _map(design, "designInfo"), _map(protocol, "conditionsModule")
    treated = _map(protocol, "armsInterventionsModule")
    return Trial(
        nct=nct,
        title=_words(names, "briefTitle"),
        official_title=_words(names, "officialTitle"),
        summary=_words(about, "briefSummary"),
        description=_words(about, "detailedDescription"),
        study_type=code(_text(design, "studyType")),
        status=code(_text(status, "overallStatus")),
        phases=tuple(dict.fromkeys(p for text in _texts(design, "phases") for p in phases(text))),
        enrolment=count(_map(design, "enrollmentInfo").get("count")),
        allocation=code(_text(info, "allocation")),
        masking=code(_text(_map(info, "maskingInfo"), "masking")),
        purpose=code(_text(info, "primaryPurpose")),
        start=_day(status, "startDateStruct"),
        primary_completion=_day(status, "primaryCompletionDateStruct"),
        completion=_day(status, "completionDateStruct"),
        results_posted=_day(status, "resultsFirstPostDateStruct"),
        has_results=study["hasResults"] if isinstance(study.get("hasResults"), bool) else None,
        why_stopped=_words(status, "whyStopped"),
        conditions=tuple(dict.fromkeys(words(text) for text in _texts(subject, "conditions"))),
        keywords=tuple(words(text) for text in _texts(subject, "keywords")),
        arms=tuple(_arm(arm) for arm in _maps(treated, "armGroups") if _text(arm, "label")),
        interventions=unite(
            Intervention(
                name=words(name),
                type=code(_text(one, "type")),
                description=_words(one, "description"),
                other_names=tuple(words(text) for text in _texts(one, "otherNames")),
                arms=tuple(words(text) for text in _texts(one, "armGroupLabels")),
            )
            for one in _maps(treated, "interventions")
            if (name := _text(one, "name"))
        ),
        outcomes=tuple(
            Outcome(
                measure=measure,
                rank="primary",
                description=_words(one, "description"),
                time_frame=_words(one, "timeFrame"),
            )
            for one in _maps(_map(protocol, "outcomesModule"), "primaryOutcomes")
            if (measure := _words(one, "measure"))
        ),
        results=tuple(
            _result(one)
            for one in _maps(_map(_map(study, "resultsSection"), "outcomeMeasuresModule"), "outcomeMeasures")
            if one.get("type") == "PRIMARY" and _text(one, "title")
        ),
        last_update=_day(status, "lastUpdatePostDateStruct") or day(_text(status, "lastUpdateSubmitDate")),
        url=URL + nct,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def unite(interventions: Any) -> tuple[Intervention, ...]:
    """Interventions of one name, which some records list once for each dose, as one with all their arms."""
    made: dict[tuple[str, str | None], Intervention] = {}
    for one in interventions:
        key = one.name.casefold(), one.type
        if (first := made.get(key)) is not None:
            one = Intervention(
                name=first.name,
                type=first.type,
                description="; ".join(dict.fromkeys(d for d in (first.description, one.description) if d))
                or None,
                other_names=tuple(dict.fromkeys(first.other_names + one.other_names)),
                arms=tuple(dict.fromkeys(first.arms + one.arms)),
            )
        made[key] = one
    return tuple(made.values())


def _arm(arm: _Map) -> Arm:
    return Arm(
        label=words(_text(arm, "label") or ""),
        type=code(_text(arm, "type")),
        description=_words(arm, "description"),
        # "Drug: ketamine": the type stands before the name
        interventions=tuple(words(t.partition(": ")[2] or t) for t in _texts(arm, "interventionNames")),
    )


def _result(one: _Map) -> Outcome:
    sizes: dict[str, int | None] = {}
    for denominator in _maps(one, "denoms"):
        for counted in _maps(denominator, "counts"):
            sizes.setdefault(_text(counted, "groupId") or "", count(counted.get("value")))
    values: dict[str, list[float | None]] = {}
    for category in (c for k in _maps(one, "classes") for c in _maps(k, "categories")):
        for measured in _maps(category, "measurements"):
            values.setdefault(_text(measured, "groupId") or "", []).append(number(measured.get("value")))
    return Outcome(
        measure=_words(one, "title") or "",
        rank=_RANKS.get(_text(one, "type") or "", "other"),
        description=_words(one, "description"),
        time_frame=_words(one, "timeFrame"),
        unit=_words(one, "unitOfMeasure"),
        groups=tuple(
            Group(
                id=id,
                title=_words(group, "title") or "",
                description=_words(group, "description"),
                n=sizes.get(id),
                values=tuple(values.get(id, ())),
            )
            for group in _maps(one, "groups")
            if (id := _text(group, "id"))
        ),
        analyses=tuple(
            Analysis(
                groups=tuple(_texts(analysis, "groupIds")),
                p_value=p_value(_scalar(analysis, "pValue")),
                kind=code(_text(analysis, "nonInferiorityType")),
                method=_words(analysis, "statisticalMethod"),
                parameter=_words(analysis, "paramType"),
                estimate=number(analysis.get("paramValue")),
                low=number(analysis.get("ciLowerLimit")),
                high=number(analysis.get("ciUpperLimit")),
            )
            for analysis in _maps(one, "analyses")
        ),
    )


def _map(of: _Map, key: str) -> _Map:
    value = of.get(key)
    return value if isinstance(value, dict) else {}


def _maps(of: _Map, key: str) -> list[_Map]:
    value = of.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(of: _Map, key: str) -> str | None:
    value = of.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _texts(of: _Map, key: str) -> list[str]:
    value = of.get(key)
    return (
        [item for item in value if isinstance(item, str) and item.strip()] if isinstance(value, list) else []
    )


def _scalar(of: _Map, key: str) -> str | None:
    value = of.get(key)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _words(of: _Map, key: str) -> str | None:
    value = of.get(key)
    return words(value) or None if isinstance(value, str) else None


def _day(of: _Map, key: str) -> str | None:
    return day(_text(_map(of, key), "date"))
