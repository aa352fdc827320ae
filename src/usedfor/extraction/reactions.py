"""Adverse reactions: the strings a label gives, where they stand, how grave and how frequent.

``find`` reads one passage; ``statements`` reads a whole label. Spans come from a trained tagger
(``reactions_model``); what it learned from is documented with ``train_reactions``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate

import msgspec

from usedfor.extraction import reactions_figures, reactions_tables
from usedfor.extraction.reactions_context import meant, pieces
from usedfor.extraction.reactions_model import Scored, tagger
from usedfor.extraction.reactions_tokens import Ints, Tokens, dictionary_marks, tokenise
from usedfor.extraction.rulebook import is_short, read_rules, state
from usedfor.extraction.runs import parts
from usedfor.model import Document, Figure, Section, Statement
from usedfor.vocabulary import Vocabulary

__all__ = ["KINDS", "TAGGED", "Found", "find", "gets_worse", "statements"]

KINDS = {  # openFDA field -> what the tagger calls it
    "adverse_reactions": "a",
    "warnings_and_cautions": "w",
    "warnings": "w",
    "stop_use": "w",
    "when_using": "w",
    "boxed_warning": "b",
}
SURE = 0.5  # from which a statement is made; a wrong one is worse than none
TABLE = "adverse_reactions_table"
TAGGED = "reaction.tagged"
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
    return _find([(text, kind)], vocabulary)[0]


def _find(passages: Sequence[tuple[str, str]], vocabulary: Vocabulary) -> list[list[Found]]:
    """:func:`find` of several passages (text, kind), read together."""
    read: list[tuple[Tokens, Ints, str]] = []
    for text, kind in passages:
        tokens = tokenise(text)
        marks = dictionary_marks(tokens, vocabulary.conditions.places(text))
        read.append((tokens, marks, KINDS.get(kind, "w")))
    scored = tagger().spans_of(read, THRESHOLD)
    return [
        _chosen(text, tokens, spans, vocabulary)
        for (text, _), (tokens, _, _), spans in zip(passages, read, scored, strict=True)
    ]


def _chosen(text: str, tokens: Tokens, spans: Sequence[Scored], vocabulary: Vocabulary) -> list[Found]:
    """Of spans that overlap the likelier; without those that are set aside."""
    if not spans:
        return []
    taken: list[tuple[int, int, float]] = []
    starts = tokens.starts[[span.first for span in spans]].tolist()
    ends = tokens.ends[[span.last - 1 for span in spans]].tolist()
    for span, start, end in zip(spans, starts, ends, strict=True):
        if not _LETTERS.search(text, start, end):
            continue
        if not taken or start >= taken[-1][1]:
            taken.append((start, end, span.probability))
        elif span.probability > taken[-1][2]:
            taken[-1] = (start, end, span.probability)
    return [
        Found(first, last, TAGGED, score)
        for start, end, score in meant(text, tokens, taken)
        for first, last in pieces(text, start, end, vocabulary)
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
        if key in _NOT_BY_ITSELF or key in _measures():
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


@cache
def _measures() -> frozenset[str]:
    """What is measured, or a part of the body: no reaction without a word on how it changed."""
    return frozenset(read_rules("reactions")["measures"]["words"])


@cache
def _worse() -> re.Pattern[str]:
    return re.compile("|".join(read_rules("reactions")["worse"]["words"]), re.I)


def gets_worse(text: str) -> bool:
    """Whether a reaction's words say that what was there before gets worse or comes back."""
    return _worse().search(text) is not None


@lru_cache(maxsize=20_000)
def _linked(text: str, vocabulary: Vocabulary) -> str | None:
    link = vocabulary.conditions.link(text)
    return link.condition if link is not None else None


Place = tuple[Section, Found, tuple[Figure, ...], str | None]


def _places(document: Document, medicine: str, vocabulary: Vocabulary) -> Iterator[Place]:
    """Every place of a reaction, field by field; the texts are read together."""
    sections = [section for field in KINDS if (section := document.section(field)) is not None]
    passages = [(section.text, section.field) for section in sections]
    table = document.section(TABLE)
    rows: list[reactions_tables.ReactionRow] = []
    if table is not None:
        names = reactions_tables.names_of(document, medicine)
        rows = list(reactions_tables.reaction_rows(table.text, names, vocabulary))
        passages.append(("".join(_as_text(table, row) for row in rows), "adverse_reactions"))
    found = _find(passages, vocabulary)
    for section, spans in zip(sections, found, strict=False):
        places = reactions_figures.grave_places(section.text)
        spans = [one for one in spans if one.score >= SURE]
        if document.product_type == "otc":
            spans = [
                msgspec.structs.replace(one, start=start, end=end)
                for one in spans
                for start, end in parts(section.text, one.start, one.end, vocabulary)
            ]
        bounds = [(one.start, one.end) for one in spans]
        for number, one in enumerate(spans):
            severity = reactions_figures.severity_around(section.text, one.start, one.end, places)
            yield section, one, reactions_figures.figures_after(section.text, bounds, number), severity
    if table is not None:
        yield from _in_tables(table, rows, found[-1])


def _as_text(section: Section, row: reactions_tables.ReactionRow) -> str:
    """A table's row as labels lay it out in text."""
    return "    ".join((section.text[row.start : row.end], *row.values)) + "\n"


def _in_tables(
    section: Section, rows: Sequence[reactions_tables.ReactionRow], spans: Sequence[Found]
) -> Iterator[Place]:
    """The reactions that name rows, each led back from the rows' text to its row."""
    starts = [0, *accumulate(len(_as_text(section, row)) for row in rows)]
    for found in spans:
        number = bisect_right(starts, found.start) - 1
        row = rows[number]
        start = row.start + found.start - starts[number]
        end = row.start + found.end - starts[number]
        if end <= row.end:
            yield section, Found(start, end, "reaction.table", found.score), row.figures, None
