"""A report in the forms people and code hosts read: text, side by side in a terminal, HTML, JSON, SARIF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from usedfor.verification.results import Report

__all__ = ["Format", "render"]

Format = Literal["text", "json", "html", "sarif"]


def render(
    reports: Sequence[Report], format: Format = "text", *, width: int = 80, color: bool = False
) -> str:
    """Reports as "text" (side by side and in colour where ``color``), "json", "html" (one page) or
    "sarif"."""
    if format == "json":
        from usedfor.verification.render.rows import as_json

        rows = [as_json(report) for report in reports]
        found = rows[0] if len(rows) == 1 else {"schema": "usedfor.check-pages/1", "pages": rows}
        return msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n"
    if format == "sarif":
        from usedfor.verification.render.sarif import as_sarif

        return msgspec.json.format(msgspec.json.encode(as_sarif(reports)), indent=1).decode() + "\n"
    if format == "html":
        from usedfor.verification.render.html import as_html

        return as_html(reports)
    from usedfor.verification.render.text import as_text

    return as_text(reports, width=width, color=color)
