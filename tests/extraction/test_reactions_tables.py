from __future__ import annotations

from usedfor.extraction.reactions_tables import Names, arms, names_of, reaction_rows
from usedfor.model import Document, Ingredient, Product
from usedfor.vocabulary import load

ONE = Names(brands=("examplib",), parts=(("examplinib",),))
TWO = Names(brands=("twopill",), parts=(("nivolumab",), ("relatlimab",)))


def test_arms_of_columns() -> None:
    vocabulary = load()
    found = arms(
        {1: "EXAMPLIB 5 mg", 2: "Placebo", 3: "Metformin", 4: "Control", 5: "Diet"}, "", ONE, vocabulary
    )
    assert found == {1: "drug", 2: "placebo", 3: "comparator", 4: "comparator", 5: "unspecified"}
    assert arms({1: "25 mg", 2: "50 mg", 3: "Placebo"}, "", ONE, vocabulary) == {
        1: "drug",
        2: "drug",
        3: "placebo",
    }
    assert arms({1: "All grades"}, "Reactions to Examplib", ONE, vocabulary) == {1: "drug"}
    assert arms({1: "All grades"}, "Reactions", ONE, vocabulary) == {1: "unspecified"}


def test_a_part_of_a_combination_is_a_comparator() -> None:
    found = arms({1: "TWOPILL", 2: "Nivolumab", 3: "Nivolumab and relatlimab"}, "", TWO, load())
    assert found == {1: "drug", 2: "comparator", 3: "drug"}


def test_names_of_a_document() -> None:
    doc = Document(
        id="d",
        set_id="s",
        version="1",
        source="openfda",
        title="",
        effective="2026-01-01",
        sections=(),
        products=(
            Product(
                brand="Twopill Tablets",
                generic="nivolumab and relatlimab",
                ingredients=(Ingredient(name="NIVOLUMAB"), Ingredient(name="RELATLIMAB SODIUM")),
            ),
        ),
    )
    assert names_of(doc, "nivolumab-relatlimab") == TWO


def rows(body: str) -> list[tuple[str, list[tuple[float | None, str, str | None, int | None]]]]:
    html = f"<table><caption>Table</caption>{body}</table>"
    return [
        (html[r.start : r.end], [(f.value, f.arm, f.label, f.n) for f in r.figures])
        for r in reaction_rows(html, ONE, load())
    ]


def test_two_headings_and_a_new_block() -> None:
    body = (
        "<tr><th rowspan=2>Reaction</th><th colspan=2>Examplib N=456</th><th>Placebo (N=230)</th></tr>"
        "<tr><th>All Grades (%)</th><th>Grade 3 (%)</th><th>All Grades (%)</th></tr>"
        "<tr><td>General</td><td/><td/><td/></tr><tr><td>Fatigue</td><td>53</td><td>12</td><td>39</td></tr>"
        "<tr><td/><td>Placebo %</td><td>Examplib %</td></tr><tr><td>Rash</td><td>1</td><td>2 </td></tr>"
    )
    assert rows(body) == [
        (
            "Fatigue",
            [
                (53.0, "drug", "Examplib All Grades", 456),
                (12.0, "drug", "Examplib Grade 3", 456),
                (39.0, "placebo", "Placebo All Grades", 230),
            ],
        ),
        ("Rash", [(1.0, "placebo", "Placebo", None), (2.0, "drug", "Examplib", None)]),
    ]


def test_what_is_no_percentage_gives_no_figure() -> None:
    head = "<tr><td/><td>Examplib n (%)</td><td>Episodes (Rate)</td><td>Examplib N=90</td></tr>"
    found = rows(head + "<tr><td>Rash</td><td>8.6 (0.7)</td><td>297 (21)</td><td>7</td></tr>")
    assert found == [("Rash", [(8.6, "drug", "Examplib", None)])]
    assert rows("<tr><td/><td>%</td></tr><tr><td>Rash</td><td>250</td></tr>") == [("Rash", [])]
