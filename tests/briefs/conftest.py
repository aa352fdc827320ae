"""Handwritten knowledge for the tests of briefs."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from usedfor.briefs import compile
from usedfor.model import Brief


def _fake() -> ModuleType:
    spec = importlib.util.spec_from_file_location("briefs_fake", Path(__file__).with_name("fake.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def fake() -> ModuleType:
    """The module ``fake.py``: a store in memory and labels written by hand."""
    return _fake()


@pytest.fixture(scope="session")
def brief(fake: ModuleType) -> Brief:
    """The brief of somnidol, an invented anaesthetic."""
    return compile(fake.somnidol(), "somnidol")
