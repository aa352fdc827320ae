from __future__ import annotations

import pytest

from usedfor.model import Document, Ingredient, Product, Section
from usedfor.vocabulary import load
from usedfor.vocabulary.medicines import Medicines


@pytest.fixture(scope="module")
def medicines() -> Medicines:
    return load().medicines


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("ketamine hydrochloride", ["ketamine"]),
        ("Ketalar", ["ketamine"]),
        ("Spravato", ["esketamine"]),
        ("Glucophage", ["metformin"]),
        ("metformin 500 mg tablets", ["metformin"]),
        ("Tylenol", ["acetaminophen"]),
        ("paracetamol", ["acetaminophen"]),
        ("Lipitor", ["atorvastatin"]),
        ("qvar 40mg", ["beclomethasone"]),
        ("levodopa/carbidopa", ["carbidopa-levodopa"]),
        ("Carbidopa, Levodopa and Entacapone", ["carbidopa-entacapone-levodopa"]),
        ("ECULIZUMAB-AEEB", ["eculizumab"]),
        ("Kadcyla", ["trastuzumab-emtansine"]),
        ("Herceptin", ["trastuzumab"]),
        ("potassium chloride", ["potassium-chloride"]),
        ("sodium chloride 0.9% injection", ["sodium-chloride"]),
        ("levoketoconazole", ["levoketoconazole"]),
    ],
)
def test_find(medicines: Medicines, name: str, ids: list[str]) -> None:
    assert [m.id for m in medicines.find(name)] == ids


@pytest.mark.parametrize("name", ["tazocin", "ketamin", "metfromin", "", "tablets", "500 mg"])
def test_find_never_guesses(medicines: Medicines, name: str) -> None:
    assert medicines.find(name) == ()


def test_near_offers(medicines: Medicines) -> None:
    assert medicines.near("ketamin")[0].medicine.id == "ketamine"
    assert medicines.near("metfromin")[0].medicine.id == "metformin"
    assert medicines.near("") == ()
    assert len(medicines.near("a", limit=2)) <= 2


def test_isomers_are_related_both_ways(medicines: Medicines) -> None:
    for one, other in [
        ("ketamine", "esketamine"),
        ("cetirizine", "levocetirizine"),
        ("omeprazole", "esomeprazole"),
    ]:
        a, b = medicines.get(one), medicines.get(other)
        assert a is not None
        assert b is not None
        assert other in a.related
        assert one in b.related


def test_a_medicine(medicines: Medicines) -> None:
    ketamine = medicines.get("ketamine")
    assert ketamine is not None
    assert ketamine.name == "ketamine"
    assert ketamine.ids["unii"] == "690G0D6V8H"
    assert ketamine.ids["rxcui"] == "6130"
    assert ketamine.ids["cas"] == "6740-88-1"
    assert ketamine.first_approval == "1970-02-19"
    assert ("Ketalar", "brand") in {(n.name, n.kind) for n in ketamine.names}
    assert medicines.get("no-such") is None


def test_combinations_name_their_parts(medicines: Medicines) -> None:
    for id in medicines.ids():
        medicine = medicines.get(id)
        assert medicine is not None
        if medicine.ingredients:
            assert list(medicine.ingredients) == sorted(set(medicine.ingredients))
            assert all(medicines.get(i) for i in medicine.ingredients)


def test_in_text(medicines: Medicines) -> None:
    text = "Ketamine and metformin hydrochloride; SPRAVATO."
    assert [(m.start, m.end, m.id) for m in medicines.in_text(text)] == [
        (0, 8, "ketamine"),
        (13, 36, "metformin"),
        (38, 46, "esketamine"),
    ]


def document(products: tuple[Product, ...] = (), **data: list[str]) -> Document:
    text = "\n".join(f"{key}: {' | '.join(values)}" for key, values in sorted(data.items()))
    return Document(
        id="d",
        set_id="s",
        version="1",
        source="openfda",
        title="A label",
        effective="2026-01-01",
        sections=(Section(field="openfda", text=text),),
        products=products,
    )


@pytest.mark.parametrize(
    ("given", "id"),
    [
        (
            document(generic_name=["KETAMINE HYDROCHLORIDE"], substance_name=["KETAMINE HYDROCHLORIDE"]),
            "ketamine",
        ),
        (document(generic_name=["ECULIZUMAB-AEEB"], substance_name=["ECULIZUMAB"]), "eculizumab"),
        (
            document(
                generic_name=["ESMOLOL HYDROCHLORIDE IN SODIUM CHLORIDE"],
                substance_name=["ESMOLOL HYDROCHLORIDE"],
            ),
            "esmolol",
        ),
        (document(substance_name=["LEVODOPA", "CARBIDOPA"]), "carbidopa-levodopa"),
        (
            document(generic_name=["INSULIN ASPART-XJHZ"], substance_name=["WATER", "INSULIN ASPART"]),
            "insulin-aspart",
        ),
        (
            document(generic_name=["LEVOLEUCOVORIN"], substance_name=["LEVOLEUCOVORIN"], unii=["Q573I9DVLP"]),
            "levoleucovorin",
        ),
        (document(brand_name=["Spravato"]), "esketamine"),
        (
            document((Product(brand="X", ingredients=(Ingredient(name="METFORMIN HYDROCHLORIDE"),)),)),
            "metformin",
        ),
        (document(generic_name=["NEWNAMEMAB-ABCD"], substance_name=["NEWNAMEMAB"]), "newnamemab"),
    ],
)
def test_of_document(medicines: Medicines, given: Document, id: str) -> None:
    assert medicines.of_document(given).id == id


def test_a_new_combination_is_made_of_its_parts(medicines: Medicines) -> None:
    made = medicines.of_document(
        document(substance_name=["KETAMINE HYDROCHLORIDE", "NEWNAMINE SULFATE"], brand_name=["Twoin"])
    )
    assert made.id == "ketamine-newnamine"
    assert made.name == "ketamine / newnamine"
    assert made.ingredients == ("ketamine", "newnamine")
    assert made.names[-1].name == "Twoin"


def test_a_mixture_of_many_goes_by_its_own_name(medicines: Medicines) -> None:
    many = [f"SUBSTANCE {letter}" for letter in "ABCDEFGH"]
    made = medicines.of_document(
        document(substance_name=many, generic_name=[" - ".join(many)], brand_name=["Manyfold"])
    )
    assert made.id == "manyfold"


@pytest.mark.data
def test_every_label_has_a_medicine(medicines: Medicines, shared_data: object) -> None:
    from pathlib import Path

    from usedfor.sources import Raw, parse, raw_documents

    labels = Path(str(shared_data)) / "labels" / "drug-label-0001-of-0004.json.zip"
    known = total = 0
    for raw in raw_documents([labels]):
        if isinstance(raw, Raw):
            total += 1
            medicine = medicines.of_document(parse(raw))
            assert medicine.id
            known += medicines.get(medicine.id) is not None
    assert known / total > 0.95
