"""HTML -> blocks, with the place of every character kept.

Tags are found by one pass of a regular expression whose every part is bounded, so the time is linear for any
input. It is no validator: like a browser it takes what comes. Scripts, navigation, forms, footers and
readers' comments are left out; where the page has a ``main`` or an ``article``, the rest is left out too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from usedfor.verification.reading.blocks import Block, BlockKind, Writer

__all__ = ["inline_html", "read_html"]

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]{0,30})"
    r"(?P<attrs>(?:[^<>\"']++|\"[^\"<>]{0,4000}\"|'[^'<>]{0,4000}'|[\"']){0,400})>"
    r"|<[!?][^>]{0,4000}>|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});)",
    re.S,
)
_RAW = frozenset(
    ("script", "style", "noscript", "template", "textarea", "title", "xmp", "iframe", "noframes")
)
_SKIPPED = frozenset(
    (
        "nav", "footer", "aside", "form", "button", "select", "svg", "math", "video", "audio", "canvas", "object",  # noqa: E501
        "head", "dialog", "menu", "figcaption",
    )
)  # fmt: skip
_VOID = frozenset(
    ("br", "img", "hr", "input", "meta", "link", "wbr", "source", "area", "base", "col", "embed", "track")
)
_BLOCKS: dict[str, BlockKind] = {
    "li": "item", "dt": "heading", "dd": "item", "td": "cell", "th": "cell", "blockquote": "quote",
    "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
    "summary": "heading", "caption": "heading",
}  # fmt: skip
_BREAKS = frozenset(
    (
        *_BLOCKS, "p", "div", "section", "article", "main", "ul", "ol", "dl", "table", "tr", "tbody", "thead", "header",  # noqa: E501
        "body", "html", "hr", "pre", "details", "figure", "address",
    )
)  # fmt: skip
_NO_READING = re.compile(
    r"""(?:class|id|role)\s*=\s*["']?[^"'>]{0,200}?\b(?:nav|navigation|navbar|menu|sidebar|comments?|comment-?list|"""
    r"""respond|breadcrumbs?|cookie|footer|related|share|social|newsletter|advert|contentinfo|complementary|banner)"""
    r"""(?![a-z])|\bhidden(?=\s|$|=)|aria-hidden\s*=\s*["']?true""",
    re.I,
)
_SPACE = re.compile(r"\s+")
_CHUNK = re.compile(r"\s+|[^\s]+")


@dataclass(slots=True)
class _Region:
    """An element whose content is left out, and how many of its name are open within."""

    name: str
    open: int = 1


def read_html(text: str, base: int = 0, main_only: bool = True) -> tuple[str, list[Block]]:
    """The page's title and its blocks. ``base`` is added to every place."""
    title = ""
    blocks: list[tuple[Block, bool]] = []
    writer = Writer()
    kinds: list[tuple[str, BlockKind, int]] = []  # open elements that give a block its kind
    skipped: _Region | None = None
    inside = 0
    at = 0

    def flush() -> None:
        nonlocal writer
        kind, level = (kinds[-1][1], kinds[-1][2]) if kinds else ("paragraph", 0)
        block = writer.block(kind, level)
        if block:
            blocks.append((block, inside > 0))
        writer = Writer()

    position = 0
    while True:
        match = _TOKEN.search(text, position)
        stop = match.start() if match else len(text)
        if skipped is None and stop > at:
            _write(writer, text, at, stop, base)
        if match is None:
            break
        position = at = match.end()
        if match["entity"]:
            if skipped is None:
                known = unescape(match["entity"])
                if known.isspace():
                    writer.space(base + match.start(), base + match.end())
                else:
                    writer.add(known, base + match.start(), base + match.end())
            continue
        name = (match["name"] or "").lower()
        if not name:
            continue
        closing = bool(match["close"])
        if name in _RAW and not closing:
            end = _raw_end(text, name, position)
            if name == "title" and not title:
                title = " ".join(unescape(text[position:end]).split())
            position = at = end
            continue
        if skipped is not None:
            if name == skipped.name:
                skipped.open += -1 if closing else 1
                if not skipped.open:
                    skipped = None
            continue
        attrs = match["attrs"] or ""
        left_out = name in _SKIPPED or (
            name not in ("html", "body", "main", "article") and attrs and _NO_READING.search(attrs)
        )
        if left_out and not closing and name not in _VOID and not attrs.rstrip().endswith("/"):
            flush()
            skipped = _Region(name)
            continue
        if name == "br":
            writer.space(base + match.start(), base + match.end())
        elif name in _BREAKS:
            flush()
            if name in ("main", "article"):
                inside = max(0, inside - 1) if closing else inside + 1
            if name in _BLOCKS:
                if closing:
                    for n in range(len(kinds) - 1, -1, -1):
                        if kinds[n][0] == name:
                            del kinds[n:]
                            break
                else:
                    if name in ("li", "td", "th", "dt", "dd") and kinds and kinds[-1][0] == name:
                        kinds.pop()  # the one before was not closed
                    kinds.append(
                        (name, _BLOCKS[name], int(name[1]) if name[0] == "h" and name[1:].isdigit() else 7)
                    )
    flush()
    if main_only and any(within for _, within in blocks):
        return title, [block for block, within in blocks if within]
    return title, [block for block, _ in blocks]


def _raw_end(text: str, name: str, start: int) -> int:
    """Where the content of a raw element ends: before its closing tag, or at the end of the file."""
    found = re.compile(rf"</{name}", re.I).search(text, start)
    return found.start() if found else len(text)


def _write(writer: Writer, text: str, start: int, stop: int, base: int) -> None:
    """Write text with white space in a row as one space."""
    for match in _CHUNK.finditer(text, start, stop):
        if match.group().isspace():
            writer.space(base + match.start(), base + match.end())
        else:
            writer.add(match.group(), base + match.start(), base + match.end())


def inline_html(text: str, start: int, stop: int) -> int | None:
    """Where the tag or comment that begins at ``start`` ends, or None where none begins there."""
    match = _TOKEN.match(text, start, stop)
    return match.end() if match and not match["entity"] else None
