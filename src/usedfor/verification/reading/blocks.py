"""Blocks: what a reader sees of a piece of the file, with the way back to it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Article", "Block", "BlockKind", "Form", "Writer"]

Form = Literal["text", "markdown", "html"]
BlockKind = Literal["paragraph", "heading", "item", "cell", "quote"]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, table cell or quotation. ``starts`` are the places in ``text`` where a
    run begins that stands unbroken in the file, at ``origins``; ``ends`` are where each run ends in the
    file."""

    kind: BlockKind
    text: str
    starts: tuple[int, ...]
    origins: tuple[int, ...]
    ends: tuple[int, ...]
    level: int = 0  # of a heading, 1 the highest

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The place in the file of ``text[start:end]``, which must not be empty."""
        first = bisect_right(self.starts, start) - 1
        low = min(self.origins[first] + start - self.starts[first], self.ends[first])
        last = bisect_left(self.starts, end) - 1
        high = min(self.origins[last] + end - self.starts[last], self.ends[last])
        if last + 1 == len(self.starts) or end == self.starts[last + 1]:
            stop = len(self.text) if last + 1 == len(self.starts) else self.starts[last + 1]
            if end == stop:  # a run that was longer in the file ("&amp;") is taken whole
                high = self.ends[last]
        return low, high


@dataclass(frozen=True, slots=True)
class Article:
    """A file as it was given, what form it has, and its blocks in order."""

    text: str
    form: Form
    title: str
    blocks: tuple[Block, ...]


@dataclass(slots=True)
class Writer:
    """Collects the runs of one block."""

    parts: list[str] = field(default_factory=list)
    runs: list[tuple[int, int, int]] = field(default_factory=list)  # place in the text, in the file, its end
    size: int = 0

    def add(self, text: str, start: int, end: int) -> None:
        """Append ``text``, which stands at ``start`` to ``end`` in the file."""
        if not text:
            return
        if self.runs:
            at, origin, stop = self.runs[-1]
            if stop == start and stop - origin == self.size - at and len(text) == end - start:
                self.runs[-1] = (at, origin, end)
                self.parts.append(text)
                self.size += len(text)
                return
        self.runs.append((self.size, start, end))
        self.parts.append(text)
        self.size += len(text)

    def space(self, start: int, end: int) -> None:
        """Append one space for what stands at ``start`` to ``end``, unless a space or nothing is before."""
        if self.parts and not self.parts[-1][-1].isspace():
            self.add(" ", start, end)

    def block(self, kind: BlockKind, level: int = 0) -> Block | None:
        """The block, or None where nothing but white space was written."""
        text = "".join(self.parts)
        if not text.strip():
            return None
        starts, origins, ends = zip(*self.runs, strict=True)
        return Block(kind, text, starts, origins, ends, level)
