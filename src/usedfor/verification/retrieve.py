"""Which sentences of the documents speak of what a claim speaks of.

Each unit of a claim weighs by how rare it is in the document (the idf of Robertson and Sparck Jones, 1976)
and by its kind; a sentence gets the weight of the units it holds, those of the sentence that leads its
list in part, and the section it stands in counts by what kind of claim it is asked about (words/kinds.toml).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from usedfor.verification.cues import data
from usedfor.verification.index import Index, Passage
from usedfor.verification.units import Unit

__all__ = ["Found", "Hit", "find"]

_KIND = {"condition": 1.7, "medicine": 1.8, "phrase": 1.2, "word": 1.0, "figure": 0.5}
_LED = 0.7  # of a unit's weight, where it stands in the sentence that leads the list
_BROKEN = 0.45  # of a unit's weight, where only some words of its name are found
TOP = 8
_OWN = 0.4  # of a unit's weight, where it is what the medicine is used for anyway
_DECIDING = 1.3  # what a sentence that forbids or allows something gains, where the claim does so


def _decides(passage: Passage) -> bool:
    return passage.says("forbid") or passage.says("not_established") or passage.says("allow")


@dataclass(slots=True)
class Hit:
    """A sentence with the units it holds (by number) and its score."""

    passage: Passage
    units: frozenset[int]
    score: float
    led: frozenset[int] = frozenset()

    @property
    def all(self) -> frozenset[int]:
        """The units that it or its lead holds."""
        return self.units | self.led


@dataclass(slots=True)
class Found:
    """What was found for a claim in a document: the best sentences first, and what each unit weighs."""

    index: Index
    units: Sequence[Unit]
    weights: list[float]
    places: list[int]  # in how many sentences each unit stands
    hits: list[Hit] = field(default_factory=list)

    def coverage(self, held: frozenset[int], kinds: Sequence[str] = ()) -> float:
        """The share of the weight that these units carry, of those of these kinds or of all."""
        whole = sum(w for u, w in zip(self.units, self.weights, strict=True) if not kinds or u.kind in kinds)
        part = sum(self.weights[n] for n in held if not kinds or self.units[n].kind in kinds)
        return part / whole if whole else 0.0


def find(
    index: Index,
    units: Sequence[Unit],
    kind: str,
    top: int = TOP,
    deciding: bool = False,
    own: Collection[str] = (),
) -> Found:
    """The ``top`` sentences of a document for a claim of this kind. ``deciding``: the claim allows or forbids
    something, so that sentences that do so as well come before others that hold the same words. ``own``:
    conditions it is used for, which say little of which sentence a claim of another kind is about."""
    held: dict[int, dict[int, float]] = defaultdict(dict)
    weights: list[float] = []
    places: list[int] = []
    size = len(index.passages)
    for n, unit in enumerate(units):
        standing: set[int] = set()
        for way in unit.ways:
            standing.update(index.holding(way))
        factor = 1.0
        if not standing and unit.kind in ("condition", "phrase", "medicine"):
            factor = _BROKEN
            for part in unit.ways[0]:
                if len(part) > 3:
                    standing.update(index.postings.get(part, ()))
            if len(unit.ways[0]) < 2:
                standing.clear()
        places.append(0 if factor < 1 else len(standing))
        rarity = index.rarest if not standing else math.log((size + 1) / (len(standing) + 0.5))
        weight = _KIND[unit.kind] * max(rarity, 0.3)
        if unit.id in own and kind not in ("use", "approval"):
            weight *= _OWN
        weights.append(weight)
        for at in standing:
            held[at][n] = weight * factor
    priors = data("kinds")["sections"]
    default, sections = priors["default"], priors.get(kind, {})
    hits: list[Hit] = []
    passages = index.passages
    leads: dict[int, dict[int, float]] = {}
    for at, found in held.items():
        passage = passages[at]
        score = sum(found.values())
        led: frozenset[int] = frozenset()
        if passage.lead is not None and (above := held.get(passage.lead.n)):
            more = {n: w for n, w in above.items() if n not in found}
            score += _LED * sum(more.values())
            led = frozenset(more)
            leads[at] = more
        prior = sections.get(passage.section)
        if prior is None:
            prior = default.get(passage.section, default["other"])
        length = len(passage.text)
        score *= prior / (1 + 0.18 * math.log1p(length / 250))
        hits.append(Hit(passage, frozenset(found), score, led))
    hits.sort(key=lambda h: (-h.score, h.passage.n))
    if deciding:
        for hit in hits[: 4 * top]:
            passage = hit.passage
            if (
                passage.section == "contraindications"
                or _decides(passage)
                or (passage.lead is not None and _decides(passage.lead))
            ):
                hit.score *= _DECIDING
        hits[: 4 * top] = sorted(hits[: 4 * top], key=lambda h: (-h.score, h.passage.n))
    kept: list[Hit] = []
    seen: set[str] = set()
    for hit in hits:
        plain = hit.passage.text[:160]
        if plain in seen and hit.passage.section == kept[0].passage.section:
            continue
        seen.add(plain)
        kept.append(hit)
        if len(kept) == top:
            break
    return Found(index, units, weights, places, kept)
