"""With no snapshot at all: the starter that ships answers from its facts and says that texts are not here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from usedfor.answers import answer
from usedfor.cli import main
from usedfor.knowledge import Knowledge
from usedfor.knowledge.snapshot import STARTER


@pytest.fixture(scope="module")
def starter() -> Iterator[Knowledge]:
    with Knowledge.open(STARTER) as knowledge:
        yield knowledge


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("what is ketamine used for", "Ketamine is approved for"),
        ("is esketamine approved for depression", "Esketamine is approved for"),
        ("is ketamine a controlled substance", "Schedule III"),
        ("how does metformin work", "Metformin is"),
        ("side effects of amlodipine", "Side effects on the labels include"),
    ],
)
def test_facts_are_answered_and_cited(starter: Knowledge, question: str, words: str) -> None:
    found = answer(starter, question)
    assert found.answered
    assert words in found.answer[0].text
    facts = [s for s in found.answer if s.kind == "fact"]
    assert facts
    assert all(s.refs for s in facts)
    assert {n for s in facts for n in s.refs} <= {r.n for r in found.references}
    assert all(r.quote is None for r in found.references)


@pytest.mark.parametrize(
    "question",
    [
        "what is the dose of metformin",
        "how do i store golimumab",
        "can i take amlodipine with grapefruit",
        "what happens if i take too much metformin",
        "how do i stop taking metformin",
    ],
)
def test_what_only_texts_can_say_is_said_to_need_them(starter: Knowledge, question: str) -> None:
    found = answer(starter, question)
    assert not found.answered
    said = " ".join(s.text for s in found.answer)
    assert "not on this machine" in said
    assert "usedfor sync " in said
    assert "do not say" not in said


def test_a_fresh_home_asks_the_starter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("USEDFOR_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(SystemExit) as done:
        main(["ask", "what is ketamine used for"])
    assert done.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith("Ketamine is approved for")
    assert "References" in said
