"""Files and folders -> the bytes of single labels, one after another.

A file is taken for what its first bytes say it is. Archives are read in streams and never unpacked to disk by
their own names; sizes are counted as they come, because what an archive's directory says can be a lie.
"""

from __future__ import annotations

import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, Literal, cast

import msgspec

from usedfor.errors import ArchiveError, InputError
from usedfor.sources.records import scan

CHUNK = 256 * 1024
MAX_XML = 64 * 1024 * 1024  # bytes; the largest SPL documents are near 15 MB
MAX_RATIO = 100  # labels shrink five- to sevenfold, tables of numbers perhaps twentyfold
FREE = 256 * 1024 * 1024  # bytes that an archive may unpack to whatever the ratio
MAX_ZIPS = 2  # DailyMed: a release holds one zip for each label
_SPOOL = 8 * 1024 * 1024  # an inner archive above this size waits on disk
_SUFFIXES = (".json", ".jsonl", ".ndjson", ".xml", ".zip")
_UTF8_BOM = b"\xef\xbb\xbf"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# What zipfile and zlib raise on damaged archives, gathered by flipping bytes.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError, RuntimeError, LookupError,
    NotImplementedError, OverflowError,
)  # fmt: skip


class Raw(msgspec.Struct, frozen=True):
    """One label's own bytes."""

    source: Literal["openfda", "dailymed"]
    origin: str  # "file.json.zip!member#12": relative names only
    data: bytes
    as_of: str | None = None  # ISO date of the file as a whole, where it gives one


class SetAside(msgspec.Struct, frozen=True):
    """A file, a member or a record that was not read, and why."""

    origin: str
    reason: str


def raw_documents(paths: Sequence[Path]) -> Iterator[Raw | SetAside]:
    """Every label in files and folders (searched through), in the order given, folders sorted by name.

    Memory holds one record, whatever the size of the files.

    Raises:
        InputError: at once, for a path that does not exist. All else is given as a SetAside in its place.
    """
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: no such file or folder", path=str(path))
    return _walk(paths)


def _walk(paths: Sequence[Path]) -> Iterator[Raw | SetAside]:
    for path in paths:
        if not path.is_dir():
            yield from _file(path, path.name)
            continue
        inside = path.resolve()
        for folder, names, files in os.walk(path):
            names.sort()
            for name in sorted(files):
                file = Path(folder, name)
                origin = file.relative_to(path).as_posix()
                if name.startswith("."):
                    continue
                if not name.lower().endswith(_SUFFIXES):
                    yield SetAside(origin, "not a label's file (.json, .xml, .zip)")
                elif not file.resolve().is_relative_to(inside):
                    yield SetAside(origin, "a link that leaves the folder")
                else:
                    yield from _file(file, origin)


def _file(path: Path, origin: str) -> Iterator[Raw | SetAside]:
    if not path.is_file():
        yield SetAside(origin, "not a regular file")
        return
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            yield from _content(stream, origin, _Budget(size), zips=0)
    except ArchiveError as error:
        yield SetAside(error.origin, error.reason)
    except OSError as error:
        yield SetAside(origin, f"cannot be read: {error.strerror or error}")


class _Budget:
    """How much an archive may still unpack to, all of its members together."""

    def __init__(self, size: int) -> None:
        self.left = max(FREE, size * MAX_RATIO)

    def spend(self, size: int, origin: str) -> None:
        self.left -= size
        if self.left < 0:
            raise ArchiveError(origin, f"unpacks to more than {MAX_RATIO} times its size (a zip bomb?)")


def _content(stream: IO[bytes], origin: str, budget: _Budget, zips: int) -> Iterator[Raw | SetAside]:
    """Read a stream for what its first bytes say it is. ``zips`` counts the archives around it."""
    chunks = _chunks(stream, origin, budget if zips else None)
    head = next(chunks, b"")
    start = head.removeprefix(_UTF8_BOM).lstrip()[:8]
    if not start:
        yield SetAside(origin, "an empty file")
    elif start.startswith(_ZIP):
        if zips == MAX_ZIPS:
            yield SetAside(origin, f"archives nested deeper than {MAX_ZIPS}")
        else:
            yield from _inner_zip(stream, chain([head], chunks), origin, budget, zips)
    elif start.startswith((b"<", *_UTF16)) and b"<" in head[:4] + start[:1]:
        data = _whole(chain([head], chunks))
        yield (
            SetAside(origin, f"more than {MAX_XML // 1024 // 1024} MB of XML")
            if data is None
            else Raw("dailymed", origin, data)
        )
    elif start.startswith(_UTF16) or start[1:2] == b"\0" or start[:1] == b"\0":
        yield SetAside(origin, "text that is not UTF-8")
    elif start.startswith((b"{", b"[")):
        yield from _json(chain([head], chunks), origin)
    elif start.startswith(b"%PDF"):
        yield SetAside(origin, "a PDF, not a label in JSON or XML")
    else:
        yield SetAside(origin, "neither JSON, XML nor a zip")


def _chunks(stream: IO[bytes], origin: str, budget: _Budget | None) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        if budget is not None:
            budget.spend(len(chunk), origin)
        yield chunk


def _whole(chunks: Iterable[bytes]) -> bytes | None:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MAX_XML:
            return None
    return bytes(data)


def _json(chunks: Iterable[bytes], origin: str) -> Iterator[Raw | SetAside]:
    for record in scan(chunks):
        place = f"{origin}#{record.number}" if record.number else origin
        yield (
            SetAside(place, record.fault)
            if record.fault
            else Raw("openfda", place, record.data, record.as_of)
        )


def _inner_zip(
    stream: IO[bytes], chunks: Iterable[bytes], origin: str, budget: _Budget, zips: int
) -> Iterator[Raw | SetAside]:
    """Read a zip where it lies; one inside another is set down first, since its directory is at its end."""
    if not zips:
        yield from _zip(stream, origin, budget, zips + 1)
        return
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as spool:
        for chunk in chunks:
            spool.write(chunk)
        yield from _zip(cast(IO[bytes], spool), origin, budget, zips + 1)


def _zip(stream: IO[bytes], origin: str, budget: _Budget, zips: int) -> Iterator[Raw | SetAside]:
    found = False
    try:
        with zipfile.ZipFile(stream) as archive:
            for member in archive.infolist():
                if (
                    member.is_dir()
                    or not member.filename.lower().endswith(_SUFFIXES)
                    or _hidden(member.filename)
                ):
                    continue
                found = True
                yield from _member(archive, member, f"{origin}!{member.filename}", budget, zips)
    except _DAMAGE as error:
        yield SetAside(origin, f"a zip that is damaged or cut short: {_brief(error)}")
        return
    if not found:
        yield SetAside(origin, "a zip without a label in it")


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, origin: str, budget: _Budget, zips: int
) -> Iterator[Raw | SetAside]:
    name = member.orig_filename
    if (
        name.startswith(("/", "\\"))
        or ":" in name
        or ".." in name.replace("\\", "/").split("/")
        or "\0" in name
    ):
        # Nothing would be written by this name; but who made it meant harm, and no label is named so.
        yield SetAside(origin, "a path that leaves the archive's folder")
    elif member.flag_bits & 1:
        yield SetAside(origin, "an encrypted member")
    else:
        try:
            with archive.open(member) as stream:
                yield from _content(stream, origin, budget, zips)
        except ArchiveError:
            raise
        except _DAMAGE as error:
            yield SetAside(origin, f"a member that is damaged or cut short: {_brief(error)}")


def _hidden(name: str) -> bool:
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in name.split("/"))


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__
