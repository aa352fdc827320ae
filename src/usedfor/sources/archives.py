"""Files and folders -> the bytes of single records (labels, trials, papers), one after another.

A file is taken for what its first bytes say it is. Archives are read in streams and never unpacked to disk by
their own names; sizes are counted as they come, because what an archive's directory says can be a lie.
"""

from __future__ import annotations

import gzip
import lzma
import os
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
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
_UTF8_BOM = b"\xef\xbb\xbf"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_XZ = b"\xfd7zXZ\0"
_GZIP = b"\x1f\x8b"
_TAR = slice(257, 262)  # where a tar's first header says "ustar"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# What zipfile and zlib, tarfile and lzma raise on damaged archives, gathered by flipping bytes.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError, RuntimeError, LookupError,
    NotImplementedError, OverflowError, tarfile.TarError, lzma.LZMAError,
)  # fmt: skip


class Raw(msgspec.Struct, frozen=True):
    """One record's own bytes."""

    source: Literal["openfda", "dailymed", "clinicaltrials", "pubmed", "pmc"]
    origin: str  # "file.json.zip!member#12": relative names only
    data: bytes
    as_of: str | None = None  # ISO date of the file as a whole, where it gives one


class SetAside(msgspec.Struct, frozen=True):
    """A file, a member or a record that was not read, and why."""

    origin: str
    reason: str


class Contents(msgspec.Struct, frozen=True):
    """What files hold: how they end, what one is called, and how the stream of one is read.

    ``read`` gets the first bytes (without a byte order mark and blanks), the chunks from the start, and the
    origin.
    """

    suffixes: tuple[str, ...]
    what: str
    forms: str  # the endings, for people
    read: Callable[[bytes, Iterator[bytes], str], Iterator[Raw | SetAside]]


def raw_documents(paths: Sequence[Path]) -> Iterator[Raw | SetAside]:
    """Every label in files and folders (searched through), in the order given, folders sorted by name.

    Memory holds one record, whatever the size of the files.

    Raises:
        InputError: at once, for a path that does not exist. All else is given as a SetAside in its place.
    """
    return walk(paths, LABELS)


def walk(paths: Sequence[Path], of: Contents) -> Iterator[Raw | SetAside]:
    """Every record in files and folders, as ``raw_documents`` gives labels. Raises InputError as it does."""
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: no such file or folder", path=str(path))
    return _walk(paths, of)


def _walk(paths: Sequence[Path], of: Contents) -> Iterator[Raw | SetAside]:
    for path in paths:
        if path.is_dir():
            yield from _folder(path, of)
        else:
            yield from _file(path, _printable(path.name), of)


def _folder(path: Path, of: Contents) -> Iterator[Raw | SetAside]:
    inside = path.resolve()
    closed: list[OSError] = []
    for folder, names, files in os.walk(path, onerror=closed.append):
        names.sort()
        for name in sorted(files):
            file = Path(folder, name)
            origin = _printable(file.relative_to(path).as_posix())
            if name.startswith("."):
                continue
            if not name.lower().endswith(of.suffixes):
                yield SetAside(origin, f"not a {of.what}'s file ({of.forms})")
            elif not file.resolve().is_relative_to(inside):
                yield SetAside(origin, "a link that leaves the folder")
            else:
                yield from _file(file, origin, of)
    for error in closed:
        place = Path(error.filename or path).relative_to(path).as_posix()
        yield SetAside(_printable(place), f"cannot be read: {error.strerror}")


