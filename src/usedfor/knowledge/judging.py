"""The second half of a build: each medicine's current labels are judged by the workers, their rows
written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from usedfor.knowledge import briefly, parquet, passages, rows, sqlite
from usedfor.knowledge.engine import Failure
from usedfor.knowledge.manifest import Put, TableFacts
from usedfor.knowledge.progress import Progress, Step
from usedfor.knowledge.since import Old, case_key, of_documents, unit
from usedfor.knowledge.staging import Light, Staging, bodies
from usedfor.knowledge.studying import Studies
from usedfor.knowledge.tables import TABLES
from usedfor.knowledge.work import Case, Verdict
from usedfor.model import Document, Study

__all__ = ["Judging"]

_INDICATIONS = "indications_and_usage"


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
        studies: Studies | None = None,
        older: Sequence[Light] = (),
    ) -> None:
        self.staging = staging
        self.current = current
        self.tell = tell
        self.full = full
        self.old = old
        self.studies = studies
        self.older: dict[str, list[Light]] = {}
        for light in older:
            self.older.setdefault(light.medicine, []).append(light)
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
        self._keys = {medicine: self._key(medicine) for medicine in current}
        self._left = iter(current)

    def cases(self) -> Iterator[Case]:
        """One case for each medicine that is not as it was, sorted."""
        for medicine, labels in self.current.items():
            if not self._as_it_was(medicine):
                numbers = tuple([one.number for one in labels])
                had = frozenset([one.id for one in labels if one.number in self.staging.reused])
                older = self.older.get(medicine, [])
                yield Case(
                    medicine,
                    str(self.staging.bodies),
                    numbers,
                    frozenset() if self.studies is not None or older else had,
                    brief=not self.full,
                    studies=str(self.studies.path) if self.studies is not None else "",
                    older=tuple([one.number for one in older]),
                    current=" ".join(map(self._indications, labels)) if older else "",
                )

    def _key(self, medicine: str) -> bytes:
        """What the judgement follows from: current labels, older ones, studies."""
        older = self.older.get(medicine, [])
        parts = [case_key(medicine, self.current[medicine]), *(one.raw for one in older)]
        parts += [self.studies.digest(medicine)] if self.studies is not None else []
        return parts[0] if len(parts) == 1 else hashlib.sha256(b"\0".join(parts)).digest()

    def _indications(self, light: Light) -> str:
        if light.number in self.staging.reused:
            assert self.old is not None
            old = passages.Passages(self.old.texts.parents[1])
            try:
                return old.text(light.id, _INDICATIONS) or ""
            finally:
                old.close()
        found = dict(self.staging.texts(light.number))
        return passages.unpack(found[_INDICATIONS]) if _INDICATIONS in found else ""

    def take_documents(self) -> None:
        """Write the documents that are no medicine's own: studies, and older versions of labels. Before all
        else, for the empty name sorts first."""
        found = [
            (bodies(self.staging.bodies, [one.number])[0].document, one)
            for some in self.older.values()
            for one in some
        ]
        made: list[tuple[Document, Study | None, str | Light]] = [(d, None, light) for d, light in found]
        if self.studies is not None:
            made += self.studies.documents(self.current)
        made.sort(key=lambda one: one[0].id)
        documents = [rows.document_row(document, "") for document, _, _ in made]
        if not self.full:
            documents = [briefly.cut_row("documents", row) for row in documents]
        self._tables["documents"].extend(documents)
        self._tables["studies"].extend([rows.study_row(study) for _, study, _ in made if study is not None])
        if self._texts is not None:
            for document, _, place in made:
                if isinstance(place, Light) and place.number in self.staging.reused:
                    self._texts.copy(document.id)
                elif isinstance(place, Light):
                    self._texts.add(document.id, self.staging.texts(place.number))
                elif self.studies is not None:
                    self._texts.add(document.id, self.studies.texts(place))

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
            and self.studies is None
            and not self.older.get(medicine)
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
        for name, made in verdict.rows().items():
            if not case.had or not of_documents(name):
                self._tables[name].extend(made)
                continue
            place = TABLES[name].names.index(unit(TABLES[name]) or "")
            new = {document: list(some) for document, some in groupby(made, key=lambda row: row[place])}
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
        for name, made in result.rows().items():
            self._tables[name].extend(made)

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
