from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import knowledge_parts as kp
import pytest

from usedfor.errors import SnapshotError, VerificationError
from usedfor.knowledge.build import build
from usedfor.knowledge.tables import TABLES
from usedfor.knowledge.verify import check, verify

SPANS = 7 * 6 + 2  # two uses, three reactions, a route on each label; a contraindication, a boxed warning


@pytest.fixture
def copy(home: Path, tmp_path: Path) -> Path:
    shutil.copytree(home, tmp_path / "copy")
    return tmp_path / "copy"


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_a_whole_snapshot_holds(home: Path, labels: Path) -> None:
    alone = verify(home, workers=1)
    assert (alone.tables, alone.documents, alone.spans, alone.unchecked) == (11, 7, SPANS, 0)
    assert alone.summary == f"11 tables, 7 documents and {SPANS} spans hold"
    against = verify(home, [labels], workers=2)
    assert (against.documents, against.spans) == (14, 2 * SPANS)


def test_the_starter_holds(small_starter: Path, labels: Path) -> None:
    alone = verify(small_starter, workers=1)
    assert (alone.documents, alone.spans, alone.unchecked) == (0, 0, SPANS)
    assert alone.summary.endswith(f"; {SPANS} spans not checked, their documents' texts are not here")
    against = verify(small_starter, [labels], workers=1)
    assert (against.documents, against.spans, against.unchecked) == (7, SPANS, 0)


@pytest.mark.parametrize("name", TABLES)
def test_a_changed_byte_in_a_table_is_found(name: str, copy: Path) -> None:
    path = copy / "tables" / f"{name}.parquet"
    flip(path, path.stat().st_size // 2)
    with pytest.raises(VerificationError, match="1 things do not hold") as caught:
        verify(copy, workers=1)
    assert caught.value.findings == (
        f"table {name}: {name}.parquet has changed: its SHA-256 is not the manifest's",
    )


def test_a_missing_table_is_found(copy: Path) -> None:
    (copy / "tables" / "uses.parquet").unlink()
    assert check(copy, workers=1).findings == ["table uses: uses.parquet is absent"]


def test_a_changed_row_in_the_look_up_file_is_found(copy: Path) -> None:
    db = sqlite3.connect(copy / "knowledge.sqlite")
    db.execute("UPDATE uses SET status = 'approved' WHERE status = 'contraindicated'")
    db.commit()
    db.close()
    assert check(copy, workers=1).findings == [
        "knowledge.sqlite: 1 rows of uses are not those of its Parquet file"
    ]


def test_another_layout_of_the_same_rows_holds(copy: Path) -> None:
    db = sqlite3.connect(copy / "knowledge.sqlite")
    db.execute("VACUUM")
    db.execute("ANALYZE")
    db.commit()
    db.close()
    assert check(copy, workers=1).findings == []


def test_a_damaged_index_of_the_look_up_file_is_found(copy: Path) -> None:
    db = sqlite3.connect(copy / "knowledge.sqlite")
    (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'statements_key'").fetchone()
    db.close()
    flip(copy / "knowledge.sqlite", page * 8192 - 10)  # a page is filled from its end
    assert check(copy, workers=1).findings


def test_a_changed_text_is_found_with_its_spans(copy: Path) -> None:
    path = copy / "passages" / "texts.sqlite"
    db = sqlite3.connect(path)
    document, section = "00000000-0000-0000-0000-000000000006", "adverse_reactions"
    import zlib

    (text,) = db.execute(
        "SELECT zlib FROM texts WHERE document = ? AND section = ?", (document, section)
    ).fetchone()
    changed = zlib.decompress(text).replace(b"cough", b"cOugh")
    db.execute(
        "UPDATE texts SET zlib = ? WHERE document = ? AND section = ?",
        (zlib.compress(changed), document, section),
    )
    db.commit()
    db.close()
    assert check(copy, workers=1).findings == [
        f"{document}: the text has changed: its SHA-256 is not the one that was read",
        f"{document} {section} 11-16 (statement 3): the words are not the ones that were read",
    ]


def test_a_damaged_or_lost_text_is_found(copy: Path) -> None:
    path = copy / "passages" / "texts.sqlite"
    db = sqlite3.connect(path)
    db.execute("UPDATE texts SET zlib = x'00' WHERE document LIKE '%6' AND section = 'adverse_reactions'")
    db.execute("DELETE FROM texts WHERE document LIKE '%7' AND section = 'adverse_reactions'")
    db.commit()
    db.close()
    findings = check(copy, workers=1).findings
    assert findings[0].startswith("00000000-0000-0000-0000-000000000006: the texts of ")
    seven = "00000000-0000-0000-0000-000000000007"
    assert findings[1] == f"{seven}: the text has changed: its SHA-256 is not the one that was read"
    assert [f.endswith("there is no such section") for f in findings[2:]] == [True, True, True]


def test_lost_passages_are_found(copy: Path) -> None:
    shutil.rmtree(copy / "passages")
    assert check(copy, workers=1).findings == ["passages: the documents' texts are absent"]


def test_every_changed_byte_of_a_label_is_found(small_starter: Path, tmp_path: Path) -> None:
    """The file's own hash finds any byte; the document's and the spans' say what it did."""
    kp.write(tmp_path / "b.json", kp.some_labels()[4:], as_of="2026-07-20")
    path = tmp_path / "b.json"
    build([path], tmp_path / "out", workers=1, parts=kp.PARTS)
    whole = path.read_bytes()
    for at in range(whole.index(b"results"), len(whole), 311):
        path.write_bytes(whole)
        flip(path, at)
        findings = check(tmp_path / "out", [path], workers=1).findings
        assert findings[-1] == "b.json: the file has changed: its SHA-256 is not the manifest's"


def test_a_changed_label_is_found_with_its_spans(home: Path, labels: Path, tmp_path: Path) -> None:
    changed = kp.some_labels()[4:]
    changed[1]["indications_and_usage"] = ["It is indicated for hay fewer and for gout, label 6."]
    changed.pop()
    kp.write(tmp_path / "other name.json", changed)
    findings = check(home, [labels / "a.json.zip", tmp_path / "other name.json"], workers=1).findings
    six, seven = "00000000-0000-0000-0000-000000000006", "00000000-0000-0000-0000-000000000007"
    assert findings == [
        f"{six}: the text has changed: its SHA-256 is not the one that was read",
        f"{six} indications_and_usage 20-29 (statement 1): the words are not the ones that were read",
        f"{seven}: not among the labels that were given",
    ]


def test_of_several_copies_one_has_to_hold(home: Path, labels: Path, tmp_path: Path) -> None:
    changed = kp.label(6, indications_and_usage="Something else.")
    kp.write(tmp_path / "more.json", [changed, kp.label(99)])
    assert check(home, [tmp_path / "more.json", labels], workers=1).findings == []


def test_labels_that_cannot_be_read_are_named(home: Path, tmp_path: Path, labels: Path) -> None:
    bad = kp.label(7)
    bad["effective_time"] = "soon"
    kp.write(tmp_path / "bad.json", [*kp.some_labels()[4:6], bad])
    [finding] = check(home, [labels / "a.json.zip", tmp_path / "bad.json"], workers=1).findings
    assert finding.endswith(
        "7: not among the labels that were given (1 labels could not be read, the first: "
        "bad.json#3: no effective date: 'soon')"
    )


def test_nothing_to_verify(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="is no snapshot"):
        verify(tmp_path)
