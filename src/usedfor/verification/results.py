"""What checking gives: a verdict for each sentence, resting on a rule and on places in documents."""

from __future__ import annotations

from typing import Literal

import msgspec

from usedfor.model import SourceName

__all__ = ["KINDS", "VERDICTS", "Checked", "Cited", "Claim", "Kind", "Report", "Verdict"]

Verdict = Literal["supported", "contradicted", "overstated", "not_found", "no_claim"]
Kind = Literal[
    "use", "approval", "caution", "reaction", "route", "mechanism", "schedule", "onset", "interaction"
]
VERDICTS: tuple[Verdict, ...] = (
    "contradicted",
    "overstated",
    "not_found",
    "supported",
    "no_claim",
)  # worst first
KINDS: tuple[Kind, ...] = (
    "use", "approval", "caution", "reaction", "route", "mechanism", "schedule", "onset", "interaction",
)  # fmt: skip


class _Result(msgspec.Struct, frozen=True, kw_only=True):
    """Base: frozen, keyword only."""


class Cited(_Result, frozen=True, kw_only=True):
    """A place in a document. ``quote`` is None while the document's text is not on this machine.

    ``start`` and ``end`` are code points of the section's text; ``sha256`` is the quote's.
    """

    document: str
    section: str
    start: int
    end: int
    quote: str | None
    url: str
    sha256: str = ""
    source: SourceName = "openfda"
    title: str = ""
    date: str = ""  # ISO date of the document's version


class Claim(_Result, frozen=True, kw_only=True):
    """One claim within a sentence. ``start`` and ``end`` are places in the sentence's own text;
    ``file_start`` and ``file_end`` are code points of the file as it was given, mark-up included."""

    kind: Kind
    text: str
    start: int
    end: int
    verdict: Verdict
    rule: str
    why: str
    evidence: tuple[Cited, ...] = ()
    file_start: int = 0
    file_end: int = 0


class Checked(_Result, frozen=True, kw_only=True):
    """A sentence and what became of it.

    ``start`` and ``end`` are code points of the file as it was given, mark-up included; ``text`` is the
    sentence as a reader sees it. The verdict is the worst of its claims'.
    """

    id: str
    text: str
    start: int
    end: int
    verdict: Verdict
    kind: Kind | None
    medicine: str | None  # the medicine's name
    rule: str
    why: str
    evidence: tuple[Cited, ...] = ()
    claims: tuple[Claim, ...] = ()
    attributed: bool = False  # the page reports what others say
    until: str | None = None  # a past date up to which it was true
    suggestion: str | None = None
    block: int = 0  # number of the paragraph, heading, item or cell it stands in
    role: str = "paragraph"  # what that is


class Report(_Result, frozen=True, kw_only=True):
    """An article and the verdict on each of its sentences, in order.

    ``article`` is the text as it was given; the sentences' places are places in it.
    """

    name: str
    title: str
    form: Literal["text", "markdown", "html"]
    medicines: tuple[str, ...]
    as_of: dict[str, str]
    sentences: tuple[Checked, ...]
    article: str = ""
    quotes: bool = True  # whether the documents' texts are here; without them only facts are compared

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many sentences have each verdict, the worst first."""
        return {v: sum(s.verdict == v for s in self.sentences) for v in VERDICTS}
