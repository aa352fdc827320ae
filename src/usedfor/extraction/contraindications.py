"""Who must not have the medicine: conditions, and apart from them allergies and other medicines."""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_right
from typing import Literal

import msgspec

from usedfor.extraction.borders import parted, preceded
from usedfor.extraction.cues import rules
from usedfor.extraction.features import Encoded
from usedfor.extraction.mentions import Found, encoded, find
from usedfor.extraction.ranges import Areas, Taken, Within
from usedfor.extraction.sieve import Gated
from usedfor.extraction.tokens import words_of
from usedfor.model import Document, Statement, StatementKind
from usedfor.vocabulary import Vocabulary

__all__ = ["FIELDS", "ContraindicationFound", "read", "statements"]

FIELDS = ("contraindications", "do_not_use")
Kind = Literal["contraindication", "contraindicated_allergy", "contraindicated_medicine"]
_EDGE = " \t\r\n,;:.-–—•"
_RELATIVE = {"that", "which", "who", "whose", "when", "such"}  # what begins so was broken off something
_ALLERGIES = frozenset(("hypersensitivity", "sensitivity", "allergy", "known", "or"))  # of themselves none
_ALLERGY = Gated(
    re.compile(
        r"(?:hypersensitiv(?:ity|e)|allerg(?:y|ic)|anaphyla\w+|sensitivity)(?: reactions?)?"
        r"(?: \([^()]{1,60}\))? (?:to|with) (?P<what>[^.;()\[\]•]{3,160})",
        re.I,
    )
)
_MEDICINE = Gated(
    re.compile(
        r"(?:co-?administ(?:ration|ered) (?:of|with)"
        r"|concomitant(?:ly)? (?:use|treatment|administration)? ?(?:of|with)"
        r"|in combination with|concurrent(?:ly)? (?:use|treatment)? ?(?:of|with)|taking|receiving|use with)"
        r" (?P<what>[^.;()\[\]•]{3,120})",
        re.I,
    )
)


class ContraindicationFound(msgspec.Struct, frozen=True):
    """``text[start:end]`` is the condition, what the allergy is to, or the other medicine."""

    start: int
    end: int
    kind: Kind
    rule: str


def read(text: str, vocabulary: Vocabulary) -> list[ContraindicationFound]:
    """What ``text`` (a label's contraindications) names, in order of place, each wording once."""
    seen = encoded(text, vocabulary)
    known: dict[tuple[str, tuple[str, ...]], ContraindicationFound] = {}
    for span in refined(seen, find("contraindications", seen)):
        for start, end in _pieces(seen, span):
            words = words_of(text[start:end])
            if words and words[0] not in _RELATIVE and not _ALLERGIES.issuperset(words):
                one = ContraindicationFound(start, end, "contraindication", _RULE[span.label])
                known.setdefault(("contraindication", words), one)
    for kind, rule, pattern in (
        ("contraindicated_allergy", "contraindication.allergy_to", _ALLERGY),
        ("contraindicated_medicine", "contraindication.given_with", _MEDICINE),
    ):
        for match in pattern.finditer(text):
            start, end = _trimmed(text, *match.span("what"))
            words = words_of(text[start:end])
            if words:
                known.setdefault((kind, words), ContraindicationFound(start, end, kind, rule))  # type: ignore[arg-type]
    found = known.values()
    conditions = sorted(
        ((key[1], one) for key, one in known.items() if key[0] == "contraindication"),
        key=lambda pair: (-len(pair[0]), pair[1].start),
    )
    homes = Within()
    repeated = set()
    for words, one in conditions:
        if homes.home(words) is not None:
            repeated.add((one.start, one.end))
        homes.add(words, one.start)
    return sorted(
        (f for f in found if f.kind != "contraindication" or (f.start, f.end) not in repeated),
        key=lambda f: (f.start, f.end, f.kind),
    )


def _pieces(seen: Encoded, span: Found) -> list[tuple[int, int]]:
    """The stretches of a span that each name a condition, with the words of severity before it."""
    text, patterns = seen.text, _patterns()
    start, end = _trimmed(text, span.start, span.end)
    k = bisect_right(seen.bounds, span.first) - 1
    low = seen.tokens.starts[seen.bounds[k]]
    if patterns["drop"].search(text[max(low, start - _BEFORE) : start]):
        return []
    opening = patterns["opening"].match(text[start:end])
    start = start + opening.end() if opening else preceded(text, low, start)
    if patterns["sentence"].search(text, start, end):
        return []
    cut = patterns["cut"].search(text[start:end])
    if cut and cut.start() > _SHORTEST:
        end = start + cut.start()
    out = []
    for gap in patterns["next"].finditer(text, start, end):
        out.append((start, gap.start()))
        start = gap.end()
    out.append((start, end))
    return [_trimmed(text, *piece) for a, b in out for piece in parted(seen, a, b)]


