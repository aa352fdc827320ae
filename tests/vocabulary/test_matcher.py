from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from usedfor.vocabulary.matcher import Matcher, longest

NAMES = [
    "heart failure",
    "heart failure with reduced ejection fraction",
    "edema",
    "pain",
    "chest pain",
    "Sjogren syndrome",
]
MATCHER = Matcher(NAMES, ["AIDS", "MS"])


def found(text: str) -> list[str]:
    return [text[a:b] for a, b, _ in MATCHER.longest(text)]


def test_a_longer_name_that_does_not_end_hides_nothing() -> None:
    assert MATCHER.longest("heart failure with red") == [(0, 13, 0)]


def test_the_longest_name_wins() -> None:
    text = "Heart failure with reduced ejection fraction, chest pain"
    assert MATCHER.longest(text) == [(0, 44, 1), (46, 56, 4)]
    assert (52, 56, 3) in MATCHER.all(text)


def test_whole_words_only() -> None:
    assert found("painter, spain, pains, painless") == ["pains"]


def test_plurals() -> None:
    assert found("edemas") == ["edemas"]
    assert Matcher(["abscess"]).longest("abscesses") == [(0, 9, 0)]


def test_abbreviations_keep_their_capitals() -> None:
    assert found("AIDS and hearing aids; MS, ms") == ["AIDS", "MS"]


def test_offsets_are_those_of_the_original() -> None:
    text = "İİ Oedema; Sjögren  syndrome; heart\u00ad failure"
    assert found(text) == ["Oedema", "Sjögren  syndrome", "heart\u00ad failure"]


def test_nothing_to_find() -> None:
    assert Matcher([]).longest("pain") == []
    assert MATCHER.longest("") == []


@given(st.lists(st.sampled_from([*NAMES, "AIDS", "x", "İ", "\u00ad", "é", "\ud800", "́", "  "])), st.text())
def test_every_hit_is_a_name_at_its_place(parts: list[str], noise: str) -> None:
    text = " ".join(parts) + noise
    folded_names = {n.lower() for n in NAMES} | {"aids", "ms"}
    for start, end, number in MATCHER.all(text):
        assert 0 <= start < end <= len(text)
        if text.isascii() and "  " not in text:
            quote = " ".join(text[start:end].lower().replace("-", " ").split())
            assert quote in folded_names or quote.rstrip("es") in {n.rstrip("es") for n in folded_names}
        assert number < len(NAMES) + 2


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)).map(lambda t: (t[0], t[0] + t[1], 0))))
def test_longest_never_overlaps_and_leaves_nothing_free(hits: list[tuple[int, int, int]]) -> None:
    kept = longest(hits)
    assert all(a[1] <= b[0] for a, b in pairwise(kept))
    for hit in hits:
        assert any(hit[0] < k[1] and k[0] < hit[1] and k[1] - k[0] >= hit[1] - hit[0] for k in kept)


def test_time_grows_with_the_text_and_no_faster() -> None:
    def cost(times: int) -> float:
        text = "heart failure with reduced pain edema " * times
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            MATCHER.longest(text)
            best = min(best, time.process_time() - start)
        return best

    assert cost(16_000) < 16 * cost(2_000) + 0.05
