"""One full text of PubMed Central (JATS XML, with or without NLM's older tags) -> Paper."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from usedfor.errors import DocumentError
from usedfor.sources.papers_common import (
    PMC_URL,
    PUBMED_URL,
    clean,
    digest,
    iso,
    parse_xml,
    pmc_id,
    pmid_id,
    registrations,
    retracted_title,
    text,
)
from usedfor.studies import Notice, Paper, PaperSection

__all__ = ["read"]

_DATES = ("ppub", "collection", "epub", "pub", "epreprint")
_NOT_TEXT = frozenset(
    ("title", "label", "table-wrap", "fig", "disp-formula", "supplementary-material", "sec")
)
_SKIP = ("xref", "fn", "table-wrap", "fig", "disp-formula")  # a reference's number is not of the sentence
_NOT_ABSTRACT = frozenset(("graphical", "teaser", "toc", "precis", "editor"))
_IS_NOTICE = {"retraction": "retraction", "correction": "correction", "expression-of-concern": "concern"}
_LANGUAGES = {
    "en": "eng",
    "fr": "fre",
    "de": "ger",
    "es": "spa",
    "pt": "por",
    "it": "ita",
    "zh": "chi",
    "ja": "jpn",
}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read(data: bytes, origin: str) -> Paper:
    """Read one article. Raises DocumentError with the origin and a reason."""
    root = parse_xml(_with_prefixes(data), origin)
    try:
        return _paper(root, data, origin)
    except RecursionError:
        raise DocumentError(origin, "nested too deeply") from None


def _with_prefixes(data: bytes) -> bytes:
    """The article with the usual prefixes bound where a set of articles had bound them around it."""
    head, mark, rest = data.partition(b">")
    for prefix, uri in (
        (b"xlink", b"http://www.w3.org/1999/xlink"),
        (b"mml", b"http://www.w3.org/1998/Math/MathML"),
    ):
        if b"xmlns:" + prefix not in head and prefix + b":" in rest:
            head += b" xmlns:" + prefix + b'="' + uri + b'"'
    return head + mark + rest


def _paper(root: etree._Element, data: bytes, origin: str) -> Paper:
    meta = root.find("front/article-meta")
    if meta is None:
        raise DocumentError(origin, "an article without a front in it")
    ids: dict[str, str | None] = {}
    for one in meta.iterfind("article-id"):
        ids.setdefault(one.get("pub-id-type") or "", clean(one.text))
    pmid, pmc = pmid_id(ids.get("pmid")), pmc_id(ids.get("pmc") or ids.get("pmcid"))
    id = pmid or pmc
    if id is None:
        raise DocumentError(origin, "an article without a PMID or PMC number")
    kind = root.get("article-type") or ""
    title = text(meta.find("title-group/article-title"), _SKIP)
    notices = tuple(
        Notice(kind=name, id=_other(one))
        for one in meta.iterfind("related-article")
        if "retract" in (name := one.get("related-article-type") or "")
        or name.startswith(("correct", "concern", "erratum"))
    )
    notice = _IS_NOTICE.get(kind)
    date = _date(meta)
    language = root.get(_LANG)
    return Paper(
        id=id,
        source="pmc",
        pmid=pmid[5:] if pmid else None,
        pmc=pmc,
        doi=ids.get("doi"),
        title=title,
        vernacular_title=text(meta.find("title-group/trans-title-group/trans-title")),
        abstract=tuple(_abstract(meta)),
        sections=tuple(_body(root)),
        year=int(date[:4]) if date else None,
        date=date,
        journal=text(root.find("front/journal-meta//journal-title")),
        publication_types=(kind,) if kind else (),
        keywords=tuple(k for e in meta.iterfind("kwd-group/kwd") if (k := text(e))),
        registrations=registrations(*(text(e) for e in meta.iterfind("abstract"))),
        language=_LANGUAGES.get(language[:2].lower(), language.lower()) if language else None,
        retracted=notice is None
        and (retracted_title(title) or any(n.kind == "retraction-forward" for n in notices)),
        notice=notice,  # type: ignore[arg-type]
        notices=notices,
        url=f"{PMC_URL}{pmc}/" if pmc else f"{PUBMED_URL}{id[5:]}/",
        sha256=digest(data),
    )


def _other(related: etree._Element) -> str | None:
    link = next((str(value) for key, value in related.items() if str(key).endswith("href")), "")
    doi = "10." + link.partition("10.")[2] if "10." in link else ""
    return f"doi:{doi}" if doi else pmid_id(link)


def _abstract(meta: etree._Element) -> Iterator[PaperSection]:
    for abstract in meta.iterfind("abstract"):
        if (abstract.get("abstract-type") or "").split("-")[0] in _NOT_ABSTRACT:
            continue
        yield from _sections(abstract)
        return


def _body(root: etree._Element) -> Iterator[PaperSection]:
    body = root.find("body")
    if body is not None:
        yield from _sections(body)


def _sections(part: etree._Element) -> Iterator[PaperSection]:
    """A part's own paragraphs under its title, then its sections in their order."""
    own = [t for e in part if isinstance(e.tag, str) and e.tag not in _NOT_TEXT and (t := text(e, _SKIP))]
    if own:
        label = text(part.find("title"), _SKIP)
        yield PaperSection(text=" ".join(own), label=label.rstrip(":") if label else None)
    for section in part.iterfind("sec"):
        yield from _sections(section)


def _date(meta: etree._Element) -> str | None:
    found: dict[str, str] = {}
    for place in meta.iterfind("pub-date"):
        made = iso(place.findtext("year"), place.findtext("month"), place.findtext("day"))
        if made:
            found.setdefault(place.get("pub-type") or place.get("date-type") or "", made)
    return next((found[kind] for kind in _DATES if kind in found), next(iter(found.values()), None))
