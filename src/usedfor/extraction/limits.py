"""What a label says the medicine is not for: rules on sentences that set limits (``rules/limits.toml``).

The tagger finds conditions; these rules say which of its spans stand under a "not indicated for", and add
the named conditions of such a sentence that the tagger left.
"""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence

from usedfor.extraction.cues import rules
from usedfor.extraction.features import Encoded
from usedfor.extraction.mentions import Found
from usedfor.extraction.ranges import Areas, Sayings, Taken
from usedfor.extraction.sieve import Gated
from usedfor.extraction.tokens import words_of

__all__ = ["NO_USE", "denied", "limited"]

NO_USE = "-"  # label of a span that is neither a use nor a limit

_REACH = 160  # characters after a cue within which a condition is meant
_STOP = re.compile(
    r"[.;]\s|\bbecause\b|\bdue to (?:the|an?|insufficient)\b|\bas (?:there|they)\b"
    r"|\[see\b|\bunless\b|\bexcept\b|\bwhen\b|\bwho (?!have\b|are HIV)|\bbeyond\b|,? which\b",
    re.I,
)


_FUNCTION = frozenset(
    re.findall(
        r"\S+",
        """of with in for the a an and or to as on at by from any patients adults children
    treatment who have develop that this those these use such including prevention management relief risk be
    is are indicated recommended established studied evaluated approved effective against until
    beyond between""",
    )
)
_PHRASE = re.compile(
    r"not (?:been )?(?:adequately |systematically )?"
    r"(?:indicated|approved|recommended|effective|established|studied|evaluated|demonstrated|determined)"
    r" (?P<how>for(?: use)?(?: in| as)?|to|as|in(?= (?:adult |pediatric )?patients with))(?: the| an?)?"
    r"(?: (?:treatment|relief|management|use|therapy) (?:of|in|for))?(?: the)?"
    r"(?: (?:adult |pediatric |adult and pediatric )?patients with)? (?P<what>[^.;:(\[•]{4,90}?)"
    r"(?=\s?(?:[.;:(\[•]|,|$| because| due to (?:the|an?|its|lack|insufficient)\b"
    r"| as | in (?:patients|men|women|children|pediatric)| who | and is not))",
    re.I,
)
_UNTRIED = re.compile(
    r"\b(?:efficacy|effectiveness|safety|usefulness|safe and effective use)\b[^.;:]{0,80}?"
    r" (?:(?:in|for) (?:the )?(?:treatment|management|prevention|prophylaxis|relief) of"
    r"|on|(?:in|for) (?:adult |pediatric )?patients with) (?P<what>[^.;:(\[•]{4,120}?)"
    r" (?:has|have) not (?:yet )?been"
    r" (?:adequately |systematically )?(?:established|demonstrated|shown|evaluated|studied|determined)\b",
    re.I,
)
_SPLIT = re.compile(r",? (?:or|nor) ", re.I)


def _phrases(text: str, areas: Areas) -> list[tuple[int, int]]:
    """The words after "not indicated for", where they stand for a use that no dictionary names."""
    out = []
    vague = _patterns()["vague"]
    for match in itertools.chain(_PHRASE.finditer(text), _UNTRIED.finditer(text)):
        start, end = match.span("what")
        if not areas.holding(start, end) or vague.search(match["what"]):
            continue
        for cut in _SPLIT.finditer(text, start, end) if match.re is _PHRASE else ():
            out.append((start, cut.start()))
            start = cut.end()
        out.append((start, end))
    return [(a, b) for a, b in out if b - a > 3 and not vague.search(text[a:b])]


@functools.cache
def _patterns() -> dict[str, Gated]:
    return {
        name: Gated(re.compile("|".join(f"(?:{p})" for p in rule["patterns"]), re.I))
        for name, rule in rules("limits").items()
    }


def zones(text: str, start: int, end: int, style: str = "label") -> list[tuple[int, int]]:
    """The stretches of the sentence ``text[start:end]`` in which a named condition is no use."""
    patterns = _patterns()
    out = []
    for cue in patterns["before" if style == "label" else "sentence"].finditer(text, start, end):
        reach = min(end, cue.end() + _REACH)
        stop = _STOP.search(text, cue.end(), reach)
        right = stop.start() if stop else reach
        out.append((cue.end(), _closing(text, start, cue.end(), right)))
    if not out and style == "label":
        for cue in patterns["after"].finditer(text, start, end):
            opening = patterns["opens"].search(text, max(start, cue.start() - 200), cue.start())
            if opening:
                out.append((opening.end(), cue.start()))
    return out


def _closing(text: str, start: int, cue: int, right: int) -> int:
    """Where a denial within brackets ends: at the bracket that closes them, else at ``right``."""
    low = max(start, cue - _REACH)
    if text.count("(", low, cue) <= text.count(")", low, cue):
        return right
    depth = 0
    for i in range(cue, right):
        if text[i] == ")":
            if not depth:
                return i
            depth -= 1
        elif text[i] == "(":
            depth += 1
    return right


_NEAR = 250  # characters between a denial and the condition it may deny
_HEADED = 500  # characters under a heading that count
_CLOSE = 60  # characters before a condition in which a weak "not" concerns it


