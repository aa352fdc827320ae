"""A paper as a :class:`~usedfor.model.Document`: what spans and citations count in."""

from __future__ import annotations

from usedfor.model import Document, Section
from usedfor.sources.common import content_hash
from usedfor.studies import Paper

__all__ = ["ABSTRACT", "BODY", "TITLE", "paper_document"]

TITLE, ABSTRACT, BODY = "title", "abstract", "body"


def paper_document(paper: Paper, *, body: bool = False) -> Document:
    """The document of a paper with the sections "abstract" and "title", and "body" where it is asked for.

    The abstract's own sections stand as ``LABEL: text``, parted by line ends. ``effective`` is the date of
    publication, as exact as it is known, "" where it is not.
    """
    texts = {TITLE: paper.title, ABSTRACT: paper.abstract_text}
    if body:
        texts[BODY] = "\n".join(f"{s.label}: {s.text}" if s.label else s.text for s in paper.sections)
    sections = tuple(Section(field=name, text=text) for name in sorted(texts) if (text := texts[name]))
    return Document(
        id=paper.id,
        set_id=paper.id,
        version=str(paper.version),
        source=paper.source,
        title=paper.title or paper.id,
        effective=paper.date or "",
        sections=sections,
        sha256=content_hash(sections),
        url=paper.url,
    )
