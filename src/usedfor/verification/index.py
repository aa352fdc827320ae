"""The sentences of one document, ready to be asked which of them speak of what a claim speaks of."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, cast

from usedfor.extraction.sentences import sentences
from usedfor.model import Document, Statement
from usedfor.verification.cues import has
from usedfor.verification.figures import Amount, ages, amounts, intervals
from usedfor.verification.lexicon import Token, stems, tokens

__all__ = ["Index", "Passage"]

_SKIPPED = frozenset(
    (
        "openfda", "spl_product_data_elements", "package_label_principal_display_panel", "references", "how_supplied",  # noqa: E501
        "recent_major_changes", "storage_and_handling", "carcinogenesis_and_mutagenesis_and_impairment_of_fertility",  # noqa: E501
        "nonclinical_toxicology", "animal_pharmacology_and_or_toxicology",
    )
)  # fmt: skip
_HEADING = re.compile(r"[\d.\s]*[A-Z][A-Z ,&/()-]{2,80}")  # says nothing by itself
_DOSING = ("dosage_and_administration", "indications_and_usage")
_LEAD_REACH = 1_500  # characters over which a sentence that ends in a colon leads those behind it


class Passage:
    """One sentence of a document. ``lead`` is the sentence with a colon that leads its list, or None."""

    __slots__ = ("_memo", "document", "end", "lead", "n", "section", "start", "stems", "text")

    def __init__(
        self, n: int, document: Document, section: str, start: int, end: int, text: str, found: frozenset[str]
    ) -> None:
        self.n = n
        self.document = document
        self.section = section
        self.start = start
        self.end = end
        self.text = text
        self.stems = found
        self.lead: Passage | None = None
        self._memo: dict[str, Any] = {}

    def says(self, name: str) -> bool:
        """Whether a cue for sentences (words/cues.toml) stands in it; looked for once."""
        found = self._memo.get(name)
        if found is None:
            found = self._memo[name] = has("passage", name, self.text)
        return bool(found)

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """Its amounts; read once."""
        found = self._memo.get("amounts")
        if found is None:
            found = self._memo["amounts"] = amounts(self.text)
        return cast(tuple[Amount, ...], found)

    @property
    def ages(self) -> tuple[tuple[float, int, int], ...]:
        """Its ages; read once."""
        found = self._memo.get("ages")
        if found is None:
            found = self._memo["ages"] = ages(self.text)
        return cast(tuple[tuple[float, int, int], ...], found)

    def in_order(self, phrase: tuple[str, ...]) -> bool:
        """Whether each figure of the phrase stands behind the word it belongs to, small words aside."""
        words = self._memo.get("words")
        if words is None:
            words = self._memo["words"] = stems(self.text)
        pairs = list(pairwise(phrase))
        bound = [pair for pair in pairs if pair[1][0].isdigit()] or [p for p in pairs if p[0][0].isdigit()]
        near = frozenset(pairwise(words))
        return all(pair in near for pair in bound)

    @property
    def places(self) -> dict[str, tuple[int, int]]:
        """Where each stem stands first; read once."""
        found = self._memo.get("places")
        if found is None:
            found = {}
            for one, start, end in tokens(self.text):
                found.setdefault(one, (start, end))
            self._memo["places"] = found
        return cast(dict[str, tuple[int, int]], found)


class Index:
    """All sentences of a document that speak to a reader, with the sentences each stem stands in.

    Where the document's text is not here, the words of what was read from it take its place.
    """

    def __init__(
        self, document: Document, texts: Mapping[str, str], statements: Sequence[Statement] = ()
    ) -> None:
        self.document = document
        self.passages: list[Passage] = []
        self.postings: dict[str, list[int]] = {}
        self.texts = texts
        self.memo: dict[object, Passage | None] = {}  # what was looked for in the whole document
        if texts:
            for section, text in texts.items():
                if section not in _SKIPPED and not section.endswith("_table"):
                    self._section(section, text)
        else:
            for statement in statements:
                if statement.span.document == document.id:
                    self._passage(
                        statement.span.section, statement.span.start, statement.text, tokens(statement.text)
                    )

    def _section(self, section: str, text: str) -> None:
        spans = sentences(text)
        words = tokens(text)
        starts = [start for _, start, _ in words]
        lead: Passage | None = None
        for start, end in spans:
            first, last = bisect_right(starts, start - 1), bisect_right(starts, end - 1)
            if first == last or (section != "boxed_warning" and _HEADING.fullmatch(text, start, end)):
                continue
            passage = self._passage(section, start, text[start:end], words[first:last])
            if lead is not None and start - lead.end < _LEAD_REACH:
                passage.lead = lead
            if passage.text.endswith(":"):
                lead = passage
            elif passage.text[:1].isdigit() and "." in passage.text[:5]:  # a numbered heading ends a list
                lead = None
                passage.lead = None

    def _passage(self, section: str, start: int, text: str, words: Sequence[Token]) -> Passage:
        found = frozenset(stem for stem, _, _ in words)
        n = len(self.passages)
        passage = Passage(n, self.document, section, start, start + len(text), text, found)
        self.passages.append(passage)
        for one in found:
            self.postings.setdefault(one, []).append(n)
        return passage

    @cached_property
    def intervals(self) -> tuple[float, ...]:
        """How often it is given, in hours, as the sentences on dosing have it; sorted."""
        found: set[float] = set()
        for section in _DOSING:
            for n in self.by_section(section):
                found.update(intervals(self.passages[n].text))
        return tuple(sorted(found))

    @cached_property
    def _sections(self) -> dict[str, list[int]]:
        by: dict[str, list[int]] = {}
        for passage in self.passages:
            by.setdefault(passage.section, []).append(passage.n)
        return by

    def by_section(self, section: str) -> Sequence[int]:
        """The numbers of a section's sentences, in order."""
        return self._sections.get(section, ())

    @cached_property
    def rarest(self) -> float:
        """The weight of a word that stands nowhere in the document."""
        return math.log(len(self.passages) + 2) if self.passages else 1.0

    def holding(self, phrase: tuple[str, ...]) -> Sequence[int]:
        """The sentences that hold every stem of a phrase, in order."""
        found_all = self._holding(phrase)
        if len(phrase) > 1 and any(part[0].isdigit() for part in phrase):
            # "type 1": the figure must stand by its word, not anywhere in the sentence
            return [n for n in found_all if self.passages[n].in_order(phrase)]
        return found_all

    def _holding(self, phrase: tuple[str, ...]) -> Sequence[int]:
        lists = [self.postings.get(stem) for stem in phrase]
        if not lists or any(found is None for found in lists):
            return ()
        ordered = sorted((found for found in lists if found is not None), key=len)
        if len(ordered) == 1:
            return ordered[0]
        kept = set(ordered[0])
        for more in ordered[1:]:
            kept.intersection_update(more)
        return sorted(kept)
