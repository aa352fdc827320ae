"""What a question is understood to ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from usedfor.answers import Reader
from usedfor.answers.focus import called
from usedfor.answers.intents import NAME, Model, load
from usedfor.answers.names import Names
from usedfor.answers.train import FOLDER, train
from usedfor.answers.wording import content, stem, tokens
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
    assert called("take Breo inhaler", [(0, 4), (5, 9), (10, 17)], [], [(1, 2)]) == ["Breo", "Breo inhaler"]


def test_the_model_gives_the_highest_class_and_the_first_of_equals() -> None:
    model = Model(("a", "b"), (0.0, 0.0), {"x": ((1, 1.0),)})
    assert model.best(["x"]) == "b"
    assert model.best([]) == "a"
    assert load().intents.classes[0] == "use"


@pytest.mark.data
@pytest.mark.slow
def test_training_gives_the_file_that_ships(shared_data: Path) -> None:
    assert train(shared_data / "gold") == (FOLDER / NAME).read_bytes()
