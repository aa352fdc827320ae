"""The vocabulary's files: tables of columns as msgpack, packed with xz."""

from __future__ import annotations

import lzma
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import msgspec

from usedfor.errors import SnapshotError


class ConditionTable(msgspec.Struct, frozen=True, array_like=True):
    """Columns of equal length, one row a condition, in order of id; then the look-up keys."""

    ids: list[str]
    names: list[str]
    lay: list[str]  # "" where there is none
    doid: list[str]
    mesh: list[str]
    icd10cm: list[str]
    parents: list[list[int]]
    synonyms: list[str]  # joined by line ends
    keys: str  # joined by line ends
    key_rows: list[int]
    sought: str  # what to look for in running text, folded, joined by line ends
    sought_rows: list[int]
    abbreviations: str  # those to be looked for with their capitals
    abbreviation_rows: list[int]


class MedicineTable(msgspec.Struct, frozen=True, array_like=True):
    """Columns of equal length, one row a medicine, in order of id; then the look-up keys."""

    ids: list[str]
    names: list[str]
    brands: list[str]  # joined by line ends
    synonyms: list[str]
    codes: list[str]  # "key=value" joined by line ends
    ingredients: list[list[int]]
    related: list[list[int]]
    first_approval: list[str]
    keys: str
    key_rows: list[list[int]]
    uniis: str  # every UNII, of salts too, joined by line ends
    unii_rows: list[int]


T = TypeVar("T", ConditionTable, MedicineTable)


def write(path: Path, table: ConditionTable | MedicineTable) -> None:
    """Write a table. The same table gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.compress(msgspec.msgpack.encode(table), preset=9 | lzma.PRESET_EXTREME))


def read(name: str, kind: type[T]) -> T:
    """Read a table of the package's data.

    :raises SnapshotError: where the file is absent or damaged.
    """
    try:
        packed = files("usedfor.vocabulary").joinpath("data", name).read_bytes()
        return msgspec.msgpack.decode(lzma.decompress(packed), type=kind)
    except (OSError, EOFError, lzma.LZMAError, msgspec.MsgspecError) as error:
        raise SnapshotError(f"the vocabulary file {name} cannot be read: {error}") from error
