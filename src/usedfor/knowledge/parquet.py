"""Tables as Parquet files: written in fixed settings, checked on the way, read back as rows.

The same rows give the same bytes (with the same pyarrow): nothing of the clock, the machine or the number of
workers goes in. Needs pyarrow; whoever only asks a snapshot never imports this module.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from usedfor.errors import SnapshotError
from usedfor.knowledge import arrow
from usedfor.knowledge.manifest import TableFacts, file_hash
from usedfor.knowledge.tables import Column, Row, Table

__all__ = ["Had", "Piece", "Writer", "close", "columns", "file_hash", "had", "pieces", "rows"]

GROUP = 65_536  # rows written together: what can be read of a file without the rest
BATCH = 8_192  # rows that are objects at a time; a group waits in Arrow's own memory, ten times smaller
LEVEL = (
    9  # of zstd: half a second for the 1,000 labels; level 19 takes ten times as long for a twentieth less
)
_PYTHON = {"text": str, "json": str, "integer": int, "flag": int, "hash": bytes}
_MOST_NAMED = 20  # discrepancies named in an error; all are counted


def schema(table: Table) -> pa.Schema:
    """The Arrow schema of a table."""
    return pa.schema([pa.field(c.name, arrow.TYPES[c.kind], nullable=c.null) for c in table.columns])


class Piece(NamedTuple):
    """Rows of a table that stand together: new ones, or those copied from an earlier snapshot's table."""

    rows: int
    first: int | None = None  # where they begin in the earlier table; None: they are new


class Had:
    """A table of an earlier snapshot, to copy from: where the rows of each unit (the values of ``column``,
    each value's rows together) are."""

    def __init__(self, table: Table, path: Path, column: str | None = None) -> None:
        self.table = table
        self.places: dict[str, tuple[int, int]] = {}
        self.units: list[str] = []  # in the order of the rows
        self._file = pq.ParquetFile(path, read_dictionary=[column] if column else None)
        self._groups = [0]
        self._held: tuple[int, pa.Table] | None = None
        for number in range(self._file.num_row_groups):
            if column:
                (data,) = self._file.read_row_group(number, columns=[column]).columns
                self._note(data)
            self._groups.append(self._groups[-1] + self._file.metadata.row_group(number).num_rows)

    def _note(self, data: Any) -> None:
        done = self._groups[-1]
        for chunk in data.chunks:
            words = chunk.dictionary.to_pylist()
            codes = arrow.numbers(chunk.indices)
            starts = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist()] if len(codes) else []
            for start, end in pairwise([*starts, len(codes)]):
                word = words[codes[start]]
                if word not in self.places:
                    self.units.append(word)
                first = self.places.get(word, (done + start, 0))[0]
                self.places[word] = first, done + end
            done += len(codes)

    def unit_at(self, row: int) -> str:
        """The unit that a row belongs to."""
        return self.units[bisect_right(self.units, row, key=lambda word: self.places[word][0]) - 1]

    def rows(self, start: int, end: int) -> Iterator[pa.RecordBatch]:
        """The rows from ``start`` to before ``end``. Whoever asks in order has each part of the file read
        once."""
        while start < end:
            number = bisect_right(self._groups, start) - 1
            if self._held is None or self._held[0] != number:
                names = list(self.table.names)
                group = self._file.read_row_group(number, columns=names)
                plain = [c.cast(t) for c, t in zip(group.columns, schema(self.table).types, strict=True)]
                self._held = number, pa.Table.from_arrays(plain, schema=schema(self.table))
            here = self._groups[number]
            stop = min(end, self._groups[number + 1])
            yield from self._held[1].slice(start - here, stop - start).to_batches()
            start = stop

    def close(self) -> None:
        """Close the file."""
        self._held = None
        self._file.close()


