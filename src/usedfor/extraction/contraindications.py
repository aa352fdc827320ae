"""Who must not have the medicine: conditions, and apart from them allergies and other medicines."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from usedfor.extraction.mentions import encoded, find
from usedfor.extraction.tokens import within, words_of
from usedfor.model import Document, Statement, StatementKind
from usedfor.vocabulary import Vocabulary

__all__ = ["FIELDS", "ContraindicationFound", "read", "statements"]

FIELDS = ("contraindications", "do_not_use")
Kind = Literal["contraindication", "contraindicated_allergy", "contraindicated_medicine"]
_EDGE = " \t\r\n,;:.-–—•"
_ALLERGY = re.compile(
    r"(?:hypersensitiv(?:ity|e)|allerg(?:y|ic)|anaphyla\w+|sensitivity)(?: reactions?)?(?: \([^()]{1,60}\))?"
    r" (?:to|with) (?P<what>[^.;()\[\]•]{3,160})",
    re.I,
)
_MEDICINE = re.compile(
    r"(?:co-?administ(?:ration|ered) (?:of|with)|concomitant(?:ly)? (?:use|treatment|administration)? ?(?:of|with)"
    r"|in combination with|concurrent(?:ly)? (?:use|treatment)? ?(?:of|with)|taking|receiving|use with)"
    r" (?P<what>[^.;()\[\]•]{3,120})",
    re.I,
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
    for span in find("contraindications", seen):
        start, end = _trimmed(text, span.start, span.end)
        words = words_of(text[start:end])
        if words:
            one = ContraindicationFound(start, end, "contraindication", "contraindication.tagged")
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
    conditions = [(key[1], one) for key, one in known.items() if key[0] == "contraindication"]
    repeated = {
        (one.start, one.end)
        for words, one in conditions
        if any(len(more) > len(words) and within(words, more) for more, _ in conditions)
    }
    return sorted(
        (f for f in found if f.kind != "contraindication" or (f.start, f.end) not in repeated),
        key=lambda f: (f.start, f.end, f.kind),
    )


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
