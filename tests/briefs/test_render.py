"""The four forms: the same facts in each, escaped for each."""

from __future__ import annotations

import json
import re
import unicodedata
from html.parser import HTMLParser
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from usedfor.briefs import FORMATS, compile, render
from usedfor.briefs.render.markdown import escape
from usedfor.briefs.render.shape import clean, safe_url
from usedfor.briefs.render.text import marks
from usedfor.model import Brief, Medicine

VOID = {"meta", "br", "hr", "img", "input", "link"}
EVIL = (
    '<script>alert("x")</script><img src=x onerror=alert(1)> {{ 7*7 }} {Name} [a](javascript:b) \x1b[31mred'
)


class Tree(HTMLParser):
    """Collects tags, ids and links, and checks that every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.events: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.links.append(value or "")
            if name.startswith("on"):
                self.events.append(name)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def hostile(fake: ModuleType) -> Brief:
    """A brief of a label whose every word is an attack."""
    label = fake.Label(
        "doc-x", "evilol", "2026-01-02", EVIL, EVIL,
        indications_and_usage=f"For {EVIL}.", contraindications=f"In {EVIL}.",
        adverse_reactions=f"Had {EVIL}.",
        boxed_warning=f"On {EVIL}.", dosage_forms_and_strengths=f"As {EVIL}.", openfda=f"class: {EVIL}",
    )  # fmt: skip
    label.says("indications_and_usage", EVIL, "indication", relation="treat", population=EVIL)
    label.says("contraindications", EVIL, "contraindication")
    label.says("adverse_reactions", EVIL, "adverse_reaction")
    label.says("boxed_warning", EVIL, "boxed_warning")
    label.says("dosage_forms_and_strengths", EVIL, "form")
    label.says("openfda", EVIL, "class", topic="epc")
    medicine = Medicine(id="evilol", name=f"evilol {EVIL}")
    found: Brief = compile(fake.FakeKnowledge([medicine], [label.document], label.statements), "evilol")
    return found


@pytest.mark.parametrize("form", FORMATS)
def test_the_forms_stay_as_they_are(brief: Brief, form: str, snapshot: object) -> None:
    assert render(brief, form) == snapshot  # type: ignore[arg-type]


def test_json_is_the_schema(brief: Brief) -> None:
    found = json.loads(render(brief, "json"))
    assert list(found) == [
        "schema", "title", "as_of", "medicine", "takeaways", "contents", "sections", "uses", "faq",
        "references", "further_reading",
    ]  # fmt: skip
    assert found["schema"] == "usedfor.brief/1"
    assert found["title"] == "What is somnidol used for?"
    assert found["as_of"] == {"labels": "2026-07-06"}
    assert found["medicine"]["names"] == [
        {"name": "somnidol", "kind": "generic"},
        {"name": "DREAMAL", "kind": "brand"},
    ]
    assert found["medicine"]["class"] == ["general anesthetic"]
    assert found["medicine"]["routes"] == ["intramuscular", "intravenous"]
    assert found["medicine"]["schedule"] == "CIII"
    for sentence in found["takeaways"]:
        assert set(sentence) == {"text", "refs", "kind"}
    for section in found["sections"]:
        assert set(section) == {"id", "title", "sentences", "sections"}
    for use in found["uses"]:
        promised = {"condition", "text", "status", "rule", "level", "restrictions", "refs", "as_of"}
        assert set(use) == promised | {"relation"}
        assert set(use["restrictions"]) == {"age", "adjunct", "after_failure", "routes", "population"}
        assert use["level"] is None
    for reference in found["references"]:
        assert {
            "n",
            "source",
            "document",
            "version",
            "date",
            "title",
            "section",
            "start",
            "end",
            "sha256",
            "quote",
            "url",
        } == set(reference)


def test_html_is_one_whole_page_with_the_section_ids_as_anchors(brief: Brief) -> None:
    page = render(brief, "html")
    tree = Tree(page)
    assert tree.open == []
    assert len(tree.ids) == len(set(tree.ids))
    assert {s.id for s in brief.sections} <= set(tree.ids)
    assert not {"script", "link", "img", "iframe", "object"} & set(tree.tags)
    for link in tree.links:
        assert link.startswith(("#", "https://")), link
        if link.startswith("#"):
            assert link[1:] in tree.ids, link
    assert "Used For" in page
    assert "Information Services" in page


def test_each_citation_links_to_its_reference_and_back(brief: Brief) -> None:
    tree = Tree(render(brief, "html"))
    for reference in brief.references:
        assert f"#ref-{reference.n}" in tree.links
        assert f"ref-{reference.n}" in tree.ids
        back = f"cite-{reference.n}"
        assert (f"#{back}" in tree.links) == (back in tree.ids)


def test_hostile_label_text_makes_no_markup(hostile: Brief) -> None:
    page = render(hostile, "html")
    tree = Tree(page)
    assert not {"script", "img"} & set(tree.tags)
    assert not tree.events
    assert "&lt;script&gt;" in page
    assert "49" not in re.findall(r"\{\{.*?\}\}|\b49\b", page)
    assert all(not link.startswith("javascript") for link in tree.links)


def test_hostile_label_text_makes_no_html_in_markdown(hostile: Brief) -> None:
    html = MarkdownIt("commonmark").render(render(hostile, "markdown"))
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_hostile_label_text_sends_no_control_characters_to_a_terminal(hostile: Brief) -> None:
    text = render(hostile, "text")
    assert [c for c in set(text) - {"\n"} if unicodedata.category(c).startswith("C")] == []


def test_values_are_never_read_as_templates(hostile: Brief) -> None:
    assert any("{Name}" in s.text for s in hostile.sections[1].sections[0].sentences)


@pytest.mark.parametrize("width", [32, 80, 100])
def test_text_keeps_to_its_width(brief: Brief, width: int) -> None:
    lines = render(brief, "text", width=width).splitlines()
    long = [line for line in lines if len(line) > width and "://" not in line]
    assert long == []


def test_plain_text_has_no_ansi_and_coloured_text_has_the_same_words(brief: Brief) -> None:
    plain = render(brief, "text")
    coloured = render(brief, "text", color=True)
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@pytest.mark.parametrize(
    ("refs", "shown"),
    [((1,), "[1]"), ((1, 2), "[1, 2]"), ((1, 2, 3, 7), "[1-3, 7]"), ((2, 4, 5), "[2, 4, 5]")],
)
def test_reference_marks(refs: tuple[int, ...], shown: str) -> None:
    assert marks(refs) == shown


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("javascript:alert(1)", ""),
        ('https://example.org/"onclick=', ""),
        ("data:text/html,x", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_are_links(url: str, kept: str) -> None:
    assert safe_url(url) == kept


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_escaped_text_comes_back_from_markdown_as_it_was(text: str) -> None:
    html = MarkdownIt("commonmark").render(f"x {escape(text)} x")
    reader = _Words()
    reader.feed(html)
    assert reader.tags == ["p"]
    assert " ".join(reader.words.split()) == " ".join(f"x {clean(text).strip()} x".split())


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data
