"""A comment's way in a real browser without scripts, and axe over each page of it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
PASSWORD = "a long enough password"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    import uvicorn

    from usedfor.web.app import create_app
    from usedfor.web.comments.discussion import now
    from usedfor.web.comments.join import join
    from usedfor.web.settings import Settings

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    app = create_app(Settings(url=url), extensions=[partial(join, place=tmp_path)])
    app.state.comments.quickest = 0.0
    app.state.comments.people.add("mod", PASSWORD, now())
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield url
    server.should_exit = True
    thread.join(10)
    app.state.comments.database.close()


def checked(page: Any, name: str) -> None:
    """Nothing scrolls sideways at either width, and what is pressed is as large as a finger."""
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, (name, width)
    for button in page.locator("main button:visible").all():
        box = button.bounding_box()
        assert box["height"] >= 44, (name, button.inner_text())


def test_a_comment_is_left_approved_and_seen_without_scripts(browser: Any, address: str) -> None:
    reader = browser.new_context(java_script_enabled=False).new_page()
    reader.goto(f"{address}/medicines/ketamine")
    reader.fill("#name", "Anna")
    reader.fill("#email", "anna@mail.example")
    reader.fill("#comment", "It *helped* me.")
    reader.click("form.write button")
    assert reader.locator("h1").inner_text() == "Check your comment"
    checked(reader, "preview")
    reader.click("text=Send it")
    assert reader.locator("h1").inner_text() == "Thank you"
    checked(reader, "thanks")

    desk = browser.new_context(java_script_enabled=False).new_page()
    desk.goto(f"{address}/moderate")
    checked(desk, "login")
    desk.fill("#name", "mod")
    desk.fill("#password", PASSWORD)
    desk.click("form.write button")
    assert desk.locator("article.case em").inner_text() == "helped"
    checked(desk, "desk")
    desk.locator("summary").first.click()
    checked(desk, "taking out details")
    desk.click("button[value=ban]")
    assert desk.locator("h1").inner_text() == "Ban this writer?"
    checked(desk, "ban")
    desk.click("text=Cancel")
    desk.click("button[value=approved]")
    desk.wait_for_url("**/moderate?state=held*")
    for name in ("person", "audit"):
        desk.goto(f"{address}/moderate/{name}")
        checked(desk, name)

    reader.goto(f"{address}/medicines/ketamine#comments")
    reader.reload()  # a browser may keep a page for some minutes
    assert reader.locator("#comments article em").inner_text() == "helped"
    checked(reader, "shown")
    reader.click("#comments a[href$='/reply']")
    assert reader.locator("h1").inner_text() == "Your reply to Anna"
    checked(reader, "reply")


def test_axe_finds_nothing(browser: Any, address: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for scheme in ("light", "dark"):
        page = browser.new_context(color_scheme=scheme, bypass_csp=True).new_page()

        def clean(page: Any = page) -> None:
            found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
            assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"

        page.goto(f"{address}/medicines/ketamine")
        page.evaluate("document.querySelector('form.write').noValidate = true")
        page.fill("#name", f"Anna {scheme}")
        page.click("form.write button")
        assert page.locator(":focus").get_attribute("class") == "faults"
        clean()
        page.fill("#email", "anna@mail.example")
        page.fill("#comment", f"Some words, {scheme}.")
        page.click("form.write button")
        clean()
        page.click("text=Send it")
        clean()
        page.goto(f"{address}/moderate/login")
        clean()
        page.fill("#name", "mod")
        page.fill("#password", PASSWORD)
        page.click("form.write button")
        page.wait_for_url("**/moderate")
        clean()
        page.locator("summary").first.click()
        clean()
        page.locator("button[value=ban]").first.click()
        clean()
        for name in ("person", "audit"):
            page.goto(f"{address}/moderate/{name}")
            clean()
