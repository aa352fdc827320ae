"""Adverse reactions: the strings a label gives, where they stand, how grave and how frequent.

``find`` reads one passage; ``statements`` reads a whole label. Spans come from a trained tagger
(``reactions_model``); what it learned from is documented with ``train_reactions``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from usedfor.extraction import reactions_figures, reactions_tables
from usedfor.extraction.reactions_context import meant, tidy
from usedfor.extraction.reactions_model import tagger
from usedfor.extraction.reactions_tokens import Tokens, dictionary_marks, tokenise
from usedfor.extraction.rulebook import is_short, state
from usedfor.model import Document, Figure, Section, Statement
from usedfor.vocabulary import Vocabulary

__all__ = ["KINDS", "Found", "find", "statements"]

KINDS = {  # openFDA field -> what the tagger calls it
    "adverse_reactions": "a",
    "warnings_and_cautions": "w",
    "warnings": "w",
    "stop_use": "w",
    "when_using": "w",
    "boxed_warning": "b",
}
TABLE = "adverse_reactions_table"
SEVERITIES = ("fatal", "life-threatening", "serious", "severe")  # gravest first
_NOT_BY_ITSELF = frozenset(("fatal", "fatalities", "fatality", "life-threatening", "serious", "severe"))
_LETTERS = re.compile(r"[^\W\d_]{2}")
_ORDER = {field: number for number, field in enumerate((TABLE, *KINDS))}
THRESHOLD = 0.32  # probability from which a string counts as found; chosen by cross-validation over labels


class Found(msgspec.Struct, frozen=True):
    """A reaction: ``text[start:end]`` is its string; ``score`` is its probability."""

    start: int
    end: int
    rule: str
    score: float


def find(text: str, kind: str, vocabulary: Vocabulary) -> list[Found]:
    """The reactions in a passage of ``kind`` (a key of ``KINDS``; any other is read as warnings), in order.

    Each string is given at every place it is found. Linear in the length of ``text``.
    """
    return _find(text, tokenise(text), KINDS.get(kind, "w"), vocabulary)


def _find(text: str, tokens: Tokens, kind: str, vocabulary: Vocabulary) -> list[Found]:
    marks = dictionary_marks(tokens, ((m.start, m.end) for m in vocabulary.conditions.in_text(text)))
    taken: list[tuple[int, int, float]] = []
    for span in tagger().spans(tokens, marks, kind):
        start, end = int(tokens.starts[span.first]), int(tokens.ends[span.last - 1])
        if span.probability < THRESHOLD or not _LETTERS.search(text, start, end):
            continue
        if not taken or start >= taken[-1][1]:
            taken.append((start, end, span.probability))
        elif span.probability > taken[-1][2]:
            taken[-1] = (start, end, span.probability)
    return [
        Found(*tidy(text, start, end, vocabulary), "reaction.tagged", score)
        for start, end, score in meant(text, tokens, taken)
    ]


def statements(document: Document, medicine: str, vocabulary: Vocabulary) -> list[Statement]:
    """The adverse reactions of a label: one statement for each distinct string, at its best place.

    The best place has a figure; after that the list of reactions comes before the warnings. A table's row is
    one place, its figures those of the row; its span lies in the section ``adverse_reactions_table``.
    """
    best: dict[str, tuple[tuple[int, int, int], Section, Found, tuple[Figure, ...]]] = {}
    severities: dict[str, str] = {}
    for order, (section, found, figures, severity) in enumerate(_places(document, medicine, vocabulary)):
        text = section.text[found.start : found.end]
        if not is_short(text):
            continue
        key = " ".join(text.lower().split())
        if key in _NOT_BY_ITSELF:
            continue
        if severity is not None:
            severities[key] = min(severity, severities.get(key, severity), key=SEVERITIES.index)
        rank = (-min(len(figures), 2), _ORDER[section.field], order)
        if key not in best or rank < best[key][0]:
            best[key] = (rank, section, found, figures)
    return [
        state(
            document,
            section,
            found.start,
            found.end,
            medicine=medicine,
            kind="adverse_reaction",
            rule=found.rule,
            condition=_linked(section.text[found.start : found.end], vocabulary),
            severity=severities.get(key),
            figures=figures,
        )
        for key, (_, section, found, figures) in best.items()
    ]


@lru_cache(maxsize=20_000)
def _linked(text: str, vocabulary: Vocabulary) -> str | None:
    link = vocabulary.conditions.link(text)
    return link.condition if link is not None else None


Place = tuple[Section, Found, tuple[Figure, ...], str | None]


def _places(document: Document, medicine: str, vocabulary: Vocabulary) -> Iterator[Place]:
    """Every place of a reaction, field by field."""
    for field in KINDS:
        section = document.section(field)
        if section is None:
            continue
        found = find(section.text, field, vocabulary)
        spans = [(f.start, f.end) for f in found]
        places = reactions_figures.grave_places(section.text)
        for number, one in enumerate(found):
            severity = reactions_figures.severity_around(section.text, one.start, one.end, places)
            yield section, one, reactions_figures.figures_after(section.text, spans, number), severity
    section = document.section(TABLE)
    if section is not None:
        yield from _in_tables(section, reactions_tables.names_of(document, medicine), vocabulary)


def _in_tables(section: Section, names: reactions_tables.Names, vocabulary: Vocabulary) -> Iterator[Place]:
    """The reactions that name rows: the rows are read together as text, each span led back to its row."""
    rows = list(reactions_tables.reaction_rows(section.text, names, vocabulary))
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    for row in rows:
        starts.append(length)
        part = f"{section.text[row.start : row.end]} {' '.join(row.values)}\n"
        parts.append(part)
        length += len(part)
    for found in find("".join(parts), "adverse_reactions", vocabulary):
        number = bisect_right(starts, found.start) - 1
        row = rows[number]
        start = row.start + found.start - starts[number]
        end = row.start + found.end - starts[number]
        if end <= row.end:
            one = Found(start, end, "reaction.table", found.score)
            yield section, one, row.figures, None
