"""Any file -> an article: what form it has, its text, its blocks."""

from __future__ import annotations

import re
from pathlib import PurePath

from usedfor.errors import InputError
from usedfor.verification.reading.blocks import Article, Form
from usedfor.verification.reading.html import read_html
from usedfor.verification.reading.markdown import read_markdown
from usedfor.verification.reading.plain import read_plain

__all__ = ["decode", "form_of", "read"]

_SUFFIXES: dict[str, Form] = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".md": "markdown", ".markdown": "markdown", ".mdx": "markdown",  # noqa: E501
    ".txt": "text", ".text": "text",
}  # fmt: skip
_LOOKS_HTML = re.compile(
    r"\s*(?:<!doctype html|<html\b|<\?xml|<!--)|<(?:p|div|body|article|h[1-6]|ul|li)[\s>]", re.I
)
_LOOKS_MARKDOWN = re.compile(r"^(?:#{1,6} \S|[-*+] \S.*\n[-*+] \S)|\]\((?:https?:|/|#)|\*\*\S", re.M)
_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S)
_TITLE = re.compile(r"^title:[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.M)
_BINARY = {
    b"%PDF": "a PDF: save or export its text first (for example with pdftotext) and check that",
    b"PK\x03\x04": "a zip or an office document: save it as text, Markdown or HTML and check that",
    b"\xd0\xcf\x11\xe0": "an old office document: save it as text, Markdown or HTML and check that",
    b"\x89PNG": "an image: there is no text in it to check",
    b"\xff\xd8\xff": "an image: there is no text in it to check",
}


def decode(data: bytes, name: str = "the file") -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, else Windows-1252.

    :raises InputError: where it is a PDF, an office document, an image or other binary data.
    """
    for head, what in _BINARY.items():
        if data.lstrip()[:8].startswith(head):
            raise InputError(f"{name} is {what}")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if b"\x00" in data[:8192]:
        raise InputError(f"{name} is binary data, not text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def form_of(text: str, name: str = "") -> Form:
    """The form of a text: by the ending of its name, else by its look."""
    known = _SUFFIXES.get(PurePath(name).suffix.lower())
    if known:
        return known
    head = text[:20_000]
    if _LOOKS_HTML.match(head) or len(_LOOKS_HTML.findall(head)) > 2:
        return "html"
    return "markdown" if _FRONT.match(head) or _LOOKS_MARKDOWN.search(head) else "text"


def read(text: str, form: Form | None = None, name: str = "") -> Article:
    """The blocks of an article; front matter is passed over, its title kept."""
    form = form or form_of(text, name)
    start, title = 0, ""
    if form != "html" and (front := _FRONT.match(text)):
        start = front.end()
        if found := _TITLE.search(front[1]):
            title = found[1].strip()
    if form == "html":
        heading, blocks = read_html(text)
    elif form == "markdown":
        heading, blocks = read_markdown(text, start)
    else:
        heading, blocks = "", read_plain(text, start)
    first = next((b.text for b in blocks if b.kind == "heading"), "")
    return Article(text, form, title or heading or " ".join(first.split())[:120], tuple(blocks))
