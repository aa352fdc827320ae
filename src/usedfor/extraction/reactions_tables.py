"""Adverse-reaction tables: which row is a reaction, which column is the medicine, and how often.

A column's arm comes from its heading: the medicine's own names, placebo, or another treatment. Figures are
percentages; a cell "63 (21)" gives the percentage in brackets where the heading says n (%).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from usedfor.extraction.reactions_figures import Arm
from usedfor.extraction.rulebook import MAX_WORDS, read_rules
from usedfor.extraction.tables import Column, Row, Table, columns, is_value, read_tables
from usedfor.model import Document, Figure
from usedfor.vocabulary import Vocabulary

__all__ = ["Names", "ReactionRow", "arms", "names_of", "reaction_rows"]

MAX_FIGURES = 8

_PLACEBO = re.compile(r"\b(?:placebo|vehicle|sham|untreated|dummy)\b", re.I)
_OTHER = re.compile(
    r"\b(?:comparator|control|active|standard of care|best supportive care|observation)\b", re.I
)
_PERCENT = re.compile(r"%|\bpercent", re.I)
_NUMBER = re.compile(
    r"([<>≤≥~]?)\s*(\d{1,6}(?:[.,]\d+)?)\s*(%?)\s*(?:[\[(]\s*([<>≤≥]?)\s*(\d{1,3}(?:\.\d+)?)\s*(%?)\s*[\])])?"
)
_CLUTTER = re.compile(r"\(?\s*\b[Nn]\s*[=:]\s*[\d, ]*\d\s*\)?|\b[Nn]?\s*\(\s*%\s*\)|\(\s*\)|%|[*†‡§]")
_OTHER_MEASURE = re.compile(
    r"\b(?:rates?|episodes?|eair|per|mean|median|change|ratio|difference|years|events?|ci)\b", re.I
)
_RELATIONS: dict[str, Literal["=", "<", "<=", ">", ">=", "about"]] = {
    "<": "<",
    ">": ">",
    "≤": "<=",
    "≥": ">=",
    "~": "about",
    "": "=",
}


class ReactionRow(msgspec.Struct, frozen=True):
    """A row with figures: the run of HTML that names it, ``html[start:end]``, and its figures."""

    start: int
    end: int
    values: tuple[str, ...]
    figures: tuple[Figure, ...]


class Names(msgspec.Struct, frozen=True):
    """The words of the medicine's own columns, lower case: a brand's, or one of every ingredient's."""

    brands: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]

    def own(self, heading: str) -> bool | None:
        """Whether a heading names the medicine; None where it names a part of a combination by itself."""
        low = heading.lower()
        named = [any(word in low for word in part) for part in self.parts]
        if any(word in low for word in self.brands) or (named and all(named)):
            return True
        return None if any(named) else False


def names_of(document: Document, medicine: str) -> Names:
    """The names of the document's medicine, from its products and from the medicine's id."""
    common = frozenset(read_rules("reactions")["common_words"])

    def words(names: Iterable[str | None]) -> tuple[str, ...]:
        found = {word for name in names if name for word in re.findall(r"[^\W\d_]{4,}", name.lower())}
        return tuple(sorted(found - common))

    parts = {words((i.name,)) for product in document.products for i in product.ingredients} - {()}
    generics = words([medicine, *(product.generic for product in document.products)])
    whole = (
        tuple(sorted(parts))
        if len(parts) > 1
        else (tuple(sorted({*generics, *(w for p in parts for w in p)})),)
    )
    brands = set(words(product.brand for product in document.products)) - {w for part in whole for w in part}
    return Names(tuple(sorted(brands)), whole)


def reaction_rows(html: str, names: Names, vocabulary: Vocabulary) -> Iterator[ReactionRow]:
    """The rows with a name and figures, over all tables of ``html``, in order."""
    for table in read_tables(html):
        yield from _rows(html, table, names, vocabulary)


