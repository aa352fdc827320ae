"""One record of PubMed's XML (a PubmedArticle or a PubmedBookArticle) -> Paper.

The elements are those of NLM's PubMed DTD. References and authors are cut off before the record is parsed:
they are most of its bytes, and the ids in the references are other papers'.
"""

from __future__ import annotations

import re

from lxml import etree

from usedfor.errors import DocumentError
from usedfor.sources.papers_common import (
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
from usedfor.studies import Heading, Notice, Paper, PaperSection

__all__ = ["read"]

_UNREAD = re.compile(rb"<AuthorList[ >].*?</AuthorList>|<ReferenceList[ >].*</ReferenceList>", re.S)
_NOTICES = ("Retraction", "Erratum", "ExpressionOfConcern", "Corrected", "PartialRetraction")
_RETRACTED = ("RetractionIn",)
_IS_NOTICE = {  # what the record says that it is, by publication type (UI) or by what it refers to
    "D016440": "retraction", "RetractionOf": "retraction",
    "D016425": "correction", "ErratumFor": "correction",
    "D000075742": "concern", "ExpressionOfConcernFor": "concern",
}  # fmt: skip


def read(data: bytes, origin: str) -> Paper:
    """Read one record. Raises DocumentError with the origin and a reason."""
    root = parse_xml(_UNREAD.sub(b"", data), origin)
    try:
        return _paper(root, data, origin)
    except RecursionError:
        raise DocumentError(origin, "nested too deeply") from None


def _paper(root: etree._Element, data: bytes, origin: str) -> Paper:
    citation = root.find("MedlineCitation")
    article = citation.find("Article") if citation is not None else None
    if citation is None or article is None:
        citation = article = root.find("BookDocument")
    if citation is None or article is None:
        raise DocumentError(origin, "a PubMed record without a citation in it")
    number = citation.find("PMID")
    id = pmid_id(number.text if number is not None else None)
    if number is None or id is None:
        raise DocumentError(origin, "a PubMed record without a PMID")
    ids: dict[str, str] = {}
    for one in root.iterfind("*/ArticleIdList/ArticleId"):
        ids.setdefault(one.get("IdType") or "", one.text or "")
    notices, of_notices = _notices(citation)
    types = article.findall("PublicationTypeList/PublicationType") or article.findall("PublicationType")
    kinds = {t.get("UI") or "" for t in types} | of_notices
    names = tuple(name for t in types if (name := clean(t.text)))
    title = text(article.find("ArticleTitle"))
    notice = next((_IS_NOTICE[k] for k in _IS_NOTICE if k in kinds), None) or _by_name(names)
    date = _date(article, root)
    return Paper(
        id=id,
        pmid=id[5:],
        pmc=pmc_id(ids.get("pmc")),
        doi=clean(ids.get("doi")) or _doi(article),
        version=_version(number),
        title=title,
        vernacular_title=text(article.find("VernacularTitle")),
        abstract=_abstract(article),
        year=int(date[:4]) if date else None,
        date=date,
        journal=text(article.find("Journal/Title")) or text(article.find("Book/BookTitle")),
        publication_types=names,
        mesh=tuple(_headings(citation)),
        keywords=tuple(k for e in citation.iterfind("KeywordList/Keyword") if (k := text(e))),
        registrations=registrations(
            *(e.text for e in article.iterfind("DataBankList/DataBank/AccessionNumberList/AccessionNumber"))
        ),
        language=clean(article.findtext("Language")),
        retracted=notice is None
        and (
            "D016441" in kinds
            or "Retracted Publication" in names
            or not of_notices.isdisjoint(_RETRACTED)
            or retracted_title(title)
        ),
        notice=notice,  # type: ignore[arg-type]
        notices=notices,
        revised=_day(citation.find("DateRevised")),
        url=f"{PUBMED_URL}{id[5:]}/",
        sha256=digest(data),
    )


def _by_name(names: tuple[str, ...]) -> str | None:
    """The kind of notice by the type's name, where the record has no codes."""
    known = {
        "Retraction of Publication": "retraction",
        "Published Erratum": "correction",
        "Expression of Concern": "concern",
    }
    return next((known[name] for name in names if name in known), None)


def _notices(citation: etree._Element) -> tuple[tuple[Notice, ...], frozenset[str]]:
    made = []
    for one in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        kind = one.get("RefType") or ""
        if kind.startswith(_NOTICES):
            made.append(Notice(kind=kind, id=pmid_id(one.findtext("PMID"))))
    return tuple(made), frozenset(n.kind for n in made)


def _version(number: etree._Element) -> int:
    value = number.get("Version") or "1"
    return int(value) if value.isdecimal() and len(value) < 6 else 1


def _abstract(article: etree._Element) -> tuple[PaperSection, ...]:
    parts = article.findall("Abstract/AbstractText")
    return tuple(PaperSection(text=t, label=clean(e.get("Label"))) for e in parts if (t := text(e)))


def _headings(citation: etree._Element) -> list[Heading]:
    made = []
    for one in citation.iterfind("MeshHeadingList/MeshHeading"):
        name = clean(one.findtext("DescriptorName"))
        if name:
            made.append(
                Heading(
                    descriptor=name,
                    qualifiers=tuple(q for e in one.iterfind("QualifierName") if (q := clean(e.text))),
                    major=any(e.get("MajorTopicYN") == "Y" for e in one),
                )
            )
    return made


def _date(article: etree._Element, root: etree._Element) -> str | None:
    places = [
        *article.iterfind("Journal/JournalIssue/PubDate"),
        *article.iterfind("Book/PubDate"),
        *article.iterfind("ArticleDate"),
        *root.iterfind("PubmedData/History/PubMedPubDate[@PubStatus='pubmed']"),
    ]
    return next((date for place in places if (date := _day(place))), None)


def _day(place: etree._Element | None) -> str | None:
    if place is None:
        return None
    year = place.findtext("Year")
    return iso(year, place.findtext("Month"), place.findtext("Day")) or iso(place.findtext("MedlineDate"))


def _doi(article: etree._Element) -> str | None:
    return next((clean(e.text) for e in article.iterfind("ELocationID[@EIdType='doi']")), None)
