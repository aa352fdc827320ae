"""One label -> every statement it makes, numbered, without repeats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from usedfor.extraction import boxed, contraindications, populations, products, reactions, timing, uses
from usedfor.model import Document, Statement
from usedfor.vocabulary import Vocabulary

__all__ = ["read_label"]

READERS = (uses, contraindications, boxed, reactions, products, timing, populations)


def read_label(document: Document, vocabulary: Vocabulary) -> tuple[Statement, ...]:
    """The statements of ``document``, about the medicine the vocabulary gives it.

    Ids are ``<document id>#<n>`` in the order of section, start, end, kind and text. A statement that differs
    from an earlier one in its place alone, or that repeats its place, kind and text, is dropped.
    """
    medicine = vocabulary.medicines.of_document(document).id
    found = (s for reader in READERS for s in reader.statements(document, medicine, vocabulary))
    return tuple(number(document.id, found))


def number(document: str, statements: Iterable[Statement]) -> Iterator[Statement]:
    """Sort, drop repeats, and give ids."""
    ordered = sorted(
        statements, key=lambda s: (s.span.section, s.span.start, s.span.end, s.kind, s.text, s.rule)
    )
    seen = set()
    n = 0
    for statement in ordered:
        key = (
            *(
                statement.span.section,
                statement.span.start,
                statement.span.end,
                statement.kind,
                statement.text,
            ),
            statement.topic or "",
            statement.population or "",
        )
        if key in seen:
            continue
        seen.add(key)
        n += 1
        yield msgspec.structs.replace(statement, id=f"{document}#{n}")
