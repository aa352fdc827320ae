from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import knowledge_parts as kp
import pytest

from usedfor.errors import InputError, UsedForError
from usedfor.knowledge import Step, manifest, parquet
from usedfor.knowledge.build import build
from usedfor.knowledge.reading import choose
from usedfor.knowledge.staging import Light
from usedfor.knowledge.tables import TABLES


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def table(home: Path, name: str) -> list[dict[str, Any]]:
    found = TABLES[name]
    return [
        dict(zip(found.names, row, strict=True))
        for row in parquet.rows(found, home / f"tables/{name}.parquet")
    ]


def test_what_a_snapshot_is_made_of(home: Path) -> None:
    assert sorted(files(home)) == [
        "bodies.sqlite",
        "knowledge.sqlite",
        "manifest.json",
        "passages/texts.sqlite",
        "readings.sqlite",
        *sorted(f"tables/{name}.parquet" for name in TABLES),
    ]
    assert sorted(p.name for p in home.parent.iterdir()) == ["snapshot"]


def test_the_manifest_names_everything(home: Path, labels: Path) -> None:
    made = manifest.read(home)
    assert made.schema == "usedfor.snapshot/1"
    assert made.kind == "full"
    assert made.as_of == {"labels": "2026-07-23"}
    assert [(s.name, s.documents, s.as_of) for s in made.sources] == [
        ("a.json.zip", 4, "2026-07-23"),
        ("b.json", 3, "2026-07-20"),
    ]
    assert made.sources[0].sha256 == parquet.file_hash(labels / "a.json.zip")
    assert made.counts["labels"] == made.counts["documents"] == 7
    assert made.counts["medicines"] == 3
    assert made.counts["set_aside"] == made.counts["older"] == made.counts["repeated"] == 0
    for name, facts in made.tables.items():
        path = home / f"tables/{name}.parquet"
        assert (facts.sha256, facts.bytes) == (parquet.file_hash(path), path.stat().st_size)
        assert facts.rows == len(table(home, name))
    text = (home / "manifest.json").read_text("utf-8")
    assert str(labels) not in text
    assert json.loads(text)["tables"].keys() == TABLES.keys()


def test_the_rows(home: Path) -> None:
    assert [m["id"] for m in table(home, "medicines")] == ["nostrumab", "placebine", "testolol"]
    assert [m["labels"] for m in table(home, "medicines")] == [2, 2, 3]
    names = [(n["name"], n["kind"]) for n in table(home, "medicine_names") if n["medicine"] == "placebine"]
    assert names == [
        ("placebine", "generic"),
        ("placebine salt", "synonym"),
        ("placebine hydrochloride", "synonym"),
        ("Brand3", "brand"),
        ("Brand4", "brand"),
    ]
    assert [c["id"] for c in table(home, "conditions")] == ["T:1", "T:2", "T:3"]
    assert {u["id"] for u in table(home, "uses")} == {
        f"{medicine}/{condition}/approved"
        for medicine in ("nostrumab", "placebine", "testolol")
        for condition in ("t-2", "t-3")
    } | {"testolol/t-3/contraindicated"}
    gout = [e for e in table(home, "use_evidence") if e["use"] == "testolol/t-3/approved"]
    assert [(e["position"], e["document"][-1], e["direction"]) for e in gout] == [
        (0, "1", "for"), (1, "2", "for"), (2, "6", "for"),
    ]  # fmt: skip
    [long] = [s for s in table(home, "statements") if s["text"] == kp.LONG and s["document"].endswith("1")]
    assert long["sha256"] is None  # it follows from the text
    assert long["end"] - long["start"] == len(kp.LONG)


@pytest.mark.parametrize("workers", [1, 3])
def test_the_same_labels_give_the_same_bytes(workers: int, labels: Path, home: Path, tmp_path: Path) -> None:
    build([labels], tmp_path / "again", workers=workers, parts=kp.PARTS)
    assert files(tmp_path / "again") == files(home)


def test_older_versions_and_repeats_are_left_out_and_named(tmp_path: Path) -> None:
    old = kp.label(1, version=9, effective="20251231", set_number=5)
    new = kp.label(2, version=10, effective="20250101", set_number=5)
    other = kp.label(3)
    kp.write(tmp_path / "a.json", [new, old])
    kp.write(tmp_path / "b.json", [other, old, other])
    made = build([tmp_path / "a.json", tmp_path / "b.json"], tmp_path / "out", workers=1, parts=kp.PARTS)
    assert [(one.document[-1], one.origin, one.because, one.current[-1]) for one in made.left_out] == [
        ("1", "a.json#2", "older", "2"),
        ("1", "b.json#2", "repeated", "1"),
        ("3", "b.json#3", "repeated", "3"),
    ]
    counted = {name: made.counts[name] for name in ("labels", "documents", "older", "repeated")}
    assert counted == {"labels": 5, "documents": 2, "older": 1, "repeated": 2}
    documents = table(tmp_path / "out", "documents")
    assert [d["id"][-1] for d in documents if d["medicine"]] == ["2", "3"]
    assert [d["id"][-1] for d in documents if not d["medicine"]] == ["1"]  # kept to cite what it listed


def light(number: int, id_: str, set_id: str = "s", version: str = "1", source: str = "openfda") -> Light:
    return Light(number, id_, set_id, version, "2026-01-01", source, "m", "o", 1)


