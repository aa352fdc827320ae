"""What the tagger looks at: each word, its neighbours, the cues around it, and its place in the section.

A text is encoded once into whole-number columns; training writes them out as named features, reading looks
their weights up. Both use this one module, so they cannot differ.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from usedfor.extraction.cues import cues
from usedfor.extraction.sentences import sentences
from usedfor.extraction.tokens import Tokens, token_in
from usedfor.extraction.words import OFFSETS, PAD, Ints, Lexicon, Words, word_features, words_for

__all__ = ["COLUMNS", "OFFSETS", "PAD", "Encoded", "Lexicon", "encode", "word_features"]

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
LONGEST = 400  # words of a sentence; a longer one is cut, so that the time stays linear


class Encoded:
    """One text in columns. Sentence ``i`` holds the words ``bounds[i]:bounds[i + 1]``.

    ``numbers[i]`` is word ``i`` in ``table``; ``facts`` has a row for each of ``_FACTS``, a column a word.
    """

    __slots__ = ("bounds", "cue_list", "facts", "levels", "matches", "numbers", "table", "text", "tokens")

    def __init__(
        self,
        text: str,
        tokens: Tokens,
        bounds: list[int],
        levels: Ints,
        facts: npt.NDArray[np.int16],
        cue_list: list[tuple[int, int, str]],
        table: Words,
        numbers: Ints,
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.bounds = bounds
        self.levels = levels
        self.facts = facts
        self.cue_list = cue_list
        self.table = table
        self.numbers = numbers
        self.matches: list[tuple[int, int]] = []

    @property
    def columns(self) -> dict[str, Ints]:
        """The codes by column."""
        return dict(zip(COLUMNS, self.codes(0, len(self.tokens)), strict=True))

    def codes(self, first: int, last: int) -> Ints:
        """The codes of the words ``first`` to before ``last``: a row for each of ``COLUMNS``."""
        codes = np.empty((len(COLUMNS), last - first), np.int64)
        for a in range(first, last, _BLOCK):
            b = min(a + _BLOCK, last)
            # whole numbers below 2**53: exact
            codes[:, a - first : b - first] = _SUMS @ self.facts[:, a:b].astype(np.float64)
        return codes


def encode(text: str, lexicon: Lexicon, matches: Matches) -> Encoded:
    """``text`` in columns.

    ``lexicon`` gives a lower-case word its level as a word of condition names (0 to 15); ``matches`` are the
    character spans of condition names in ``text``, in order.
    """
    table = words_for(lexicon)
    tokens, bounds, numbers = _tokens(text, table)
    n = len(tokens)
    levels, lows, marks = table.facts(numbers)
    stretches, ends, inside, all_cues = _stretches(tokens.lower, bounds)
    lengths = np.array(ends, dtype=np.int64)
    lengths[1:] -= lengths[:-1].copy()
    flat = np.array(stretches, dtype=np.int32).reshape(-1, _FIELDS).T
    facts = np.zeros((len(_FACTS), n), np.int16)
    facts[:_FIELDS] = said = flat.repeat(lengths, axis=1)
    order = np.arange(n, dtype=np.int32)
    facts[_BEHIND] = _NEAR[np.clip(order - said[_BEHIND], 0, 20)]
    facts[_AHEAD] = _NEAR[np.minimum(said[_AHEAD] - order, 20)]
    match = _matches(tokens, matches)
    rest = (match, levels, _depth(marks, bounds), _head(tokens.words, bounds), _again(lows), inside)
    for row, values in enumerate(rest, _FIELDS):
        facts[row] = values
    facts[-4, 1:], facts[-3, :-1] = match[:-1], match[1:]
    facts[-2, 1:], facts[-1, :-1] = levels[:-1], levels[1:]
    return Encoded(text, tokens, bounds, levels, facts, all_cues, table, numbers)


# What is known of a word; of it the codes are made. The first nine come from the cues.
_FACTS = (
    *("opened", "closed", "last", "last2", "behind", "next", "ahead", "mode", "denied"),
    *("match", "level", "depth", "head", "again", "inside", "match-1", "match+1", "level-1", "level+1"),
)
_BEHIND, _AHEAD = _FACTS.index("behind"), _FACTS.index("ahead")
_DIST = {"last": 7, "behind": 1}
_COMING = {"next": 7, "ahead": 1}
_OPEN = {"opened": _NG, "closed": 1}


def _with(code: dict[str, int], times: int, fact: str) -> dict[str, int]:
    """The code that tells every pair of a value of ``code`` and one of ``fact`` (below ``times``) apart."""
    return {name: factor * times for name, factor in code.items()} | {fact: 1}


_CODES: dict[str, dict[str, int]] = {
    "o": _OPEN,
    "om": _with(_OPEN, 8, "match"),
    "ol": _with({"opened": 1}, _LEX, "level"),
    "c": _DIST,
    "c2": _with({"last": 1}, _NG, "last2"),
    "cl": _with(_DIST, _LEX, "level"),
    "cd": _with(_DIST, 8, "match"),
    "n": _COMING,
    "nl": _with(_COMING, _LEX, "level"),
    "in": {"inside": 1},
    "d": {"match": 1},
    "dl": _with({"match": 1}, _LEX, "level"),
    "m": {"mode": 1},
    "md": _with({"mode": 1}, 8, "match"),
    "mc": _with({"mode": 1}, _NG, "last"),
    "p": _with({"depth": 1}, 8, "match"),
    "h": _with({"head": 1}, 8, "match"),
    "hc": _with({"head": 1}, _NG, "last"),
    "ng": _with({"denied": 1}, 8, "match"),
    "ngc": _with({"denied": 1}, _NG, "last"),
    "a": _with({"again": 1}, 8, "match"),
    "ac": _with({"again": 1}, _NG, "last"),
    "l2": _with({"level-1": 1}, _LEX, "level"),
    "l3": _with(_with({"level-1": 1}, _LEX, "level"), _LEX, "level+1"),
    "d3": _with(_with({"match-1": 1}, 8, "match"), 8, "match+1"),
}
_BLOCK = 512  # words multiplied together: more, and the library starts threads that cost more than they give
COLUMNS = tuple(_CODES)  # what a word's place gives, each a whole number
_SUMS = np.array([[code.get(fact, 0) for fact in _FACTS] for code in _CODES.values()], dtype=np.float64)


_FIELDS = 9  # numbers of a stretch
_NONE_BEHIND, _NONE_AHEAD = -1_000_000_000, 1_000_000_000


def _stretches(
    words: list[str], bounds: list[int]
) -> tuple[list[int], list[int], Ints, list[tuple[int, int, str]]]:
    """The cues, and the stretches between their edges in which what they say stays the same.

    Of each stretch: the opening cue in force, the closing one, the last cue, the one before it, the last's
    last word, the next cue, its place, the state that earlier sentences left, denial and study. Flat; then
    where each stretch ends, the place of each word in a cue, and the cues.
    """
    flat: list[int] = []
    ends: list[int] = []
    all_cues: list[tuple[int, int, str]] = []
    inside = np.zeros(len(words), np.int64)
    carried = 0
    find = cues().find
    state, age = 0, 0
    for a, b in itertools.pairwise(bounds):
        found = find(words, a, b)
        mode = state * 3 + (age if age < 2 else 2)
        age += 1
        opener, closer, anchor, negated = carried, 0, 0, 0
        opened = (carried + _NG) * 2 if carried else 0
        last, last2, behind = 0, 0, _NONE_BEHIND
        if not found:
            flat += (opened, 0, 0, 0, behind, 0, _NONE_AHEAD, mode, 0)
            ends.append(b)
            if words[b - 1] == ":":
                carried = opener
            continue
        all_cues += found
        groups = [_GROUP[name] for _, _, name in found]
        study = int(_STUDY in groups)
        flat += (opened, 0, 0, 0, behind, groups[0], found[0][0], mode, study)
        for at, (i, j, _) in enumerate(found, 1):
            g = groups[at - 1]
            ends.append(i)
            inside[i] = g * 2
            if j > i + 1:
                inside[i + 1 : j] = g * 2 + 1
            last2, last, behind = last, g, j - 1
            closed_then = closer
            opened_then = opened
            if g in _OPENERS:
                if not (g == 2 and opener in (3, 6) and not closer):  # "not for the treatment of" stays "not"
                    opener = g
                closer = 0
                opened = opened_then = opener * 2
                closed_then = 0
            elif g in _CLOSERS:
                closer = g
            elif g == _PATIENTS:
                opened = opener * 2 + 1
                closer = 0
            if g in _ANCHORS:
                anchor = g if anchor not in (6, 7) else anchor
                if g in (6, 7):
                    negated = g - 5
            nxt, ahead = (groups[at], found[at][0]) if at < len(found) else (0, _NONE_AHEAD)
            code = negated * 2 + study
            flat += (opened_then, closed_then, last, last2, behind, nxt, ahead, mode, code)
            ends.append(j)
            flat += (opened, closer, last, last2, behind, nxt, ahead, mode, code)
        ends.append(b)
        if anchor:
            state, age = anchor, 0
        if words[b - 1] == ":":
            carried = opener
        elif opener != carried:
            carried = 0
    return flat, ends, inside, all_cues


_STUDY, _PATIENTS = _GROUP["study"], _GROUP["patients"]


def _depth(marks: Ints, bounds: list[int]) -> Ints:
    """1 within round brackets, 2 within square ones, the brackets too; 0 elsewhere."""
    depth = np.zeros(len(marks), np.int64)
    places = np.flatnonzero(marks)
    if not len(places):
        return depth
    kinds = marks[places].tolist()
    level, since, edge, k = 0, 0, 0, 0
    for place, kind in zip(places.tolist(), kinds, strict=True):
        while bounds[k + 1] <= place:
            k += 1
        if level:
            depth[since : min(place, bounds[edge + 1])] = level
        if edge != k:
            edge, level = k, 0
        if kind == 3:
            depth[place] = level
            level = 0
        else:
            level, since = kind, place
    if level:
        depth[since : bounds[edge + 1]] = level
    return depth


def _head(words: list[str], bounds: list[int]) -> Ints:
    """How far behind a number that opens a sentence: 1 to 4 in the first 14 words; 0 elsewhere."""
    head = np.zeros(len(words), np.int64)
    for a, b in itertools.pairwise(bounds):
        if words[a][0].isdigit():
            stop = min(b, a + len(_HEAD))
            head[a:stop] = _HEAD[: stop - a]
    return head


_HEAD = 1 + np.minimum(np.arange(14, dtype=np.int64) // 4, 3)


def _tokens(text: str, table: Words) -> tuple[Tokens, list[int], Ints]:
    """The words, where sentences begin (no sentence parts a word), and the words' numbers."""
    starts: list[int] = []
    ends: list[int] = []
    at: list[int] = []
    found = token_in(text).finditer(text)
    while spans := [match.span() for match in itertools.islice(found, _AT_ONCE)]:
        at += table.numbers([text[a:b] for a, b in spans])
        starts += [a for a, _ in spans]
        ends += [b for _, b in spans]
    bounds = [0]
    last = 0
    for _, end in sentences(text):
        first, last = last, bisect_left(starts, end, last)
        if last - first > LONGEST:
            bounds += range(first + LONGEST, last, LONGEST)
        bounds.append(last)
    words, lows = [table.words[n] for n in at], [table.lower[n] for n in at]
    return Tokens(words, starts, ends, lows), bounds, np.array(at, dtype=np.int64)


