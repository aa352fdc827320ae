"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
INPUTS = Path(__file__).parent / "inputs"
CHROMIUM = next(
    (p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real data (../shared/data) is not on this machine")
    return SHARED


@pytest.fixture(scope="session")
def inputs() -> Path:
    """Small inputs written for the tests."""
    return INPUTS


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium, for one file of tests: its event loop must not outlive them."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI=true, a test with a browser or a database that is skipped has failed: nothing else looks."""
    report = yield
    needed = item.get_closest_marker("browser") or item.get_closest_marker("database")
    if report.skipped and os.environ.get("CI") == "true" and needed:
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow a {needed.name} test: {report.longrepr}"
    return report
