from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from usedfor.errors import SnapshotError
from usedfor.knowledge import parquet
from usedfor.knowledge.tables import TABLES, Column, Row, Table

TABLE = Table(
    "things",
    (Column("id"), Column("n", "integer", null=True), Column("on", "flag"), Column("sum", "hash", null=True)),
    ("id",),
    ("id",),
)


def write(path: Path, rows: list[Any], table: Table = TABLE) -> Path:
    writer = parquet.Writer(table, path)
    writer.extend(rows)
    parquet.close({table.name: writer})
    return path


ROWS: list[Row] = [("a", 1, 0, None), ("b", None, 1, b"\x07" * 32), ("c", 2**31 - 1, 1, None)]


def test_rows_come_back(tmp_path: Path) -> None:
    assert list(parquet.rows(TABLE, write(tmp_path / "t.parquet", ROWS))) == ROWS


def test_the_file_is_typed(tmp_path: Path) -> None:
    schema = pq.read_schema(write(tmp_path / "t.parquet", ROWS))
    assert [(f.name, str(f.type), f.nullable) for f in schema] == [
        ("id", "string", False),
        ("n", "int32", True),
        ("on", "bool", False),
        ("sum", "fixed_size_binary[32]", True),
    ]


def test_many_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP", 2)
    monkeypatch.setattr(parquet, "BATCH", 1)
    rows: list[Row] = [(f"{n:03d}", n, n % 2, None) for n in range(7)]
    path = write(tmp_path / "t.parquet", rows)
    assert pq.ParquetFile(path).num_row_groups == 4
    assert list(parquet.rows(TABLE, path)) == rows


def test_the_same_rows_give_the_same_bytes_however_they_come(tmp_path: Path) -> None:
    one = write(tmp_path / "1.parquet", ROWS)
    writer = parquet.Writer(TABLE, tmp_path / "2.parquet")
    for row in ROWS:
        writer.extend([row])
    facts = parquet.close({"things": writer})["things"]
    assert one.read_bytes() == (tmp_path / "2.parquet").read_bytes()
    assert (facts.rows, facts.sha256, facts.bytes) == (3, parquet.file_hash(one), one.stat().st_size)


def test_every_discrepancy_is_reported_at_once(tmp_path: Path) -> None:
    one = parquet.Writer(TABLE, tmp_path / "1.parquet")
    one.extend([("a", "1", 0, None), ("a", 2, 2, b"short"), (None, 3, 0, None)])  # type: ignore[list-item]
    other = parquet.Writer(TABLE, tmp_path / "2.parquet")
    other.extend([("b", 1, 0, None), ("a", 2, 1, None), ("z", 1, 0)])
    with pytest.raises(SnapshotError) as caught:
        parquet.close({"one": one, "other": other})
    assert caught.value.data["discrepancies"] == (
        "one: row 1 repeats the key ('a',)",
        "one: row 2 has None as id (text)",
        "one: row 0 has '1' as n (integer)",
        "one: on has [2] beside 0 and 1",
        "one: row 1 has 5 bytes as sum",
        "other: row 2 has 3 values for 4 columns",
    )


def test_rows_out_of_order(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"things: row 1 is out of order at \('a',\)"):
        write(tmp_path / "t.parquet", [("b", 1, 0, None), ("a", 2, 1, None)])


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_an_empty_table_can_be_read(table: Table, tmp_path: Path) -> None:
    assert list(parquet.rows(table, write(tmp_path / "t.parquet", [], table))) == []


def test_a_damaged_or_foreign_file_is_one_clear_line(tmp_path: Path) -> None:
    path = write(tmp_path / "t.parquet", ROWS)
    with pytest.raises(SnapshotError, match=r"t\.parquet has other columns"):
        list(parquet.rows(TABLES["uses"], path))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SnapshotError, match=r"t\.parquet cannot be read: .+") as caught:
        list(parquet.rows(TABLE, path))
    assert "\n" not in caught.value.message
    with pytest.raises(SnapshotError, match=r"absent\.parquet cannot be read"):
        list(parquet.rows(TABLE, tmp_path / "absent.parquet"))
