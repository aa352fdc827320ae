"""The same sentence in another register: plain words for readers, professional terms for pharmacists.

A brief's sentences put the everyday word first and the professional one behind it: "high blood pressure
(hypertension)". For a professional the everyday word goes. Sentences stay aligned one to one, and what they
say stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from usedfor.briefs.wording import capital, table

__all__ = ["Professional"]

# What begins like this in brackets is a remark, and no name: "(said of the form given by mouth)".
_REMARK = "said|as|in|for|with|without|of|to|by|from|when|if|and|or|not"


class Professional:
    """Rewrites sentences. ``lay``: the everyday names of conditions, beside those of the wording tables."""

    def __init__(self, lay: Iterable[str] = ()) -> None:
        known = sorted({*lay, *_everyday()}, key=lambda words: (-len(words), words))
        short = "|".join(re.escape(lay[:-1]) for lay in known if lay.endswith(")")) or r"(?!)"
        self._pair = re.compile(
            rf"\b(?:(?P<lay>{'|'.join(map(re.escape, known))}) \((?P<term>(?!(?:{_REMARK})\b)[^()]+)\)"
            rf"|(?:{short}), (?P<long>[^()]+)\))",
            re.IGNORECASE,
        )

    def text(self, sentence: str) -> str:
        """``"It may harm the liver (hepatotoxicity)."`` without the everyday words."""
        return capital(self._pair.sub(lambda m: m["term"] or m["long"], sentence))


def _everyday() -> Iterator[str]:
    """Every everyday word that may stand before a professional one in brackets."""
    yield from map(str, table("plain")["terms"].values())
    yield from map(str, table("topics")["warnings"].values())
