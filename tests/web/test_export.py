"""The site as files: whole, the same each time, searched by the browser, never over what is not its own."""

from __future__ import annotations

import functools
import http.server
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import usedfor
from usedfor.errors import InputError
from usedfor.web.export import export
from usedfor.web.settings import Settings


@pytest.fixture(scope="module")
def home(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of the handwritten labels."""
    out = tmp_path_factory.mktemp("home") / "snapshot"
    usedfor.build([inputs / "docs", inputs / "sources" / "zelvorin.json"], out, workers=1)
    return out


@pytest.fixture(scope="module")
def written(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "public"
    export(folder, Settings(home=str(home), url="https://example.org", static=True))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_every_page_is_there_and_its_links_lead_to_files(written: Path) -> None:
    files = contents(written)
    own = ("index.html", "label-words/index.html")
    assert {"404.html", "robots.txt", "sitemap.xml", "changes.atom", "search/index.html"} <= set(files)
    assert {"index.html", *(f"medicines/velorafen/{name}" for name in own)} <= set(files)
    for name, body in files.items():
        if name.endswith(".html"):
            for link in re.findall(r'(?:href|src|content)="(/[^"#?]*)', body.decode()):
                target = link.strip("/")
                assert target in files or f"{target}/index.html".lstrip("/") in files, f"{name} -> {link}"


def test_the_same_snapshot_gives_the_same_bytes_and_old_files_go(home: Path, written: Path) -> None:
    before = contents(written)
    stray = written / "medicines" / "gone" / "index.html"
    stray.parent.mkdir()
    stray.write_text("old")
    export(written, Settings(home=str(home), url="https://example.org", static=True))
    assert contents(written) == before
    assert not stray.parent.exists()


def test_a_folder_of_something_else_is_left_alone(home: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="holds no site"):
        export(tmp_path, Settings(home=str(home), static=True))
    assert contents(tmp_path) == {"mine.txt": b"mine"}


def test_what_needs_a_server_is_linked_or_said(home: Path, written: Path, tmp_path: Path) -> None:
    assert "This copy of the site answers no questions itself." in (written / "ask/index.html").read_text()
    export(tmp_path / "s", Settings(home=str(home), static=True, service="https://ask.example.org"))
    assert 'action="https://ask.example.org/ask"' in (tmp_path / "s/ask/index.html").read_text()
    page = (tmp_path / "s/medicines/velorafen/index.html").read_text()
    assert 'href="https://ask.example.org/medicines/velorafen#comments"' in page
    assert 'id="comments"' not in (written / "medicines/velorafen/index.html").read_text()


def test_the_search_index_has_every_name(written: Path) -> None:
    (name,) = [n for n in contents(written) if n.endswith("search-index.json")]
    index = json.loads((written / name).read_bytes())
    found = {row[0]: index["pages"][row[2]][0] for row in index["names"]}
    assert found["Zelvorin"] == found["velorafen"] == "/medicines/velorafen"


@pytest.fixture
def hosted(written: Path) -> Iterator[str]:
    """The files behind a plain file server."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(written))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.browser
def test_the_browser_searches_the_names_itself(browser: Any, hosted: str) -> None:
    page = browser.new_page()
    page.goto(hosted)
    page.locator("#q").press_sequentially("zelvorim", delay=20)
    page.locator("#q-list p").wait_for()
    assert "spelt alike" in page.locator("#q-list").inner_text()
    page.locator("#q").fill("zelvo")
    page.locator("#q").press("Enter")
    page.locator("#static-results a").first.click()
    page.wait_for_url("**/medicines/velorafen/")
    assert page.locator("h1").inner_text() == "What is velorafen used for?"
    page.close()
