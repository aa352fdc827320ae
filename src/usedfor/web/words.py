"""The site's own words: ``words.toml`` and that of the comments, by id."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["table", "words"]


@cache
def table() -> dict[str, Any]:
    """Both files."""
    found: dict[str, Any] = {}
    for place in ("words.toml", "comments/words.toml"):
        found |= tomllib.loads(files("usedfor.web").joinpath(place).read_text("utf-8"))
    return found


def words(name: str, /, **values: object) -> str:
    """The words with this id (``"group.name"``), filled in. Raises KeyError for an id that is not there."""
    found: Any = table()
    for part in name.split("."):
        found = found[part]
    return str(found).format_map(values) if values else str(found)
