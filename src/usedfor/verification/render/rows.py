"""Reports as plain data: the rows of INTERFACES (Check)."""

from __future__ import annotations

from typing import Any

import msgspec

from usedfor.verification.results import Checked, Report

__all__ = ["as_json", "as_row"]


def as_row(sentence: Checked) -> dict[str, Any]:
    """One sentence as INTERFACES has it, with its claims and, where there are any, suggestion and dates."""
    row: dict[str, Any] = msgspec.to_builtins(sentence)
    for name in ("until", "suggestion"):
        if row[name] is None:
            del row[name]
    if not row["attributed"]:
        del row["attributed"]
    if len(row["claims"]) < 2:
        del row["claims"]
    return row


def as_json(report: Report) -> dict[str, Any]:
    """A whole report: what it was held against, the counts and every sentence."""
    return {
        "schema": "usedfor.check/1",
        "name": report.name,
        "title": report.title,
        "form": report.form,
        "medicines": list(report.medicines),
        "as_of": report.as_of,
        "quotes": report.quotes,
        "counts": report.counts,
        "sentences": [as_row(sentence) for sentence in report.sentences],
    }
