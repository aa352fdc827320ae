"""Verdicts."""

from __future__ import annotations

from usedfor.knowledge import Knowledge
from usedfor.verification.article import Line
from usedfor.verification.results import Checked

__all__ = ["Judge"]


class Judge:
    """Judges sentences against one snapshot."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def sentence(self, id: str, line: Line, name: str | None = None) -> Checked:
        """The verdict on a sentence; ``name`` is what the reader called its medicine."""
        return Checked(
            id=id,
            text=line.text,
            start=line.start,
            end=line.end,
            verdict="no_claim",
            kind=None,
            medicine=line.medicine,
            rule="no_claim.none",
            why="no statement about a medicine was recognised",
        )
