"""The conditions for which a trial tests what it tests, in the record's own words.

The rules and their reasons stand in ``rules/trial_conditions.toml``. What only describes the people of a
study ("in men with diabetes") is no use of what they are given.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from usedfor.extraction.cues import rules
from usedfor.studies import TestedCondition, Trial
from usedfor.vocabulary import Mention, Vocabulary

__all__ = ["is_tumour", "tested_conditions"]

_UP = 3  # steps to common ancestors within which two conditions are of one kind
_STEM = 6  # letters that an adjective shares with its noun: "hypertensive", "hypertension"
_MOST = 4  # conditions that are taken from a title
_WORD = re.compile(r"[^\W_]+")
_WEAK = frozenset(
    ("of", "the", "a", "an", "and", "or", "in", "with", "due", "to", "by", "disease", "disorder", "syndrome",
     "stage", "type", "patients")
)  # fmt: skip
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")


@cache
def _pattern(id: str) -> re.Pattern[str]:
    for rule in rules("trial_conditions")["rule"]:
        if rule["id"] == id:
            return re.compile(rule["pattern"], re.I)
    raise KeyError(id)


def is_tumour(text: str) -> bool:
    """Whether the words name a tumour."""
    return _pattern("trial_condition.tumours").search(text) is not None


def tested_conditions(trial: Trial, vocabulary: Vocabulary) -> tuple[TestedCondition, ...]:
    """The conditions of the record that are tested for, in its order; else words of the title or summary."""
    return _Tested(trial, vocabulary).found()


class _Tested:
    """One trial, with what its titles and its aim name."""

    def __init__(self, trial: Trial, vocabulary: Vocabulary) -> None:
        self.trial = trial
        self.vocabulary = vocabulary
        self.titles = [text for text in (trial.title, trial.official_title) if text]
        self.ids = [_link(text, vocabulary) for text in trial.conditions]

    def found(self) -> tuple[TestedCondition, ...]:
        kept = [
            n
            for n, text in enumerate(self.trial.conditions)
            if not _pattern("trial_condition.people").search(text)
            and not (_pattern("trial_condition.none").search(text) and self.ids[n] is None)
        ]
        if not kept:
            return self._from_text()
        if len(kept) > 1:
            kept = self._without_population(kept)
        starts, at = [], 0
        for text in self.trial.conditions:
            starts.append(at)
            at += len(text) + 1
        return tuple(
            self._condition(
                self.trial.conditions[n], "conditions", starts[n], "trial_condition.listed", self.ids[n]
            )
            for n in kept
        )

    def _condition(self, text: str, section: str, start: int, rule: str, id: str | None) -> TestedCondition:
        condition = self.vocabulary.conditions.get(id) if id else None
        return TestedCondition(
            text=text,
            section=section,
            start=start,
            end=start + len(text),
            rule=rule,
            condition=id,
            name=condition.name if condition else None,
        )

    def _without_population(self, kept: list[int]) -> list[int]:
        outside, inside = set(), set()
        for title in self.titles:
            match = _pattern("trial_condition.population").search(title)
            cut = match.start() if match else len(title)
            outside |= {n for n in kept if self._named(n, title[:cut])}
            inside |= {n for n in kept if self._named(n, title[cut:])}
        people = inside - outside
        text = " ".join(self.titles)
        adjectives = {
            m["adjective"].lower()[:_STEM] for m in _pattern("trial_condition.adjective").finditer(text)
        }
        named = {n for n in kept if self._named(n, text)}
        people |= {
            n
            for n in kept
            if n not in named and any(word[:_STEM] in adjectives for word in _words(self.trial.conditions[n]))
        }
        rest = outside or (named - people)
        return [n for n in kept if n not in people or not rest or any(self._related(n, k) for k in rest)]

    def _named(self, n: int, text: str) -> bool:
        """Whether a text names a condition of the list: by its words, or by a name of the same or a narrower
        concept."""
        words = set(_words(self.trial.conditions[n]))
        if words and words <= set(_words(text)):
            return True
        id = self.ids[n]
        return id is not None and any(
            id == mention or id in _above(mention, self.vocabulary)
            for mention in _mentions(text, self.vocabulary)
        )

    def _related(self, n: int, k: int) -> bool:
        """Whether two conditions share a word, or are of one kind; unknown ones are not told apart."""
        if set(_words(self.trial.conditions[n])) & set(_words(self.trial.conditions[k])):
            return True
        if all(is_tumour(self.trial.conditions[i]) for i in (n, k)):
            return True
        one, other = self.ids[n], self.ids[k]
        if one is None or other is None:
            return True
        return bool(_above(one, self.vocabulary) & _above(other, self.vocabulary))

    def _mentioned(self, text: str, most: int) -> list[Mention]:
        """The first conditions a text names; those of the people only where it names no other."""
        match = _pattern("trial_condition.population").search(text)
        cut = match.start() if match else len(text)
        found: dict[str, Mention] = {}
        for mention in self.vocabulary.conditions.in_text(text):
            if not _pattern("trial_condition.setting").search(mention.name):
                found.setdefault(mention.id, mention)
        outside = [m for m in found.values() if m.start < cut]
        return (outside or list(found.values()))[:most]

    def _from_text(self) -> tuple[TestedCondition, ...]:
        for section, text in (("title", self.trial.title), ("summary", self.trial.summary)):
            mentions = self._mentioned(text or "", most=_MOST if section == "title" else 1)
            if mentions:
                return tuple(
                    self._condition(
                        (text or "")[m.start : m.end], section, m.start, "trial_condition.text", m.id
                    )
                    for m in mentions
                )
        for section, text in (("title", self.trial.title), ("summary", self.trial.summary)):
            for match in _pattern("trial_condition.text").finditer(text or ""):
                group = "found" if match["found"] else "also"
                words, start = match[group], match.start(group)
                if len(words.split()) > 1 and not _pattern("trial_condition.people").search(words):
                    return (
                        self._condition(
                            words, section, start, "trial_condition.text", _link(words, self.vocabulary)
                        ),
                    )
        return ()


@lru_cache(maxsize=20_000)
def _link(text: str, vocabulary: Vocabulary) -> str | None:
    found = vocabulary.conditions.link(text) or vocabulary.conditions.link(_BRACKETS.sub("", text))
    return found.condition if found else None


@lru_cache(maxsize=2_000)
def _mentions(text: str, vocabulary: Vocabulary) -> frozenset[str]:
    return frozenset(mention.id for mention in vocabulary.conditions.in_text(text))


@lru_cache(maxsize=20_000)
def _above(id: str, vocabulary: Vocabulary) -> frozenset[str]:
    """The concept and those up to ``_UP`` steps above it, the broadest left out."""
    out, level = {id}, {id}
    for _ in range(_UP):
        level = {
            parent
            for one in level
            if (condition := vocabulary.conditions.get(one)) is not None
            for parent in condition.parents
        }
        out |= level
    return frozenset(one for one in out if one == id or one not in _broad(vocabulary))


@cache
def _broad(vocabulary: Vocabulary) -> frozenset[str]:
    """Concepts without a parent, and their children: too broad to make two conditions related."""
    conditions = vocabulary.conditions
    parents = {id: one.parents for id in conditions.ids() if (one := conditions.get(id)) is not None}
    roots = {id for id, above in parents.items() if not above}
    return frozenset(roots | {id for id, above in parents.items() if roots & set(above)})


@lru_cache(maxsize=5_000)
def _words(text: str) -> tuple[str, ...]:
    from usedfor.vocabulary.text import singular

    return tuple(
        dict.fromkeys(singular(w) for w in _WORD.findall(_BRACKETS.sub("", text).lower()) if w not in _WEAK)
    )
