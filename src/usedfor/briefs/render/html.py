"""The Brief as one self-contained HTML page: no script, no outside file; label text is escaped everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from usedfor.briefs.render.shape import (
    NAME,
    TAGLINE,
    as_list,
    as_of_words,
    by_document,
    clean,
    reference_place,
    reference_source,
    safe_url,
)
from usedfor.briefs.wording import say, table
from usedfor.model import Brief, BriefSection, Reference, Sentence

if TYPE_CHECKING:
    from jinja2 import Template


def to_html(brief: Brief) -> str:
    """The whole page. Anchors are the section ids; a citation links to ``#ref-N``, that to ``#cite-N``."""
    cited: set[int] = set()
    takeaways = _sentences(brief.takeaways, cited)
    sections = [_section(section, cited) for section in brief.sections]
    page = _template().render(
        brief=brief,
        name=NAME,
        tagline=TAGLINE,
        css=_css(),
        as_of=as_of_words(brief.as_of),
        words={key: text.rstrip(".") for key, text in table("sentences")["page"].items()},
        notice=say("notice.page"),
        outside=say("notice.outside"),
        takeaways=takeaways,
        sections=sections,
        documents=[_document(group, cited) for group in by_document(brief.references)],
        further=[{"title": link.title, "url": safe_url(link.url)} for link in brief.further_reading],
    )
    return page.rstrip() + "\n"


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_file("page.html.j2"))


@cache
def _css() -> str:
    return _file("page.css")


def _file(name: str) -> str:
    return files("usedfor.briefs.render").joinpath("templates", name).read_text("utf-8")


def _section(section: BriefSection, cited: set[int]) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": clean(section.title),
        "sentences": _sentences(section.sentences, cited),
        "as_list": as_list(section),
        "sections": [_section(inner, cited) for inner in section.sections],
        "badge": section.mark or "",
    }


def _sentences(sentences: Iterable[Sentence], cited: set[int]) -> list[dict[str, Any]]:
    found = []
    for sentence in sentences:
        refs = []
        for n in sentence.refs:
            refs.append({"n": n, "anchor": "" if n in cited else f"cite-{n}"})
            cited.add(n)
        # The last word goes with the references, so that they do not stand alone on a line.
        before, space, last = clean(sentence.text).rpartition(" ")
        found.append({"before": before + space, "last": last, "kind": sentence.kind, "refs": refs})
    return found


def _document(group: Sequence[Reference], cited: set[int]) -> dict[str, Any]:
    return {
        "title": clean(group[0].title) or clean(group[0].document),
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
