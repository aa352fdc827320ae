"""The last look at a label's uses: what the rules of ``rules/screens.toml`` take out, turn or join."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from usedfor.extraction.cues import rules
from usedfor.extraction.mentions import Found

__all__ = ["is_test", "joined", "screened", "without_background"]

_SCREENS = {name: re.compile(rule["pattern"], re.S) for name, rule in rules("screens").items()}
_FULL_STOP = re.compile(r"[.!?]\s+(?=[A-Z])|[•●▪■◦‣]")
_NEXT_SENTENCE = re.compile(r"[.!?]\s+(?=[A-Z])")  # a bullet goes on with the list
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
        denied = _SCREENS["evidence"].search(text, _sentence_start(text, span.start), span.start)
        out.append(span._replace(label=limit) if denied or _in_denied_list(text, span.start) else span)
    return out


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


def _sentence_start(text: str, place: int) -> int:
    low = max(0, place - _REACH)
    ends = [m.end() for m in _FULL_STOP.finditer(text, low, place)]
    return ends[-1] if ends else low
