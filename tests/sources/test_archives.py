"""Files, folders and archives: labels in order, and one clear line for whatever cannot be read."""

from __future__ import annotations

import io
import os
import random
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usedfor.errors import ArchiveError, InputError
from usedfor.sources import Raw, SetAside, archives, raw_documents

Made = Callable[..., bytes]
Zipped = Callable[..., Path]


def read(*paths: Path) -> tuple[list[str], list[tuple[str, str]]]:
    found = list(raw_documents(paths))
    good = [item.origin for item in found if isinstance(item, Raw)]
    return good, [(item.origin, item.reason) for item in found if isinstance(item, SetAside)]


def archive(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in members.items():
            written.writestr(name, data)
    return buffer.getvalue()


def test_each_form_of_openfda(tmp_path: Path, made: Made, bulk: Made, zipped: Zipped) -> None:
    (tmp_path / "a.json").write_bytes(made())
    (tmp_path / "b.json").write_bytes(b"[" + made() + b", " + made() + b"]")
    (tmp_path / "c.json").write_bytes(b"\xef\xbb\xbf" + bulk(made()))
    (tmp_path / "d.jsonl").write_bytes(made() + b"\n" + made() + b"\n")
    zipped("e.json.zip", **{"part/e.json": bulk(made(), made())})
    found = [item for item in raw_documents([tmp_path]) if isinstance(item, Raw)]
    assert [(item.origin, item.as_of) for item in found] == [
        ("a.json#1", None),
        ("b.json#1", None),
        ("b.json#2", None),
        ("c.json#1", "2026-07-23"),
        ("d.jsonl#1", None),
        ("d.jsonl#2", None),
        ("e.json.zip!part/e.json#1", "2026-07-23"),
        ("e.json.zip!part/e.json#2", "2026-07-23"),
    ]
    assert {item.data for item in found} == {made()}
    assert {item.source for item in found} == {"openfda"}


def test_a_release_of_dailymed(zipped: Zipped) -> None:
    inner = archive(**{"label.xml": b"<document/>", "picture.jpg": b"\xff\xd8"})
    path = zipped("release.zip", **{"prescription/a.zip": inner, "prescription/b.zip": inner})
    assert list(raw_documents([path])) == [
        Raw("dailymed", "release.zip!prescription/a.zip!label.xml", b"<document/>"),
        Raw("dailymed", "release.zip!prescription/b.zip!label.xml", b"<document/>"),
    ]


def test_a_path_that_does_not_exist_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        raw_documents([tmp_path, tmp_path / "nothing.json"])


def test_a_folder_with_other_files(tmp_path: Path, made: Made) -> None:
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / "deep/er/label.json").write_bytes(made())
    (tmp_path / "deep/notes.txt").write_text("hiccups")
    (tmp_path / ".hidden.json").write_text("hiccups")
    (tmp_path / "paper.json").write_bytes(b"%PDF-1.7 ...")
    (tmp_path / "picture.xml").write_bytes(b"\x89PNG\r\n\x1a\n")
    outside = tmp_path.parent / "outside.json"
    outside.write_bytes(made())
    (tmp_path / "link.json").symlink_to(outside)
    (tmp_path / "gone.json").symlink_to(tmp_path / "nothing.json")
    os.mkfifo(tmp_path / "pipe.json")
    good, bad = read(tmp_path)
    assert good == ["deep/er/label.json#1"]
    assert bad == [
        ("gone.json", "not a regular file"),
        ("link.json", "a link that leaves the folder"),
        ("paper.json", "a PDF, not a label in JSON or XML"),
        ("picture.xml", "neither JSON, XML nor a zip"),
        ("pipe.json", "not a regular file"),
        ("deep/notes.txt", "not a label's file (.json, .xml, .zip)"),
    ]


def test_a_name_that_is_no_text(tmp_path: Path, made: Made) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/la\nbel\xff.json")).write_bytes(made())
    good, bad = read(tmp_path)
    assert (good, bad) == (["la\ufffdbel\ufffd.json#1"], [])


@pytest.mark.parametrize(
    ("data", "good", "reason"),
    [
        (b"", 0, "an empty file"),
        (b"\xef\xbb\xbf", 0, "an empty file"),
        (b" \n", 0, "an empty file"),
        (b"hiccups", 0, "neither JSON, XML nor a zip"),
        ('{"id": "é"}'.encode("utf-16"), 0, "text that is not UTF-8"),
        ('{"id": "é"}'.encode("utf-16-le"), 0, "text that is not UTF-8"),
        (b"[" * 10_000, 0, "nested more than 64 deep"),
        (b'{"results": [{"id": "1"}, {"id": "2"}, {"id', 2, "breaks off in the middle (truncated?)"),
        (b"PK\x03\x04" + b"\0" * 50, 0, "a zip that is damaged or cut short: File is not a zip file"),
    ],
)
def test_one_line_for_a_bad_file(tmp_path: Path, made: Made, data: bytes, good: int, reason: str) -> None:
    (tmp_path / "a.json").write_bytes(data)
    (tmp_path / "b.json").write_bytes(made())
    assert read(tmp_path) == (
        [*(f"a.json#{number + 1}" for number in range(good)), "b.json#1"],
        [("a.json", reason)],
    )


def test_a_record_that_is_no_object_does_not_stop_the_others(tmp_path: Path, made: Made, bulk: Made) -> None:
    (tmp_path / "a.json").write_bytes(bulk(made(), b"7", made()))
    assert read(tmp_path) == (["a.json#1", "a.json#3"], [("a.json#2", "a record that is not an object")])