_BEFORE = 130  # characters before a span that are looked at
_SHORTEST = 3  # characters that a cut leaves at least
_RULE = {"C": "contraindication.tagged", "R": "contraindication.named"}
_ITEM = re.compile(r"[•●▪■◦‣○□➢►;]")  # begins an item of a list
_CLAUSE = re.compile(r"[.;:](?=\s)|[•()\[\]]")
_SHORT = re.compile(r"[A-Z]{2,5}")  # an abbreviation: its long form stands before it
_FUNCTION = frozenset(
    (
        "of",
        "with",
        "in",
        "the",
        "a",
        "an",
        "and",
        "or",
        "to",
        "as",
        "on",
        "any",
        "other",
        "patients",
        "whom",
        "known",
        "suspected",
        "who",
        "have",
        "from",
        "including",
        "for",
        "these",
        "those",
        "women",
        "individuals",
        "has",
        "by",
    )
)


@functools.cache
def _patterns() -> dict[str, Gated]:
    return {
        name: Gated(re.compile("|".join(f"(?:{p})" for p in rule["patterns"]), re.I))
        for name, rule in rules("contraindications").items()
    }


def refined(seen: Encoded, spans: list[Found]) -> list[Found]:
    """``spans`` without the medicine's own effects, and with the conditions a dictionary names behind
    "contraindicated in" (label R) that the tagger left (``rules/contraindications.toml``)."""
    text, tokens, patterns = seen.text, seen.tokens, _patterns()
    kept: list[Found] = []
    zones: list[tuple[int, int]] = []
    edges = [(tokens.starts[a], tokens.ends[b - 1]) for a, b in itertools.pairwise(seen.bounds)]
    for span in spans:
        start = edges[bisect_right(seen.bounds, span.first) - 1][0]
        if not patterns["effect"].search(text[max(start, span.start - 130) : span.start]):
            kept.append(span)
    for start, end in edges:
        for cue in patterns["zone"].finditer(text, start, end):
            stop = patterns["end"].search(text, cue.end(), min(end, cue.end() + 400))
            zones.append((cue.end(), stop.start() if stop else min(end, cue.end() + 400)))
    briefly = Areas(match.span() for match in patterns["summary"].finditer(text))
    first_at = {start: i for i, start in enumerate(tokens.starts)}
    last_at = {end: i + 1 for i, end in enumerate(tokens.ends)}
    taken = Taken(len(text), ((s.start, s.end) for s in kept))
    areas = Areas(zones)
    begins, ends = {s.start for s in kept}, {s.end for s in kept}
    for start, end in seen.matches:
        zone = areas.holding(start, end)
        if zone is None:
            zone = briefly.holding(start, end) or _beside(seen, start, end, begins, ends)
            zone = None if zone is None or _told(text, start, end) else zone
        if zone is None or start not in first_at or end not in last_at:
            continue
        if text[start - 1 : start] == "(" or taken.touches(start, end):
            continue
        if patterns["behind"].match(text, end):
            continue
        item = max(zone[0], start - 400)
        item = max((m.end() for m in _ITEM.finditer(text, item, start)), default=item)
        if patterns["other"].search(text, item, end) or _SHORT.fullmatch(text, start, end):
            continue
        first = first_at[start]
        while first > 0 and tokens.starts[first - 1] >= zone[0] and start - tokens.ends[first - 1] == 1:
            if tokens.lower[first - 1] in _FUNCTION or not tokens.lower[first - 1].isalpha():
                break
            first -= 1
            start = tokens.starts[first]
        taken.add(start, end)
        kept.append(Found(start, end, first, last_at[end], "R"))
    return sorted(kept)


def _told(text: str, start: int, end: int) -> bool:
    """Whether the clause around a name tells what happens, rather than who must not have the medicine."""
    low = max(0, start - _BEFORE)
    low = max((m.end() for m in _CLAUSE.finditer(text, low, start)), default=low)
    stop = _CLAUSE.search(text, end, end + _BEFORE)
    told, high = _patterns()["told"], stop.start() if stop else min(len(text), end + _BEFORE)
    return bool(told.search(text, low, start) or told.search(text, end, high))


def _beside(seen: Encoded, start: int, end: int, begins: set[int], ends: set[int]) -> tuple[int, int] | None:
    """The stretch of a name that "or", "and" or a comma joins to a condition that is known to be meant."""
    text, joint = seen.text, _patterns()["joint"]
    for match in joint.finditer(text, max(0, start - 60), start):
        if match.start() in ends and match.end() == start:
            return match.end(), end
    after = joint.match(text, end)
    return (start, end) if after and after.end() in begins else None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGE:
        start += 1
    while start < end and text[end - 1] in _EDGE:
        end -= 1
    return start, end


def statements(document: Document, medicine: str, vocabulary: Vocabulary) -> list[Statement]:
    """The contraindications of a label: conditions, allergies and other medicines, each wording once."""
    out: list[Statement] = []
    known: set[tuple[str, tuple[str, ...]]] = set()
    for field in FIELDS:
        section = document.section(field)
        if section is None:
            continue
        for found in read(section.text, vocabulary):
            text = section.text[found.start : found.end]
            key = (found.kind, words_of(text))
            if key in known:
                continue
            known.add(key)
            kind: StatementKind = found.kind
            link = vocabulary.conditions.link(text) if found.kind == "contraindication" else None
            out.append(
                Statement(
                    id="",
                    medicine=medicine,
                    kind=kind,
                    text=text,
                    span=document.span(section, found.start, found.end),
                    rule=found.rule,
                    condition=link.condition if link else None,
                )
            )
    return out
