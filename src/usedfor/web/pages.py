"""The pages over HTTP. What rests on the snapshot alone is kept in memory by its address; what is made for
one reader is kept by nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from usedfor.errors import UsedForError
from usedfor.web.front import send_cached
from usedfor.web.memory import Cached
from usedfor.web.problems import NotHereError
from usedfor.web.routes import ROUTES, page
from usedfor.web.site import Page, Site
from usedfor.web.templating import asset
from usedfor.web.views import asking, conditions, lists
from usedfor.web.words import words

__all__ = ["Ready", "fresh", "kept", "router", "site_of"]

router = APIRouter(include_in_schema=False, default_response_class=Response)
_YEAR = [(b"cache-control", b"public, max-age=31536000, immutable"), (b"access-control-allow-origin", b"*")]
_READ = ["GET", "HEAD"]
_OWN_ROUTES = ("/compare", "/ask")  # with a query they are made for one reader


class Ready(Response):
    """A response that is a page in memory."""

    def __init__(self, page: Cached) -> None:
        super().__init__(status_code=page.status)
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        await send_cached(self._page, scope, send, [])


def site_of(request: Request) -> Site:
    """The site that a request is for."""
    site: Site = request.app.state.site
    return site


def kept(site: Site, path: str, make: Callable[[], Page]) -> Response:
    """A page that rests on the snapshot alone, and on what readers wrote below it."""
    return Ready(site.cached(path, make, site.discussed(path)))


def fresh(page: Page, **headers: str) -> Response:
    """A page for one reader, that nobody keeps."""
    return Response(page.body, page.status, {"cache-control": "no-store", **headers}, media_type=page.type)


async def _one(request: Request) -> Response:
    """A page of :data:`~usedfor.web.routes.ROUTES`."""
    site, path = site_of(request), request.url.path
    return await run_in_threadpool(kept, site, path, lambda: page(site, path))


for _path in ROUTES:
    if _path not in _OWN_ROUTES:
        router.add_api_route(_path, _one, methods=_READ)


@router.api_route("/compare", methods=_READ)
def compare(
    request: Request,
    m: Annotated[list[str] | None, Query(max_length=3)] = None,
    condition: Annotated[str, Query()] = "",
) -> Response:
    """Two or three medicines side by side."""
    site = site_of(request)
    if not m and not condition:
        return kept(site, "/compare", lambda: conditions.compare(site))
    return fresh(conditions.compare(site, m or [], condition))


@router.api_route("/ask", methods=_READ)
def ask(request: Request, q: Annotated[str, Query()] = "") -> Response:
    """A question and its answer."""
    site = site_of(request)
    if not q.strip():
        return kept(site, "/ask", lambda: asking.ask(site))
    return fresh(asking.ask(site, q))


@router.post("/check")
def check(
    request: Request,
    text: Annotated[str, Form()] = "",
    medicine: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """A text held against the documents. It is read in memory and nowhere kept."""
    site = site_of(request)
    if file is not None and file.filename:
        from usedfor.verification.reading import decode

        try:
            text = decode(file.file.read(), words("check.the_file"))
        except UsedForError as error:
            return fresh(asking.check(site, "", medicine, problem=error.message))
    return fresh(asking.check(site, text, medicine))


@router.api_route("/search", methods=_READ)
def search(request: Request, q: Annotated[str, Query()] = "") -> Response:
    """Search."""
    return fresh(lists.search(site_of(request), q))


@router.api_route("/search/suggest", methods=_READ)
async def suggest(request: Request, q: Annotated[str, Query()] = "") -> Response:
    """What is shown while someone types."""
    page = lists.suggestions(site_of(request), q)
    return Response(page.body, media_type=page.type, headers={"cache-control": "public, max-age=300"})


@router.api_route("/static/{version}/{name}", methods=_READ)
async def static(request: Request, version: str, name: str) -> Response:
    """A static file, for a year: its address changes with what is in it."""
    site, path = site_of(request), request.url.path
    found = asset(version, name)
    if found is None:
        raise NotHereError(words("site.not_found"))
    have = site.pages.get(path)
    if have is None:
        have = site.pages.put(path, Cached.of(*found, 200, site.version, site.last_modified, _YEAR))
    return Ready(have)
