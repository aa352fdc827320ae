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


def kind_of(
    text: str, units: Sequence[Unit], uses: Collection[str] = (), reactions: Collection[str] = ()
) -> Kind:
    """The kind of what ``text`` claims; ``uses``: ids of conditions that a label names as uses or limits.

    A word of treating beside a condition, or a condition that is a use of the medicine, makes it a use,
    before how it is given or how it works is asked; another medicine's name makes it an interaction.
    A condition that is a known reaction (``reactions``) and no use makes it one, unless it speaks of help.
    """
    named = {u.id for u in units if u.kind == "condition"}
    about_use = bool(named & set(uses)) or (bool(named) and _use().search(text) is not None)
    other = any(u.kind == "medicine" for u in units)
    acts = any(kind in ("mechanism", "onset") and pattern.search(text) for kind, pattern in _patterns())
    if (
        _NAMED.search(text)
        and _UNBORN.search(text) is None
        and not acts
        and named & set(reactions)
        and not named & set(uses)
        and not _HELPS.search(text)
    ):
        return "reaction" if _CARING.search(text) is None else "caution"
    bare = _without(text, units)
    for kind, pattern in _patterns():
        if not pattern.search(bare if kind == "interaction" else text):
            continue
        if kind == "reaction" and _UNBORN.search(text):
            return "caution"
        if kind == "reaction" and named and _CURES.search(text):
            return "use"
        if about_use and (
            kind in ("mechanism", "route")
            or (kind == "interaction" and not other and _TOGETHER.search(text))
            or (kind in ("caution", "reaction") and _GUARDED.search(text) is None)
        ):
            return "use"
        if other and kind in ("reaction", "caution", "route", "use"):
            return "interaction"
        return kind
    return "use"


_HELPS = re.compile(
    r"\b(?:treat\w*|help\w*|used|uses?|prescribed|prevent\w*|ease[sd]?|cure[sd]?|reliev\w+|relief|control\w*|manage\w*|meant|tried|tested|studied|looked at|against|works?|remedy|approved|indicated|for (?:people|adults|children|patients|anyone|everyone|the)|clear\w*|good for|option|lower\w*|reduc\w+|improv\w+)\b",  # noqa: E501
    re.I,
)
_CARING = re.compile(r"\b(?:should|must|safe\w*|suit\w*|can (?:be|take|have|use)|may (?:be|take|have|use)|avoid\w*|cannot|never|not for|with (?:a|an|known)|who have|people with|someone with|anyone with|reason|allerg\w+)\b", re.I)  # fmt: skip  # noqa: E501


def _without(text: str, units: Sequence[Unit]) -> str:
    """A text without its conditions ("alcohol" in "alcohol dependence" is none that is drunk)."""
    for unit in units:
        if unit.kind == "condition" and " " in text[unit.start : unit.end]:
            text = text[: unit.start] + " " * (unit.end - unit.start) + text[unit.end :]
    return text


_CURES = re.compile(r"\b(?:helps? (?:\w+ ){0,3}(?:to )?\w+|used (?:for|to|in)|prescribed for)\b", re.I)
_UNBORN = re.compile(r"\b(?:pregnan\w+|unborn|birth defects?|breast-?feed\w*|breast milk|fetus)\b", re.I)
_NAMED = re.compile(r"\b(?:may|might|can|could|complain\w*|common\w*|happens?|happen|reported|seen|becomes?|side|risk|caus\w+|brings?|brought|frequent\w*|often|rare\w*|got|gets?|makes?|leads?|ruptur\w*|burst\w*)\b", re.I)  # fmt: skip  # noqa: E501
_TOGETHER = re.compile(r"\b(?:together with|alongside|combined with|with or without)\b", re.I)
_GUARDED = re.compile(
    r"\b(?:side|warning|caus\w+|should not|not safe|safe(?:ly)?|suitable|avoid|pregnan\w+|risk|reactions?|must not|reported|makes?|worsens?)\b",  # noqa: E501
    re.I,
)
