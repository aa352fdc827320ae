"""Questions in one's own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from usedfor.errors import InputError

if TYPE_CHECKING:
    from usedfor.answers import Answer

__all__ = ["ask", "ask_many", "evidence", "search"]


def ask(question: str, *, home: Path | str | None = None) -> Answer:
    """The cited answer to a question, or why there is none (``answered`` is False then).

    Raises :class:`~usedfor.errors.SnapshotError` for a snapshot that cannot be read.
    """
    from usedfor.answers.respond import answer
    from usedfor.knowledge import Knowledge

    with Knowledge.open(home) as knowledge:
        return answer(knowledge, question)


def ask_many(questions: Iterable[Any], *, home: Path | str | None = None) -> Iterator[dict[str, Any]]:
    """One dictionary (INTERFACES: Ask) for each ``{"id", "question"}``, in order.

    Raises :class:`~usedfor.errors.InputError` for a question that is no such object; it names the number.
    """
    from usedfor.answers.respond import answer
    from usedfor.answers.shape import to_dict
    from usedfor.knowledge import Knowledge

    with Knowledge.open(home) as knowledge:
        for n, row in enumerate(questions, 1):
            if not isinstance(row, Mapping) or not isinstance(row.get("question"), str):
                raise InputError(f'question {n}: an object with "id" and "question" is needed')
            yield to_dict(answer(knowledge, row["question"]), row.get("id"))


def search(
    words: str,
    *,
    section: str | None = None,
    status: str | None = None,
    since: str | None = None,
    limit: int = 10,
    home: Path | str | None = None,
) -> dict[str, Any]:
    """What all documents say of ``words``: facts on the condition they name, then passages.

    ``section``: an openFDA field that passages stand in; ``status``: uses of this status alone; ``since``: an
    ISO date. Returns ``{"words", "condition", "facts", "passages"}``; each has its spans. A snapshot without
    texts has no passages. Raises :class:`~usedfor.errors.InputError` for no words, an unknown status, a date
    that is none or a limit below 1.
    """
    import re
    from typing import get_args

    import msgspec

    from usedfor.answers.across import Fact, facts, find_condition, kind_of
    from usedfor.knowledge import Knowledge
    from usedfor.knowledge import search as index
    from usedfor.model import Status

    if not words.strip():
        raise InputError('words to search for are needed: usedfor search "hair loss"')
    if status is not None and status not in get_args(Status):
        raise InputError(f"{status!r} is no status; there are {', '.join(get_args(Status))}")
    if since is not None and not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", since):
        raise InputError(f"{since!r} is no date; write it as 2026-01-31")
    if limit < 1:
        raise InputError("the limit must be at least 1")
    with Knowledge.open(home) as knowledge:
        found = find_condition(knowledge, words)
        named: list[Fact] = []
        if found and not section:
            kind = kind_of(words.lower())
            named = facts(knowledge, found[0], kind or "approved", status, since)
            if not kind and status is None:
                named += facts(knowledge, found[0], "reaction")
        hits = []
        if knowledge.quotes and status is None:
            hits = index.search(knowledge, words, section=section, since=since, limit=limit)
        return {
            "words": words,
            "condition": {"id": found[0].id, "name": found[0].name} if found else None,
            "facts": [
                msgspec.to_builtins(f) | {"spans": msgspec.to_builtins(f.spans)} for f in named[:limit]
            ],
            "facts_in_all": len(named),
            "passages": [
                {
                    "medicine": h.medicine,
                    "document": h.span.document,
                    "section": h.span.section,
                    "start": h.span.start,
                    "end": h.span.end,
                    "sha256": h.span.sha256,
                    "date": h.date,
                    "words": h.words,
                }
                for h in hits
            ],
        }


def evidence(
    medicine: str, condition: str | None = None, *, home: Path | str | None = None
) -> dict[str, Any]:
    """The statements for and against each use of a medicine: ``{"medicine", "uses": [...]}``.

    ``condition``: a name of the condition whose uses are wanted. Raises
    :class:`~usedfor.errors.UnknownMedicineError` for a name that is not known exactly.
    """
    from usedfor.api.briefs import find
    from usedfor.knowledge import Knowledge

    with Knowledge.open(home) as knowledge:
        one = find(knowledge, medicine)
        wanted = {c.id for c in knowledge.find_conditions(condition)} if condition else set()
        uses = []
        for use in knowledge.uses(one.id):
            if condition and use.condition not in wanted and condition.lower() not in use.text.lower():
                continue
            statements = knowledge.statements_by_id(e.statement for e in use.evidence)
            directions = {e.statement: e.direction for e in use.evidence}
            uses.append(
                {
                    "use": use.text,
                    "status": use.status,
                    "rule": use.rule,
                    "level": use.level,
                    "statements": [
                        {
                            "id": s.id,
                            "direction": directions[s.id],
                            "kind": s.kind,
                            "document": s.span.document,
                            "section": s.span.section,
                            "start": s.span.start,
                            "end": s.span.end,
                            "sha256": s.span.sha256,
                            "text": s.text,
                        }
                        for s in statements.values()
                    ],
                }
            )
        return {"medicine": one.name, "uses": uses}
