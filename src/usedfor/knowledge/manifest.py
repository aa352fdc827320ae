"""``manifest.json``: what a snapshot was made of, what is in it, and the hash of every table."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from usedfor.errors import SnapshotError
from usedfor.knowledge.tables import SCHEMA

__all__ = ["LeftOut", "Manifest", "Put", "SourceFile", "TableFacts", "file_hash", "read", "write"]

NAME = "manifest.json"


class SourceFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was read. ``name`` is relative to what was asked for, never a path of the machine."""

    name: str
    sha256: str
    bytes: int
    as_of: str | None = None  # ISO date the file itself gives
    documents: int = 0


class Put(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was set aside, and why."""

    origin: str
    reason: str


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was read but is not in the tables: ``because`` it is older than, or repeats,
    ``current``."""

    document: str
    set_id: str
    version: str
    effective: str
    origin: str
    because: str  # "older" or "repeated"
    current: str  # the id of the document that is in the tables


class TableFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a table's file must be."""

    rows: int
    sha256: str
    bytes: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of it. The same inputs give the same manifest, byte for byte."""

    schema: str
    program: str  # the version of the program that made it
    kind: str  # "full", or "starter": facts and locators only
    as_of: dict[str, str]  # {"labels": ISO date}
    sources: tuple[SourceFile, ...]
    counts: dict[str, int]
    set_aside: tuple[Put, ...]
    left_out: tuple[LeftOut, ...]
    tables: dict[str, TableFacts]

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest's own bytes: the snapshot's identity."""
        return hashlib.sha256(encode(self)).hexdigest()


def encode(manifest: Manifest) -> bytes:
    """The bytes of ``manifest.json``."""
    return msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=1) + b"\n"


def write(manifest: Manifest, folder: Path) -> None:
    """Write it into ``folder``."""
    (folder / NAME).write_bytes(encode(manifest))


def read(folder: Path) -> Manifest:
    """Read the manifest of a snapshot.

    :raises SnapshotError: where there is none, it is damaged, or another version wrote it.
    """
    path = folder / NAME
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SnapshotError(f"no snapshot in {folder} (there is no {NAME} that can be read)") from error
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.schema != SCHEMA:
            raise SnapshotError(
                f"the snapshot in {folder} is of the form {head.schema}; this version reads {SCHEMA}"
            )
        return msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise SnapshotError(f"the snapshot in {folder} is damaged: {NAME}: {error}") from error


class _Head(msgspec.Struct):
    schema: str


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 lower-case hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
