"""Templates: one environment, and what every page has."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
from markupsafe import Markup, escape

from usedfor.briefs.places import section_words, source_words, status_words
from usedfor.briefs.render.html import page_words, stylesheet, template_loader
from usedfor.briefs.render.shape import NAME, TAGLINE, clean, safe_url
from usedfor.briefs.wording import capital, date_words, say
from usedfor.web.site import Page, Site
from usedfor.web.words import words

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["asset", "asset_path", "assets", "json_for_script", "render"]

STYLES = "site.css"
_PHONE = re.compile(r"\b1-\d{3}-\d{3}-\d{4}\b|\b911\b")
_STYLE_PARTS = ("site.css", "comments.css")
_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "json": "application/json",
}


@cache
def assets() -> Mapping[str, tuple[bytes, str]]:
    """Every static file, by name: its bytes and type. The style is the brief's own, then the site's."""
    found: dict[str, tuple[bytes, str]] = {}
    for file in sorted(files("usedfor.web").joinpath("static").iterdir(), key=lambda one: one.name):
        kind = file.name.rpartition(".")[2]
        if kind in _TYPES:
            found[file.name] = file.read_bytes(), _TYPES[kind]
    parts = [stylesheet().encode(), *(found.pop(name)[0] for name in _STYLE_PARTS)]
    found[STYLES] = b"\n".join(parts), _TYPES["css"]
    return found


@cache
def asset_path(name: str) -> str:
    """The address of a static file; it changes with what is in it, so that it can be kept for a year."""
    return f"/static/{hashlib.sha256(assets()[name][0]).hexdigest()[:10]}/{name}"


def asset(version: str, name: str) -> tuple[bytes, str] | None:
    """The bytes and type of a static file, where both its name and its version are right."""
    return assets()[name] if name in assets() and asset_path(name) == f"/static/{version}/{name}" else None


def json_for_script(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in, nor be taken for a comment."""
    text = msgspec.json.encode(value).decode()
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return Markup(text)  # every character that could begin markup is written as an escape


def phones(text: str) -> Markup:
    """Text whose telephone numbers can be pressed, and are never broken over two lines."""
    return Markup(
        _PHONE.sub(
            lambda m: (
                f'<a class="phone" href="tel:{"+" if "-" in m[0] else ""}{m[0].replace("-", "")}">{m[0]}</a>'
            ),
            str(escape(text)),
        )
    )


@cache
def _environment() -> Environment:
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=ChoiceLoader([PackageLoader("usedfor.web"), template_loader()]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        name=NAME, tagline=TAGLINE, asset=asset_path, say=words, brief_words=page_words(), said=say
    )
    made.filters.update(
        capital=capital,
        clean=clean,
        date=date_words,
        section=section_words,
        source=source_words,
        status=status_words,
        safe_url=safe_url,
        json_for_script=json_for_script,
        phones=phones,
    )
    return made


def fragment(template: str, **context: Any) -> Markup:
    """A part of a page."""
    return Markup(_environment().get_template(template).render(**context))


def render(
    site: Site,
    template: str,
    path: str,
    *,
    title: str,
    description: str,
    status: int = 200,
    index: bool = True,
    linked: Any = None,
    **context: Any,
) -> Page:
    """A whole page. ``path`` is its own address, ``linked`` its JSON-LD, ``index``: search engines may have
    it."""
    text = (
        _environment()
        .get_template(template)
        .render(
            site=site,
            settings=site.settings,
            path=path,
            canonical=site.address(path),
            title=clean(title),
            description=clean(description),
            index=index,
            linked=linked,
            **context,
        )
    )
    return Page(body=text.strip().encode() + b"\n", status=status)
