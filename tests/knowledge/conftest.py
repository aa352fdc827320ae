"""A snapshot and a starter of handwritten labels, each made once."""

from __future__ import annotations

from pathlib import Path

import knowledge_parts as kp
import pytest

from usedfor.knowledge import starter
from usedfor.knowledge.build import build


@pytest.fixture(scope="session")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with seven labels in two files. Nobody changes it."""
    folder = tmp_path_factory.mktemp("labels")
    kp.write(folder / "a.json.zip", kp.some_labels()[:4])
    kp.write(folder / "b.json", kp.some_labels()[4:], as_of="2026-07-20")
    return folder


@pytest.fixture(scope="session")
def home(labels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of the labels. Nobody changes it."""
    out = tmp_path_factory.mktemp("home") / "snapshot"
    build([labels], out, workers=2, parts=kp.PARTS)
    return out


@pytest.fixture(scope="session")
def small_starter(labels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A starter of the labels. Nobody changes it."""
    folder = tmp_path_factory.mktemp("starter") / "starter"
    starter.make([labels], folder, workers=2, parts=kp.PARTS)
    return folder


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the user's snapshots or caches."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("USEDFOR_HOME", raising=False)
