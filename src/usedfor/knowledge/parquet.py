"""Tables as Parquet files: written in fixed settings, checked on the way, read back as rows.

The same rows give the same bytes (with the same pyarrow): nothing of the clock, the machine or the number of
workers goes in. Needs pyarrow; whoever only asks a snapshot never imports this module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from usedfor.errors import SnapshotError
from usedfor.knowledge.manifest import TableFacts
from usedfor.knowledge.tables import Column, Row, Table

__all__ = ["Writer", "close", "columns", "file_hash", "rows"]

GROUP = 65_536  # rows written together: what can be read of a file without the rest
BATCH = 8_192  # rows that are objects at a time; a group waits in Arrow's own memory, ten times smaller
LEVEL = (
    9  # of zstd: half a second for the 1,000 labels; level 19 takes ten times as long for a twentieth less
)
_TYPES = {
    "text": pa.string(),
    "json": pa.string(),
    "integer": pa.int32(),
    "flag": pa.bool_(),
    "hash": pa.binary(32),
}
_PYTHON = {"text": str, "json": str, "integer": int, "flag": int, "hash": bytes}
_MOST_NAMED = 20  # discrepancies named in an error; all are counted


def schema(table: Table) -> pa.Schema:
    """The Arrow schema of a table."""
    return pa.schema([pa.field(c.name, _TYPES[c.kind], nullable=c.null) for c in table.columns])


class Writer:
    """Writes one table. Rows come in its order; those that do not fit are not written but become
    discrepancies."""

    def __init__(self, table: Table, path: Path) -> None:
        self.table = table
        self.path = path
        self.count = 0
        self.discrepancies: list[str] = []
        self._rows: list[Row] = []
        self._group: list[pa.RecordBatch] = []
        self._last: tuple[Any, ...] | None = None
        self._order = [table.names.index(name) for name in table.order]
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = pq.ParquetWriter(
            path,
            schema(table),
            compression="zstd",
            compression_level=LEVEL,
            version="2.6",
            store_schema=False,
        )

    def extend(self, rows: Iterable[Row]) -> None:
        """Add rows."""
        self._rows.extend(rows)
        while len(self._rows) >= BATCH:
            self._check(self._rows[:BATCH])
            del self._rows[:BATCH]

    def close(self) -> None:
        """Write what is left."""
        if self._rows:
            self._check(self._rows)
        self._rows = []
        self._write()
        self._file.close()

    def _check(self, rows: Sequence[Row]) -> None:
        found = list(_width(self.table, rows, self.count))
        if not found:
            found += self._misplaced(rows)
            values: list[Sequence[Any]] = list(zip(*rows, strict=True))
            for column, column_values in zip(self.table.columns, values, strict=True):
                found += _misfits(column, column_values, self.count)
        if found:
            self.discrepancies += found
        elif not self.discrepancies:
            arrays = [_array(c, v) for c, v in zip(self.table.columns, values, strict=True)]
            self._group.append(pa.RecordBatch.from_arrays(arrays, schema=schema(self.table)))
            if len(self._group) * BATCH >= GROUP:
                self._write()
        self.count += len(rows)

    def _write(self) -> None:
        if self._group:
            self._file.write_table(pa.Table.from_batches(self._group).combine_chunks(), row_group_size=GROUP)
        self._group = []

    def _misplaced(self, rows: Sequence[Row]) -> Iterator[str]:
        for number, row in enumerate(rows, self.count):
            here = tuple([row[place] for place in self._order])
            if self._last is not None and not _before(self._last, here):
                what = "repeats the key" if self._last == here else "is out of order at"
                yield f"row {number} {what} {here}"
            self._last = here


def close(writers: Mapping[str, Writer]) -> dict[str, TableFacts]:
    """Finish tables, by name; what the manifest says of each.

    :raises SnapshotError: with every discrepancy of every table, where there are any.
    """
    found = []
    for name, writer in sorted(writers.items()):
        writer.close()
        found += [f"{name}: {one}" for one in writer.discrepancies]
    if found:
        more = f"; {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise SnapshotError(
            f"tables that are not as they should be: {'; '.join(found[:_MOST_NAMED])}{more}",
            discrepancies=tuple(found),
        )
    return {
        name: TableFacts(rows=writer.count, sha256=file_hash(writer.path), bytes=writer.path.stat().st_size)
        for name, writer in sorted(writers.items())
    }


def _before(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    try:
        return one < other
    except TypeError:  # a null or a wrong type: reported with its column
        return True


def _width(table: Table, rows: Iterable[Row], first: int) -> Iterator[str]:
    for number, row in enumerate(rows, first):
        if len(row) != len(table.columns):
            yield f"row {number} has {len(row)} values for {len(table.columns)} columns"


def _misfits(column: Column, values: Sequence[Any], first: int) -> Iterator[str]:
    kinds = set(map(type, values)) - {_PYTHON[column.kind]}
    if column.null:
        kinds.discard(type(None))
    if kinds:
        for number, value in enumerate(values, first):
            if type(value) in kinds:
                yield f"row {number} has {value!r} as {column.name} ({column.kind})"
    elif column.kind == "hash":
        for number, value in enumerate(values, first):
            if value is not None and len(value) != 32:
                yield f"row {number} has {len(value)} bytes as {column.name}"
    elif column.kind == "flag" and not {0, 1}.issuperset(values):
        yield f"{column.name} has {sorted(set(values) - {0, 1})} beside 0 and 1"


def _array(column: Column, values: Sequence[Any]) -> pa.Array[Any]:
    return pa.array([v == 1 for v in values] if column.kind == "flag" else values, _TYPES[column.kind])


def columns(table: Table, path: Path) -> Iterator[list[list[Any]]]:
    """Read a table some thousand rows at a time: one list of values for each column.

    :raises SnapshotError: where the file is absent, damaged or has other columns.
    """
    try:
        with pq.ParquetFile(path) as file:
            if file.schema_arrow.names != list(table.names):
                raise SnapshotError(f"{path.name} has other columns than this version reads")
            for batch in file.iter_batches(batch_size=BATCH, use_threads=False):
                yield [_values(c, batch.column(place)) for place, c in enumerate(table.columns)]
    except (OSError, pa.ArrowException) as error:
        raise SnapshotError(f"{path.name} cannot be read: {_line(error)}") from error


def rows(table: Table, path: Path) -> Iterator[Row]:
    """Read a table row by row; raises as :func:`columns`."""
    for group in columns(table, path):
        yield from zip(*group, strict=True)


def _values(column: Column, data: pa.Array[Any]) -> list[Any]:
    if column.kind == "integer" and not data.null_count:
        return list(data.to_numpy(zero_copy_only=False).tolist())
    if column.kind == "flag":
        return list(data.cast(pa.int8()).to_numpy(zero_copy_only=False).tolist())
    if column.kind in ("text", "json") and len(data):
        coded = data.dictionary_encode()
        if len(coded.dictionary) * 2 > len(data):
            return list(data.to_numpy(zero_copy_only=False).tolist())
        words = [
            *coded.dictionary.to_pylist(),
            None,
        ]  # one object for each text, however often it stands there
        places = coded.indices.fill_null(len(words) - 1).to_numpy().tolist()
        return [words[place] for place in places]
    return list(data.to_pylist())


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 lower-case hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
