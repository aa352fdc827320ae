"""What the forms of a report share: names of verdicts and sections, lines and columns."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from usedfor.briefs.wording import table
from usedfor.verification.results import Checked, Cited, Report, Verdict

__all__ = [
    "LEVELS",
    "WORDS",
    "Places",
    "findings",
    "place_words",
    "section_words",
    "summary",
    "without_texts",
]

WORDS: dict[Verdict, str] = {
    "contradicted": "Contradicted",
    "overstated": "Overstated",
    "not_found": "Not found",
    "supported": "Supported",
    "no_claim": "No claim",
}
_WITHOUT = (
    "Only facts are here, not the documents' texts: uses, contraindications, reactions, routes and schedules "
    "are compared, and most other sentences are not found. Build or sync a snapshot with labels for more."
)
LEVELS: dict[Verdict, str] = {"contradicted": "error", "overstated": "warning", "not_found": "note"}


class Places:
    """Lines and columns, counted from 1, of places in a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]

    def at(self, place: int) -> tuple[int, int]:
        """The line and the column of a character."""
        line = max(bisect_right(self._starts, place), 1)
        return line, place - self._starts[line - 1] + 1


def findings(report: Report) -> tuple[Checked, ...]:
    """The sentences that claim something."""
    return tuple(s for s in report.sentences if s.verdict != "no_claim")


def section_words(cited: Cited) -> str:
    """The section a quote stands in, for people."""
    words: str = table("places")["label_sections"].get(
        cited.section, cited.section.replace("_", " ").capitalize()
    )
    return words


def place_words(cited: Cited) -> str:
    """Where a quote stands, for people: the document, the section, the date."""
    return ", ".join(part for part in (cited.title, section_words(cited), cited.date) if part)


def without_texts(report: Report) -> str | None:
    """What to say at the head of a report that was made without the documents' texts, else None."""
    return None if report.quotes else _WITHOUT


def summary(report: Report) -> str:
    """The counts in one line."""
    counts = report.counts
    parts = [f"{counts[v]} {WORDS[v].lower()}" for v in WORDS if v != "no_claim" and counts[v]]
    return ", ".join(parts) or "no claim about a medicine that is known here"
