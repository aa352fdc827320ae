"""What the label says about groups of people, and about abuse and dependence (``rules/populations.toml``).

Pregnancy, breastfeeding, children, older people, kidney and liver: a rule's cue, in a sentence that speaks of
the group or stands under its heading, gives ``topic`` "<group>.<finding>".
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import daachorse
import msgspec

from usedfor.extraction.ages import nearest_age
from usedfor.extraction.organs import organ_state
from usedfor.extraction.rulebook import MAX_WORDS, CueIndex, find, fold, read_rules, state
from usedfor.extraction.sieve import Gated
from usedfor.model import Document, Figure, Section, Statement

if TYPE_CHECKING:
    from usedfor.vocabulary import Vocabulary

__all__ = ["statements"]

ORGANS = ("kidney", "liver")
_REACH = 200  # characters from a cue in which a sentence under no heading of the group must speak of it
_SPECIFIC = "use_in_specific_populations"
_WORD = re.compile(r"\S+")


class _Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as the file has it; ``set``: of one set, the first that holds for a clause wins."""

    id: str
    means: str
    cues: tuple[str, ...]
    pattern: str
    set: str
    group: str = ""  # empty: read for kidney and liver
    topic: str = ""
    unless: str = ""
    requires: str = ""
    keep: str = ""
    fields: tuple[str, ...] = ()
    needs: str = ""
    near: int = 0  # characters from the cue within which the group's words must stand
    after: int = 0  # characters behind the cue within which a loss of function must stand
    ages: bool = False
    animals: bool = False
    needs_animals: bool = False


class _Book(NamedTuple):
    rules: tuple[_Rule, ...]
    patterns: dict[str, re.Pattern[str]]
    unless: dict[str, re.Pattern[str]]
    requires: dict[str, re.Pattern[str]]
    groups: dict[str, dict[str, Any]]
    words: dict[str, Gated]
    refused: dict[str, Gated]
    fields: dict[str, frozenset[str]]
    order: tuple[str, ...]
    clause: re.Pattern[str]
    animals: Gated
    headed: frozenset[str]


@cache
def _book() -> _Book:
    data = read_rules("populations")
    rules = [msgspec.convert(entry, _Rule) for entry in data["rule"]]
    rules += [msgspec.convert({**entry, "id": f"organ.{entry['id']}"}, _Rule) for entry in data["organ"]]
    groups: dict[str, dict[str, Any]] = data["groups"]
    order: list[str] = []
    for key in ("own", "also"):
        for group in groups.values():
            order += [field for field in group[key] if field not in order]
    states = f"(?P<q>{groups['kidney']['state']}|{groups['liver']['state'].replace('<grade>', '<grade2>')})"

    def compiled(attribute: str) -> dict[str, re.Pattern[str]]:
        found = {rule.id: str(getattr(rule, attribute)) for rule in rules}
        return {id: re.compile(text.replace("STATE", states)) for id, text in found.items() if text}

    return _Book(
        rules=tuple(rules),
        patterns=compiled("pattern"),
        unless=compiled("unless"),
        requires=compiled("requires"),
        groups=groups,
        words={name: Gated(re.compile(group["words"])) for name, group in groups.items()},
        refused={n: Gated(re.compile(g["refused"])) for n, g in groups.items() if "refused" in g},
        fields={name: frozenset((*group["own"], *group["also"])) for name, group in groups.items()},
        order=tuple(order),
        clause=re.compile(data["clause"]),
        animals=Gated(re.compile(data["animals"])),
        headed=frozenset(data["headed"]),
    )


@cache
def _index(field: str) -> CueIndex[_Rule]:
    """The rules that read this field; without headings in it, only beside a word of their group."""
    book = _book()
    rules = [rule for rule in book.rules if _applies(book, rule, field)]
    beside: dict[str, list[str]] = {} if field in book.headed else read_rules("populations")["beside"]
    return CueIndex(rules, beside, lambda rule: [n for n in (rule.group or "organs",) if n in beside])


