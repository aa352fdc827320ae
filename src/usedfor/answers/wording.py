"""Tables and templates of this stage, and the words of a question."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from usedfor.briefs.wording import capital, closed

__all__ = ["content", "say", "stem", "table", "tokens"]

_TOKEN = re.compile(r"[^\W_]+(?:['’][a-z]{1,2}\b)?", re.UNICODE)
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ed", "es", "ly", "s", "y", "e")


@cache
def table(name: str) -> dict[str, Any]:
    """A table of ``words/``."""
    return tomllib.loads(files("usedfor.answers").joinpath("words", f"{name}.toml").read_text("utf-8"))


def say(sentence: str, /, **values: object) -> str:
    """The sentence with this id of words/sentences.toml; ``{Name}`` is the value of name with a capital."""
    group, name = sentence.split(".", 1)
    given = {key.rstrip("_"): str(value) for key, value in values.items()}
    given |= {capital(key): capital(value) for key, value in given.items()}
    return closed(str(table("sentences")[group][name]).format_map(given))


def tokens(text: str) -> list[tuple[str, int, int]]:
    """The words of a text in lower case with their places. "it's" is one word."""
    return [(m.group().lower().replace("’", "'"), m.start(), m.end()) for m in _TOKEN.finditer(text)]


@cache
def _ordinary() -> frozenset[str]:
    found = table("ordinary")
    return frozenset(word for group, words in found.items() if group != "brands" for word in words.split())


def content(word: str) -> bool:
    """Whether a word of a question names something, and is not only part of how one asks."""
    return len(word) > 1 and not word.isdigit() and word not in _ordinary()


def stem(word: str) -> str:
    """A word without its ending, at least four letters: "depressed" -> "depress", "stopping" -> "stop"."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            left = word[: -len(ending)]
            return left[:-1] if len(left) > 4 and left[-1] == left[-2] and ending in ("ing", "ed") else left
    return word
