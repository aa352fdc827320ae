"""Words compared by stems, with everyday and professional words that say the same (words/equivalents.txt)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from usedfor.briefs.wording import table
from usedfor.vocabulary.text import fold, singular

__all__ = ["Token", "equivalents", "stem", "stems", "tokens"]

Token = tuple[str, int, int]  # stem, start, end
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|[^\W_]+")
_ENDINGS = (
    "ousness", "fulness", "iveness", "ization", "ational", "ability", "ibility", "ations", "ically", "ation", "ments",  # noqa: E501
    "ement", "ating", "ative", "ively", "ators", "ously", "ingly", "ility", "ances", "ences", "ance",
    "ence", "ment", "able", "ible", "ated", "ates", "ator", "ions", "ing", "ion", "ous", "ive", "ity", "ies", "ied",  # noqa: E501
    "ate", "ant", "ent", "ers", "est", "ful", "ness", "ical", "ic", "al", "ed", "er", "ly", "es", "or", "y", "e", "s",  # noqa: E501
)  # fmt: skip
_SHORTEST = 4  # letters a stem keeps
_IRREGULAR = {
    "given": "giv", "gave": "giv", "taken": "tak", "took": "tak", "worse": "wors", "worsen": "wors", "worsens": "wors",  # noqa: E501
    "worsening": "wors", "children": "child", "women": "woman", "men": "man", "feet": "foot", "teeth": "tooth",  # noqa: E501
    "mice": "mouse", "pregnancy": "pregnan", "pregnant": "pregnan", "breastfeeding": "breastfeed", "dying": "die",  # noqa: E501
    "died": "die", "anemias": "anemia", "anaemia": "anemia", "leukaemia": "leukemia", "infants": "infant", "babies": "baby",  # noqa: E501
}  # fmt: skip


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a lower-case word: endings of number, tense and word class taken off, a light stemmer in
    the manner of Lovins (1968). Figures and words of up to four letters keep all but a plural "s"."""
    known = _IRREGULAR.get(word)
    if known:
        return known
    if word[0].isdigit() or len(word) <= 3:
        return word
    word = word.replace("’", "'")
    if word.endswith("'s"):
        word = word[:-2]
    word = fold(word).text if not word.isascii() else word
    word = singular(word.replace("'", ""))
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            word = word[: -len(ending)]
            break
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "aeilos":
        word = word[:-1]
    return word[:-1] if word.endswith("i") and len(word) > _SHORTEST else word


def tokens(text: str) -> list[Token]:
    """The words of a text with their places, as stems."""
    low = text.lower() if len(text.lower()) == len(text) else "".join(c.lower()[:1] for c in text)
    return [(stem(m.group()), m.start(), m.end()) for m in _WORD.finditer(low)]


def stems(text: str) -> tuple[str, ...]:
    """The stems of a phrase, small words left out."""
    return tuple(t for t, _, _ in tokens(text) if t not in _SMALL)


_SMALL = frozenset(("the", "a", "an", "of", "to", "in", "and", "or", "for", "with", "is", "are"))


@cache
def equivalents() -> dict[str, tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...]]:
    """By first stem: phrases (as stems, the longest first) with all that says the same."""
    groups: dict[tuple[str, ...], dict[tuple[str, ...], None]] = {}

    def group(phrases: list[str]) -> None:
        keys = list(dict.fromkeys(k for p in phrases if (k := stems(p))))
        for key in keys:
            groups.setdefault(key, {}).update(dict.fromkeys(k for k in keys if k != key))

    text = files("usedfor.verification").joinpath("words", "equivalents.txt").read_text("utf-8")
    for line in text.splitlines():
        first, wide, rest = line.partition(" > ")
        if wide:
            for other in rest.split(" | "):
                group([first, other])
        elif line and not line.startswith("#"):
            group(line.split(" | "))
    for term, lay in table("plain")["terms"].items():
        group([term, lay])
    by_first: dict[str, list[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]] = {}
    for key, others in groups.items():
        by_first.setdefault(key[0], []).append((key, tuple(others)))
    return {
        first: tuple(sorted(found, key=lambda f: (-len(f[0]), f[0]))) for first, found in by_first.items()
    }
