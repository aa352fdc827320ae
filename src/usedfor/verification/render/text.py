"""A report as text: plain lines for a pipe, sentence and evidence side by side for a terminal."""

from __future__ import annotations

import io
from collections.abc import Sequence

from usedfor.verification.render.shape import WORDS, Places, findings, place_words, summary, without_texts
from usedfor.verification.results import Checked, Report

__all__ = ["as_text"]

_STYLE = {"contradicted": "bold red", "overstated": "yellow", "not_found": "cyan", "supported": "green"}
_NARROW = 72  # columns below which nothing stands side by side


def as_text(reports: Sequence[Report], *, width: int = 80, color: bool = False) -> str:
    """Each report's findings in the page's order, then its counts."""
    side = color and width >= _NARROW
    return "\n".join(_side_by_side(r, width) if side else _plain(r) for r in reports)


def _plain(report: Report) -> str:
    places = Places(report.article)
    name = report.name or "article"
    note = without_texts(report)
    out = [f"{name}: {note}", ""] if note else []
    for s in findings(report):
        line, column = places.at(s.start)
        out.append(f"{name}:{line}:{column}: {WORDS[s.verdict].upper()}: {s.text}")
        out.append(f"    {_why(s)}")
        out.extend(f"    - {one}" for one in _claims(s))
        for cited in s.evidence:
            quote = f'"{cited.quote}"' if cited.quote else "(the text is not on this machine)"
            out.append(f"    > {' '.join(quote.split())}")
            out.append(f"      {place_words(cited)}: {cited.url}")
        if s.suggestion:
            out.append(f"    suggestion: {s.suggestion}")
        out.append("")
    about = f" ({', '.join(report.medicines)})" if report.medicines else ""
    dates = ", ".join(f"{what} of {date}" for what, date in sorted(report.as_of.items()))
    out.append(f"{name}{about}: {summary(report)}. Held against {dates}.")
    return "\n".join(out) + "\n"


def _claims(s: Checked) -> list[str]:
    """Each claim of a sentence that makes several, in a line."""
    return [f"{WORDS[c.verdict].lower()}: “{c.text}” ({c.why}) [{c.kind}, {c.rule}]" for c in s.claims]


def _why(s: Checked) -> str:
    until = f" True until the label of {s.until}." if s.until else ""
    return f"{s.why[:1].upper()}{s.why[1:]}.{until} [{s.kind}, {s.rule}]"


def _side_by_side(report: Report, width: int) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    places = Places(report.article)
    table = Table(box=box.SIMPLE_HEAD, show_lines=True, width=width, pad_edge=False)
    table.add_column("The page says", ratio=1)
    table.add_column("The documents say", ratio=1)
    for s in findings(report):
        line, _ = places.at(s.start)
        left = Text.assemble((f"{WORDS[s.verdict]}", _STYLE[s.verdict]), (f"  line {line}\n", "dim"), s.text)
        right = Text(_why(s))
        for one in _claims(s):
            right.append(f"\n- {one}")
        for cited in s.evidence:
            if cited.quote:
                right.append(f"\n“{' '.join(cited.quote.split())}”", "italic")
            right.append(f"\n{place_words(cited)}", "dim")
        if s.suggestion:
            right.append(f"\nSuggestion: {s.suggestion}")
        table.add_row(left, right)
    console = Console(file=io.StringIO(), width=width, force_terminal=True, highlight=False)
    with console.capture() as captured:
        console.print(Text(report.title or report.name or "article", "bold"))
        if note := without_texts(report):
            console.print(Text(note, "italic"))
        console.print(table)
        console.print(summary(report) + ".")
    return captured.get()
