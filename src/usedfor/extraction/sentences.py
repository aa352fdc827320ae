"""Where sentences begin and end in a label's running text.

Label text comes without line breaks: headings ("1.1 Plaque Psoriasis"), bullets and sentences stand in one
line. A break is put after a full stop that ends a sentence, before a bullet, before a numbered heading and
at a blank line. Every decision looks at a bounded number of characters, so the time is linear.
"""

from __future__ import annotations

import itertools
import re

__all__ = ["sentences"]

_REACH = 24  # characters looked at before a full stop

# Every alternative begins at one of a few characters: named first, they are what the search looks for.
_CANDIDATE = re.compile(
    r"""
    [.!?…\n•●▪■◦‣○□➢►\d]
    (?:
      (?<=[.!?…]) (?P<stop>[.!?…]{0,8}["'”’»)\]]{0,3}(?=\s|[•●▪■◦‣➢►]))       # a full stop, then space
    | (?<=\n) (?P<blank>[^\S\n]*\n)                                          # a blank line
    | (?<=\n) (?P<item>[^\S\n]*(?=[•●▪■◦‣∙○□➢►*\-–—]|\d{1,2}[.)]\s|\(\d{1,2}\)))  # an item on its own line
    | (?<=[•●▪■◦‣○□➢►]) (?P<bullet>(?=\s|\w))                                 # a bullet within the line
    | (?<=\s\d) (?P<heading>\d?\.\d{1,2}(?:\.\d{1,2})?\s{1,3}(?=[A-Z][A-Za-z\-]|[A-Z]\s[A-Za-z]))
    )
    """,
    re.X,
)
_ENDS_AFTER = frozenset(("etc", "inc", "ltd", "co", "corp", "spp", "sp", "al", "u.s", "u.s.p", "m.d", "ph.d"))
_ABBREVIATIONS = _ENDS_AFTER | frozenset(
    re.findall(
        r"\S+",
        """e.g i.e eg ie vs dr mr mrs ms st no nos fig figs approx max min ca cf viz ssp subsp var resp
        incl excl jan feb mar apr jun jul aug sep sept oct nov dec p.o i.v i.m s.c b.i.d t.i.d q.i.d u.k prof
        pt pts vol ed eds sec gen dept""",
    )
)  # those of the first set may end a sentence too
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘]+$")
_NEXT = re.compile(r"\s*([\"'“‘(\[]{0,3}\s{0,2})(\S?)(\S{0,14})")
_REFERENCE = re.compile(r"[(\[]\s?(?:see\b|\d{1,2}(?:\.\d{1,2})?\s?[,)\]])", re.I)
_IN_REFERENCE = re.compile(r"(?:[(\[,;/]|\band|\bsee|\bsections?|\bto|\bor)\s*$", re.I)


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of ``text`` as ``(start, end)`` in code points, in order, trimmed of white space.

    They do not overlap, none is empty, and together they hold every character that is not white space.
    """
    breaks = [0]
    for match in _CANDIDATE.finditer(text):
        kind = match.lastgroup
        if kind == "stop":
            if _ends(text, match.start(), match.end()):
                breaks.append(match.end())
        elif kind == "heading":
            if not _IN_REFERENCE.search(text, max(0, match.start() - 12), match.start()):
                breaks.append(match.start())
        else:
            breaks.append(match.start())
    breaks.append(len(text))
    spans = []
    for start, end in itertools.pairwise(breaks):
        piece = text[start:end]
        stripped = piece.strip()
        if stripped:
            start += len(piece) - len(piece.lstrip())
            spans.append((start, start + len(stripped)))
    return spans


def _ends(text: str, stop: int, after: int) -> bool:
    """Whether the full stop at ``stop`` ends a sentence; ``after`` is the first character behind it."""
    following = _NEXT.match(text, after)
    opened, first, rest = following.groups() if following else ("", "", "")
    if not first:
        return True
    if first.islower() and not (rest[:1].isupper()):  # "mRNA ..." may begin a sentence
        return False
    if text[stop] != ".":
        return True
    found = _LAST_WORD.search(text, max(0, stop - _REACH), stop)
    word = found.group().lower() if found else ""
    if word in _ABBREVIATIONS:
        return word in _ENDS_AFTER and first.isupper() and not opened
    if len(word) == 1 and word.isalpha() and word not in "abcd":  # an initial: "E. coli", "S. aureus"
        return False
    if word.isdigit() and len(word) <= 2 and _begins_item(text, stop - len(word)):  # "1. Treatment of"
        return False
    return not (opened and _REFERENCE.match(text, following.start(1) if following else after))


def _begins_item(text: str, start: int) -> bool:
    """Whether a number at ``start`` stands where a list's number stands: first, or behind a break."""
    before = text[max(0, start - 3) : start].rstrip()
    return not before or before[-1] in ".:;•)]\n"
