"""Papers from each kind of file: the same fields, retractions marked, and bad input set aside."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papers import ABSTRACT, JATS, article_set, pubmed, refers
from usedfor.errors import DocumentError, InputError
from usedfor.model import quote_hash
from usedfor.sources import Raw, SetAside
from usedfor.sources.pubmed import current_papers, newer_paper, parse_paper, raw_papers
from usedfor.sources.study_documents import paper_document
from usedfor.studies import Heading, Notice, Paper


def paper(text: str) -> Paper:
    return parse_paper(Raw("pubmed", "x", text.encode()))


def read(folder: Path, data: bytes | str, name: str = "a.xml") -> tuple[list[Paper], list[SetAside]]:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    found = list(raw_papers([path]))
    return (
        [parse_paper(one) for one in found if isinstance(one, Raw)],
        [one for one in found if isinstance(one, SetAside)],
    )


def test_every_field_of_a_record() -> None:
    one = paper(pubmed(types=("Journal Article", "Randomized Controlled Trial")))
    assert (one.id, one.pmid, one.pmc, one.doi, one.version) == (
        "PMID:123",
        "123",
        "PMC77",
        "10.1000/hic.1",
        1,
    )
    assert (one.year, one.date, one.revised) == (2019, "2019-04-02", "2021-03-04")
    assert (one.title, one.journal, one.language) == ("Bloxitol for hiccups.", "Annals of Hiccups", "eng")
    assert [s.label for s in one.abstract] == ["METHODS", "RESULTS"]
    assert one.abstract[0].text == "Forty adults took it with CO2 at 10^9 units."
    assert one.abstract[1].text == "Hiccups were fewer than with placebo."
    assert one.publication_types == ("Journal Article", "Randomized Controlled Trial")
    assert one.mesh[0] == Heading(descriptor="Hiccup", qualifiers=("drug therapy",), major=True)
    assert one.registrations == ("NCT00000001",)
    assert (one.retracted, one.notice, one.usable) == (False, None, True)
    assert one.missing == ()


@pytest.mark.parametrize(
    ("date", "year", "iso"),
    [
        ("<MedlineDate>2019 Spring</MedlineDate>", 2019, "2019"),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", 1998, "1998"),
        ("<Year>2019</Year><Season>Spring</Season>", 2019, "2019"),
        ("<Year>2020</Year><Month>13</Month>", 2020, "2020"),
        ("<MedlineDate>no year</MedlineDate>", None, None),
        ("", None, None),
    ],
)
def test_dates(date: str, year: int | None, iso: str | None) -> None:
    one = paper(pubmed(date=date))
    assert (one.year, one.date) == (year, iso)
    assert ("year" in one.missing) == (year is None)


def test_missing_abstract_and_other_language() -> None:
    one = paper(pubmed(abstract="", language="pol"))
    assert one.abstract == ()
    assert one.abstract_text == ""
    assert one.language == "pol"
    assert one.missing == ("abstract",)


def test_retracted_papers_and_notices() -> None:
    by_type = paper(pubmed(types=("Journal Article", "Retracted Publication")))
    by_reference = paper(pubmed(corrections=refers("RetractionIn", "9")))
    by_title = paper(pubmed(title="RETRACTED: Bloxitol for hiccups."))
    for one in (by_type, by_reference, by_title):
        assert (one.retracted, one.notice, one.usable) == (True, None, False)
    assert by_reference.notices == (Notice(kind="RetractionIn", id="PMID:9"),)
    notice = paper(
        pubmed(pmid="9", types=("Retraction of Publication",), corrections=refers("RetractionOf", "123"))
    )
    assert (notice.retracted, notice.notice, notice.usable) == (False, "retraction", False)
    corrected = paper(
        pubmed(corrections=refers("ErratumIn") + refers("Cites", "5") + refers("CommentIn", "6"))
    )
    assert corrected.usable
    assert corrected.notices == (Notice(kind="ErratumIn", id="PMID:9"),)
    concern = paper(pubmed(corrections=refers("ExpressionOfConcernIn")))
    assert concern.usable
    assert concern.notices[0].kind == "ExpressionOfConcernIn"


def test_newest_version_wins_and_a_notice_is_remembered() -> None:
    old, new = paper(pubmed()), paper(pubmed(version="2"))
    assert newer_paper(old, new) is new
    assert newer_paper(new, old) is new
    aside: list[DocumentError] = []
    assert [p.version for p in current_papers([old, new, old], aside)] == [1, 2]
    assert [e.origin for e in aside] == ["PMID:123"]
    notice = paper(
        pubmed(pmid="9", types=("Retraction of Publication",), corrections=refers("RetractionOf", "123"))
    )
    assert [(p.id, p.retracted) for p in current_papers([notice, old])] == [
        ("PMID:9", False),
        ("PMID:123", True),
    ]


def test_full_text() -> None:
    one = parse_paper(Raw("pmc", "x", JATS[JATS.index("<article") :].encode()))
    assert (one.id, one.pmc, one.source, one.year, one.date) == (
        "PMID:456",
        "PMC88",
        "pmc",
        2018,
        "2018-02-03",
    )
    assert (one.title, one.journal, one.language) == ("Bloxitol in hiccups", "Hiccup Care", "eng")
    assert one.abstract_text == "Results: Hiccups stopped at once."
    assert [(s.label, s.text) for s in one.sections] == [
        (None, "Opening words."),
        ("Methods", "Ten adults."),
        ("Dose", "5 mg."),
    ]


def test_document_has_exact_spans() -> None:
    one = paper(pubmed())
    document = paper_document(one)
    section = document.section("abstract")
    assert section is not None
    assert [s.field for s in document.sections] == ["abstract", "title"]
    start = section.text.index("Hiccups were")
    span = document.span(section, start, start + 20)
    assert section.text[span.start : span.end] == "Hiccups were fewer t"
    assert span.sha256 == quote_hash("Hiccups were fewer t")
    assert (document.id, document.version, document.effective) == ("PMID:123", "1", "2019-04-02")


def test_each_packing(tmp_path: Path) -> None:
    data = article_set(pubmed(), pubmed(pmid="124")).encode()
    with zipfile.ZipFile(zipped := io.BytesIO(), "w") as archive:
        archive.writestr("in/a.xml", data)
    with tarfile.open(fileobj=(packed := io.BytesIO()), mode="w:xz") as tar:
        info = tarfile.TarInfo("a.xml.gz")
        info.size = len(gzip.compress(data))
        tar.addfile(info, io.BytesIO(gzip.compress(data)))
    for name, made in (
        ("a.xml", data),
        ("a.xml.gz", gzip.compress(data)),
        ("a.xml.xz", lzma.compress(data)),
        ("a.zip", zipped.getvalue()),
        ("a.tar.xz", packed.getvalue()),
        ("b.xml", data.decode().encode("utf-16")),
    ):
        papers, aside = read(tmp_path, made, name)
        assert ([p.id for p in papers], aside) == (["PMID:123", "PMID:124"], []), name


def test_broken_records_cost_no_other(tmp_path: Path) -> None:
    broken = pubmed(pmid="5").replace("</ArticleTitle>", "")
    no_id = pubmed(pmid="")
    path = tmp_path / "a.xml"
    path.write_text(article_set(pubmed(), broken, no_id, pubmed(pmid="7"))[:-20] + "<PubmedArticle><cut")
    found = list(raw_papers([path]))
    assert isinstance(found[-1], SetAside)
    assert found[-1].reason == "a record that is cut short"
    read_, faults = [], []
    for raw in found[:-1]:
        assert isinstance(raw, Raw)
        try:
            read_.append(parse_paper(raw).id)
        except DocumentError as error:
            faults.append((error.origin, error.reason[:30]))
    assert read_ == ["PMID:123", "PMID:7"]
    assert faults[0] == ("a.xml#2", "broken XML: Opening and ending")
    assert faults[1] == ("a.xml#3", "a PubMed record without a PMID")


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    path = tmp_path / "a.xml"
    path.write_text(f"{bomb}<PubmedArticleSet>{pubmed(title='&b;&c;')}{pubmed(pmid='8')}</PubmedArticleSet>")
    first, second = raw_papers([path])
    assert isinstance(first, Raw)
    assert isinstance(second, Raw)
    with pytest.raises(DocumentError, match="broken XML: Entity 'b' not defined"):
        parse_paper(first)
    assert parse_paper(second).id == "PMID:8"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "an empty file"),
        (b"<html></html>", "XML without a PubMed record or an article in it"),
        (b'"<?xml ...>"', "neither XML nor JSON"),
        (
            b'<?xml version="1.0" encoding="klingon"?><PubmedArticle/>',
            "an encoding that is not known: klingon",
        ),
        (b"[1,", "broken JSON"),
        (gzip.compress(b"<PubmedArticleSet>" * 900)[:40], "a gzip file that is damaged or cut short"),
    ],
)
def test_what_is_set_aside(tmp_path: Path, data: bytes, reason: str) -> None:
    papers, aside = read(tmp_path, data)
    assert papers == []
    assert len(aside) == 1
    assert aside[0].reason.startswith(reason)


def test_no_such_file() -> None:
    with pytest.raises(InputError):
        raw_papers([Path("nowhere.xml")])


def test_lines_of_json(tmp_path: Path) -> None:
    lines = """
{"id": "a", "text": "  Kept as it is. "}

