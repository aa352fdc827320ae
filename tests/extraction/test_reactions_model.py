from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.errors import InputError
from usedfor.extraction import reactions_features, reactions_model, reactions_scores, train_reactions
from usedfor.extraction.reactions_model import LABELS, Tagger, decode_weights, encode_weights, tagger
from usedfor.extraction.reactions_scores import Scores, unpack
from usedfor.extraction.reactions_tokens import SEGMENT_LIMIT, Ints, dictionary_marks, surroundings, tokenise
from usedfor.extraction.splits import held_out
from usedfor.vocabulary import load

TEXT = "Nausea (12%), rash\nand no fever: myocardial infarction (MI) in 1,234 patients. Stop; β‑blockers"


def test_tokens_segments_and_gaps() -> None:
    tokens = tokenise("Rash 1.5%.  It\nfell. but •x")
    assert tokens.raw == ["Rash", "0", "%", ".", "It", "fell", ".", "but", "•", "x"]
    assert tokens.words[0] == "rash"
    assert tokens.starts.tolist() == [0, 5, 8, 9, 12, 15, 19, 21, 25, 26]
    assert tokens.ends.tolist() == [4, 8, 9, 10, 14, 19, 20, 24, 26, 27]
    assert tokens.gaps.tolist() == [0, 1, 0, 0, 1, 3, 0, 1, 1, 0]
    assert tokens.segment_starts.tolist() == [0, 0, 0, 0, 4, 5, 5, 5, 8, 8]
    assert tokens.segment_ends.tolist() == [4, 4, 4, 4, 5, 8, 8, 8, 10, 10]


def test_a_run_without_breaks_is_cut() -> None:
    tokens = tokenise("word " * (2 * SEGMENT_LIMIT + 3))
    assert np.unique(tokens.segment_starts).tolist() == [0, SEGMENT_LIMIT, 2 * SEGMENT_LIMIT]


def test_marks_of_mentions_and_abbreviations() -> None:
    text = "acute myocardial infarction (AMI), rash, deep vein thrombosis; an AMI"
    tokens = tokenise(text)
    mentions = [
        (text.index(m), text.index(m) + len(m))
        for m in ("myocardial infarction", "rash", "deep vein thrombosis")
    ]
    marks = dictionary_marks(tokens, mentions)
    assert dict(zip(tokens.raw, marks.tolist(), strict=True)) == {
        "acute": 0,
        "myocardial": 2,
        "infarction": 4,
        "(": 0,
        "AMI": 5,
        ")": 0,
        ",": 0,
        "rash": 1,
        "deep": 2,
        "vein": 3,
        "thrombosis": 4,
        ";": 0,
        "an": 0,
    }
    assert marks[-1] == 5


def test_cues_around_a_token() -> None:
    tokens = tokenise("without fever here. Rats died")
    around = surroundings(tokens)
    assert around.last[0] == 0
    assert around.last[1] == around.following[1] + 4 * around.last[1] // 4  # "without" before, nothing behind
    assert around.following[1] == 0
    assert around.present[1] != around.present[4]
    assert around.last[4] == 0  # a cue of the sentence before does not count


def marks_of(text: str) -> Ints:
    mentions = ((m.start, m.end) for m in load().conditions.in_text(text))
    return dictionary_marks(tokenise(text), mentions)


def weights_of_every_feature(text: str, kind: str) -> dict[str, tuple[int, int, int]]:
    tokens = tokenise(text)
    marks = dictionary_marks(tokens, [])
    names = {name for found in reactions_features.names(tokens, marks, kind) for name in found}
    made = {name: (n % 7 - 3, n % 11 - 5, n % 5 - 2) for n, name in enumerate(sorted(names))}
    return made | {f">{label}": (1, 2, 3) for label in LABELS}


@given(st.text(alphabet=st.sampled_from("ab Nno.,(1%)\n•é"), max_size=60) | st.just(TEXT))
def test_tables_give_what_the_names_give(text: str) -> None:
    model = Tagger(weights_of_every_feature(text + TEXT, "w"))
    tokens = tokenise(text)
    marks = dictionary_marks(tokens, [])
    if not tokens.raw:
        return
    by_name = [model.scores.total(names) for names in reactions_features.names(tokens, marks, "w")]
    begin, inside = unpack(np.array(by_name, dtype=np.int64))
    assert np.array_equal(model.emissions(tokens, marks, "w") * 256, np.stack([begin, inside], axis=1))


def test_packed_weights_are_differences_to_outside() -> None:
    weights = {"x": (5, -2, 1), "y": (0, 7, -9), "z": (-3, -4, -5)}
    totals = [Scores(weights).total(names) for names in (["x"], ["y"], ["x", "y", "z", "unknown"])]
    begin, inside = unpack(np.array(totals, dtype=np.int64))
    assert begin.tolist() == [-7, 7, -1]
    assert inside.tolist() == [-4, -9, -15]


