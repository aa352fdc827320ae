"""The weighing of all figures, for what no rule decides: a linear model over the comparison with the
evidence.

Multinomial logistic regression, trained by :mod:`usedfor.verification.train`. It sees no word of the
claim, only how claim and evidence compare; figures of the claim's wording alone are left out
(words/combiner.toml names them all).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from usedfor.verification.results import Verdict
from usedfor.verification.rulebook import barred, explaining

__all__ = ["Combiner", "load", "weigh"]


class Combiner(msgspec.Struct, frozen=True):
    """Weights by verdict over standardised figures."""

    names: list[str]
    means: list[float]
    scales: list[float]
    verdicts: list[Verdict]
    weights: list[list[float]]  # a row a verdict
    biases: list[float]

    def chances(self, figures: Mapping[str, float]) -> dict[Verdict, float]:
        """The chance of each verdict."""
        x = [
            (figures.get(n, 0.0) - m) / s for n, m, s in zip(self.names, self.means, self.scales, strict=True)
        ]
        scores = [
            b + sum(w * v for w, v in zip(row, x, strict=True))
            for row, b in zip(self.weights, self.biases, strict=True)
        ]
        top = max(scores)
        powers = [math.exp(s - top) for s in scores]
        whole = sum(powers)
        return dict(zip(self.verdicts, (p / whole for p in powers), strict=True))


@cache
def load() -> Combiner:
    """The one that ships."""
    return msgspec.json.decode(
        files("usedfor.verification").joinpath("models", "combiner.json").read_bytes(), type=Combiner
    )


def weigh(model: Combiner, figures: Mapping[str, float]) -> Verdict:
    """The likeliest verdict of those that are not barred (words/rules.toml)."""
    chances = model.chances(figures)
    sure = {**figures, **{f"sure_{verdict}": chance for verdict, chance in chances.items()}}
    for verdict in chances:  # what no rule but the weighing itself would explain
        sure[f"unexplained_{verdict}"] = float(explaining(verdict, figures).id == f"{verdict}.weighed")
    free = [verdict for verdict in sorted(chances) if not barred(verdict, sure)]
    return max(free or sorted(chances), key=chances.__getitem__)
