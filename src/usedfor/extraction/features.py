"""What the tagger looks at: each word, its neighbours, the cues around it, and its place in the section.

A text is encoded once into whole-number columns; training writes them out as named features, reading looks
their weights up. Both use this one module, so they cannot differ.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from usedfor.extraction.cues import cues
from usedfor.extraction.sentences import sentences
from usedfor.extraction.tokens import TOKEN, Tokens

__all__ = ["Encoded", "Lexicon", "encode", "word_features"]

Ints = npt.NDArray[np.int64]
Lexicon = dict[str, int]
Matches = Iterable[tuple[int, int]]

GROUPS = (
    "",
    "indicated",
    "treat",
    "prevent",
    "diagnose",
    "procedure",
    "not",
    "limitation",
    "contraindicated",
    "history",
    "allergy",
    "comedication",
    "patients",
    "people",
    "failure",
    "adjunct",
    "organism",
    "including",
    "reference",
    "study",
)
_GROUP = {name: i for i, name in enumerate(GROUPS)}
_NG = len(GROUPS)
_ANCHORS = {
    _GROUP[g] for g in ("indicated", "not", "limitation", "contraindicated", "study", "treat", "prevent")
}
_OPENERS = {
    _GROUP[g] for g in ("indicated", "treat", "prevent", "diagnose", "procedure", "contraindicated", "not")
}
_CLOSERS = {
    _GROUP[g]
    for g in (
        "people",
        "failure",
        "adjunct",
        "organism",
        "reference",
        "study",
        "comedication",
        "allergy",
        "limitation",
    )
}
_NEAR = np.array([0, 1, 2, 2, 3, 3, 3, 4, 4, 4, 4] + [5] * 10 + [6], dtype=np.int64)  # distance -> bucket
_LEX = 16  # lexicon levels
PAD = ""
OFFSETS = (-3, -2, -1, 0, 1, 2, 3)
LONGEST = 400  # words of a sentence; a longer one is cut, so that the time stays linear


@functools.lru_cache(maxsize=200_000)
def shape(word: str) -> str:
    """A word's look: x, X, Xx, xX, 0, x0 or the sign itself."""
    if word.isdigit() or (word[:1].isdigit() and not word.isalpha()):
        return "0"
    if not word[:1].isalpha():
        return word if word in "()[],.;:-/%" else "."
    if word.islower():
        return "x"
    if len(word) == 1:
        return "A"
    if word.isupper():
        return "XX"
    if word[0].isupper() and word[1:].islower():
        return "Xx"
    return "xX"


def word_features(word: str, lower: str, level: int) -> dict[int, tuple[str, ...]]:
    """The features a word gives by its distance from the word looked at (0, -1, 1 ...)."""
    if word == PAD:
        return {o: (f"w{o}=<>",) for o in (-3, -2, -1, 1, 2, 3)} | {0: ()}
    look = shape(word)
    if look == "0":
        lower = "0"
    ends = lower[-3:]
    here = ["bias", f"w={lower}", f"sh={look}", f"lx={level}", f"lxs={level}{look}"]
    if len(lower) > 3 and lower.isalpha():
        here += [f"e2={lower[-2:]}", f"e3={ends}", f"e4={lower[-4:]}", f"b3={lower[:3]}", f"b5={lower[:5]}"]
    out = {0: tuple(here)}
    for offset in (-1, 1):
        out[offset] = (
            f"w{offset}={lower}",
            f"sh{offset}={look}",
            f"lx{offset}={level}",
            f"e3{offset}={ends}",
        )
    for offset in (-2, 2):
        out[offset] = (f"w{offset}={lower}", f"lx{offset}={level}", f"sh{offset}={look}")
    for offset in (-3, 3):
        out[offset] = (f"w{offset}={lower}", f"lx{offset}={level}")
    return out


