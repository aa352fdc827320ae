"""What was read waits on disk until all is read: three SQLite files in the folder of the build.

So memory does not grow with the number of labels, and a medicine's labels can be had together however far
apart they stood in the files. ``readings.sqlite`` and ``bodies.sqlite`` stay in the snapshot: the next build
takes from them what has not changed (see :mod:`usedfor.knowledge.since`). The texts go, they are in the
passages.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from usedfor.knowledge.passages import Packed, pack
from usedfor.model import Document, Medicine, Section, Statement

__all__ = ["BODIES", "NAME", "Body", "Light", "Staged", "Staging", "bodies"]

NAME = "readings.sqlite"
BODIES = "bodies.sqlite"  # apart: who wants to know what was read does not turn their pages
_LEVEL = 1  # of zlib: a fourth of the size, at 200 MB a second; higher levels gain little


class Staged(msgspec.Struct, frozen=True):
    """One label as the worker that read it gives it. ``body`` and ``texts`` are encoded, and stay so until
    asked for."""

    id: str
    set_id: str
    version: str
    effective: str
    source: str
    medicine: str
    statements: int
    size: int  # bytes of the raw label
    body: bytes
    texts: bytes

    @classmethod
    def of(cls, document: Document, medicine: Medicine, statements: Sequence[Statement], size: int) -> Staged:
        """Encode a label: its facts without texts, and its texts packed."""
        bare = tuple([Section(field=s.field, text="", loinc=s.loinc) for s in document.sections])
        facts = msgspec.structs.replace(document, sections=bare)
        return cls(
            document.id,
            document.set_id,
            document.version,
            document.effective,
            document.source,
            medicine.id,
            len(statements),
            size,
            zlib.compress(_encode(Body(facts, medicine, tuple(statements))), _LEVEL),
            _encode(pack(document)),
        )


class Body(msgspec.Struct, frozen=True, array_like=True):
    """What judging a medicine needs of a label. The document's sections are without their texts."""

    document: Document
    medicine: Medicine
    statements: tuple[Statement, ...]


class Light(NamedTuple):
    """What has to be known of every label to say which ones are current."""

    number: int
    id: str
    set_id: str
    version: str
    effective: str
    source: str
    medicine: str
    origin: str
    statements: int
    raw: bytes = b""  # SHA-256 of the raw bytes and their source


_encode = msgspec.msgpack.Encoder().encode
_body = msgspec.msgpack.Decoder(Body).decode
_texts = msgspec.msgpack.Decoder(tuple[Packed, ...]).decode


class _Taken(NamedTuple):
    """Labels in a row that are taken over from as many in a row of the earlier snapshot."""

    number: int
    old: int
    origins: list[str]
    same: bool  # whether those are the origins that they had


