from __future__ import annotations

import pytest

from usedfor.extraction import reactions_words
from usedfor.extraction.reactions_tokens import tokenise
from usedfor.extraction.reactions_words import ANIMAL, BULLET, CAPITAL, CUES, STOP, Lexicon


def test_what_is_known_of_a_piece() -> None:
    book = Lexicon()
    length, lead, gap, flags, cue, word = book.look(["Rats", " 12.5", "   .", "\n\u2022", " rash", "rash"])
    assert length.tolist() == [4, 5, 4, 2, 5, 4]
    assert lead.tolist() == [0, 1, 3, 1, 1, 0]
    assert gap.tolist() == [0, 1, 2, 3, 1, 0]
    assert flags.tolist() == [CAPITAL | ANIMAL, 0, STOP, BULLET, 0, 0]
    assert cue.tolist() == [CUES.index("animal") + 1, 0, 0, 0, 0, 0]
    assert [book.words[n] for n in word.tolist()] == ["Rats", "0", ".", "\u2022", "rash", "rash"]
    assert word[4] == word[5] == book.number("rash")
    assert book.number("unknown") == len(book.words)


def test_more_pieces_than_the_first_table_holds() -> None:
    book = Lexicon()
    pieces = [f"w{chr(97 + n % 26)}{n}" for n in range(10_000)]
    length = book.look(pieces)[0]
    assert length.tolist() == [len(piece) for piece in pieces]


def test_a_full_lexicon_is_left_to_its_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tokenise("Rash and fever")
    monkeypatch.setattr(reactions_words, "_FULL", 0)
    behind = tokenise("Fever")
    assert behind.lexicon is not before.lexicon
    assert before.raw == ["Rash", "and", "fever"]
    assert behind.raw == ["Fever"]
