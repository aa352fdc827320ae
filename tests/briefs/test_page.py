"""The page in a real browser: nothing for axe, no sideways scrolling on a phone, no request made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from usedfor.briefs import render
from usedfor.model import Brief

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_file(brief: Brief, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "somnidol.html"
    file.write_text(render(brief, "html"), encoding="utf-8")
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(browser: Any, page_file: Path, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(page_file.as_uri())
    results = Axe().run(page)
    page.close()
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_scrolls_sideways(browser: Any, page_file: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(page_file.as_uri())
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert wide == 0


def test_the_page_asks_the_network_for_nothing_and_needs_no_script(browser: Any, page_file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert page.locator("h1").inner_text() == "What is somnidol used for?"
    assert page.locator("#references ol li").count() > 10
    context.close()
    assert asked == [page_file.as_uri()]


def test_contents_stay_in_sight_on_a_wide_screen(browser: Any, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(page_file.as_uri())
    page.evaluate("document.getElementById('references').scrollIntoView()")
    box = page.locator("nav.contents").bounding_box()
    page.close()
    assert box is not None
    assert 0 <= box["y"] < 900
