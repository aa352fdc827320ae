"""The Answer as JSON and as text for a terminal (INTERFACES: Ask)."""

from __future__ import annotations

from typing import Any

from usedfor.answers.types import Answer, Table
from usedfor.answers.wording import say
from usedfor.briefs.render.json import reference, sentences

__all__ = ["to_dict", "to_text"]

_TITLE = 14  # characters of a row's title on a line


def to_dict(answer: Answer, id: Any = None) -> dict[str, Any]:
    """The answer as plain dictionaries and lists; ``id`` is the asker's own."""
    medicine, condition = answer.medicine, answer.condition
    return {
        "id": id,
        "question": answer.question,
        "medicine": medicine.name if medicine else None,
        "medicine_names": list(answer.medicine_names),
        "intent": answer.intent,
        "condition": {"id": condition.id, "name": condition.name} if condition else None,
        "answered": answer.answered,
        "answer": sentences(answer.answer),
        "references": [reference(r) for r in answer.references],
        "why_not": answer.why_not,
        "offers": list(answer.offers),
        "table": _table(answer.table) if answer.table else None,
        "rule": answer.rule,
    }


def _table(table: Table) -> dict[str, Any]:
    rows = [{"id": r.id, "title": r.title, "cells": sentences(r.cells)} for r in table.rows]
    return {"columns": list(table.columns), "rows": rows}


def to_text(answer: Answer, width: int = 80) -> str:
    """The sentences with numbers of references, then the references; ends in a line break."""
    from textwrap import fill

    lines = []
    for s in answer.answer:
        marks = "".join(f"[{n}]" for n in s.refs)
        lines.append(fill(f"{s.text} {marks}".strip(), width))
    if answer.why_not and not answer.answer:
        lines.append(fill(answer.why_not, width))
    if answer.table:
        lines += ["", *_columns(answer.table, width)]
    if answer.references:
        lines += ["", say("page.references")]
        for r in answer.references:
            dated = f"{r.title}, {r.date}" if r.date else r.title
            place = f"[{r.n}] {dated}, {r.section} {r.start}-{r.end}. {r.url}"
            lines.append(fill(place, width, subsequent_indent="    ", break_long_words=False))
    return "\n".join(lines) + "\n"


def _columns(table: Table, width: int) -> list[str]:
    """The table in columns of equal width, beside the titles of its rows."""
    from textwrap import wrap

    first = max(len(word) for row in table.rows for word in wrap(row.title, _TITLE)) if table.rows else 0
    each = (width - first - 2 * len(table.columns)) // len(table.columns)
    lines = []
    for title, cells in [
        ("", list(table.columns)),
        *(
            (r.title, [f"{c.text} {''.join(f'[{n}]' for n in c.refs)}".strip() for c in r.cells])
            for r in table.rows
        ),
    ]:
        parts = [wrap(title, _TITLE), *(wrap(cell, each) for cell in cells)]
        for n in range(max(map(len, parts))):
            row = [(part[n] if n < len(part) else "") for part in parts]
            lines.append("  ".join([row[0].ljust(first), *(x.ljust(each) for x in row[1:])]).rstrip())
        lines.append("")
    return lines[:-1]
