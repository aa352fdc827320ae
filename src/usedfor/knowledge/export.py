"""The tables of a snapshot for other programs: the Parquet files as they are, or CSV."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from usedfor.errors import InputError
from usedfor.knowledge import manifest, parquet, snapshot
from usedfor.knowledge.tables import TABLES, Table
from usedfor.model import quote_hash

__all__ = ["export"]


def export(
    folder: Path, format: Literal["parquet", "csv"] = "parquet", *, home: Path | str | None = None
) -> tuple[Path, ...]:
    """Write every table of the snapshot into ``folder`` with its manifest; the files written, sorted.

    CSV is as RFC 4180 has it, in UTF-8, with a head line; nested parts are JSON, hashes 64 hex digits, flags
    0 and 1, an absent value is empty. Every span has its hash there.

    :raises InputError: where ``folder`` cannot be written, or holds such files already, or ``format`` is
        neither.
    :raises SnapshotError: where there is no snapshot, or it is damaged.
    """
    if format not in ("parquet", "csv"):
        raise InputError(f"{format}: tables are exported as parquet or csv")
    source, _ = snapshot.find(home)
    made = manifest.read(source)
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in TABLES.items():
            if name not in made.tables and table.later:
                continue
            path = folder / f"{name}.{format}"
            if path.exists():
                raise InputError(f"{path} is there already; choose an empty folder", path=str(path))
            if format == "parquet":
                shutil.copyfile(source / "tables" / path.name, path)
            else:
                _csv(table, source / "tables" / f"{name}.parquet", path)
            written.append(path)
        shutil.copyfile(source / manifest.NAME, folder / manifest.NAME)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written: {error.strerror or error}", path=str(folder)
        ) from error
    return tuple(sorted([*written, folder / manifest.NAME]))


def _csv(table: Table, source: Path, path: Path) -> None:
    table = parquet.had(table, source)
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(table.names)
        hashes = [place for place, column in enumerate(table.columns) if column.kind == "hash"]
        text = table.names.index("text") if table.name == "statements" else None
        for row in parquet.rows(table, source):
            write.writerow(_cells(row, hashes, text))


def _cells(row: Sequence[Any], hashes: Sequence[int], text: int | None) -> list[Any]:
    cells = list(row)
    for place in hashes:
        if cells[place] is not None:
            cells[place] = cells[place].hex()
        elif text is not None:
            cells[place] = quote_hash(cells[text])
    return cells
