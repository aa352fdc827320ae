"""The moderator's pages, behind a login."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
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
from usedfor.web.words import table, words

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
COOKIE = "usedfor_moderator"
DONE = ("approved", "rejected", "spam", "ban", "edit")
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
def desk(request: Request, state: str = "held", page: Page = 1, done: str = "") -> Response:
    """The comments in one state; ``done``: what was just decided."""
    part = part_of(request)
    session = _session(part, request)
    if session is None:
        return RedirectResponse("/moderate/login", 303, {"cache-control": "no-store"})
    return _desk(part, session, state if state in STATES else "held", page, done=done if done in DONE else "")


def _desk(
    part: Part, session: Session, state: str, page: int, fault: str | None = None, done: str = ""
) -> Response:
    rows, count = part.comments.page(state, page)
    if not rows and count:  # the last of its page was decided
        page = -(-count // EACH_PAGE)
        rows, count = part.comments.page(state, page)
    return _page(
        part, "comments/desk.html.j2", session, state, words(f"moderate.{state}"), done=done,
        status=409 if fault else 200, fault=fault, rows=_seen(part, rows), count=count, state=state,
        page=page, pages=max(1, -(-count // EACH_PAGE)), more=page * EACH_PAGE < count,
    )  # fmt: skip


@router.get("/moderate/audit", response_class=Response)
def audit(request: Request, page: Page = 1) -> Response:
    """Who did what."""
    part = part_of(request)
    session = _session(part, request)
    if session is None:
        return RedirectResponse("/moderate/login", 303, {"cache-control": "no-store"})
    trail = part.comments.audit(page)
    here = part.comments.named(a.comment for a in trail if a.comment)
    did = table()["moderate"]["did"]
    rows = [
        {
            "at": _utc(a.at).isoformat(), "moderator": a.moderator, "did": did.get(a.action, a.action),
            "comment": a.comment or "", "detail": a.detail,
            "about": _about(part, *here[a.comment]) if a.comment in here else "",
        }
        for a in trail
    ]  # fmt: skip
    return _page(
        part, "comments/audit.html.j2", session, "audit", words("moderate.audit"), rows=rows, page=page
    )


@router.get("/moderate/person", response_class=Response)
def person_form(request: Request) -> Response:
    """Where a person's data is exported or deleted."""
    part = part_of(request)
    session = _session(part, request)
    if session is None:
        return RedirectResponse("/moderate/login", 303, {"cache-control": "no-store"})
    return _person_page(part, session, None)


@router.post("/moderate/person", response_class=Response)
async def person(request: Request) -> Response:
    """Export or delete a person's data."""
    part, sent = part_of(request), dict(await request.form())
    return await run_in_threadpool(_person, part, request, sent)


def _person(part: Part, request: Request, sent: dict[str, Any]) -> Response:
    session = _session(part, request, sent)
    if session is None:
        return _login(part, "expired", 403)
    if sent.get("sure") == "yes":  # from the page that asked
        count = part.comments.forget(_text(sent, "who"), session.moderator, now())
        part.readers.refresh()
        return _person_page(part, session, count)
    who = part.keys.person(_text(sent, "email"))
    if sent.get("action") == "forget":
        count = len(part.comments.of_person(who))
        says = {0: "forget_none", 1: "forget_one"}.get(count, "forget_says")
        return _page(
            part, "comments/confirm.html.j2", session, "person", words("moderate.forget_title"), one=None,
            says=words(f"moderate.{says}", count=count), action="/moderate/person", back="/moderate/person",
            button=words("moderate.forget_sure"), sent={"who": who, "action": "forget"},
        )  # fmt: skip
    note(part.database, now(), session.moderator, "exported a person's data")
    data = msgspec.json.format(msgspec.json.encode({"comments": part.comments.of_person(who)}), indent=2)
    headers = {"content-disposition": 'attachment; filename="comments.json"', "cache-control": "no-store"}
    return Response(data, 200, headers, "application/json")


