"""The scanner: the same records whatever the chunks, and faults in the place of what is broken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.sources import records as module
from usedfor.sources.records import MAX_DEPTH, Record, scan

TRICKY = (
    b'\xef\xbb\xbf {"meta": {"last_updated": "2026-07-23", "no\\"": [{"x": "]}"}], "results": {"skip": 0}},\n'
    b' "results" : [ {"a": "\\\\", "b": ["}{\\"", "\xc3\xa9\\u00e9"]}, 7, "x\\"", {"c": {}}, [1, 2], null ],'
    b' "other": [1, {"z": "a"}]}\n{"later": 1} '
)


def chunks(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def test_records_and_faults_in_order() -> None:
    day, fault = "2026-07-23", "a record that is not an object"
    assert list(scan([TRICKY])) == [
        Record(1, b'{"a": "\\\\", "b": ["}{\\"", "\xc3\xa9\\u00e9"]}', day),
        Record(2, as_of=day, fault=fault),
        Record(3, as_of=day, fault=fault),
        Record(4, b'{"c": {}}', day),
        Record(5, b"[1, 2]", day),
        Record(6, as_of=day, fault=fault),
        Record(7, b'{"later": 1}', day),
    ]


def test_chunk_borders_at_every_offset() -> None:
    expected = list(scan([TRICKY]))
    for cut in range(len(TRICKY) + 1):
        assert list(scan([TRICKY[:cut], TRICKY[cut:]])) == expected, cut
    for size in range(1, 40):
        assert list(scan(chunks(TRICKY, size))) == expected, size


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.text(), JSON, max_size=4), max_size=4),
    st.integers(1, 50),
    st.booleans(),
    st.data(),
)
def test_records_come_back(
    records: list[dict[str, Any]], size: int, wrapped: bool, data: st.DataObject
) -> None:
    ascii_only, indent = data.draw(st.booleans()), data.draw(st.sampled_from([None, 1]))
    whole = {"meta": {"last_updated": "2020-01-02"}, "results": records} if wrapped else records
    raw = json.dumps(whole, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
    found = list(scan(chunks(raw, size)))
    assert [json.loads(record.data) for record in found] == json.loads(json.dumps(records))
    assert {record.as_of for record in found} <= {"2020-01-02" if wrapped else None}


@given(
    st.lists(
        st.dictionaries(
            st.text('a"\\\\{}[],:', max_size=3), JSON | st.lists(st.text('}]{["', max_size=9)), max_size=4
        ),
        max_size=5,
    ),
    st.integers(1, 80),
    st.sampled_from(["", "]", "}", "}]", '"', "]]}"]),
)
def test_what_is_found_at_once_is_what_is_found_string_by_string(
    records: list[dict[str, Any]], size: int, behind: str
) -> None:
    raw = (json.dumps({"results": records}) + behind).encode()
    quick = list(scan(chunks(raw, size)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_TRIES", 0)
        assert list(scan(chunks(raw, size))) == quick


@given(st.integers(0, len(TRICKY)), st.integers(1, 9))
def test_a_cut_gives_the_whole_records_before_it(cut: int, size: int) -> None:
    whole = [record for record in scan([TRICKY]) if record.data]
    found = list(scan(chunks(TRICKY[:cut], size)))
    assert [record for record in found if record.data] == whole[: len([r for r in found if r.data])]
    assert sum(record.number == 0 for record in found) <= 1


@given(st.binary(max_size=80) | st.text('{}[]",\\: 1a', max_size=80).map(str.encode), st.integers(1, 9))
def test_any_bytes_in_any_chunks(data: bytes, size: int) -> None:
    assert list(scan(chunks(data, size))) == list(scan([data]))


@pytest.mark.parametrize(
    ("data", "count", "fault"),
    [
        (b"", 0, None),
        (b"{}", 1, None),
        (b'{"results": []}', 0, None),
        (b'{"a": "\\"results\\": [", "b": [1]}', 1, None),
        (b"hiccups", 0, "is not JSON"),
        (b'{"a": 1} hiccups', 1, "is not JSON"),
        (b'{"results": [{"a": 1}, {"b":', 1, "breaks off in the middle (truncated?)"),
        (b'{"a": "b\\', 0, "breaks off in the middle (truncated?)"),
        (b'[{"a": 1]', 0, "brackets that do not match at byte 8"),
        (b'[{"a": 1}}', 1, "brackets that do not match at byte 9"),
        (b"[" * 10_000, 0, f"nested more than {MAX_DEPTH} deep"),
        (b"[" * 1_000_000, 0, f"nested more than {MAX_DEPTH} deep"),
    ],
)
def test_the_end(data: bytes, count: int, fault: str | None) -> None:
    found = list(scan(chunks(data, 1000)))
    assert len([record for record in found if record.data]) == count
    assert [record.fault for record in found if not record.data] == ([fault] if fault else [])


def test_too_deep_and_too_large_are_passed_over() -> None:
    deep = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
    large = b'{"a": "' + b"x" * 3_000 + b'"}'
    for size in (7, 1_000, 100_000):
        found = list(scan(chunks(b"[" + deep + b"," + large + b', {"b": 2}]', size), max_record=2_000))
        assert [record.data for record in found] == [b"", b"", b'{"b": 2}']
        assert found[0].fault == f"nested more than {MAX_DEPTH} deep"
        assert found[1].fault == "a record of more than 0 MB"
