"""Prove a snapshot: every table's hash, the look-up file against the tables, every span against the
documents."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from usedfor.errors import VerificationError
from usedfor.knowledge import cache, engine, parquet, snapshot, sqlite
from usedfor.knowledge import manifest as manifests
from usedfor.knowledge.files import Files
from usedfor.knowledge.looking import Look, Seen, look
from usedfor.knowledge.manifest import Manifest, SourceFile
from usedfor.knowledge.passages import FOLDER, Passages
from usedfor.knowledge.progress import Progress, Step
from usedfor.knowledge.tables import TABLES
from usedfor.sources import Raw

__all__ = ["Report", "check", "verify"]


class Report(msgspec.Struct, kw_only=True):
    """What was checked, and every finding in one line. No findings: all that was checked holds."""

    tables: int = 0
    documents: int = 0  # whose hash was compared with their text
    spans: int = 0  # whose quote's hash was compared with the text
    unchecked: int = 0  # spans of documents whose text was not there
    findings: list[str] = []

    @property
    def summary(self) -> str:
        """One line for a person."""
        held = f"{self.tables} tables, {self.documents} documents and {self.spans} spans"
        left = (
            f"; {self.unchecked} spans not checked, their documents' texts are not here"
            if self.unchecked
            else ""
        )
        if not self.findings:
            return f"{held} hold{left}"
        return f"{len(self.findings)} things do not hold, of {held} looked at{left}"


def verify(
    home: Path | str | None = None,
    labels: Sequence[Path] = (),
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check the snapshot in ``home`` (or the one in use), against ``labels`` where they are given.

    Documents' texts are taken from ``labels``, else from the snapshot's own passages; without either the
    spans are counted as unchecked.

    :raises VerificationError: with all findings, where anything does not hold.
    :raises SnapshotError: where there is no snapshot to check.
    """
    report = check(home, labels, workers=workers, progress=progress)
    if report.findings:
        raise VerificationError(report.summary, tuple(report.findings))
    return report


def check(
    home: Path | str | None = None,
    labels: Sequence[Path] = (),
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """As :func:`verify`, but findings are only reported."""
    folder, _ = snapshot.find(home)
    made = manifests.read(folder)
    report = Report(tables=len(made.tables), findings=list(_tables(folder, made)))
    if report.findings:  # nothing can be said of what would be read from tables that are not the ones written
        return report
    database = folder / sqlite.NAME if made.kind == "full" else cache.database(folder, made)
    report.findings += _database(folder, made, database)
    if report.findings:
        return report
    looks = _Documents(report, database, workers, progress)
    if Passages.exist(folder):
        looks.passages(folder)
    elif made.kind == "full":
        report.findings.append(f"{FOLDER}: the documents' texts are absent")
    if labels:
        looks.labels(labels, made.sources)
        if not Passages.exist(folder):
            report.unchecked = looks.of_studies
    elif not Passages.exist(folder):
        report.unchecked = made.tables["statements"].rows
    return report


def _tables(folder: Path, made: Manifest) -> Iterator[str]:
    later = {name for name, table in TABLES.items() if table.later}
    for name in sorted((TABLES.keys() - later) | made.tables.keys()):
        path = folder / "tables" / f"{name}.parquet"
        facts = made.tables.get(name)
        if facts is None or name not in TABLES:
            why = "the manifest does not name it" if facts is None else "not known to this version"
            yield f"table {name}: {why}"
        elif not path.is_file():
            yield f"table {name}: {path.name} is absent"
        elif parquet.file_hash(path) != facts.sha256:
            yield f"table {name}: {path.name} has changed: its SHA-256 is not the manifest's"


def _database(folder: Path, made: Manifest, path: Path) -> Iterator[str]:
    """Make the look-up file again: the same SQLite writes the same bytes, another version at least the same
    rows."""
    if not sqlite.is_of(path, made):
        yield f"{path.name}: absent, damaged or of another manifest"
        return
    with tempfile.TemporaryDirectory(prefix="usedfor-verify-") as scratch:
        again = Path(scratch, sqlite.NAME)
        sqlite.make(folder / "tables", made, again)
        if parquet.file_hash(again) == parquet.file_hash(path):
            return
        try:
            yield from sqlite.differences(path, again)
        except sqlite3.Error as error:
            yield f"{path.name}: damaged: {error}"


class _Documents:
    """The looks at all documents of a snapshot, in the workers, and what they found."""

    def __init__(
        self, report: Report, database: Path, workers: int | None, progress: Progress | None
    ) -> None:
        self.report = report
        self.database = database
        self.workers = workers
        self.progress = progress
        with closing(sqlite.connect(database)) as db:
            self.ids = [id_ for (id_,) in db.execute("SELECT id FROM documents ORDER BY id")]
            labels = "SELECT id FROM documents WHERE source IN ('openfda', 'dailymed')"
            self.of_labels = {id_ for (id_,) in db.execute(labels)}
            sql = f"SELECT count(*) FROM statements WHERE document NOT IN ({labels})"
            self.of_studies = int(db.execute(sql).fetchone()[0])  # spans that no label holds

    def passages(self, folder: Path) -> None:
        """Against the snapshot's own passages."""
        tasks = (Look(str(self.database), document=id_, snapshot=str(folder)) for id_ in self.ids)
        for task, seen in self._run(tasks):
            if isinstance(seen, engine.Failure):
                self.report.findings.append(f"{task.document}: {seen.reason}")
            else:
                self._held(seen)
                self.report.findings += seen.findings

    def labels(self, labels: Sequence[Path], sources: Sequence[SourceFile]) -> None:
        """Against labels: of several copies of one document one has to hold. Files of the build are compared
        whole."""
        files = Files(labels)
        expected = {source.name: source.sha256 for source in sources}
        unread: list[str] = []
        held: set[str] = set()
        failed: dict[str, Seen] = {}

        def tasks() -> Iterator[Look]:
            for item in files:
                if isinstance(item, Raw):
                    yield Look(str(self.database), raw=item)
                elif files.current[0] in expected:
                    unread.append(f"{item.origin}: {item.reason}")

        for task, seen in self._run(tasks()):
            assert task.raw is not None
            if isinstance(seen, engine.Failure):
                unread.append(f"{task.raw.origin}: {seen.reason}")
            elif seen.findings:
                failed.setdefault(seen.document, seen)
            elif seen.document and seen.document not in held:
                held.add(seen.document)
                self._held(seen)
        for document, seen in sorted(failed.items()):
            if document not in held:
                self._held(seen)
                self.report.findings += seen.findings
        why = f" ({len(unread)} labels could not be read, the first: {unread[0]})" if unread else ""
        missing = [id_ for id_ in self.ids if id_ in self.of_labels and id_ not in held | failed.keys()]
        self.report.findings += [f"{id_}: not among the labels that were given{why}" for id_ in missing]
        for name, path in files.found():
            if name in expected and parquet.file_hash(path) != expected[name]:
                self.report.findings.append(
                    f"{name}: the file has changed: its SHA-256 is not the manifest's"
                )

    def _held(self, seen: Seen) -> None:
        self.report.documents += 1
        self.report.spans += seen.spans

    def _run(self, tasks: Iterable[Look]) -> Iterator[tuple[Look, Seen | engine.Failure]]:
        with engine.Pool(self.workers) as pool:
            for done, result in enumerate(pool.run(look, tasks), 1):
                if self.progress is not None:
                    self.progress(Step(stage="checking documents", done=done, total=len(self.ids)))
                yield result
