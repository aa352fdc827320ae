"""What the forms share: how references are shown, and when sentences read better as a list."""

from __future__ import annotations

from collections.abc import Sequence

from usedfor.briefs.places import section_words, source_words
from usedfor.briefs.wording import date_words
from usedfor.model import Reference, Sentence

NAME = "Used For"
TAGLINE = "Information Services"


def as_list(sentences: Sequence[Sentence]) -> bool:
    """Whether short facts that follow one another should stand one to a line."""
    facts = [s for s in sentences if s.kind == "fact"]
    return len(facts) > 2 and all(len(s.text) < 160 for s in facts)


def reference_source(reference: Reference) -> str:
    """ "FDA label (openFDA), version 3, 6 July 2026"."""
    version = f", version {reference.version}" if reference.version else ""
    date = f", {date_words(reference.date)}" if reference.date else ""
    return f"{source_words(reference.source)}{version}{date}"


def reference_place(reference: Reference) -> str:
    """Where in the document the passage stands: "Boxed warning, characters 10 to 40"."""
    return f"{section_words(reference.section)}, characters {reference.start} to {reference.end}"


def safe_url(url: str) -> str:
    """The address if it is an http or https one, else "": a document's address is not trusted."""
    return (
        url
        if url.startswith(("https://", "http://")) and not any(c in url for c in " \"'<>\\\n\r\t`")
        else ""
    )


def as_of_words(as_of: dict[str, str]) -> str:
    """ "labels 6 July 2026" for each source."""
    return "; ".join(f"{source} {date_words(date)}" for source, date in sorted(as_of.items()) if date)


def clean(text: str) -> str:
    """Without control characters: label text must not move a terminal's cursor or hide what follows."""
    return "".join(
        " " if c in "\n\r\t" else c for c in text if c in "\n\r\t" or (c.isprintable() or c == "\u00ad")
    )
