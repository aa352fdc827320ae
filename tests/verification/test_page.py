"""The report in a real browser: nothing for axe, no sideways scrolling, filters without a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from usedfor.api import check, render_check

PAGE = (
    "# Velmora\n\nIt treats hypertension in adults. It is safe for people with asthma.\n\n"
    "It may be used for gout.\n\nIt helps with lupus.\n"
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_file(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(render_check([check(PAGE, home=home, suggest=True)], "html"), "utf-8")
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(browser: Any, page_file: Path, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(page_file.as_uri())
    results = Axe().run(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert results.violations_count == 0, results.generate_report()
    assert wide == 0


def test_filters_work_without_a_script_and_nothing_is_asked_of_the_network(
    browser: Any, page_file: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert page.locator("mark:visible").count() == 4
    page.get_by_label("overstated", exact=True).check()
    assert page.locator(".note:visible").count() == 1
    assert "gout" in page.locator("mark:visible").inner_text()
    context.close()
    assert asked == [page_file.as_uri()]


def test_keys_step_through_the_marks(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    page.keyboard.press("j")
    page.keyboard.press("j")
    focused = page.evaluate("document.activeElement.textContent")
    page.close()
    assert focused.startswith("It is safe for people with asthma.")
