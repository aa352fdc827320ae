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
from usedfor.extraction.tokens import words_of

__all__ = ["limited"]

_REACH = 160  # characters after a cue within which a condition is meant
_STOP = re.compile(
    r"[.;]\s|\bbecause\b|\bdue to (?:the|an?|insufficient)\b|\bas (?:there|they)\b"
    r"|\[see\b|\bunless\b|\bwho (?!have\b|are HIV)|\bbeyond\b|,? which\b",
    re.I,
)


_FUNCTION = frozenset(
    re.findall(
        r"\S+",
        """of with in for the a an and or to as on at by from any patients adults children
    treatment who have develop that this those these use such including prevention management relief risk be
    is are indicated recommended established studied evaluated approved effective""",
    )
)
_PHRASE = re.compile(
    r"not (?:been )?(?:indicated|approved) (?P<how>for(?: use)?(?: in| as)?|to|as)"
    r"(?: the| an?)? (?P<what>[^.;:(\[•]{4,90}?)"
    r"(?=\s?(?:[.;:(\[•]|,|$| because| due to"
    r"| as | in (?:patients|men|women|children|pediatric)| who | and is not))",
    re.I,
)
_LEAD = re.compile(r"(?:the )?(?:treatment|relief|management|reduction|prevention|use) (?:of|in|for)\b", re.I)


def _phrases(text: str, areas: Areas) -> list[tuple[int, int]]:
    """The words after "not indicated for", where they stand for a use that no dictionary names."""
    return [
        match.span("what")
        for match in _PHRASE.finditer(text)
        if areas.holding(*match.span("what")) and not _LEAD.match(text, match.start("what"))
    ]


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile("|".join(f"(?:{p})" for p in rule["patterns"]), re.I)
        for name, rule in rules("limits").items()
    }


def zones(text: str, start: int, end: int, style: str = "label") -> list[tuple[int, int]]:
    """The stretches of the sentence ``text[start:end]`` in which a named condition is no use."""
    patterns = _patterns()
    out = []
    for cue in patterns["before" if style == "label" else "sentence"].finditer(text, start, end):
        reach = min(end, cue.end() + _REACH)
        stop = _STOP.search(text, cue.end(), reach)
        out.append((cue.end(), stop.start() if stop else reach))
    if not out and style == "label":
        for cue in patterns["after"].finditer(text, start, end):
            opening = patterns["opens"].search(text, max(start, cue.start() - 200), cue.start())
            if opening:
                out.append((opening.end(), cue.start()))
    return out


_DENIAL = re.compile(
    r"\bno[tnr]?\b|\blimitations?\b|\bavoid|\bineffective|\bwithout\b|\binsufficient|\bseldom|\brarely", re.I
)


def _denied(seen: Encoded, span: Found) -> bool:
    """Whether anything in the span's sentence, or the few words before it, denies."""
    k = bisect_right(seen.bounds, span.first) - 1
    start = seen.tokens.starts[seen.bounds[k]]
    return bool(_DENIAL.search(seen.text, max(0, start - 60), seen.tokens.ends[seen.bounds[k + 1] - 1]))


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
    spans = [s._replace(label=use) if s.label == against and not _denied(seen, s) else s for s in spans]
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
        if span.label == against:
            if words in stated:
                continue
        elif inside:
            if stated.alike(words):
                continue
            span = span._replace(label=against)
        out.append(span)
    return sorted(out + _named(seen, out, matches, areas, stated, style))


def _words(text: str, span: Found) -> frozenset[str]:
    return frozenset(words_of(text[span.start : span.end]))


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
    bare = [(s, e) for s, e in matches if not (text[s - 1 : s] == "(" and text[e : e + 1] == ")")]
    for start, end in [*bare, *(_phrases(text, areas) if style == "label" else [])]:
        area = areas.holding(start, end)
        if area is None or start not in first_at or end not in last_at:
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
