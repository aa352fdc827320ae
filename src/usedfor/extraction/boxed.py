"""What boxed warnings are about, and the headings of Warnings and Precautions.

Topics are found by the rules of ``rules/boxed.toml``: in the heading of a boxed warning where it names them,
else in its sub-headings and sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from usedfor.extraction.reactions_tables import names_of
from usedfor.extraction.rulebook import MAX_WORDS, fold, is_short, read_rules, state
from usedfor.extraction.sieve import Sieve
from usedfor.model import Document, Section, Statement
from usedfor.vocabulary import Vocabulary

__all__ = ["Topic", "heading_end", "statements", "sub_headings", "topics"]

_VAGUE = frozenset(("serious_toxicity", "specialist_supervision", "mortality", "medication_errors"))
_HEADING_REACH = 600  # characters: no heading of a boxed warning is longer
_BODY_REACH = 6_000
_SHORT = 200  # characters of a heading that is worth remembering
_WORD = re.compile(r"[^\s]+")
_LETTERS = re.compile(r"[^\W\d_]")
_START = re.compile(r"\s*(?:boxed\s+)?war(?:n|i|in)ings?(?:\s+section)?\b[\s:.\-–—]*", re.I)
_NUMBERED = re.compile(r"(?<![\w.(])(\d{1,2}\.\d{1,2})\.?\s{1,12}(?=[A-Z0-9])")
_REFERENCE = re.compile(r"(?:[(\[,;/]|\band|\bsee|\bsections?|\bto|\bor|\bin|\btables?|\bfigures?)\s*$", re.I)
_TITLE_WORD = re.compile(r"[(\[“\"']{0,2}[A-Z0-9≥<>‑-]")
_OLD_REACH = 60_000
_BEGINS = re.compile(r"(?:^|[.:)\]])\s*(?=[A-Z])")
_ALONE = re.compile(r"[.:]?\s+(?:[A-Z]|$)|:")


class Topic(NamedTuple):
    """A topic's code and its own words, ``text[start:end]``."""

    start: int
    end: int
    code: str


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """A pattern per topic, in the order of the rules; for text in lower case, which is quicker to search."""
    return tuple(
        (rule["id"], re.compile(rf"\b(?:{'|'.join(rule['words'])})\b"))
        for rule in read_rules("boxed")["topic"]
    )


@cache
def _words(name: str) -> frozenset[str]:
    """A list of words of the rules."""
    return frozenset(read_rules("boxed")["words"][name])


@cache
def _any() -> re.Pattern[str]:
    """All topics in one pattern, to ask whether words begin with one."""
    return re.compile("|".join(rf"(?:{pattern.pattern})" for _, pattern in _patterns()))


@cache
def _sieve() -> Sieve:
    """The patterns of the topics, by number."""
    return Sieve({str(number): pattern for number, (_, pattern) in enumerate(_patterns())})


def _plain(text: str) -> str:
    """The text with plain hyphens and spaces, every character at its place."""
    return re.sub(r"\s", " ", re.sub(r"[‐‑‒–—]", "-", text))


def topics(text: str, start: int = 0, end: int | None = None) -> list[Topic]:
    """The topics named in ``text[start:end]``, in order, none overlapping, each wording once."""
    piece = fold(_plain(text[start:end]))
    told = _topics_of_heading(piece) if len(piece) <= _SHORT else _topics(piece)
    return [Topic(start + topic.start, start + topic.end, topic.code) for topic in told]


@lru_cache(maxsize=20_000)
def _topics_of_heading(plain: str) -> tuple[Topic, ...]:
    """:func:`_topics`; headings come again from label to label."""
    return _topics(plain)


