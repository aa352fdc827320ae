"""The Brief for a terminal or a pipe: wrapped to a width; colours and bold only where asked for."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal

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
from usedfor.briefs.wording import capital, say
from usedfor.model import Brief, BriefSection, Sentence

_NARROWEST, _WIDEST = 32, 100
Tone = Literal["plain", "title", "heading", "subheading", "question", "quiet", "unknown", "badge"]
Row = tuple[str, Tone]

_STYLES: dict[Tone, str] = {
    "plain": "",
    "title": "bold",
    "heading": "bold cyan",
    "subheading": "bold",
    "question": "bold",
    "quiet": "dim",
    "unknown": "italic",
    "badge": "green",
}


def to_text(brief: Brief, *, width: int = 80, color: bool = False) -> str:
    """The brief in lines of at most ``width`` characters (32 to 100); ``color`` adds ANSI styles."""
    width = max(_NARROWEST, min(width, _WIDEST))
    rows = list(_brief(brief, width))
    if not color:
        return "\n".join(line.rstrip() for line, _ in rows) + "\n"
    return _styled(rows, width)


def _styled(rows: Sequence[Row], width: int) -> str:
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    out = StringIO()
    console = Console(
        file=out, force_terminal=True, color_system="standard", width=width + 1, legacy_windows=False
    )
    for line, tone in rows:
        console.print(Text(line.rstrip(), style=_STYLES[tone]), soft_wrap=True, highlight=False)
    return out.getvalue()


def _brief(brief: Brief, width: int) -> Iterator[Row]:
    yield f"{NAME} · {TAGLINE}", "quiet"
    yield "", "plain"
    yield from _wrapped(clean(brief.title), width, tone="title")
    as_of = as_of_words(brief.as_of)
    if as_of:
        yield from _wrapped(f"As of: {as_of}.", width, tone="quiet")
    yield from _wrapped(say("notice.page"), width, tone="quiet")
    yield from _heading(say("page.takeaways").rstrip("."), width)
    for sentence in brief.takeaways:
        yield from _sentence(sentence, width, "• ")
    for section in brief.sections:
        yield from _section(section, brief, width)
    yield from _heading(say("page.further").rstrip("."), width)
    yield from _wrapped(say("notice.outside"), width, tone="quiet")
    for link in brief.further_reading:
        yield from _wrapped(f"• {clean(link.title)}", width, "  ")
        yield f"  {safe_url(link.url)}", "quiet"


def _section(section: BriefSection, brief: Brief, width: int) -> Iterator[Row]:
    yield from _heading(section.title, width)
    yield from _sentences(section, width)
    for inner in section.sections:
        yield "", "plain"
        title = f"{inner.title}  [{inner.mark}]" if inner.mark else inner.title
        yield from _wrapped(clean(title), width, tone="question" if section.id == "faq" else "subheading")
        yield from _sentences(inner, width)
    if section.id == "references":
        yield from _references(brief, width)


def _references(brief: Brief, width: int) -> Iterator[Row]:
    for group in by_document(brief.references):
        yield "", "plain"
        yield from _wrapped(clean(group[0].title) or group[0].document, width, tone="subheading")
        yield from _wrapped(f"{reference_source(group[0])}.", width, tone="quiet")
        url = safe_url(group[0].url)
        if url:
            yield url, "quiet"
        for reference in group:
            mark = f"[{reference.n}] "
            text = f"{mark}{reference_place(reference)}"
            if reference.quote is not None:
                text += f": “{textwrap.shorten(clean(reference.quote), 300, placeholder=' …')}”"
            yield from _wrapped(text, width, " " * len(mark), "quiet")


def _heading(title: str, width: int) -> Iterator[Row]:
    yield "", "plain"
    yield from _wrapped(clean(capital(title)), width, tone="heading")
    yield "─" * min(width, len(title)), "quiet"


def _sentences(section: BriefSection, width: int) -> Iterator[Row]:
    """A list where the part is one, else a paragraph for each run of facts and for each other sentence."""
    if as_list(section):
        for sentence in section.sentences:
            yield from _sentence(sentence, width, "• " if sentence.kind == "fact" else "")
        return
    for is_fact, run in groupby(section.sentences, lambda s: s.kind == "fact"):
        if is_fact:
            yield from _wrapped(" ".join(_cited(s) for s in run), width)
        else:
            for sentence in run:
                yield from _sentence(sentence, width, "")


def _sentence(sentence: Sentence, width: int, mark: str) -> Iterator[Row]:
    tone: Tone = "unknown" if sentence.kind == "unknown" else "plain"
    yield from _wrapped(mark + _cited(sentence), width, " " * len(mark), tone)


def _cited(sentence: Sentence) -> str:
    """The sentence with its references, which do not part from its last word at a line's end."""
    text = clean(sentence.text)
    return f"{text}\u00a0{marks(sentence.refs)}" if sentence.refs else text


def marks(refs: Sequence[int]) -> str:
    """``(1, 2, 3, 7)`` -> ``"[1-3, 7]"``."""
    runs: list[list[int]] = []
    for n in refs:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    shown = [str(r[0]) if len(r) == 1 else f"{r[0]}{'-' if len(r) > 2 else ', '}{r[-1]}" for r in runs]
    return f"[{', '.join(shown)}]"


def _wrapped(text: str, width: int, hang: str = "", tone: Tone = "plain") -> Iterator[Row]:
    lines = textwrap.wrap(
        text,
        width,
        subsequent_indent=hang,
        break_long_words=True,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
    for line in lines or [""]:
        yield line, tone
