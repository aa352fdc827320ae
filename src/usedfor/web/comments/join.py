"""Add the comments to a site."""

from __future__ import annotations

from pathlib import Path

import msgspec
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from usedfor.web.comments.database import Database, StoreAwayError
from usedfor.web.comments.discussion import Readers
from usedfor.web.comments.guards import Throttle
from usedfor.web.comments.keys import Keys
from usedfor.web.comments.people import People
from usedfor.web.comments.store import Comments
from usedfor.web.pages import fresh
from usedfor.web.site import Site
from usedfor.web.views import lists
from usedfor.web.words import words

__all__ = ["Part", "folder", "join", "open_part"]

SENDING = "5/10 minutes", "2000/hour"  # comments of one caller, and of all
LOGINS = "10/5 minutes", "500/5 minutes"


class Part(msgspec.Struct, kw_only=True):
    """All that the comments' routes need."""

    site: Site
    database: Database
    keys: Keys
    comments: Comments
    people: People
    readers: Readers
    sending: Throttle
    logins: Throttle
    quickest: float = 2.0  # seconds between a comment's preview and its sending


def folder() -> Path:
    """Where the comments and the site's secret lie by default, beside the user's snapshots."""
    from usedfor.knowledge.snapshot import user_folder

    return user_folder().parent / "site"


def open_part(site: Site, place: Path | None = None) -> Part:
    """Open the database and the secret of a site.

    :raises InputError: for an address of a database, or a secret, that cannot be used.
    """
    place = place or folder()
    database = Database(site.settings.database, place)
    keys = Keys(place)
    comments = Comments(database)
    return Part(
        site=site, database=database, keys=keys, comments=comments, people=People(database, keys),
        readers=Readers(comments, keys), sending=Throttle(*SENDING), logins=Throttle(*LOGINS),
    )  # fmt: skip


def join(app: FastAPI, site: Site, place: Path | None = None) -> None:
    """The :data:`~usedfor.web.app.Extension` that adds the comments; ``place``: as :func:`open_part`."""
    from usedfor.web.comments import moderation, public

    part = open_part(site, place)
    site.discussion = part.readers
    app.state.comments = part
    app.include_router(public.router)
    app.include_router(moderation.router)

    @app.exception_handler(StoreAwayError)
    async def away(request: Request, error: StoreAwayError) -> Response:
        page = await run_in_threadpool(lists.error, site, request.url.path, 503, words("comments.away"), ())
        return fresh(page, **{"retry-after": "60"})
