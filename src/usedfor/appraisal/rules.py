"""The status rules, read from ``rules.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from usedfor.model import Status


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: statements of ``kind`` make a ``part`` (with a ``status`` where it is a use).

    A rule with a ``topic`` is for a use all of whose statements have that topic.
    """

    id: str
    part: Literal["use", "caution", "reaction"]
    kind: str
    means: str
    status: Status | None = None
    topic: str | None = None


@cache
def _all() -> tuple[Rule, ...]:
    text = files("usedfor.appraisal").joinpath("rules.toml").read_text("utf-8")
    tables = tomllib.loads(text).items()
    return tuple(msgspec.convert({**row, "part": part}, Rule) for part, rows in tables for row in rows)


@cache
def rules() -> dict[str, Rule]:
    """The rules by the kind of statement they read."""
    return {rule.kind: rule for rule in _all() if rule.topic is None}


@cache
def topical() -> dict[tuple[str, str], Rule]:
    """The rules for statements of one topic, by kind and topic."""
    return {(rule.kind, rule.topic): rule for rule in _all() if rule.topic is not None}
