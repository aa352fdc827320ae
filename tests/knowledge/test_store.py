from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import knowledge_parts as kp
import msgspec
import pytest

from usedfor.errors import SnapshotError, VerificationError
from usedfor.knowledge import Knowledge
from usedfor.model import Name, quote_hash

DOCUMENT = "00000000-0000-0000-0000-000000000002"


@pytest.fixture
def knowledge(home: Path) -> Knowledge:
    return Knowledge.open(home)


def test_medicines(knowledge: Knowledge) -> None:
    assert knowledge.medicine_ids() == ("nostrumab", "placebine", "testolol")
    assert [m.id for m in knowledge.medicines()] == ["nostrumab", "placebine", "testolol"]
    testolol = knowledge.medicine("testolol")
    assert testolol is not None
    assert testolol in knowledge.medicines()
    assert testolol.names == (
        Name(name="testolol", kind="generic"),
        Name(name="testolol salt", kind="synonym"),
        Name(name="testolol hydrochloride", kind="synonym"),
        Name(name="Brand1", kind="brand"),
        Name(name="Brand2", kind="brand"),
        Name(name="Brand6", kind="brand"),
    )
    assert knowledge.medicine("TESTOLOL") is None


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("testolol", ["testolol"]),
        ("  TESTOLOL ", ["testolol"]),
        ("Testolol Hydrochloride", ["testolol"]),
        ("testolol sodium", ["testolol"]),
        ("testolol 50 mg tablets", ["testolol"]),
        ("brand3", ["placebine"]),
        ("testolo", []),
        ("esttestolol", []),
        ("testolol and placebine", []),  # a combination of which there is no label
        ("", []),
    ],
)
def test_names_are_found_exactly(knowledge: Knowledge, name: str, ids: list[str]) -> None:
    assert [m.id for m in knowledge.find(name)] == ids


def test_names_spelt_alike_are_offered(knowledge: Knowledge) -> None:
    near = knowledge.near("testolo")
    assert (near[0].name, near[0].medicine.id) == ("testolol", "testolol")
    assert near[0].score == pytest.approx(93.3)
    assert len({n.medicine.id for n in near}) == len(near)
    assert knowledge.near("zzzzzzzz") == ()
    assert len(knowledge.near("brand", limit=2)) == 2


def test_uses_with_their_evidence(knowledge: Knowledge) -> None:
    uses = {use.id: use for use in knowledge.uses("testolol")}
    assert list(uses) == sorted(uses)
    approved = uses["testolol/t-3/approved"]
    assert (approved.status, approved.condition, approved.text) == ("approved", "T:3", "gout")
    assert approved.products == ("Brand1", "Brand2", "Brand6")
    assert [e.statement.split("#")[0][-1] for e in approved.evidence] == ["1", "2", "6"]
    against = uses["testolol/t-3/contraindicated"].evidence
    assert len(against) == 1
    assert knowledge.uses("nobody") == ()


def test_reactions_and_cautions(knowledge: Knowledge) -> None:
    cough = {r.text: r for r in knowledge.reactions("testolol")}["cough"]
    assert cough.labels == 3
    assert [(f.value, f.unit, f.label) for f in cough.figures] == [(5.0, "%", kp.LONG)]
    assert [(c.kind, c.text) for c in knowledge.cautions("nostrumab")] == [("boxed_warning", "SNEEZING")]


def test_statements(knowledge: Knowledge) -> None:
    found = knowledge.statements("testolol")
    assert [s.id for s in found] == sorted(s.id for s in found)
    assert {s.medicine for s in found} == {"testolol"}
    assert [s.kind for s in found if s.span.document == DOCUMENT] == [
        "indication", "indication", "contraindication", *["adverse_reaction"] * 3, "route",
    ]  # fmt: skip
    routes = knowledge.statements("testolol", ("route", "contraindication"))
    assert routes == tuple(s for s in found if s.kind in ("route", "contraindication"))
    asked = [found[4].id, "nobody#1", found[1].id, "x", "x#y", found[4].id, f"{DOCUMENT}#99"]
    assert knowledge.statements_by_id(asked) == {found[4].id: found[4], found[1].id: found[1]}
    assert list(knowledge.statements_by_id(asked)) == [found[4].id, found[1].id]


def test_documents(knowledge: Knowledge) -> None:
    found = knowledge.documents(["nobody", DOCUMENT])
    assert list(found) == [DOCUMENT]
    document = found[DOCUMENT]
    assert (document.source, document.version, document.effective) == ("openfda", "1", "2026-01-02")
    assert document.products[0].brand == "Brand2"
    section = document.section("contraindications")
    assert section is not None
    assert (section.text, section.loinc) == ("", "34070-3")
    assert [d.id[-1] for d in knowledge.documents_of("testolol")] == ["1", "2", "6"]


def test_conditions(knowledge: Knowledge) -> None:
    assert knowledge.condition("T:2") == kp.CONDITIONS["T:2"]
    assert knowledge.condition("T:4") is None  # no statement is about it
    assert list(knowledge.conditions(["T:3", "x", "T:1"])) == ["T:3", "T:1"]


def test_quotes_are_the_words_of_the_span(knowledge: Knowledge) -> None:
    assert knowledge.quotes
    for medicine in knowledge.medicine_ids():
        for statement in knowledge.statements(medicine):
            assert knowledge.quote(statement.span) == statement.text
            assert statement.span.sha256 == quote_hash(statement.text)
    span = knowledge.statements("testolol")[0].span
    assert knowledge.quote(msgspec.structs.replace(span, document="nobody")) is None
    with pytest.raises(VerificationError) as caught:
        knowledge.quote(msgspec.structs.replace(span, start=span.start + 1))
    assert caught.value.findings == (f"{span.document} {span.section} {span.start + 1}-{span.end}",)


def test_a_name_the_vocabulary_knows(knowledge: Knowledge) -> None:
    assert [m.id for m in knowledge.known("Ketalar")] == ["ketamine"]
    assert knowledge.find("Ketalar") == ()


def test_a_damaged_file_is_one_clear_line(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    path = copy / "knowledge.sqlite"
    data = bytearray(path.read_bytes())
    db = sqlite3.connect(path)
    (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'uses'").fetchone()
    db.close()
    data[(page - 1) * 8192 : page * 8192] = b"\xff" * 8192
    path.write_bytes(data)
    with (
        Knowledge.open(copy) as knowledge,
        pytest.raises(SnapshotError, match=r"knowledge\.sqlite is damaged") as caught,
    ):
        knowledge.uses("testolol")
    assert "\n" not in caught.value.message


def test_asking_needs_no_heavy_library(home: Path) -> None:
    code = (
        "import sys; from usedfor.knowledge import Knowledge\n"
        "with Knowledge.open(sys.argv[1]) as k:\n"
        "    [m] = k.find('Testolol'); k.uses(m.id); k.quote(k.statements(m.id)[0].span)\n"
        "heavy = {'pyarrow', 'numpy', 'multiprocessing', 'lxml', 'rapidfuzz', 'click', 'rich'}\n"
        "print(*heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code, home], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
