"""A claim on a use against the sentences that give it: what narrows it, and whether the claim keeps that."""

from __future__ import annotations

import re
from collections.abc import Sequence

from usedfor.verification.cues import Restriction, has, restrictions
from usedfor.verification.lexicon import stems, tokens
from usedfor.verification.results import Kind
from usedfor.verification.retrieve import Found, Hit
from usedfor.verification.units import empty

__all__ = ["use_figures"]

_GIVES = re.compile(r"\b(?:indicated|used (?:for|to|in)|for the (?:treatment|management|prevention|relief)|treatment of)\b|:$", re.I)  # fmt: skip  # noqa: E501
_MILD = re.compile(r"\bmild(?:ly|er|est)?\b", re.I)
_OF = re.compile(r"(?:due|secondary|caused|form)\b", re.I)


def _narrowed(restriction: Restriction, hit: Hit, text: str, said: frozenset[str]) -> str:
    """Whether the claim keeps what a sentence narrows ("kept") or drops it ("dropped"); "": it does not."""
    words = hit.passage.text + (" " + hit.passage.lead.text if hit.passage.lead else "")
    narrows = restriction.label.search(words)
    if not narrows or (restriction.unless and restriction.unless.search(words)):
        return ""
    named = _OF.match(narrows[0]) is not None and _named_next(words[narrows.end() :], said)
    if restriction.id == "severity" and _MILD.search(text) and not _MILD.search(words):
        return "dropped"
    named = named or (bool(stems(narrows[0])) and frozenset(stems(narrows[0])) <= said)
    return "kept" if named or restriction.claim.search(text) else "dropped"


def _said(found: Found) -> frozenset[str]:
    """All stems by which a claim's units may be said."""
    return frozenset(part for unit in found.units for way in unit.ways for part in way)


def _named_next(words: str, said: frozenset[str]) -> bool:
    """Whether the claim names what stands behind "due to" and its like."""
    near = [one for one, _, _ in tokens(words[:60].split(",")[0].split(".")[0]) if one not in empty()][:3]
    return any(one in said for one in near)


def use_figures(f: dict[str, float], text: str, kind: Kind, found: Found, top: Sequence[Hit]) -> None:
    """Restrictions of the best matching use that the claim drops; the age of whom it is for."""
    listed = [h for h in found.hits if h.passage.section == "indications_and_usage" and h.all]
    dropped = 0
    for restriction in restrictions():
        f[f"drop_{restriction.id}"] = 0.0
        f[f"keep_{restriction.id}"] = 0.0
    if listed and kind in ("use", "approval", "onset", "route", "mechanism"):
        said = _said(found)
        giving = [h for h in listed if _GIVES.search(h.passage.text) or h.passage.lead is not None] or listed
        best = max(found.coverage(h.all) for h in giving)
        # what every sentence that gives this use asks for
        equal = [h for h in giving if found.coverage(h.all) >= 0.9 * best]
        for restriction in restrictions():
            found_in = [_narrowed(restriction, h, text, said) for h in equal]
            if all(found_in):
                kept = "kept" in found_in
                f[f"{'keep' if kept else 'drop'}_{restriction.id}"] = 1.0
                dropped += not kept and restriction.id != "adults"
    f["dropped"] = min(dropped, 3) / 3
    beside = next(r for r in restrictions() if r.id == "adjunct")
    f["alone_x_adjunct"] = float(
        has("claim", "alone", text)
        and not f["s_forbid"]
        and bool(listed)
        and all(_narrowed(beside, h, text, frozenset()) for h in listed[:1])
    )
    conditions = [n for n, u in enumerate(found.units) if u.disease]
    f["use_named"] = bool(conditions)
    there = set()
    for n in conditions:
        if any(
            found.index.passages[at].section == "indications_and_usage"
            and not found.index.passages[at].text.startswith(("Use caution", "Caution"))
            for way in found.units[n].ways
            for at in found.index.holding(way)
        ):
            there.add(n)
    f["use_there"] = len(there) / len(conditions) if conditions else 0.0
    about = kind in ("use", "approval")
    f["about_use"] = about
    gone = [n for n in conditions if n not in there]
    f["use_many_gone"] = float(about and bool(there) and len(gone) > 1)
    f["use_part"] = float(about and bool(there) and bool(gone))
    f["absent_denied"] = float(about and any(_denied(found, n) for n in gone))
    strong = (f["c_approved"] or f["c_effective"]) and not f["c_tried"]
    f["c_strong"] = strong
    f["absent_strong"] = about and bool(conditions) and not there and strong
    f["absent_weak"] = about and bool(conditions) and not there and not strong
    f["affirms"] = f["s_assert"] or f["s_allow"]
    f["tried_x_absent"] = f["c_tried"] and bool(conditions) and not there
    f["wide_x_dropped"] = f["c_wide"] and dropped > 0


_NOT_FOR = re.compile(
    r"\b(?:not (?:used|indicated|approved|recommended|intended|effective|been (?:shown|established|demonstrated|studied|evaluated))|should not be used|"  # noqa: E501
    r"not for)\b", re.I
)  # fmt: skip
_DENYING = ("indications_and_usage", "warnings_and_cautions", "warnings", "boxed_warning", "spl_medguide", "precautions", "clinical_studies")  # fmt: skip  # noqa: E501


def _denied(found: Found, n: int) -> bool:
    """Whether a sentence says in one clause that the medicine is not for this condition."""
    index = found.index
    for way in found.units[n].ways:
        for at in index.holding(way)[:40]:
            passage = index.passages[at]
            if passage.section in _DENYING:
                for found_ in _NOT_FOR.finditer(passage.text):
                    near = {
                        s for s, _, _ in tokens(passage.text[found_.end() : found_.end() + 90].split(".")[0])
                    }
                    if all(part in near for part in way):
                        return True
    return False
