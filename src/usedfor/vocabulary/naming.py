"""How a medicine's name is reduced to its ingredient's: salts, crystal water, biosimilar suffixes, forms,
strengths.

The ingredient level is RxNorm's (term type IN). What may be set aside is data: rules/salts.tsv,
elements.tsv, forms.tsv.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from usedfor.vocabulary.rules import rows
from usedfor.vocabulary.text import fold

_PUNCTUATION = re.compile(r"[^\w+%]+|_")
_SUFFIX = re.compile(r"^(.{5,})[- ]([a-z]{4})$")
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_STRENGTH = re.compile(
    r"(?<![\w.-])\d[\d,.]*\s*(?:%|mcg|mg|g|kg|ml|l|iu|units?|unt|meq|mmol|mci|gbq|mbq|hours?|hr|h|days?)?"
    r"(?:\s*(?:/|per)\s*(?:\d[\d,.]*\s*)?(?:ml|l|g|mg|hr|h|hours?|day|dose|actuation|spray|unit|tablet|actuat))?(?![\w-])"
)


@cache
def _salts() -> tuple[frozenset[str], frozenset[str]]:
    table = list(rows("salts.tsv", 2))
    return frozenset(w for w, _ in table), frozenset(w for w, kind in table if kind != "ester")


@cache
def _elements() -> frozenset[str]:
    return frozenset(w for (w,) in rows("elements.tsv", 1))


@cache
def _forms() -> frozenset[str]:
    return frozenset(w for (w,) in rows("forms.tsv", 1))


@lru_cache(maxsize=20_000)
def plain(name: str) -> str:
    """Lower case, punctuation as single spaces: the key of a medicine's name."""
    return _PUNCTUATION.sub(" ", fold(name).text).strip()


def slug(name: str) -> str:
    """An id: plain with hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", plain(name)).strip("-") or "unnamed"


def salt_free(name: str, esters: bool = True) -> Iterator[str]:
    """Plain forms of ``name`` with fewer and fewer salt words at its end, the longest first."""
    strip = _salts()[0 if esters else 1]
    words = plain(name).split()
    while len(words) > 1 and words[-1] in strip and not (len(words) == 2 and words[0] in _elements()):
        words.pop()
        yield " ".join(words)


def without_suffix(name: str) -> str | None:
    """A biologic's name without FDA's four-letter suffix ("eculizumab-aeeb"), or None. The caller must
    know the rest."""
    found = _SUFFIX.match(name.strip().lower())
    return found[1] if found and "-" in name else None


def candidates(name: str) -> Iterator[str]:
    """Plain forms to look up, the most faithful first: the name, without brackets, suffix, salts."""
    seen: set[str] = set()
    bases = [name, _BRACKETS.sub("", name), _unqualified(name)]
    for base in bases:
        for form in (base, without_suffix(base)):
            if not form:
                continue
            for found in (plain(form), *salt_free(form)):
                if found and found not in seen:
                    seen.add(found)
                    yield found


@cache
def _qualifiers() -> frozenset[str]:
    return _salts()[0] | {word for (word,) in rows("qualifiers.tsv", 1)}


def _unqualified(name: str) -> str:
    """A name without what follows a comma, where that is no other ingredient: "sodium phosphate, dibasic"."""
    head, *tail = name.split(",")
    rest = plain(" ".join(tail)).split()
    return head if rest and all(word in _qualifiers() for word in rest) else name


def without_forms(name: str) -> str:
    """The plain name without strengths, dosage forms and routes at its end: "metformin 500 mg tablets"."""
    low = _STRENGTH.sub(" ", fold(name).text)
    words = plain(low).split()
    forms = _forms()
    while len(words) > 1 and (words[-1] in forms or words[-1] == "%"):
        words.pop()
    return " ".join(words)


def parts(name: str) -> list[str]:
    """The parts of a combination's name: "A, B, and C", "A / B", "A + B", "A; B", "A with B"."""
    split = re.split(r"\s*(?:,|;|\+|\s/\s|/|\s-\s|\band\b|\bwith\b|\bw/)\s*", fold_light(name))
    return [p for p in (s.strip(" .") for s in split) if p]


def fold_light(name: str) -> str:
    """Lower case with single spaces; punctuation kept."""
    return " ".join(name.lower().split())


def cased(brand: str) -> str:
    """A brand written in capitals as a name: "GLUCOPHAGE XR" -> "Glucophage XR"."""
    if not brand.isupper():
        return brand
    return " ".join(w if len(w) < 4 and i else w[0] + w[1:].lower() for i, w in enumerate(brand.split()))
