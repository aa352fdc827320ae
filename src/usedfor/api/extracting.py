"""What labels, passages, trials and papers say, as plain dictionaries (INTERFACES: Extract)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from usedfor.errors import DocumentError, InputError

if TYPE_CHECKING:
    from usedfor.model import Medicine, Statement
    from usedfor.studies import Paper, PaperReading, Result, Treatment, Trial
    from usedfor.vocabulary import Vocabulary

__all__ = ["extract", "extract_comparisons", "extract_papers", "extract_passages", "extract_trials"]

Paths = Sequence[Path | str]


def extract(paths: Paths, set_aside: list[DocumentError] | None = None) -> Iterator[dict[str, Any]]:
    """What labels say, one dictionary a label (INTERFACES: Extract), with each span's section.

    ``paths``: openFDA JSON, bulk .json.zip, SPL .xml, DailyMed .zip, or folders of them. A label that cannot
    be read is appended to ``set_aside`` and the others go on. Raises :class:`~usedfor.errors.InputError` for
    a path that does not exist.
    """
    from usedfor.extraction.label import read_label
    from usedfor.sources import SetAside, parse, raw_documents
    from usedfor.vocabulary import load

    aside = [] if set_aside is None else set_aside
    vocabulary = load()
    for raw in raw_documents([Path(p) for p in paths]):
        if isinstance(raw, SetAside):
            aside.append(DocumentError(raw.origin, raw.reason))
            continue
        try:
            document = parse(raw)
        except DocumentError as error:
            aside.append(error)
            continue
        statements = read_label(document, vocabulary)
        medicine = vocabulary.medicines.of_document(document)
        named = {
            id: condition.name
            for id in {s.condition for s in statements if s.condition}
            if (condition := vocabulary.conditions.get(id))
        }
        yield {
            "id": document.set_id,
            "document": document.id,
            "version": document.version,
            "medicine": medicine.name,
            "uses": [_use(s, named) for s in statements if s.kind in _STATUS],
            "contraindicated": [_place(s, named) for s in statements if s.kind == "contraindication"],
            "reactions": [_place(s, named) for s in statements if s.kind == "adverse_reaction"],
        }


_STATUS = {"indication": "indicated", "limitation": "not_indicated"}


def _place(s: Statement, named: Mapping[str, str]) -> dict[str, Any]:
    condition = {"id": s.condition, "name": named.get(s.condition)} if s.condition else None
    return {
        "text": s.text,
        "section": s.span.section,
        "start": s.span.start,
        "end": s.span.end,
        "condition": condition,
        "rule": s.rule,
    }


def _use(s: Statement, named: Mapping[str, str]) -> dict[str, Any]:
    return _place(s, named) | {
        "relation": s.relation,
        "status": _STATUS[s.kind],
        "age": s.age or "unspecified",
        "adjunct": s.adjunct,
        "after_failure": s.after_failure,
    }


def extract_passages(passages: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """What passages say: ``{"id", "kind", "text", "medicine"?}`` in, one dictionary each out.

    ``kind`` is an openFDA field name or "sentence". Raises :class:`~usedfor.errors.InputError` for a passage
    without "id" or "text".
    """
    from usedfor.extraction.passages import read_passage
    from usedfor.vocabulary import load

    vocabulary = load()
    for n, passage in enumerate(passages, 1):
        if (
            not isinstance(passage, Mapping)
            or not isinstance(passage.get("text"), str)
            or "id" not in passage
        ):
            raise InputError(f'passage {n}: an object with "id", "kind" and "text" is needed')
        kind, medicine = str(passage.get("kind", "sentence")), passage.get("medicine")
        yield {"id": passage["id"], **read_passage(kind, passage["text"], medicine, vocabulary)}


def extract_trials(paths: Paths, set_aside: list[DocumentError] | None = None) -> Iterator[dict[str, Any]]:
    """What registered trials say, one dictionary a study (INTERFACES: Extract, --trials), with rule ids.

    ``paths``: API v2 JSON, the site's CSV, zips of them, or folders. A study that cannot be read, or is no
    newer than one of the same NCT number before it, is appended to ``set_aside``; a newer one is given again.
    Raises :class:`~usedfor.errors.InputError` for a path that does not exist.
    """
    from usedfor.extraction.trial import read_trial
    from usedfor.sources import SetAside
    from usedfor.sources.clinicaltrials import current, parse_trial, raw_trials
    from usedfor.vocabulary import load

    aside = [] if set_aside is None else set_aside
    vocabulary = load()

    def trials() -> Iterator[Trial]:
        for raw in raw_trials([Path(p) for p in paths]):
            try:
                if isinstance(raw, SetAside):
                    aside.append(DocumentError(raw.origin, raw.reason))
                else:
                    yield parse_trial(raw)
            except DocumentError as error:
                aside.append(error)

    for trial in current(trials(), aside):
        reading = read_trial(trial, vocabulary)
        yield {
            "id": trial.nct,
            "phase": "/".join(trial.phases) or None,
            "status": trial.status,
            "enrolment": trial.enrolment,
            "interventions": [_treatment(t, vocabulary.medicines.get) for t in reading.treatments],
            "results": [_result(r) for r in reading.results],
            "allocation": trial.allocation,
            "masking": trial.masking,
            "purpose": trial.purpose,
            "start": trial.start,
            "completion": trial.completion,
            "results_posted": trial.results_posted,
            "stopped": {"reason": reading.stop_reason, "rule": reading.stop_rule}
            if reading.stop_reason
            else None,
            "missing": list(trial.missing),
            "updated": trial.last_update,
            "sha256": trial.sha256,
            "url": trial.url,
        }


def _treatment(t: Treatment, medicine: Callable[[str], Medicine | None]) -> dict[str, Any]:
    known = [found.name for id in t.medicines if (found := medicine(id)) is not None]
    return {
        "name": t.name,
        "medicine": known[0] if t.medicine and known else None,
        "medicines": known,
        "role": t.role,
        "conditions": [
            {"text": c.text, "id": c.condition, "name": c.name, "section": c.section, "rule": c.rule}
            for c in t.conditions
        ],
        "rule": t.rule,
    }


def _result(r: Result) -> dict[str, Any]:
    return {
        "outcome": r.outcome,
        "groups": [{"title": g.title, "n": g.n, "values": list(g.values)} for g in r.groups],
        "p_value": r.p_value.text if r.p_value else None,
        "significant": r.p_value.significant if r.p_value else None,
        "direction": r.direction,
        "favours": r.favours,
        "rule": r.rule,
    }


def extract_papers(paths: Paths, set_aside: list[DocumentError] | None = None) -> Iterator[dict[str, Any]]:
    """What papers say, one dictionary a paper (INTERFACES: Extract, --papers), with rule ids.

    ``paths``: PubMed XML, JATS, {"id", "text"} lines, packed or not, or folders. A paper that cannot be
    read, or is no newer than one of the same id before it, is appended to ``set_aside``; a newer one is given
    again. Raises :class:`~usedfor.errors.InputError` for a path that does not exist.
    """
    from usedfor.extraction.paper import read_paper
    from usedfor.sources import SetAside
    from usedfor.sources.pubmed import current_papers, parse_paper, raw_papers
    from usedfor.vocabulary import load

    aside = [] if set_aside is None else set_aside
    vocabulary = load()

    def papers() -> Iterator[Paper]:
        for raw in raw_papers([Path(p) for p in paths]):
            try:
                if isinstance(raw, SetAside):
                    aside.append(DocumentError(raw.origin, raw.reason))
                else:
                    yield parse_paper(raw)
            except DocumentError as error:
                aside.append(error)

    for paper in current_papers(papers(), aside):
        yield _paper(paper, read_paper(paper, vocabulary), vocabulary)


def _paper(paper: Paper, reading: PaperReading, vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "id": paper.id,
        "year": paper.year,
        "design": reading.design,
        "design_rule": reading.design_rule,
        "retracted": paper.retracted,
        "notice": paper.notice,
        "notices": [{"kind": n.kind, "id": n.id} for n in paper.notices],
        "sample_size": reading.sample_size,
        "comparisons": [
            {
                "intervention": c.intervention,
                "comparator": c.comparator,
                "outcome": c.outcome,
                "direction": c.direction,
                "confidence": c.confidence,
                "section": c.section,
                "start": c.start,
                "end": c.end,
                "rule": c.rule,
            }
            for c in reading.comparisons
        ],
        "uses": [
            {
                "medicine": known.name if (known := vocabulary.medicines.get(u.medicine)) else u.medicine,
                "role": u.role,
                "condition": {"id": u.condition, "name": u.name} if u.condition else None,
                "text": u.text,
                "effect": u.effect,
                "section": u.section,
                "start": u.start,
                "end": u.end,
                "rule": u.rule,
            }
            for u in reading.uses
        ],
        "pmid": paper.pmid,
        "pmc": paper.pmc,
        "doi": paper.doi,
        "language": paper.language,
        "registrations": list(paper.registrations),
        "missing": list(paper.missing),
        "sha256": paper.sha256,
        "url": paper.url,
    }


def extract_comparisons(questions: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """What interventions did: ``{"id", "text", "intervention", "comparator", "outcome"}`` in, and out the
    direction (increased, decreased, no_difference, unknown), the deciding sentence ``text[start:end]``, how
    probable the direction is (0 to 1) and the rule.

    Raises :class:`~usedfor.errors.InputError` for a question without "id", or with a part that is no text.
    """
    from usedfor.extraction.directions import Prompt, decide

    parts = ("text", "intervention", "comparator", "outcome")
    for n, question in enumerate(questions, 1):
        if (
            not isinstance(question, Mapping)
            or "id" not in question
            or not all(isinstance(question.get(part), str) for part in parts)
        ):
            raise InputError(
                f'question {n}: an object with "id", "text", "intervention", "comparator" and "outcome" '
                "is needed"
            )
        found = decide(Prompt(*(question[part] for part in parts)))
        yield {
            "id": question["id"],
            "direction": found.direction,
            "start": found.start,
            "end": found.end,
            "confidence": found.confidence,
            "rule": found.rule,
        }
