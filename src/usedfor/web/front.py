"""The outermost layer, plain ASGI: pages in memory go out at once; every answer has the security headers;
bodies that are too large or too slow are turned away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from usedfor.web.memory import Cached
from usedfor.web.problems import refuse
from usedfor.web.site import HTML, Site
from usedfor.web.words import words

__all__ = ["Front", "security_headers", "send_cached"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

LONGEST_BODY = 2_000_000  # bytes of a request; the longest text to check is a tenth of it
SLOWEST_BODY = 20.0  # seconds until a request's body must be whole
LONGEST_TARGET = 4096  # bytes of path and query
_SAID = {408: "too_slow", 413: "too_large", 414: "too_long"}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def security_headers(https: bool) -> Headers:
    """Sent with everything; Strict-Transport-Security only where readers come by HTTPS."""
    found = [
        (b"content-security-policy", POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"strict-origin-when-cross-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), interest-cohort=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
    ]
    return (
        [*found, (b"strict-transport-security", b"max-age=31536000; includeSubDomains")] if https else found
    )


class _TooMuchError(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


class Front:
    """Wraps the application. ``site.settings.url`` says whether readers come by HTTPS."""

    def __init__(self, app: App, site: Site) -> None:
        self._app = app
        self._site = site
        self._secure = security_headers(site.settings.url.startswith("https:"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] in ("GET", "HEAD") and not scope["query_string"]:
            page = self._site.pages.get(scope["path"])
            if page is not None and self._current(scope["path"], page):
                await send_cached(page, scope, send, self._secure)
                return
            if page is None and self._had(scope):
                await send_cached(self._unmade(scope["path"]), scope, send, self._secure)
                return
        await self._guarded(scope, receive, send)

    def _current(self, path: str, page: Cached) -> bool:
        part = self._site.discussed(path)
        return not part or page.tag == self._site.tag(part)

    def _had(self, scope: Scope) -> bool:
        """Whether the reader has this page as it is now, so that it need not be made to say so."""
        asked = next((value for name, value in scope["headers"] if name == b"if-none-match"), None)
        return (
            asked is not None
            and scope["path"] in self._site.paths
            and self._unmade(scope["path"]).matches(asked)
        )

    def _unmade(self, path: str) -> Cached:
        """A page without its body: enough to say that it has not changed."""
        tag = self._site.tag(self._site.discussed(path))
        return Cached.of(b"", HTML, 200, tag, self._site.last_modified)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                have = {name for name, _ in message.get("headers", [])}
                more = [pair for pair in self._secure if pair[0] not in have]
                message["headers"] = [*message.get("headers", []), *more]
            await send(message)

        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_TARGET:
            await self._problem(scope, sending, 414)
            return
        try:
            body = await _whole_body(scope, receive)
            await self._app(scope, body, sending)
        except _TooMuchError as error:
            if not begun:
                await self._problem(scope, sending, error.status)

    async def _problem(self, scope: Scope, send: Send, status: int) -> None:
        """A request that was not read to its end is answered, and its connection closed."""
        page = None
        if not scope["path"].startswith("/api/"):
            page = await asyncio.to_thread(self._page, status)
        await refuse(scope, send, status, page)

    def _page(self, status: int) -> bytes:
        from usedfor.web.views.lists import error

        return error(self._site, "/", status, words(f"site.{_SAID[status]}")).body


async def _whole_body(scope: Scope, receive: Receive) -> Receive:
    """The request's body read within its limits, and a ``receive`` that gives it again."""
    headers = dict(scope["headers"])
    said = headers.get(b"content-length", b"")
    if not said and b"transfer-encoding" not in headers:
        return receive
    if said.isdigit() and int(said) > LONGEST_BODY:
        raise _TooMuchError(413)
    parts: list[bytes] = []
    size = 0
    more = True
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            while more:
                message = await receive()
                if message["type"] != "http.request":
                    break
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                more = message.get("more_body", False)
                if size > LONGEST_BODY:
                    raise _TooMuchError(413)
    except TimeoutError:
        raise _TooMuchError(408) from None
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": b"".join(parts), "more_body": False}

    return again


async def send_cached(page: Cached, scope: Scope, send: Send, secure: Headers) -> None:
    """The page, compressed where the reader takes it, or 304 where the reader has it."""
    asked = packed = None
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            asked = value
        elif name == b"accept-encoding":
            packed = page.packed if b"gzip" in value else None
    if asked is not None and page.status == 200 and page.matches(asked):
        await send({"type": "http.response.start", "status": 304, "headers": page.not_modified + secure})
        await send({"type": "http.response.body", "body": b""})
        return
    headers = page.headers if packed is None else page.headers_gzip
    body = b"" if scope["method"] == "HEAD" else page.body if packed is None else packed
    await send({"type": "http.response.start", "status": page.status, "headers": headers + secure})
    await send({"type": "http.response.body", "body": body})
