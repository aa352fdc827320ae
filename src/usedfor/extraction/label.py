"""One label -> every statement it makes, numbered, without repeats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from usedfor.extraction import boxed, contraindications, populations, products, reactions, timing, uses
from usedfor.extraction.another import about_another, refuse_another
from usedfor.model import Document, Statement
from usedfor.vocabulary import Vocabulary

__all__ = ["read_label"]

READERS = (uses, contraindications, boxed, reactions, products, timing, populations)


def read_label(document: Document, vocabulary: Vocabulary) -> tuple[Statement, ...]:
    """The statements of ``document``, about the medicine the vocabulary gives it.

    Ids are ``<document id>#<n>`` in the order of section, start, end, kind and text. A statement that differs
    from an earlier one in its place alone, or that repeats its place, kind and text, is dropped. So is a use
    that the text states of another medicine than the label's.

    :raises DocumentError: where the whole text is another medicine's.
    """
    medicine = vocabulary.medicines.of_document(document)
    refuse_another(document, medicine, vocabulary)
    found = [s for reader in READERS for s in reader.statements(document, medicine.id, vocabulary)]
    section = document.section(uses.FIELDS[0])
    others = about_another(document, section.text, medicine, vocabulary) if section else []
    own = [
        s
        for s in found
        if s.kind not in ("indication", "limitation")
        or s.span.section != uses.FIELDS[0]
        or not any(start <= s.span.start < end for start, end in others)
    ]
    return tuple(number(document.id, without_own_uses(own)))


def without_own_uses(statements: Iterable[Statement]) -> Iterator[Statement]:
    """All but the reactions that are what the medicine is given for: mostly the people of its trials.

    A reaction that a table or a figure names, that says it gets worse, or that the label's warnings are about
    stays, though the label lists it as a use (rule ``reaction.own_use``).
    """
    found = list(statements)
    uses = {s.condition for s in found if s.kind == "indication" and s.condition}
    warned = [s for s in found if s.kind in ("boxed_warning", "warning")]
    topics = {s.condition for s in warned if s.condition}
    words = " ; ".join(s.text.lower() for s in warned)
    for statement in found:
        if (
            statement.kind == "adverse_reaction"
            and statement.rule == reactions.TAGGED
            and statement.condition in uses - topics
            and not statement.figures
            and statement.text.lower() not in words
            and not reactions.gets_worse(statement.text)
        ):
            continue
        yield statement


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
