"""What was read waits on disk until all is read: a SQLite file in the folder of the build.

So memory does not grow with the number of labels, and a medicine's labels can be had together however far
apart they stood in the files.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from usedfor.knowledge.passages import Packed, pack
from usedfor.model import Document, Medicine, Section, Statement

__all__ = ["Body", "Light", "Staged", "Staging", "bodies"]


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
            _encode(Body(facts, medicine, tuple(statements))),
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


_encode = msgspec.msgpack.Encoder().encode
_body = msgspec.msgpack.Decoder(Body).decode
_texts = msgspec.msgpack.Decoder(tuple[Packed, ...]).decode


class Staging:
    """The file, for the one process that writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        for pragma in ("page_size = 16384", "journal_mode = OFF", "synchronous = OFF"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute(f"CREATE TABLE light ({', '.join(Light._fields)}, PRIMARY KEY (number))")
        self._db.execute("CREATE TABLE bodies (number INTEGER PRIMARY KEY, body BLOB)")
        self._db.execute("CREATE TABLE texts (number INTEGER PRIMARY KEY, texts BLOB)")
        self._db.execute("BEGIN")

    def add(self, number: int, origin: str, label: Staged) -> None:
        """Stage one label under its number in the order of reading."""
        light = (label.id, label.set_id, label.version, label.effective, label.source, label.medicine)
        self._db.execute(
            "INSERT INTO light VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (number, *light, origin, label.statements)
        )
        self._db.execute("INSERT INTO bodies VALUES (?, ?)", (number, label.body))
        self._db.execute("INSERT INTO texts VALUES (?, ?)", (number, label.texts))

    def finish(self) -> list[Light]:
        """End the writing; all labels in the order of reading."""
        self._db.execute("COMMIT")
        return [Light(*row) for row in self._db.execute("SELECT * FROM light ORDER BY number")]

    def texts(self, number: int) -> tuple[Packed, ...]:
        """The packed texts of one label."""
        (data,) = self._db.execute("SELECT texts FROM texts WHERE number = ?", (number,)).fetchone()
        return _texts(data)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def bodies(path: Path, numbers: Sequence[int]) -> list[Body]:
    """The bodies of these labels, in the order of ``numbers``; for workers."""
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        return [
            _body(db.execute("SELECT body FROM bodies WHERE number = ?", (n,)).fetchone()[0]) for n in numbers
        ]
    finally:
        db.close()
