"""A question -> what it asks: which medicine, what about it, which kind of answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import msgspec

from usedfor.answers import focus, intents
from usedfor.answers.features import features
from usedfor.answers.kinds import kind_of
from usedfor.answers.names import Names
from usedfor.answers.types import Asked, Named, Understanding
from usedfor.answers.wording import content, stem, table, tokens

if TYPE_CHECKING:
    from usedfor.answers.intents import Model
    from usedfor.knowledge import Knowledge
    from usedfor.model import Condition
    from usedfor.vocabulary import Vocabulary

__all__ = ["LONGEST", "Reader", "Seen", "is_substance"]

LONGEST = 1000  # characters of a question that are read
_WORDS = 120  # words that are read
_CONDITION = 5  # words of a condition's name
_OFFERS = 4
_SYNONYMS = 12
_SPELT = 6  # letters of a name that may be misspelt
_LONG = 9
_NEAR_SHORT = 85
_NEAR = 80  # of 100 (rapidfuzz ratio): a name of the vocabulary that is offered for one that no list has
_JOINS = frozenset(("and", "with", "or", "from", "before", "mix", "combo", "together", "same", "than"))


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The names and topics in a question."""

    text: str
    words: list[str]
    places: list[tuple[int, int]]
    named: list[Named]
    asked: list[Asked]
    offers: tuple[str, ...]

    def features(self, model: Model) -> list[str]:
        """What its kind is judged by. ``model``: that of the words of a name, for names that no list has."""
        conditions = sum(1 for a in self.asked if a.condition)
        named = self.named
        if not named and self.words:
            named = [
                Named(words="", start=a, end=b, name="", medicines=())
                for a, b in focus.guess(self.words, named, model, fallback=False)[:1]
            ]
        return features(self.text, self.words, named, conditions)


