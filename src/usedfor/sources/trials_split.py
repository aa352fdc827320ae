"""Cut studies out of a stream of JSON bytes, quicker than a scan of every bracket.

In valid JSON the bytes ``{"protocolSection"`` stand only where a study begins: inside a string its quotation
mark would be escaped. So a reply of API v2 is cut at these places, each piece is proved to be one JSON value,
and only what is not goes through the general scanner (:mod:`usedfor.sources.records`), which also reads files
of any other form. Memory holds one study and one chunk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec

from usedfor.sources.records import MAX_RECORD, Record, scan

__all__ = ["LISTS", "cut"]

LISTS = (b"studies", b"results")  # the keys under which lists of records stand
_START = re.compile(rb'\{\s*"protocolSection"\s*:')
_LONGEST_START = 64  # bytes: a start with white space that may be cut between two chunks
_MAX_HEAD = 4096
_HEAD = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*(?:\[|\{(?:\s*"\w+"\s*:\s*(?:"[^"\\]*"|\d+|null)\s*,)*\s*"studies"\s*:\s*\[)?\s*'
)
_raw = msgspec.json.Decoder(msgspec.Raw)


def cut(chunks: Iterable[bytes]) -> Iterator[Record]:
    """The records of a v2 reply, a bulk file, a list or a single study, as ``scan`` gives them.

    A piece that is broken is a fault of its own, and those behind it are read.
    """
    stream = iter(chunks)
    buffer = b""
    for chunk in stream:
        buffer += chunk
        if _START.search(buffer) or len(buffer) > _MAX_HEAD:
            break
    first = _START.search(buffer)
    if first is None or _HEAD.fullmatch(buffer, 0, first.start()) is None:
        yield from scan(chain([buffer], stream), lists=LISTS)
        return
    head, at, looked = buffer[: first.start()], first.start(), first.end()
    number = 0
    while True:
        start = _START.search(buffer, looked)
        if start is not None:
            for record in _piece(head, buffer[at : start.start()]):
                number += 1
                yield msgspec.structs.replace(record, number=number)
            at, looked = start.span()
            continue
        buffer, at = buffer[at:], 0
        looked = max(1, len(buffer) - _LONGEST_START)
        chunk = next(stream, b"")
        if not chunk:
            break
        buffer += chunk
        if len(buffer) > MAX_RECORD:  # the scanner says what is wrong, without keeping it
            break
    for record in scan(chain([head, buffer], stream), lists=LISTS):
        number += 1
        yield msgspec.structs.replace(record, number=number if record.number else 0)


def _piece(head: bytes, piece: bytes) -> Iterator[Record]:
    """The records in the bytes from one start to the next: one, where nothing is wrong."""
    value = piece.rstrip().removesuffix(b",")
    try:
        _raw.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = [record for record in scan([head, piece], lists=LISTS) if record.number]
        yield from found or [Record(1, fault="a study that breaks off or is not JSON")]
    else:
        yield Record(1, value)
