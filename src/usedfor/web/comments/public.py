"""What readers do: write, check, send, reply. Every step works without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from usedfor.web.comments import forms, guards
from usedfor.web.comments.database import StoreAwayError
from usedfor.web.comments.discussion import FORM_LASTS, now
from usedfor.web.comments.store import Draft
from usedfor.web.comments.text import html, sameness
from usedfor.web.pages import fresh
from usedfor.web.problems import NotHereError
from usedfor.web.templating import render
from usedfor.web.words import words

if TYPE_CHECKING:
    from usedfor.web.comments.join import Part

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


def part_of(request: Request) -> Part:
    """The comments of the site that a request is for."""
    found: Part = request.app.state.comments
    return found


@router.get("/medicines/{medicine}/comments/thanks", response_class=Response)
def thanks(request: Request, medicine: str) -> Response:
    """After a comment was kept."""
    part = part_of(request)
    _known(part, medicine)
    return fresh(
        render(
            part.site, "comments/thanks.html.j2", request.url.path, title=words("comments.thanks"),
            description=words("comments.thanks_lead"), index=False, medicine_id=medicine,
        )
    )  # fmt: skip


@router.get("/medicines/{medicine}/comments/{id_}/reply", response_class=Response)
def reply(request: Request, medicine: str, id_: str) -> Response:
    """The form for a reply."""
    part = part_of(request)
    _known(part, medicine)
    top = part.comments.get(id_)
    if top is None or top.state != "approved" or top.medicine != medicine or top.parent:
        raise NotHereError(words("site.not_found"))
    return _form(
        part, request, medicine, {"parent": id_}, {}, title=words("comments.reply_to", name=top.name)
    )


@router.post("/medicines/{medicine}/comments", response_class=Response)
async def send(request: Request, medicine: str) -> Response:
    """Shows a comment to its writer, and keeps it when they send it again from there."""
    part = part_of(request)
    _known(part, medicine)
    sent = await request.form()
    caller = request.client.host if request.client else ""
    return await run_in_threadpool(_send, part, request, medicine, dict(sent), caller)


def _send(part: Part, request: Request, medicine: str, sent: dict[str, Any], caller: str) -> Response:
    form = forms.read(sent, guards.HONEYPOT)
    step = sent.get("step")
    if guards.foreign(request, part.site.settings.url):
        return _form(part, request, medicine, {}, {"form": "token"}, status=403)
    checked = part.keys.age(form.token, "checked", medicine, _of(form), longest=FORM_LASTS)
    if checked is None and part.keys.age(form.token, "form", medicine, longest=FORM_LASTS) is None:
        return _form(part, request, medicine, form.values, {"form": "token"}, status=403)
    if form.faults:
        return _form(part, request, medicine, form.values, form.faults, status=422)
    if checked is None or step == "change":
        if step == "change":
            return _form(part, request, medicine, form.values, {})
        return _preview(part, request, medicine, form, {})
    if checked < part.quickest:
        return _preview(part, request, medicine, form, {"form": "quick"}, 429)
    if not part.sending.allows(part.keys.caller(caller)):
        return _preview(part, request, medicine, form, {"form": "often"}, 429)
    draft = Draft(
        medicine=medicine, name=form.name, body=form.comment, person=part.keys.person(form.email),
        caller=part.keys.caller(caller), same=sameness(form.comment, part.keys), parent=form.parent or None,
        why=guards.suspicions(form.comment, form.honeypot),
    )  # fmt: skip
    try:
        part.comments.add(draft, now())
    except StoreAwayError:
        return _preview(part, request, medicine, form, {"form": "away"}, 503)
    return RedirectResponse(f"/medicines/{medicine}/comments/thanks", 303, {"cache-control": "no-store"})


def _of(form: forms.Form) -> str:
    """What a checked comment's token stands for: these words and no others."""
    return msgspec.json.encode(form.values).decode()


def _known(part: Part, medicine: str) -> None:
    if medicine not in part.site.index.medicines:
        raise NotHereError(words("site.not_found"))


def _preview(
    part: Part, request: Request, medicine: str, form: forms.Form, faults: dict[str, str], status: int = 200
) -> Response:
    seen = {
        "id": "preview", "name": form.name, "date": now().date().isoformat(), "body": html(form.comment),
        "edited": False,
    }  # fmt: skip
    token = part.keys.sign("checked", medicine, _of(form))
    return _page(
        part,
        request,
        medicine,
        words("comments.preview"),
        form.values,
        faults,
        status,
        token,
        seen,
        form.honeypot,
    )


def _form(
    part: Part,
    request: Request,
    medicine: str,
    values: dict[str, str],
    faults: dict[str, str],
    *,
    status: int = 200,
    title: str | None = None,
) -> Response:
    token = part.keys.sign("form", medicine)
    return _page(part, request, medicine, title or words("comments.write"), values, faults, status, token)


def _page(
    part: Part,
    request: Request,
    medicine: str,
    title: str,
    values: dict[str, str],
    faults: dict[str, str],
    status: int,
    token: str,
    preview: dict[str, object] | None = None,
    honeypot: str = "",
) -> Response:
    page = render(
        part.site, "comments/write.html.j2", f"/medicines/{medicine}", heading=title,
        title=f"{words('comments.error')}: {title}" if faults else title,
        description=words("comments.title"), index=False, status=status, medicine_id=medicine, values=values,
        faults=faults, token=token, preview=preview, honeypot=honeypot,
    )  # fmt: skip
    return fresh(page, **({"retry-after": "60"} if status in (429, 503) else {}))