class Staging:
    """The files, for the one process that writes them. ``old``: the folder of an earlier snapshot."""

    def __init__(self, folder: Path, old: Path | None = None) -> None:
        self.path = folder / NAME
        self.bodies = folder / BODIES
        self.reused: set[int] = set()  # numbers of labels that were taken from ``old``
        self._taken: _Taken | None = None
        self._texts_path = folder / ".texts"
        self._db, self._bodies, self._texts = map(_open, (self.path, self.bodies, self._texts_path))
        if old is not None:
            for db, name in ((self._db, NAME), (self._bodies, BODIES)):
                db.execute("ATTACH ? AS old", (f"{(old / name).resolve().as_uri()}?mode=ro&immutable=1",))
        light = ", ".join(Light._fields[1:])
        self._db.execute(f"CREATE TABLE readings (number INTEGER PRIMARY KEY, {light})")
        self._db.execute("CREATE TABLE cases (medicine TEXT PRIMARY KEY, key, conditions) WITHOUT ROWID")
        self._db.execute("CREATE TABLE current (number INTEGER PRIMARY KEY)")
        self._db.execute("CREATE TABLE about (program)")
        self._bodies.execute("CREATE TABLE bodies (number INTEGER PRIMARY KEY, body BLOB)")
        self._texts.execute("CREATE TABLE texts (number INTEGER PRIMARY KEY, texts BLOB)")
        for db in (self._db, self._bodies, self._texts):
            db.execute("BEGIN")

    def add(self, number: int, origin: str, label: Staged, raw: bytes = b"") -> None:
        """Stage one label under its number in the order of reading; ``raw`` is the hash of its bytes."""
        self._copy()
        light = (label.id, label.set_id, label.version, label.effective, label.source, label.medicine)
        self._db.execute(
            f"INSERT INTO readings VALUES ({', '.join('?' * len(Light._fields))})",
            (number, *light, origin, label.statements, raw),
        )
        self._bodies.execute("INSERT INTO bodies VALUES (?, ?)", (number, label.body))
        self._texts.execute("INSERT INTO texts VALUES (?, ?)", (number, label.texts))

    def take_over(self, number: int, origin: str, old: int, before: str) -> None:
        """Stage the label that the earlier snapshot read under the number ``old`` and the origin
        ``before``."""
        self.reused.add(number)
        taken, same = self._taken, origin == before
        if taken is not None:
            size = len(taken.origins)
            if (number, old, same) == (taken.number + size, taken.old + size, taken.same):
                taken.origins.append(origin)
                return
            self._copy()
        self._taken = _Taken(number, old, [origin], same)

    def _copy(self) -> None:
        """Copy what stands in a row at once: one by one would take longer than finding out that they are
        the same."""
        if self._taken is None:
            return
        number, old, origins, same = self._taken
        self._taken = None
        among = number - old, old, old + len(origins) - 1
        where = "WHERE number BETWEEN ?2 AND ?3 ORDER BY number"
        self._bodies.execute(f"INSERT INTO bodies SELECT number + ?1, body FROM old.bodies {where}", among)
        columns = ", ".join(Light._fields[1:])
        if same:
            sql = f"INSERT INTO readings SELECT number + ?1, {columns} FROM old.readings {where}"
            self._db.execute(sql, among)
            return
        columns = ", ".join("?2" if name == "origin" else name for name in Light._fields[1:])
        self._db.executemany(
            f"INSERT INTO readings SELECT ?1, {columns} FROM old.readings WHERE number = ?3",
            [(number + place, origin, old + place) for place, origin in enumerate(origins)],
        )

    def finish(self) -> list[Light]:
        """End the reading; all labels in the order of reading."""
        self._copy()
        for db in (self._db, self._bodies, self._texts):
            db.execute("COMMIT")
        columns = ", ".join(Light._fields)
        return [Light(*row) for row in self._db.execute(f"SELECT {columns} FROM readings ORDER BY number")]

    def texts(self, number: int) -> tuple[Packed, ...]:
        """The packed texts of one label that was read now."""
        (data,) = self._texts.execute("SELECT texts FROM texts WHERE number = ?", (number,)).fetchone()
        return _texts(data)

    def keep(
        self,
        program: str,
        current: Sequence[int],
        cases: Mapping[str, tuple[bytes, Sequence[str]]],
    ) -> None:
        """Note what the next build has to know: what made this one, which labels are in its tables, and of
        each medicine the key of its case and its conditions."""
        self._db.execute("BEGIN")
        self._db.execute("INSERT INTO about VALUES (?)", (program,))
        self._db.executemany("INSERT INTO current VALUES (?)", [(n,) for n in sorted(current)])
        self._db.executemany(
            "INSERT INTO cases VALUES (?, ?, ?)",
            [(id_, key, " ".join(named)) for id_, (key, named) in sorted(cases.items())],
        )
        self._db.execute("COMMIT")

    def close(self, *, keep: bool) -> None:
        """Close the files; the texts go, and without ``keep`` the others too."""
        for db in (self._db, self._bodies, self._texts):
            db.close()
        for path in (self._texts_path,) if keep else (self._texts_path, self.path, self.bodies):
            path.unlink(missing_ok=True)


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path.resolve().as_uri(), uri=True, isolation_level=None)
    for pragma in ("page_size = 16384", "journal_mode = OFF", "synchronous = OFF"):
        db.execute(f"PRAGMA {pragma}")
    return db


def bodies(path: Path, numbers: Sequence[int]) -> list[Body]:
    """The bodies of these labels from the file of bodies, in the order of ``numbers``; for workers."""
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        found = [db.execute("SELECT body FROM bodies WHERE number = ?", (n,)).fetchone()[0] for n in numbers]
    finally:
        db.close()
    return [_body(zlib.decompress(one)) for one in found]
