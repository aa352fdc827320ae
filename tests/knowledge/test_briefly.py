from __future__ import annotations

import re

import knowledge_parts as kp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.knowledge import rows
from usedfor.knowledge.briefly import cut, cut_row
from usedfor.model import Caution, Figure, Span, Statement, quote_hash

EIGHT = "one two three four five six seven eight"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("", ""),
        (EIGHT, EIGHT),
        (EIGHT + ".", EIGHT + "."),
        (EIGHT + " nine", EIGHT + " …"),
        (
            "antagonist of the N-methyl-D-aspartate (NMDA) receptor",
            "antagonist of the N-methyl-D-aspartate (NMDA) receptor",
        ),
        ("(one)  two-three, four/five 6.7 eight, nine", "(one)  two-three, four/five 6.7 eight …"),
    ],
)
def test_more_than_eight_words_are_cut(text: str, short: str) -> None:
    assert cut(text) == short


@given(st.text())
def test_a_cut_text_is_a_beginning_of_at_most_eight_words(text: str) -> None:
    short = cut(text)
    kept = short.removesuffix(" …") if short != text else short
    assert text.startswith(kept)
    words = re.compile(r"(?:\w-)*\w+")
    assert len(words.findall(kept)) == min(8, len(words.findall(text)))


def statement(text: str) -> Statement:
    span = Span(document="d", section="s", start=0, end=len(text), sha256=quote_hash(text))
    return Statement(id="d#1", medicine="m", kind="warning", text=text, span=span, rule="r")


def test_a_cut_statement_keeps_its_span_and_hash() -> None:
    whole = statement(kp.LONG)
    short = rows.statement_of(cut_row("statements", rows.statement_row(whole)))
    assert short.text == "sudden and quite unexpected loss of all sense …"
    assert short.span == whole.span


def test_a_short_statement_is_left_as_it_is() -> None:
    row = rows.statement_row(statement("gout"))
    assert cut_row("statements", row) == row


def test_labels_of_figures_and_texts_of_cautions_are_cut_too() -> None:
    figures = (Figure(unit="%", value=1.0, label=EIGHT + " nine"), Figure(unit="%", value=2.0))
    with_figures = Statement(
        id="d#1", medicine="m", kind="onset", text="1%", rule="r", figures=figures, topic=EIGHT + " nine",
        span=Span(document="d", section="s", start=0, end=2, sha256=quote_hash("1%")),
    )  # fmt: skip
    short = rows.statement_of(cut_row("statements", rows.statement_row(with_figures)))
    assert [f.label for f in short.figures] == [EIGHT + " …", None]
    assert [f.value for f in short.figures] == [1.0, 2.0]
    assert short.topic == EIGHT + " …"
    caution = Caution(id="m/x/warning", medicine="m", kind="warning", text=EIGHT + " nine", rule="r")
    assert rows.caution_of(cut_row("cautions", rows.caution_row(caution))).text == EIGHT + " …"
