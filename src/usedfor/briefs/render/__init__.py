"""A Brief as text, Markdown, HTML or JSON."""

from __future__ import annotations

from typing import Literal, get_args

from usedfor.model import Brief

__all__ = ["FORMATS", "Format", "render"]

Format = Literal["text", "markdown", "html", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)


def render(brief: Brief, form: Format, *, width: int = 80, color: bool = False) -> str:
    """The brief in this form, ending in a line break; ``width`` and ``color`` concern text alone."""
    if form == "json":
        from usedfor.briefs.render.json import to_json

        return to_json(brief)
    if form == "html":
        from usedfor.briefs.render.html import to_html

        return to_html(brief)
    if form == "markdown":
        from usedfor.briefs.render.markdown import to_markdown

        return to_markdown(brief)
    from usedfor.briefs.render.text import to_text

    return to_text(brief, width=width, color=color)
