"""Where a text names a condition or purpose: spans from the trained taggers, on exact offsets."""

from __future__ import annotations

from typing import NamedTuple

from usedfor.extraction.features import Encoded, Lexicon, encode
from usedfor.extraction.tagger import Tagger, load
from usedfor.vocabulary import Vocabulary

__all__ = ["Found", "encoded", "find", "spans_of"]


class Found(NamedTuple):
    """A span: the words ``first`` to before ``last``, the characters ``start`` to before ``end``."""

    start: int
    end: int
    first: int
    last: int
    label: str


def encoded(text: str, vocabulary: Vocabulary, lexicon: Lexicon | None = None) -> Encoded:
    """``text`` as the taggers see it. ``lexicon`` stands for the package's own."""
    matches = vocabulary.conditions.places(text)
    made = encode(text, _lexicon() if lexicon is None else lexicon, matches)
    made.matches = matches
    return made


def _lexicon() -> Lexicon:
    return load("lexicon").lexicon


def find(model: str, encoded: Encoded) -> list[Found]:
    """The spans the tagger ``model`` finds, in order; they do not overlap."""
    return spans_of(load(model), encoded)


def spans_of(tagger: Tagger, encoded: Encoded) -> list[Found]:
    """The spans ``tagger`` finds, in order; none crosses the end of a sentence.

    A span is B, I ..., or in models that mark the last word too B, I ..., E, or S alone.
    """
    names = tagger.labels
    starts, ends = encoded.tokens.starts, encoded.tokens.ends
    out: list[Found] = []
    first = -1
    kind = ""
    edges = set(encoded.bounds)
    for i, tag in enumerate([*tagger.tag(encoded), 0]):
        name = names[tag]
        if first >= 0 and (name[0] not in "IE" or name[2:] != kind or i in edges):
            out.append(Found(starts[first], ends[i - 1], first, i, kind))
            first = -1
        if first < 0 and name != "O":
            first, kind = i, name[2:]
    return out
