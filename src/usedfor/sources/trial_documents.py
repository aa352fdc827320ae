"""A registered trial as a :class:`~usedfor.model.Document`: what spans and citations count in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from usedfor.model import Document, Section
from usedfor.sources.common import content_hash
from usedfor.studies import Outcome, Trial

__all__ = ["trial_document"]

_FACTS = (
    ("status", "status"),
    ("phase", "phases"),
    ("enrolment", "enrolment"),
    ("start", "start"),
    ("completion", "completion"),
    ("results posted", "results_posted"),
    ("allocation", "allocation"),
    ("masking", "masking"),
    ("purpose", "purpose"),
)


def trial_document(trial: Trial) -> Document:
    """The document of one version of a trial: each part of the record that is there, in its own words.

    Sections: arms, conditions, description, interventions, official_title, outcomes, results, status,
    summary, title, why_stopped; lists have one entry a line. ``effective`` is the date of the last update, as
    exact as the source has it, else of the results or the start; "" where there is none.
    """
    texts = {
        "arms": _lines(f"{a.label}: {a.description}" if a.description else a.label for a in trial.arms),
        "conditions": "\n".join(trial.conditions),
        "description": trial.description,
        "interventions": _lines(
            f"{i.name}: {i.description}" if i.description else i.name for i in trial.interventions
        ),
        "official_title": trial.official_title,
        "outcomes": _lines(o.measure for o in trial.outcomes),
        "results": _lines(line for o in trial.results for line in _result(o)),
        "status": _lines(_facts(trial)),
        "summary": trial.summary,
        "title": trial.title,
        "why_stopped": trial.why_stopped,
    }
    sections = tuple(Section(field=name, text=text) for name in sorted(texts) if (text := texts[name]))
    version = trial.last_update or trial.sha256[:8]
    dates = (trial.last_update, trial.results_posted, trial.start)
    return Document(
        id=f"{trial.nct}@{version}",
        set_id=trial.nct,
        version=version,
        source="clinicaltrials",
        title=trial.title or trial.official_title or trial.nct,
        effective=next((date for date in dates if date), ""),
        sections=sections,
        sha256=content_hash(sections),
        url=trial.url or f"https://clinicaltrials.gov/study/{trial.nct}",
    )


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _facts(trial: Trial) -> Iterator[str]:
    for name, field in _FACTS:
        value = getattr(trial, field)
        if value not in (None, ()):
            yield f"{name}: {'/'.join(value) if isinstance(value, tuple) else value}"


def _result(outcome: Outcome) -> Iterator[str]:
    yield outcome.measure
    for group in outcome.groups:
        values = ", ".join("" if v is None else f"{v:g}" for v in group.values)
        yield f"- {group.title}" + (f" (n={group.n})" if group.n is not None else "") + f": {values}"
    for analysis in outcome.analyses:
        if analysis.p_value:
            yield f"- p-value {analysis.p_value.text}"
