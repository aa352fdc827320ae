"""What people try: markup in names, questions and texts; paths that leave; headers; bodies large or slow."""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from usedfor.web import front
from usedfor.web.templating import json_for_script

TAGS = ["script", "img", "svg", "iframe", "body", "input", "details", "video", "math", "a", "style", "link"]
EVENTS = ["onload", "onerror", "onfocus", "ontoggle", "onmouseover", "onpointerenter", "onanimationstart"]
WRAPPERS = ["{}", '">{}', "'>{}", "</title>{}", "</script>{}", "</textarea>{}", "-->{}"]


def corpus() -> list[str]:
    """More than 200 pieces of markup and of what becomes markup when it is decoded once too often."""
    plain = [f"<{tag} {event}=alert(1)>" for tag, event in itertools.product(TAGS, EVENTS)]
    wrapped = [w.format(f"<{tag} src=x onerror=alert(1)>") for w, tag in itertools.product(WRAPPERS, TAGS)]
    odd = [
        "<script>alert(1)</script>",
        "<ScRiPt>alert(1)</sCrIpT>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//",
        "data:text/html,<script>alert(1)</script>",
        '" onfocus=alert(1) autofocus x="',
        "' onfocus=alert(1) autofocus x='",
        "` onfocus=alert(1)",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "\\u003cscript\\u003ealert(1)",
        "\x3cscript>alert(1)",
        "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
        "{{7*7}}",
        "{% import os %}{{ os.popen('id') }}",
        "${7*7}",
        "<%= 7*7 %>",
        "[x](javascript:alert(1))",
        "![x](x onerror=alert(1))",
        "<!--><script>alert(1)</script>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
        "\u202ealert(1)",
        "\x00<script>alert(1)</script>",
        "<\x00script>alert(1)</script>",
        "\u2028alert(1)\u2029",
        "<base href=//evil.example>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<form action=//evil.example><button>x</button></form>",
        "<object data=//evil.example></object>",
        "<embed src=//evil.example>",
        "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "ketamine<script>alert(1)</script>",
        "<div hx-get=//evil.example hx-trigger=load>",
        "<div data-hx-on:load=alert(1)>",
        "'; DROP TABLE medicines; --",
        '" OR 1=1 --',
        "\r\nSet-Cookie: a=b",
        "../../../../etc/passwd",
    ]
    return plain + wrapped + odd


CORPUS = corpus()


