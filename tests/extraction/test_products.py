from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction.products import statements
from usedfor.model import Document, Section, Statement, quote_hash


def label(**sections: str) -> Document:
    parts = tuple(Section(field=f, text=t) for f, t in sorted(sections.items()))
    return Document(
        id="d",
        set_id="s",
        version="1",
        source="openfda",
        title="Foostat",
        effective="2026-01-01",
        sections=parts,
    )


def read(kind: str, **sections: str) -> list[Statement]:
    document = label(**sections)
    found = [s for s in statements(document, "foostat", None) if s.kind == kind]
    for s in found:
        section = document.section(s.span.section)
        assert section is not None
        assert section.text[s.span.start : s.span.end] == s.text
        assert s.span.sha256 == quote_hash(s.text)
    return found


def brief(found: list[Statement]) -> list[tuple[str, str | None, str]]:
    return [(s.text, s.topic, s.rule) for s in found]


LISTING = (
    "brand_name: Foo\ngeneric_name: FOOSTAT\npharm_class_epc: Kinase Inhibitor [EPC]\n"
    "pharm_class_moa: Bar Kinase Inhibitors [MoA] | Cytochrome P450 3A4 Inhibitors [MoA]\n"
    "route: INTRAMUSCULAR | INTRAVENOUS\nsubstance_name: FOOSTAT"
)


def test_routes_of_the_listing_and_the_title() -> None:
    found = read(
        "route",
        openfda=LISTING,
        spl_unclassified_section="FOOSTAT injection, for intravenous or intramuscular use",
    )
    assert brief(found) == [
        ("INTRAMUSCULAR", "intramuscular", "route.listed"),
        ("INTRAVENOUS", "intravenous", "route.listed"),
        ("intravenous", "intravenous", "route.text"),
        ("intramuscular", "intramuscular", "route.text"),
    ]
    assert found[0].span.start == LISTING.index("INTRAMUSCULAR")


def test_a_route_of_the_text_must_agree_with_the_listing() -> None:
    assert brief(read("route", openfda="route: NASAL", description="Foo for oral administration.")) == [
        ("NASAL", "nasal", "route.listed")
    ]
    assert brief(read("route", description="Foo for oral administration.")) == [
        ("oral", "oral", "route.text")
    ]
    assert read("route", description="Not for intravenous use.") == []


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        (
            {
                "dosage_forms_and_strengths": "3 DOSAGE FORMS Tablets: 5 mg, film-coated tablets. "
                "Injection: 1 mg/mL"
            },
            [("Tablets", "tablet", "form.heading"), ("Injection", "injection", "form.heading")],
        ),
        (
            {"dosage_forms_and_strengths": "Foo extended-release tablets are white. Foo capsules are red."},
            [("extended-release tablets", "extended-release tablet", "form.first")],
        ),
        (
            {"how_supplied": "Foo vaginal suppositories"},
            [("vaginal suppositories", "vaginal suppository", "form.first")],
        ),
        (
            {"dosage_forms_and_strengths": "For injection: 5 mg"},
            [("For injection", "for injection", "form.heading")],
        ),
        ({"indications_and_usage": "Tablets: none"}, []),
    ],
)
def test_forms(sections: dict[str, str], expected: list[tuple[str, str, str]]) -> None:
    assert brief(read("form", **sections)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9.1 Controlled Substance Foo contains foostat, a Schedule III controlled substance.", "CIII"),
        ("Foo is listed in Schedule IV of the Controlled Substances Act.", "CIV"),
        ("Foo is a Schedule V controlled substance.", "CV"),
        ("Foo is not a controlled substance.", "none"),
        ("Taking Schedule II opioids such as bar may be dangerous.", None),
        ("Patients given Schedule II opioid analgesics were followed.", None),
        ("The active moiety of Foo is barbate, a Schedule I controlled substance.", None),
        ("Misuse could lead to penalties under the higher Schedule I controls.", None),
        ("Dosing schedule I is preferred.", None),
    ],
)
def test_schedule_in_words(text: str, expected: str | None) -> None:
    topics = {s.topic for s in read("schedule", drug_abuse_and_dependence=text)}
    assert topics == ({expected} if expected else set())


