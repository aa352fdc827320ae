"""One passage by itself -> what it says, as plain data (the lines of ``usedfor extract --passages``)."""

from __future__ import annotations

import re
from typing import Any

from usedfor.extraction import contraindications, reactions, uses
from usedfor.vocabulary import Vocabulary

__all__ = ["read_passage"]

REACTIONS = frozenset(("adverse_reactions", "boxed_warning", "warnings_and_cautions", "warnings"))
_LINES = re.compile(r"\n[^\S\n]*\n")  # a blank line: the text keeps its layout


def read_passage(kind: str, text: str, medicine: str | None, vocabulary: Vocabulary) -> dict[str, Any]:
    """The uses, contraindicated conditions and reactions of a passage.

    ``kind`` is an openFDA field name or "sentence". The dictionary has the keys ``uses``, ``contraindicated``
    and ``reactions``, each a list in order of place; ``text[start:end]`` is always the span's text.
    """
    found: dict[str, Any] = {"uses": [], "contraindicated": [], "reactions": []}
    if kind in uses.FIELDS or kind == "sentence":
        style: uses.Style = "sentence" if kind == "sentence" else "lines" if _LINES.search(text) else "label"
        found["uses"] = [_use(text, use, vocabulary) for use in uses.read(text, vocabulary, style)]
    if kind in contraindications.FIELDS:
        found["contraindicated"] = [
            _place(text, one.start, one.end, vocabulary)
            for one in contraindications.read(text, vocabulary)
            if one.kind == "contraindication"
        ]
    if kind in REACTIONS:
        found["reactions"] = [
            _place(text, one.start, one.end, vocabulary) for one in reactions.find(text, kind, vocabulary)
        ]
    return found


def _use(text: str, use: uses.UseFound, vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        **_place(text, use.start, use.end, vocabulary),
        "relation": use.relation,
        "status": use.status,
        "age": use.age,
        "adjunct": use.adjunct,
        "after_failure": use.after_failure,
        "rule": use.rule,
    }


def _place(text: str, start: int, end: int, vocabulary: Vocabulary) -> dict[str, Any]:
    link = vocabulary.conditions.link(text[start:end])
    return {
        "text": text[start:end],
        "start": start,
        "end": end,
        "condition": {"id": link.condition, "name": link.name} if link else None,
    }