def _person_page(part: Part, session: Session, done: int | None) -> Response:
    return _page(part, "comments/person.html.j2", session, "person", words("moderate.person"), done=done)


@router.get("/moderate/{id_}", response_class=Response)
def case(request: Request, id_: str) -> Response:
    """One comment."""
    part = part_of(request)
    session = _session(part, request)
    if session is None:
        return RedirectResponse("/moderate/login", 303, {"cache-control": "no-store"})
    found = part.comments.get(id_)
    if found is None:
        raise NotHereError(words("site.not_found"))
    return _page(
        part, "comments/desk.html.j2", session, "", words("moderate.case"), done="", fault=None,
        rows=_seen(part, [found]), count=None, state=found.state, page=1, pages=1, more=False,
    )  # fmt: skip


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
    if sent.get("action") == "ban" and sent.get("sure") != "yes":
        return _ask_to_ban(part, session, id_, sent, state, number)
    try:
        found = _act(part, id_, sent, session.moderator)
    except MovedError:
        return _desk(part, session, state, number, fault="moved")
    if not found:
        raise NotHereError(words("site.not_found"))
    part.readers.refresh()
    done = f"&done={sent['action']}" if sent.get("action") in DONE else ""
    return RedirectResponse(
        f"/moderate?state={state}&page={number}{done}", 303, {"cache-control": "no-store"}
    )


def _ask_to_ban(
    part: Part, session: Session, id_: str, sent: dict[str, Any], state: str, page: int
) -> Response:
    """What a ban would do, before it is done."""
    found = part.comments.get(id_)
    if found is None:
        raise NotHereError(words("site.not_found"))
    if _text(sent, "seen") != mark(found):
        return _desk(part, session, state, page, fault="moved")
    back = f"/moderate?state={state}&page={page}#comment-{id_}"
    kept = {"state": state, "page": page, "seen": _text(sent, "seen"), "action": "ban"}
    return _page(
        part, "comments/confirm.html.j2", session, state, words("moderate.ban_title"),
        says=words("moderate.ban_says", count=part.comments.waiting_like(id_)), one=_seen(part, [found])[0],
        action=f"/moderate/{id_}", back=back, button=words("moderate.ban_sure"), sent=kept,
    )  # fmt: skip


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


def _seen(part: Part, comments: Sequence[Comment]) -> list[dict[str, object]]:
    """What a moderator sees of comments. ``reply_to``: the name above it, "" where that is gone."""
    above = part.comments.named(c.parent for c in comments if c.parent)
    return [
        {
            "id": c.id, "name": c.name, "medicine": c.medicine, "about": _called(part, c.medicine),
            "reply_to": above.get(c.parent, ("", ""))[0] if c.parent else None, "state": c.state,
            "date": _utc(c.created).date().isoformat(), "why": c.why, "body": html(c.body),
            "source": c.body, "seen": mark(c), "edited": c.edited,
        }
        for c in comments
    ]  # fmt: skip


def _called(part: Part, medicine: str) -> str:
    return part.site.index.names.get(medicine, medicine)


def _about(part: Part, name: str, medicine: str) -> str:
    return words("moderate.about", name=name, medicine=_called(part, medicine))


def _utc(at: datetime) -> datetime:
    """SQLite keeps no zone: what it gives is UTC."""
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _login(part: Part, fault: str | None, status: int) -> Response:
    page = render(
        part.site, "comments/login.html.j2", "/moderate/login", title=words("moderate.login"),
        description=words("moderate.title"), index=False, status=status, fault=fault, session=None,
        token=part.keys.sign("login"),
    )  # fmt: skip
    return fresh(page)


def _page(part: Part, template: str, session: Session, here: str, title: str, **context: Any) -> Response:
    """A page of the desk. ``here``: which of its tabs it belongs to."""
    page = render(
        part.site, template, "/moderate", title=title, description=words("moderate.title"), index=False,
        session=session, here=here, counts=part.comments.counts(), **context,
    )  # fmt: skip
    return fresh(page)
