"""Full-text search within a medicine's documents: the sentences that answer, each an exact span.

A sentence scores by the rare words of the question that stand in it (inverse document frequency within the
sections read, as in BM25 without length normalisation), by the section it stands in and by words that mark
the kind of answer. No index is needed: the few sections that can hold an answer are read on the spot.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from usedfor.answers.types import Asked
from usedfor.answers.wording import table
from usedfor.extraction.sentences import sentences
from usedfor.knowledge.names import name_key
from usedfor.model import Span, quote_hash

if TYPE_CHECKING:
    from usedfor.knowledge import Knowledge

__all__ = ["Found", "Library", "Want"]

_DOCUMENTS = 3  # labels of a medicine that are searched, the newest
_CACHED = 600  # sections kept as sentences
_LONGEST = 48  # words of a quote
_SHORT = 26  # words of a passage that takes in the next sentence
_GOES_ON = frozenset(("dosage_and_administration", "information_for_patients", "spl_medguide", "overdosage"))
_SHORTEST = 4  # words of a sentence that says something
_LIST = re.compile(r":\s*$|\bfollowing\b[^.]*$|\bif you:?\s*$")
_ITEM = re.compile(r"^\s*[•●▪■◦‣○□➢►∙·*–—-]\s*")
_HEADING = re.compile(r"^[\d.]+\s+[A-Z][^.:]*$|^[A-Z0-9 ,/()-]+$")
_LOOSE = re.compile(r"^\s*(?:[\d.]+\s+(?=[A-Z])|[•●▪■◦‣○□➢►∙·*]\s*)+")
_TAIL = re.compile(r"\s*[\[(]\s*(?:see|refer to)\b[^\])]*[\])]?\s*\.?\s*$", re.I)
_CLAUSE = re.compile(r"[;:•●▪■]\s|,\s|\.\s")
_CODES = re.compile(r"(?:\d+(?:\.\d+)?%?\s+){4,}|[{}|]")
_EXPLAINS = re.compile(r"\b[A-Z][A-Za-z]*[A-Z]\w*\s?= ")  # abbreviations below a table
_EQUALS = re.compile(r"\w\s?= ?\w")
_AMOUNTS = re.compile(r"\b\d[\d.,]* ?(?:mg|mcg|g|mL|%)")
_CROSS = re.compile(r"[\[(]\s*\d{1,2}(?:\.\d+)?\s*(?:,\s*\d{1,2}(?:\.\d+)?\s*)*[\])]")
_SHOUT = re.compile(  # a heading in capitals before the sentence
    r"(?:[\d.]+\s+)?(?:[A-Z][A-Z&,/-]+\s+)+"
    r"(?=[A-Z0-9][a-z0-9]|[A-Z]+\d|A |[•●▪]|[A-Z][A-Z-]+ (?:is|are|may|can|should)\b)"
)
_OPENS = r"If (?:a|an|you|the)|The|When|Patients|This|These|There|Because|Each|Do not|Tell|Advise|Most common"
_MORE = re.compile(  # where a sentence ends though no full stop says so
    r"\s[οo]\s+(?=[A-Za-z])|(?<=\?)\s+"
    rf"|(?<=[A-Za-z0-9%.)])\s+(?=(?:{_OPENS})\b)"
    r"|(?<=\.)\s*\(\s*\d+(?:\.\d+)?(?:\s*,\s*\d+(?:\.\d+)?)*\s*\)\s+(?=[A-Z•])"
)
_LEADING = frozenset(
    (
        "overdosage",
        "contraindications",
        "mechanism_of_action",
        "indications_and_usage",
        "do_not_use",
        "purpose",
    )
)


class Sentence(msgspec.Struct, frozen=True):
    """One sentence of a section: ``text[start:end]``, lower-cased beside it."""

    section: str
    start: int
    end: int
    text: str
    low: str
    items: int = 0  # how many items of a list it took in
    nth: int = 0  # its place in the section


class Want(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for: a kind of answer (words/sections.toml), what is asked about, and where."""

    kind: str
    asked: tuple[Asked, ...] = ()
    sections: tuple[str, ...] = ()  # before those of the kind
    needed: bool = False  # whether a sentence must name something that is asked about
    marks: tuple[str, ...] = ()  # more words that mark the answer
    unless: tuple[str, ...] = ()  # words that make it another matter
    least: float = 0.0  # the share of what is asked about (by its rarity) that a sentence must name
    limit: int = 2


class Found(msgspec.Struct, frozen=True):
    """A passage that answers: its span and the words to show, spaces put right."""

    span: Span
    words: str
    score: float
    hits: int