def test_of_two_sources_openfda_is_preferred() -> None:
    current, left = choose(
        [light(1, "a", source="dailymed"), light(2, "a"), light(3, "a", source="dailymed")]
    )
    assert current == {"m": [light(2, "a")]}
    assert [(one.document, one.because, one.current) for one in left] == [("a", "repeated", "a")] * 2


def test_versions_are_numbers() -> None:
    current, left = choose(
        [light(1, "a", version="10"), light(2, "b", version="9"), light(3, "c", version="x")]
    )
    assert [one.id for one in current["m"]] == ["a"]
    assert [one.document for one in left] == ["b", "c"]


def test_what_cannot_be_read_is_set_aside_and_the_others_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    folder.mkdir()
    kp.write(folder / "a.json", kp.some_labels())
    (folder / "b.zip").write_bytes(b"PK\x03\x04 broken")
    (folder / "c.json").write_text('{"results": [{"id": "x"}]}')
    made = build([folder], tmp_path / "out", workers=2, limit=3.0, parts=kp.BUT)
    aside = [(put.origin, put.reason) for put in made.set_aside]
    assert [origin for origin, _ in aside] == ["a.json#3", "a.json#4", "a.json#5", "b.zip", "c.json#1"]
    assert [reason for _, reason in aside[:3]] == [
        "ValueError: too much for me",
        "the worker died (exit code 9)",
        "took longer than 3 seconds",
    ]
    assert (made.counts["labels"], made.counts["set_aside"], made.counts["documents"]) == (4, 5, 4)


def test_where_the_program_itself_is_at_fault_nothing_is_replaced(
    labels: Path, home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    build([labels], out, workers=1, parts=kp.PARTS)
    with pytest.raises(UsedForError) as caught:
        build([labels], out, workers=2, parts=kp.FAULTY)
    assert caught.value.message == (
        "only 1 labels could be read; 6 set aside, such as a.json.zip!a.json#2: "
        "FileNotFoundError: No such file or directory"
    )
    assert files(out) == files(home)


def test_a_medicine_that_cannot_be_judged_is_left_out_whole(labels: Path, tmp_path: Path) -> None:
    made = build([labels], tmp_path / "out", workers=1, parts=kp.BUT_JUDGE)
    assert [(put.origin, put.reason) for put in made.set_aside] == [
        ("a.json.zip!a.json#3", "placebine could not be judged: ZeroDivisionError"),
        ("a.json.zip!a.json#4", "placebine could not be judged: ZeroDivisionError"),
    ]
    assert [m["id"] for m in table(tmp_path / "out", "medicines")] == ["nostrumab", "testolol"]
    assert made.counts["documents"] == 5


def test_no_label_at_all(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="there are no labels"):
        build([tmp_path / "empty"], tmp_path / "out", workers=1, parts=kp.PARTS)
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(InputError, match=r"no label could be read; 1 set aside, such as bad\.json: "):
        build([tmp_path / "bad.json"], tmp_path / "out", workers=1, parts=kp.PARTS)
    with pytest.raises(InputError, match="no such file"):
        build([tmp_path / "absent"], tmp_path / "out", workers=1, parts=kp.PARTS)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.json", "empty"]


def test_something_else_is_never_written_over(labels: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").touch()
    with pytest.raises(InputError, match="is there already and is no snapshot"):
        build([labels], tmp_path / "photos", workers=1, parts=kp.PARTS)
    assert [p.name for p in tmp_path.rglob("*")] == ["photos", "cat.jpg"]


def test_a_new_snapshot_takes_the_place_of_the_old(labels: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build([labels / "b.json"], out, workers=1, parts=kp.PARTS)
    made = build([labels], out, workers=1, parts=kp.PARTS)
    assert manifest.read(out) == made
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_build_that_is_killed_leaves_the_old_one_whole(labels: Path, home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build([labels], out, workers=1, parts=kp.PARTS)
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[3])\n"
        "import knowledge_parts as kp; from usedfor.knowledge.build import build\n"
        "if __name__ == '__main__': build([Path(sys.argv[1])], Path(sys.argv[2]), workers=1, parts=kp.NEVER)"
    )
    running = subprocess.Popen([sys.executable, "-c", code, labels / "b.json", out, Path(__file__).parent])
    deadline = time.monotonic() + 60
    while not (waiting := list(tmp_path.glob(".out.building-*/waiting"))):
        assert running.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    worker = int(waiting[0].read_text())
    running.send_signal(signal.SIGKILL)
    running.wait()
    while alive(worker):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert len(list(tmp_path.iterdir())) == 3  # with its lock, which is nobody's now
    assert files(out) == files(home)
    build([labels / "b.json"], out, workers=1, parts=kp.PARTS)  # clears away what the dead one left
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert manifest.read(out).counts["labels"] == 3


def test_progress_is_told(labels: Path, tmp_path: Path) -> None:
    steps: list[Step] = []
    build([labels], tmp_path / "out", workers=2, progress=steps.append, parts=kp.PARTS)
    last = {step.stage: step for step in steps}
    assert list(last) == ["reading labels", "judging medicines", "writing tables"]
    assert last["reading labels"].done == 7
    assert last["reading labels"].bytes == manifest.read(tmp_path / "out").counts["bytes"] > 1000
    assert (last["judging medicines"].done, last["judging medicines"].total) == (3, 3)
    assert (last["writing tables"].done, last["writing tables"].total) == (2, 2)
