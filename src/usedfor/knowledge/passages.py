"""``passages/``: the sections' texts, packed one by one, so that a quote costs one look-up and one unpacking.

A SQLite file of zlib-packed UTF-8 texts, keyed by document and section; a reader needs the standard library
only.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable
from pathlib import Path

from usedfor.errors import SnapshotError
from usedfor.knowledge import sqlite
from usedfor.model import Document

__all__ = ["Passages", "Writer", "pack", "unpack"]

FOLDER = "passages"
NAME = "texts.sqlite"
LEVEL = 3  # of zlib, at 113 MB/s here; level 6 takes half as long again for a twentieth less
Packed = tuple[str, bytes]  # field, packed text


def pack(document: Document) -> tuple[Packed, ...]:
    """The texts of a document, packed, in its order."""
    return tuple(
        [(s.field, zlib.compress(s.text.encode("utf-8", "surrogatepass"), LEVEL)) for s in document.sections]
    )


class Writer:
    """Writes the texts of documents. The same documents in the same order give the same bytes.

    ``old``: the file of an earlier snapshot, to copy from.
    """

    def __init__(self, snapshot: Path, old: Path | None = None) -> None:
        folder = snapshot / FOLDER
        folder.mkdir(parents=True)
        self._db = sqlite3.connect((folder / NAME).resolve().as_uri(), uri=True, isolation_level=None)
        for pragma in (
            "page_size = 8192",
            "journal_mode = OFF",
            "synchronous = OFF",
            "locking_mode = EXCLUSIVE",
        ):
            self._db.execute(f"PRAGMA {pragma}")
        if old is not None:
            self._db.execute("ATTACH ? AS old", (f"{old.resolve().as_uri()}?mode=ro&immutable=1",))
        self._db.execute("BEGIN")
        self._db.execute(
            "CREATE TABLE texts (document TEXT NOT NULL, section TEXT NOT NULL, zlib BLOB NOT NULL)"
        )

    def add(self, document: str, packed: Iterable[Packed]) -> None:
        """Add one document."""
        self._db.executemany(
            "INSERT INTO texts VALUES (?, ?, ?)", [(document, f, data) for f, data in packed]
        )

    def copy(self, document: str) -> None:
        """Add one document as the earlier snapshot has it."""
        self._db.execute(
            "INSERT INTO texts SELECT document, section, zlib FROM old.texts WHERE document = ? "
            "ORDER BY rowid",
            (document,),
        )

    def close(self) -> None:
        """Index and close."""
        self._db.execute("CREATE UNIQUE INDEX texts_key ON texts (document, section)")
        self._db.execute("COMMIT")
        self._db.close()

    def abandon(self) -> None:
        """Close the file as it is."""
        self._db.close()


class Passages:
    """The texts of a snapshot."""

    def __init__(self, snapshot: Path) -> None:
        self.path = snapshot / FOLDER / NAME
        self._db = sqlite.connect(self.path)

    @staticmethod
    def exist(snapshot: Path) -> bool:
        """Whether a snapshot has texts."""
        return (snapshot / FOLDER / NAME).is_file()

    def text(self, document: str, section: str) -> str | None:
        """The text of a section, or None where it is not here.

        :raises SnapshotError: where it is damaged.
        """
        try:
            row = self._db.execute(
                "SELECT zlib FROM texts WHERE document = ? AND section = ?", (document, section)
            ).fetchone()
            return None if row is None else unpack(row[0])
        except (sqlite3.Error, zlib.error, UnicodeDecodeError) as error:
            raise SnapshotError(f"the text of {document} {section} is damaged: {error}") from error

    def all(self, document: str) -> dict[str, str]:
        """Every section of a document, in the document's order; empty where it is not here.

        :raises SnapshotError: where one is damaged.
        """
        sql = "SELECT section, zlib FROM texts WHERE document = ? ORDER BY rowid"
        try:
            return {section: unpack(data) for section, data in self._db.execute(sql, (document,))}
        except (sqlite3.Error, zlib.error, UnicodeDecodeError) as error:
            raise SnapshotError(f"the texts of {document} are damaged: {error}") from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def unpack(data: bytes) -> str:
    """One packed text."""
    return zlib.decompress(data).decode("utf-8", "surrogatepass")