class Library:
    """The documents of one snapshot as sentences."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._texts = lru_cache(maxsize=64)(knowledge.texts)
        self._documents = lru_cache(maxsize=_CACHED)(self._newest)
        self._read = lru_cache(maxsize=_CACHED)(self._sentences)

    @property
    def texts(self) -> bool:
        """Whether the documents' texts are here."""
        return self._knowledge.quotes

    def documents(self, medicine: str, brand: str | None = None) -> list[str]:
        """The newest labels of a medicine; those of a brand (as a key) alone, where there are some."""
        return self._documents(medicine, brand)

    def _newest(self, medicine: str, brand: str | None) -> list[str]:
        if brand is None:
            return list(self._knowledge.newest(medicine, _DOCUMENTS))
        found = sorted(
            self._knowledge.documents_of(medicine), key=lambda d: (d.effective, d.id), reverse=True
        )
        own = [d for d in found if any(p.brand and name_key(p.brand).startswith(brand) for p in d.products)]
        found = own or found
        labels = [d.id for d in found if d.source in ("openfda", "dailymed")]
        return (labels or [d.id for d in found])[:_DOCUMENTS]

    def _sentences(self, document: str, section: str) -> tuple[Sentence, ...]:
        text = self._texts(document).get(section)
        return tuple(_passages(section, text)) if text else ()

    def text(self, document: str, section: str) -> str:
        """A section's text, "" where it is not here."""
        return self._texts(document).get(section) or ""

    def _pool(self, documents: Sequence[str], sections: Sequence[str]) -> Iterable[tuple[str, Sentence]]:
        """The sentences of these sections with their documents, those that an earlier one has left out.

        Labels of one medicine repeat each other, most of them word by word.
        """
        sections_read: set[str] = set()
        sentences_read: set[str] = set()
        for document in documents:
            texts = self._texts(document)
            for section in sections:
                text = texts.get(section)
                if not text or text in sections_read:
                    continue
                sections_read.add(text)
                for s in self._read(document, section):
                    if s.low not in sentences_read:
                        sentences_read.add(s.low)
                        yield document, s

    def search(self, medicine: str, want: Want, brand: str | None = None) -> list[Found]:
        """The passages of the medicine's labels that answer best, in order of score; none that repeats."""
        kind = table("sections").get(want.kind, table("sections")["other"])
        order = list(dict.fromkeys([*want.sections, *kind["sections"]]))
        weight = {name: 1.6 / (1 + 0.22 * n) for n, name in enumerate(order)}
        pool = list(self._pool(self.documents(medicine, brand), order))
        concepts = [_pattern(a.patterns) for a in want.asked]
        marks = [re.compile(p, re.I) for p in kind["marks"]]
        more = [re.compile(p, re.I) for p in want.marks]
        needs = [re.compile(p, re.I) for p in kind.get("need", ())] if not want.needed else []
        unless = [re.compile(re.escape(w)) for w in want.unless]
        hits = [[bool(c.search(s.low)) for c in concepts] for _, s in pool]
        rare = [
            math.log(1 + len(pool) / (1 + sum(row[n] for row in hits)))
            * (1.4 if a.condition or a.topic else 1)
            for n, a in enumerate(want.asked)
        ]
        nowhere = [not any(row[n] for row in hits) for n in range(len(concepts))]
        if not all(nowhere):  # a word that no sentence has says little of those that have the others
            rare = [
                r * (0.25 if none and not a.topic and not a.condition else 1)
                for r, none, a in zip(rare, nowhere, want.asked, strict=True)
            ]
        total = sum(rare) or 1.0
        scored: list[tuple[float, int, str, Sentence, int]] = []
        for rank, ((document, s), row) in enumerate(zip(pool, hits, strict=True)):
            if unless and any(u.search(s.low) for u in unless) and not _clean(s.low, unless, concepts):
                continue
            matched = sum(r for r, hit in zip(rare, row, strict=True) if hit) / total
            if want.needed and (not any(row) or matched < want.least):
                continue
            if needs and not any(n.search(s.text) for n in needs):
                continue
            score = 3.2 * matched + weight[s.section]
            score += 0.3 * min(4, sum(1 for m in marks if m.search(s.text)))
            score += 0.7 * sum(1 for m in more if m.search(s.text))
            if s.section in _LEADING:
                score += 0.5 / (1 + s.nth)
            score -= _poor(s)
            scored.append((score, rank, document, s, sum(row)))
        scored.sort(key=lambda f: (-f[0], f[1]))
        return self._chosen(scored, concepts, want.limit)

    def _chosen(
        self,
        scored: Sequence[tuple[float, int, str, Sentence, int]],
        concepts: Sequence[re.Pattern[str]],
        limit: int,
    ) -> list[Found]:
        found: list[Found] = []
        seen: list[set[str]] = []
        for score, _, document, s, hits in scored[:40]:
            words = set(s.low.split())
            if any(len(words & other) > 0.6 * min(len(words), len(other)) for other in seen):
                continue
            start, end = _cut(s, concepts)
            if end == s.end or s.text[end - s.start :].strip(" .") == "":
                end = self._next(document, s, end)
            text = self._texts(document)[s.section][start:end]
            span = Span(document=document, section=s.section, start=start, end=end, sha256=quote_hash(text))
            found.append(Found(span, " ".join(text.split()), score, hits))
            seen.append(words)
            if len(found) == limit:
                break
        return found

    def _next(self, document: str, s: Sentence, end: int) -> int:
        """Where a short passage ends with the sentence behind it, which often goes on about the same."""
        if s.section not in _GOES_ON or len(s.text.split()) > _SHORT:
            return end
        after = next((o for o in self._read(document, s.section) if o.start >= s.end), None)
        if after is None or after.start - s.end > 2 or after.items or _poor(after) > 0.3:
            return end
        long = len(s.text.split()) + len(after.text.split()) > _LONGEST - 4
        return end if long else after.end


