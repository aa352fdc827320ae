"""Sitemap, robots, and the search index that a browser loads from static pages."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

import msgspec

from usedfor.web.site import Page, Site
from usedfor.web.views.cards import use_path
from usedfor.web.views.texts import rule_stages

__all__ = ["paths", "robots", "search_index", "sitemap"]

_MANY = 50_000  # addresses in one sitemap, by the protocol


def paths(site: Site) -> Iterator[str]:
    """The address of every page that rests on the snapshot alone."""
    yield from ("/", "/medicines", "/conditions", "/changes", "/about", "/how-it-decides")
    yield from ("/how-it-decides/rules", "/sources", "/api", "/ask", "/check", "/compare")
    for stage in rule_stages():
        yield f"/how-it-decides/rules/{stage}"
    for id_ in site.index.medicines:
        yield f"/medicines/{id_}"
        yield f"/medicines/{id_}/label-words"
        for use_id in site.index.uses_of[id_]:
            yield use_path(use_id)
    for part in site.index.conditions:
        yield f"/conditions/{part}"


def sitemap(site: Site) -> Page:
    """The pages a search engine should have: the two wordings of a medicine count once."""
    date = site.modified.date().isoformat()
    rows = [
        f"<url><loc>{escape(site.address(path))}</loc><lastmod>{date}</lastmod></url>"
        for path in paths(site)
        if not path.endswith("/label-words")
    ][:_MANY]
    body = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return Page(body=(body + "\n".join(rows) + "\n</urlset>\n").encode(), type="application/xml")


def robots(site: Site) -> Page:
    """What robots may read: all but what is made for one reader."""
    lines = ("User-agent: *", "Disallow: /search", "Disallow: /ask?", "Disallow: /compare?", "",
             f"Sitemap: {site.address('/sitemap.xml')}", "")  # fmt: skip
    return Page(body="\n".join(lines).encode(), type="text/plain; charset=utf-8")


def search_index(site: Site) -> Page:
    """``[name, kind, path, what the page is called]`` of every name, kinds and paths by number."""
    pages: dict[str, int] = {}
    rows = []
    for e in site.index.typed_names():
        n = pages.setdefault(e.path, len(pages))
        rows.append([e.name, "mbsc".index(e.kind[0]), n])
    called = {e.path: e.of for e in site.index.typed_names()}
    body = {"pages": [[path, called[path]] for path in pages], "names": rows}
    return Page(body=msgspec.json.encode(body), type="application/json")