def _applies(book: _Book, rule: _Rule, field: str) -> bool:
    if rule.fields:
        return field in rule.fields
    return any(field in book.fields[group] for group in ((rule.group,) if rule.group else ORGANS))


@cache
def _headings() -> tuple[daachorse.CharwiseDoubleArrayAhoCorasick, list[str | None]]:
    """The headings as written, and whose each is."""
    words: dict[str, list[str]] = read_rules("populations")["headings"]
    owners = [(word, None if name == "none" else name) for name, all_ in words.items() for word in all_]
    return daachorse.CharwiseDoubleArrayAhoCorasick([w for w, _ in owners]), [name for _, name in owners]


def statements(document: Document, medicine: str, vocabulary: Vocabulary) -> list[Statement]:
    """Population and dependence statements; each topic with its population and ages once a label.

    ``text`` is the cue ("can cause fetal harm"); ``topic`` "pregnancy.fetal_harm", "kidney.adjust" ..., for
    dependence "abuse", "misuse", "dependence", "withdrawal", "tolerance", "none_seen" or "not_studied";
    ``figures`` ages of children, or a creatinine clearance in mL/min; ``population`` who in particular:
    "severe renal impairment".
    """
    book = _book()
    found: list[Statement] = []
    seen: set[tuple[Any, ...]] = set()
    done: set[str] = set()  # rules that say the same wherever they hold need not be read again
    for field in book.order:
        section = document.section(field)
        if section is None:
            continue
        read = _read_before(document, section) if field == _SPECIFIC else ()
        for reading in _read(book, section, done, read):
            if reading.rule.group and not reading.rule.ages:
                done.add(reading.rule.id)
            key = (reading.topic, reading.population, reading.figures)
            if key in seen:
                continue
            seen.add(key)
            found.append(
                state(
                    document,
                    section,
                    reading.start,
                    reading.end,
                    medicine=medicine,
                    kind="dependence" if reading.rule.group == "dependence" else "population",
                    rule=reading.rule.id,
                    topic=reading.topic,
                    population=reading.population,
                    figures=reading.figures,
                )
            )
    return found


def _read_before(document: Document, section: Section) -> list[tuple[int, int]]:
    """The pieces of the section that stand in the label as sections of their own too, and are read there."""
    pieces = []
    for field in ("pregnancy", "pediatric_use", "geriatric_use"):
        own = document.section(field)
        at = section.text.find(own.text) if own and own.text else -1
        if own and at >= 0:
            pieces.append((at, at + len(own.text)))
    return pieces


class _Reading(NamedTuple):
    rule: _Rule
    start: int
    end: int
    topic: str
    population: str | None = None
    figures: tuple[Figure, ...] = ()


