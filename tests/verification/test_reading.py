from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.errors import InputError
from usedfor.extraction.sentences import sentences
from usedfor.verification.reading import Article, decode, form_of, read


def parts(article: Article) -> list[tuple[str, str, str]]:
    """(kind, the sentence as read, the same place in the file) of every sentence."""
    out = []
    for block in article.blocks:
        for start, end in sentences(block.text):
            low, high = block.place(start, end)
            out.append((block.kind, block.text[start:end], article.text[low:high]))
    return out


def test_markdown_loses_its_marks_and_keeps_its_places() -> None:
    page = "---\ntitle: A page\n---\n# On *it*\n\nIt **is** a [drug](http://a.b) &amp; more. Next_one here.\n\n- an item\n\n> said\n"  # noqa: E501
    article = read(page)
    assert (article.form, article.title) == ("markdown", "A page")
    assert parts(article) == [
        ("heading", "On it", "On *it"),
        ("paragraph", "It is a drug & more.", "It **is** a [drug](http://a.b) &amp; more."),
        ("paragraph", "Next_one here.", "Next_one here."),
        ("item", "an item", "an item"),
        ("quote", "said", "said"),
    ]


def test_html_keeps_the_main_text_alone() -> None:
    page = (
        "<!doctype html><title>T &amp; U</title><script>var a = '<p>no</p>';</script><nav>menu</nav>"
        "<main><h1>Head</h1><p>One &lt; two\n and <b>bold</b>.</p><ul><li>first<li>second</ul>"
        "<div class='comments'><p>a reader</p></div></main><footer>end</footer>"
    )
    article = read(page)
    assert article.title == "T & U"
    assert parts(article) == [
        ("heading", "Head", "Head"),
        ("paragraph", "One < two and bold.", "One &lt; two\n and <b>bold</b>."),
        ("item", "first", "first"),
        ("item", "second", "second"),
    ]


def test_plain_text_has_headings_items_and_wrapped_paragraphs() -> None:
    article = read(
        "The Title\n\nA line that\nis wrapped. Another.\n\n1. What is it?\n   It is this.\n\n• a bullet\n"
    )
    assert parts(article) == [
        ("heading", "The Title", "The Title"),
        ("paragraph", "A line that is wrapped.", "A line that\nis wrapped."),
        ("paragraph", "Another.", "Another."),
        ("item", "What is it?", "What is it?"),
        ("item", "It is this.", "It is this."),
        ("item", "a bullet", "a bullet"),
    ]


def test_a_sentence_alone_is_no_heading() -> None:
    assert [b.kind for b in read("Velmora treats gout").blocks] == ["paragraph"]


@pytest.mark.parametrize(
    "page", ["", "   \n\n", "<script>" + "x()" * 50, "<p", "&amp", "---\n", "<!--", "<a href='"]
)
def test_what_holds_nothing_gives_nothing_or_its_text(page: str) -> None:
    for form in ("text", "markdown", "html"):
        for _, words, there in parts(read(page, form)):  # type: ignore[arg-type]
            assert words
            assert there


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [("a.md", "x", "markdown"), ("a.HTML", "x", "html"), ("a.txt", "# x", "text"), ("", "# x\n\ny", "markdown"),  # noqa: E501
     ("", "<html><p>x", "html"), ("", "x < y and z", "text")],
)  # fmt: skip
def test_the_form_is_told_by_name_then_by_look(name: str, text: str, form: str) -> None:
    assert form_of(text, name) == form


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"%PDF-1.7", "PDF"), (b"PK\x03\x04..", "office"), (b"a\x00b", "binary"), (b"\x89PNG....", "image")],
)
def test_what_is_no_text_is_refused_in_a_clear_line(data: bytes, word: str) -> None:
    with pytest.raises(InputError, match=word):
        decode(data, "page")


def test_encodings() -> None:
    assert decode("caf\u00e9".encode()) == "caf\u00e9"
    assert decode("caf\u00e9".encode("cp1252")) == "caf\u00e9"
    assert decode("caf\u00e9".encode("utf-16")) == "caf\u00e9"


MARKUP = st.lists(
    st.sampled_from([*list("ab .!?\n\r\t*_`[]()<>/&;#-|\"'=:1é’😀"), "<p>", "</p>", "&amp;", "<li>", "<!--", "-->", "<script>", "](", "\n\n", "\n# ", "\n- "]),  # noqa: E501
    max_size=120,
).map("".join)  # fmt: skip


@given(MARKUP, st.sampled_from(["text", "markdown", "html"]))
def test_every_place_is_in_the_file_and_in_order(page: str, form: str) -> None:
    article = read(page, form)  # type: ignore[arg-type]
    last = 0
    for block in article.blocks:
        for start, end in sentences(block.text):
            low, high = block.place(start, end)
            assert 0 <= low < high <= len(page)
            assert low >= last
            last = low
            letters = [c for c in block.text[start:end] if c.isalnum()]
            if form == "text":
                assert letters == [c for c in page[low:high] if c.isalnum()]
            elif "&" not in page:
                rest = iter(page[low:high])
                assert all(c in rest for c in letters)  # in order: what was read stands there


@given(st.text(max_size=200))
def test_plain_text_is_read_whole(page: str) -> None:
    read_back = "".join(c for b in read(page, "text").blocks for c in b.text if c.isalpha())
    assert set(read_back) <= {c for c in page if c.isalpha()}
