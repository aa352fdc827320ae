"""The Brief as CommonMark with anchors: citations are links to the references and back."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
from usedfor.briefs.wording import say
from usedfor.model import Brief, BriefSection, Sentence

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_LIST_MARK = re.compile(r"^([+-]|\d+(?=[.)]))(?=[.)\s])")


def to_markdown(brief: Brief) -> str:
    """The brief in Markdown. All label text is escaped: it can make neither markup nor HTML."""
    return "\n".join(_brief(brief)).rstrip() + "\n"


def escape(text: str) -> str:
    """The text with every character that Markdown or HTML could read as markup made harmless."""
    flat = _SPECIAL.sub(r"\\\1", clean(text).strip())
    mark = _LIST_MARK.match(flat)
    if mark is None:
        return flat
    return f"\\{flat}" if mark[0] in "+-" else f"{mark[0]}\\{flat[mark.end() :]}"


def _brief(brief: Brief) -> Iterator[str]:
    yield f"*{NAME} · {TAGLINE}*\n"
    yield f"# {escape(brief.title)}\n"
    as_of = as_of_words(brief.as_of)
    if as_of:
        yield f"As of: {escape(as_of)}.\n"
    yield f"> {say('notice.page')}\n"
    yield f"## {say('page.takeaways').rstrip('.')}\n"
    yield from (f"- {_sentence(s)}" for s in brief.takeaways)
    yield f"\n## {say('page.contents').rstrip('.')}\n"
    yield from (f"- [{escape(link.title)}]({link.url})" for link in brief.contents)
    for section in brief.sections:
        yield from _section(section, brief)
    yield f"\n## {say('page.further').rstrip('.')}\n"
    yield say("notice.outside") + "\n"
    for link in brief.further_reading:
        yield f"- [{escape(link.title)}]({safe_url(link.url)})"


def _section(section: BriefSection, brief: Brief) -> Iterator[str]:
    yield f'\n<a id="{section.id}"></a>\n\n## {escape(section.title)}\n'
    yield from _sentences(section)
    for inner in section.sections:
        badge = f" · {inner.mark}" if inner.mark else ""
        yield f'\n<a id="{inner.id}"></a>\n\n### {escape(inner.title)}{badge}\n'
        yield from _sentences(inner)
    if section.id == "references":
        yield ""
        yield from _references(brief)


def _references(brief: Brief) -> Iterator[str]:
    for group in by_document(brief.references):
        url = safe_url(group[0].url)
        title = escape(group[0].title) or escape(group[0].document)
        yield f"\n**{f'[{title}]({url})' if url else title}**. {escape(reference_source(group[0]))}.\n"
        for r in group:
            quote = f": “{escape(r.quote)}”" if r.quote is not None else ""
            yield f'- <a id="ref-{r.n}"></a>\\[{r.n}\\] {escape(reference_place(r))}{quote}'


def _sentences(section: BriefSection) -> Iterator[str]:
    sentences = section.sentences
    if as_list(section):
        facts = [s for s in sentences if s.kind == "fact"]
        yield from (f"- {_sentence(s)}" for s in facts)
        rest = [s for s in sentences if s.kind != "fact"]
        if rest:
            yield "\n" + " ".join(_sentence(s) for s in rest)
    elif sentences:
        yield " ".join(_sentence(s) for s in sentences)


def _sentence(sentence: Sentence) -> str:
    text = escape(sentence.text)
    if sentence.kind == "unknown":
        text = f"*{text}*"
    links = "".join(f" [\\[{n}\\]](#ref-{n})" for n in sentence.refs)
    return text + links
