"""Which view makes which page, for all that rests on the snapshot alone: served and written alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from usedfor.web import machines
from usedfor.web.problems import NotHereError
from usedfor.web.site import Page, Site
from usedfor.web.views import asking, changes, conditions, lists, medicine, texts, use
from usedfor.web.words import words

__all__ = ["ROUTES", "page"]

View = Callable[..., Page]

# What stands in braces is handed to the view by that name.
ROUTES: dict[str, View] = {
    "/": lists.home,
    "/medicines": lists.a_to_z,
    "/medicines/{medicine_id}": medicine.medicine,
    "/medicines/{medicine_id}/label-words": medicine.label_words,
    "/medicines/{medicine_id}/uses/{slug}/{status}": use.use,
    "/conditions": lists.conditions,
    "/conditions/{part}": conditions.condition,
    "/compare": conditions.compare,
    "/ask": asking.ask,
    "/check": asking.check,
    "/changes": changes.changes,
    "/changes.atom": changes.feed,
    "/about": texts.about,
    "/how-it-decides": texts.how,
    "/how-it-decides/rules": texts.rules,
    "/how-it-decides/rules/{stage}": texts.rules,
    "/sources": texts.sources,
    "/api": texts.api,
    "/sitemap.xml": machines.sitemap,
    "/robots.txt": machines.robots,
}


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], View], ...]:
    return tuple((re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", p) + r"\Z"), v) for p, v in ROUTES.items())


def page(site: Site, path: str) -> Page:
    """The page at ``path``. Raises :class:`~usedfor.web.problems.NotHereError` where there is none."""
    for pattern, view in _patterns():
        found = pattern.match(path)
        if found:
            return view(site, **found.groupdict())
    raise NotHereError(words("site.not_found"))
