"""The second half of a build: each medicine's current labels are judged by the workers, their rows
written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from usedfor.knowledge import parquet, passages
from usedfor.knowledge.engine import Failure
from usedfor.knowledge.manifest import Put, TableFacts
from usedfor.knowledge.progress import Progress, Step
from usedfor.knowledge.staging import Light, Staging
from usedfor.knowledge.tables import TABLES
from usedfor.knowledge.work import Case, Verdict

__all__ = ["Judging"]


class Judging:
    """The tables of a snapshot while they are written, and its passages where it is a full one."""

    def __init__(
        self, folder: Path, staging: Staging, current: dict[str, list[Light]], tell: Progress, *, full: bool
    ) -> None:
        self.staging = staging
        self.current = current
        self.tell = tell
        self.full = full
        self.done = 0
        self.conditions: set[str] = set()
        self.failed: dict[str, str] = {}
        self._tables = {
            name: parquet.Writer(t, folder / "tables" / f"{name}.parquet") for name, t in TABLES.items()
        }
        self._texts = passages.Writer(folder) if full else None

    def cases(self) -> Iterator[Case]:
        """One case for each medicine, sorted."""
        for medicine, labels in self.current.items():
            yield Case(
                medicine, str(self.staging.path), tuple([one.number for one in labels]), brief=not self.full
            )

    def take(self, case: Case, result: Verdict | Failure) -> None:
        """Write the rows of one medicine; cases come sorted."""
        if isinstance(result, Failure):
            self.failed[case.medicine] = result.reason
        else:
            self._extend(result)
            if self._texts is not None:
                for light in self.current[case.medicine]:
                    self._texts.add(light.id, self.staging.texts(light.number))
        self.done += 1
        self.tell(Step(stage="judging medicines", done=self.done, total=len(self.current)))

    def take_conditions(self, result: Verdict) -> None:
        """Write the conditions."""
        self._extend(result)

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

    def _extend(self, verdict: Verdict) -> None:
        self.conditions.update(verdict.conditions)
        for name, rows in verdict.rows().items():
            self._tables[name].extend(rows)
