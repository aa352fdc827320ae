"""What look-ups give."""

from __future__ import annotations

import msgspec

from usedfor.model import Medicine


class Mention(msgspec.Struct, frozen=True):
    """A name in running text: ``text[start:end]``; ``id`` of the medicine or condition; ``name`` as the
    text has it."""

    start: int
    end: int
    id: str
    name: str


class Near(msgspec.Struct, frozen=True):
    """A name that is spelt like the one asked for. ``score`` is 0 to 100 (rapidfuzz ratio)."""

    name: str
    medicine: Medicine
    score: float


class Link(msgspec.Struct, frozen=True):
    """A condition that a phrase means. ``name`` is the condition's; ``reason`` says how it was found,
    ``rule`` by which rule; ``score`` is 1.0 for an exact name and lower the more was set aside."""

    condition: str
    name: str
    reason: str
    rule: str
    score: float

    @property
    def id(self) -> str:
        """The condition's id."""
        return self.condition
