"""Markdown -> blocks. markdown-it-py finds the blocks; their inline marks are taken out here, so that every
character that is left keeps its place in the file."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING

from usedfor.verification.reading.blocks import Block, BlockKind, Writer
from usedfor.verification.reading.html import inline_html, read_html

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

__all__ = ["read_markdown"]

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_LINK_TAIL = re.compile(r"\]\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)|\]\[[^\]\n]{0,200}\]")
_IMAGE = re.compile(r"!\[[^\]\n]{0,500}\](?:\([^)\n]{0,2000}\)|\[[^\]\n]{0,200}\])?")
_AUTO = re.compile(r"<(?:https?://|mailto:)[^>\s]{1,2000}>")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,40}\]")
_PLAIN = re.compile(r"[^\\&<!\[\]*_~`\s]+")
_MARKS = frozenset("*_~`")


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").disable("inline")


def read_markdown(text: str, start: int = 0) -> tuple[str, list[Block]]:
    """The first heading and the blocks of ``text[start:]``; places are those of ``text``."""
    source = text[start:].replace("\x00", "\ufffd")
    lines = [0]
    # markdown-it counts "\n", "\r\n" and "\r" as line ends
    for found in re.finditer(r"\r\n|\n|\r", source):
        lines.append(found.end())
    lines.append(len(source))
    blocks: list[Block] = []
    title = ""
    cursor = 0
    kinds: list[BlockKind] = []
    level = 0
    for token in _parser().parse(source):
        if token.type in _OPENS:
            kinds.append(_OPENS[token.type])
            level = int(token.tag[1]) if token.type == "heading_open" else 0
        elif token.type in _CLOSES:
            kinds.pop()
        elif token.type == "html_block" and token.map:
            low, high = lines[token.map[0]], lines[min(token.map[1], len(lines) - 1)]
            blocks += read_html(source[low:high], start + low, main_only=False)[1]
            cursor = max(cursor, high)
        elif token.type == "inline" and token.content.strip():
            if token.map:
                cursor = max(cursor, lines[token.map[0]])
            writer = Writer()
            for line in token.content.split("\n"):
                bare = line.strip()
                found_at = source.find(bare, cursor) if bare else -1
                if found_at < 0:  # a cell whose escaped bar was taken out
                    continue
                cursor = found_at + len(bare)
                writer.space(start + found_at, start + found_at)
                _inline(writer, source, found_at, cursor, start)
            kind = kinds[-1] if kinds else "paragraph"
            block = writer.block(kind, level if kind == "heading" else 0)
            if block:
                blocks.append(block)
                if kind == "heading" and not title:
                    title = " ".join(block.text.split())
    return title, blocks


_OPENS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "list_item_open": "item",
    "blockquote_open": "quote",
    "td_open": "cell",
    "th_open": "cell",
}
_CLOSES = frozenset(name.replace("_open", "_close") for name in _OPENS)


def _inline(writer: Writer, source: str, start: int, stop: int, base: int) -> None:
    """Write one line without its inline marks."""
    at = start
    while at < stop:
        c = source[at]
        found = _PLAIN.match(source, at, stop)
        end = found.end() if found else at + 1
        if found:
            writer.add(source[at:end], base + at, base + end)
        elif c.isspace():
            writer.space(base + at, base + end)
        elif c == "\\" and at + 1 < stop and not source[at + 1].isalnum():
            end = at + 2
            writer.add(source[at + 1], base + at, base + end)
        elif c == "&" and (entity := _ENTITY.match(source, at, stop)):
            end = entity.end()
            writer.add(unescape(entity.group()), base + at, base + end)
        elif c == "!" and (image := _IMAGE.match(source, at, stop)):
            end = image.end()
        elif c == "<" and ((auto := _AUTO.match(source, at, stop)) or inline_html(source, at, stop)):
            end = auto.end() if auto else inline_html(source, at, stop) or end
        elif c == "[" and (note := _FOOTNOTE.match(source, at, stop)):
            end = note.end()
        elif c == "]" and (tail := _LINK_TAIL.match(source, at, stop)):
            end = tail.end()
        elif (
            c == "["
            or (c == "]" and source[at - 1 : at] != " ")
            or (c in _MARKS and not (c == "_" and _within_word(source, at)))
        ):
            pass
        else:
            writer.add(c, base + at, base + end)
        at = end


def _within_word(source: str, at: int) -> bool:
    return source[at - 1 : at].isalnum() and source[at + 1 : at + 2].isalnum()
