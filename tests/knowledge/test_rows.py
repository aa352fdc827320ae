"""Every struct comes back from its row as it went in."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.knowledge import rows
from usedfor.knowledge.tables import TABLES
from usedfor.model import (
    Caution,
    Condition,
    Document,
    Evidence,
    Figure,
    Ingredient,
    Medicine,
    Name,
    Product,
    Reaction,
    Restrictions,
    Section,
    Span,
    Statement,
    Use,
    quote_hash,
)

words = st.text(max_size=12)
some = st.none() | words
tuples = st.lists(words, max_size=3).map(tuple)
dicts = st.dictionaries(words, words, max_size=3)
counts = st.integers(0, 2**31 - 1)
floats = st.none() | st.floats(allow_nan=False, allow_infinity=False)
hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
figures = st.lists(
    st.builds(Figure, unit=words, value=floats, low=floats, high=floats, label=some, n=st.none() | counts),
    max_size=2,
).map(tuple)
statement_ids = st.tuples(words, counts).map(lambda parts: f"{parts[0]}#{parts[1]}")
evidence = st.lists(st.builds(Evidence, statement=statement_ids), max_size=4).map(tuple)


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    document, text = draw(words), draw(words)
    sha256 = draw(st.just(quote_hash(text)) | hashes)
    span = Span(document=document, section=draw(words), start=draw(counts), end=draw(counts), sha256=sha256)
    made = draw(
        st.builds(
            Statement, id=st.just(f"{document}#{draw(counts)}"), medicine=words, text=st.just(text),
            span=st.just(span), rule=words, condition=some, adjunct=st.booleans(),
            after_failure=st.booleans(), routes=tuples, population=some, severity=some, topic=some,
            figures=figures,
        )
    )  # fmt: skip
    assert isinstance(made, Statement)
    return made


@given(statements())
def test_statements(statement: Statement) -> None:
    row = rows.statement_row(statement)
    assert len(row) == len(TABLES["statements"].columns)
    assert rows.statement_of(row) == statement


@given(
    st.builds(
        Use, id=words, medicine=words, text=words, rule=words, as_of=words, condition=some,
        level=st.none() | st.integers(1, 5), products=tuples, evidence=evidence,
        restrictions=st.builds(
            Restrictions, adjunct=st.booleans(), after_failure=st.booleans(), routes=tuples, population=some
        ),
    )
)  # fmt: skip
def test_uses(use: Use) -> None:
    found = [(row[3], row[4], row[5]) for row in rows.use_evidence_rows(use)]
    assert rows.use_of(rows.use_row(use), found) == use  # type: ignore[arg-type]
    assert {len(row) for row in rows.use_evidence_rows(use)} <= {len(TABLES["use_evidence"].columns)}


@given(
    st.builds(
        Reaction, id=words, medicine=words, text=words, rule=words, condition=some, severity=some,
        boxed=st.booleans(), labels=counts, figures=figures, evidence=evidence,
    )
)  # fmt: skip
def test_reactions(reaction: Reaction) -> None:
    assert rows.reaction_of(rows.reaction_row(reaction)) == reaction


@given(
    st.builds(
        Caution, id=words, medicine=words, kind=words, text=words, rule=words, topic=some, condition=some,
        labels=counts, evidence=evidence,
    )
)  # fmt: skip
def test_cautions(caution: Caution) -> None:
    assert rows.caution_of(rows.caution_row(caution)) == caution


@given(st.builds(Condition, id=words, name=words, names=tuples, lay=some, ids=dicts, parents=tuples))
def test_conditions(condition: Condition) -> None:
    assert rows.condition_of(rows.condition_row(condition), condition.names) == condition


names = st.lists(st.builds(Name, name=words), max_size=3).map(tuple)


@given(
    st.builds(
        Medicine, id=words, name=words, names=names, ids=dicts, ingredients=tuples, related=tuples,
        first_approval=some,
    )
)  # fmt: skip
def test_medicines(medicine: Medicine) -> None:
    row = rows.medicine_row(medicine, 3)
    assert row[-1] == 3
    assert rows.medicine_of(row, [(n.name, n.kind) for n in medicine.names]) == medicine


products = st.lists(
    st.builds(
        Product, brand=some, generic=some, routes=tuples, form=some, ndc=some,
        ingredients=st.lists(st.builds(Ingredient, name=words, unii=some), max_size=2).map(tuple),
    ),
    max_size=2,
).map(tuple)  # fmt: skip


@given(
    st.builds(
        Document, id=words, set_id=words, version=words, title=words, effective=words, url=words,
        rxcui=tuples, classes=tuples, mechanisms=tuples, manufacturer=some, product_type=some,
        products=products, sha256=hashes,
        sections=st.lists(st.builds(Section, field=words, text=words, loinc=some), max_size=3).map(tuple),
    )
)  # fmt: skip
def test_documents_come_back_without_their_texts(document: Document) -> None:
    bare = tuple(msgspec.structs.replace(section, text="") for section in document.sections)
    row = rows.document_row(document, "m")
    assert rows.document_of(row) == msgspec.structs.replace(document, sections=bare)
    assert len(row) == len(TABLES["documents"].columns)


def test_evidence_of_one_document_is_kept_together_and_in_order() -> None:
    given_ = tuple(Evidence(statement=s) for s in ("a#2", "a#1", "b#7"))
    against = (Evidence(statement="b#8", direction="against"),)
    caution = Caution(
        id="m/x/warning", medicine="m", kind="warning", text="x", rule="r", evidence=given_ + against
    )
    row = rows.caution_row(caution)
    assert row[-1] == '[["a","for",2,1],["b","for",7],["b","against",8]]'
    assert rows.caution_of(row) == caution


@pytest.mark.parametrize("id_", ["a", "a#", "a#b"])
def test_an_id_that_is_none(id_: str) -> None:
    with pytest.raises(ValueError):
        rows.split_id(id_)