def denied(seen: Encoded, span: Found) -> bool:
    """Whether the span's sentence denies it, or it stands under a heading "Limitations of Use"."""
    text, patterns = seen.text, _patterns()
    k = bisect_right(seen.bounds, span.first) - 1
    start, end = seen.tokens.starts[seen.bounds[k]], seen.tokens.ends[seen.bounds[k + 1] - 1]
    for cue in patterns["denial"].finditer(text, max(start, span.start - _NEAR), span.end):
        if not patterns["resumed"].search(text, cue.end(), span.start):
            return True
    after = patterns["denial"].search(text, span.end, min(end, span.end + _NEAR))
    if after is not None and not patterns["resumed"].search(text, span.end, after.start()):
        return True
    headings = patterns["heading"].finditer(text, max(0, span.start - _HEADED), span.start)
    last = max((heading.end() for heading in headings), default=-1)
    return last >= 0 and not patterns["resumed"].search(text, last + 12, span.start)


def _undenied(seen: Encoded, spans: list[Found], against: str, use: str) -> list[Found]:
    """``spans`` with those that nothing denies as uses, where the words before them say so; else NO_USE."""
    out = []
    text, patterns = seen.text, _patterns()
    rejected = {_words(text, span) for span in spans if span.label == against and denied(seen, span)}
    for span in spans:
        if span.label == against and not denied(seen, span):
            k = bisect_right(seen.bounds, span.first) - 1
            start = max(seen.tokens.starts[seen.bounds[k]], span.start - _REACH)
            said = patterns["positive"].search(text, start, span.start)
            doubted = patterns["weak"].search(text, max(start, span.start - _CLOSE), span.end)
            known = _words(text, span) in rejected and not patterns["stated"].search(text, start, span.start)
            span = span._replace(label=use if said and not doubted and not known else NO_USE)
        out.append(span)
    return out


def limited(
    seen: Encoded, spans: list[Found], matches: Sequence[tuple[int, int]], style: str = "label"
) -> list[Found]:
    """``spans`` with those under a limit relabelled as no use, and named conditions there added.

    In "label" style (labels I, N) a use that is also stated outside every limit stays a use; its
    mention under the limit is left out. In "sentence" style (labels T, P, A) every mention counts by itself.
    """
    against = "N" if style == "label" else "A"
    use = "I" if style == "label" else "T"
    text = seen.text
    tokens, bounds = seen.tokens, seen.bounds
    spans = _undenied(seen, spans, against, use)
    found: list[tuple[int, int]] = []
    for a, b in itertools.pairwise(bounds):
        found += zones(text, tokens.starts[a], tokens.ends[b - 1], style)
    if not found:
        return spans
    areas = Areas(found)
    under = [areas.holding(s.start, s.start + 1) is not None for s in spans]
    stated = Sayings()
    if style == "label":
        for span, inside in zip(spans, under, strict=True):
            if span.label == use and not inside:
                stated.add(_words(text, span))
    out: list[Found] = []
    for span, inside in zip(spans, under, strict=True):
        words = _words(text, span)
        if span.label == NO_USE:
            pass
        elif span.label == against:
            if words in stated:
                continue
        elif inside:
            if stated.alike(words):
                continue
            span = span._replace(label=against)
        out.append(span)
    out = sorted(out + _named(seen, out, matches, areas, stated, style))
    bare = _patterns()["bare"]
    return [
        s
        for s in out
        if s.label != against
        or not (bare.search(text[s.start : s.end]) or _EXAMPLE.search(text[max(0, s.start - 40) : s.start]))
    ]


_EXAMPLE = re.compile(r"reactions? \(e\.g\.,? [^()]*\Z")


_NON = re.compile(r"\bnon[-‑–‐ ](?=\w)", re.I)


def _words(text: str, span: Found) -> frozenset[str]:
    """The words of a span; "non-squamous" is one, since it denies the other."""
    return frozenset(words_of(_NON.sub("non", text[span.start : span.end])))


def _named(
    seen: Encoded,
    spans: list[Found],
    matches: Sequence[tuple[int, int]],
    areas: Areas,
    stated: Sayings,
    style: str,
) -> list[Found]:
    """The conditions a dictionary, or "not indicated for ...", names in ``areas`` and no span holds."""
    text, tokens = seen.text, seen.tokens
    label = "N" if style == "label" else "A"
    first_at = {start: i for i, start in enumerate(tokens.starts)}
    last_at = {end: i + 1 for i, end in enumerate(tokens.ends)}
    patterns = _patterns()
    taken = Taken(len(text), ((s.start, s.end) for s in spans))
    out = []
    bare = [
        (s, e)
        for s, e in matches
        if not (text[s - 1 : s] == "(" and text[e : e + 1] == ")")
        and not patterns["background"].search(text, max(0, s - 30), s)
    ]
    for start, end in [*bare, *(_phrases(text, areas) if style == "label" else [])]:
        area = areas.holding(start, end)
        if area is None or start not in first_at or end not in last_at:
            continue
        low = max(area[0], start - 2 * _REACH)
        if text.count("(", low, start) > text.count(")", low, start):
            continue
        first = first_at[start]
        while first > 0 and start - tokens.ends[first - 1] == 1 and tokens.starts[first - 1] >= area[0]:
            before = tokens.lower[first - 1]
            if before in _FUNCTION or not before.isalpha():
                break
            first -= 1
            start = tokens.starts[first]
        found = Found(start, end, first, last_at[end], label)
        if (
            taken.touches(start, end)
            or patterns["people"].search(text, max(0, start - 20), end)
            or patterns["group"].search(text, start, end)
            or stated.holds(_words(text, found))
        ):
            continue
        taken.add(start, end)
        out.append(found)
    return out
