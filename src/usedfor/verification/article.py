"""An article -> its sentences, each with its place in the file and the medicine it speaks of.

A sentence that names no medicine speaks of the one before it ("it", "the drug", or no word at all), else of
the heading's, else of the page's. Two medicines whose names are taken for each other (esketamine, ketamine)
are kept apart: each sentence's own name counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from usedfor.extraction.sentences import sentences
from usedfor.verification.reading import Article
from usedfor.vocabulary import Mention

__all__ = ["Line", "lines", "main_medicine", "placed"]

Mentions = Callable[[str], tuple[Mention, ...]]
Places = Callable[[int, int], tuple[int, int]]  # places in a sentence's text -> places in the file
_WORD = re.compile(r"\S+")
_LONGEST = 2_000  # characters of a sentence; what is longer is a list that lost its line ends


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence. ``context`` is the question or the heading it stands under, "" where there is none."""

    text: str
    start: int
    end: int
    kind: str  # of its block
    medicine: str | None  # Medicine.id
    named: bool  # whether the sentence itself names it
    context: str
    block: int = 0
    place: Places | None = field(default=None, compare=False)
    alone: bool = False  # a passage judged for itself, its medicine told beside it


def main_medicine(article: Article, mentions: Mentions, known: Callable[[str], bool]) -> str | None:
    """The medicine the page is about: one that its title names, else the one most often named."""
    for mention in mentions(article.title):
        if known(mention.id):
            return mention.id
    counts: Counter[str] = Counter()
    for block in article.blocks[:2_000]:
        weight = 3 if block.kind == "heading" else 1
        for mention in mentions(block.text[:_LONGEST]):
            counts[mention.id] += weight
    for id_, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        if known(id_):
            return id_
    return None


def lines(
    article: Article,
    mentions: Mentions,
    known: Callable[[str], bool],
    main: str | None,
    given: bool = False,
) -> Iterator[Line]:
    """Every sentence of the article in order, headings too. ``given``: the reader said which medicine."""
    current = main
    heading = question = ""
    for number, block in enumerate(article.blocks):
        text = block.text
        if block.kind == "heading":
            heading, question = " ".join(text.split()), ""
            own = [m.id for m in mentions(text[:_LONGEST]) if known(m.id)]
            current = _choose(own, main, given) or main
        for low, high in _pieces(text):
            sentence = text[low:high]
            start, end = block.place(low, high)
            found = [m.id for m in mentions(sentence) if known(m.id)] if block.kind != "heading" else []
            own_id = _choose(found, current or main, given)
            if own_id is not None:
                current = own_id
            context = question or heading
            plain = " ".join(sentence.split())
            yield Line(
                plain,
                start,
                end,
                block.kind,
                current,
                own_id is not None,
                context,
                number,
                partial(_placed, sentence, low, block.place),
            )
            if plain.endswith("?"):
                question = plain
        if block.kind not in ("heading", "item", "cell") and not text.rstrip().endswith("?"):
            question = ""


def placed(sentence: str, start: int, end: int) -> tuple[int, int]:
    """Places in a text with its white space drawn together -> places in the text as it was."""
    words = list(_WORD.finditer(sentence))
    at: list[int] = []
    for n, word in enumerate(words):
        if n:
            at.append(words[n - 1].end())  # the blank before it
        at.extend(range(word.start(), word.end()))
    at.append(words[-1].end() if words else 0)
    return at[start], at[max(end - 1, start)] + 1 if end > start else at[start]


def _placed(sentence: str, low: int, place: Places, start: int, end: int) -> tuple[int, int]:
    first, last = placed(sentence, start, end)
    return place(low + first, low + last)


def _choose(found: list[str], current: str | None, given: bool) -> str | None:
    """Of the medicines a sentence names, the one it speaks of: the present one, else the first."""
    if not found:
        return None
    if current in found:
        return current
    return found[0] if not given else None


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    for start, end in sentences(text):
        while end - start > _LONGEST:
            cut = text.rfind(" ", start, start + _LONGEST)
            cut = cut if cut > start else start + _LONGEST
            if text[start:cut].strip():
                yield start, cut
            start = cut
            while start < end and text[start].isspace():
                start += 1
        if start < end:
            yield start, end
