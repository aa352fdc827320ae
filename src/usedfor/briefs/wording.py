"""Templates and small grammar: the only place where the sentences of a brief take form.

Templates are data (``words/sentences.toml``), each with an id such as ``use.treat``. Values put into them are
never read as templates themselves, so a label's braces stay braces.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from string import Formatter
from typing import Any

LIST_LIMIT = 6  # items named in a running list before "and N more"

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SOUNDS_LIKE_CONSONANT = ("eu", "one", "uni", "use", "usu", "ura", "uri", "ure")
_SPELT_WITH_VOWEL_SOUND = frozenset("AEFHILMNORSX")


@cache
def table(name: str) -> dict[str, Any]:
    """A wording table of ``words/``: ``table("places")["routes"]``."""
    return tomllib.loads(files("usedfor.briefs").joinpath("words", f"{name}.toml").read_text("utf-8"))


@cache
def template(sentence: str) -> tuple[str, tuple[str, ...]]:
    """The template with this id (``"group.name"``), and which of its values begin with a capital.

    Raises KeyError for an id that is not there.
    """
    group, name = sentence.split(".", 1)
    text = str(table("sentences")[group][name])
    fields = (field for _, field, _, _ in Formatter().parse(text) if field)
    return text, tuple(dict.fromkeys(field for field in fields if field[0].isupper()))


def say(sentence: str, /, **values: object) -> str:
    """The sentence with this id, filled in; ``{Name}``, ``{Use}`` ... are the values with a capital."""
    text, capitals = template(sentence)
    given = {key.rstrip("_"): str(value) for key, value in values.items()}
    for key in capitals:
        given[key] = capital(given[key.lower()])
    return closed(text.format_map(given))


def with_end(text: str, end: str) -> str:
    """A sentence with a remark put before its full stop."""
    if not end:
        return text
    return f"{text}{end}." if text.endswith("…") else f"{text[:-1]}{end}{text[-1:]}"


def closed(text: str) -> str:
    """One full stop at the end, none doubled: values may end in one, or in an ellipsis."""
    for doubled in ("..", "….", "?.", "!.", ".”."):
        if text.endswith(doubled):
            return text[:-1] if doubled != ".." else text.rstrip(".") + "."
    return text


def capital(text: str) -> str:
    """A first letter in upper case, but for words whose small letter is their spelling (mTOR, pH)."""
    if len(text) > 1 and text[0].islower() and any(c.isupper() for c in text.split(maxsplit=1)[0][1:3]):
        return text
    return text[:1].upper() + text[1:]


def a_an(text: str) -> str:
    """The noun with the article it is spoken with: "a kinase inhibitor", "an HIV drug"."""
    word = text.split(maxsplit=1)[0] if text.strip() else text
    letters = word.replace("-", "")
    if len(word) > 1 and letters[:2].isupper() and letters.isalnum():
        vowel = word[0] in _SPELT_WITH_VOWEL_SOUND
    else:
        low = word.lower()
        vowel = low[:1] in "aeiou" and not low.startswith(_SOUNDS_LIKE_CONSONANT)
    return f"{'an' if vowel else 'a'} {text}"


def listed(items: Iterable[str], limit: int = LIST_LIMIT, last: str = "and") -> str:
    """A running list: "a, b and c", or "a; b, with c; and d"; beyond ``limit`` items "... and 3 more"."""
    unique = distinct(items)
    if not unique:
        return ""
    shown: list[str] = list(unique) if len(unique) <= limit else [*unique[:limit]]
    more = len(unique) - len(shown)
    tail = f"{more} more" if more else shown.pop()
    if not shown:
        return tail
    heavy = any(mark in item for item in (*shown, tail) for mark in (",", ";"))
    joint = "; " if heavy else ", "
    inner = f" {last} " in "".join((*shown, tail))
    before = f"{joint.rstrip()} {last} " if heavy or (inner and len(shown) > 1) else f" {last} "
    return joint.join(shown) + before + tail


def distinct(items: Iterable[str]) -> list[str]:
    """The items in order without repeats (case, hyphens, plural "s" and what stands in brackets aside)."""
    seen: set[str] = set()
    found = []
    for item in items:
        key = same_key(item.split(" (")[0]) or same_key(item)
        if key and key not in seen:
            seen.add(key)
            found.append(item)
    return found


@lru_cache(maxsize=65536)
def same_key(text: str) -> str:
    """What two wordings of one thing have in common: letters and digits only, words without a plural "s"."""
    flat = "".join(c if c.isalnum() else " " for c in text.casefold())
    return " ".join(
        w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in flat.split()
    )


def date_words(iso: str) -> str:
    """An ISO date for a reader: "6 July 2026", "July 2026"; what is no ISO date comes back as it is."""
    parts = iso.split("-")
    if (
        len(parts) == 2
        and all(p.isdigit() for p in parts)
        and len(parts[0]) == 4
        and 1 <= int(parts[1]) <= 12
    ):
        return f"{_MONTHS[int(parts[1]) - 1]} {parts[0]}"
    if len(parts) != 3 or not all(p.isdigit() for p in parts) or not 1 <= int(parts[1]) <= 12:
        return iso
    return f"{int(parts[2])} {_MONTHS[int(parts[1]) - 1]} {parts[0]}"


def number(value: float) -> str:
    """A number as one writes it: 30, 0.5, 12.3; at most three digits of meaning below a thousand."""
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return text if "e" not in text else f"{value:f}".rstrip("0").rstrip(".")
