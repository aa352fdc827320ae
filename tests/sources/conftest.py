"""Made-up labels in both forms."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from made_up import record

from usedfor.model import Document
from usedfor.sources import Raw, SetAside, parse, raw_documents


@pytest.fixture
def made() -> Callable[..., bytes]:
    """The bytes of a small openFDA record, with changes."""
    return lambda **changes: json.dumps(record(**changes), ensure_ascii=False).encode()


@pytest.fixture
def bulk() -> Callable[..., bytes]:
    """The bytes of a bulk file of records."""

    def write(*records: bytes) -> bytes:
        meta = b'{"meta": {"last_updated": "2026-07-23", "results": {"total": 1}}, "results": ['
        return meta + b", ".join(records) + b"]}"

    return write


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[..., Path]:
    """Write a zip of members under a name."""

    def write(name: str, **members: bytes) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, data in members.items():
                archive.writestr(member, data)
        return path

    return write


@pytest.fixture
def both(inputs: Path) -> tuple[Document, Document]:
    """The same made-up label from openFDA and from DailyMed."""
    found = list(raw_documents([inputs / "sources/zelvorin.json", inputs / "sources/zelvorin.xml"]))
    assert not [item for item in found if isinstance(item, SetAside)]
    first, second = (parse(item) for item in found if isinstance(item, Raw))
    return first, second
