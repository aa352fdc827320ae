"""Trials and papers on their way into a build: read by the workers, the newest version of each kept on disk.

They are staged apart from the labels: one study speaks of several medicines, and its document is none's own.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from usedfor.errors import DocumentError
from usedfor.knowledge.engine import Failure
from usedfor.knowledge.files import Files
from usedfor.knowledge.manifest import Put, SourceFile, file_hash
from usedfor.knowledge.passages import Packed, pack
from usedfor.knowledge.progress import Progress, Step
from usedfor.model import Document, Section, Statement, Study
from usedfor.sources import Raw, SetAside

if TYPE_CHECKING:
    from usedfor.vocabulary import Vocabulary

__all__ = ["NAME", "Said", "StagedStudy", "Studies", "read_studies", "said_of"]

NAME = ".studies"
BATCH = 100  # records that go to a worker at a time: one is too little work to be worth the way


class StagedStudy(msgspec.Struct, frozen=True):
    """One study as the worker that read it gives it; the document is without its texts."""

    registry: str
    age: str  # of two versions of a study the greater one is the newer
    effective: str
    said: tuple[tuple[str, bytes], ...]  # the statements of each medicine, encoded
    document: bytes
    texts: bytes


class Said(msgspec.Struct, frozen=True, array_like=True):
    """What one study says of one medicine."""

    document: str
    effective: str
    study: Study
    statements: tuple[Statement, ...]


_encode = msgspec.msgpack.Encoder().encode
_said = msgspec.msgpack.Decoder(Said).decode
_texts = msgspec.msgpack.Decoder(tuple[Packed, ...]).decode


@cache
def _vocabulary() -> Vocabulary:
    from usedfor.vocabulary import load

    return load()


def read_studies(batch: Sequence[Raw]) -> list[StagedStudy | str]:
    """Each record's bytes -> what it says, or in one line why it cannot be read; for workers."""
    return [_read(raw) for raw in batch]


def _read(raw: Raw) -> StagedStudy | str:
    from usedfor.extraction.studied import of_paper, of_trial

    try:
        if raw.source == "clinicaltrials":
            from usedfor.sources.clinicaltrials import parse_trial

            trial = parse_trial(raw)
            found = of_trial(trial, _vocabulary())
            # The later update is the newer; without dates the record that says more.
            age = f"{trial.last_update or '':10} {100 - len(trial.missing):03}"
        else:
            from usedfor.sources.pubmed import parse_paper

            paper = parse_paper(raw)
            found = of_paper(paper, _vocabulary())
            age = f"{paper.version:04} {paper.revised or '':10} {100 - len(paper.missing):03}"
    except DocumentError as error:
        return error.reason
    document = found.document
    by_medicine: dict[str, list[Statement]] = {}
    for statement in found.statements:
        by_medicine.setdefault(statement.medicine, []).append(statement)
    bare = tuple([Section(field=s.field, text="", loinc=s.loinc) for s in document.sections])
    return StagedStudy(
        found.study.registry,
        age,
        document.effective,
        tuple(
            (medicine, _encode(Said(document.id, document.effective, found.study, tuple(some))))
            for medicine, some in sorted(by_medicine.items())
        ),
        _encode((msgspec.structs.replace(document, sections=bare), found.study)) if by_medicine else b"",
        _encode(pack(document)) if by_medicine else b"",
    )


_both = msgspec.msgpack.Decoder(tuple[Document, Study]).decode


