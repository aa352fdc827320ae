"""The cue patterns of words/cues.toml, compiled once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Restriction", "cue", "data", "has", "restrictions"]


@cache
def data(name: str) -> dict[str, Any]:
    """A table of this stage's words."""
    return tomllib.loads(files("usedfor.verification").joinpath("words", f"{name}.toml").read_text("utf-8"))


@cache
def cue(group: str, name: str) -> re.Pattern[str]:
    """The pattern of a cue."""
    return re.compile(data("cues")[group][name], re.I)


def has(group: str, name: str, text: str) -> bool:
    """Whether the cue stands in the text."""
    return cue(group, name).search(text) is not None


@dataclass(frozen=True)
class Restriction:
    """A way in which a label narrows a use, and how a claim keeps it."""

    id: str
    label: re.Pattern[str]
    claim: re.Pattern[str]
    unless: re.Pattern[str] | None


@cache
def restrictions() -> tuple[Restriction, ...]:
    """All of them, in order."""
    return tuple(
        Restriction(
            row["id"].rpartition(".")[2],
            re.compile(row["label"], re.I),
            re.compile(row["claim"], re.I),
            re.compile(row["unless"], re.I) if "unless" in row else None,
        )
        for row in data("cues")["restriction"]
    )