def _read(
    book: _Book, section: Section, done: set[str], read: Sequence[tuple[int, int]]
) -> Iterator[_Reading]:
    low = fold(section.text)
    places, blocks = _blocks(book, section)
    for start, end, rules in _index(section.field).sentences(section.text, done, read):
        # a heading within the first half of the sentence ("8.4 Pediatric Use The safety ...") holds for it
        block = blocks[bisect_right(places, start + (end - start) // 2) - 1]
        if block in ORGANS and section.field != _SPECIFIC:
            block = None  # elsewhere such a heading is followed by other matters
        for reading in _read_sentence(book, low[start:end], rules, block):
            yield reading._replace(start=start + reading.start, end=start + reading.end)


def _blocks(book: _Book, section: Section) -> tuple[list[int], list[str | None]]:
    """Where the text begins to speak of which group, by its headings; the field itself speaks of its own."""
    own = [name for name, group in book.groups.items() if section.field in group["own"]]
    found: list[tuple[int, str | None]] = [(0, own[0] if len(own) == 1 else None)]
    if section.field in book.headed:
        text = section.text
        automaton, owners = _headings()
        for start, end, n in find(automaton, text):
            if text[end - 1] != " " or text[end : end + 1].isupper():  # "8.9 Race", not "8.9 to 10"
                found.append((start, owners[n]))
        found.sort(key=lambda f: f[0])
    return [place for place, _ in found], [block for _, block in found]


def _read_sentence(
    book: _Book, sentence: str, rules: tuple[_Rule, ...], block: str | None
) -> Iterator[_Reading]:
    speaks = {"": True, "dependence": True}  # rules for kidney and liver look for themselves
    clauses: list[tuple[int, int]] = []
    animals: bool | None = None
    done: set[tuple[str, str, int]] = set()
    for rule in rules:
        if rule.group not in speaks:
            speaks[rule.group] = block == rule.group or book.words[rule.group].search(sentence) is not None
        if not speaks[rule.group] or not book.patterns[rule.id].search(sentence):
            continue
        if animals is None:
            animals = book.animals.search(sentence) is not None
        if (animals and not rule.animals) or (rule.needs_animals and not animals):
            continue
        clauses = clauses or _clauses(book, sentence)
        whole = rule.group in ("pregnancy", "dependence")
        for number, (low, high) in enumerate([(0, len(sentence))] if whole else clauses):
            match = book.patterns[rule.id].search(sentence, low, high)
            if match is None:
                continue
            if rule.id in book.requires and not book.requires[rule.id].search(sentence, low, high):
                continue
            if rule.id in book.unless and book.unless[rule.id].search(sentence, low, high):
                continue
            for reading in _readings(book, sentence, match, low, high, rule, block):
                key = (reading.topic.partition(".")[0], rule.set, number)
                if key not in done:
                    yield reading
            done.update((group, rule.set, number) for group in ((rule.group,) if rule.group else ORGANS))


def _clauses(book: _Book, sentence: str) -> list[tuple[int, int]]:
    cuts = [0, *(m.start() for m in book.clause.finditer(sentence)), len(sentence)]
    return [(low, high) for low, high in itertools.pairwise(cuts) if high > low]


def _readings(
    book: _Book, sentence: str, match: re.Match[str], low: int, high: int, rule: _Rule, block: str | None
) -> Iterator[_Reading]:
    start, end = match.span("q" if "q" in match.re.groupindex else 0)
    if rule.keep:
        end = start + len(rule.keep)
    end = _shortened(sentence, start, end)
    finding = rule.id.partition(".")[2]
    if not rule.group:
        for group in ORGANS:
            if book.refused[group].search(sentence, low, high):
                continue
            low_edge = match.start() if rule.after else low
            high_edge = min(high, match.end() + rule.after) if rule.after else high
            who = organ_state(
                book.groups[group], group, sentence, (low_edge, high_edge), match.span(), block == group
            )
            if who:
                topic = f"{group}.{rule.topic or finding}"
                yield _Reading(rule, start, end, topic, who.population, who.figures)
        return
    if rule.group != "dependence" and (block != rule.group or rule.needs == "words" or rule.near):
        reach = rule.near or (len(sentence) if block == rule.group else _REACH)
        if not book.words[rule.group].search(sentence, max(0, start - reach), end + reach):
            return
    if rule.group in book.refused and book.refused[rule.group].search(sentence, low, high):
        return
    if rule.id == "pregnancy.category":
        yield _Reading(rule, start, end, f"pregnancy.category_{match['code']}")
        return
    figures: tuple[Figure, ...] = ()
    if rule.ages:
        age = nearest_age(sentence[low:high], end - low)
        figures = (age,) if age else ()
    yield _Reading(rule, start, end, rule.topic or rule.id, None, figures)


def _shortened(text: str, start: int, end: int) -> int:
    """The end of the first eight words between ``start`` and ``end``."""
    for number, word in enumerate(_WORD.finditer(text, start, end), 1):
        end_of_word = word.end()
        if number == MAX_WORDS:
            break
    else:
        return start + len(text[start:end].rstrip())
    return end_of_word
