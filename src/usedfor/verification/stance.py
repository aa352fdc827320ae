"""What a claim, and a sentence of a label, says of a thing: allowed, forbidden, to be used with care, not
shown.

A cue counts for what stands in its clause, as in ConText (Harkema et al., J Biomed Inform 2009): the
clause of the thing that the claim and the sentence share.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from usedfor.verification.cues import cue, data, has
from usedfor.verification.retrieve import Found, Hit

__all__ = ["ClaimStance", "Stance", "claim_stance", "contrasts", "stance_of"]

Stance = Literal["forbid", "unproven", "allow", "caution", "none"]
ClaimStance = Literal["allow", "forbid", "unproven", "deny", "assert"]

_BREAK = re.compile(r"[.;•●▪■](?=\s)|\s(?:but|however|whereas|while|although|except)\s")
_BESIDES = re.compile(r"\b(?:other than|except(?: for)?|apart from)\b[^.;]*$", re.I)
_NOT_BANNED = re.compile(r"\bnot (?:an? )?(?:absolute(?:ly)? )?contraindicat", re.I)
_REACH = 220  # characters on either side of the thing
_FREES = re.compile(
    r"\b(?:not (?:a reason|a problem|rule[sd]? out|necessary|needed|required|addictive|habit)|does not rule out|do(?:es)? not (?:need|have) to|"  # noqa: E501
    r"need not|no need|no (?:concern|risk|problem|danger|harm|reason|obstacle|barrier|bar)|no \w+ (?:is|are) needed|are not needed|(?:is|are) no problem)\b",  # noqa: E501
    re.I,
)
_UNPROVEN = re.compile(
    r"\b(?:(?:not|n't|never) (?:yet )?(?:been )?(?:shown|proven|established|known|demonstrated|studied|tested)|unproven|unknown|not approved|not indicated|"  # noqa: E501
    r"no (?:proof|evidence|data))\b",
    re.I,
)


_ABLE = re.compile(
    r"\b(?:who|that|which|whose \w+|if (?:you|they)|when (?:you|they)) (?:still |really |just )?(?:cannot|can't|do(?:es)? not|don't|doesn't|have not|has not|had not|are not|is not|were not|did not|could not|have never|has never|never)\b(?: \w+){0,3}",  # noqa: E501
    re.I,
)
_NONE_WITH = re.compile(r"^\s*no (?:\w+ ){1,3}(?:with|during|while|when|on|for|after|before|until)\b", re.I)


def claim_stance(text: str) -> ClaimStance:
    """What a claim says of its thing. What it says people cannot do is no stance ("who cannot swallow")."""
    text = _ABLE.sub(" ", text)
    if _NONE_WITH.search(text):
        return "forbid"
    if _FREES.search(text):
        return "allow"
    if _UNPROVEN.search(text):
        return "unproven"
    if has("claim", "forbid", text):
        return "forbid"
    if has("claim", "allow", text):
        return "allow"
    return "deny" if has("claim", "negated", text) else "assert"


def shared_place(found: Found, hit: Hit) -> tuple[int, int] | None:
    """Where in a sentence the rarest unit stands that the claim shares with it."""
    at = hit.passage.places
    for n in sorted(hit.units, key=lambda n: (-found.weights[n], n)):
        for way in found.units[n].ways:
            if all(part in at for part in way):
                return at[way[0]]
        for part in found.units[n].ways[0]:
            if part in at:
                return at[part]
    return None


def clause(text: str, start: int, end: int) -> str:
    """The clause around a place, at most some hundred characters to each side."""
    low = max(0, start - _REACH)
    for found in _BREAK.finditer(text, low, start):
        low = found.end()
    stop = _BREAK.search(text, end, min(len(text), end + _REACH))
    return text[low : stop.start() if stop else end + _REACH]


def stance_of(found: Found, hit: Hit) -> Stance:
    """What a sentence says of the thing that the claim shares with it."""
    place = shared_place(found, hit)
    near = clause(hit.passage.text, *place) if place else hit.passage.text[: 2 * _REACH]
    own = _read(near)
    if own == "forbid" and _NOT_BANNED.search(near):
        own = "caution"  # "not an absolute contraindication"
    if own == "forbid" and has("passage", "limit", near) and hit.passage.section != "contraindications":
        own = "caution"  # "not more than": a limit is no prohibition
    if (
        own in ("forbid", "unproven")
        and place
        and _BESIDES.search(hit.passage.text, max(0, place[0] - 60), place[0])
    ):
        return "allow"  # "not established for uses other than this"
    if own in ("forbid", "unproven"):
        return own
    if hit.passage.section == "contraindications":
        return "forbid"
    behind = _behind(found, hit)
    if own == "none" and behind in ("forbid", "unproven"):
        return behind
    led = _read(hit.passage.lead.text[-_REACH:]) if hit.passage.lead is not None else "none"
    if led in ("forbid", "unproven"):
        return led
    if own != "none":
        return own
    if hit.passage.section == "indications_and_usage":
        return "allow"
    return led


_FOLLOWS = re.compile(r"^(?:concomitant|co-?administ|use of|avoid|this combination|these|therefore|such|do not|the combination|when)", re.I)  # fmt: skip  # noqa: E501


def _behind(found: Found, hit: Hit) -> Stance:
    """What the next sentence says, where it goes on about the same medicines ("Concomitant use ...")."""
    if hit.passage.section != "drug_interactions":
        return "none"
    passages = found.index.passages
    n = hit.passage.n + 1
    if n < len(passages) and passages[n].section == hit.passage.section and _FOLLOWS.match(passages[n].text):
        return _read(passages[n].text[:_REACH])
    return "none"


def _read(text: str) -> Stance:
    if (
        cue("passage", "allow").search(text)
        and not re.search(r"contraindicated|should not|do not", text, re.I)
        and not cue("passage", "not_established").search(text)
    ):
        return "allow"
    if cue("passage", "not_established").search(text):
        return "unproven"
    if cue("passage", "forbid").search(text):
        return "forbid"
    return "caution" if cue("passage", "caution").search(text) else "none"


_EITHER = re.compile(r"\bwith (?:or without|\w+(?: \w+)? or without)\b|\bwithout regard|\bregardless\b", re.I)


@cache
def _pairs() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str], bool], ...]:
    return tuple(
        (row["id"], re.compile(row["left"], re.I), re.compile(row["right"], re.I), row.get("always", False))
        for row in data("contrasts")["pair"]
    )


def contrasts(text: str, passage: str) -> tuple[str, ...]:
    """The pairs of which the claim has one side and the sentence only the other."""
    found = []
    affirmed = claim_stance(text) in ("assert", "allow")
    for id_, left, right, always in _pairs():
        if (always and not affirmed) or (id_ == "contrast.food" and _EITHER.search(text)):
            continue
        a, b = bool(left.search(text)), bool(right.search(text))
        if a == b:
            continue
        c, d = bool(left.search(passage)), bool(right.search(passage))
        if (a and d and (always or not c)) or (b and c and not d):
            found.append(id_)
    return tuple(found)