def test_a_truncated_zip(tmp_path: Path, made: Made, bulk: Made, zipped: Zipped) -> None:
    whole = zipped("a.json.zip", **{"a.json": bulk(*[made()] * 50)}).read_bytes()
    for size in (5, len(whole) // 2, len(whole) - 1):
        (tmp_path / "a.json.zip").write_bytes(whole[:size])
        good, bad = read(tmp_path)
        assert good == []
        assert [(origin, reason.partition(":")[0]) for origin, reason in bad] == [
            ("a.json.zip", "a zip that is damaged or cut short")
        ]


def test_members_that_are_refused(zipped: Zipped, made: Made) -> None:
    names = ["../out.json", "/root.json", "C:\\out.json", "a\\..\\..\\out.json", "fine.json"]
    path = zipped("a.zip", **dict.fromkeys(names, made()))
    good, bad = read(path)
    assert good == ["a.zip!fine.json#1"]
    assert [reason for _, reason in bad] == ["a path that leaves the archive's folder"] * 4


def test_an_encrypted_member(tmp_path: Path, made: Made) -> None:
    data = bytearray(archive(**{"a.json": made(), "b.json": made()}))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert read(tmp_path) == (["a.zip!b.json#1"], [("a.zip!a.json", "an encrypted member")])


def test_zips_nested_too_deep_and_without_labels(tmp_path: Path, made: Made) -> None:
    deepest = archive(**{"a.json": made()})
    (tmp_path / "a.zip").write_bytes(archive(**{"b.zip": archive(**{"c.zip": deepest, "d.json": made()})}))
    (tmp_path / "b.zip").write_bytes(archive(**{"notes.txt": b"hiccups"}))
    (tmp_path / "c.zip").write_bytes(archive())
    assert read(tmp_path) == (
        ["a.zip!b.zip!d.json#1"],
        [
            ("a.zip!b.zip!c.zip", "archives nested deeper than 2"),
            ("b.zip", "a zip without a label in it"),
            ("c.zip", "a zip without a label in it"),
        ],
    )


def test_a_damaged_member_does_not_stop_the_others(tmp_path: Path, made: Made, bulk: Made) -> None:
    noise = random.Random(0).randbytes(2_000).hex().encode()
    data = bytearray(archive(**{"a.json": bulk(made(), made(noise=[noise.decode()])), "b.json": made()}))
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(data)
    good, bad = read(tmp_path)
    assert good[-1] == "a.zip!b.json#1"
    assert len(bad) == 1
    assert bad[0][0].startswith("a.zip!a.json")


def test_zip_bombs(tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "FREE", 1_000_000)
    monkeypatch.setattr(archives, "MAX_XML", 2_000_000)
    bomb = archive(**{"bomb.json": b"[" + b" " * 20_000_000 + b"]", "later.json": made()})
    (tmp_path / "a.zip").write_bytes(bomb)
    pad = os.urandom(400_000)
    (tmp_path / "b.zip").write_bytes(archive(**{"inner.zip": bomb, "fine.json": made(), "pad.bin": pad}))
    (tmp_path / "c.xml").write_bytes(b"<a>" + b" " * 3_000_000)
    (tmp_path / "d.json").write_bytes(made())
    ratio = f"unpacks to more than {archives.MAX_RATIO} times its size (a zip bomb?)"
    assert read(tmp_path) == (
        ["b.zip!fine.json#1", "d.json#1"],
        [("a.zip", ratio), ("b.zip!inner.zip", ratio), ("c.xml", "more than 1 MB of XML")],
    )


def test_sizes_in_the_directory_are_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "FREE", 1_000_000)
    data = bytearray(archive(**{"bomb.json": b"[" + b" " * 20_000_000 + b"]"}))
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (2**32 - 2).to_bytes(4, "little")  # 4 GB, says the directory
    (tmp_path / "a.zip").write_bytes(data)
    good, bad = read(tmp_path)
    assert good == []
    assert [origin for origin, _ in bad] == ["a.zip"]
    assert "zip bomb" in bad[0][1]


def test_a_budget_is_shared_with_the_archive_around() -> None:
    outer = archives._Budget(0, None)
    inner = archives._Budget(0, outer)
    inner.spend(archives.FREE, "a")
    assert (outer.left, inner.left, inner.depth) == (0, 0, 2)
    with pytest.raises(ArchiveError, match="a: unpacks to more than"):
        archives._Budget(0, outer).spend(1, "a")


def test_a_large_file_passes_and_memory_stays(tmp_path: Path, made: Made, bulk: Made) -> None:
    """Ten times the file, the same peak: labels of about 100 kB that shrink as labels do."""
    words = [f"w{number}" for number in range(3_000)]
    source = random.Random(1)
    records = [made(description=[" ".join(source.choices(words, k=20_000))]) for _ in range(8)]
    peaks = []
    for times in (1, 10):
        path = tmp_path / f"{times}.json.zip"
        path.write_bytes(archive(**{"a.json": bulk(*records * times)}))
        tracemalloc.start()
        assert sum(isinstance(item, Raw) for item in raw_documents([path])) == 8 * times
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2


SAMPLE = archive(
    **{
        "a.json": b'{"results": [{"id": "1"}, {"id": "2"}]}',
        "b.zip": archive(**{"c.xml": b"<document/>"}),
        "d.xml": b"<document/>",
    }
)


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), max_size=6),
    st.integers(0, len(SAMPLE)),
)
def test_whatever_is_damaged_nothing_raises(flips: list[tuple[int, int]], size: int) -> None:
    data = bytearray(SAMPLE)
    for place, value in flips:
        data[place] = value
    damaged = bytes(data[:size]) if size % 2 else bytes(data)
    found = list(archives._content(io.BytesIO(damaged), "a.zip", None, archives.LABELS))
    assert found
    assert all(item.origin.startswith("a.zip") for item in found)
    assert all(item.reason for item in found if isinstance(item, SetAside))