_AT_ONCE = 10_000  # words cut at once; of all that follows only the table's own words are kept


def _matches(tokens: Tokens, matches: Matches) -> Ints:
    """0 outside, 1 first, 2 inside, 3 last, 4 alone; the longest of overlapping matches."""
    starts, ends = tokens.starts, tokens.ends
    n = len(starts)
    out = [0] * n
    for start, end in matches:
        i = bisect_left(starts, start)
        j = bisect_left(ends, end, i)
        if i == n or starts[i] != start or j == n or ends[j] != end:
            continue
        if i == j:
            out[i] = 4
        else:
            out[i], out[j] = 1, 3
            out[i + 1 : j] = [2] * (j - i - 1)
    return np.array(out, dtype=np.int64)


def _again(lows: Ints) -> Ints:
    """1 where the pair of words at this place stands elsewhere in the text too; 2 where the word does; 3
    for both. ``lows`` are the numbers of the words in lower case."""
    pairs = lows << 32
    pairs[:-1] |= lows[1:]
    return _repeated(pairs) + 2 * _repeated(lows)


def _repeated(values: Ints) -> Ints:
    """1 for each value that occurs more than once, else 0."""
    order = values.argsort(kind="stable")
    ordered = values[order]
    same = np.zeros(len(values) + 1, np.int64)
    np.equal(ordered[1:], ordered[:-1], out=same[1:-1], casting="unsafe")
    out = np.empty(len(values), np.int64)
    out[order] = same[1:] | same[:-1]
    return out
