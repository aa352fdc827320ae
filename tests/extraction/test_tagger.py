from __future__ import annotations

import numpy as np
import pycrfsuite
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction.features import encode
from usedfor.extraction.ranges import Areas, Sayings, Taken, Within
from usedfor.extraction.tagger import Model, Tagger, load, read_model, using, write_model
from usedfor.extraction.train import Sequence_, named, train

TEXTS = [
    ("Foozol is indicated for the treatment of gout in adults.", "gout"),
    ("Barvax is indicated for the treatment of asthma in children.", "asthma"),
    ("Bazan is used for the relief of severe gout in adults. It is a tablet.", "severe gout"),
    ("Quxin is used for the relief of severe asthma. Store it dry.", "severe asthma"),
]


@pytest.fixture(scope="module")
def model() -> Model:
    data = []
    for key, (text, phrase) in enumerate(TEXTS):
        seen = encode(text, {}, [])
        start = text.index(phrase)
        tags = []
        for at in seen.tokens.starts:
            inside = start <= at < start + len(phrase)
            tags.append("O" if not inside else "B-I" if at == start else "I-I")
        data.append(Sequence_(str(key), named(seen), tags))
    return train(data, iterations=40)


def test_the_model_finds_what_it_learned(model: Model) -> None:
    tagger = Tagger(model)
    for text, phrase in TEXTS:
        seen = encode(text, {}, [])
        words = [
            w for w, tag in zip(seen.tokens.words, tagger.tag(seen), strict=True) if tagger.labels[tag] != "O"
        ]
        assert words == phrase.split()


def test_training_twice_gives_the_same_bytes(model: Model) -> None:
    assert write_model(read_model(write_model(model))) == write_model(model)
    again = Model(model.labels, model.transitions, dict(reversed(model.weights.items())))
    assert write_model(again) == write_model(model)


def test_decoding_agrees_with_the_trainer(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The summed tables and the trainer's own decoder choose the same labels."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for n, (text, phrase) in enumerate(TEXTS):
        seen = encode(text, {}, [])
        first = text.index(phrase)
        tags = [
            "B-I" if at == first else "I-I" if first < at < first + len(phrase) else "O"
            for at in seen.tokens.starts
        ]
        at = 0
        for sentence in named(seen):
            trainer.append(sentence, tags[at : at + len(sentence)])
            at += len(sentence)
        assert n < len(TEXTS)
    trainer.set_params({"c2": 0.1, "max_iterations": 30, "feature.possible_transitions": True})
    path = str(tmp_path_factory.mktemp("crf") / "model")
    trainer.train(path)
    theirs = pycrfsuite.Tagger()
    theirs.open(path)
    info = theirs.info()
    labels = sorted(info.labels, key=lambda label: (label != "O", label))
    transitions = np.zeros((len(labels), len(labels)))
    for (a, b), weight in info.transitions.items():
        transitions[labels.index(a), labels.index(b)] = weight
    weights: dict[str, list[float]] = {}
    for (name, label), weight in info.state_features.items():
        weights.setdefault(name, [0.0] * len(labels))[labels.index(label)] = weight
    ours = Tagger(Model(labels, transitions, weights))
    for text in ("Foozol is used for severe asthma.", "The relief of gout in children. It is dry.", "gout"):
        seen = encode(text, {}, [])
        expected = [tag for sentence in named(seen) for tag in theirs.tag(sentence)]
        assert [labels[i] for i in ours.tag(seen)] == expected


def test_using_stands_in_for_the_packages_models(model: Model) -> None:
    tagger = Tagger(model)
    with using({"indications": tagger}):
        assert load("indications") is tagger
    assert load("indications") is not tagger


def test_models_of_the_package_are_small() -> None:
    from importlib import resources

    folder = resources.files("usedfor.extraction").joinpath("models")
    sizes = {file.name: len(file.read_bytes()) for file in folder.iterdir()}
    assert sum(sizes.values()) < 2_000_000


pairs = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 9)).map(lambda p: (p[0], p[0] + p[1])), max_size=12
)


@given(pairs, st.integers(0, 60), st.integers(1, 5))
def test_areas_and_taken_agree_with_comparing_every_pair(
    spans: list[tuple[int, int]], start: int, size: int
) -> None:
    covered = {n for a, b in spans for n in range(a, b)}
    assert Taken(80, spans).touches(start, start + size) == bool(covered & set(range(start, start + size)))
    assert (Areas(spans).holding(start, start + 1) is not None) == (start in covered)


def test_phrases_within_phrases() -> None:
    homes = Within()
    homes.add(("moderate", "plaque", "psoriasis"), 7)
    assert homes.home(("plaque", "psoriasis")) == 7
    assert homes.home(("moderate", "psoriasis")) is None
    said = Sayings([frozenset({"acute", "gout"})])
    assert said.alike(frozenset({"gout"}))
    assert said.alike(frozenset({"acute", "gout", "attacks"}))
    assert not said.alike(frozenset({"chronic", "gout"}))
    assert said.holds(frozenset({"gout"}))
    assert frozenset({"acute", "gout"}) in said
