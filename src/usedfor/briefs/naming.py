"""Names for a reader: of medicines, and of conditions and reactions with the everyday word first."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from usedfor.briefs.tidy import tidy
from usedfor.briefs.wording import capital, listed, same_key, table
from usedfor.model import Condition, Medicine

_ISOTOPE = re.compile(r"\b[a-z]{1,2}[ -]\d{2,3}m?\b")  # "f-18" is F-18 in print
_SMALL = frozenset(("and", "with", "in", "of", "for", "plus"))
_LONG_NAME = 60  # characters; a longer combination goes by "this medicine" inside sentences


def full_name(medicine: Medicine) -> str:
    """The generic name: "carbidopa and levodopa" for a combination."""
    parts = [part.strip() for part in medicine.name.split(" / ") if part.strip()]
    name = listed(parts, limit=len(parts)) if len(parts) > 1 else medicine.name
    return _ISOTOPE.sub(lambda m: m[0].capitalize(), name)


def display_name(medicine: Medicine) -> str:
    """What sentences call it: the generic name, or where that is too long a brand name or "this medicine"."""
    name = full_name(medicine)
    if len(name) <= _LONG_NAME:
        return name
    brands = [n.name for n in medicine.names if n.kind == "brand"]
    return brand_words(brands[0]) if len(brands) == 1 and len(brands[0]) <= _LONG_NAME else "this medicine"


def brand_words(name: str) -> str:
    """A brand as one writes it in running text: "SPRAVATO" -> "Spravato"; names in small letters stay."""
    words = ["-".join(_brand_word(part) for part in word.split("-")) for word in name.split()]
    return " ".join(w.lower() if n and w.lower() in _SMALL else w for n, w in enumerate(words))


def _brand_word(word: str) -> str:
    bare = word.strip(",.®™")
    return capital(word.lower()) if len(bare) > 3 and bare.isupper() and bare.isalpha() else word


def both_words(text: str, condition: Condition | None = None) -> str:
    """``"high blood pressure (hypertension)"`` where an everyday word is known; else the label's words.

    A lay name stands for exactly the condition it belongs to: it is used only where the label's words are a
    name of that condition, or such a name after words of degree ("severe hypertension").
    """
    if condition is None:
        return _both(tidy(text), None, ())
    return _both(tidy(text), condition.lay, (condition.name, *condition.names))


@lru_cache(maxsize=16384)
def _both(words: str, lay_name: str | None, names: tuple[str, ...]) -> str:
    words = _completed(words, names)
    lay = _lay(words, lay_name, names)
    if lay:
        return _beside(lay, words)
    degree, _, rest = words.partition(" ")
    if rest and degree in table("cues")["degrees"]:
        lay = _lay(rest, lay_name, names)
        if lay:
            return f"{degree} {_beside(lay, rest)}"
    return words


def _completed(words: str, names: tuple[str, ...]) -> str:
    """ "ovarian" -> "ovarian cancer": a bare member of a list whose head stands at the list's end."""
    if len(words.split()) > 3 or not names:
        return words
    key = same_key(words)
    if any(same_key(name) == key for name in names):
        return words
    longer = [name for name in names if same_key(name).startswith(f"{key} ")]
    return tidy(min(longer, key=lambda n: (len(n.split()), names.index(n)))) if longer else words


def _lay(words: str, lay_name: str | None, names: tuple[str, ...]) -> str | None:
    key = same_key(words)
    if lay_name and key in {same_key(n) for n in names}:
        return None if same_key(lay_name) == key else lay_name
    found = _terms().get(key)
    return None if found is None or same_key(found) == key else found


def _beside(lay: str, professional: str) -> str:
    same = set(same_key(professional).split()) <= set(same_key(lay).split())
    if same:
        return lay
    return f"{lay[:-1]}, {professional})" if lay.endswith(")") else f"{lay} ({professional})"


@cache
def _terms() -> dict[str, str]:
    return {same_key(term): lay for term, lay in table("plain")["terms"].items()}
