"""The second half of a build: each medicine's current labels are judged by the workers, their rows
written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from usedfor.knowledge import parquet, passages, sqlite
from usedfor.knowledge.engine import Failure
from usedfor.knowledge.manifest import Put, TableFacts
from usedfor.knowledge.progress import Progress, Step
from usedfor.knowledge.since import Old, case_key, of_documents, unit
from usedfor.knowledge.staging import Light, Staging
from usedfor.knowledge.tables import TABLES
from usedfor.knowledge.work import Case, Verdict

__all__ = ["Judging"]


class Judging:
    """The tables of a snapshot while they are written, and its passages where it is a full one."""

    def __init__(
        self,
        folder: Path,
        staging: Staging,
        current: dict[str, list[Light]],
        tell: Progress,
        *,
        full: bool,
        old: Old | None = None,
    ) -> None:
        self.staging = staging
        self.current = current
        self.tell = tell
        self.full = full
        self.old = old
        self.done = 0
        self.conditions: set[str] = set()
        self.failed: dict[str, str] = {}
        had = old.tables if old is not None else {}
        self._tables = {
            name: parquet.Writer(t, folder / "tables" / f"{name}.parquet", had.get(name))
            for name, t in TABLES.items()
        }
        self._texts = passages.Writer(folder, old.texts if old is not None else None) if full else None
        # What the next build has to know of each medicine: the key of its case, and its conditions.
        self.cases_made: dict[str, tuple[bytes, list[str]]] = {}
        self._keys = {medicine: case_key(medicine, labels) for medicine, labels in current.items()}
        self._left = iter(current)

    def cases(self) -> Iterator[Case]:
        """One case for each medicine that is not as it was, sorted."""
        for medicine, labels in self.current.items():
            if not self._as_it_was(medicine):
                numbers = tuple([one.number for one in labels])
                had = frozenset([one.id for one in labels if one.number in self.staging.reused])
                yield Case(medicine, str(self.staging.path), numbers, had, brief=not self.full)

    def take(self, case: Case, result: Verdict | Failure) -> None:
        """Write the rows of one medicine, after those of the medicines before it that are as they were;
        cases come sorted."""
        for medicine in self._left:
            if medicine == case.medicine:
                break
            self._copy(medicine)
        if isinstance(result, Failure):
            self.failed[case.medicine] = result.reason
        else:
            self.cases_made[case.medicine] = self._keys[case.medicine], result.conditions
            self._write(case, result)
        self._did_one()

    def take_rest(self) -> None:
        """Write what comes after the last case."""
        for medicine in self._left:
            self._copy(medicine)

    def _as_it_was(self, medicine: str) -> bool:
        return (
            self.old is not None
            and self.old.cases.get(medicine) == self._keys[medicine]
            and all(one.number in self.staging.reused for one in self.current[medicine])
        )

    def _copy(self, medicine: str) -> None:
        assert self.old is not None
        named = self.old.conditions(medicine)
        self.cases_made[medicine] = self._keys[medicine], named
        self.conditions.update(named)
        for name, writer in self._tables.items():
            if writer.had is None:
                continue
            for one in [light.id for light in self.current[medicine]] if of_documents(name) else [medicine]:
                writer.copy(one)
        self._copy_texts(medicine)
        self._did_one()

    def _write(self, case: Case, verdict: Verdict) -> None:
        self.conditions.update(verdict.conditions)
        labels = self.current[case.medicine]
        for name, rows in verdict.rows().items():
            if not case.had or not of_documents(name):
                self._tables[name].extend(rows)
                continue
            place = TABLES[name].names.index(unit(TABLES[name]) or "")
            new = {document: list(some) for document, some in groupby(rows, key=lambda row: row[place])}
            for light in labels:
                if light.id in case.had:
                    self._tables[name].copy(light.id)
                else:
                    self._tables[name].extend(new.get(light.id, ()))
        self._copy_texts(case.medicine)

    def _copy_texts(self, medicine: str) -> None:
        if self._texts is None:
            return
        for light in self.current[medicine]:
            if light.number in self.staging.reused:
                self._texts.copy(light.id)
            else:
                self._texts.add(light.id, self.staging.texts(light.number))

    def _did_one(self) -> None:
        self.done += 1
        self.tell(Step(stage="judging medicines", done=self.done, total=len(self.current)))

    def copies(self) -> sqlite.Copies | None:
        """What of the tables was copied, for the look-up file to copy too."""
        if self.old is None:
            return None
        made = {name: (w.had, w.plan) for name, w in self._tables.items() if w.had is not None}
        return sqlite.Copies(self.old.database, made)

    def take_conditions(self, result: Verdict) -> None:
        """Write the conditions."""
        for name, rows in result.rows().items():
            self._tables[name].extend(rows)

    def close(self) -> dict[str, TableFacts]:
        """Finish all files; what the manifest says of the tables.

        :raises SnapshotError: with every discrepancy of every table, where there are any.
        """
        if self._texts is not None:
            self._texts.close()
        return parquet.close(self._tables)

    def aside(self) -> list[Put]:
        """The labels of the medicines that could not be judged."""
        return [
            Put(origin=light.origin, reason=f"{medicine} could not be judged: {reason}")
            for medicine, reason in sorted(self.failed.items())
            for light in self.current[medicine]
        ]
