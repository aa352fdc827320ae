"""The JSON API under /api/v1. Reads rest on the snapshot, have its entity tag, and may come from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from usedfor.errors import UnknownMedicineError
from usedfor.model import Status
from usedfor.web.memory import Cached
from usedfor.web.pages import Ready, site_of
from usedfor.web.problems import problem
from usedfor.web.site import Site
from usedfor.web.views import asking
from usedfor.web.views.lists import LONGEST_QUERY, nothing_here

__all__ = ["description", "operations", "router"]

JSON = "application/json"
router = APIRouter(prefix="/api/v1", tags=["v1"])
_ANYWHERE = [(b"access-control-allow-origin", b"*")]
_FAULT = {"description": "A problem document (RFC 9457)", "content": {"application/problem+json": {}}}
_FAULTS: dict[int | str, dict[str, Any]] = {404: _FAULT, 422: _FAULT}

PageNumber = Annotated[int, Query(ge=1, le=1_000_000, description="The page, from 1.")]
PerPage = Annotated[int, Query(ge=1, le=200, description="Items on a page.")]


def _json(request: Request, make: Callable[[Site], Any]) -> Response:
    """What ``make`` gives, as JSON that is made once for each address."""
    site = site_of(request)
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    found = site.pages.get(address)
    if found is None or found.tag != site.version:
        body = msgspec.json.encode(make(site))
        found = Cached.of(body, JSON, 200, site.version, site.last_modified, _ANYWHERE)
        site.pages.put(address, found)
    return Ready(found)


def _listed(request: Request, items: Sequence[Any], page: int, per_page: int) -> dict[str, Any]:
    """One page of a list, with where the next one is."""
    start = (page - 1) * per_page
    more = start + per_page < len(items)
    address = str(request.url.include_query_params(page=page + 1, per_page=per_page))
    following = address.partition("://")[2].partition("/")[2]
    return {
        "total": len(items),
        "page": page,
        "per_page": per_page,
        "next": f"/{following}" if more else None,
        "items": list(items[start : start + per_page]),
    }


@router.get("/snapshot")
def snapshot(request: Request) -> Response:
    """The edition: its digest, its dates, its counts."""
    return _json(request, lambda s: {"digest": s.digest, "as_of": s.manifest.as_of,
                 "counts": s.manifest.counts, "program": s.manifest.program, "quotes": s.quotes})  # fmt: skip


@router.get("/medicines", responses=_FAULTS)
def medicines(request: Request, page: PageNumber = 1, per_page: PerPage = 50) -> Response:
    """Every medicine: id, name, names, the statuses of its uses."""
    return _json(
        request,
        lambda s: _listed(
            request,
            [
                {
                    "id": m.id,
                    "name": m.name,
                    "names": [{"name": n.name, "kind": n.kind} for n in m.names],
                    "uses": {x: s.index.statuses[m.id].count(x) for x in sorted(set(s.index.statuses[m.id]))},
                }
                for m in s.index.medicines.values()
            ],
            page,
            per_page,
        ),
    )


@router.get("/briefs/{medicine}", responses=_FAULTS)
def brief(request: Request, medicine: str) -> Response:
    """The brief of a medicine, by its id or by an exact name (schema usedfor.brief/1)."""
    from usedfor.briefs.render.json import to_dict

    return _json(request, lambda s: to_dict(s.brief(_medicine(s, medicine))))


def _medicine(site: Site, name: str) -> str:
    if name in site.index.medicines:
        return name
    found = {e.path for e in site.index.exact(name[:LONGEST_QUERY]) if e.kind != "condition"}
    if len(found) != 1:
        raise nothing_here(site, name[:LONGEST_QUERY])
    return found.pop().rpartition("/")[2]


@router.get("/uses", responses=_FAULTS)
def uses(
    request: Request,
    medicine: Annotated[str | None, Query(description="A medicine's id or exact name.")] = None,
    condition: Annotated[str | None, Query(description="A condition's id or address.")] = None,
    status: Annotated[Status | None, Query(description="A status.")] = None,
    page: PageNumber = 1,
    per_page: PerPage = 50,
) -> Response:
    """Uses, of a medicine, for a condition, of a status."""

    def make(site: Site) -> dict[str, Any]:
        only = _medicine(site, medicine) if medicine else None
        of = _condition(site, condition) if condition else None
        found = [
            _use(site, u)
            for u in site.index.uses.values()
            if only in (None, u.medicine) and of in (None, u.condition) and status in (None, u.status)
        ]
        return _listed(request, found, page, per_page)

    return _json(request, make)


def _use(site: Site, use: Any) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(use)
    held = msgspec.to_builtins(use.restrictions)
    condition = site.index.conditions.get(site.index.slugs.get(use.condition or "", ""))
    return fields | {
        "restrictions": held,
        "level": use.level,
        "condition": {"id": condition.id, "name": condition.name} if condition else None,
        "evidence": f"/api/v1/evidence/{use.id}",
    }


@router.get("/evidence/{medicine}/{slug}/{status}", responses=_FAULTS)
def evidence(
    request: Request, medicine: str, slug: str, status: str, page: PageNumber = 1, per_page: PerPage = 50
) -> Response:
    """Every passage that a use rests on, with its document, section and place."""
    from usedfor.web.views.use import evidence as rows

    def make(site: Site) -> dict[str, Any]:
        id_ = f"{medicine}/{slug}/{status}"
        if id_ not in site.index.uses:
            raise nothing_here(site, medicine)
        found = next(u for u in site.dossier(medicine).uses if u.id == id_)
        listed = _listed(request, rows(site, found), page, per_page)
        return {"use": _use(site, site.index.uses[id_])} | listed

    return _json(request, make)


@router.get("/conditions", responses=_FAULTS)
def conditions(request: Request, page: PageNumber = 1, per_page: PerPage = 50) -> Response:
    """Every condition that a use names."""
    return _json(
        request,
        lambda s: _listed(
            request,
            [
                {"address": part, "id": c.id, "name": c.name, "lay": c.lay, "ids": c.ids,
                 "medicines": len({u.medicine for u in s.index.by_condition[c.id]})}
                for part, c in s.index.conditions.items()
            ],
            page,
            per_page,
        ),
    )  # fmt: skip


@router.get("/conditions/{condition}", responses=_FAULTS)
def condition(request: Request, condition: str) -> Response:
    """A condition, by its id or address, with every use for it."""

    def make(site: Site) -> dict[str, Any]:
        id_ = _condition(site, condition)
        found = site.index.conditions[site.index.slugs[id_]]
        return {
            "id": id_,
            "address": site.index.slugs[id_],
            "name": found.name,
            "lay": found.lay,
            "names": list(found.names),
            "ids": found.ids,
            "uses": [_use(site, u) for u in site.index.by_condition[id_]],
        }

    return _json(request, make)


def _condition(site: Site, name: str) -> str:
    if name in site.index.slugs:
        return name
    found = site.index.conditions.get(name)
    if found is None:
        raise nothing_here(site, name[:LONGEST_QUERY])
    return found.id


@router.get("/search", responses=_FAULTS)
def search(request: Request, q: Annotated[str, Query(min_length=1, max_length=LONGEST_QUERY)]) -> Response:
    """Names that are, or begin like, what is asked; where there are none, names spelt alike (``near``)."""
    site = site_of(request)
    exact = site.index.exact(q)
    hits = [
        {"name": h.entry.name, "kind": h.entry.kind, "page": h.entry.path, "of": h.entry.of, "near": h.near}
        for h in site.index.suggest(q, 20)
    ]
    named = [{"name": e.name, "kind": e.kind, "page": e.path, "of": e.of} for e in exact]
    return _fresh({"query": q, "exact": named, "hits": hits})


def _fresh(value: Any) -> Response:
    headers = {"access-control-allow-origin": "*", "cache-control": "no-store"}
    return Response(msgspec.json.encode(value), media_type=JSON, headers=headers)


@router.get("/changes")
def changes(request: Request) -> Response:
    """What changed since the edition before; null where there is none here."""
    return _json(request, lambda s: {"digest": s.digest, "changes": s.changes()})


@router.get("/ask", responses=_FAULTS)
def ask(
    request: Request, question: Annotated[str, Query(min_length=1, max_length=asking.LONGEST_QUESTION)]
) -> Response:
    """A question answered (INTERFACES: Ask). It is not stored."""
    from usedfor.answers import to_dict

    return _fresh(to_dict(asking.answer_of(site_of(request), question)))


@router.post("/check", responses={400: _FAULT, 422: _FAULT})
def check(
    request: Request,
    text: Annotated[str, Body(min_length=1, max_length=asking.LONGEST_TEXT)],
    medicine: Annotated[str, Body(max_length=LONGEST_QUERY)] = "",
) -> Response:
    """A text, Markdown or HTML held against the documents. It is not stored."""
    from usedfor.verification.render.rows import as_json

    try:
        return _fresh(as_json(asking.report_of(site_of(request), text, medicine)))
    except UnknownMedicineError as error:
        return problem(400, error.message, near=list(error.near))


@router.get("/openapi.json", include_in_schema=False)
def schema(request: Request) -> Response:
    """The description."""
    return _json(request, lambda _: description())


@cache
def description() -> dict[str, Any]:
    """The OpenAPI description of what is here."""
    from fastapi import FastAPI

    app = FastAPI(title="Used For", version="1")
    app.include_router(router)
    return app.openapi()


@cache
def operations() -> list[dict[str, str]]:
    """Every address of the API with its line of help."""
    found = []
    for route in router.routes:
        if getattr(route, "include_in_schema", False):
            said = (getattr(route, "endpoint", None).__doc__ or "").strip().splitlines()[0]
            said = said.replace(" (INTERFACES: Ask)", "").replace("``", "")
            for method in sorted(getattr(route, "methods", ())):
                found.append({"method": method, "path": getattr(route, "path", ""), "summary": said})
    return found
