"""Which design a paper has, by the rules of ``rules/paper_designs.toml``, and how many people it counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import msgspec

from usedfor.extraction.cues import rules
from usedfor.studies import Design, Paper

__all__ = ["design", "sample_size"]

_PLAIN_TYPES = (
    "Journal Article",
    "research-article",
    "English Abstract",
    "Comparative Study",
    "Multicenter Study",
)


_WISHED = re.compile(
    r"[^.]*\b(?:are|is|be|seem) (?:needed|necessary|warranted|required|awaited|indicated)\b[^.]*\.?", re.I
)


class _Rule(msgspec.Struct, frozen=True):
    id: str
    design: Design
    types: frozenset[str]
    no_types: frozenset[str]
    headings: frozenset[str]
    no_headings: frozenset[str]
    patterns: tuple[tuple[str, bool, re.Pattern[str]], ...]  # where, whether it must be there, what


@cache
def _rules() -> tuple[_Rule, ...]:
    made = []
    for one in rules("paper_designs")["rule"]:
        patterns = tuple(
            (name.removeprefix("not_"), not name.startswith("not_"), re.compile(one[name], re.I | re.S))
            for name in ("title", "text", "not_title", "not_text")
            if name in one
        )
        made.append(
            _Rule(
                id=one["id"],
                design=one["design"],
                types=frozenset(one.get("types", ())),
                no_types=frozenset(one.get("no_types", ())),
                headings=frozenset(one.get("headings", ())),
                no_headings=frozenset(one.get("no_headings", ())),
                patterns=patterns,
            )
        )
    return tuple(made)


def design(paper: Paper) -> tuple[Design, str]:
    """The design and the id of the rule that gave it. The last rule takes what no other does.

    >>> from usedfor.studies import Paper
    >>> design(Paper(id="1", title="Sleep after bloxitol: a systematic review"))
    ('systematic_review', 'design.review_title')
    """
    types = set(paper.publication_types)
    headings = {h.descriptor for h in paper.mesh}
    title = paper.title or ""
    # "Randomised trials are needed" says what this study was not.
    whole = f"{title}\n{_WISHED.sub(' ', paper.abstract_text)}"
    texts = {"title": title, "text": whole}
    for rule in _rules():
        if rule.types and types.isdisjoint(rule.types):
            continue
        if not types.isdisjoint(rule.no_types):
            continue
        if rule.headings and headings.isdisjoint(rule.headings):
            continue
        if not headings.isdisjoint(rule.no_headings):
            continue
        if all(
            (pattern.search(texts[where]) is not None) == there for where, there, pattern in rule.patterns
        ):
            return rule.design, rule.id
    raise AssertionError("the last rule has no marks")


@cache
def _sizes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((one["id"], re.compile(one["pattern"], re.I)) for one in rules("paper_samples")["rule"])


@cache
def _numbers() -> dict[str, int]:
    found: dict[str, int] = rules("paper_samples")["numbers"]
    return found


def sample_size(paper: Paper) -> tuple[int | None, str | None]:
    """How many people the abstract counts, and the rule; (None, None) where it does not say."""
    text = paper.abstract_text
    for id, pattern in _sizes():
        for match in pattern.finditer(text):
            number = _number(match["n"])
            if number is not None and number > 1 and not 1900 <= number <= 2035:
                return number, id
    return None, None


def _number(words: str) -> int | None:
    """A number in figures or in words: "1,204", "forty-three", "one hundred and six"."""
    figures = re.sub(r"[,\s\u2009]", "", words)
    if figures.isdecimal():
        return int(figures)
    return _in_words(re.findall(r"[a-z]+", words.lower()))


def _in_words(words: Iterable[str]) -> int | None:
    total, known = 0, _numbers()
    for word in words:
        if word == "hundred":
            total = max(1, total) * 100
        elif word in known:
            total += known[word]
        elif word != "and":
            return None
    return total or None
