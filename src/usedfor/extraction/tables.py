"""HTML tables as labels have them, read into rows and columns with every cell's place in the HTML.

The HTML is what openFDA gives for ``..._table`` fields. Broken markup is read as far as it goes: an unclosed
cell ends where the next begins. Linear in the length of the HTML; spans are honoured up to ``MAX_COLUMNS``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

import msgspec

__all__ = ["MAX_COLUMNS", "Cell", "Column", "Row", "Table", "columns", "is_value", "read_tables"]

MAX_COLUMNS = 60

_TAG = re.compile(r"<(/?)([A-Za-z]\w*+)([^<>]*+)>")
_SPAN = re.compile(r"\b(colspan|rowspan)\s*=\s*[\"']?(\d{1,4})", re.I)
_NOTES = frozenset(("sup", "footnote", "sub"))
_KNOWN = _NOTES | {"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"}  # others part text alone
_VALUE = re.compile(
    r"[<>≤≥~]?\s*\d{1,6}(?:[.,]\d+)?\s*%?\s*(?:[\[(]\s*[<>≤≥]?\s*\d{1,3}(?:\.\d+)?\s*%?\s*[\])])?|[-–—]|nr|na|n/a",
    re.I,
)
_SIZE = re.compile(r"\bN\s*[=:]\s*(\d{1,3}(?:[, ]\d{3})+|\d+)", re.I)


class Cell(msgspec.Struct, frozen=True):
    """A cell. ``runs`` are its pieces of text between tags, as (start, end) in the HTML, notes left out."""

    text: str
    runs: tuple[tuple[int, int], ...]
    column: int
    colspan: int
    header: bool


class Row(msgspec.Struct, frozen=True):
    """The cells that begin in a row, and ``above``: those that reach into it from earlier rows."""

    cells: tuple[Cell, ...]
    above: tuple[Cell, ...]
    part: str  # "head", "body" or "foot"


class Table(msgspec.Struct, frozen=True):
    """A table; ``start`` is the place of its tag in the HTML."""

    start: int
    caption: str
    rows: tuple[Row, ...]


class Column(msgspec.Struct, frozen=True):
    """A column's heading: its words from top to bottom, and the number of people, where it gives one."""

    label: str
    n: int | None


def is_value(text: str) -> bool:
    """Whether a cell holds a figure and nothing else ("12", "<1", "63 (21)", "28%", "-")."""
    return bool(text) and _VALUE.fullmatch(text.strip()) is not None


def read_tables(html: str) -> list[Table]:
    """Every table of ``html`` in order; a table within a cell ends the outer one."""
    reader = _Reader(html)
    at = 0
    for tag in _TAG.finditer(html):
        start, end = tag.span()
        if at < start:
            reader.text(at, start)
        closing, name, attributes = tag.groups()
        name = name.lower()
        if name in _KNOWN:
            reader.tag(name, bool(closing), attributes, start)
        at = end
    reader.text(at, len(html))
    reader.end_table()
    return reader.tables


class _Reader:
    """Builds tables from tags and the text between them."""

    def __init__(self, html: str) -> None:
        self.tables: list[Table] = []
        self._html = html
        self._open = False
        self._begin(0)

    def _begin(self, start: int) -> None:
        self._start = start
        self._rows: list[Row] = []
        self._caption: list[str] = []
        self._in_caption = False
        self._part = "body"
        self._cells: list[Cell] | None = None
        self._above: list[Cell] = []
        self._reach: dict[int, tuple[int, Cell]] = {}  # column -> rows still covered, by which cell
        self._runs: list[tuple[int, int]] | None = None
        self._notes = 0
        self._spans = (1, 1)
        self._header = False

    def text(self, start: int, end: int) -> None:
        """A piece of text between two tags."""
        if end <= start:
            return
        if self._runs is not None:
            if not self._notes:
                self._runs.append((start, end))
        elif self._in_caption:
            self._caption.append(self._html[start:end])

    def tag(self, name: str, closing: bool, attributes: str, at: int) -> None:
        """A tag."""
        if name == "table":
            self.end_table()
            if not closing:
                self._begin(at)
                self._open = True
        elif not self._open:
            return
        elif name == "caption":
            self._in_caption = not closing and not attributes.endswith("/")
        elif name in ("thead", "tbody", "tfoot"):
            self._end_row()
            self._part = "body" if closing else name[1:]
        elif name == "tr":
            self._end_row()
            if not closing:
                self._begin_row()
        elif name in ("td", "th"):
            self._end_cell()
            if not closing:
                self._begin_cell(name == "th", attributes)
        elif name in _NOTES and not attributes.endswith("/"):
            self._notes = max(0, self._notes + (-1 if closing else 1))

    def _begin_row(self) -> None:
        self._cells = []
        self._above = []
        left: dict[int, tuple[int, Cell]] = {}
        for column, (rows, cell) in self._reach.items():
            if cell.column == column:
                self._above.append(cell)
            if rows > 1:
                left[column] = (rows - 1, cell)
        self._covered = set(self._reach)
        self._reach = left
        self._next = 0

    def _begin_cell(self, header: bool, attributes: str) -> None:
        if self._cells is None:
            self._begin_row()
        self._spans = (1, 1)
        if "span" in attributes.lower():
            spans = {key.lower(): int(value) for key, value in _SPAN.findall(attributes)}
            self._spans = (
                min(max(spans.get("colspan", 1), 1), MAX_COLUMNS),
                min(max(spans.get("rowspan", 1), 1), 999),
            )
        self._header = header
        self._runs = []
        self._notes = 0
        if attributes.endswith("/"):
            self._end_cell()

    def _end_cell(self) -> None:
        if self._runs is None or self._cells is None:
            return
        while self._next in self._covered:
            self._next += 1
        if self._next < MAX_COLUMNS:
            text = " ".join(unescape(" ".join(self._html[a:b] for a, b in self._runs)).split())
            cell = Cell(text, tuple(self._runs), self._next, self._spans[0], self._header)
            self._cells.append(cell)
            if self._spans[1] > 1:
                for column in range(cell.column, min(cell.column + cell.colspan, MAX_COLUMNS)):
                    self._reach[column] = (self._spans[1] - 1, cell)
        self._next += self._spans[0]
        self._runs = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._cells:
            self._rows.append(Row(tuple(self._cells), tuple(self._above), self._part))
        self._cells = None

    def end_table(self) -> None:
        """Close the table that is open."""
        if self._open:
            self._end_row()
            caption = " ".join(unescape(" ".join(self._caption)).split())
            self.tables.append(Table(self._start, caption, tuple(self._rows)))
        self._open = False
        self._runs = None


def columns(headings: Iterable[Row]) -> dict[int, Column]:
    """What the heading rows say of each column."""
    words: dict[int, list[str]] = {}
    for row in headings:
        for cell in row.cells:
            for column in range(cell.column, min(cell.column + cell.colspan, MAX_COLUMNS)):
                told = words.setdefault(column, [])
                if cell.text and cell.text not in told:
                    told.append(cell.text)
    found = {}
    for column, told in words.items():
        label = " ".join(told)
        size = _SIZE.search(label)
        found[column] = Column(label, int(re.sub(r"\D", "", size[1])) if size else None)
    return found
