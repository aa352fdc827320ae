"""The last look at a label's uses: what the rules of ``rules/screens.toml`` take out, turn or join."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from usedfor.extraction.cues import rules
from usedfor.extraction.mentions import Found

__all__ = ["is_test", "joined", "of_people", "screened", "without_background"]

_SCREENS = {name: re.compile(rule["pattern"], re.S) for name, rule in rules("screens").items()}
_BEFORE = [pattern for name, pattern in _SCREENS.items() if name.startswith("before_")]
_LATIN = re.compile(r"[A-Z][a-z]{3,} [a-z]{4,}")
_FULL_STOP = re.compile(r"[.!?]\s+(?=[A-Z])|[•●▪■◦‣]")
_NEXT_SENTENCE = re.compile(r"[.!?]\s+(?=[A-Z])")  # a bullet goes on with the list
_ASIDE = re.compile(r"\s*(?:\([^()]{1,40}\)\s*)?,?\s*")
_NEAR = 60  # characters between "in patients with" and what they have
_REACH = 400  # characters before a use that are looked at


class _Use(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def relation(self) -> str: ...


_U = TypeVar("_U", bound=_Use)


def joined(text: str, spans: Iterable[Found]) -> list[Found]:
    """The spans, "X (ABBR)" and the "Y" of "with Y" behind it as one."""
    out: list[Found] = []
    for span in spans:
        last = out[-1] if out else None
        if (
            last is not None
            and last.label == span.label
            and _SCREENS["joined"].fullmatch(text, last.end, span.start)
        ):
            out[-1] = last._replace(end=span.end, last=span.last)
        else:
            out.append(span)
    return out


def screened(text: str, spans: Iterable[Found], limit: str) -> list[Found]:
    """The spans without what is no use at all; what the label denies gets the label ``limit``."""
    conditional = [m.span() for m in _SCREENS["accelerated"].finditer(text)]
    out = []
    for span in spans:
        if any(start <= span.start < end for start, end in conditional):
            continue
        if _SCREENS["negated"].match(text, span.start, span.end):
            continue
        begin = _sentence_start(text, span.start)
        if span.label != limit and _named_otherwise(text, begin, span):
            continue
        denied = (
            _SCREENS["evidence"].search(text, begin, span.start)
            or _in_denied_list(text, span.start)
            or _SCREENS["behind_unavailable"].match(text, span.end)
        )
        out.append(span._replace(label=limit) if denied else span)
    return out


def _named_otherwise(text: str, begin: int, span: Found) -> bool:
    """Whether the words around a condition say that it is a risk, a cause or an organism."""
    return (
        any(pattern.search(text, begin, span.start) for pattern in _BEFORE)
        or _SCREENS["behind_agent"].match(text, span.end) is not None
        or (_LATIN.fullmatch(text, span.start, span.end) is not None
            and _SCREENS["organism"].search(text, begin, span.end) is not None)
    )  # fmt: skip


def _in_denied_list(text: str, place: int) -> bool:
    low = max(0, place - _REACH)
    opened = [m.end() for m in _SCREENS["denied_list"].finditer(text, low, place)]
    return bool(opened) and not _NEXT_SENTENCE.search(text, opened[-1], place)


def is_test(words: str) -> bool:
    """Whether a use names an imaging or an examination."""
    return _SCREENS["test"].search(words) is not None


def without_background(text: str, uses: Iterable[_U], keep: Callable[[_U], bool]) -> list[_U]:
    """The uses without what is "prevented" in words about the patients, behind another thing prevented."""
    given = list(uses)
    starts = [use.start for use in given if use.relation == "prevent" and keep(use)]
    out = []
    for use in given:
        if use.relation == "prevent" and keep(use):
            begin = _sentence_start(text, use.start)
            about = list(_SCREENS["background"].finditer(text, begin, use.start))[-1:]
            if (
                about
                and not _SCREENS["resumed"].search(text, about[0].end(), use.start)
                and any(begin <= start < about[0].start() for start in starts)
            ):
                continue
        out.append(use)
    return out


def of_people(text: str, place: int, ends: Iterable[int]) -> bool:
    """Whether the condition at ``place`` is said of the people for whom another use holds.

    "For anorexia in patients with cancer" is no treatment of the cancer. ``ends``: where uses end; one of
    them stands right before "in patients with".
    """
    begin = _sentence_start(text, place)
    for end in ends:
        aside = _ASIDE.match(text, end, place) if begin < end < place else None
        about = _SCREENS["background"].match(text, aside.end(), place) if aside else None
        if about and place - about.end() <= _NEAR:
            return _SCREENS["resumed"].search(text, about.end(), place) is None
    return False


def _sentence_start(text: str, place: int) -> int:
    low = max(0, place - _REACH)
    ends = [m.end() for m in _FULL_STOP.finditer(text, low, place)]
    return ends[-1] if ends else low
