"""The moderator's pages, behind a login."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from usedfor.web.comments import guards
from usedfor.web.comments.discussion import now
from usedfor.web.comments.forms import LIMITS
from usedfor.web.comments.join import Part
from usedfor.web.comments.people import SESSION, Session
from usedfor.web.comments.public import part_of
from usedfor.web.comments.store import EACH_PAGE, MovedError, mark, note
from usedfor.web.comments.tables import STATES, Comment
from usedfor.web.comments.text import cleaned, html, sameness
from usedfor.web.pages import fresh
from usedfor.web.problems import NotHereError
from usedfor.web.templating import render
from usedfor.web.words import words

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
COOKIE = "usedfor_moderator"
LOGIN_LASTS = 3600  # seconds that a login form can be sent
Page = Annotated[int, Query(ge=1, le=100_000)]


@router.get("/moderate/login", response_class=Response)
def login_form(request: Request) -> Response:
    """The login form."""
    return _login(part_of(request), None, 200)


@router.post("/moderate/login", response_class=Response)
async def login(request: Request) -> Response:
    """Log in: a new session in a cookie that scripts and other sites cannot have."""
    sent = dict(await request.form())
    return await run_in_threadpool(_log_in, part_of(request), request, sent)


def _log_in(part: Part, request: Request, sent: dict[str, Any]) -> Response:
    name, password = _text(sent, "name"), _text(sent, "password")
    token = _text(sent, "token")
    if (
        guards.foreign(request, part.site.settings.url)
        or part.keys.age(token, "login", longest=LOGIN_LASTS) is None
    ):
        return _login(part, "expired", 403)
    caller = part.keys.caller(request.client.host if request.client else "")
    if not part.logins.allows(caller) or not part.logins.allows(part.keys.hash("login", name)):
        return _login(part, "often", 429)
    made = part.people.log_in(name, password, now()) if len(password) <= 1000 else None
    if made is None:
        return _login(part, "wrong", 403)
    if COOKIE in request.cookies:
        part.people.log_out(request.cookies[COOKIE])  # one session in a browser
    note(part.database, now(), name, "logged in")
    found = RedirectResponse("/moderate", 303, {"cache-control": "no-store"})
    found.set_cookie(
        COOKIE, made, max_age=int(SESSION.total_seconds()), path="/moderate", httponly=True,
        samesite="strict", secure=part.site.settings.url.startswith("https:"),
    )  # fmt: skip
    return found


@router.post("/moderate/logout", response_class=Response)
async def logout(request: Request) -> Response:
    """Log out."""
    part, sent = part_of(request), dict(await request.form())

    def end() -> Response:
        found = RedirectResponse("/moderate/login", 303, {"cache-control": "no-store"})
        if _session(part, request, sent) is not None:
            part.people.log_out(request.cookies[COOKIE])
            found.delete_cookie(COOKIE, path="/moderate")
        return found

    return await run_in_threadpool(end)


@router.get("/moderate", response_class=Response)
def desk(request: Request, state: str = "held", page: Page = 1) -> Response:
    """The comments in one state."""
    part = part_of(request)
    session = _session(part, request)
    if session is None:
        return RedirectResponse("/moderate/login", 303, {"cache-control": "no-store"})
    return _desk(part, session, state if state in STATES else "held", page)


def _desk(part: Part, session: Session, state: str, page: int, fault: str | None = None) -> Response:
    rows, count = part.comments.page(state, page)
    if not rows and count:  # the last of its page was decided
        page = -(-count // EACH_PAGE)
        rows, count = part.comments.page(state, page)
    return _page(
        part, "comments/desk.html.j2", session, status=409 if fault else 200, fault=fault,
        rows=[_seen(row) for row in rows], count=count, state=state, page=page,
        pages=max(1, -(-count // EACH_PAGE)), more=page * EACH_PAGE < count,
    )  # fmt: skip


@router.get("/moderate/audit", response_class=Response)
def audit(request: Request, page: Page = 1) -> Response:
    """Who did what."""
    part = part_of(request)
    session = _session(part, request)
    if session is None:
        return RedirectResponse("/moderate/login", 303, {"cache-control": "no-store"})
    rows = [
        {"at": _utc(a.at).isoformat(), "moderator": a.moderator, "action": a.action, "comment": a.comment,
         "detail": a.detail}
        for a in part.comments.audit(page)
    ]  # fmt: skip
    return _page(part, "comments/audit.html.j2", session, rows=rows, page=page)


@router.get("/moderate/person", response_class=Response)
def person_form(request: Request) -> Response:
    """Where a person's data is exported or deleted."""
    part = part_of(request)
    session = _session(part, request)
    if session is None:
        return RedirectResponse("/moderate/login", 303, {"cache-control": "no-store"})
    return _page(part, "comments/person.html.j2", session, done=None)


