"""What the knowledge holds of a medicine, by its newest labels: enough for an answer, however many it has.

A medicine can have hundreds of labels that say the same. A brief counts them all; an answer cites two or
three, and these are the newest. What only an older label says of a use, a reaction or a caution is there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usedfor.knowledge import Knowledge
    from usedfor.model import (
        Caution,
        Condition,
        Document,
        Evidence,
        Medicine,
        Reaction,
        Span,
        Statement,
        Study,
        Use,
    )

__all__ = ["LABELS", "Newest"]

LABELS = 12
_EACH = 3  # statements of an older label for what no newer one says


class Newest:
    """The facts of one medicine's newest labels (:class:`usedfor.briefs.gather.Facts`)."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.manifest = knowledge.manifest
        self._uses: dict[str, Sequence[Use]] = {}
        self._cautions: dict[str, Sequence[Caution]] = {}

    def statements(self, medicine: str, kinds: Sequence[str] = ()) -> Sequence[Statement]:
        """Those of the newest labels, and those that a use or caution of older labels rests on."""
        knowledge = self._knowledge
        newest = knowledge.newest(medicine, LABELS + 1)
        if len(newest) <= LABELS or kinds == ("studied",):
            return knowledge.statements(medicine, kinds)
        here = frozenset(newest[:LABELS])
        found = {s.id: s for s in knowledge.statements(medicine, kinds, newest[:LABELS])}
        items: list[tuple[Evidence, ...]] = [u.evidence for u in self.uses(medicine)]
        items += [c.evidence for c in self.cautions(medicine)]
        older = [
            e.statement
            for evidence in items
            if not any(e.statement.rpartition("#")[0] in here for e in evidence)
            for e in evidence[:_EACH]
        ]
        found |= {
            id: s for id, s in knowledge.statements_by_id(older).items() if not kinds or s.kind in kinds
        }
        return sorted(found.values(), key=lambda s: (s.span.document, s.id))

    def medicine(self, id: str) -> Medicine | None:
        """The medicine."""
        return self._knowledge.medicine(id)

    def uses(self, medicine: str) -> Sequence[Use]:
        """All of its uses."""
        if medicine not in self._uses:
            self._uses[medicine] = self._knowledge.uses(medicine)
        return self._uses[medicine]

    def reactions(self, medicine: str) -> Sequence[Reaction]:
        """All of its reactions."""
        return self._knowledge.reactions(medicine)

    def cautions(self, medicine: str) -> Sequence[Caution]:
        """All of its cautions."""
        if medicine not in self._cautions:
            self._cautions[medicine] = self._knowledge.cautions(medicine)
        return self._cautions[medicine]

    def statements_by_id(self, ids: Iterable[str]) -> Mapping[str, Statement]:
        """The statements with these ids."""
        return self._knowledge.statements_by_id(ids)

    def documents(self, ids: Iterable[str]) -> Mapping[str, Document]:
        """The documents with these ids."""
        return self._knowledge.documents(ids)

    def studies(self, documents: Iterable[str]) -> Mapping[str, Study]:
        """The studies among these documents."""
        return self._knowledge.studies(documents)

    def conditions(self, ids: Iterable[str]) -> Mapping[str, Condition]:
        """The conditions with these ids."""
        return self._knowledge.conditions(ids)

    def quote(self, span: Span) -> str | None:
        """The words of a span."""
        return self._knowledge.quote(span)
