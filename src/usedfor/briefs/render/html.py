"""The Brief as one self-contained HTML page: no script, no outside file; label text is escaped everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from usedfor.briefs.render.shape import (
    NAME,
    TAGLINE,
    as_list,
    as_of_words,
    by_document,
    clean,
    document_title,
    reference_place,
    reference_source,
    safe_url,
)
from usedfor.briefs.wording import say, table
from usedfor.model import Brief, BriefSection, Reference, Sentence

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Template


class Wording(Protocol):
    """How a page words a sentence: its text, and the words of the documents to stand beside it."""

    def text(self, sentence: Sentence) -> str: ...  # noqa: D102
    def own(self, sentence: Sentence) -> Sequence[str]: ...  # noqa: D102


def to_html(brief: Brief) -> str:
    """The whole page. Anchors are the section ids; a citation links to ``#ref-N``, that to ``#cite-N``."""
    page = _template().render(
        brief=brief, name=NAME, tagline=TAGLINE, css=stylesheet(), **shown(brief, pictures=True)
    )
    return page.rstrip() + "\n"


def shown(brief: Brief, wording: Wording | None = None, *, pictures: bool = False) -> dict[str, Any]:
    """What the templates of ``_brief.html.j2`` show of a brief: its parts, citations numbered.

    Without ``wording`` the sentences are the brief's own. ``pictures``: the studies of a use are drawn.
    """
    cited: set[int] = set()
    opening = sentences(brief.takeaways, cited, wording)
    name = brief.medicine.name
    sections = [_section(section, cited, wording, name if pictures else None) for section in brief.sections]
    return {
        "as_of": as_of_words(brief.as_of),
        "words": page_words(),
        "notice": say("notice.page"),
        "outside": say("notice.outside"),
        "takeaways": opening,
        "sections": sections,
        "documents": documents(brief.references, cited),
        "further": [{"title": link.title, "url": safe_url(link.url)} for link in brief.further_reading],
    }


def page_words() -> dict[str, str]:
    """The headings of a page: contents, takeaways, further, back."""
    return {key: text.rstrip(".") for key, text in table("sentences")["page"].items()}


def template_loader() -> BaseLoader:
    """Where the templates of a brief lie."""
    from jinja2 import PackageLoader

    return PackageLoader("usedfor.briefs.render")


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        loader=template_loader(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")


@cache
def stylesheet() -> str:
    """The style of a brief's page."""
    return _file("page.css")


def _file(name: str) -> str:
    return files("usedfor.briefs.render").joinpath("templates", name).read_text("utf-8")


def _section(
    section: BriefSection, cited: set[int], wording: Wording | None, drawn: str | None = None
) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": clean(section.title),
        "sentences": sentences(section.sentences, cited, wording),
        "as_list": as_list(section),
        "sections": [_section(inner, cited, wording, drawn) for inner in section.sections],
        "badge": section.mark or "",
        "picture": _picture(section, drawn) if drawn and section.studies else None,
    }


def _picture(section: BriefSection, medicine: str) -> dict[str, Any] | None:
    """The studies over time and the same as a table; None where too few are dated."""
    from markupsafe import Markup

    from usedfor.briefs.picture import DATED, svg, table_html

    if sum(one.year is not None for one in section.studies) < DATED:
        return None
    title = clean(say("studied.title", name=medicine, use=section.title).rstrip("."))
    # Both escape every word that comes from a record.
    return {
        "title": title,
        "svg": Markup(svg(section.studies, title)),
        "table": Markup(table_html(section.studies)),
    }


def sentences(
    found: Iterable[Sentence], cited: set[int], wording: Wording | None = None
) -> list[dict[str, Any]]:
    """Sentences as the macro ``sentence`` shows them; numbers cited for the first time get an anchor."""
    made = []
    for sentence in found:
        refs = []
        for n in sentence.refs:
            refs.append({"n": n, "anchor": "" if n in cited else f"cite-{n}"})
            cited.add(n)
        # The last word goes with the references, so that they do not stand alone on a line.
        text = wording.text(sentence) if wording else sentence.text
        before, space, last = clean(text).rpartition(" ")
        own = [clean(words) for words in wording.own(sentence)] if wording else []
        made.append({"before": before + space, "last": last, "kind": sentence.kind, "refs": refs, "own": own})
    return made


def documents(references: Iterable[Reference], cited: set[int]) -> list[dict[str, Any]]:
    """References as the macro ``references`` shows them, those of one document together."""
    return [_document(group, cited) for group in by_document(references)]


def _document(group: Sequence[Reference], cited: set[int]) -> dict[str, Any]:
    return {
        "title": document_title(group[0].title) or clean(group[0].document),
        "source": clean(reference_source(group[0])),
        "url": safe_url(group[0].url),
        "references": [
            {
                "n": r.n,
                "place": clean(reference_place(r)),
                "quote": None if r.quote is None else clean(r.quote),
                "back": r.n in cited,
            }
            for r in group
        ],
    }