@router.post("/moderate/person", response_class=Response)
async def person(request: Request) -> Response:
    """Export or delete a person's data."""
    part, sent = part_of(request), dict(await request.form())
    return await run_in_threadpool(_person, part, request, sent)


def _person(part: Part, request: Request, sent: dict[str, Any]) -> Response:
    session = _session(part, request, sent)
    if session is None:
        return _login(part, "expired", 403)
    who = part.keys.person(_text(sent, "email"))
    if sent.get("action") == "forget":
        count = part.comments.forget(who, session.moderator, now())
        part.readers.refresh()
        return _page(part, "comments/person.html.j2", session, done=count)
    note(part.database, now(), session.moderator, "exported a person's data")
    data = msgspec.json.format(msgspec.json.encode({"comments": part.comments.of_person(who)}), indent=2)
    headers = {"content-disposition": 'attachment; filename="comments.json"', "cache-control": "no-store"}
    return Response(data, 200, headers, "application/json")


@router.post("/moderate/{id_}", response_class=Response)
async def decide(request: Request, id_: str) -> Response:
    """Approve, reject, ban or edit one comment."""
    part, sent = part_of(request), dict(await request.form())
    return await run_in_threadpool(_decide, part, request, id_, sent)


def _decide(part: Part, request: Request, id_: str, sent: dict[str, Any]) -> Response:
    session = _session(part, request, sent)
    if session is None:
        return _login(part, "expired", 403)
    state, page = sent.get("state"), _text(sent, "page")
    state = str(state) if state in STATES else "held"
    number = max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    try:
        found = _act(part, id_, sent, session.moderator)
    except MovedError:
        return _desk(part, session, state, number, fault="moved")
    if not found:
        raise NotHereError(words("site.not_found"))
    part.readers.refresh()
    return RedirectResponse(f"/moderate?state={state}&page={number}", 303, {"cache-control": "no-store"})


def _act(part: Part, id_: str, sent: dict[str, Any], by: str) -> bool:
    """Do what was asked of one comment, as the moderator saw it; False where there is no such comment."""
    action, seen = sent.get("action"), _text(sent, "seen")
    if action in STATES and action != "held":
        return part.comments.decide(id_, str(action), by, now(), seen)
    if action == "ban":
        return part.comments.ban(id_, by, now(), seen)
    name = cleaned(_text(sent, "name")[: 2 * LIMITS["name"]])[: LIMITS["name"]]
    body = cleaned(_text(sent, "comment")[: 2 * LIMITS["comment"]], lines=True)[: LIMITS["comment"]]
    if action != "edit" or not name or not body:
        return False
    return part.comments.edit(id_, name, body, sameness(body, part.keys), by, now(), seen)


def _session(part: Part, request: Request, sent: dict[str, Any] | None = None) -> Session | None:
    """The moderator's session; for what was ``sent``, only with its own CSRF token and from this site."""
    session = part.people.session(request.cookies.get(COOKIE), now())
    if session is None or sent is None:
        return session
    if guards.foreign(request, part.site.settings.url):
        return None
    given = _text(sent, "csrf").encode("utf-8", "replace")
    return session if secrets.compare_digest(session.csrf.encode(), given) else None


def _text(sent: dict[str, Any], name: str) -> str:
    value = sent.get(name)
    return value if isinstance(value, str) else ""


def _seen(comment: Comment) -> dict[str, object]:
    return {
        "id": comment.id, "name": comment.name, "medicine": comment.medicine, "parent": comment.parent,
        "date": _utc(comment.created).date().isoformat(), "why": comment.why, "body": html(comment.body),
        "source": comment.body, "seen": mark(comment),
    }  # fmt: skip


def _utc(at: datetime) -> datetime:
    """SQLite keeps no zone: what it gives is UTC."""
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _login(part: Part, fault: str | None, status: int) -> Response:
    page = render(
        part.site, "comments/login.html.j2", "/moderate/login", title=words("moderate.login"),
        description=words("moderate.title"), index=False, status=status, fault=fault,
        token=part.keys.sign("login"),
    )  # fmt: skip
    return fresh(page)


def _page(part: Part, template: str, session: Session, **context: Any) -> Response:
    page = render(
        part.site, template, "/moderate", title=words("moderate.title"),
        description=words("moderate.title"), index=False, session=session, **context,
    )  # fmt: skip
    return fresh(page)