class Reader:
    """Reads questions against one snapshot."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.names = Names.of(knowledge)
        self.spelt = lru_cache(maxsize=4096)(self._spelt)

    @property
    def _vocabulary(self) -> Vocabulary:
        from usedfor.vocabulary import load

        return load()

    def read(self, question: str) -> Understanding:
        """The question, understood; only its first :data:`LONGEST` characters are read."""
        seen = self.look(question)
        text, words, named = seen.text, seen.words, list(seen.named)
        asked = list(seen.asked)
        models = intents.load()
        model = models.focus
        kind = intents.intent(seen.features(model))
        joins = any(w in _JOINS for w in words) or "&" in text
        if (joins or kind in ("interaction", "comparison")) and len(named) == 1 and named[0].here:
            more = self.names.elsewhere(words, self._vocabulary.medicines.find, named)
            if more:
                named = sorted([*named, *more], key=lambda one: one.start)
                asked = self._asked(text, words, named)
        unknown = None
        if not named and words:
            for start, end in focus.guess(words, named, model, fallback=False)[:1]:
                unknown = text[seen.places[start][0] : seen.places[end - 1][1]]
        offers = seen.offers
        calls = focus.called(self.runs(seen, model), models.runs)
        own = [self.names.called.get(id, "") for one in _ordered(named)[:1] for id in one.medicines[:1]]
        calls.sort(key=lambda name: name.lower() in own)  # its plain name is told beside these
        return Understanding(
            question=question,
            words=tuple(words),
            named=tuple(_ordered(named)),
            intent=kind,
            asked=tuple(asked),
            focus=tuple(calls),
            guessed=unknown,
            offers=offers,
            flags=_flags(text),
        )

    def runs(self, seen: Seen, model: Model) -> list[focus.Run]:
        """The runs of words that may be how the question calls its medicine."""
        named = self.everywhere(seen)
        scores = focus.word_scores(seen.words, named, model)
        return focus.runs(seen.text, seen.places, named, scores, self.spelt)

    def everywhere(self, seen: Seen) -> list[Named]:
        """The names in a question, with those of the vocabulary that are not here."""
        taken = {n for one in seen.named for n in range(one.start, one.end)}
        free = (w for n, w in enumerate(seen.words) if n not in taken)
        if not any(content(w) and len(w) > 2 and not kind_of(w) for w in free):
            return seen.named  # every word is accounted for: no need to open the vocabulary
        more = self.names.elsewhere(seen.words, self._vocabulary.medicines.find, seen.named)
        return sorted([*seen.named, *more], key=lambda one: one.start)

    def _spelt(self, words: str) -> str | None:
        """The name that is spelt nearly so, wherever there is one; None for words that are too short."""
        if len(words) < _SPELT:
            return None
        near = self._vocabulary.medicines.near(words, 2)
        least = _NEAR if len(words) >= _LONG else _NEAR_SHORT
        return next((n.name for n in near if n.score >= least and n.name[0] == words[0]), None)

    def look(self, question: str) -> Seen:
        """The names and topics in a question, before it is judged what kind of question it is."""
        text = question[:LONGEST]
        spoken = tokens(text)[:_WORDS]
        words = [w for w, _, _ in spoken]
        named = self.names.find(words)
        offers: tuple[str, ...] = ()
        own = [one for one in named if not is_substance(one)]
        if not own and words:
            named += self.names.elsewhere(words, self._vocabulary.medicines.find, named)
            named.sort(key=lambda one: one.start)
            own = [one for one in named if not is_substance(one)]
            if not any(one.here for one in own):
                named, offers = self._misspelt(words, named, own)
        return Seen(
            text=text,
            words=words,
            places=[(a, b) for _, a, b in spoken],
            named=named,
            asked=self._asked(text, words, named),
            offers=offers,
        )

    def _misspelt(
        self, words: Sequence[str], named: list[Named], own: list[Named]
    ) -> tuple[list[Named], tuple[str, ...]]:
        if own:  # known by name, but not here: nothing that is spelt alike may stand in for it
            return named, ()
        taken = {n for one in named for n in range(one.start, one.end)}
        free = [
            w if n not in taken and (not content(w) or not self._is_condition(w)) else ""
            for n, w in enumerate(words)
        ]
        near = self.names.alike(free)
        sure = self.names.certain(near)
        if sure:
            return sorted([*named, sure], key=lambda one: one.start), ()
        offers = dict.fromkeys(self.names.called[one.medicines[0]] for one, _ in near[:_OFFERS])
        return named, tuple(offers)

    def _is_condition(self, word: str) -> bool:
        return bool(self._knowledge.find_conditions(word))

    def _asked(self, text: str, words: Sequence[str], named: Sequence[Named]) -> list[Asked]:
        """Topics, conditions and other words that name something, in the question's order."""
        taken = {n for one in named if not is_substance(one) for n in range(one.start, one.end)}
        low = text.lower().replace("’", "'")
        found: list[tuple[int, Asked]] = []
        inside: set[int] = set()
        where = [a for _, a, _ in tokens(text)[:_WORDS]]
        for id, spoken in _topics():
            for pattern in spoken:
                match = pattern.search(low)
                if match:
                    at = next((n for n, a in enumerate(where) if a >= match.start()), 0)
                    if at in taken:
                        continue
                    inside.update(n for n, a in enumerate(where) if match.start() <= a < match.end())
                    labels = tuple(table("topics")[id]["label"])
                    found.append((at, Asked(words=_said(id, match.group()), patterns=labels, topic=id)))
                    break
        for pattern, means in _lay():
            match = pattern.search(low)
            if match:
                at = next((n for n, a in enumerate(where) if a >= match.start()), 0)
                here = self._knowledge.find_conditions(means)
                covered = {n for n, a in enumerate(where) if match.start() <= a < match.end()}
                if at not in taken:
                    inside |= covered
                    condition = here[0] if here else None
                    patterns = _patterns(condition, means) if condition else (_open(means),)
                    found.append((at, Asked(words=means, patterns=patterns, condition=condition)))
        at = 0
        while at < len(words):
            step = 1
            if at not in taken:
                for n in range(min(_CONDITION, len(words) - at), 0, -1):
                    if any(k in taken for k in range(at, at + n)):
                        continue
                    part = words[at : at + n]
                    if not content(part[-1]) or at in inside or not _may_begin(part[0]):
                        continue
                    condition = self._condition(" ".join(part), n)
                    if condition:
                        patterns = _patterns(condition, " ".join(part))
                        found.append(
                            (at, Asked(words=" ".join(part), patterns=patterns, condition=condition))
                        )
                        inside.update(range(at, at + n))
                        step = n
                        break
                else:
                    w = words[at]
                    if content(w) and at not in inside and len(w) > 2:
                        found.append((at, Asked(words=w, patterns=(stem(w),))))
            at += step
        return [asked for _, asked in sorted(found, key=lambda f: f[0])]

    def _condition(self, phrase: str, n: int) -> Condition | None:
        if len(phrase) < 3:
            return None
        here = self._knowledge.find_conditions(phrase)
        return here[0] if here else None


def _said(topic: str, words: str) -> str:
    """What a topic is called: weight in the asker's words, the others by their name."""
    return words if topic == "weight" else topic.replace("_", " ")


def _may_begin(word: str) -> bool:
    return content(word) or word in ("high", "low", "old", "big", "strong")


@cache
def _substances() -> frozenset[str]:
    return frozenset(w.strip() for w in str(table("substances")["words"]).split(";"))


def is_substance(one: Named) -> bool:
    """Whether it is something people take beside a medicine, and rarely the medicine they ask about."""
    return one.words in _substances()


def _ordered(named: Sequence[Named]) -> list[Named]:
    """Medicines before mere substances, else as they stand."""
    return sorted(named, key=lambda one: (is_substance(one), one.start))


@cache
def _topics() -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    return tuple((id, tuple(re.compile(p) for p in t["ask"])) for id, t in table("topics").items())


def _flags(text: str) -> frozenset[str]:
    low = text.lower().replace("’", "'")
    return frozenset(id for id, flag in table("flags").items() if any(re.search(p, low) for p in flag["ask"]))


def _patterns(condition: Condition, words: str) -> tuple[str, ...]:
    """Beginnings of words by which labels may name it: its names, the longest ending left open."""
    names = [words, condition.name, condition.lay or "", *condition.names[:_SYNONYMS]]
    found = []
    for name in names:
        if len(name.strip()) > 2:
            found.append(_open(name))
    return tuple(dict.fromkeys(found))


def _open(name: str) -> str:
    """A name with its last word's ending left open."""
    head, _, last = name.lower().strip().rpartition(" ")
    return f"{head} {stem(last)}".strip()


@cache
def _lay() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(row["ask"]), row["means"]) for row in table("lay").values())
