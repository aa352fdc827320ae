"""A brief before its references are numbered: sentences that carry spans instead of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from usedfor.model import BriefSection, BriefStudy, Document, Reference, Sentence, Span

REFS_PER_FACT = 3  # a reader checks one or two; more only where a sentence lists several things


class Line(msgspec.Struct):
    """One sentence and the spans it rests on."""

    text: str
    spans: tuple[Span, ...] = ()
    kind: Literal["fact", "advice", "unknown"] = "fact"


class Part(msgspec.Struct):
    """A titled part of the brief."""

    id: str
    title: str
    lines: list[Line] = []
    parts: list[Part] = []
    mark: str | None = None
    studies: tuple[BriefStudy, ...] = ()

    def add(self, *lines: Line | None) -> None:
        """Append the lines that are there."""
        self.lines.extend(line for line in lines if line is not None)


def fact(text: str, spans: Sequence[Span]) -> Line | None:
    """A fact, or None where there is nothing to rest it on: what cannot be cited is not said."""
    return Line(text, tuple(dict.fromkeys(spans))) if spans and text else None


def unknown(text: str) -> Line:
    """What is not known, and why."""
    return Line(text, kind="unknown")


def advice(text: str) -> Line:
    """Whom to ask. Never a dose, never to begin or end a medicine."""
    return Line(text, kind="advice")


class Numbering:
    """Numbers spans in the order of their first use; one number for each distinct span."""

    def __init__(
        self, documents: Callable[[str], Document | None], quote: Callable[[Span], str | None]
    ) -> None:
        self._documents = documents
        self._quote = quote
        self._numbers: dict[Span, int] = {}

    def refs(self, spans: Iterable[Span]) -> tuple[int, ...]:
        """The numbers of these spans, ascending."""
        numbers = self._numbers
        return tuple(sorted({numbers.setdefault(span, len(numbers) + 1) for span in spans}))

    def cited(self) -> tuple[Span, ...]:
        """Every span that has a number, in order."""
        return tuple(self._numbers)

    def sentence(self, line: Line) -> Sentence:
        """The line with numbers for spans."""
        return Sentence(text=line.text, kind=line.kind, refs=self.refs(line.spans))

    def sentences(self, lines: Iterable[Line]) -> tuple[Sentence, ...]:
        """Each line with numbers for spans."""
        return tuple(self.sentence(line) for line in lines)

    def section(self, part: Part) -> BriefSection:
        """The part and the parts within it, numbered in reading order."""
        return BriefSection(
            id=part.id,
            title=part.title,
            sentences=self.sentences(part.lines),
            sections=tuple(self.section(inner) for inner in part.parts),
            mark=part.mark,
            studies=part.studies,
        )

    def references(self) -> Iterator[Reference]:
        """Every span cited so far, in the order of its number."""
        for span, n in self._numbers.items():
            document = self._documents(span.document)
            section = document.section(span.section) if document else None
            yield Reference(
                n=n,
                source=document.source if document else "openfda",
                document=span.document,
                version=document.version if document else "",
                date=document.effective if document else "",
                title=document.title if document else "",
                section=span.section,
                start=span.start,
                end=span.end,
                sha256=span.sha256,
                url=document.url if document else "",
                loinc=section.loinc if section else None,
                quote=self._quote(span),
            )
