from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import knowledge_parts as kp
import pytest

from usedfor.knowledge import Knowledge, manifest, parquet, snapshot, starter
from usedfor.knowledge.briefly import MOST_WORDS
from usedfor.knowledge.tables import TABLES
from usedfor.model import quote_hash
from usedfor.sources import Raw, parse, raw_documents

_WORD = re.compile(r"(?:\w-)*\w+")  # as usedfor.knowledge.briefly counts them


def runs(text: str, length: int = MOST_WORDS + 1) -> Iterator[str]:
    """Every run of more than eight words."""
    words = [word.casefold() for word in _WORD.findall(text)]
    for start in range(len(words) - length + 1):
        yield " ".join(words[start : start + length])


# Columns of names and addresses: facts, however many words a kit's or a mixture's name has.
NAMES = {
    "medicines.id", "medicines.name", "medicine_names.name", "medicine_names.key", "conditions.name",
    "condition_names.name", "documents.manufacturer", "documents.brands", "documents.products",
    "documents.url", "uses.products",
}  # fmt: skip


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every text of every table but the names, with its place. Of an id: what follows the medicine."""
    for name, table in TABLES.items():
        if table.later and not (folder / "tables" / f"{name}.parquet").exists():
            continue
        for row in parquet.rows(table, folder / "tables" / f"{name}.parquet"):
            for column, value in zip(table.columns, row, strict=True):
                place = f"{name}.{column.name}"
                if not isinstance(value, str) or place in NAMES or column.name == "medicine":
                    continue
                parts = value.split("/")[1:] if column.name in ("id", "use") and "/" in value else [value]
                for part in strings(json.loads(value)) if column.kind == "json" else parts:
                    yield place, part


def strings(value: Any) -> Iterator[str]:
    """Every text in decoded JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def test_facts_and_locators_only(small_starter: Path, home: Path) -> None:
    assert sorted(str(p.relative_to(small_starter)) for p in small_starter.rglob("*") if p.is_file()) == [
        "manifest.json",
        *sorted(f"tables/{name}.parquet" for name in TABLES),
    ]
    assert manifest.read(small_starter).kind == "starter"
    with Knowledge.open(small_starter) as brief, Knowledge.open(home) as full:
        for medicine in full.medicine_ids():
            pairs = list(zip(brief.statements(medicine), full.statements(medicine), strict=True))
            assert all(one.span == other.span and one.condition == other.condition for one, other in pairs)
            assert [u.id for u in brief.uses(medicine)] == [u.id for u in full.uses(medicine)]
        assert full.documents_of("testolol") == brief.documents_of("testolol")


def test_no_long_run_of_a_labels_words(small_starter: Path) -> None:
    theirs = {run for label in kp.some_labels() for values in label.values() if isinstance(values, list)
              for run in runs(" ".join(values))}  # fmt: skip
    assert any(run in theirs for run in runs(kp.LONG))
    assert [place for place, text in texts(small_starter) if any(run in theirs for run in runs(text))] == []
    with Knowledge.open(small_starter) as knowledge:
        cut = [s for s in knowledge.statements("testolol") if s.text.endswith(" …")]
    assert {s.span.sha256 for s in cut} == {quote_hash(kp.LONG)}


@pytest.mark.parametrize("workers", [1, 2])
def test_it_is_the_same_when_it_is_made_again_in_its_place(
    workers: int, labels: Path, small_starter: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "starter"
    starter.make([labels / "b.json"], folder, workers=1, parts=kp.PARTS)
    starter.make([labels], folder, workers=workers, parts=kp.PARTS)
    for path in small_starter.rglob("*"):
        if path.is_file():
            assert (folder / path.relative_to(small_starter)).read_bytes() == path.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["starter"]


def test_the_command_names_what_is_wrong(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "usedfor.knowledge.starter",
        str(tmp_path / "absent"),
        "--out",
        str(tmp_path / "out"),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.strip().endswith("absent: no such file or folder")


@pytest.fixture
def shipped() -> Path:
    if not (snapshot.STARTER / "manifest.json").is_file():
        pytest.skip("the starter has not been made yet (make starter)")
    return snapshot.STARTER


def test_the_one_that_ships_is_small_and_whole(shipped: Path) -> None:
    made = manifest.read(shipped)
    assert sum(p.stat().st_size for p in shipped.rglob("*") if p.is_file()) <= 12_000_000
    for name, facts in made.tables.items():
        assert parquet.file_hash(shipped / "tables" / f"{name}.parquet") == facts.sha256


@pytest.mark.data
def test_the_one_that_ships_has_no_long_run_of_any_labels_words(shipped: Path, shared_data: Path) -> None:
    ours: dict[str, str] = {}
    for place, text in texts(shipped):
        for run in runs(text):
            ours.setdefault(run, f"{place}: {text}")
    found = set()
    for raw in raw_documents([shared_data / "labels"]):
        if isinstance(raw, Raw):
            for section in parse(raw).sections:
                if section.field != "openfda":  # names, codes and classes: facts
                    found |= ours.keys() & set(runs(section.text))
    assert {ours[run] for run in found} == set()
