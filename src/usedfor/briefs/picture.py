"""The evidence of one use over time: a picture (SVG), and the same data as lines of text and as a table.

The shape says which way a study counts, not the colour: a full disc for, a cross against, a ring neither.
Presentation attributes alone, no style and no script, so that any content policy lets it be shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import escape

from usedfor.briefs.wording import table
from usedfor.model import BriefStudy

__all__ = ["DATED", "rows", "svg", "table_html", "text"]

DATED = 2  # fewer studies with a year make no picture on a page

_SIDES = {"for": "for", "against": "against", "neutral": "no clear result"}
_LEFT, _STEP, _ROW, _TOP = 150, 26, 30, 54
_R = 5


def rows(found: Sequence[BriefStudy]) -> list[tuple[str, ...]]:
    """One row a study, oldest first, without a year last: year, kind, people, result, state, record."""
    ordered = sorted(found, key=lambda i: (i.year is None, i.year or 0, i.registry))
    return [
        (
            str(i.year) if i.year else "not known",
            _kind(i),
            f"{i.people:,}" if i.people is not None else "not known",
            "retracted" if i.retracted else (i.direction or "not reported").replace("_", " "),
            (i.status or "").replace("_", " ").lower() or "not known",
            i.registry,
        )
        for i in ordered
    ]


HEADS = ("year", "kind", "people", "result", "state", "record")


def text(found: Sequence[BriefStudy]) -> Iterator[str]:
    """The rows in columns."""
    lines = [HEADS, *rows(found)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEADS))]
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def table_html(found: Sequence[BriefStudy]) -> str:
    """The rows as an HTML table with links to the records."""
    urls = {i.registry: i.url for i in found}
    head = "".join(f'<th scope="col">{h}</th>' for h in HEADS)
    body = []
    for row in rows(found):
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row[:-1])
        url, record = urls[row[-1]], escape(row[-1])
        link = f'<a href="{escape(url)}">{record}</a>' if url.startswith("https://") else record
        body.append(f"<tr>{cells}<td>{link}</td></tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _kind(item: BriefStudy) -> str:
    if item.source == "clinicaltrials":
        phases = table("sentences")["phase"]
        return str(phases.get(item.phase, "no phase")) if item.phase else "no phase"
    return (item.design or "paper").replace("_", " ")


def svg(found: Sequence[BriefStudy], title: str) -> str:
    """An SVG picture: years from left to right, a row for each phase and design, a mark for each study."""
    dated = [i for i in found if i.year]
    if not dated:
        return ""
    first, last = min(i.year or 0 for i in dated), max(i.year or 0 for i in dated)
    unknown = last + 2  # the column of those without a year
    kinds = sorted({_kind(i) for i in found}, key=lambda k: (not k.endswith(tuple("1234")), k))
    marks: dict[tuple[str, int], list[BriefStudy]] = defaultdict(list)
    for item in sorted(found, key=lambda i: (list(_SIDES).index(i.side), i.registry)):
        marks[_kind(item), item.year or unknown].append(item)
    heights = {k: max(len(v) for (kind, _), v in marks.items() if kind == k) for k in kinds}
    width = _LEFT + (unknown - first + 1) * _STEP + 40
    height = _TOP + sum(max(1, heights[k]) * 2 * (_R + 2) + 12 for k in kinds) + 40
    width = max(width, 430)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<text x="4" y="16" font-weight="bold">{escape(title)}</text>',
    ]
    at = 8
    for side, words in _SIDES.items():
        out += [_mark(side, at + 6, 34), f'<text x="{at + 18}" y="38">{words}</text>']
        at += 30 + 7 * len(words)
    y = _TOP
    for kind in kinds:
        room = max(1, heights[kind]) * 2 * (_R + 2) + 12
        out.append(f'<text x="4" y="{y + room // 2 + 4}">{escape(kind)}</text>')
        out.append(
            f'<line x1="{_LEFT - 10}" y1="{y + room}" x2="{width - 10}" y2="{y + room}" stroke="#999"/>'
        )
        for (mark_kind, year), some in sorted(marks.items()):
            if mark_kind == kind:
                x = _LEFT + (year - first) * _STEP
                for n, item in enumerate(some):
                    said = escape(f"{item.registry}, {item.year or 'no year'}, {_SIDES[item.side]}")
                    place = y + room - 10 - n * 2 * (_R + 2)
                    out.append(f"<g><title>{said}</title>{_mark(item.side, x, place)}</g>")
        y += room
    for year in range(first, last + 1):
        if year in (first, last) or year % 5 == 0:
            x = _LEFT + (year - first) * _STEP
            out.append(f'<text x="{x}" y="{y + 18}" text-anchor="middle">{year}</text>')
    if len(dated) < len(found):
        x = _LEFT + (unknown - first) * _STEP
        out.append(f'<text x="{x}" y="{y + 18}" text-anchor="middle">no year</text>')
    return "".join([*out, "</svg>"])


def _mark(side: str, x: int, y: int) -> str:
    if side == "for":
        return f'<circle cx="{x}" cy="{y}" r="{_R}" fill="#111"/>'
    if side == "against":
        r = _R - 1
        return (
            f'<path d="M{x - r} {y - r}L{x + r} {y + r}M{x - r} {y + r}L{x + r} {y - r}" '
            'stroke="#111" stroke-width="3" fill="none"/>'
        )
    return f'<circle cx="{x}" cy="{y}" r="{_R - 1}" fill="#fff" stroke="#111" stroke-width="1.5"/>'
