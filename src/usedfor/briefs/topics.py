"""Plain words for the topic codes of warnings and of groups of people."""

from __future__ import annotations

import re

from usedfor.briefs.naming import both_words
from usedfor.briefs.tidy import is_cut, tidy
from usedfor.briefs.wording import same_key, table

_BESIDE = 4  # words of the label shown in brackets

_LEADS = re.compile(
    r"^(?:warnings?: |risks? of |increased risks? of |potential (?:for|risks? of) |"
    r"possible |use in (?:patients with )?|effects? on )",
    re.IGNORECASE,
)


def topic_words(topic: str | None, text: str, *, short: bool = False) -> str:
    """A warning's topic in plain words, the label's own beside it: "liver damage (hepatotoxicity)".

    ``short`` leaves the label's words out where a plain wording is known. ``""`` where there is none and the
    label's words were cut in the middle: half a heading says nothing.
    """
    known = table("topics")["warnings"].get(topic or "")
    words = tidy(_LEADS.sub("", text))
    if not known:
        return "" if is_cut(words) else both_words(words)
    bare = short or topic in table("topics")["bare"]["codes"] or is_cut(words) or len(words.split()) > _BESIDE
    if bare or not words or not _adds(str(known), words):
        return str(known)
    return f"{known} ({words})"


def _adds(known: str, words: str) -> bool:
    """Whether the label's words say something the plain ones do not."""
    have = set(same_key(known).split())
    return not set(same_key(words).split()) <= have.union(table("cues")["fillers"])


def population_words(topic: str) -> str | None:
    """The finding as a sentence without its full stop; None for a code that has no wording."""
    found = table("topics")["populations"].get(topic)
    return str(found) if found else None
