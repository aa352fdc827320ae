"""The application: routes, errors, and where other parts of the program join in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from usedfor.errors import UsedForError
from usedfor.web import api, pages
from usedfor.web.front import Front, security_headers
from usedfor.web.problems import NotHereError, problem
from usedfor.web.settings import Settings
from usedfor.web.site import Site
from usedfor.web.views import lists
from usedfor.web.words import words

__all__ = ["Extension", "create_app", "from_environment"]

# Adds routers, middleware or a discussion (``site.discussion = ...``) before the first request.
Extension = Callable[[FastAPI, Site], None]


def create_app(settings: Settings | None = None, extensions: Sequence[Extension] = ()) -> FastAPI:
    """The ASGI application over one snapshot. ``app.state.site`` is its :class:`~usedfor.web.site.Site`.

    :raises SnapshotError: where the snapshot cannot be read.
    """
    site = Site(settings or Settings.from_environment())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield

    app = FastAPI(
        title="Used For",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.site = site
    app.include_router(pages.router)
    app.include_router(api.router)
    _errors(app, site)
    for extension in extensions:
        extension(app, site)
    app.add_middleware(Front, site=site)  # the last one added is the outermost
    return app


def from_environment() -> FastAPI:
    """The application as worker processes make it, from USEDFOR_* in the environment, with comments."""
    from usedfor.web.comments.join import join

    return create_app(extensions=[join])


def _errors(app: FastAPI, site: Site) -> None:
    async def answer(
        request: Request, status: int, what: str, near: tuple[tuple[str, str], ...] = ()
    ) -> Response:
        if request.url.path.startswith("/api/"):
            more = {"near": [{"name": name, "path": path} for name, path in near]} if near else {}
            return problem(status, what, **more)
        page = await run_in_threadpool(lists.error, site, request.url.path, status, what, near)
        return Response(page.body, status, media_type=page.type, headers={"cache-control": "no-store"})

    @app.exception_handler(NotHereError)
    async def not_here(request: Request, error: NotHereError) -> Response:
        return await answer(request, 404, error.what, error.near)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        what = words("site.not_found") if error.status_code == 404 else str(error.detail)
        found = await answer(request, error.status_code, what)
        found.headers.update(error.headers or {})
        return found

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(p) for p in first.get("loc", ()))
        return await answer(request, 422, f"{place}: {first.get('msg', '')}")

    @app.exception_handler(UsedForError)
    async def known(request: Request, error: UsedForError) -> Response:
        return await answer(request, 400, error.message)

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        found = await answer(request, 500, words("site.broken"))
        # Starlette answers this one outside the outermost layer of ours.
        for name, value in security_headers(site.settings.url.startswith("https:")):
            found.headers.setdefault(name.decode(), value.decode())
        return found
