"""What an intervention did to an outcome against a comparator, as a paper's abstract says it.

The sentences that speak most of the question are read as signs (``directions_text``), and a linear model that
learned from randomised trials (Evidence Inference, Lehman et al., NAACL 2019; DeYoung et al., BioNLP 2020)
weighs them. Where no direction is probable enough, it is unknown.
"""

from __future__ import annotations

import msgspec

from usedfor.extraction.directions_features import evidence, features, presence
from usedfor.extraction.directions_model import DIRECTIONS, load
from usedfor.extraction.directions_text import Prompt, read
from usedfor.studies import Direction

__all__ = ["UNSURE", "Decided", "Prompt", "decide"]

UNSURE = 0.36  # below this the most probable of three directions is hardly more than a guess


class Decided(msgspec.Struct, frozen=True):
    """A direction, how probable it is, and the sentence ``text[start:end]`` that speaks most of it."""

    direction: Direction
    confidence: float
    start: int
    end: int
    rule: str


def decide(prompt: Prompt) -> Decided:
    """The direction for a question about a text; "unknown" with an empty span where nothing is to be read.

    Raises:
        SnapshotError: where the model is absent or damaged.
    """
    found = read(prompt)
    chosen = evidence(found)
    if not chosen:
        return Decided("unknown", 0.0, 0, 0, "direction.unsure")
    model = load()
    chances = model.probabilities(features(prompt, found))
    best = max(range(3), key=lambda n: chances[n])
    confidence = round(model.confidence(chances, presence(prompt, found)), 4)
    one = chosen[0][1]
    if chances[best] < UNSURE:
        return Decided("unknown", confidence, one.start, one.end, "direction.unsure")
    return Decided(DIRECTIONS[best], confidence, one.start, one.end, "direction.model")  # type: ignore[arg-type]