no json
{"pmid": 77, "title": "T", "abstract": "A", "year": "2001", "mesh": ["Hiccup"], "pubtypes": "Letter; Review"}
{"id": "b"}
"""
    path = tmp_path / "a.jsonl"
    path.write_text(lines)
    found = list(raw_papers([path]))
    first, broken, second, empty = found
    assert isinstance(first, Raw)
    assert isinstance(second, Raw)
    assert isinstance(empty, Raw)
    assert parse_paper(first).abstract_text == "  Kept as it is. "
    assert isinstance(broken, SetAside)
    assert broken.reason == "broken JSON"
    two = parse_paper(second)
    assert (two.id, two.year, two.publication_types) == ("PMID:77", 2001, ("Letter", "Review"))
    assert two.mesh == (Heading(descriptor="Hiccup"),)
    with pytest.raises(DocumentError, match='no record with "id" and "text"'):
        parse_paper(empty)


def test_list_and_pubmedqa(tmp_path: Path) -> None:
    papers, aside = read(tmp_path, '[{"id": "a", "text": "One."},\n {"id": "b", "text": "Two."}]', "a.json")
    assert [p.id for p in papers] == ["a", "b"]
    assert not aside
    record = {"QUESTION": "Does it?", "CONTEXTS": ["We asked."], "LABELS": ["METHODS"], "LONG_ANSWER": "Yes.",
              "YEAR": "2011", "MESHES": ["Hiccup"]}  # fmt: skip
    papers, aside = read(tmp_path, json.dumps({"31": record}, indent=1), "b.json")
    assert [(p.id, p.title, p.year) for p in papers] == [("PMID:31", "Does it?", 2011)]
    assert not aside
    assert papers[0].abstract_text == "METHODS: We asked.\nCONCLUSIONS: Yes."


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([pubmed(), pubmed(pmid="4"), JATS, "<x>&amp;</x>", "  "]), max_size=4),
    st.integers(1, 700),
)
def test_chunks_do_not_matter(parts: list[str], size: int) -> None:
    from usedfor.sources import pubmed as module

    data = "".join(parts).encode()
    whole = list(module._records(iter([data])))
    cut = list(module._records(data[i : i + size] for i in range(0, len(data), size)))
    assert cut == whole
    assert len(whole) == sum(part.strip().endswith(("</PubmedArticle>", "</article>")) for part in parts)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_paper_or_set_aside(text: str) -> None:
    made = pubmed(abstract=ABSTRACT.replace("Forty adults", text.replace("{", "")))
    try:
        one = paper(made)
    except (DocumentError, UnicodeEncodeError):
        return
    assert one.id == "PMID:123" or one.id
