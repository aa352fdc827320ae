"""Columns of a table in Arrow's memory layout, and back as Python's values.

``pa.array`` and ``to_numpy`` do the same, but they load pandas wherever it is installed: a second, and 60 MB.
The layout is https://arrow.apache.org/docs/format/Columnar.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from usedfor.knowledge.tables import Column

__all__ = ["TYPES", "array", "numbers", "values"]

TYPES: dict[str, Any] = {
    "text": pa.string(),
    "json": pa.string(),
    "integer": pa.int32(),
    "flag": pa.bool_(),
    "hash": pa.binary(32),
}
_IN_PLACE: dict[str, Any] = {"integer": 0, "flag": 0, "hash": bytes(32)}  # of what is null; for texts ""


def array(column: Column, values: Sequence[Any]) -> pa.Array[Any]:
    """The values of a column, which must fit it."""
    count = len(values)
    absent = values.count(None)
    buffers: list[Any] = [None]
    if absent:
        buffers = [_bits([value is not None for value in values])]
        filler = _IN_PLACE.get(column.kind, "")
        values = [filler if value is None else value for value in values]
    if column.kind == "flag":
        buffers.append(_bits(values))
    elif column.kind == "integer":
        buffers.append(np.array(values, dtype=np.int32))
    elif column.kind == "hash":
        buffers.append(b"".join(values))
    else:
        joined = "".join(values)
        packed = joined.encode()
        if len(packed) != len(joined):
            values = [value.encode() for value in values]
        ends = np.zeros(count + 1, dtype=np.int32)
        np.cumsum(np.fromiter(map(len, values), np.int32, count), out=ends[1:])
        buffers += [ends, packed]
    made = [None if one is None else pa.py_buffer(one) for one in buffers]
    return pa.Array.from_buffers(TYPES[column.kind], count, made, absent)


def values(column: Column, data: pa.Array[Any]) -> list[Any]:
    """The inverse of :func:`array`; flags are 0 and 1. A text that stands often is one object."""
    if column.kind == "hash":
        return list(data.to_pylist())
    if column.kind == "integer":
        found: list[Any] = numbers(data).tolist()
    elif column.kind == "flag":
        found = _unpacked(data.buffers()[1], data).tolist()
    else:
        coded: Any = data.dictionary_encode()
        if len(coded.dictionary) * 2 > len(data):
            found = _strings(data)
        else:
            words = [*coded.dictionary.to_pylist(), None]
            places = np.where(_absent(coded.indices), len(words) - 1, numbers(coded.indices))
            return [words[place] for place in places.tolist()]
    if data.null_count:
        for place in np.flatnonzero(_absent(data)).tolist():
            found[place] = None
    return found


def numbers(data: Any) -> npt.NDArray[np.int32]:
    """The values of a column of integers; of a null anything."""
    found: npt.NDArray[np.int32] = np.frombuffer(data.buffers()[1], np.int32, len(data), 4 * data.offset)
    return found


def _strings(data: Any) -> list[Any]:
    _, offsets, packed = data.buffers()
    ends = np.frombuffer(offsets, np.int32, len(data) + 1, 4 * data.offset)
    whole = bytes(memoryview(packed)[ends[0] : ends[-1]]) if packed else b""
    bounds = pairwise((ends - ends[0]).tolist())
    if whole.isascii():
        text = whole.decode("ascii")
        return [text[start:end] for start, end in bounds]
    return [whole[start:end].decode() for start, end in bounds]


def _absent(data: Any) -> npt.NDArray[np.bool_]:
    """Which values of a column are null."""
    if not data.null_count:
        return np.zeros(len(data), np.bool_)
    valid: npt.NDArray[np.bool_] = _unpacked(data.buffers()[0], data) == 0
    return valid


def _bits(flags: Sequence[Any]) -> Any:
    return np.packbits(np.array(flags, dtype=np.bool_), bitorder="little")


def _unpacked(bits: Any, data: Any) -> npt.NDArray[np.uint8]:
    """The bits that a buffer has of a column."""
    end = data.offset + len(data)
    return np.unpackbits(np.frombuffer(bits, np.uint8), count=end, bitorder="little")[data.offset :]
