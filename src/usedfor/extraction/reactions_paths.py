"""Probabilities of spans in a linear chain of three labels: outside, begin, inside.

Forward and backward (Rabiner, Proc. IEEE 1989) over many runs of tokens at once: both directions take the
same step, so they are taken together, and each step is one product for all runs that are that long.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from usedfor.extraction.reactions_words import Ints

__all__ = ["LONGEST", "Scored", "spans"]

Floats = npt.NDArray[np.float64]

LONGEST = 14  # tokens of a span

_RESCALED = 4  # steps after which the numbers are brought back to about one


class Scored(NamedTuple):
    """A span of tokens, ``first`` to before ``last``, and its probability."""

    first: int
    last: int
    probability: float


def spans(emitted: Floats, transitions: Floats, starts: Ints, ends: Ints, floor: float) -> list[Scored]:
    """The spans of at least ``floor`` in the runs ``starts`` to before ``ends``, none of which is empty.

    ``emitted``: the exponentials of the scores of O, B and I, shape (tokens, 3), about one at most;
    ``transitions``: scores from label (row) to label.
    """
    if not len(starts):
        return []
    order = np.argsort(starts - ends, kind="stable")
    starts, ends = starts[order], ends[order]
    lengths = ends - starts
    longest = int(lengths[0])
    # cells in order of time, then run: those alive at a time are the first so many
    alive = len(lengths) - np.searchsorted(lengths[::-1], np.arange(longest), side="right")
    bases = np.concatenate([[0], alive.cumsum()])
    size = int(bases[-1])
    time = np.repeat(np.arange(longest), alive)
    run = np.arange(size) - bases[time]
    place = starts[run] + time
    left = ends[run] - 1 - place  # tokens behind it in its run
    step = np.exp(transitions)
    paths = _both_ways(emitted, step, place, starts[run] + left, bases)
    ahead = paths[:, :3]
    back = paths[bases[left] + run, 3:]  # with the token's own score
    has_next = left > 0
    following = np.where(has_next, bases[time + 1] + run, 0)
    after = back[following]
    through = np.where(has_next[:, None], after @ step.T, 1.0) * ahead
    begun = through[:, 1] / through.sum(axis=1)
    cells = (begun >= floor).nonzero()[0]
    # the share of paths that go on inside at the next token: from B, from I
    goes_on = np.where(has_next[:, None], after[:, 2:] * step[1:, 2] / (after @ step[1:].T), 0.0)
    found: list[Scored] = []
    mass = begun[cells]
    for length in range(1, LONGEST + 2):
        if not len(cells):
            break
        on = goes_on[cells, min(length - 1, 1)]
        probability = mass * (1.0 - on)
        likely = (probability >= floor) & ((length <= LONGEST) | (left[cells] == 0))
        last = place[cells[likely]] + 1
        found += [
            Scored(end - length, end, min(1.0, p))
            for end, p in zip(last.tolist(), probability[likely].tolist(), strict=True)
        ]
        mass = mass * on
        more = mass >= floor
        cells, mass = following[cells[more]], mass[more]
    return found


def _both_ways(emitted: Floats, step: Floats, place: Ints, mirrored: Ints, bases: Ints) -> Floats:
    """Forward sums in the first three columns, backward sums in the others, each to a factor per cell."""
    paths = np.concatenate([emitted[place], emitted[mirrored]], axis=1)
    both = np.zeros((6, 6))
    both[:3, :3], both[3:, 3:] = step, step.T
    offsets = bases.tolist()
    low, high = offsets[0], offsets[1]
    before = paths[low:high]
    for number, (low, high) in enumerate(itertools.pairwise(offsets[1:]), 1):
        now = paths[low:high]
        now *= before[: high - low] @ both
        if number % _RESCALED == 0:
            halves = now.reshape(-1, 2, 3)
            halves /= halves.sum(axis=2, keepdims=True)
        before = now
    return paths
