from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction import reactions_tokens
from usedfor.extraction.tokens import TOKEN, tokenise

ASCII = st.text(st.characters(max_codepoint=127)) | st.text(st.sampled_from("aZ09.,' \t\n\x1c\x1f_-"))
PIECE = re.compile(r"\s*(?:[^\W\d_]+|\d+(?:[.,]\d+)*|\S)")  # what the reaction tagger reads, in one line


@given(ASCII | st.text())
def test_words_are_the_same_whatever_they_are_found_with(text: str) -> None:
    found = tokenise(text)
    assert list(zip(found.starts, found.ends, strict=True)) == [m.span() for m in TOKEN.finditer(text)]
    assert found.words == [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]


@given(ASCII | st.text() | st.text(st.sampled_from("aéÉß09.,’ \u2003•x")))
def test_the_pieces_of_the_reaction_tagger_too(text: str) -> None:
    tokens = reactions_tokens.tokenise(text)
    pieces = list(PIECE.finditer(text.rstrip()))
    assert tokens.ends.tolist() == [match.end() for match in pieces]
    assert tokens.starts.tolist() == [m.end() - len(m[0].lstrip()) for m in pieces]
