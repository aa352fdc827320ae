"""Words of a kind (illness, symptom, part of the body, food, class of medicine ...): words/kinds.toml."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from usedfor.answers.wording import table, tokens

__all__ = ["kind_of", "kinds", "listed"]

_LONGEST = 4  # words


@cache
def listed(kind: str) -> tuple[str, ...]:
    """The words and phrases of a kind, in the file's order."""
    return tuple(x for part in str(table("kinds")[kind]).split(";") if (x := part.strip()))


@cache
def _phrases() -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for kind in table("kinds"):
        for phrase in listed(kind):
            key = tuple("num" if w == "num" else w for w, _, _ in tokens(phrase))
            have = found.get(key)
            found[key] = kind if have is None else f"{have}/{kind}"
    return found


def kinds(words: Sequence[str]) -> list[str]:
    """The words with ``<kind>`` for each that is of a kind, the longest phrases first."""
    phrases = _phrases()
    out: list[str] = []
    at = 0
    while at < len(words):
        for n in range(min(_LONGEST, len(words) - at), 0, -1):
            kind = phrases.get(tuple(w.lower() for w in words[at : at + n]))
            if kind:
                out.append(f"<{kind}>")
                at += n
                break
        else:
            out.append(words[at])
            at += 1
    return out


def kind_of(words: str) -> str:
    """The kind of a word or phrase, "" for none."""
    return _phrases().get(tuple(words.split()), "")
