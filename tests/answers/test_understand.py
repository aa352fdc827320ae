"""What a question is understood to ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from usedfor.answers import Reader
from usedfor.answers.focus import Run, called
from usedfor.answers.intents import NAME, Model, load
from usedfor.answers.kinds import kind_of, kinds, listed
from usedfor.answers.names import READ_AS, Names
from usedfor.answers.train import FOLDER, train
from usedfor.answers.types import INTENTS
from usedfor.answers.wording import content, stem, tokens
from usedfor.answers.written import drawn, lines
from usedfor.knowledge import Knowledge
from usedfor.model import Medicine, Name


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("what is simponi used for", "use"),
        ("what is simponi", "overview"),
        ("how much simponi should i take", "dose"),
        ("how do i take simponi", "how_to_take"),
        ("how often do i take simponi", "timing"),
        ("what are the side effects of simponi", "side_effects"),
        ("does simponi interact with ketamine", "interaction"),
        ("what does simponi look like", "appearance"),
        ("how does simponi work", "mechanism"),
        ("how do i come off simponi", "stopping"),
        ("what are the ingredients in simponi", "ingredients"),
        ("how long does simponi take to work", "onset_duration"),
        ("how do i store simponi", "storage"),
        ("what is the difference between simponi and ketamine", "comparison"),
        ("who should not take simponi", "contraindication"),
        ("simponi overdose", "overdose"),
        ("what is an alternative to simponi", "alternatives"),
        ("is simponi a controlled substance", "legal_status"),
        ("can i breastfeed while taking simponi", "other"),
    ],
)
def test_each_kind_of_question(knowledge: Knowledge, question: str, intent: str) -> None:
    assert Reader(knowledge).read(question).intent == intent


def test_names_topics_and_conditions(knowledge: Knowledge) -> None:
    asks = Reader(knowledge).read("Can kids have Simponi 50 mg for ulcerative colitis?")
    assert [(n.words, n.medicines) for n in asks.named] == [("simponi", ("golimumab",))]
    assert asks.topics() == ("children",)
    condition = asks.condition()
    assert condition
    assert condition.name == "ulcerative colitis"
    assert asks.focus[0] == "Simponi"


def test_a_substance_is_not_the_medicine_asked_about(knowledge: Knowledge) -> None:
    asks = Reader(knowledge).read("can i have grapefruit with simponi")
    assert asks.named[0].medicines == ("golimumab",)


def names(*called: str) -> Names:
    return Names(
        Medicine(id=n.replace(" ", "-"), name=n, names=(Name(name=n, kind="generic"),)) for n in called
    )


def test_alike_names_are_taken_only_without_a_rival() -> None:
    known = names("hydroxyzine", "hydralazine", "pentazocine", "levetiracetam")
    one = known.certain(known.alike(["hydroxizine"]))
    assert one
    assert one.medicines == ("hydroxyzine",)
    assert one.certainty < 1
    assert known.certain(known.alike(["tazocin"])) is None
    assert known.certain(known.alike(["hydrxalzine"])) is None


def test_a_name_split_in_two_is_found_by_its_letters() -> None:
    found = names("levetiracetam").find(["give", "levetira", "cetam"])
    assert [(f.start, f.end, f.medicines) for f in found] == [(1, 3, ("levetiracetam",))]


def test_an_ordinary_word_is_no_name() -> None:
    assert names("pain", "sleep aid").find(["is", "it", "for", "sleep"]) == []


def test_words_of_a_question() -> None:
    assert tokens("It's OK, QVAR-40?") == [("it's", 0, 4), ("ok", 5, 7), ("qvar", 9, 13), ("40", 14, 16)]
    assert stem("stopping") == "stop"
    assert stem("liver") == "liver"
    assert content("melasma")
    assert not content("what")


def test_a_name_that_no_list_has_is_found_by_how_people_ask(knowledge: Knowledge) -> None:
    reader = Reader(knowledge)
    for question in (
        "what is blorvetin used for",
        "side effects of blorvetin",
        "can i take blorvetin with food",
    ):
        asks = reader.read(question)
        assert asks.named == ()
        assert asks.guessed == "blorvetin"
        assert "blorvetin" in asks.focus


def test_two_names_are_given_together_and_alone(knowledge: Knowledge) -> None:
    focus = Reader(knowledge).read("what is the difference between Simponi and ketamine").focus
    assert {"Simponi", "ketamine", "Simponi ketamine", "Simponi and ketamine"} <= set(focus)


def test_a_run_that_is_likely_comes_first_and_its_pair_beside_it() -> None:
    model = Model(("out", "in"), (0.0, 0.0), {"good": ((1, 2.0),), "bad": ((0, 3.0),)})
    found = [Run("a", ["bad"]), Run("b c", ["good"], "b and c"), Run("B C", [])]
    assert called(found, model) == ["b c", "b and c", "a"]


def test_runs_begin_and_end_with_words_that_name(knowledge: Knowledge) -> None:
    reader = Reader(knowledge)
    seen = reader.look("how do i take simponi 50 mg injection")
    texts = [run.text for run in reader.runs(seen, load().focus)]
    assert "simponi" in texts
    assert not any(t.startswith(("how", "i ", "do ")) for t in texts)


def test_names_of_elsewhere_are_read_as_those_of_here() -> None:
    one = names("epinephrine").find(["what", "is", "adrenaline"])
    assert [(f.words, f.name, f.certainty) for f in one] == [("adrenaline", "epinephrine", READ_AS)]
    assert names("golimumab").find(["adrenaline"]) == []


def test_words_of_a_kind() -> None:
    assert kinds(["can", "it", "cause", "hair", "loss"]) == ["can", "it", "cause", "<symptom/illness>"]
    assert kind_of("liver") == "body"
    assert kind_of("xanadol") == ""
    assert "grapefruit juice" in listed("food")


def test_written_lines_are_drawn_alike_each_time() -> None:
    line = "does MED cause {my|} <symptom> in NUM days"
    assert drawn(line, 5) == drawn(line, 5)
    assert len(drawn(line, 5)) == 5
    assert not any(set("{}<>|") & set(text) or "NUM" in text for text in drawn(line, 5))
    for intent, some in lines().items():
        assert intent in INTENTS
        assert all(drawn(one, 1) for one in some)


def test_a_question_counts_by_the_rarity_of_its_features() -> None:
    model = Model(("a", "b"), (0.5, 0.0), {"x": ((1, 1.0),)}, {"x": 2.0, "y": 2.0}, 2.0)
    assert model.scores(["x"]) == [0.5, 2.0]
    assert model.scores(["x", "y"])[1] == pytest.approx(2**0.5)
    assert model.scores(["z"]) == [0.5, 0.0]


def test_the_model_gives_the_highest_class_and_the_first_of_equals() -> None:
    model = Model(("a", "b"), (0.0, 0.0), {"x": ((1, 1.0),)})
    assert model.best(["x"]) == "b"
    assert model.best([]) == "a"
    assert load().intents.classes[0] == "use"


@pytest.mark.data
@pytest.mark.slow
def test_training_gives_the_file_that_ships(shared_data: Path) -> None:
    assert train(shared_data / "gold") == (FOLDER / NAME).read_bytes()
