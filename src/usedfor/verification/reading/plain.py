"""Plain text -> blocks: paragraphs, items and headings by their lines."""

from __future__ import annotations

import re

from usedfor.verification.reading.blocks import Block, BlockKind, Writer

__all__ = ["read_plain"]

_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_MARK = re.compile(r"\s*(?:[•●▪■◦‣∙○□➢►*–—-]|\d{1,3}[.)]|[a-z][.)])\s+")
_HEADING_WORDS = 12
_ENDS = '.!?:;,…”"’)'


def read_plain(text: str, start: int = 0) -> list[Block]:
    """The blocks of ``text[start:]``. A line that begins with a bullet or a number is an item, a short one
    without a full stop that stands alone a heading, others are a paragraph's."""
    lines = list(_LINE.finditer(text, start))
    blocks: list[Block] = []
    writer = Writer()
    kind: BlockKind = "paragraph"
    alone = True
    last_end = start

    def flush() -> None:
        nonlocal writer
        block = writer.block(kind)
        if block is not None:
            bare = block.text.strip()
            if (
                kind == "paragraph"
                and alone
                and len(bare.split()) <= _HEADING_WORDS
                and bare[-1] not in _ENDS
            ):
                block = writer.block("heading", 7)
                assert block is not None
            blocks.append(block)
        writer = Writer()

    for line in lines:
        if not line.group().strip():
            continue
        between = text[last_end : line.start()]
        gap = (
            between.count("\n") > 1
            or between.count("\r") > 1
            or (last_end != line.start() and not between.strip("\n\r \t") and len(between.split("\n")) > 2)
        )
        mark = _MARK.match(line.group())
        if gap or mark or (kind == "item" and not line.group()[0].isspace()):
            flush()
            kind, alone = ("item" if mark else "paragraph"), True
        elif writer.parts:
            alone = False
            writer.space(last_end, line.start())
        low = line.start() + (mark.end() if mark else 0)
        piece = text[low : line.end()]
        lead = len(piece) - len(piece.lstrip())
        writer.add(piece.strip(), low + lead, low + lead + len(piece.strip()))
        last_end = line.end()
    flush()
    if len(blocks) == 1 and blocks[0].kind == "heading":  # a sentence given alone
        only = blocks[0]
        blocks = [Block("paragraph", only.text, only.starts, only.origins, only.ends)]
    return blocks
