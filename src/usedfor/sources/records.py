"""Cut the records out of a stream of JSON bytes without decoding them.

A bulk file is one object with tens of thousands of records in its ``results`` array. The scanner keeps a
stack of open brackets, skips strings whole and gives each record's own bytes, so that memory holds one record
and one chunk whatever the size of the file, and a file that breaks off still gives what stands before the
break.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

MAX_RECORD = 64 * 1024 * 1024  # bytes; the largest labels published are a few megabytes
MAX_DEPTH = 64  # a label nests four deep
MAX_STACK = 100_000  # beyond it the file is not read on

_CODE = re.compile(rb'[^"{}\[\]]*+(["{}\[\]]?)')
_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+("?)', re.DOTALL)
_LIST = rb'(?<!\\)"(?:%s)"\s*+:\s*+\[\Z'
_LOOSE = re.compile(rb"[^\s,]+|,")
_QUOTE, _OPEN, _CLOSE = ord('"'), b"{[", {ord("}"): ord("{"), ord("]"): ord("[")}
_LIST_OPEN = ord("[")
_UTF8_BOM = b"\xef\xbb\xbf"
_TAIL = 256  # enough for the key of the list, its colon and the space around it
_WAIT = 4 * 1024 * 1024  # bytes of a record that may wait for its end to come
_TRIES = 8  # closing braces that are tried as a record's last; a label has two outside its texts


class Record(msgspec.Struct, frozen=True):
    """The bytes of one record, or the fault for which it cannot be had."""

    number: int  # counted from 1 in the stream; 0 where the fault is the stream's, not a record's
    data: bytes = b""
    as_of: str | None = None  # the file's own date, where it stands before the records
    fault: str | None = None


def scan(
    chunks: Iterable[bytes], *, max_record: int = MAX_RECORD, lists: Sequence[bytes] = (b"results",)
) -> Iterator[Record]:
    """Yield the records of ``{"meta": ..., "results": [...]}``, of a bare array, or bare records one by one.

    ``lists``: the keys under which an object at the top holds its list of records.

    A record that is too large, too deep or no object has a ``fault`` in its place, and the scan goes on
    behind it. Where the stream is no JSON or breaks off, the last item has the fault and number 0.
    """
    scanner = _Scanner(max_record, lists)
    for chunk in chunks:
        yield from scanner.feed(chunk)
        if scanner.stopped:
            return
    yield from scanner.end()


class _Scanner:
    """What has to be known between two chunks."""

    def __init__(self, max_record: int, lists: Sequence[bytes]) -> None:
        self.max_record = max_record
        self.list = re.compile(_LIST % b"|".join(lists))
        self.stopped = False
        self.stack = bytearray()  # every open bracket
        self.base = 0  # the depth at which records lie: 0 bare, 1 in an array, 2 in "results"
        self.open = False  # a value at the base depth has begun
        self.value = bytearray()  # its bytes from earlier chunks
        self.fault: str | None = None  # why it will not be given
        self.in_string = False
        self.loose = False  # in a value at the base depth that has no brackets
        self.rest = False  # behind "results", in the same object
        self.as_of: str | None = None
        self.number = 0
        self.held = b""  # a backslash or a record whose next byte is still to come, or the first bytes
        self.waits = True  # more is to come
        self.offset = 0  # of the next chunk's first byte in the stream

    def feed(self, chunk: bytes) -> Iterator[Record]:
        data = self.held + chunk
        self.held = b""
        if self.offset == 0:
            if len(data) < len(_UTF8_BOM):
                self.held = data
                return
            if data.startswith(_UTF8_BOM):
                data = data[len(_UTF8_BOM) :]
                self.offset = len(_UTF8_BOM)
        position, start, size = 0, 0, len(data)
        while position < size:
            if self.in_string:
                match = _STRING.match(data, position)
                assert match is not None
                position = match.end()
                self.in_string = not match[1]
                if self.in_string and position < size:  # a backslash ends the chunk
                    self.held = data[position:]
                    break
                continue
            match = _CODE.match(data, position)
            assert match is not None
            code_start, position = position, match.end()
            bracket = data[position - 1] if match[1] else 0
            if not self.open and not self.rest:
                yield from self._between(data, code_start, position - len(match[1]), bracket)
                if self.stopped:
                    return
            if bracket == _QUOTE:
                self.in_string = True
            elif bracket in _CLOSE:
                if not self.stack or self.stack.pop() != _CLOSE[bracket]:
                    yield self._stop(f"brackets that do not match at byte {self.offset + position - 1}")
                    return
                if self.open and len(self.stack) == self.base:
                    yield self._finish(data, start, position)
                elif not self.open and len(self.stack) < self.base:
                    self.base = 0
                    self.rest = bool(self.stack)
                if not self.stack:
                    self.rest = False
            elif bracket:
                if not self.open and not self.rest:
                    if not self.stack and bracket == ord("["):
                        self.base = 1
                    else:
                        end = self._at_once(data, position - 1) if bracket == ord("{") else None
                        if end:
                            yield self._finish(data, position - 1, end)
                            position = end
                            continue
                        if end == 0:
                            self.held = data[position - 1 :]
                            break
                        self.open, start = True, position - 1
                elif self.open and len(self.stack) == 1 and self.base == 0 and bracket == ord("["):
                    self._header(data, start, position)
                self.stack.append(bracket)
                if len(self.stack) > self.base + MAX_DEPTH:
                    self.fault = f"nested more than {MAX_DEPTH} deep"
                    if len(self.stack) > MAX_STACK:
                        yield self._stop(self.fault)
                        return
        if self.open:
            self._keep(data, start, size - len(self.held))
        self.offset += size - len(self.held)

    def end(self) -> Iterator[Record]:
        """What the end of the stream says."""
        self.waits = False
        if self.held and not self.in_string:
            held, self.held = self.held, b""
            if self.offset == 0:
                self.offset = -1
            yield from self.feed(held)
            if self.stopped:
                return
        if self.stack or self.in_string or self.open:
            yield self._stop(self.fault or "breaks off in the middle (truncated?)")

    def _between(self, data: bytes, start: int, end: int, bracket: int) -> Iterator[Record]:
        """Look at what stands between records: only commas and blanks, or values that are no objects."""
        for match in _LOOSE.finditer(data, start, end):
            if match[0] == b",":
                self.loose = False
            elif not self.loose:
                self.loose = True
                yield from self._no_object()
                if self.stopped:
                    return
        if bracket == _QUOTE and not self.loose:
            self.loose = True
            yield from self._no_object()
        elif bracket and bracket != _QUOTE:
            self.loose = False

    def _no_object(self) -> Iterator[Record]:
        if not self.stack:
            yield self._stop("is not JSON")
            return
        self.number += 1
        yield Record(self.number, as_of=self.as_of, fault="a record that is not an object")

    def _header(self, data: bytes, start: int, end: int) -> None:
        """At a list in a bare object: if it has a key of ``lists``, its elements are the records."""
        tail = bytes(self.value[-_TAIL:]) + data[max(start, end - _TAIL) : end]
        if self.list.search(tail) is None:
            return
        self._keep(data, start, end)
        self.as_of = _last_updated(bytes(self.value))
        self.value.clear()
        self.open, self.fault, self.base = False, None, 2

    def _at_once(self, data: bytes, start: int) -> int | None:
        """Where the record in a list that begins at ``start`` ends, if that can be told without looking at
        every string; 0: its end is still to come; None: look.

        A whole object is never the beginning of another one, so what decodes as one is the record. Decoding
        into raw bytes only skips, ten times as fast as the search for strings.
        """
        if not self.base:  # it may be what holds the list
            return None
        end = start
        for _ in range(_TRIES):
            end = data.find(b"}", end) + 1
            if not end:
                return 0 if self.waits and len(data) - start < _WAIT else None
            try:
                values = _values(memoryview(data)[start:end])
            except (msgspec.DecodeError, RecursionError):
                continue
            shallow = end - start <= self.max_record and all(map(_shallow, values.values()))
            return end if shallow else None
        return None

    def _keep(self, data: bytes, start: int, end: int) -> None:
        if self.fault is None and len(self.value) + end - start > self.max_record:
            self.fault = f"a record of more than {self.max_record // 1024 // 1024} MB"
        if self.fault is None:
            self.value += data[start:end]
        else:
            self.value.clear()

    def _finish(self, data: bytes, start: int, end: int) -> Record:
        self.number += 1
        if self.value or self.fault or end - start > self.max_record:
            self._keep(data, start, end)
            raw = bytes(self.value)
        else:
            raw = data[start:end]
        record = Record(self.number, b"" if self.fault else raw, self.as_of, self.fault)
        self.open, self.fault = False, None
        self.value.clear()
        return record

    def _stop(self, fault: str) -> Record:
        self.stopped = True
        return Record(0, as_of=self.as_of, fault=fault)


_values = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode


def _shallow(value: msgspec.Raw) -> bool:
    """Whether a record's value can be nested no deeper than a record may be."""
    raw = memoryview(value)
    if raw[0] not in _OPEN:
        return True
    if raw[0] == _LIST_OPEN and all(memoryview(one)[0] not in _OPEN for one in _elements(value)):
        return True
    data = bytes(raw)
    return data.count(b"[") + data.count(b"{") < MAX_DEPTH


class _Meta(msgspec.Struct):
    last_updated: str | None = None


class _Head(msgspec.Struct):
    meta: _Meta | None = None


def _last_updated(head: bytes) -> str | None:
    """Read ``meta.last_updated`` from the bytes before the records; None where it is absent or not a date."""
    try:
        meta = msgspec.json.decode(head + b"]}", type=_Head).meta
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    day = meta.last_updated if meta else None
    return day if day and re.fullmatch(r"\d{4}-\d\d-\d\d", day) else None
