from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usedfor.api import render_check
from usedfor.verification import Checker
from usedfor.verification.article import placed
from usedfor.verification.parts import parts
from usedfor.verification.results import VERDICTS
from usedfor.verification.units import Unit, units
from usedfor.vocabulary import load


def found(text: str) -> tuple[Unit, ...]:
    return units(text, frozenset(("velmora",)), load().medicines.in_text)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Velmora treats gout.", ["Velmora treats gout."]),
        (
            "Velmora treats gout, but it is not approved for migraine.",
            ["Velmora treats gout", "it is not approved for migraine."],
        ),
        (
            "Velmora eases asthma and can cause nausea; it lasts for a day.",
            ["Velmora eases asthma", "can cause nausea", "it lasts for a day."],
        ),
        (
            "Velmora, which is a Schedule IV drug, is given by mouth.",
            ["is a Schedule IV drug", "is given by mouth."],
        ),
        ("Velmora is for hypertension, gout and asthma.", ["hypertension", "gout", "asthma"]),
        ("Velmora is taken with bread and butter.", ["Velmora is taken with bread and butter."]),
        ("Velmora treats gout (and it is safe).", ["Velmora treats gout (and it is safe)."]),
    ],
)
def test_a_sentence_is_parted_where_a_claim_ends(text: str, pieces: list[str]) -> None:
    assert [text[p.start : p.end] for p in parts(text, found(text))] == pieces


def test_an_item_is_judged_without_its_neighbours() -> None:
    text = "Velmora is for hypertension, gout and asthma in adults."
    assert [p.text for p in parts(text, found(text))] == [
        "Velmora is for hypertension in adults.",
        "Velmora is for gout in adults.",
        "Velmora is for asthma in adults.",
    ]


def test_each_claim_has_its_verdict_and_the_sentence_has_the_worst(checker: Checker) -> None:
    text = "Velmora treats hypertension in adults and can be taken with simvastatin."
    checked = checker.passage("1", text, "velmorine")
    got = [(text[c.start : c.end], c.verdict, c.rule, c.kind) for c in checked.claims]
    assert got == [
        ("Velmora treats hypertension in adults", "supported", "use.labelled", "use"),
        ("can be taken with simvastatin.", "contradicted", "stance.allowed_forbidden", "interaction"),
    ]
    assert checked.verdict == min((c.verdict for c in checked.claims), key=VERDICTS.index)
    assert (checked.rule, checked.evidence) == (checked.claims[1].rule, checked.claims[1].evidence)
    assert [c.evidence[0].section for c in checked.claims] == ["indications_and_usage", "drug_interactions"]


def test_a_sentence_of_one_claim_lists_none(checker: Checker) -> None:
    assert checker.passage("1", "Velmora treats hypertension in adults.", "velmorine").claims == ()


def test_claims_keep_their_place_in_the_file(checker: Checker) -> None:
    page = (
        "# Velmora\n\n**Velmora** treats\n  hypertension in *adults* and can be taken with   simvastatin.\n"
    )
    (sentence,) = [s for s in checker.article(page).sentences if s.claims]
    first, second = sentence.claims
    assert page[first.file_start : first.file_end] == "Velmora** treats\n  hypertension in *adults"
    assert page[second.file_start : second.file_end] == "can be taken with   simvastatin."


@pytest.fixture(scope="module")
def page() -> str:
    return "# Velmora\n\nIt treats hypertension in adults and can be taken with simvastatin.\n"


def test_json_has_every_claim(checker: Checker, page: str) -> None:
    row = json.loads(render_check([checker.article(page)], "json"))["sentences"][1]
    assert [(c["text"], c["verdict"]) for c in row["claims"]] == [
        ("It treats hypertension in adults", "supported"),
        ("can be taken with simvastatin.", "contradicted"),
    ]
    for claim in row["claims"]:
        assert row["text"][claim["start"] : claim["end"]] == claim["text"]
        assert page[claim["file_start"] : claim["file_end"]] == claim["text"]


def test_sarif_points_to_the_claim_and_not_to_the_sentence(checker: Checker, page: str) -> None:
    log = json.loads(render_check([checker.article(page)], "sarif"))
    (result,) = log["runs"][0]["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    start = region["charOffset"]
    assert page[start : start + region["charLength"]] == "can be taken with simvastatin."
    assert (region["startLine"], region["startColumn"]) == (3, page.splitlines()[2].index("can") + 1)


def test_text_and_html_show_claim_by_claim(checker: Checker, page: str) -> None:
    report = checker.article(page)
    assert "    - contradicted: “can be taken with simvastatin.” (" in render_check([report])
    html = render_check([report], "html")
    assert '<span class="piece supported">It treats hypertension in adults</span>' in html
    assert '<li class="contradicted"><b>Contradicted</b> “can be taken with simvastatin.”' in html


_WORDS = st.lists(
    st.sampled_from(
        [
            "Velmora",
            "it",
            "treats",
            "gout",
            "asthma",
            "migraine",
            ",",
            ";",
            "and",
            "but",
            "which",
            "can",
            "is",
            "(",
            ")",
        ]
    ),
    min_size=1,
    max_size=25,
)


@given(_WORDS)
@settings(max_examples=60, deadline=None)
def test_parts_lie_in_order_and_apart(words: list[str]) -> None:
    text = " ".join(" ".join(words).split())
    at = 0
    for part in parts(text, found(text)):
        assert at <= part.start < part.end <= len(text)
        at = part.end


@given(st.text(alphabet=" \n\tab", min_size=1).filter(lambda t: bool(t.strip())), st.data())
@settings(max_examples=80, deadline=None)
def test_places_outlive_drawn_together_white_space(text: str, data: st.DataObject) -> None:
    plain = " ".join(text.split())
    start = data.draw(st.integers(0, len(plain) - 1))
    end = data.draw(st.integers(start + 1, len(plain)))
    low, high = placed(text, start, end)
    assert " ".join(text[low:high].split()) == plain[start:end].strip()
