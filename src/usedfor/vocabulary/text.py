"""Folding: one form of a text for matching, with every offset leading back to the original.

Case, hyphens, dashes, slashes and curly apostrophes are folded one character for one, so that most
texts keep their offsets. White space in a row, soft hyphens, combining marks, accented letters and
British spellings change the length: for these an offset map is kept.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from usedfor.vocabulary.rules import rows

# One for one, after lower-casing. "İ" is the only character whose lower case is longer than itself.
_DOTTED = "İ"
_SPACES = "-/_\t\n\r\f\v‐‑‒–—―−\xa0\u2007\u2009\u202f\u2028\u2029"
_QUOTES = "’‘´`ʼ"
_ONE = dict.fromkeys(_SPACES, " ") | dict.fromkeys(_QUOTES, "'")
# ASCII as bytes, for all at once; other characters are few, and are looked for one by one.
_ASCII = bytes(range(128))
_LOWER_ASCII = bytes(ord(chr(code).lower()) if code < 128 else code for code in range(256))
_FOLD_ASCII = bytes(ord(_ONE.get(chr(code), chr(code))) if code < 128 else code for code in _LOWER_ASCII)
_IN_CONTEXT = "Σ"  # the one letter whose lower case depends on what stands around it

# Characters whose folding changes the length: soft hyphens, joiners, marks, accented letters, ligatures;
# surrogates.
_ODD = "\u00ad\u00df-\u024f\u0300-\u036f\u1e00-\u1eff\u200b-\u200f\u2060\ufb00-\ufb06\ufeff\ud800-\udfff"
_ANY_ODD = re.compile(f"[{_ODD}]")
_ODD_RUN = re.compile(f"  +|[{_ODD}]+")
_WIDE = re.compile("  +")
_IGNORED = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")

# British spelling: stem -> what American labels write, inside words, after lower-casing. ("Angioedema" and
# "gastroesophageal" are American.)
_BRITISH = dict(rows("british.tsv", 2))
_BRITISH_RE = re.compile(
    r"(?<!angi)oedem|(?<!gastr)oesoph|"
    + "|".join(sorted(map(re.escape, _BRITISH), key=lambda s: (-len(s), s)))
)
_BRITISH |= {"oedem": "edem", "oesoph": "esoph"}
_LONG = 200  # characters from which stems are sought together
_BRITISH_AE = ("aem", "anaes", "faec", "caec", "gynaec", "paed", "aetio", "paen", "caes")
_BRITISH_OE = ("oeliac", "rhoe", "foet", "oestr", "noea")
_BRITISH_OTHER = ("tumour", "isation", "immunis", "aviour", "colour", "fibre", "litre", "sulph")


@cache
def _stems() -> Any:
    """An automaton of the British stems."""
    from daachorse import CharwiseDoubleArrayAhoCorasick

    return CharwiseDoubleArrayAhoCorasick(
        sorted({*_BRITISH_AE, *_BRITISH_OE, *_BRITISH_OTHER, "oedem", "oesoph"})
    )


def _british(low: str) -> bool:
    """Whether a British stem may be there; quick, for most texts have none."""
    if len(low) > _LONG:
        try:
            if not _stems().find(low):
                return False
        except UnicodeEncodeError:  # a lone surrogate
            pass
    if "ae" in low and any(map(low.__contains__, _BRITISH_AE)):
        return True
    if "oe" in low:
        if any(map(low.__contains__, _BRITISH_OE)):
            return True
        if low.count("oedem") > low.count("angioedem") or low.count("oesoph") > low.count("gastroesoph"):
            return True
    return any(map(low.__contains__, _BRITISH_OTHER))


class Folded:
    """A folded text. ``text`` is what to search; ``start`` and ``end`` lead offsets of it back to the
    original."""

    __slots__ = ("_f0", "_f1", "_o0", "_o1", "same", "text")

    def __init__(self, text: str, units: list[tuple[int, int, int, int]]) -> None:
        """``units``: stretches whose length changed, as (folded start, folded end, start, end), in order."""
        self.text = text
        self.same = not units  # offsets are those of the original
        self._f0 = [u[0] for u in units]
        self._f1 = [u[1] for u in units]
        self._o0 = [u[2] for u in units]
        self._o1 = [u[3] for u in units]

    def start(self, at: int) -> int:
        """The original offset of the character that stands at ``at`` in the folded text."""
        i = bisect_right(self._f1, at)
        if i < len(self._f0) and self._f0[i] < at:
            return self._o0[i]
        return at if i == 0 else self._o1[i - 1] + at - self._f1[i - 1]

    def end(self, at: int) -> int:
        """The original offset just after the character that stands before ``at`` in the folded text."""
        if at == 0:
            return 0
        i = bisect_left(self._f1, at)
        if i < len(self._f0) and self._f0[i] < at:
            return self._o1[i]
        return at if i == 0 else self._o1[i - 1] + at - self._f1[i - 1]


def _odd(piece: str) -> str:
    if piece[0] == " ":
        return " "
    if "\ud800" <= piece[0] <= "\udfff":
        return " "
    bare = unicodedata.normalize("NFKD", piece)
    return "".join(c for c in bare.lower() if not unicodedata.combining(c) and c not in _IGNORED)


def _substitute(
    text: str, pattern: re.Pattern[str], new: Callable[[str], str]
) -> tuple[str, list[tuple[int, int, int, int]]]:
    parts: list[str] = []
    units: list[tuple[int, int, int, int]] = []
    last = length = 0
    for m in pattern.finditer(text):
        put = new(m.group())
        parts.append(text[last : m.start()])
        length += m.start() - last
        if len(put) != m.end() - m.start():
            units.append((length, length + len(put), m.start(), m.end()))
        parts.append(put)
        length += len(put)
        last = m.end()
    parts.append(text[last:])
    return "".join(parts), units


def _narrowed(text: str) -> tuple[str, list[tuple[int, int, int, int]]]:
    """:func:`_substitute` where runs of spaces are all there is to substitute."""
    units: list[tuple[int, int, int, int]] = []
    over = 0
    for run in _WIDE.finditer(text):
        start, end = run.span()
        units.append((start - over, start - over + 1, start, end))
        over += end - start - 1
    return _WIDE.sub(" ", text), units


def lowered(text: str) -> str:
    """``text`` in lower case, every character at its place: an offset holds in both."""
    return text.lower() if text.isascii() else _one_for_one(text, _LOWER_ASCII, {})[0]


def _one_for_one(text: str, table: bytes, instead: Mapping[str, str]) -> tuple[str, str]:
    """``text`` in lower case, ASCII by ``table`` and other characters by ``instead``, one for one; and the
    characters beyond ASCII that it held. As ``str.lower``, which is slow where a text is not all ASCII."""
    data = text.encode("utf-8", "surrogatepass")
    others = "".join(set(data.translate(None, _ASCII).decode("utf-8", "surrogatepass")))
    if _IN_CONTEXT in others:
        low = text.lower()
        text = low if len(low) == len(text) else "".join([c if c == _DOTTED else c.lower() for c in text])
        return _one_for_one(text, table, instead)
    low = data.translate(table).decode("utf-8", "surrogatepass")
    for other in others:
        one = other.lower()
        one = instead.get(one if len(one) == 1 else other, one)
        if one != other and len(one) == 1:
            low = low.replace(other, one)
    return low, others


def fold(text: str) -> Folded:
    """Fold a text of any Unicode; linear in its length."""
    first: list[tuple[int, int, int, int]] = []
    if text.isascii():
        low = text.encode().translate(_FOLD_ASCII).decode("ascii")
        if "  " in low:
            low, first = _narrowed(low)
    else:
        low, others = _one_for_one(text.replace(_DOTTED, "i"), _FOLD_ASCII, _ONE)
        if _ANY_ODD.search(others.lower()):
            low, first = _substitute(low, _ODD_RUN, _odd)
        elif "  " in low:
            low, first = _narrowed(low)
    if not _british(low):
        return Folded(low, first)
    inner = Folded(low, first)
    low, second = _substitute(low, _BRITISH_RE, _BRITISH.__getitem__)
    if not first or not second:
        return Folded(low, first or second)
    return _Twice(low, second, inner)


class _Twice(Folded):
    """Two foldings, one after the other."""

    __slots__ = ("_inner",)

    def __init__(self, text: str, units: list[tuple[int, int, int, int]], inner: Folded) -> None:
        super().__init__(text, units)
        self._inner = inner

    def start(self, at: int) -> int:
        return self._inner.start(super().start(at))

    def end(self, at: int) -> int:
        return self._inner.end(super().end(at))


_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
_NUMBERED = {"type", "stage", "class", "grade", "phase"}
_KEEP_S = frozenset(
    ("herpes", "rabies", "scabies", "diabetes", "caries", "series", "species", "tinnitus", "aids")
)


@lru_cache(maxsize=20_000)
def singular(word: str) -> str:
    """The singular of an English or Greek medical plural; the word itself where it is none."""
    if len(word) < 4 or word in _KEEP_S:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word
    if word.endswith(("oses", "yses", "ases", "eses", "ises")) and len(word) > 6:
        return word[:-2] + "is" if not word.endswith(("seases", "uses", "leases", "creases")) else word[:-1]
    if word.endswith("itides"):
        return word[:-3] + "s"
    if word.endswith("omata"):
        return word[:-2]
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "as", "ps's", "ous")):
        return word[:-1]
    return word


def words(text: str) -> list[str]:
    """The normalised words of a folded text: singular, without the possessive, "ii" after "type" as "2"."""
    out: list[str] = []
    for word in _WORD.findall(text):
        if word.endswith("'s"):
            word = word[:-2]
        word = word.replace("'", "")
        if word in _ROMAN and out and out[-1] in _NUMBERED:
            word = _ROMAN[word]
        word = singular(word)
        if (
            out and out[-1] == "non"
        ):  # "non-squamous" is "nonsquamous": alone, "non" would lose what it denies
            out[-1] += word
        else:
            out.append(word)
    return out


_SMALL = frozenset(("of", "the", "a", "an"))


@lru_cache(maxsize=20_000)
def key(name: str) -> str:
    """The key two spellings of one name share: normalised words, the small ones left out, in sorted order."""
    got = [w for w in words(fold(name).text) if w not in _SMALL]
    return " ".join(sorted(set(got)))


def abbreviation(name: str) -> bool:
    """Whether a name is an abbreviation, to be matched with its capitals: "AIDS", "mCRPC", "IBS-C"."""
    return len(name) <= 9 and " " not in name and sum(c.isupper() for c in name) > 1
