"""The questions written for training, filled in: words/written.toml with the words of words/kinds.toml.

A line such as ``does MED cause {my|} <symptom>`` stands for many questions. Some are drawn from it, always
the same ones.
"""

from __future__ import annotations

import re
from random import Random

from usedfor.answers.kinds import listed
from usedfor.answers.wording import table

__all__ = ["drawn", "lines"]

_CHOICE = re.compile(r"\{([^{}]*)\}")
_KIND = re.compile(r"<(\w+)>")
_NUMBERS = ("5", "10", "20", "25", "40", "50", "100", "300", "500", "2", "3", "7", "12")


def lines() -> dict[str, list[str]]:
    """The lines of each intent."""
    return {
        intent: [x for x in text.splitlines() if x.strip()]
        for intent, text in table("written")["lines"].items()
    }


def drawn(line: str, most: int) -> list[str]:
    """At most so many different questions of a line, "MED" left as it is."""
    chance = Random(line)  # a text as seed: the same draws everywhere
    found: dict[str, None] = {}
    for _ in range(3 * most):
        if len(found) == most:
            break
        text = line
        while match := _CHOICE.search(text):
            text = text[: match.start()] + chance.choice(match[1].split("|")) + text[match.end() :]
        while match := _KIND.search(text):
            text = text[: match.start()] + chance.choice(listed(match[1])) + text[match.end() :]
        while "NUM" in text:
            text = text.replace("NUM", chance.choice(_NUMBERS), 1)
        found[" ".join(text.split())] = None
    return list(found)