class Encoded:
    """One text in columns. Sentence ``i`` holds the words ``bounds[i]:bounds[i + 1]``."""

    __slots__ = ("bounds", "columns", "cue_list", "levels", "matches", "text", "tokens")

    def __init__(
        self,
        text: str,
        tokens: Tokens,
        bounds: list[int],
        levels: Ints,
        columns: dict[str, Ints],
        cue_list: list[tuple[int, int, str]],
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.bounds = bounds
        self.levels = levels
        self.columns = columns
        self.cue_list = cue_list
        self.matches: list[tuple[int, int]] = []


def encode(text: str, lexicon: Lexicon, matches: Matches) -> Encoded:
    """``text`` in columns.

    ``lexicon`` gives a lower-case word its level as a word of condition names (0 to 15); ``matches`` are the
    character spans of condition names in ``text``, in order.
    """
    tokens, bounds = _tokens(text)
    n = len(tokens)
    words = tokens.lower
    get = lexicon.get
    levels = np.fromiter((get(w, 0) for w in words), np.int64, n)
    cols: dict[str, Ints] = {}
    last = np.zeros(n, np.int64)
    last2 = np.zeros(n, np.int64)
    since = np.full(n, 20, np.int64)
    nxt = np.zeros(n, np.int64)
    until = np.full(n, 20, np.int64)
    inside = np.zeros(n, np.int64)
    mode = np.zeros(n, np.int64)
    depth = np.zeros(n, np.int64)
    head = np.zeros(n, np.int64)
    negated = np.zeros(n, np.int64)
    study = np.zeros(n, np.int64)
    opened = np.zeros(n, np.int64)
    closed = np.zeros(n, np.int64)
    carried = 0
    order = np.arange(n, dtype=np.int64)
    all_cues: list[tuple[int, int, str]] = []
    find = cues().find
    state, age = 0, 0
    for s in range(len(bounds) - 1):
        a, b = bounds[s], bounds[s + 1]
        found = [(i + a, j + a, g) for i, j, g in find(words[a:b])]
        all_cues += found
        mode[a:b] = state * 3 + min(age, 2)
        age += 1
        before, place = 0, a
        anchor = 0
        opener, closer, held = carried, 0, 0
        opened[a:b] = (carried + _NG) * 2 if carried else 0
        for i, j, name in found:
            g = _GROUP[name]
            nxt[place:i] = g
            until[place:i] = i - order[place:i]
            inside[i] = g * 2
            if j > i + 1:
                inside[i + 1 : j] = g * 2 + 1
            last[i:b] = g
            last2[i:b] = before
            since[i:b] = np.minimum(order[i:b] - (j - 1), 20)
            before = g
            place = i
            if g in _OPENERS:
                if not (g == 2 and opener in (3, 6) and not closer):  # "not for the treatment of" stays "not"
                    opener = g
                closer, held = 0, 0
                opened[i:b] = opener * 2
                closed[i:b] = 0
            elif g in _CLOSERS:
                closed[j:b] = closer = g
            elif name == "patients":
                held = 1
                opened[j:b] = opener * 2 + held
                closed[j:b] = closer = 0
            if g in _ANCHORS:
                anchor = g if anchor not in (6, 7) else anchor
                if g in (6, 7):
                    negated[i:b] = g - 5
                if name == "study":
                    study[a:b] = 1
        nxt[place:b] = 0
        if anchor:
            state, age = anchor, 0
        if words[b - 1] == ":":
            carried = opener
        elif found and opener != carried:
            carried = 0
        if words[a][:1].isdigit():
            head[a : min(b, a + 14)] = 1 + np.minimum(order[: min(b, a + 14) - a] // 4, 3)
        level = 0
        for k in range(a, b):
            w = words[k]
            if w in "([":
                level = 1 if w == "(" else 2
                depth[k] = level
            else:
                depth[k] = level
                if w in ")]":
                    level = 0
    since = np.maximum(since, 0)
    dist = _NEAR[since]
    ahead = _NEAR[np.minimum(until, 20)]
    match = _matches(tokens, matches)
    again = _again(words)
    cols["o"] = opened * _NG + closed
    cols["om"] = (opened * _NG + closed) * 8 + match
    cols["ol"] = opened * _LEX + levels
    cols["c"] = last * 7 + dist
    cols["c2"] = last * _NG + last2
    cols["cl"] = (last * 7 + dist) * _LEX + levels
    cols["cd"] = (last * 7 + dist) * 8 + match
    cols["n"] = nxt * 7 + ahead
    cols["nl"] = (nxt * 7 + ahead) * _LEX + levels
    cols["in"] = inside
    cols["d"] = match
    cols["dl"] = match * _LEX + levels
    cols["m"] = mode
    cols["md"] = mode * 8 + match
    cols["mc"] = mode * _NG + last
    cols["p"] = depth * 8 + match
    cols["h"] = head * 8 + match
    cols["hc"] = head * _NG + last
    cols["ng"] = (negated * 2 + study) * 8 + match
    cols["ngc"] = (negated * 2 + study) * _NG + last
    cols["a"] = again * 8 + match
    cols["ac"] = again * _NG + last
    before1 = np.concatenate(([0], levels[:-1])) if n else levels
    after1 = np.concatenate((levels[1:], [0])) if n else levels
    cols["l2"] = before1 * _LEX + levels
    cols["l3"] = (before1 * _LEX + levels) * _LEX + after1
    dm = np.concatenate(([0], match[:-1])) if n else match
    da = np.concatenate((match[1:], [0])) if n else match
    cols["d3"] = (dm * 8 + match) * 8 + da
    return Encoded(text, tokens, bounds, levels, cols, all_cues)


def _tokens(text: str) -> tuple[Tokens, list[int]]:
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    bounds = [0]
    for start, end in sentences(text):
        first = len(words)
        for match in TOKEN.finditer(text, start, end):
            words.append(match.group())
            starts.append(match.start())
            ends.append(match.end())
        bounds += range(first + LONGEST, len(words), LONGEST)
        bounds.append(len(words))
    return Tokens(words, starts, ends), bounds


def _matches(tokens: Tokens, matches: Matches) -> Ints:
    """0 outside, 1 first, 2 inside, 3 last, 4 alone; the longest of overlapping matches."""
    n = len(tokens)
    out = np.zeros(n, np.int64)
    starts = {s: i for i, s in enumerate(tokens.starts)}
    ends = {e: i for i, e in enumerate(tokens.ends)}
    for start, end in matches:
        i, j = starts.get(start), ends.get(end)
        if i is None or j is None or j < i:
            continue
        if i == j:
            out[i] = 4
        else:
            out[i + 1 : j] = 2
            out[i], out[j] = 1, 3
    return out


def _again(words: list[str]) -> Ints:
    """1 where the pair of words at this place stands elsewhere in the text too; 2 where it stands alone."""
    pairs = list(zip(words, [*words[1:], ""], strict=False))
    count = Counter(pairs)
    one = Counter(words)
    return np.fromiter(
        ((1 if count[p] > 1 else 0) + (2 if one[p[0]] > 1 else 0) for p in pairs), np.int64, len(words)
    )
