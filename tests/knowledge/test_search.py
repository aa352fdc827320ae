"""The index of all sentences: derived, kept in the cache, remade when damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.errors import InputError, SnapshotError
from usedfor.knowledge import Knowledge, search
from usedfor.model import quote_hash


def test_passages_are_found_with_exact_spans(home: Path) -> None:
    with Knowledge.open(home) as knowledge:
        hits = search.search(knowledge, "hay fever", limit=3)
        assert hits
        for hit in hits:
            text = knowledge.texts(hit.span.document)[hit.span.section][hit.span.start : hit.span.end]
            assert quote_hash(text) == hit.span.sha256
            assert "hay fever" in hit.words
        assert hits == search.search(knowledge, "hay fever", limit=3)


def test_filters(home: Path) -> None:
    with Knowledge.open(home) as knowledge:
        found = search.search(knowledge, "cough", section="adverse_reactions")
        assert {h.span.section for h in found} == {"adverse_reactions"}
        assert search.search(knowledge, "cough", section="overdosage") == []
        assert search.search(knowledge, "cough", since="2999") == []


@pytest.mark.parametrize("words", ["", '"(((', "text:[a TO", "AND OR NOT", "x" * 5000])
def test_what_is_no_query_finds_what_it_can(home: Path, words: str) -> None:
    with Knowledge.open(home) as knowledge:
        assert isinstance(search.search(knowledge, words), list)


def test_a_limit_below_one_and_a_snapshot_without_texts_are_refused(home: Path, small_starter: Path) -> None:
    with Knowledge.open(home) as knowledge, pytest.raises(InputError, match="at least 1"):
        search.search(knowledge, "cough", limit=0)
    with Knowledge.open(small_starter) as knowledge, pytest.raises(SnapshotError, match="no texts"):
        search.search(knowledge, "cough")


def test_a_damaged_index_is_removed_and_made_again(home: Path) -> None:
    with Knowledge.open(home) as knowledge:
        place = search.index(knowledge)
        (place / "meta.json").write_text("{")
        with pytest.raises(SnapshotError, match="ask again"):
            search.search(knowledge, "cough")
        assert search.search(knowledge, "cough")


@given(st.text(alphabet="ab. \n•A", max_size=300))
def test_passages_hold_every_sign_in_order(text: str) -> None:
    at = 0
    for start, end in search.passages(text):
        assert at <= start < end
        assert not text[at:start].strip()
        at = end
    assert not text[at:].strip()