def _rows(html: str, table: Table, names: Names, vocabulary: Vocabulary) -> Iterator[ReactionRow]:
    heading: list[Row] = []
    told: dict[int, Column] = {}
    arm: dict[int, Arm] = {}
    fresh = True
    for row in table.rows:
        if row.part == "foot":
            continue
        values, named = [], []
        for cell in row.cells:
            if not is_value(cell.text):
                if cell.text:
                    named.append(cell)
            elif cell.column:
                values.append(cell)
        if row.part == "head" or not values:
            if row.part == "head" or len([c for c in row.cells if c.column and c.text]) >= 1:
                heading = [*heading, row] if fresh else [row]
                fresh = True
                told = {}
            continue
        fresh = False
        if not told:
            told = columns(heading)
            arm = arms({c: told[c].label for c in told if c}, table.caption, names, vocabulary)
        if not named or named[0].column > 1:
            continue
        run = _run(html, named[0].runs)
        if run is None:
            continue
        percent = bool(_PERCENT.search(table.caption) or _PERCENT.search(named[0].text))
        figures: list[Figure] = []
        for cell in values:
            figure = _figure(cell.text, told.get(cell.column), percent, arm.get(cell.column, "unspecified"))
            if figure is not None and len(figures) < MAX_FIGURES:
                figures.append(figure)
        yield ReactionRow(run[0], run[1], tuple(c.text for c in values[:4]), tuple(figures))


def _run(html: str, runs: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The longest run of a cell, trimmed."""
    best: tuple[int, int] | None = None
    for start, end in runs:
        while start < end and html[start].isspace():
            start += 1
        while end > start and html[end - 1].isspace():
            end -= 1
        if end > start and (best is None or end - start > best[1] - best[0]):
            best = (start, end)
    return best


@lru_cache(maxsize=5_000)
def _names_a_medicine(label: str, vocabulary: Vocabulary) -> bool:
    return bool(vocabulary.medicines.in_text(label))


def arms(labels: dict[int, str], caption: str, names: Names, vocabulary: Vocabulary) -> dict[int, Arm]:
    """The arm of each column by its heading: drug, placebo, comparator or unspecified.

    ``names`` are the medicine's own words. Another medicine's name makes a comparator. Beside a placebo the
    one column without a name is the medicine's; and so are all where only the caption names it.
    """
    found: dict[int, Arm] = {}
    for column, label in labels.items():
        own = names.own(label)
        if own:
            found[column] = "drug"
        elif _PLACEBO.search(label):
            found[column] = "placebo"
        elif own is None or _OTHER.search(label) or _names_a_medicine(label, vocabulary):
            found[column] = "comparator"
        else:
            found[column] = "unspecified"
    told = set(found.values())
    open_columns = [column for column, arm in found.items() if arm == "unspecified"]
    if "drug" not in told and ("placebo" in told or (told == {"unspecified"} and names.own(caption))):
        found |= dict.fromkeys(open_columns, "drug")
    return found


def _figure(text: str, column: Column | None, percent: bool, arm: Arm) -> Figure | None:
    match = _NUMBER.search(text)
    if match is None:
        return None
    sign, number, unit, inner_sign, inner, inner_unit = match.groups()
    label_percent, other_measure, label = _told(column.label if column else "")
    percent = label_percent or (percent and not other_measure)
    if inner is not None and (inner_unit or (percent and not unit and "." not in number)):
        sign, value = inner_sign, float(inner)
    elif unit or percent:
        value = float(number.replace(",", "."))
    else:
        return None
    if value > 100:
        return None
    n = column.n if column else None
    return Figure(unit="%", value=value, relation=_RELATIONS[sign or ""], arm=arm, label=label, n=n)


@lru_cache(maxsize=5_000)
def _told(heading: str) -> tuple[bool, bool, str | None]:
    """Whether a column's heading says percent, whether it tells of something else, and its few words."""
    words = _CLUTTER.sub(" ", heading).split()[:MAX_WORDS]
    return bool(_PERCENT.search(heading)), bool(_OTHER_MEASURE.search(heading)), " ".join(words) or None