class Studies:
    """The studies of files and folders, of one kind ("trials" or "papers") after the other."""

    def __init__(self, folder: Path, trials: Sequence[Path], papers: Sequence[Path], tell: Progress) -> None:
        self.path = folder / NAME
        self.tell = tell
        self.read: dict[str, int] = {"trials": 0, "papers": 0}
        self.bytes = 0
        self.aside: list[Put] = []
        self._given: dict[tuple[str, Path], int] = {}
        self._walks = {
            kind: Files(paths, kind) for kind, paths in (("trials", trials), ("papers", papers)) if paths
        }
        self._away: deque[tuple[str, list[tuple[str, Path]]]] = deque()
        self._db = sqlite3.connect(self.path.resolve().as_uri(), uri=True, isolation_level=None)
        for pragma in ("page_size = 16384", "journal_mode = OFF", "synchronous = OFF"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute(
            "CREATE TABLE studies (registry TEXT PRIMARY KEY, age, effective, kind, document, texts)"
            " WITHOUT ROWID"
        )
        self._db.execute(
            "CREATE TABLE said (medicine, registry, data, PRIMARY KEY (medicine, registry)) WITHOUT ROWID"
        )
        self._db.execute("CREATE INDEX said_registry ON said (registry)")
        self._db.execute("BEGIN")

    def __iter__(self) -> Iterator[list[Raw]]:
        """The records, some at a time; what cannot be taken apart is noted."""
        for kind, walk in self._walks.items():
            records = self._records(walk)
            while batch := list(islice(records, BATCH)):
                self._away.append((kind, [place for _, place in batch]))
                yield [raw for raw, _ in batch]

    def _records(self, walk: Files) -> Iterator[tuple[Raw, tuple[str, Path]]]:
        for item in walk:
            if isinstance(item, SetAside):
                self.aside.append(Put(origin=item.origin, reason=item.reason))
            else:
                yield item, walk.current

    def take(self, batch: Sequence[Raw], result: list[StagedStudy | str] | Failure) -> None:
        """Stage what a worker made of a batch; results come in the order of :meth:`__iter__`."""
        kind, places = self._away.popleft()
        if isinstance(result, Failure):
            result = [result.reason] * len(batch)
        for raw, place, one in zip(batch, places, result, strict=True):
            self.bytes += len(raw.data)
            if isinstance(one, str):
                self.aside.append(Put(origin=raw.origin, reason=one))
                continue
            self.read[kind] += 1
            self._given[place] = self._given.get(place, 0) + 1
            self._stage(kind, one)
        self.tell(
            Step(stage=f"reading {kind}", done=self.read[kind], bytes=self.bytes, set_aside=len(self.aside))
        )

    def _stage(self, kind: str, one: StagedStudy) -> None:
        had = self._db.execute("SELECT age FROM studies WHERE registry = ?", (one.registry,)).fetchone()
        if had is not None:
            if one.age <= had[0]:
                return
            self._db.execute("DELETE FROM said WHERE registry = ?", (one.registry,))
        self._db.execute(
            "INSERT OR REPLACE INTO studies VALUES (?, ?, ?, ?, ?, ?)",
            (one.registry, one.age, one.effective, kind, one.document, one.texts),
        )
        self._db.executemany(
            "INSERT INTO said VALUES (?, ?, ?)",
            [(medicine, one.registry, data) for medicine, data in one.said],
        )

    def finish(self) -> None:
        """End the reading."""
        self._db.execute("COMMIT")

    def medicines(self) -> list[str]:
        """The medicines that studies speak of, sorted."""
        return [m for (m,) in self._db.execute("SELECT DISTINCT medicine FROM said ORDER BY medicine")]

    def digest(self, medicine: str) -> bytes:
        """SHA-256 of all that studies say of a medicine; empty where they say nothing."""
        digest = hashlib.sha256()
        rows = self._db.execute(
            "SELECT data FROM said WHERE medicine = ? ORDER BY registry", (medicine,)
        ).fetchall()
        for (data,) in rows:
            digest.update(data)
        return digest.digest() if rows else b""

    def documents(self, medicines: Iterable[str]) -> list[tuple[Document, Study, str]]:
        """Every study that says something of one of these medicines, and its registry number, by document."""
        self._db.execute("CREATE TEMP TABLE asked (medicine TEXT PRIMARY KEY)")
        self._db.executemany("INSERT INTO asked VALUES (?)", [(m,) for m in medicines])
        sql = (
            "SELECT document, registry FROM studies WHERE registry IN "
            "(SELECT registry FROM said WHERE medicine IN asked)"
        )
        found = [(*_both(document), registry) for document, registry in self._db.execute(sql)]
        return sorted(found, key=lambda one: one[0].id)

    def texts(self, registry: str) -> tuple[Packed, ...]:
        """The packed texts of one study."""
        (data,) = self._db.execute("SELECT texts FROM studies WHERE registry = ?", (registry,)).fetchone()
        return _texts(data)

    def counts(self) -> dict[str, int]:
        """How many studies were read of each kind, each in one version."""
        found = dict(self._db.execute("SELECT kind, count(*) FROM studies GROUP BY kind ORDER BY kind"))
        return {kind: int(found.get(kind, 0)) for kind in self._walks}

    def as_of(self) -> dict[str, str]:
        """The newest date that the records of each kind give themselves."""
        # A start may lie ahead: only what is dated by its last update tells how old the records are.
        dated = "CASE WHEN kind = 'papers' OR age NOT LIKE ' %' THEN effective END"
        sql = f"SELECT kind, coalesce(max({dated}), max(effective)) FROM studies GROUP BY kind ORDER BY kind"
        return {kind: date for kind, date in self._db.execute(sql) if date}

    def sources(self) -> tuple[SourceFile, ...]:
        """The files that gave studies, in the order of reading."""
        return tuple(
            SourceFile(name=name, sha256=file_hash(path), bytes=path.stat().st_size, documents=count)
            for (name, path), count in self._given.items()
        )

    def close(self) -> None:
        """Close the file and take it away."""
        self._db.close()
        self.path.unlink(missing_ok=True)


def said_of(path: Path, medicine: str) -> list[Said]:
    """What the staged studies say of a medicine, by registry number; for workers."""
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        sql = "SELECT data FROM said WHERE medicine = ? ORDER BY registry"
        return [_said(data) for (data,) in db.execute(sql, (medicine,))]
    finally:
        db.close()
