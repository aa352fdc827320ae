"""What the snapshot holds of a medicine, as far as a claim asks for it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Facts"]


@dataclass(slots=True)
class Facts:
    """What the snapshot holds of the medicine, as far as a sentence asks for it."""

    schedule: int | None = None  # 2 to 5; None: no document says
    uncontrolled: bool = False  # a document says that it is no controlled substance
    approved: float = 0.0  # share of the claim's conditions that a label lists as a use
    limited: float = 0.0  # ... that a label says it is not for
    contraindicated: float = 0.0
    reaction: float = 0.0  # ... that are known reactions
    withdrawn: float = 0.0  # 1: an earlier label listed it, the current ones do not
    routes: frozenset[str] = frozenset()  # FDA routes of administration of its products, lower case
