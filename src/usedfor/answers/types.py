"""What a question was understood to ask, and the answer to it."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from usedfor.model import Condition, Medicine, Reference, Sentence

__all__ = ["INTENTS", "Answer", "Asked", "Intent", "Named", "Row", "Table", "Understanding"]

Intent = Literal[
    "use",
    "overview",
    "dose",
    "how_to_take",
    "timing",
    "side_effects",
    "interaction",
    "appearance",
    "mechanism",
    "stopping",
    "ingredients",
    "onset_duration",
    "storage",
    "comparison",
    "contraindication",
    "overdose",
    "alternatives",
    "legal_status",
    "other",
]
INTENTS: tuple[Intent, ...] = get_args(Intent)


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A name in the question. ``start`` and ``end`` count its words; ``medicines`` are those it may mean.

    ``certainty`` is 1 for a name that stands there letter by letter, and lower the more letters differ;
    ``here`` is False for a name of the vocabulary of which no document is in the snapshot.
    """

    words: str
    start: int
    end: int
    name: str
    medicines: tuple[str, ...]
    certainty: float = 1.0
    here: bool = True


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the question asks about besides the medicine: its words, and those that labels have for it."""

    words: str
    patterns: tuple[str, ...]  # lower-case beginnings of words, any of which names it
    condition: Condition | None = None
    topic: str | None = None  # an id of words/topics.toml


class Understanding(msgspec.Struct, frozen=True, kw_only=True):
    """A question, understood."""

    question: str
    words: tuple[str, ...]
    named: tuple[Named, ...]
    intent: Intent
    asked: tuple[Asked, ...] = ()
    focus: tuple[str, ...] = ()  # the names by which the question calls its medicine, best first
    guessed: str | None = None  # words that look like a medicine's name and are none that is known
    offers: tuple[str, ...] = ()  # names that are spelt alike, to be offered
    flags: frozenset[str] = frozenset()  # ids of words/flags.toml

    def topics(self) -> tuple[str, ...]:
        """The topics asked about, in the question's order."""
        return tuple(a.topic for a in self.asked if a.topic)

    def condition(self) -> Condition | None:
        """The condition asked about, the first where there are several."""
        return next((a.condition for a in self.asked if a.condition), None)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a comparison: a cell for each medicine, a sentence or a few words with their references."""

    id: str
    title: str
    cells: tuple[Sentence, ...]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Medicines side by side: their names, and the rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One to five sentences, each fact with its references; or why there is no answer."""

    question: str
    intent: Intent
    answered: bool
    answer: tuple[Sentence, ...]
    references: tuple[Reference, ...]
    medicine: Medicine | None = None
    medicine_names: tuple[str, ...] = ()
    condition: Condition | None = None
    why_not: str | None = None
    offers: tuple[str, ...] = ()  # names to ask again with, where the one in the question is not known
    table: Table | None = None  # where medicines are compared
    rule: str = ""  # what made the answer: "<family>.<way>"
