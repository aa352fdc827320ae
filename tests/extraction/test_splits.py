from __future__ import annotations

from usedfor.extraction.splits import fold, held_out


def test_the_split_never_moves() -> None:
    assert [fold(f"S{n:06d}") for n in range(6)] == [4, 1, 0, 4, 4, 4]
    apart = [n for n in range(40) if held_out(f"S{n:06d}")]
    assert apart == APART
    assert 0.15 < sum(held_out(str(n)) for n in range(2000)) / 2000 < 0.25


APART = [18, 22, 23, 37]