def _file(path: Path, origin: str, of: Contents) -> Iterator[Raw | SetAside]:
    if not path.is_file():
        yield SetAside(origin, "not a regular file")
        return
    try:
        with path.open("rb") as stream:
            if stream.read(len(_XZ)) != _XZ:
                stream.seek(0)
                yield from _content(stream, origin, None, of)
                return
            budget = _Budget(stream.seek(0, os.SEEK_END), None)
            stream.seek(0)
            with lzma.open(stream) as unpacked:
                yield from _content(cast(IO[bytes], unpacked), origin.removesuffix(".xz"), budget, of)
    except ArchiveError as error:
        yield SetAside(origin, error.reason)
    except (lzma.LZMAError, EOFError) as error:
        yield SetAside(origin, f"an xz file that is damaged or cut short: {_brief(error)}")
    except OSError as error:
        yield SetAside(origin, f"cannot be read: {error.strerror or error}")


def _printable(name: str) -> str:
    """A name for one line of UTF-8, whatever a file system or an archive allows in names."""
    return "".join(char if char.isprintable() else "\ufffd" for char in name)


class _Budget:
    """How much an archive may still unpack to, all its members together, and how deep it lies in others."""

    def __init__(self, size: int, outer: _Budget | None) -> None:
        self.left = max(FREE, size * MAX_RATIO)
        self.outer = outer
        self.depth: int = 1 + (outer.depth if outer else 0)

    def spend(self, size: int, origin: str) -> None:
        """Raises ArchiveError where this archive, or one around it, grows beyond what it may."""
        if self.outer is not None:
            self.outer.spend(size, origin)
        self.left -= size
        if self.left < 0:
            raise ArchiveError(origin, f"unpacks to more than {MAX_RATIO} times its size (a zip bomb?)")


def _content(
    stream: IO[bytes], origin: str, budget: _Budget | None, of: Contents
) -> Iterator[Raw | SetAside]:
    """Read a stream for what its first bytes say it is. ``budget`` is that of the archive around it."""
    chunks = _chunks(stream, origin, budget)
    head = next(chunks, b"")
    start = head.removeprefix(_UTF8_BOM).lstrip()[:8]
    if not start:
        yield SetAside(origin, "an empty file")
    elif start.startswith(_ZIP):
        if budget is not None and budget.depth == MAX_ZIPS:
            yield SetAside(origin, f"archives nested deeper than {MAX_ZIPS}")
        elif budget is None:
            yield from _zip(stream, origin, None, of)
        else:
            # Its directory is at its end, so it has to be whole before it can be read.
            with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as spool:
                for chunk in chain([head], chunks):
                    spool.write(chunk)
                yield from _zip(cast(IO[bytes], spool), origin, budget, of)
    elif head.startswith(_GZIP):
        if budget is None:
            budget = _Budget(stream.seek(0, os.SEEK_END), None)
            stream.seek(0)
            chunks, head = _chunks(stream, origin, budget), b""
        yield from _gzip(_Stream(chain([head], chunks)), origin, budget, of)
    elif head[_TAR] == b"ustar":
        if budget is None:
            budget = _Budget(stream.seek(0, os.SEEK_END), None)
            stream.seek(0)
            chunks, head = _chunks(stream, origin, budget), b""
        yield from _tar(_Stream(chain([head], chunks)), origin, budget, of)
    elif start.startswith(b"%PDF"):
        yield SetAside(origin, f"a PDF, not a {of.what} in JSON or XML")
    elif start.startswith(_UTF16) and b"<" in head[:4]:
        yield from of.read(start, chain([head], chunks), origin)
    elif start.startswith(_UTF16) or b"\0" in start[:2]:
        yield SetAside(origin, "text that is not UTF-8")
    else:
        yield from of.read(start, chain([head], chunks), origin)


def _labels(start: bytes, chunks: Iterator[bytes], origin: str) -> Iterator[Raw | SetAside]:
    """Labels: SPL XML, or openFDA's JSON."""
    if start.startswith((b"<", *_UTF16)):
        data = _whole(chunks)
        if data is None:
            yield SetAside(origin, f"more than {MAX_XML // 1024 // 1024} MB of XML")
        else:
            yield Raw("dailymed", origin, data)
    elif start.startswith((b"{", b"[")):
        yield from _json(chunks, origin)
    else:
        yield SetAside(origin, "neither JSON, XML nor a zip")


