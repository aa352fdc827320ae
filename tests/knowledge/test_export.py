from __future__ import annotations

import csv
from pathlib import Path

import pytest

from usedfor.errors import InputError
from usedfor.knowledge.export import export
from usedfor.knowledge.tables import TABLES
from usedfor.model import quote_hash


def test_parquet_is_copied_as_it_is(home: Path, tmp_path: Path) -> None:
    written = export(tmp_path / "new" / "out", home=home)
    assert [p.name for p in written] == sorted(["manifest.json", *(f"{name}.parquet" for name in TABLES)])
    for path in written[1:]:
        if path.suffix == ".parquet":
            assert path.read_bytes() == (home / "tables" / path.name).read_bytes()


def test_csv_can_be_read_with_nothing_else(home: Path, tmp_path: Path) -> None:
    export(tmp_path, "csv", home=home)
    with (tmp_path / "statements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(TABLES["statements"].names)
    assert len(rows) == 44
    assert all(row["sha256"] == quote_hash(row["text"]) for row in rows)
    assert {row["adjunct"] for row in rows} == {"0"}
    assert {row["condition"] for row in rows} == {"", "T:2", "T:3"}
    with (tmp_path / "documents.csv").open(encoding="utf-8", newline="") as file:
        assert {len(row["sha256"]) for row in csv.DictReader(file)} == {64}


def test_a_cut_text_keeps_the_hash_of_the_whole(small_starter: Path, tmp_path: Path) -> None:
    export(tmp_path, "csv", home=small_starter)
    with (tmp_path / "statements.csv").open(encoding="utf-8", newline="") as file:
        cut = [row for row in csv.DictReader(file) if row["text"].endswith("…")]
    import knowledge_parts as kp

    assert len(cut) == 7
    assert {row["sha256"] for row in cut} == {quote_hash(kp.LONG)}


def test_what_cannot_be_written(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        export(tmp_path / "file" / "out", home=home)
    with pytest.raises(InputError, match="parquet or csv"):
        export(tmp_path / "out", "xlsx", home=home)  # type: ignore[arg-type]
    export(tmp_path / "out", home=home)
    with pytest.raises(InputError, match="is there already"):
        export(tmp_path / "out", home=home)