def test_schedule_symbol() -> None:
    assert brief(read("schedule", package_label_principal_display_panel="Foo ® CIV 30 mg Rx only")) == [
        ("CIV", "CIV", "schedule.symbol")
    ]
    assert read("schedule", spl_unclassified_section="apoC-III lowering; clearance (CV%) 12") == []


def test_class_of_the_listing_and_of_indications() -> None:
    found = read(
        "class", openfda=LISTING, indications_and_usage="Foo is a bar kinase inhibitor indicated for gout."
    )
    assert brief(found) == [
        ("Kinase Inhibitor", "epc", "class.epc"),
        ("bar kinase inhibitor", "label", "class.indicated"),
    ]


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        (
            {"description": "Foo contains foostat, a nonbarbiturate general anesthetic."},
            [("nonbarbiturate general anesthetic", "label", "class.description")],
        ),
        (
            {"indications_and_usage": "Foo is a combination of a statin and a diuretic indicated for gout."},
            [],
        ),
        ({"description": "Foostat is an inhibitor of bar."}, []),
        ({"openfda": "substance_name: A | B", "description": "Foostat is a loop diuretic."}, []),
        ({"description": "The vehicle is a loop diuretic."}, []),
    ],
)
def test_class_of_the_text(sections: dict[str, str], expected: list[tuple[str, str, str]]) -> None:
    assert brief(read("class", **sections)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Foostat is a non-selective, non-competitive antagonist of the N-methyl-D-aspartate "
            "(NMDA) receptor, an "
            "ionotropic glutamate receptor.",
            [("antagonist of the N-methyl-D-aspartate (NMDA) receptor", "label", "mechanism.agent_of")],
        ),
        (
            "Foostat inhibits the enzyme HMG-CoA reductase, which makes cholesterol.",
            [("inhibits the enzyme HMG-CoA reductase", "label", "mechanism.verb")],
        ),
        (
            "Foostat is an endothelin receptor antagonist that works.",
            [("endothelin receptor antagonist", "label", "mechanism.agent")],
        ),
        (
            "Foostat is a selective inhibitor of bar kinase.",
            [("selective inhibitor of bar kinase", "label", "mechanism.agent")],
        ),
        ("The mechanism of action of foostat is unknown.", [("is unknown", "unknown", "mechanism.unknown")]),
        ("Endogenous bar inhibits the enzyme baz.", []),
        ("PD-L1 blocks T-cell function.", []),
        ("Foostat does not inhibit bar kinase.", []),
        ("Foostat is not an aldosterone antagonist.", []),
    ],
)
def test_mechanism(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert brief(read("mechanism", mechanism_of_action=f"12.1 Mechanism of Action {text}")) == expected


def test_mechanism_classes_that_only_matter_for_interactions_are_marked() -> None:
    assert brief(read("mechanism", openfda=LISTING)) == [
        ("Bar Kinase Inhibitors", "moa", "mechanism.moa"),
        ("Cytochrome P450 3A4 Inhibitors", "interaction", "mechanism.moa"),
    ]


def test_year_of_first_approval() -> None:
    found = read(
        "approval_year", spl_unclassified_section="FOO injection, CIII Initial U.S. Approval: 1970 Recent"
    )
    assert brief(found) == [("1970", "1970", "approval_year.highlights")]
    assert read("approval_year", description="Initial U.S. Approval: soon") == []


FIELDS = [
    "openfda",
    "description",
    "indications_and_usage",
    "mechanism_of_action",
    "dosage_forms_and_strengths",
    "drug_abuse_and_dependence",
    "spl_unclassified_section",
    "package_label_principal_display_panel",
]
TEXT = (
    "route: | ORAL\n Foostat is an inhibitor of ( NMDA ) Schedule IV CIII tablets : for oral "
    "use , indicated not a . pharm_class_epc: [EPC] İ \ud800 the blocks"
)
WORDS = st.sampled_from(TEXT.split(" "))


@given(st.dictionaries(st.sampled_from(FIELDS), st.one_of(st.text(), st.lists(WORDS).map(" ".join))))
def test_any_text_is_read_with_exact_spans(sections: dict[str, str]) -> None:
    document = label(**sections)
    for s in statements(document, "foostat", None):
        section = document.section(s.span.section)
        assert section is not None
        assert section.text[s.span.start : s.span.end] == s.text
        assert s.text.strip()
        assert section.field == "openfda" or len(s.text.split()) <= 8
