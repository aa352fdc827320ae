"""Medicines side by side: a sentence or two, and a table whose every cell has its references."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from usedfor.answers.by_use import approved_lines, can_be_used
from usedfor.answers.context import Context, Reply
from usedfor.answers.types import Named
from usedfor.answers.wording import say
from usedfor.briefs.draft import Line, fact, unknown
from usedfor.briefs.places import routes_words
from usedfor.briefs.questions import use_sentences
from usedfor.briefs.sections.effects import common_reactions, reaction_words
from usedfor.briefs.sections.given import routes
from usedfor.briefs.sections.legal import schedule, short_schedule_line, short_type_line
from usedfor.briefs.sections.limits import contraindicated_words
from usedfor.briefs.sections.what_is import class_line
from usedfor.briefs.wording import capital, listed

__all__ = ["DraftRow", "DraftTable", "compared", "side_by_side", "table_of"]

_MEDICINES = 3
_SHOWN = 4  # items of a cell


class DraftRow(msgspec.Struct):
    """One row before its references are numbered."""

    id: str
    cells: list[Line]


class DraftTable(msgspec.Struct):
    """Medicines side by side before the references are numbered."""

    columns: list[str]
    rows: list[DraftRow]


def side_by_side(ctx: Context, others: Sequence[Named]) -> list[Context]:
    """The medicines that can be compared: that of the question and the others here, each once."""
    found = [ctx]
    for one in others:
        if not one.here or len(one.medicines) != 1:
            continue
        medicine = ctx.knowledge.medicine(one.medicines[0])
        if medicine and all(medicine.id != c.id for c in found):
            found.append(Context(ctx.knowledge, ctx.library, ctx.asks, medicine, one))
    return sorted(found[:_MEDICINES], key=lambda c: c.named.start)


def compared(ctx: Context, others: Sequence[Named]) -> Reply:
    """Two or three medicines by class and uses, and the table; which is better no label says."""
    columns = side_by_side(ctx, others)
    away = next((one for one in others if not one.here), None)
    missing = [unknown(say("none.not_here", words=away.words[:40], name=away.name))] if away else []
    if len(columns) < 2:
        text = missing[0].text if missing else say("compare.none")
        return Reply([unknown(text), *approved_lines(ctx, 3)], False, "compare.none", text)
    lines: list[Line] = []
    for one in columns:
        line = class_line(one.dossier)
        lines += [line] if line else []
        first = use_sentences(one.dossier, one.dossier.approved, 2)[:1]
        if first and line is None:
            words = first[0].text
            first = [Line(capital(one.name) + words.removeprefix("It"), first[0].spans)]
        lines += first
    end = unknown(say("compare.none"))
    return Reply([*lines, *missing, end], bool(lines), "compare.facts", table=table_of(columns))


def table_of(columns: Sequence[Context]) -> DraftTable:
    """What the labels say of each, row by row; a row that no label fills is left out."""
    rows = [DraftRow(id, [_cell(make, one) for one in columns]) for id, make in _ROWS]
    asked = [a for a in columns[0].things() if a.condition]
    if asked:
        rows.insert(0, DraftRow("for", [can_be_used(one, asked).lines[0] for one in columns]))
    return DraftTable(
        [capital(one.name) for one in columns], [r for r in rows if any(c.kind == "fact" for c in r.cells)]
    )


def row_title(row: DraftRow, asked: str) -> str:
    """What a row is about."""
    return say(f"table.{row.id}", asked=asked).rstrip(".")


def _cell(make: Callable[[Context], Line | None], ctx: Context) -> Line:
    return make(ctx) or unknown(say("table.nothing"))


def _what(ctx: Context) -> Line | None:
    line = class_line(ctx.dossier)
    if line is None:
        return None
    if line.text.startswith(say("table.calls").rstrip(".")):
        return None  # words that were cut: no cell of a few words
    text = line.text.partition(": a medicine ")[0]
    for name in (ctx.dossier.name, capital(ctx.dossier.name)):
        text = text.removeprefix(f"{name} is ")
    return Line(capital(text.rstrip(".")), line.spans)


def _some(words: Sequence[str], of: int) -> str:
    more = of - len(words)
    return capital(
        listed([*words, *([say("table.more", count=more).rstrip(".")] if more > 0 else [])], limit=9)
    )


def _uses(ctx: Context) -> Line | None:
    uses = ctx.dossier.approved
    shown = uses[:_SHOWN]
    return fact(_some([ctx.dossier.use_words(u) for u in shown], len(uses)), ctx.dossier.each(shown))


def _given(ctx: Context) -> Line | None:
    groups = routes(ctx.dossier)
    spans = [s for group in list(groups.values())[:_SHOWN] for s in ctx.dossier.spans_of(group, 1)]
    return fact(capital(routes_words(groups)) if groups else "", spans)


def _effects(ctx: Context) -> Line | None:
    shown = common_reactions(ctx.dossier)[:_SHOWN]
    return fact(_some([reaction_words(ctx.dossier, r) for r in shown], 0), ctx.dossier.each(shown))


def _not_for(ctx: Context) -> Line | None:
    uses = [u for u in ctx.dossier.contraindicated if not ctx.dossier.also_approved(u)]
    shown = uses[:_SHOWN]
    words = [contraindicated_words(ctx.dossier, u) for u in shown]
    return fact(_some(words, len(uses)), ctx.dossier.each(shown))


def _law(ctx: Context) -> Line | None:
    code, _ = schedule(ctx.dossier)
    controlled = code not in (None, "none")
    kind = short_type_line(ctx.dossier)
    return (short_schedule_line(ctx.dossier) if controlled else kind) or short_schedule_line(ctx.dossier)


_ROWS: tuple[tuple[str, Callable[[Context], Line | None]], ...] = (
    ("what", _what),
    ("uses", _uses),
    ("given", _given),
    ("effects", _effects),
    ("not_for", _not_for),
    ("law", _law),
)