def _clean(low: str, unless: Sequence[re.Pattern[str]], concepts: Sequence[re.Pattern[str]]) -> bool:
    """Whether what is asked about stands there also without the words that make it another matter."""
    for u in unless:
        low = u.sub(" ", low)
    return any(c.search(low) for c in concepts)


@lru_cache(maxsize=2048)
def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    parts = (re.escape(p).replace(r"\ ", r"[\s-]+") for p in sorted(patterns, key=len, reverse=True))
    return re.compile(r"(?<![^\W_])(?:" + "|".join(parts) + ")")


def _passages(section: str, text: str) -> Iterable[Sentence]:
    """The sentences of a section; one that leads a list takes the items in, up to the longest quote."""
    places = [part for place in sentences(text) for part in _parted(text, *place)]
    for n, (start, end) in enumerate(places):
        stop, items = end, 0
        if not _ITEM.match(text[start:end]):
            leads = bool(_LIST.search(text[start:end]))
            for a, b in places[n + 1 :]:
                item = bool(_ITEM.match(text[a:b]))
                if len(text[start:b].split()) > 2 * _LONGEST or not (item or (leads and items == 0)):
                    break
                stop, items = b, items + 1
        start = _begin(section, text, start, stop)
        piece = text[start:stop]
        if len(piece.split()) >= _SHORTEST:
            yield Sentence(section, start, stop, piece, piece.lower(), items, n)


def _parted(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    """A sentence at the breaks that have no full stop."""
    for match in _MORE.finditer(text, start, end):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < end:
        yield start, end


def _begin(section: str, text: str, start: int, end: int) -> int:
    """Where the sentence itself begins: behind bullets, numbers and the section's own heading."""
    lead = _LOOSE.match(text[start:end])
    if lead and lead.end() < end - start:
        start += lead.end()
    shout = _SHOUT.match(text, start, end)
    if shout and shout.end() < end:
        said = {w for w in re.findall(r"[a-z]+", shout.group().lower()) if len(w) > 2}
        if said and said <= set(section.split("_")) | {"drug", "full", "and"}:
            start = shout.end()
    return start


def _poor(s: Sentence) -> float:
    """How much a sentence loses for not being one: headings, tables, references, great length."""
    count = len(s.text.split())
    loss = 0.0
    if count < 7:
        loss += 0.2 if any(c.isdigit() for c in s.text) else 0.7
    if s.text.rstrip().endswith("?"):
        loss += 2.5
    loss += 0.35 * min(2, len(_CROSS.findall(s.text)))
    if count > 60:
        loss += 0.3
    if _HEADING.match(s.text.strip()):
        loss += 2.0
    if _CODES.search(s.text) or len(_AMOUNTS.findall(s.text)) > 4 + s.text.count(","):
        loss += 1.5
    if "NDC" in s.text:
        loss += 0.7
    if _EXPLAINS.search(s.text) or len(_EQUALS.findall(s.text)) > 1:
        loss += 1.5
    if s.text[:1].islower():
        loss += 0.4
    if s.text.count("(see") + s.text.count("[see") > 1:
        loss += 0.3
    return loss


def _cut(s: Sentence, concepts: Sequence[re.Pattern[str]]) -> tuple[int, int]:
    """The part of a long sentence to show: from a clause's beginning, around what is asked about."""
    text = s.text
    tail = _TAIL.search(text)
    end = tail.start() if tail and tail.start() > 20 else len(text)
    words = list(re.finditer(r"\S+", text[:end]))
    if len(words) <= _LONGEST:
        return s.start, s.start + words[-1].end() if words else s.start + end
    at = min((m.start() for c in concepts if (m := c.search(s.low[:end]))), default=0)
    first = 0
    near = next((n for n, w in enumerate(words) if w.end() > at), 0)
    if near > _LONGEST - 12:
        breaks = [m.end() for m in _CLAUSE.finditer(text, 0, at)]
        start_at = next((b for b in reversed(breaks) if at - b > 40), breaks[-1] if breaks else at)
        first = next(n for n, w in enumerate(words) if w.end() > start_at)
    last = min(first + _LONGEST, len(words)) - 1
    stop = words[last].end()
    breaks = [m.start() for m in _CLAUSE.finditer(text, words[max(first, last - 14)].start(), stop)]
    good = [b for b in breaks if b > at + 10]
    if good and last < len(words) - 1:
        stop = good[-1] + (1 if text[good[-1]] == "." else 0)
    return s.start + words[first].start(), s.start + stop
