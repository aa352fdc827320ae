"""The facts that ship behind a snapshot of the user's own: who fetched one medicine has not lost the others.

A medicine is asked of one side alone: of the snapshot where it has it, else of the facts that ship. What one
side says is never mixed with what the other says of the same medicine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar

import msgspec

from usedfor.errors import VerificationError
from usedfor.knowledge.snapshot import Snapshot
from usedfor.knowledge.store import Knowledge
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
from usedfor.vocabulary import Near

__all__ = ["Layered"]

Weighed = TypeVar("Weighed", Use, Reaction, Caution)


class Layered(Knowledge):
    """A snapshot, and behind it the facts that ship (``shipped``), for the medicines that it has not."""

    def __init__(self, snapshot: Snapshot, shipped: Snapshot) -> None:
        super().__init__(snapshot)
        self._shipped = shipped
        self._opened: list[Knowledge] = []

    @cached_property
    def _behind(self) -> Knowledge:
        self._opened.append(Knowledge(self._shipped))
        return self._opened[-1]

    @cached_property
    def _alone(self) -> Knowledge:
        self._opened.append(Knowledge(self.snapshot))
        return self._opened[-1]

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset(super().medicine_ids())

    def close(self) -> None:
        """Close the files of both."""
        super().close()
        for opened in self._opened:
            opened.close()

    def side(self, medicine: str) -> Knowledge:
        """Who knows this medicine: this snapshot, or the facts that ship."""
        return self._alone if medicine in self._own else self._behind

    def layers(self) -> tuple[Knowledge, ...]:
        """This snapshot alone, and what stands behind it."""
        return self._alone, self._behind

    # --- medicines ------------------------------------------------------------------------------------------

    def find(self, name: str) -> tuple[Medicine, ...]:
        """As of one snapshot; a name that two medicines share is one of both, whichever side has them."""
        found = {m.id: m for m in self._behind.find(name)} | {m.id: m for m in super().find(name)}
        return tuple([self.medicine(id_) or found[id_] for id_ in sorted(found)])

    def near(self, name: str, limit: int = 5) -> tuple[Near, ...]:
        """As of one snapshot."""
        best: dict[str, Near] = {}
        for near in (*super().near(name, limit), *self._behind.near(name, limit)):
            best.setdefault(near.medicine.id, near)
        return tuple(sorted(best.values(), key=lambda one: -one.score)[:limit])

    def medicine(self, id: str) -> Medicine | None:
        """The medicine with this id."""
        return super().medicine(id) if id in self._own else self._behind.medicine(id)

    def medicine_ids(self) -> tuple[str, ...]:
        """The ids of all medicines, sorted."""
        return tuple(sorted({*self._own, *self._behind.medicine_ids()}))

    def medicines(self) -> Iterator[Medicine]:
        """All medicines, sorted by id."""
        found = {m.id: m for m in self._behind.medicines()} | {m.id: m for m in super().medicines()}
        return iter([found[id_] for id_ in sorted(found)])

    # --- what holds of one medicine -------------------------------------------------------------------------

    def uses(self, medicine: str) -> tuple[Use, ...]:
        """The uses of a medicine with their evidence, sorted by id."""
        return super().uses(medicine) if medicine in self._own else self._sure(self._behind.uses(medicine))

    def uses_for(self, condition: str) -> tuple[Use, ...]:
        """The uses of all medicines for a condition, sorted by medicine and id."""
        others = self._sure([u for u in self._behind.uses_for(condition) if u.medicine not in self._own])
        return tuple(sorted((*super().uses_for(condition), *others), key=lambda u: (u.medicine, u.id)))

    def reactions(self, medicine: str) -> tuple[Reaction, ...]:
        """The adverse reactions of a medicine, sorted by id."""
        if medicine in self._own:
            return super().reactions(medicine)
        return self._sure(self._behind.reactions(medicine))

    def cautions(self, medicine: str) -> tuple[Caution, ...]:
        """The cautions of a medicine, sorted by id."""
        if medicine in self._own:
            return super().cautions(medicine)
        return self._sure(self._behind.cautions(medicine))

    def statements(
        self, medicine: str, kinds: Sequence[str] = (), documents: Sequence[str] = ()
    ) -> tuple[Statement, ...]:
        """The statements about a medicine, as of one snapshot."""
        if medicine in self._own:
            return super().statements(medicine, kinds, documents)
        return self._behind.statements(medicine, kinds, documents)

    def statements_by_id(self, ids: Iterable[str]) -> dict[str, Statement]:
        """The statements with these ids, those that are here, in the order asked."""
        asked = list(dict.fromkeys(ids))
        found = super().statements_by_id(asked)
        missing = [id_ for id_ in asked if id_ not in found]
        if missing:
            found |= self._behind.statements_by_id(missing)
        return {id_: found[id_] for id_ in asked if id_ in found}

    def _sure(self, items: Sequence[Weighed]) -> tuple[Weighed, ...]:
        """Without the evidence whose id means another statement here: a trial that both sides have read, but
        in different versions, numbers what it says differently."""
        ids = {e.statement for one in items for e in one.evidence}
        here = super().statements_by_id(ids)
        if not here:
            return tuple(items)
        there = self._behind.statements_by_id(here)
        other = {i for i, s in here.items() if i not in there or _place(s) != _place(there[i])}
        return tuple([kept for one in items if (kept := _without(one, other)) is not None])

    # --- documents and conditions ---------------------------------------------------------------------------

    def documents(self, ids: Iterable[str]) -> dict[str, Document]:
        """The documents with these ids, those that are here, in the order asked."""
        asked = list(dict.fromkeys(ids))
        found = super().documents(asked)
        missing = [id_ for id_ in asked if id_ not in found]
        if missing:
            found |= self._behind.documents(missing)
        return {id_: found[id_] for id_ in asked if id_ in found}

    def documents_of(self, medicine: str) -> tuple[Document, ...]:
        """The current documents of a medicine, sorted by id."""
        return (
            super().documents_of(medicine) if medicine in self._own else self._behind.documents_of(medicine)
        )

    def newest(self, medicine: str, limit: int) -> tuple[str, ...]:
        """The ids of a medicine's newest labels, the newest first."""
        if medicine in self._own:
            return super().newest(medicine, limit)
        return self._behind.newest(medicine, limit)

    def studies(self, documents: Iterable[str]) -> dict[str, Study]:
        """What the trials and papers among these documents are, by document, in the order asked."""
        asked = list(dict.fromkeys(documents))
        found = super().studies(asked)
        missing = [id_ for id_ in asked if id_ not in found]
        if missing:
            found |= self._behind.studies(missing)
        return {id_: found[id_] for id_ in asked if id_ in found}

    def find_conditions(self, name: str) -> tuple[Condition, ...]:
        """The conditions with exactly this name, sorted by id."""
        found = {c.id: c for c in self._behind.find_conditions(name)}
        found |= {c.id: c for c in super().find_conditions(name)}
        return tuple([found[id_] for id_ in sorted(found)])

    def conditions(self, ids: Iterable[str]) -> dict[str, Condition]:
        """The conditions with these ids, those that are here, in the order asked."""
        asked = list(dict.fromkeys(ids))
        found = super().conditions(asked)
        missing = [id_ for id_ in asked if id_ not in found]
        if missing:
            found |= self._behind.conditions(missing)
        return {id_: found[id_] for id_ in asked if id_ in found}

    def quote(self, span: Span) -> str | None:
        """The words of a span; None where they are not here, as those of what ships never are."""
        try:
            return super().quote(span)
        except VerificationError:
            if self._behind.documents([span.document]):
                return None  # what ships was read from another version
            raise


def _place(statement: Statement) -> tuple[str, str, str]:
    return statement.medicine, statement.kind, statement.span.sha256


def _without(one: Weighed, ids: set[str]) -> Weighed | None:
    evidence: tuple[Evidence, ...] = tuple([e for e in one.evidence if e.statement not in ids])
    if len(evidence) == len(one.evidence):
        return one
    return msgspec.structs.replace(one, evidence=evidence) if evidence else None
