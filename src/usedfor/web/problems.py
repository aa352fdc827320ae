"""Errors as pages for people, and as problem documents (RFC 9457) for machines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

__all__ = ["NotHereError", "problem", "refuse"]

PROBLEM = "application/problem+json"


class NotHereError(Exception):
    """A page or a thing that is not there. ``near``: (name, path) of what may have been meant."""

    def __init__(self, what: str, near: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.near = near


def problem(status: int, detail: str, **more: Any) -> Response:
    """A problem document."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Response(
        msgspec.json.encode(body | more),
        status,
        media_type=PROBLEM,
        headers={"access-control-allow-origin": "*", "cache-control": "no-store"},
    )


_SAID = {
    408: "The request took too long to arrive.",
    413: "The request is too large.",
    414: "The address is too long.",
}


async def refuse(
    scope: MutableMapping[str, Any],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    status: int,
    page: bytes | None,
) -> None:
    """Answer a request that was not read to its end: with a page, else with a problem document."""
    found = problem(status, _SAID[status]) if page is None else Response(page, status, media_type="text/html")
    found.headers["connection"] = "close"
    found.headers["cache-control"] = "no-store"
    body = b"" if scope["method"] == "HEAD" else bytes(found.body)
    await send({"type": "http.response.start", "status": status, "headers": found.raw_headers})
    await send({"type": "http.response.body", "body": body})
