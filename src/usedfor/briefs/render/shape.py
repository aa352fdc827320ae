"""What the forms share: how references are shown, and which parts read better as a list."""

from __future__ import annotations

import re
from collections.abc import Iterable

from usedfor.briefs.naming import brand_words
from usedfor.briefs.places import section_words, source_words
from usedfor.briefs.wording import date_words
from usedfor.model import BriefSection, Reference

NAME = "Used For"
TAGLINE = "Information Services"
LABELS = ("openfda", "dailymed")  # sources whose documents have versions that a reader can look up
_NAME = re.compile(r"[^,(]+?(?= \d|,| \()")


_LISTED = ("approved-uses-", "off-label-uses-", "emerging-uses-", "not-for-", "side-effects-", "precautions-")


def as_list(section: BriefSection) -> bool:
    """Whether the facts of a part stand one to a line."""
    return (section.id.startswith(_LISTED) or section.id == "emerging-uses") and sum(
        s.kind == "fact" for s in section.sentences
    ) > 1


def by_document(references: Iterable[Reference]) -> list[list[Reference]]:
    """The references of each document together, so that its title, date and address stand once."""
    documents: dict[str, list[Reference]] = {}
    for reference in references:
        documents.setdefault(reference.document, []).append(reference)
    return list(documents.values())


def reference_source(reference: Reference) -> str:
    """ "FDA label (openFDA), version 3, 6 July 2026"."""
    version = f", version {reference.version}" if reference.version and reference.source in LABELS else ""
    date = f", {date_words(reference.date)}" if reference.date else ""
    return f"{source_words(reference.source)}{version}{date}"


def document_title(title: str) -> str:
    """The title for a reader: a product's name in capitals is written as names are, the rest stays."""
    title = clean(title)
    name = _NAME.match(title)
    if name is None or not name[0].isupper():
        return title
    return brand_words(name[0]) + title[name.end() :]


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
    """Without control characters: label text must not move a terminal's cursor or turn text around."""
    return "".join(" " if c.isspace() else c for c in text if c.isspace() or c.isprintable())