def _topics(plain: str) -> tuple[Topic, ...]:
    """The topics of a text in lower case with plain hyphens and spaces."""
    passing = _sieve().passing(plain)
    found = [
        Topic(m.start(), m.end(), code)
        for number, (code, pattern) in enumerate(_patterns())
        if str(number) in passing
        for m in pattern.finditer(plain)
        if m.end() > m.start()
    ]
    found.sort(key=lambda t: t.start - t.end)  # the longest first; the order of the rules stays
    taken = bytearray(len(plain))
    kept = []
    for topic in found:
        if not any(taken[topic.start : topic.end]):
            taken[topic.start : topic.end] = b"\1" * (topic.end - topic.start)
            kept.append(topic)
    first: dict[tuple[str, str], Topic] = {}
    for topic in sorted(kept):
        first.setdefault((topic.code, plain[topic.start : topic.end]), topic)
    return tuple(first.values())


def heading_end(text: str, start: int) -> int:
    """Where the heading in capitals that begins at ``start`` ends; ``start`` where there is none."""
    end = last = previous = start
    for word in _WORD.finditer(text, start, min(len(text), start + _HEADING_REACH)):
        letters = "".join(_LETTERS.findall(word[0]))
        if not letters or (letters.islower() and letters in _words("connectors")):
            continue
        if letters.isupper() and (len(letters) > 1 or word[0][0] == letters):
            previous, last, end = last, word.start(), word.end()
            continue
        if letters.islower() and end > start:  # a name that begins the first sentence is no heading
            end = len(text[start:last].rstrip()) + start if last > previous else end
        break
    return end if len(_LETTERS.findall(text[start:end])) > 3 else start


def _aside(text: str, place: int) -> bool:
    """Whether ``place`` stands within brackets that open shortly before."""
    before = text[max(0, place - 80) : place]
    return before.rfind("[") > before.rfind("]") or before.rfind("(") > before.rfind(")")


def _boxed(text: str) -> list[Topic]:
    """The topics of a boxed warning."""
    opening = _START.match(text)
    start = opening.end() if opening else 0
    end = heading_end(text, start)
    found = topics(text, start, end) if end > start else []
    if any(t.code not in _VAGUE for t in found):
        return found
    body = [t for t in topics(text[: start + _BODY_REACH], end) if not _aside(text, t.start)]
    titled = [t for t in body if text[t.start].isupper()]
    first: dict[str, Topic] = {}
    for topic in titled or body[:2]:
        if topic.code not in {t.code for t in found}:
            first.setdefault(topic.code, topic)
    clear = any(code not in _VAGUE for code in first)
    return sorted([*(t for t in found if not (clear and t.code == "serious_toxicity")), *first.values()])


def _words_of(text: str, topic: Topic) -> tuple[int, int]:
    """The topic's words, no more than may ship."""
    words = list(_WORD.finditer(text, topic.start, topic.end))
    return topic.start, words[min(len(words), MAX_WORDS) - 1].end()


def sub_headings(text: str) -> Iterator[tuple[int, int]]:
    """The numbered sub-headings of Warnings and Precautions ("5.1 Hepatotoxicity"), without the number.

    Numbers must count up under one chapter. A heading on one line with its text ends before the sentence's
    first word.
    """
    chapter, last = "", 0
    for match in _NUMBERED.finditer(text):
        major, minor = match[1].split(".")
        if (chapter and major != chapter) or not last < int(minor) <= last + 3:
            continue
        if _REFERENCE.search(text, max(0, match.start() - 12), match.start()):
            continue
        start, end = match.end(), _title_end(text, match.end())
        if end > start:
            chapter, last = major, int(minor)
            yield start, end


