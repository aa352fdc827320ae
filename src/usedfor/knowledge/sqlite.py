"""``knowledge.sqlite``: the Parquet tables indexed for look-ups. Made from them and from nothing else."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from usedfor.errors import SnapshotError
from usedfor.knowledge.manifest import Manifest
from usedfor.knowledge.tables import TABLES, Column, Table

if TYPE_CHECKING:
    from usedfor.knowledge.parquet import Had, Piece

__all__ = ["Copies", "connect", "is_of", "is_whole", "make"]

NAME = "knowledge.sqlite"
_APPLICATION = 0x55464F52  # "UFOR" in the file's header
_MANY = 1_000_000
_SQL = {"text": "TEXT", "json": "TEXT", "integer": "INTEGER", "flag": "INTEGER", "hash": "BLOB"}


class Copies(NamedTuple):
    """What can be copied from an earlier snapshot: its file, and of each table the pieces that it is made of
    now."""

    database: Path
    tables: dict[str, tuple[Had, list[Piece]]]


def make(tables: Path, manifest: Manifest, path: Path, copies: Copies | None = None) -> None:
    """Write the SQLite file at ``path`` (which must not exist) from the Parquet files in the folder
    ``tables``. With ``copies`` the rows that are an earlier snapshot's come from its file, which is quicker
    and gives the same bytes.

    :raises SnapshotError: where a table cannot be read.
    """
    from usedfor.knowledge import parquet

    # To sort for the indexes: a starter's fits memory and needs no other folder; millions of rows go to disk.
    sorting = "MEMORY" if sum(facts.rows for facts in manifest.tables.values()) < _MANY else "FILE"
    db = sqlite3.connect(path.resolve().as_uri(), uri=True, isolation_level=None)
    try:
        for pragma in (
            "page_size = 8192", f"application_id = {_APPLICATION}", "journal_mode = OFF", "synchronous = OFF",
            "locking_mode = EXCLUSIVE", f"temp_store = {sorting}", "cache_size = -8192",
        ):  # fmt: skip
            db.execute(f"PRAGMA {pragma}")
        if copies is not None:
            db.execute("ATTACH ? AS old", (f"{copies.database.resolve().as_uri()}?mode=ro&immutable=1",))
        db.execute("BEGIN")
        made = [
            parquet.had(table, tables / f"{name}.parquet")
            for name, table in TABLES.items()
            if name in manifest.tables or not table.later
        ]
        for table in made:
            db.execute(_create(table))
            insert = f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(table.columns))})"
            file = tables / f"{table.name}.parquet"
            if copies is None or table.name not in copies.tables:
                for group in parquet.columns(table, file):
                    db.executemany(insert, zip(*group, strict=True))
                continue
            had, plan = copies.tables[table.name]
            for piece, group in parquet.pieces(table, file, plan):
                if piece.first is None:
                    db.executemany(insert, zip(*group, strict=True))
                else:
                    db.execute(*_copy(table, had, piece))
        for table in made:
            for statement in _indexes(table):
                db.execute(statement)
        db.execute("CREATE TABLE snapshot (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
        db.execute(
            "INSERT INTO snapshot VALUES ('manifest', ?), ('schema', ?)", (manifest.digest, manifest.schema)
        )
        db.execute("COMMIT")
    finally:
        db.close()


def _copy(table: Table, had: Had, piece: Piece) -> tuple[str, tuple[int | str, int | str]]:
    """What copies the rows of a piece, in their order."""
    assert piece.first is not None
    last = piece.first + piece.rows - 1
    among: tuple[int | str, int | str]
    if table.key != table.order:  # a row's number is its place in the table
        order, among = ["rowid"], (piece.first + 1, last + 1)
    else:
        order, among = [_quoted(name) for name in table.key], (had.unit_at(piece.first), had.unit_at(last))
    rows = f"SELECT * FROM old.{table.name} WHERE {order[0]} BETWEEN ? AND ? ORDER BY {', '.join(order)}"
    return f"INSERT INTO {table.name} {rows}", among


def _create(table: Table) -> str:
    columns = [f"{_quoted(c.name)} {_type(c)}" for c in table.columns]
    if table.key != table.order:  # rows lie in another order than the key's: the key is an index
        return f"CREATE TABLE {table.name} ({', '.join(columns)})"
    key = ", ".join(map(_quoted, table.key))
    return f"CREATE TABLE {table.name} ({', '.join(columns)}, PRIMARY KEY ({key})) WITHOUT ROWID"


def _indexes(table: Table) -> list[str]:
    found = []
    if table.key != table.order:
        found.append(
            f"CREATE UNIQUE INDEX {table.name}_key ON {table.name} ({', '.join(map(_quoted, table.key))})"
        )
    for index in table.indexes:
        name = "_".join((table.name, *index))
        found.append(f"CREATE INDEX {name} ON {table.name} ({', '.join(map(_quoted, index))})")
    return found


def _type(column: Column) -> str:
    return _SQL[column.kind] + ("" if column.null else " NOT NULL")


def _quoted(name: str) -> str:
    return f'"{name}"'


def connect(path: Path) -> sqlite3.Connection:
    """Open a SQLite file that nobody writes, for reading, from any thread.

    :raises SnapshotError: where it cannot be opened.
    """
    try:
        return sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise SnapshotError(f"{path} cannot be opened: {error}") from error


def is_whole(path: Path) -> bool:
    """Whether a SQLite file is there, and as long as it says (https://www.sqlite.org/fileformat.html)."""
    try:
        with path.open("rb") as file:
            head = file.read(100)
        pages, size = int.from_bytes(head[28:32], "big"), int.from_bytes(head[16:18], "big")
        return head[:16] == b"SQLite format 3\0" and pages * size == path.stat().st_size
    except OSError:
        return False


def is_of(path: Path, manifest: Manifest) -> bool:
    """Whether the file is there, whole in length, and made from this manifest's tables."""
    if not is_whole(path):
        return False
    try:
        db = connect(path)
        try:
            (digest,) = db.execute("SELECT value FROM snapshot WHERE key = 'manifest'").fetchone()
        finally:
            db.close()
    except (OSError, SnapshotError, sqlite3.Error, TypeError):
        return False
    return bool(digest == manifest.digest)


def differences(path: Path, again: Path) -> list[str]:
    """How the file at ``path`` differs from ``again``, a line for each table; none where only the layout
    differs."""
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        found = [
            f"{path.name}: {line}" for (line,) in db.execute("PRAGMA integrity_check(5)") if line != "ok"
        ]
        db.execute("ATTACH ? AS again", (f"{again.resolve().as_uri()}?mode=ro&immutable=1",))
        tables = "SELECT name FROM again.sqlite_schema WHERE type = 'table' ORDER BY name"
        for (name,) in db.execute(tables).fetchall():
            one, other = (f"SELECT * FROM {schema}.{name}" for schema in ("main", "again"))
            more = f"SELECT count(*) FROM ({one} EXCEPT {other})"
            less = f"SELECT count(*) FROM ({other} EXCEPT {one})"
            differ = max(db.execute(more).fetchone()[0], db.execute(less).fetchone()[0])
            if differ:
                found.append(f"{path.name}: {differ} rows of {name} are not those of its Parquet file")
    finally:
        db.close()
    return found
