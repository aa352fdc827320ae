"""The status rules, read from ``rules.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from usedfor.model import Status


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: statements of ``kind`` make a ``part`` (with a ``status`` where it is a use)."""

    id: str
    part: Literal["use", "caution", "reaction"]
    kind: str
    means: str
    status: Status | None = None


@cache
def rules() -> dict[str, Rule]:
    """The rules by the kind of statement they read."""
    text = files("usedfor.appraisal").joinpath("rules.toml").read_text("utf-8")
    tables = tomllib.loads(text).items()
    found = [msgspec.convert({**row, "part": part}, Rule) for part, rows in tables for row in rows]
    return {rule.kind: rule for rule in found}
