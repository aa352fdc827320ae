"""A label's own words, set for running text. Nothing is added; only case, spaces and loose marks change."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from usedfor.briefs.wording import table

CUT = " …"  # how a text that was cut to its first words ends
LONGEST = 110  # characters of a label's wording shown in a sentence before it is cut at a word

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*", re.UNICODE)
_SEE = re.compile(r"\s*[\[(]\s*(?:see|refer to)\b[^\[\]()]*[\])]", re.IGNORECASE)
_TWICE = re.compile(r"\b(\w{3,}(?: \w+){0,3}) \1\b", re.IGNORECASE)
_SIGNS = tuple(
    (re.compile(rf"\s*(?:{sign})\s*(?=\d)"), f" {words} ")
    for sign, words in ((">=|≥", "at least"), ("<=|≤", "at most"), (">", "above"), ("<", "below"))
)
_LOOSE_MARK = re.compile(r"\s+(?=[,;:.)\]](?:\s|$))|(?<=[(\[])\s+|\(\s*\)")
_LOOSE_HYPHEN = re.compile(r"(?<=\b\w) -(?=\w)")  # "N -methyl": italics leave a space behind
_ARTICLE = re.compile(r"^(?:for\s+)?(?:(?:the|an?)\s+(?=\w{3})|(?<=for\s))", re.IGNORECASE)
_ENDS = " \t\n\r.,;:•·*†‡–—-"
_SECTION_REFERENCE = re.compile(
    r"\s*[\[(]\s*(?:see|refer to)?\b[^()\[\]]*?\d+(?:\.\d+)+[^()\[\]]*[\])]", re.IGNORECASE
)


@cache
def _kept() -> dict[str, str]:
    return {word.casefold(): word for word in str(table("spelling")["keep"]).split()}


@cache
def _common() -> frozenset[str]:
    return frozenset(str(table("spelling")["common"]).split())


def _known(word: str) -> bool:
    """Whether the word's spelling is listed, so that it tells nothing of how the words around it are set."""
    low = _possessive(word)[0].casefold()
    return low in _kept() or low in _common()


def _possessive(word: str) -> tuple[str, str]:
    for mark in ("'s", "’s", "'S", "’S"):
        if word.endswith(mark):
            return word[:-2], word[-2] + "s"
    return word, ""


def _set_word(word: str, shouted: bool, named: bool = False) -> str:
    """One word of a label; ``shouted``: in a text of capitals; ``named``: a capital is a name's."""
    stem, ending = _possessive(word)
    kept = _kept().get(word.casefold()) or _kept().get(stem.casefold())
    if kept:
        return kept if kept.casefold() == word.casefold() else kept + ending
    if any(c.isdigit() for c in stem):
        return stem + ending
    if "-" in stem and not shouted:
        return "-".join(_set_word(part, shouted, named) for part in stem.split("-")) + ending
    if stem.isupper():
        return stem.lower() + ending if shouted or len(stem) > 6 else stem + ending
    if stem[:1].isupper() and stem[1:].islower():
        # A capital and an apostrophe is an eponym: Crohn's, Wegener's.
        return stem + ending if ending or (named and stem.lower() not in _common()) else stem.lower()
    return stem + ending


@lru_cache(maxsize=32768)
def tidy(text: str) -> str:
    """``"PLAQUE PSORIASIS."`` -> ``"plaque psoriasis"``; ``"HIV-1 Infection"`` -> ``"HIV-1 infection"``.

    Cut texts keep their ellipsis; section references in brackets and loose marks at either end go.
    """
    cut = text.rstrip().endswith("…")
    flat = _SEE.sub("", _SECTION_REFERENCE.sub("", text.replace("…", " ")))
    flat = " ".join(flat.split()).strip(_ENDS)
    flat = _LOOSE_HYPHEN.sub("-", _LOOSE_MARK.sub("", flat))
    for sign, words in _SIGNS:
        flat = sign.sub(words, flat)
    flat = _TWICE.sub(r"\1", _ARTICLE.sub("", flat))
    if len(flat) > LONGEST:
        flat, cut = flat[:LONGEST].rsplit(" ", 1)[0], True
    flat, shortened = _whole(flat)
    letters = [w for w in _WORD.findall(flat) if len(w) > 1 and not any(c.isdigit() for c in w)]
    shouted = len(letters) > 1 and sum(w.isupper() for w in letters) > 0.6 * len(letters)
    shouted = shouted or (len(letters) == 1 and len(letters[0]) > 5)
    # Where other words are small, a capital within the text is a name's: "dementia with Lewy bodies".
    later = [w for w in _WORD.findall(flat)[1:] if len(w) > 3 and not _known(w)]
    titled = 2 * sum(w[0].isupper() for w in later) >= max(1, len(later))
    flat = _WORD.sub(
        lambda m: _set_word(m.group(), shouted, m.start() > 0 and not titled and not shouted), flat
    )
    for wrong, right in table("spelling")["fixes"].items():
        flat = flat.replace(wrong, right)
    return flat + CUT if flat and (cut or shortened) else flat


def _whole(text: str) -> tuple[str, bool]:
    """The text up to a bracket left open or a word that leads on to nothing, and whether that cut it."""
    text = _balanced(text)
    kept = text.strip(_ENDS)
    while kept and (last := kept.rsplit(" ", 1)[-1].casefold()) in table("cues")["leads_on"] and " " in kept:
        kept = kept[: -len(last)].strip(_ENDS)
    return kept, kept != text.strip(_ENDS)


def _balanced(text: str) -> str:
    """Without a bracket that never opens; from one that never closes the rest goes, or the bracket alone."""
    opened: list[int] = []
    out: list[str] = []
    for c in text:
        if c in "([":
            opened.append(len(out))
        elif c in ")]":
            if not opened:
                continue
            opened.pop()
        out.append(c)
    if not opened:
        return text if len(out) == len(text) else "".join(out)
    first = opened[0]
    before = "".join(out[:first])
    return before if len(before) > 12 else "".join(c for n, c in enumerate(out) if n not in opened)


def is_cut(text: str) -> bool:
    """Whether the words end before the label's do."""
    return text.endswith("…")


def shown_as_quote(text: str) -> str:
    """A label's words between quotation marks: spaces put right, nothing else touched."""
    flat = " ".join(text.split()).strip()
    return flat if len(flat) <= 220 else flat[:220].rsplit(" ", 1)[0] + CUT
