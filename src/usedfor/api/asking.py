"""Questions in one's own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from usedfor.errors import InputError

if TYPE_CHECKING:
    from usedfor.answers import Answer

__all__ = ["ask", "ask_many"]


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