class Writer:
    """Writes one table. Rows come in its order; those that do not fit are not written but become
    discrepancies. ``had``: the same table of an earlier snapshot, to copy from."""

    def __init__(self, table: Table, path: Path, had: Had | None = None) -> None:
        self.table = table
        self.had = had
        self.plan: list[Piece] = []
        self.path = path
        self.count = 0
        self.discrepancies: list[str] = []
        self._rows: list[Row] = []
        self._group: list[pa.RecordBatch] = []
        self._grouped = 0  # rows in them
        self._copying = 0, 0  # rows of ``had`` that are to be copied next
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
        before = len(self._rows)
        self._rows.extend(rows)
        if len(self._rows) > before:
            self._copy()
        while len(self._rows) >= BATCH:
            self._check(self._rows[:BATCH])
            del self._rows[:BATCH]

    def copy(self, unit: str) -> None:
        """Add the rows that the earlier table has of a unit, if it has any."""
        assert self.had is not None
        start, end = self.had.places.get(unit, (0, 0))
        if start == end:
            return
        if self._rows:
            self._check(self._rows)
            self._rows = []
        if self._copying[1] != start or self._copying[0] == self._copying[1]:
            self._copy()
            self._copying = start, start
        self._copying = self._copying[0], end

    def _copy(self) -> None:
        start, end = self._copying
        self._copying = 0, 0
        if start == end:
            return
        assert self.had is not None
        for batch in self.had.rows(start, end):
            for edge in (0, batch.num_rows - 1) if batch.num_rows > 1 else (0,):
                row = tuple([batch.column(place)[edge].as_py() for place in range(batch.num_columns)])
                self.discrepancies += self._misplaced([row])
            self._add(batch)
            self.count += batch.num_rows
        self._planned(Piece(end - start, start))

    def _planned(self, piece: Piece) -> None:
        if piece.first is None and self.plan and self.plan[-1].first is None:
            piece = Piece(self.plan.pop().rows + piece.rows)
        self.plan.append(piece)

    def _add(self, batch: pa.RecordBatch) -> None:
        self._group.append(batch)
        self._grouped += batch.num_rows
        while self._grouped >= GROUP:
            self._write()

    def close(self) -> None:
        """Write what is left."""
        self._copy()
        if self._rows:
            self._check(self._rows)
        self._rows = []
        while self._grouped:
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
            arrays = [arrow.array(c, v) for c, v in zip(self.table.columns, values, strict=True)]
            self._add(pa.RecordBatch.from_arrays(arrays, schema=schema(self.table)))
        self.count += len(rows)
        self._planned(Piece(len(rows)))

    def _write(self) -> None:
        """Write one group: as many rows whatever the pieces they came in, so that the bytes are the same."""
        rows = pa.Table.from_batches(self._group)
        group = rows.slice(0, GROUP).combine_chunks()
        self._file.write_table(group, row_group_size=GROUP)
        self._group = rows.slice(GROUP).to_batches()
        self._grouped = max(0, rows.num_rows - GROUP)

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


def had(table: Table, path: Path) -> Table:
    """The table as this file has it: an older snapshot's is without the later columns.

    :raises SnapshotError: where the file is absent or damaged.
    """
    try:
        return table.with_only(pq.read_schema(path).names)
    except (OSError, pa.ArrowException) as error:
        raise SnapshotError(f"{path.name} cannot be read: {_line(error)}") from error


def columns(table: Table, path: Path) -> Iterator[list[list[Any]]]:
    """Read a table some thousand rows at a time: one list of values for each column; of a later column that
    an older file lacks, nulls.

    :raises SnapshotError: where the file is absent, damaged or has other columns.
    """
    try:
        with pq.ParquetFile(path) as file:
            here = file.schema_arrow.names
            if here != list(table.with_only(here).names):
                raise SnapshotError(f"{path.name} has other columns than this version reads")
            for batch in file.iter_batches(batch_size=BATCH, use_threads=False):
                yield [
                    arrow.values(c, batch.column(c.name)) if c.name in here else [None] * len(batch)
                    for c in table.columns
                ]
    except (OSError, pa.ArrowException) as error:
        raise SnapshotError(f"{path.name} cannot be read: {_line(error)}") from error


def pieces(table: Table, path: Path, plan: Iterable[Piece]) -> Iterator[tuple[Piece, list[list[Any]]]]:
    """Each piece of a table; new ones with their rows, one list of values for each column, some thousand
    rows at a time. Raises as :func:`columns`."""
    here = Had(table, path)
    start = 0
    for piece in plan:
        if piece.first is None:
            for batch in here.rows(start, start + piece.rows):
                for part in range(0, batch.num_rows, BATCH):
                    some = batch.slice(part, BATCH)
                    values = [arrow.values(c, some.column(place)) for place, c in enumerate(table.columns)]
                    yield Piece(some.num_rows), values
        else:
            yield piece, []
        start += piece.rows
    here.close()


def rows(table: Table, path: Path) -> Iterator[Row]:
    """Read a table row by row; raises as :func:`columns`."""
    for group in columns(table, path):
        yield from zip(*group, strict=True)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
