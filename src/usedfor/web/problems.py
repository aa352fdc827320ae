"""Errors as pages for people, and as problem documents (RFC 9457) for machines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

__all__ = ["NotHereError", "plain_problem", "problem"]

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


async def plain_problem(
    scope: MutableMapping[str, Any],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    status: int,
) -> None:
    """The same before any page can be made: for requests that were not read to their end."""
    detail = _SAID[status]
    if scope["path"].startswith("/api/"):
        answer = problem(status, detail)
        body, kind = bytes(answer.body), PROBLEM
    else:
        title = HTTPStatus(status).phrase
        body = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
            f"<h1>{title}</h1><p>{detail}</p><p><a href='/'>Used For</a></p></html>"
        ).encode()
        kind = "text/html; charset=utf-8"
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
