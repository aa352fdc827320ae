"""Which pages became wrong between two snapshots: only what a changed label touches is judged twice."""

from __future__ import annotations

import msgspec

from usedfor.knowledge import Knowledge
from usedfor.verification.checker import Checker
from usedfor.verification.reading import read
from usedfor.verification.results import VERDICTS, Checked, Report

__all__ = ["Since", "changed"]


def changed(old: Knowledge, new: Knowledge) -> frozenset[str]:
    """The medicines whose documents are not the same in both snapshots."""

    def documents(knowledge: Knowledge) -> dict[str, frozenset[str]]:
        return {id_: frozenset(d.id for d in knowledge.documents_of(id_)) for id_ in knowledge.medicine_ids()}

    before, after = documents(old), documents(new)
    return frozenset(id_ for id_ in before.keys() | after.keys() if before.get(id_) != after.get(id_))


class Since:
    """Checks pages against two snapshots."""

    def __init__(self, old: Knowledge, new: Knowledge) -> None:
        self.changed = changed(old, new)
        self._old, self._new = Checker(old), Checker(new)

    def touches(self, article: str, name: str = "") -> bool:
        """Whether a page names a medicine that changed."""
        page = read(article, None, name)
        return any(m.id in self.changed for block in page.blocks for m in self._new.mentions(block.text))

    def report(
        self, article: str, medicine: str | None = None, *, name: str = "", suggest: bool = False
    ) -> Report:
        """The sentences that are worse now than they were: each with the date of the label that changed
        it."""
        now = self._new.article(article, medicine, name=name, suggest=suggest)
        if not self.touches(article, name):
            return msgspec.structs.replace(now, sentences=())
        then = self._old.article(article, medicine, name=name)
        worse = [
            msgspec.structs.replace(after, until=_date(after))
            for before, after in zip(then.sentences, now.sentences, strict=True)
            if before.verdict == "supported" and VERDICTS.index(after.verdict) < VERDICTS.index("supported")
        ]
        return msgspec.structs.replace(now, sentences=tuple(worse))


def _date(found: Checked) -> str | None:
    return max((c.date for c in found.evidence if c.date), default=None)
