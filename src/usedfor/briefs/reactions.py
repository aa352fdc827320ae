"""Which adverse reactions a brief names, and in what order."""

from __future__ import annotations

import re
from collections.abc import Iterable

from usedfor.model import Reaction

_LONGEST_REACTION = 7  # words
_FRAGMENT = re.compile(
    r"[<>≥≤=%×*†‡…/]|\d{2,}|^\W|\b(?:and|or|of|the|in|with|to)$|^(?:high|low|other|any|total)$", re.IGNORECASE
)
_ON_DRUG = ("drug", "unspecified")


def ranked_reactions(reactions: Iterable[Reaction]) -> list[Reaction]:
    """Most frequent first (by the figures), then those that most labels name; no repeats."""
    ordered = sorted(
        reactions,
        key=lambda r: (
            -frequency(r),
            -r.labels,
            ordinal(r.evidence[0].statement) if r.evidence else 0,
            r.id,
        ),
    )
    kept: dict[str, Reaction] = {}
    for reaction in ordered:
        if _showable(reaction.text):
            kept.setdefault(reaction.text.casefold().rstrip("s "), reaction)
    return list(kept.values())


def ordinal(statement: str) -> int:
    """The number of a statement in its label: about where the label says it."""
    number = statement.rpartition("#")[2]
    return int(number) if number.isdigit() else 0


def _showable(text: str) -> bool:
    """Whether the words can stand in a sentence: no fragment of a table, no measure, not cut."""
    return len(text.split()) <= _LONGEST_REACTION and not _FRAGMENT.search(text)


def frequency(reaction: Reaction) -> float:
    """The highest per cent of people on the medicine, 0 where no figure is given or placebo had as many."""
    if not reaction.figures:
        return 0.0
    drug = [f.value for f in reaction.figures if f.unit == "%" and f.value is not None and f.arm in _ON_DRUG]
    placebo = [
        f.value for f in reaction.figures if f.unit == "%" and f.value is not None and f.arm == "placebo"
    ]
    if not drug or (placebo and max(placebo) >= max(drug)):
        return 0.0
    return max(drug)