class Shape(HTMLParser):
    """The tags and attributes of a page, without its texts."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.bad: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.bad.append(f"{tag} {name}")
            if name in ("href", "src", "action", "hx-get") and re.match(
                r"\s*(?:javascript|data|vbscript):|//", value or "", re.I
            ):
                self.bad.append(f"{tag} {name}={value}")
        if tag in ("base", "object", "embed", "iframe", "style"):
            self.bad.append(tag)


def inside(page: str) -> list[tuple[str, tuple[str, ...]]]:
    shape = Shape(page)
    assert not shape.bad
    return shape.found


def test_the_corpus_is_large_and_the_test_can_fail() -> None:
    assert len(set(CORPUS)) >= 200
    assert Shape("<p onload=x>").bad == ["p onload"]
    assert Shape("<a href=' JavaScript:x'>").bad
    assert not Shape("<a href='/x'>&lt;script&gt;</a>").bad


@pytest.mark.parametrize("where", ["/search?q", "/search/suggest?q", "/ask?q", "/compare?m=ketamine&m"])
def test_nothing_that_is_typed_becomes_markup(client: TestClient, where: str) -> None:
    path, _, query = where.partition("?")
    name = query.rpartition("&")[2]
    payloads = CORPUS if path != "/ask" else CORPUS[::4]
    scripts = {("script", ("src", "defer"))}
    for payload in payloads:
        params = [tuple(p.split("=")) for p in query.split("&")[:-1]] + [(name, payload)]
        page = client.get(path, params=params)  # type: ignore[arg-type]
        assert page.status_code in (200, 400)
        found = inside(page.text)
        assert {t for t in found if t[0] == "script"} <= scripts
        assert not [t for t in found if t[0] in ("img", "video", "math", "details")]


def test_nothing_in_an_address_becomes_markup(client: TestClient) -> None:
    for payload in CORPUS:
        for path in ("/medicines/", "/conditions/", "/how-it-decides/rules/"):
            page = client.get(path + quote(payload, safe=""))
            assert page.status_code == 404
            inside(page.text)


def test_nothing_in_a_text_to_check_becomes_markup(client: TestClient) -> None:
    text = "\n\n".join(f"Ketamine is used for {payload} in adults." for payload in CORPUS[::6])
    page = client.post("/check", data={"text": text, "medicine": "ketamine"})
    assert page.status_code == 200
    inside(page.text)
    again = client.post("/check", data={"text": "a", "medicine": CORPUS[0]})
    inside(again.text)


@pytest.mark.parametrize("payload", CORPUS[::10])
def test_json_in_a_script_cannot_end_it(payload: str) -> None:
    text = str(json_for_script({"a": payload}))
    assert not set("<>&\u2028\u2029") & set(text)


# --- headers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/", "/medicines/ketamine", "/nothing", "/api/v1/briefs/ketamine", "/api/v1/nothing", "/search?q=a"],
)
def test_security_headers_stand_on_every_answer(client: TestClient, path: str) -> None:
    for _ in range(2):  # the second time from memory
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"]
        assert "strict-transport-security" not in headers
        assert "set-cookie" not in headers
    assert dict(front.security_headers(True))[b"strict-transport-security"].startswith(b"max-age=31536000")


def test_a_fault_of_ours_is_a_page_with_the_same_headers(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("usedfor.web.views.lists.search", fail)
    page = client.get("/search?q=a")
    assert page.status_code == 500
    assert "Something went wrong on our side" in page.text
    assert "secret" not in page.text
    assert page.headers["x-content-type-options"] == "nosniff"


def test_no_page_has_inline_style_or_script(client: TestClient) -> None:
    for path in ("/", "/medicines/ketamine", "/compare?m=amlodipine&m=valsartan", "/how-it-decides"):
        page = client.get(path).text
        inside(page)
        assert not re.search(r"<script(?! src=| type=\"application/ld\+json\")", page)


def test_the_host_header_changes_nothing(client: TestClient, site: Any) -> None:
    page = client.get("/medicines/ketamine", headers={"host": "evil.example"})
    assert "evil.example" not in page.text
    assert client.get("/api/v1/uses", headers={"host": "evil.example"}).json()["next"].startswith("/api/")
    assert "evil.example" not in client.get("/sitemap.xml", headers={"host": "evil.example"}).text


@pytest.mark.parametrize("path", ["//evil.example", "/%2F%2Fevil.example", "/medicines/", "/\\evil.example"])
def test_nothing_redirects_elsewhere(client: TestClient, path: str) -> None:
    found = client.get(f"http://testserver{path}")
    assert found.status_code == 404
    assert "location" not in found.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/x/..%2F..%2Fapp.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static/x/site.css",
        "/medicines/..%2F..%2Fetc%2Fpasswd",
        "/how-it-decides/rules/..%2Fabout.md",
    ],
)
def test_no_path_leaves_the_site(client: TestClient, path: str) -> None:
    found = client.get(path)
    assert found.status_code == 404
    assert "root:" not in found.text


def test_a_header_cannot_be_injected(client: TestClient) -> None:
    found = client.get("/search?q=a%0d%0aSet-Cookie:%20a=b")
    assert found.status_code == 200
    assert "set-cookie" not in found.headers


# --- bodies -------------------------------------------------------------------------------------------------


def test_a_body_too_large_is_turned_away(client: TestClient) -> None:
    body = b"x" * (front.LONGEST_BODY + 1)
    turned_away = client.post("/check", content=body)
    assert turned_away.status_code == 413
    assert "<h1>Too large</h1>" in turned_away.text
    assert "1-800-222-1222" in turned_away.text  # a page like any other
    assert "content-security-policy" in turned_away.headers
    assert client.post("/api/v1/check", content=body).headers["content-type"] == "application/problem+json"
    assert client.post("/check", content=iter([body])).status_code == 413


def test_an_address_too_long_is_turned_away(client: TestClient) -> None:
    assert client.get("/search?q=" + "a" * 5000).status_code == 414


def test_a_slow_body_is_turned_away(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "SLOWEST_BODY", 0.3)
    host, _, port = served.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as slow:
        slow.sendall(b"POST /check HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nte")
        assert slow.recv(100).startswith(b"HTTP/1.1 408")


def test_a_reader_who_leaves_breaks_nothing(app: Any) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/check",
        "raw_path": b"/check", "query_string": b"", "scheme": "http", "server": ("x", 80), "client": ("y", 1),
        "root_path": "", "headers": [(b"content-length", b"10")],
    }  # fmt: skip
    with ThreadPoolExecutor(1) as alone:  # the browser's driver may have a loop in this thread
        alone.submit(asyncio.run, app(scope, receive, send)).result(10)
    assert sent[0]["status"] in (200, 400)
