"""The pages' routes. What rests on the snapshot alone is kept in memory by its address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from usedfor.web.front import send_cached
from usedfor.web.memory import Cached
from usedfor.web.problems import NotHereError
from usedfor.web.site import Page, Site
from usedfor.web.templating import asset
from usedfor.web.views import lists, medicine
from usedfor.web.words import words

__all__ = ["Ready", "fresh", "kept", "router", "site_of"]

router = APIRouter(include_in_schema=False)
_YEAR = [(b"cache-control", b"public, max-age=31536000, immutable"), (b"access-control-allow-origin", b"*")]


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


def kept(request: Request, make: Callable[[Site], Page], part: str = "") -> Response:
    """A page that rests on the snapshot alone; ``part``: the version of what does not."""
    site = site_of(request)
    return Ready(site.cached(request.url.path, lambda: make(site), part))


def fresh(page: Page, **headers: str) -> Response:
    """A page for one reader, that nobody keeps."""
    return Response(page.body, page.status, {"cache-control": "no-store", **headers}, media_type=page.type)


def _get(path: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    return router.api_route(path, methods=["GET", "HEAD"], response_class=Response)


@_get("/")
def home(request: Request) -> Response:
    """Home."""
    return kept(request, lists.home)


@_get("/medicines")
def a_to_z(request: Request) -> Response:
    """A to Z."""
    return kept(request, lists.a_to_z)


@_get("/conditions")
def all_conditions(request: Request) -> Response:
    """Conditions."""
    return kept(request, lists.conditions)


@_get("/medicines/{id_}")
def one_medicine(request: Request, id_: str) -> Response:
    """A medicine in plain words."""
    return kept(request, lambda site: medicine.medicine(site, id_), _discussed(request, id_))


@_get("/medicines/{id_}/label-words")
def in_label_words(request: Request, id_: str) -> Response:
    """A medicine in the documents' own words."""
    return kept(request, lambda site: medicine.label_words(site, id_), _discussed(request, id_))


def _discussed(request: Request, medicine_id: str) -> str:
    site = site_of(request)
    if site.discussion is None or medicine_id not in site.index.medicines:
        return ""
    return site.discussion.version(medicine_id)


@_get("/search")
def search(request: Request, q: Annotated[str, Query()] = "") -> Response:
    """Search."""
    return fresh(lists.search(site_of(request), q))


@_get("/search/suggest")
def suggest(request: Request, q: Annotated[str, Query()] = "") -> Response:
    """What is shown while someone types."""
    page = lists.suggestions(site_of(request), q)
    return Response(page.body, media_type=page.type, headers={"cache-control": "public, max-age=300"})


@_get("/static/{version}/{name}")
def static(request: Request, version: str, name: str) -> Response:
    """A static file, for a year: its address changes with what is in it."""
    site = site_of(request)
    found = asset(version, name)
    if found is None:
        raise NotHereError(words("site.not_found"))
    path = request.url.path
    have = site.pages.get(path)
    if have is None:
        have = site.pages.put(path, Cached.of(*found, 200, site.version, site.last_modified, _YEAR))
    return Ready(have)
