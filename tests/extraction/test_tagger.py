from __future__ import annotations

import itertools
from random import Random

import numpy as np
import pycrfsuite
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction.features import Encoded, encode
from usedfor.extraction.mentions import spans_of
from usedfor.extraction.ranges import Areas, Sayings, Taken, Within
from usedfor.extraction.tagger import Model, Tagger, load, read_model, using, write_model
from usedfor.extraction.train import Sequence_, labels, named, train
from usedfor.extraction.words import Words

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


def test_a_model_that_marks_ends_gives_the_same_spans() -> None:
    data = []
    for key, (text, phrase) in enumerate(TEXTS):
        seen = encode(text, {}, [])
        start = text.index(phrase)
        tags = labels(seen, [(start, start + len(phrase), "I")], ends_too=True)
        assert [tag for tag in tags if tag != "O"] == (["B-I", "E-I"] if " " in phrase else ["S-I"])
        data.append(Sequence_(str(key), named(seen), tags))
    tagger = Tagger(train(data, iterations=40))
    for text, phrase in TEXTS:
        assert [text[f.start : f.end] for f in spans_of(tagger, encode(text, {}, []))] == [phrase]


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


ODD_TEXTS = [
    "",
    "___ _ < > gout_ <. > _ severe. _",
    "1.1 Gout (severe [asthma) relief] of. Not for asthma: gout; adults\n\n- Store it dry.",
    "relief of severe gout " * 120,
]


def _named_sums(model: Model, seen: Encoded) -> list[list[int]]:
    none = [0.0] * len(model.labels)
    return [
        [
            sum(round(v * 100) for v in column)
            for column in zip(*(model.weights.get(f, none) for f in word), none, strict=True)
        ]
        for sentence in named(seen)
        for word in sentence
    ]


def test_summed_tables_score_what_the_named_features_score(model: Model) -> None:
    tagger = Tagger(model)
    for text in [*ODD_TEXTS, *(text for text, _ in TEXTS)]:
        seen = encode(text, {"gout": 3, "severe": 1}, [(0, 4)])
        assert tagger.emissions(seen).tolist() == _named_sums(model, seen)


@given(st.text(alphabet=st.sampled_from("agout_<> .:([)]1•\n’İ\u0301\ud800\u00ad\u05d0"), max_size=60))
def test_any_text_scores_what_its_named_features_score(model: Model, text: str) -> None:
    seen = encode(text, {}, [])
    assert Tagger(model).emissions(seen).tolist() == _named_sums(model, seen)


def test_a_full_table_of_words_begins_anew_and_changes_nothing(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagger = Tagger(model)
    lexicon = {"gout": 3}
    before = [tagger.tag(encode(text, lexicon, [])) for text, _ in TEXTS]
    monkeypatch.setattr(Words, "FULL", 3)
    first = encode(TEXTS[0][0], lexicon, [])
    second = encode(TEXTS[1][0], lexicon, [])
    assert second.table is not first.table
    assert [tagger.tag(encode(text, lexicon, [])) for text, _ in TEXTS] == before
    assert tagger.tag(first) == before[0]  # of a table that is no longer in use


def test_blocks_of_sentences_are_tagged_as_the_whole_is(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagger = Tagger(model)
    seen = encode(" ".join(text for text, _ in TEXTS) * 3, {}, [])
    whole = tagger.tag(seen)
    assert any(whole)
    monkeypatch.setattr("usedfor.extraction.tagger._BLOCK", 7)
    assert tagger.tag(seen) == whole


def _viterbi(scores: list[list[int]], steps: list[list[int]]) -> int:
    """The score of the best labelling, word by word."""
    best = scores[0]
    for row in scores[1:]:
        best = [max(b + steps[i][j] for i, b in enumerate(best)) + row[j] for j in range(len(row))]
    return max(best)


@given(st.randoms(use_true_random=False), st.integers(1, 14))
def test_words_set_aside_as_outside_never_cost_the_best_labelling(random: Random, n: int) -> None:
    """What is left out of the search (beyond the margin that is always outside) loses nothing."""
    steps = [[random.randint(-300, 300) for _ in range(3)] for _ in range(3)]
    scores = [[random.randint(0, 450), *(random.randint(-450, 450) for _ in range(2))] for _ in range(n)]
    scores = [[row[0], *(max(v, row[0] - 599) for v in row[1:])] for row in scores]
    cuts = sorted({0, n, random.randint(0, n)})
    tagger = Tagger(Model(["O", "B-I", "I-I"], np.array(steps) / 100, {}))
    seen = encode(" ".join("w" * n), {}, [])
    seen.bounds[:] = cuts
    tagger.scores = lambda *_: np.array(scores, dtype=np.int32)  # type: ignore[method-assign]
    tags = tagger.tag(seen)
    for a, b in itertools.pairwise(cuts):
        got = sum(scores[i][tags[i]] for i in range(a, b))
        got += sum(steps[tags[i - 1]][tags[i]] for i in range(a + 1, b))
        assert got == _viterbi(scores[a:b], steps)


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
