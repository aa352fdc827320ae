"""What an earlier snapshot has already: readings, rows and texts that a new build takes over unread.

A label whose bytes are the same is not read again; a medicine whose labels are the same is not judged again;
the rows and texts of both are copied. Only the same program with the same rules takes anything over, so that
the result is, byte for byte, that of a build from nothing.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from usedfor.errors import SnapshotError
from usedfor.knowledge import manifest as manifests
from usedfor.knowledge import parquet, sqlite
from usedfor.knowledge.passages import FOLDER
from usedfor.knowledge.passages import NAME as TEXTS
from usedfor.knowledge.staging import BODIES, NAME, Light
from usedfor.knowledge.tables import TABLES, Table
from usedfor.sources import Raw

__all__ = ["Old", "case_key", "program", "raw_hash"]

PACKAGE = Path(__file__).parents[1]
_FOLDERS = ("appraisal", "extraction", "knowledge", "sources", "vocabulary")
# Documents' own rows can be copied one document at a time, whatever else changed about their medicine.
_DOCUMENTS = {"documents": "id", "statements": "document"}


class Old:
    """An earlier snapshot, open for copying from it."""

    def __init__(self, folder: Path, db: sqlite3.Connection) -> None:
        self.folder = folder
        self.database = folder / sqlite.NAME
        self.texts = folder / FOLDER / TEXTS
        self._db = db
        self.cases: dict[str, bytes] = dict(db.execute("SELECT medicine, key FROM cases"))
        # Of the bytes of each label that came into the tables: under which number and origin it was read.
        sql = "SELECT raw, number, origin FROM readings WHERE number IN current ORDER BY number DESC"
        self.known: dict[bytes, tuple[int, str]] = {
            raw: (number, origin) for raw, number, origin in db.execute(sql)
        }
        self.tables: dict[str, parquet.Had] = {}
        for name, table in TABLES.items():
            column = unit(table)
            if column:
                self.tables[name] = parquet.Had(table, folder / "tables" / f"{name}.parquet", column)

    @classmethod
    def open(cls, folder: Path) -> Old | None:
        """The snapshot in ``folder``; None where nothing of it can be taken over: another program or other
        rules made it, it is a starter, or it has been damaged.

        :raises SnapshotError: where there is no snapshot.
        """
        made = manifests.read(folder)
        if made.kind != "full" or not sqlite.is_of(folder / sqlite.NAME, made):
            return None
        db = sqlite3.connect(f"{(folder / NAME).resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            if _of_this_program(made, db) and _whole(folder, made):
                return cls(folder, db)
        except (OSError, sqlite3.Error, SnapshotError):
            pass  # it has been damaged: what is in it is read anew
        db.close()
        return None

    def conditions(self, medicine: str) -> list[str]:
        """The conditions that the rows of a medicine name, sorted."""
        (named,) = self._db.execute("SELECT conditions FROM cases WHERE medicine = ?", (medicine,)).fetchone()
        return str(named).split()

    def close(self) -> None:
        """Close the files."""
        self._db.close()
        for table in self.tables.values():
            table.close()


def _of_this_program(made: manifests.Manifest, db: sqlite3.Connection) -> bool:
    by = db.execute("SELECT program FROM about").fetchall()
    return made.tables.keys() == TABLES.keys() and by == [(program(),)]


def _whole(folder: Path, made: manifests.Manifest) -> bool:
    files = {folder / "tables" / f"{name}.parquet": facts.sha256 for name, facts in made.tables.items()}
    others = (folder / BODIES, folder / FOLDER / TEXTS)
    return all(map(sqlite.is_whole, others)) and all(
        parquet.file_hash(file) == sha256 for file, sha256 in files.items()
    )


def unit(table: Table) -> str | None:
    """The column by whose values rows are copied: a document's, else a medicine's; None: never copied."""
    if table.name == "medicines":
        return "id"
    return _DOCUMENTS.get(table.name) or ("medicine" if table.order[0] == "medicine" else None)


def of_documents(name: str) -> bool:
    """Whether the rows of this table are copied document by document."""
    return name in _DOCUMENTS


def raw_hash(raw: Raw) -> bytes:
    """SHA-256 of a label's bytes and of what kind of source they come from."""
    return hashlib.sha256(raw.source.encode() + b"\0" + raw.data).digest()


def case_key(medicine: str, labels: Sequence[Light]) -> bytes:
    """What the judgement of a medicine follows from: the bytes of its current labels."""
    return hashlib.sha256(b"\0".join([medicine.encode(), *(one.raw for one in labels)])).digest()


@cache
def program() -> str:
    """SHA-256 of everything that reads and judges: code, rules, vocabulary and models."""
    made = hashlib.sha256()
    files = [PACKAGE / "model.py", PACKAGE / "studies.py"]
    files += [file for name in _FOLDERS for file in (PACKAGE / name).rglob("*") if file.is_file()]
    for file in sorted(files):
        if "__pycache__" not in file.parts:
            made.update(f"{file.relative_to(PACKAGE).as_posix()}\0".encode())
            made.update(hashlib.sha256(file.read_bytes()).digest())
    return made.hexdigest()
