"""Where the words of a use begin and end: rules on the tagger's spans (``rules/borders.toml``)."""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_left, bisect_right

from usedfor.extraction.cues import rules
from usedfor.extraction.features import Encoded
from usedfor.extraction.mentions import Found
from usedfor.extraction.sieve import Gated

__all__ = ["bordered", "parted", "preceded", "separated"]

USES = frozenset("ITP")  # labels of a use
_REASON = re.compile(
    r",? (?:due to the (?:potential|risk|lack)|because)\b.*", re.I | re.S
)  # why it is denied
_BEFORE = 60  # characters before a span that are looked at
_REACH = 140  # characters that a rule looks at beside a span


@functools.cache
def _patterns() -> dict[str, list[Gated]]:
    return {
        kind: [Gated(re.compile(rule["pattern"], re.I)) for rule in found]
        for kind, found in rules("borders").items()
    }


def bordered(seen: Encoded, spans: list[Found]) -> list[Found]:
    """``spans`` with their borders mended: joined, cut, extended over what belongs to them, and parted."""
    text, tokens, patterns = seen.text, seen.tokens, _patterns()
    out: list[Found] = []
    done = -1
    for span in sorted(spans):
        if span.start < done:  # the span before took it in
            continue
        k = bisect_right(seen.bounds, span.first) - 1
        low, high = tokens.starts[seen.bounds[k]], tokens.ends[seen.bounds[k + 1] - 1]
        low = max(low, done, out[-1].end if out else 0)
        start, end = span.start, span.end
        if (
            span.label in USES
        ):  # what limits a denial stays: "infections caused by ..." are not all infections
            start, end = _cut(text, start, end)
        else:
            reason = _REASON.search(text, start, end)
            end = reason.start() if reason else end
        if end == span.end or text.startswith(" (", end):  # a bracket cut off may have stood within a name
            for pattern in patterns["extend"]:
                more = pattern.match(text, end, min(high, end + _REACH))
                if more and more.end() > end:
                    end = more.end()
                    break
        if start == span.start:
            start = preceded(text, low, start)
        done = end
        out += _pieces(seen, start, end, span.label)
    return out


def separated(seen: Encoded, spans: list[Found]) -> list[Found]:
    """``spans``, each parted where names of conditions stand side by side or are joined."""
    return [piece for span in spans for piece in _pieces(seen, span.start, span.end, span.label)]


def _pieces(seen: Encoded, start: int, end: int, label: str) -> list[Found]:
    tokens = seen.tokens
    out = []
    for a, b in parted(seen, start, end):
        first, last = bisect_right(tokens.ends, a), bisect_left(tokens.starts, b)
        if first < last:
            out.append(Found(a, b, first, last, label))
    return out


def preceded(text: str, low: int, start: int) -> int:
    """Where a span that begins at ``start`` begins with the words of severity and course before it."""
    for pattern in _patterns()["before"]:
        more = pattern.search(text[max(low, start - _BEFORE) : start])
        if more:
            start -= len(more.group())
    return start


def _cut(text: str, start: int, end: int) -> tuple[int, int]:
    patterns = _patterns()
    for pattern in patterns["lead"]:
        found = pattern.match(text[start:end])
        if found and found.end() < end - start:
            start += found.end()
    for pattern in patterns["cut"]:
        found = pattern.search(text[start:end])
        if found and found.start() > 3:
            end = start + found.start()
    return start, end


_JOINT = re.compile(r"\s?(?:\([A-Za-z0-9 -]{1,12}\))?(?:,? (?:and/or|and|or)|,) (?:the |an? )?$")
_NEXT = re.compile(  # the article, or the purpose said again, shows that another name begins
    r",? (?:and/or|and|or) (?:(?:for )?(?:the |an )(?:[\w-]+ ){0,2}(?:treatment|relief|management|prevention)"
    r" of (?:the )?|the |as an? |for (?:the )?|to (?=(?:reduce|prevent|treat|improve)\b))(?=\w)",
    re.I,
)
_HELD = re.compile(r"\bwith\b|\bassociated\b|\bdue to\b|\bin\b|\bof\b|\bfollowing\b")


def parted(seen: Encoded, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches of a span that each name a condition: names that stand side by side, "headache
    toothache", and two names of the dictionary that "and" or "or" joins."""
    text = seen.text
    i = bisect_left(seen.matches, (start, 0))
    inside = []
    while i < len(seen.matches) and seen.matches[i][0] < end:
        if seen.matches[i][1] <= end:
            inside.append(seen.matches[i])
        i += 1
    out = []
    for gap in _NEXT.finditer(text, start, end):
        if gap.start() > start:
            out.append((start, gap.start()))
            start = gap.end()
    inside = [match for match in inside if match[0] >= start]
    side_by_side = [text[one[1] : other[0]] == " " for one, other in itertools.pairwise(inside)]
    for n, (one, other) in enumerate(itertools.pairwise(inside)):
        between = text[one[1] : other[0]]
        capital = text[other[0]].isupper() and text[one[1] - 1].islower() and not text[start].islower()
        run = side_by_side[n] and (capital or sum(side_by_side) > 1)
        last = other[1] == end or (
            n + 2 < len(inside) and _JOINT.fullmatch(text[other[1] : inside[n + 2][0]])
        )
        joint = _JOINT.fullmatch(between) and last and not _HELD.search(text, start, one[1])
        if run or joint:
            out.append((start, one[1]))
            start = other[0]
    return [*out, (start, end)]
