"""Which gold items are kept apart: the rule that training uses, for the benchmarks."""

from __future__ import annotations

from usedfor.extraction.splits import FIFTHS, fold, held_out

__all__ = ["FIFTHS", "fold", "held_out"]