LABELS = Contents((".json", ".jsonl", ".ndjson", ".xml", ".zip"), "label", ".json, .xml, .zip", _labels)


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


def _zip(stream: IO[bytes], origin: str, outer: _Budget | None, of: Contents) -> Iterator[Raw | SetAside]:
    budget = _Budget(stream.seek(0, os.SEEK_END), outer)
    found = False
    try:
        with zipfile.ZipFile(stream) as archive:
            for member in archive.infolist():
                if (
                    member.is_dir()
                    or not member.filename.lower().endswith(of.suffixes)
                    or _hidden(member.filename)
                ):
                    continue
                found = True
                yield from _member(archive, member, _printable(f"{origin}!{member.filename}"), budget, of)
    except ArchiveError as error:
        if outer is not None and outer.left < 0:
            raise  # the archive around it is the one that grew too much
        yield SetAside(origin, error.reason)
    except _DAMAGE as error:
        yield SetAside(origin, f"a zip that is damaged or cut short: {_brief(error)}")
    else:
        if not found:
            yield SetAside(origin, f"a zip without a {of.what} in it")


class _Stream:
    """Chunks as what tarfile reads from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def read(self, size: int) -> bytes:
        parts, got = [self._left], len(self._left)
        while got < size and (chunk := next(self._chunks, None)) is not None:
            parts.append(chunk)
            got += len(chunk)
        data = b"".join(parts)
        self._left = data[size:]
        return data[:size]


def _gzip(stream: _Stream, origin: str, budget: _Budget, of: Contents) -> Iterator[Raw | SetAside]:
    """What one gzip file holds. Both sides are counted, the packed and the unpacked."""
    if budget.depth > MAX_ZIPS + 1:
        yield SetAside(origin, f"archives nested deeper than {MAX_ZIPS}")
        return
    try:
        with gzip.GzipFile(fileobj=cast(IO[bytes], stream)) as unpacked:
            inner = _Budget(FREE, budget)
            yield from _content(cast(IO[bytes], unpacked), origin.removesuffix(".gz"), inner, of)
    except ArchiveError:
        raise
    except _DAMAGE as error:
        yield SetAside(origin, f"a gzip file that is damaged or cut short: {_brief(error)}")


def _tar(stream: _Stream, origin: str, budget: _Budget, of: Contents) -> Iterator[Raw | SetAside]:
    """The members of a tar, in the order in which they stand. What was unpacked is counted below it."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]
            for member in archive:
                place = _printable(f"{origin}!{member.name}")
                if (
                    not member.isfile()
                    or not member.name.lower().endswith(of.suffixes)
                    or _hidden(member.name)
                ):
                    continue
                if _leaves(member.name):
                    yield SetAside(place, "a path that leaves the archive's folder")
                    continue
                inner = archive.extractfile(member)
                assert inner is not None
                # The stream below counts each byte once; here only the depth goes on.
                yield from _content(inner, place, _Budget(FREE, budget.outer), of)
    except ArchiveError:
        raise
    except _DAMAGE as error:
        yield SetAside(origin, f"a tar that is damaged or cut short: {_brief(error)}")


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, origin: str, budget: _Budget, of: Contents
) -> Iterator[Raw | SetAside]:
    if _leaves(member.orig_filename):
        yield SetAside(origin, "a path that leaves the archive's folder")
    elif member.flag_bits & 1:
        yield SetAside(origin, "an encrypted member")
    else:
        try:
            with archive.open(member) as stream:
                yield from _content(stream, origin, budget, of)
        except ArchiveError:
            raise
        except _DAMAGE as error:
            yield SetAside(origin, f"a member that is damaged or cut short: {_brief(error)}")


def _leaves(name: str) -> bool:
    """Nothing is written by a member's name; but who names one so meant harm."""
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "" or ":" in parts[0] or ".." in parts or "\0" in name


def _hidden(name: str) -> bool:
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in name.split("/"))


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__
