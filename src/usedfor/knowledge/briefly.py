"""Facts ship, sentences do not: a label's words cut to a few, for the starter.

A span stays whole and keeps its hash, so that the quote can be had and checked once the documents are there.
"""

from __future__ import annotations

import re

import msgspec

from usedfor.knowledge.tables import TABLES, Row
from usedfor.model import Figure, quote_hash

__all__ = ["MOST_WORDS", "cut", "cut_row"]

MOST_WORDS = 8
_WORD = re.compile(r"(?:\w-)*\w+")  # "N-" and "5-" in a chemical's name are no words of their own
_figures = msgspec.json.Decoder(list[Figure]).decode
_STATEMENTS = TABLES["statements"].names
_TEXT, _HASH = _STATEMENTS.index("text"), _STATEMENTS.index("sha256")


def cut(text: str) -> str:
    """The text, or its first eight words and " …" where it has more.

    >>> cut("as an adjunct to diet and exercise to improve glycaemic control")
    'as an adjunct to diet and exercise to …'
    """
    for count, word in enumerate(_WORD.finditer(text), 1):
        if count == MOST_WORDS:
            end = word.end()
        elif count > MOST_WORDS:
            return text[:end] + " …"
    return text


def cut_row(table: str, row: Row) -> Row:
    """The row with every column that can hold a label's own sentences cut."""
    values = list(row)
    for place, column in enumerate(TABLES[table].columns):
        value = values[place]
        if not isinstance(value, str):
            continue
        if column.label:
            short = cut(value)
            if table == "statements" and place == _TEXT and short != value and values[_HASH] is None:
                values[_HASH] = bytes.fromhex(quote_hash(value))
            values[place] = short
        elif column.name == "figures":
            figures = [
                msgspec.structs.replace(f, label=cut(f.label)) if f.label else f for f in _figures(value)
            ]
            values[place] = msgspec.json.encode(figures).decode()
    return tuple(values)
