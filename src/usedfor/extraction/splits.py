"""Which gold items are kept apart: a fifth of each set, by a hash of the key, so the split never moves."""

from __future__ import annotations

import hashlib

__all__ = ["FIFTHS", "fold", "held_out"]

FIFTHS = 5


def held_out(key: str) -> bool:
    """True for the fifth of all keys that is never tuned on, never trained on and scored once at the end."""
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) % FIFTHS == 0


def fold(key: str, folds: int = 5) -> int:
    """The cross-validation fold (0 to ``folds - 1``) of a key that is not held out."""
    return int(hashlib.sha256(key.encode()).hexdigest()[8:16], 16) % folds