def _title_end(text: str, start: int) -> int:
    """The end of a title at ``start``: capitalised words, small words between them; a line break ends it."""
    line = text.find("\n", start, start + 200)
    limit = min(len(text), start + 200) if line < 0 else line
    words = list(_WORD.finditer(text, start, limit))
    count = 0
    closed = line >= 0 or limit == len(text)
    for word in words:
        bare = word[0].strip("()[],;:.")
        if "[" in word[0] or word[0] == "•" or (count and bare in _words("openers")):
            closed = True
            break
        if not (_TITLE_WORD.match(word[0]) or bare in _words("small")):
            closed = False
            break
        count += 1
        again = word[0].lower().rstrip(",") == words[0][0].lower().rstrip(",") and count > 1
        if word[0][-1] in ".:" or again:
            closed = not again
            break
    while count and words[count - 1][0].strip("()[],;:") in _words("small"):
        count -= 1
    if not closed and count > 1:  # the first word of the sentence that follows
        count -= 1
        while count and words[count - 1][0].strip("()[],;:") in _words("small"):
            count -= 1
    if not count:
        return start
    end = words[count - 1].end()
    while end > start and text[end - 1] in ".,:;([ ":
        end -= 1
    return end


def _plain_headings(text: str) -> Iterator[tuple[int, int]]:
    """Unnumbered headings of older labels: a topic's words by themselves, between two sentences."""
    plain = _plain(text[:_OLD_REACH])
    low = fold(plain)
    for begin in _BEGINS.finditer(plain):
        named = _any().match(low, begin.end())
        if named and _ALONE.match(text, named.end()):
            yield named.start(), named.end()


def statements(document: Document, medicine: str, vocabulary: Vocabulary) -> list[Statement]:
    """The topics of the boxed warning, and the sub-headings of Warnings and Precautions."""
    out: list[Statement] = []
    boxed = document.section("boxed_warning")
    if boxed is not None:
        for topic in _boxed(boxed.text):
            start, end = _words_of(boxed.text, topic)
            out.append(
                state(
                    document,
                    boxed,
                    start,
                    end,
                    medicine=medicine,
                    kind="boxed_warning",
                    rule=f"boxed.{topic.code}",
                    topic=topic.code,
                )
            )
    for field in ("warnings_and_cautions", "warnings", "precautions"):
        section = document.section(field)
        if section is not None:
            out += _warnings(document, section, medicine)
    return out


_TAIL = re.compile(r"\s+(?:[Tt]reatment [Ww]ith|[Aa]dministration [Oo]f|[Uu]se [Oo]f)$")


def _without_name(text: str, start: int, end: int, names: frozenset[str]) -> int:
    """Where a heading ends when the next sentence's subject, the medicine, ran into it."""
    words = [(m.start() + start, m.end() + start) for m in re.finditer(r"\S+", text[start:end])]
    said = [text[first:last].lower().strip("®™") for first, last in words]
    common = _common()
    kept = len(words)
    while kept > 1 and (said[kept - 1] in names or said[kept - 1] in common):
        kept -= 1
    if not names.intersection(said[kept:]):
        return end
    tail = _TAIL.search(text, start, words[kept - 1][1])
    if tail is not None and tail.start() > start:
        return tail.start()
    return end if said[kept - 1] in _words("bound") else words[kept - 1][1]


@cache
def _common() -> frozenset[str]:
    """Words of product names that say nothing of the medicine; "with" ties it to what stands before."""
    return frozenset(read_rules("reactions")["common_words"]) - _words("bound")


def _warnings(document: Document, section: Section, medicine: str) -> Iterator[Statement]:
    seen: set[str] = set()
    known = names_of(document, medicine)
    names = frozenset({*known.brands, *(word for part in known.parts for word in part)})
    numbered = list(sub_headings(section.text))
    for start, end in numbered or _plain_headings(section.text):
        named = [t for t in topics(section.text, start, end) if t.code not in _VAGUE]
        if not is_short(section.text[start:end]):
            if not named:
                continue
            start, end = _words_of(section.text, named[0])
        end = _without_name(section.text, start, end, names)
        text = section.text[start:end].lower()
        if text in seen or text in _words("no_warning") or not _LETTERS.search(text):
            continue
        seen.add(text)
        yield state(
            document,
            section,
            start,
            end,
            medicine=medicine,
            kind="warning",
            rule="warning.heading" if numbered else "warning.topic",
            topic=named[0].code if named else None,
        )