def test_texts_read_together_give_what_each_gives_alone() -> None:
    texts = [TEXT, "", "Rash", "x", TEXT + " Nausea and vomiting were seen. " * 3]
    read = [(tokenise(text), marks_of(text), kind) for text, kind in zip(texts, "awbaw", strict=True)]
    together = tagger().spans_of(read)
    assert together == [tagger().spans(*one) for one in read]
    assert together[0]


def test_parts_of_a_long_text_give_what_the_whole_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Nausea, rash and severe vomiting occurred in 12% of patients. No fever. " * 20
    one = (tokenise(text), marks_of(text), "a")
    whole = tagger().spans(*one)
    monkeypatch.setattr(reactions_model, "_PART", 40)
    assert tagger().spans(*one) == whole


def test_a_full_word_table_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = weights_of_every_feature(TEXT, "w")
    tokens = tokenise(TEXT)
    marks = dictionary_marks(tokens, [])
    whole = Tagger(weights).emissions(tokens, marks, "w")
    model = Tagger(weights)
    monkeypatch.setattr(reactions_scores, "_CACHE", 3)
    for _ in range(2):
        assert np.array_equal(model.emissions(tokens, marks, "w"), whole)
        model.emissions(tokenise("rash and zzz"), np.zeros(3, dtype=np.int64), "w")


def test_weights_survive_their_file() -> None:
    weights = {"w0=tab=le": (1, -2, 0), ">B": (0, 3, 9)}
    assert decode_weights(encode_weights(weights)) == weights
    assert encode_weights(weights) == encode_weights(dict(reversed(weights.items())))


def test_probabilities_are_probabilities() -> None:
    text = "Adverse reactions were nausea, severe rash and vomiting."
    tokens = tokenise(text)
    spans = tagger().spans(tokens, marks_of(text), "a", floor=0.01)
    assert any(s.first == 3 and s.last == 4 and s.probability > 0.5 for s in spans)
    assert all(0.01 <= s.probability <= 1.0 and s.first < s.last for s in spans)
    assert spans == sorted(spans)


def gold(folder: Path) -> Path:
    labels = [name for name in ("A", "B", "C", "D", "E", "F", "G", "H", "I", "J") if not held_out(name)]
    hidden = next(name for name in map(str, range(100)) if held_out(name))
    rows = [
        {
            "id": f"{label}/x",
            "label": label,
            "kind": "adverse_reactions",
            "text": f"Reactions: nausea, rash {number}.\n\nRats had\ntumors. Nausea was common.",
            "reactions": [{"text": "nausea"}, {"text": "rash"}, {"text": "tumors", "about": "animal"}],
        }
        for number, label in enumerate([*labels, hidden])
    ]
    (folder / train_reactions.GOLD).write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return folder


def test_gold_is_read_from_the_training_side_alone(tmp_path: Path) -> None:
    examples = train_reactions.read_gold(gold(tmp_path))
    assert not any(held_out(example.label) for example in examples)
    assert examples[0].strings == ("nausea", "rash")
    assert examples[0].kind == "a"
    assert "\n" in examples[0].text
    assert examples[1].text == " ".join(examples[0].text.split())


def test_strings_stand_where_they_stand_as_words() -> None:
    tokens = tokenise("Rash, skin rash; rashes")
    assert train_reactions.spans_of(tokens, ["rash", "skin rash"]) == [(0, 1), (2, 4)]


def test_training_again_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = str(gold(tmp_path))
    for name in ("one", "two"):
        train_reactions.main(["--gold", folder, "--out", str(tmp_path / name)])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    model = Tagger(decode_weights((tmp_path / "one").read_bytes()))
    text = "Reactions: nausea, rash 3."
    found = [(s.first, s.last) for s in model.spans(tokenise(text), marks_of(text), "a", floor=0.5)]
    assert found == [(2, 3), (4, 5)]


@pytest.mark.parametrize("line", [None, "{", '{"label": "A"}', "[1]"])
def test_gold_that_cannot_be_read(tmp_path: Path, line: str | None) -> None:
    if line is not None:
        (tmp_path / train_reactions.GOLD).write_text(line, encoding="utf-8")
    with pytest.raises(InputError, match="tac2017"):
        train_reactions.read_gold(tmp_path)


def test_the_shipped_model_is_small_and_loads() -> None:
    assert load().conditions is not None
    assert tagger().scores.total(["w0=nausea"]) != 0
    path = Path(train_reactions.__file__).parent / "models" / "reactions.xz"
    assert path.stat().st_size < 2_000_000
