"""Which kind of claim a sentence makes (words/kinds.toml)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from usedfor.verification.cues import data
from usedfor.verification.results import Kind
from usedfor.verification.units import Unit

__all__ = ["kind_of"]


@cache
def _patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    return tuple(
        (row["id"].rpartition(".")[2], re.compile(row["pattern"], re.I)) for row in data("kinds")["kind"]
    )


@cache
def _use() -> re.Pattern[str]:
    return re.compile(data("kinds")["context"]["use"], re.I)


def kind_of(text: str, units: Sequence[Unit], uses: Collection[str] = ()) -> Kind:
    """The kind of what ``text`` claims; ``uses``: ids of conditions that a label names as uses or limits.

    A word of treating beside a condition, or a condition that is a use of the medicine, makes it a use,
    before how it is given or how it works is asked; another medicine's name makes it an interaction.
    """
    named = {u.id for u in units if u.kind == "condition"}
    about_use = bool(named & set(uses)) or (bool(named) and _use().search(text) is not None)
    other = any(u.kind == "medicine" for u in units)
    for kind, pattern in _patterns():
        if not pattern.search(text):
            continue
        if about_use and (
            kind in ("mechanism", "route")
            or (kind in ("caution", "reaction") and _GUARDED.search(text) is None)
        ):
            return "use"
        if other and kind in ("reaction", "caution", "route", "use"):
            return "interaction"
        return kind
    return "use"


_GUARDED = re.compile(
    r"\b(?:side|warning|caus\w+|should not|not safe|safe(?:ly)?|suitable|avoid|pregnan\w+|risk|reactions?|must not|reported|makes?|worsens?)\b",  # noqa: E501
    re.I,
)
