"""Reports as one page: the article with marks, the evidence beside it. No script is needed and no outside
file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any

from usedfor.briefs.render.html import stylesheet
from usedfor.briefs.render.shape import NAME, TAGLINE, safe_url
from usedfor.verification.render.shape import WORDS, place_words, section_words, summary, without_texts
from usedfor.verification.results import Checked, Report

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["as_html"]

_SHOWN = 3_000  # sentences of a report that the page shows


def as_html(reports: Sequence[Report]) -> str:
    """The page. Filters are radio buttons that work by style alone; with a script, j and k step through."""
    page = _template().render(
        name=NAME,
        tagline=TAGLINE,
        css=stylesheet() + _file("check.css"),
        script=_file("check.js"),
        words=WORDS,
        pages=[_page(report, n) for n, report in enumerate(reports)],
        verdicts=[v for v in WORDS if v != "no_claim"],
    )
    return page.rstrip() + "\n"


def _page(report: Report, number: int) -> dict[str, Any]:
    rows = report.sentences[:_SHOWN]
    blocks: list[dict[str, Any]] = []
    title = report.title or report.name or "Article"
    for _, group in groupby(rows, key=lambda s: s.block):
        sentences = [_sentence(s, number) for s in group]
        if sentences[0]["role"] == "heading" and not blocks and sentences[0]["text"] == title:
            continue  # the page's own title stands above
        blocks.append(
            {
                "role": sentences[0]["role"],
                "sentences": sentences,
                "notes": [s for s in sentences if s["verdict"] != "no_claim"],
            }
        )
    return {
        "title": title,
        "name": report.name,
        "summary": summary(report),
        "note": without_texts(report),
        "counts": report.counts,
        "medicines": report.medicines,
        "as_of": ", ".join(f"{what} of {date}" for what, date in sorted(report.as_of.items())),
        "blocks": blocks,
        "left_out": len(report.sentences) - len(rows),
    }


def _sentence(s: Checked, page: int) -> dict[str, Any]:
    return {
        "id": f"p{page}-{s.id}",
        "text": s.text,
        "role": s.role,
        "verdict": s.verdict,
        "word": WORDS[s.verdict],
        "kind": s.kind,
        "rule": s.rule,
        "why": s.why[:1].upper() + s.why[1:] + ".",
        "until": s.until,
        "suggestion": s.suggestion,
        "attributed": s.attributed,
        "pieces": _pieces(s),
        "claims": [
            {
                "text": c.text,
                "verdict": c.verdict,
                "word": WORDS[c.verdict],
                "why": c.why if c.why != s.why else None,
                "rule": c.rule,
                "place": section_words(c.evidence[0]) if c.evidence else None,
                "url": safe_url(c.evidence[0].url) if c.evidence else None,
            }
            for c in s.claims
        ],
        "evidence": [
            {
                "quote": " ".join(c.quote.split()) if c.quote else None,
                "place": place_words(c),
                "url": safe_url(c.url),
            }
            for c in s.evidence
        ],
    }


def _pieces(s: Checked) -> list[tuple[str, str | None]]:
    """The sentence in pieces, each with the verdict of the claim it is, or None."""
    found: list[tuple[str, str | None]] = []
    at = 0
    for claim in sorted(s.claims, key=lambda c: c.start):
        if claim.start < at:
            continue
        found += [(s.text[at : claim.start], None), (s.text[claim.start : claim.end], claim.verdict)]
        at = claim.end
    return [*found, (s.text[at:], None)]


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("usedfor.verification.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("check.html.j2")


@cache
def _file(name: str) -> str:
    return files("usedfor.verification.render").joinpath("templates", name).read_text("utf-8")
