"""What a reader wrote, as safe HTML: Markdown without HTML, images or headings, then cleaned again."""

from __future__ import annotations

import unicodedata
from functools import cache

import nh3
from markdown_it import MarkdownIt

from usedfor.web.comments.keys import Keys

__all__ = ["cleaned", "html", "links", "sameness"]

_TAGS = {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"}
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_JOINERS = "\n\u200c\u200d"  # a line's end, and what joins letters in Persian and Hindi, and emoji
_OFF = ("image", "heading", "lheading", "html_block", "html_inline", "hr", "reference")


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).disable(list(_OFF))


def html(body: str) -> str:
    """Safe HTML. Links lead out without the reader's address and without credit for search engines."""
    return nh3.clean(
        _markdown().render(body),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="nofollow ugc noopener noreferrer",
    )


def cleaned(text: str, *, lines: bool = False) -> str:
    """Without characters that are not seen, in composed form; one line unless ``lines``."""
    whole = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(c for c in whole if c in _JOINERS or unicodedata.category(c) not in _UNSEEN)
    return kept.strip() if lines else " ".join(kept.split())


def links(body: str) -> int:
    """How many addresses a comment has."""
    low = body.casefold()
    return low.count("http://") + low.count("https://") + low.count("www.")


def sameness(body: str, keys: Keys) -> str:
    """The same for comments that differ only in case, spaces and marks."""
    return keys.hash("words", "".join(c for c in body.casefold() if c.isalnum()))
