from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction.reactions_paths import LONGEST, spans

TRANSITIONS = np.array([[0.5, 0.2, -30.0], [-0.3, -1.0, 0.7], [-0.2, -0.9, 0.4]])
SCORES = st.lists(st.tuples(*[st.floats(-3, 0)] * 3), min_size=1, max_size=5)


def by_paths(scores: list[tuple[float, ...]]) -> dict[tuple[int, int], float]:
    """The probability of every span, by listing all labellings."""
    total = 0.0
    found: dict[tuple[int, int], float] = {}
    for path in itertools.product(range(3), repeat=len(scores)):
        score = sum(row[label] for row, label in zip(scores, path, strict=True))
        mass = math.exp(score + sum(TRANSITIONS[a, b] for a, b in itertools.pairwise(path)))
        total += mass
        for first in (i for i, label in enumerate(path) if label == 1):
            last = first + 1
            while last < len(path) and path[last] == 2:
                last += 1
            found[first, last] = found.get((first, last), 0.0) + mass
    return {span: mass / total for span, mass in found.items()}


@given(st.lists(SCORES, min_size=1, max_size=4))
def test_probabilities_are_those_of_all_paths(runs: list[list[tuple[float, ...]]]) -> None:
    bounds = np.cumsum([0, *map(len, runs)])
    emitted = np.exp(np.array([row for run in runs for row in run]))
    got = {s[:2]: s.probability for s in spans(emitted, TRANSITIONS, bounds[:-1], bounds[1:], 0.01)}
    want = {
        (first + base, last + base): probability
        for base, run in zip(bounds.tolist(), runs, strict=False)
        for (first, last), probability in by_paths(run).items()
    }
    assert all(got[span] == pytest.approx(want[span], abs=1e-9) for span in got)
    assert {span for span, p in want.items() if p > 0.0101} <= set(got)


def test_long_runs_keep_their_numbers() -> None:
    emitted = np.tile(np.exp([[0.0, -40.0, -40.0]]), (300, 1))
    emitted[150] = np.exp([-40.0, 0.0, -40.0])
    found = spans(emitted, TRANSITIONS, np.array([0, 20]), np.array([300, 20 + 30]), 0.5)
    assert [(s.first, s.last) for s in found] == [(150, 151)]
    assert found[0].probability == pytest.approx(1.0)


def test_no_span_is_longer_than_the_longest() -> None:
    emitted = np.tile(np.exp([[-40.0, -40.0, 0.0]]), (LONGEST + 6, 1))
    emitted[2] = np.exp([-40.0, 0.0, -40.0])
    assert spans(emitted, TRANSITIONS, np.array([0]), np.array([LONGEST + 6]), 0.1) == []
    assert spans(emitted, TRANSITIONS, np.array([2]), np.array([2 + LONGEST]), 0.1)[0][:2] == (2, 2 + LONGEST)


def test_no_runs_no_spans() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert spans(np.ones((4, 3)), TRANSITIONS, none, none, 0.1) == []
