from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction import reactions_tokens, reactions_words
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


@given(st.lists(st.text(max_size=20), max_size=4), st.text(max_size=40))
def test_what_was_read_before_changes_nothing(before: list[str], text: str) -> None:
    """Numbers of pieces depend on what was met first; what is known of them does not."""
    known = []
    for others in ([], before):
        reactions_words._kept[0] = reactions_words.Lexicon()
        for other in others:
            reactions_tokens.tokenise(other)
        found = reactions_tokens.tokenise(text)
        known.append([found.raw, *(a.tolist() for a in (found.starts, found.gaps, found.flags, found.cues))])
    assert known[0] == known[1]
