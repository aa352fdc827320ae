"""Small grammar, label words set for running text, plain words for codes."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from types import ModuleType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from usedfor.briefs import compile
from usedfor.briefs.gather import gather
from usedfor.briefs.naming import both_words, brand_words, display_name, full_name
from usedfor.briefs.places import route_words, routes_words, section_words, time_words
from usedfor.briefs.sections.effects import in_100
from usedfor.briefs.tidy import CUT, tidy
from usedfor.briefs.topics import population_finding, topic_words
from usedfor.briefs.wording import (
    a_an,
    capital,
    closed,
    date_words,
    listed,
    number,
    same_key,
    say,
    table,
    with_end,
)
from usedfor.model import Condition, Figure, Medicine, Name, Product, Span, Statement, Use


@pytest.mark.parametrize(
    ("items", "limit", "text"),
    [
        ([], 6, ""),
        (["a"], 6, "a"),
        (["a", "b"], 6, "a and b"),
        (["a", "b", "c"], 6, "a, b and c"),
        (["a", "A", "b"], 6, "a and b"),
        (["a", "b", "c", "d"], 2, "a, b and 2 more"),
        (["x, with y", "z"], 6, "x, with y; and z"),
        (["salt and water", "a", "b"], 6, "salt and water, a, and b"),
        (["gas (flatulence)", "gas"], 6, "gas (flatulence)"),
    ],
)
def test_lists(items: list[str], limit: int, text: str) -> None:
    assert listed(items, limit) == text


@pytest.mark.parametrize(
    ("noun", "text"),
    [
        ("kinase inhibitor", "a kinase inhibitor"),
        ("opioid agonist", "an opioid agonist"),
        ("HIV integrase inhibitor", "an HIV integrase inhibitor"),
        ("GLP-1 receptor agonist", "a GLP-1 receptor agonist"),
        ("uricosuric agent", "a uricosuric agent"),
        ("estrogen", "an estrogen"),
        ("unsaturated fat", "an unsaturated fat"),
    ],
)
def test_articles(noun: str, text: str) -> None:
    assert a_an(noun) == text


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("PLAQUE PSORIASIS.", "plaque psoriasis"),
        ("Plaque Psoriasis", "plaque psoriasis"),
        ("HIV-1 Infection", "HIV-1 infection"),
        ("COVID-19", "COVID-19"),
        ("Acute Mountain Sickness", "acute mountain sickness"),
        ("ROCKY MOUNTAIN SPOTTED FEVER", "Rocky Mountain spotted fever"),
        ("Factor Xa Inhibitor", "factor Xa inhibitor"),
        ("SEVERE TETRALOGY OF FALLOT", "severe tetralogy of Fallot"),
        ("CROHN’S DISEASE", "Crohn’s disease"),
        ("Crohn's Disease", "Crohn's disease"),
        ("dementia with Lewy bodies", "dementia with Lewy bodies"),
        ("Treatment-Resistant Depression (TRD)", "treatment-resistant depression (TRD)"),
        ("Stevens-Johnson Syndrome", "Stevens-Johnson syndrome"),
        ("MRI OF THE BRAIN", "MRI of the brain"),
        ("the induction of anesthesia", "induction of anesthesia"),
        ("induction of anesthesia prior to the", "induction of anesthesia" + CUT),
        ("leukemia (ALL) [see Clinical Studies (14.1)]", "leukemia (ALL)"),
        ("cystinuria cystinuria", "cystinuria"),
        ("serum potassium >5.5 mEq/L", "serum potassium above 5.5 mEq/L"),
        ("count ≤ 30", "count at most 30"),
        ("N -methyl D -aspartate (NMDA ) receptor", "N-methyl D-aspartate (NMDA) receptor"),
        (
            "disease (acid alpha-glucosidase [GAA] deficiency)",
            "disease (acid alpha-glucosidase [GAA] deficiency)",
        ),
        ("Pompe disease, late onset (lysosomal", "Pompe disease, late onset"),
        ("a label cut to its first eight words …", "label cut to its first eight words" + CUT),
        ("", ""),
    ],
)
def test_label_words(label: str, text: str) -> None:
    assert tidy(label) == text


@given(st.text(max_size=200))
@example("(((")
@example("of the of the")
@example("İ " * 90)
def test_any_text_is_set_without_loose_ends(text: str) -> None:
    found = tidy(text)
    assert found == found.strip()
    assert "  " not in found
    for opening, closing in ("()", "[]"):
        if set("()[]") & set(found) <= {opening, closing}:
            assert found.count(opening) == found.count(closing)


@given(st.lists(st.text(min_size=1, max_size=20), max_size=12), st.integers(2, 8))
def test_no_item_of_a_list_is_lost_unsaid(items: list[str], limit: int) -> None:
    text = listed(items, limit)
    shown = [i for i in items if i in text]
    assert len({same_key(i) for i in items if same_key(i)}) == 0 or text
    if " more" not in text:
        assert {same_key(i.split(" (")[0]) or same_key(i) for i in items if same_key(i)} <= {
            same_key(i.split(" (")[0]) or same_key(i) for i in shown
        }


@given(st.text(max_size=40))
def test_values_are_put_in_as_they_are(value: str) -> None:
    assert value[1:].rstrip(".…”?! ") in say("takeaway.controlled", schedule=value)


@pytest.mark.parametrize(
    ("text", "end"),
    [("Works..", "Works."), ("So …", "So …"), ("“So”.", "“So”."), ("a ….", "a …"), ("Why?.", "Why?")],
)
def test_one_end(text: str, end: str) -> None:
    assert closed(text) == end


def test_a_remark_goes_before_the_full_stop() -> None:
    assert with_end("It is so.", " (here)") == "It is so (here)."
    assert with_end("It is so …", " (here)") == "It is so … (here)."
    assert with_end("It is so.", "") == "It is so."


def test_capitals_dates_numbers() -> None:
    assert capital("pH tests") == "pH tests"
    assert capital("mTOR inhibitor") == "mTOR inhibitor"
    assert capital("ketamine") == "Ketamine"
    assert date_words("2026-07-06") == "6 July 2026"
    assert date_words("2023-12") == "December 2023"
    assert date_words("unknown") == "unknown"
    assert [number(v) for v in (30.0, 0.5, 12.34, 100000.0)] == ["30", "0.5", "12.3", "100000"]


HYPERTENSION = Condition(
    id="C:1", name="hypertension", names=("arterial hypertension",), lay="high blood pressure"
)


@pytest.mark.parametrize(
    ("text", "condition", "words"),
    [
        ("Hypertension", HYPERTENSION, "high blood pressure (hypertension)"),
        ("severe hypertension", HYPERTENSION, "severe high blood pressure (hypertension)"),
        ("pulmonary hypertension", HYPERTENSION, "pulmonary hypertension"),
        ("high blood pressure", HYPERTENSION, "high blood pressure"),
        ("pruritus", None, "itching (pruritus)"),
        ("ovarian", Condition(id="C:2", name="ovarian cancer"), "ovarian cancer"),
    ],
)
def test_the_everyday_word_stands_first_where_it_is_the_same_thing(
    text: str, condition: Condition | None, words: str
) -> None:
    assert both_words(text, condition) == words


def test_names_of_medicines() -> None:
    assert full_name(Medicine(id="x", name="carbidopa / levodopa")) == "carbidopa and levodopa"
    assert full_name(Medicine(id="x", name="fluciclovine f-18")) == "fluciclovine F-18"
    long = Medicine(
        id="x",
        name=" / ".join(f"calcium salt {n}" for n in range(9)),
        names=(Name(name="SALTUM", kind="brand"),),
    )
    assert display_name(long) == "Saltum"
    assert display_name(Medicine(id="x", name="a" * 70)) == "this medicine"
    assert brand_words("CIPRO IN PLASTIC") == "Cipro in Plastic"
    assert brand_words("NORMOSOL-M AND DEXTROSE") == "Normosol-M and Dextrose"
    assert brand_words("SPRAVATO") == "Spravato"


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure(unit="seconds", value=30.0, relation="<="), "within 30 seconds"),
        (Figure(unit="minutes", low=3.0, high=4.0), "in 3 to 4 minutes"),
        (Figure(unit="hours", value=1.0, relation="about"), "in about 1 hour"),
        (Figure(unit="weeks", low=2.0, relation=">="), "in at least 2 weeks"),
        (Figure(unit="%", value=3.0), None),
    ],
)
def test_times(figure: Figure, words: str | None) -> None:
    assert time_words([figure], "in") == words


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure(unit="%", value=19.3), "about 19 in 100 people (19.3%)"),
        (Figure(unit="%", value=0.4), "about 4 in 1,000 people (0.4%)"),
        (Figure(unit="%", value=0.02), "about 2 in 10,000 people (0.02%)"),
        (Figure(unit="%", value=0.0), "about 0 in 100 people (0%)"),
        (Figure(unit="%", value=1.0, relation="<"), "fewer than 1 in 100 people (under 1%)"),
        (Figure(unit="%", value=10.0, relation=">="), "at least 10 in 100 people (10% or more)"),
    ],
)
def test_frequencies(figure: Figure, words: str) -> None:
    assert in_100(figure) == words


def test_places() -> None:
    assert route_words("INTRAVENOUS") == "into a vein (intravenous)"
    assert route_words("MOONWARD") == "by the moonward route"
    assert routes_words(["oral", "intravenous"]) == "by mouth or into a vein (intravenous)"
    assert routes_words(["oral", "intravenous"], short=True) == "by mouth or into a vein"
    assert section_words("spl_unclassified_section") == "Other text of the label"
    assert section_words("boxed_warning") == "Boxed warning"


def test_topics() -> None:
    assert topic_words("hepatotoxicity", "Hepatotoxicity") == "liver damage (hepatotoxicity)"
    assert topic_words("hepatotoxicity", "Hepatotoxicity", short=True) == "liver damage"
    assert topic_words("serious_infections", "SERIOUS INFECTIONS") == "serious infections"
    assert topic_words(None, "Risk of Emergence Reactions") == "emergence reactions"
    assert topic_words(None, "Some heading that goes on and on and on …") == ""
    assert topic_words(None, "General") == ""


def _said(topic: str, n: int, population: str | None = None, figures: tuple[Figure, ...] = ()) -> Statement:
    span = Span(document="d", section="s", start=n, end=n + 1, sha256="0" * 64)
    return Statement(
        id=f"d#{n}",
        medicine="m",
        kind="population",
        text="x",
        span=span,
        rule="r",
        topic=topic,
        population=population,
        figures=figures,
    )


def test_ages_and_grades_of_one_finding_are_put_together() -> None:
    under = [
        _said("children.not_established", 1),
        _said("children.not_established", 2, figures=(Figure(unit="years", high=2.0, relation="<"),)),
        _said("children.not_established", 3, figures=(Figure(unit="years", low=6.0, high=11.0),)),
    ]
    words, groups = population_finding("children.not_established", under)
    assert words == (
        "The labels say it is not shown to be safe and to work in children under 2 years or "
        "children aged 6 to 11 years (the age depends on the use)"
    )
    assert [[s.id for s in group] for group in groups] == [["d#2"], ["d#3"]]
    kidney = [
        _said("kidney.adjust", 1, "mild, moderate or severe renal impairment"),
        _said("kidney.adjust", 2, "dialysis"),
    ]
    words, _ = population_finding("kidney.adjust", kidney)
    assert words == (
        "The labels give a different dose for people with mild to severe kidney problems or "
        "kidney failure treated by dialysis"
    )
    assert population_finding("kidney.unheard_of", kidney) == ("", [])


def _rules(name: str) -> dict[str, list[dict[str, str]]]:
    text = files("usedfor.extraction").joinpath("rules", f"{name}.toml").read_text("utf-8")
    found: dict[str, list[dict[str, str]]] = tomllib.loads(text)
    return found


def test_every_topic_of_a_warning_has_plain_words() -> None:
    assert {rule["id"] for rule in _rules("boxed")["topic"]} <= table("topics")["warnings"].keys()


def test_every_finding_on_a_group_has_plain_words() -> None:
    book = _rules("populations")
    topics = {r.get("topic") or r["id"] for r in book["rule"] if r["group"] != "dependence"}
    topics |= {f"{organ}.{r.get('topic') or r['id']}" for r in book["organ"] for organ in ("kidney", "liver")}
    topics.discard("pregnancy.category")
    topics |= {f"pregnancy.category_{letter}" for letter in "abcdx"}
    assert topics <= table("topics")["populations"].keys()
    dependence = {
        r.get("topic") or r["id"].partition(".")[2] for r in book["rule"] if r["group"] == "dependence"
    }
    assert dependence <= table("topics")["dependence"].keys()


def test_every_route_code_has_plain_words() -> None:
    assert set(_rules("products")["route_words"].values()) <= table("places")["routes"].keys()


def test_a_warning_of_one_form_says_so_where_another_route_is_silent(fake: ModuleType) -> None:
    class Labelled(fake.Label):  # type: ignore[misc]
        routes: tuple[str, ...] = ()

        def __init__(self, route: str, *texts: str, **sections: str) -> None:
            super().__init__(*texts, **sections)
            product = Product(brand="DUAL", application="NDA1", routes=(route,))
            from msgspec.structs import replace

            self.document = replace(self.document, products=(product,))

    vein = Labelled(
        "INTRAVENOUS",
        "d-1",
        "dualol",
        "2026-01-01",
        "DUAL",
        "DUAL",
        contraindications="In gout and in shock.",
    )
    mouth = Labelled("ORAL", "d-2", "dualol", "2026-02-02", "DUAL", "DUAL", contraindications="In gout.")
    vein.says("contraindications", "gout", "contraindication")
    vein.says("contraindications", "shock", "contraindication")
    mouth.says("contraindications", "gout", "contraindication")
    knowledge = fake.FakeKnowledge(
        [Medicine(id="dualol", name="dualol")],
        [vein.document, mouth.document],
        [*vein.statements, *mouth.statements],
    )
    section = next(s for s in compile(knowledge, "dualol").sections if s.id == "not-for")
    assert [s.text for s in section.sections[0].sentences] == [
        "It must not be given to people with gout.",
        "It must not be given to people with shock (said of the form given into a vein).",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("supplement to other anesthetic agents", "use as a supplement to other anesthetic agents"),
        (
            "sole anesthetic agent for surgical procedures",
            "use as the sole anesthetic agent for surgical procedures",
        ),
        ("induction of anesthesia", "induction of anesthesia"),
        ("bowel cleansing", "bowel cleansing"),
    ],
)
def test_what_a_medicine_serves_as_is_said_so(text: str, words: str, fake: ModuleType) -> None:
    dossier = gather(fake.somnidol(), fake.somnidol().medicine("somnidol"))
    use = Use(
        id="x", medicine="somnidol", text=text, status="approved", rule="r", as_of="", relation="procedure"
    )
    assert dossier.use_words(use) == words
