"""What only the label's own words can say: doses, timing, storage, looks, ingredients, interactions."""

from __future__ import annotations

import re

from usedfor.answers.by_fact import group
from usedfor.answers.context import Context, Reply, ask_line, not_said, quotes
from usedfor.answers.types import Asked, Named
from usedfor.answers.wording import say, table
from usedfor.briefs.draft import Line, advice, unknown
from usedfor.briefs.sections.given import routes_line

__all__ = ["interaction", "other", "overdose", "quoted"]

_OFTEN = re.compile(r"\bhow (?:often|many times|frequent)|\btimes (?:a|per) day\b|\bhow far apart\b")
_REGULAR = (
    r"\b(?:once|twice|(?:one|two|three|four) times?)[ -](?:\w+ )?(?:daily|weekly|monthly|a|per|every|each)\b|"
    r"\bevery (?:\d+|other|two|three|four|six|eight|twelve) (?:to \w+ )?(?:hours?|days?|weeks?|months?)\b"
)
_LISTS = ("active_ingredient", "inactive_ingredient", "description", "spl_product_data_elements")
_CONTAINS = re.compile(r"\bcontains?\b|\bingredient|\bexcipient|\bmade (?:with|from|of)\b|\blatex\b", re.I)
_NEVER = ("dose", "how_to_take", "timing", "stopping", "storage", "appearance", "ingredients")


def quoted(ctx: Context, kind: str) -> Reply:
    """The passages of the sections that answer this kind of question, best first."""
    things = ctx.things()
    topics = [table("topics")[a.topic] for a in things if a.topic]
    sections = [s for t in topics for s in t["sections"]] if topics else []
    plain = things
    needed = kind == "ingredients" and bool(plain)
    marks: list[str] = []
    low = ctx.asks.question.lower()
    if re.search(r"\b(?:max|maximum|highest|most)\b", low):
        marks += [r"\bmaximum\b", r"\b(?:maximum|not exceed)\b"]
    if "how long" in low:
        marks.append(r"\b\d+ (?:minutes?|hours?|days?|weeks?|months?|years?)\b")
    if kind == "timing" and _OFTEN.search(low):
        marks += [_REGULAR, _REGULAR]
    numbers = re.findall(r"\b\d[\d.,]*\b", low)
    extra = [
        Asked(words=n, patterns=(f"{n} mg", f"{n} mcg", f"{n}mg", f"{n} ml", f"{n} %")) for n in numbers[:2]
    ]
    found = ctx.search(
        kind,
        [*plain, *(extra if kind in ("appearance", "dose") else ())],
        sections=sections if topics and kind not in ("storage",) else (),
        needed=needed,
        marks=marks,
        limit=2,
    )
    if kind == "ingredients" and needed:
        found = [f for f in found if f.span.section in _LISTS or _CONTAINS.search(f.words)]
        found = found or ctx.search(kind, (), sections=_LISTS, limit=2)
    found = ([f for f in found if f.hits] if topics else []) or found
    lines: list[Line] = []
    if kind == "dose":
        lines = [*quotes(found, "quote.dose"), *([advice(say("advice.prescriber"))] if found else [])]
    elif kind == "how_to_take":
        line = routes_line(ctx.dossier)
        lines = [*([line] if line and not topics else []), *quotes(found)]
    elif kind == "stopping":
        lines = [*quotes(found), *([advice(say("advice.stop"))] if found else [])]
    else:
        lines = quotes(found, "quote.of", name=ctx.name)
    if not [x for x in lines if x.kind == "fact"]:
        return nothing(ctx, kind)
    return Reply(lines, True, f"{kind}.label")


def nothing(ctx: Context, kind: str) -> Reply:
    """Not known, and why."""
    things = " ".join(a.words for a in ctx.things())[:60]
    text = not_said(ctx, things)
    return Reply([unknown(text), ask_line()], False, f"{kind}.none", text)


def overdose(ctx: Context) -> Reply:
    """Help first, then what the label says of too much."""
    asks = re.search(r"\b(?:symptoms?|signs?|happen)", ctx.asks.question.lower())
    marks = (r"\bsymptoms?\b|\bsigns\b|\bcharacteri[sz]ed\b|\bresult in\b",) if asks else ()
    found = ctx.search("overdose", ctx.things(), sections=("overdosage",), marks=marks, limit=2)
    lines = [advice(say("advice.overdose")), *quotes(found)]
    if not found:
        return Reply(
            [*lines, unknown(not_said(ctx))],
            False,
            "overdose.none",
            not_said(ctx),
        )
    return Reply(lines, True, "overdose.label")


def interaction(ctx: Context, others: list[Named]) -> Reply:
    """What the labels say of it together with another medicine, alcohol, food or a vaccine."""
    things = ctx.things()
    topics = [table("topics")[a.topic] for a in things if a.topic]
    sections = [s for t in topics for s in t["sections"]]
    unless = [w for t in topics for w in t.get("not", ())]
    best: list[tuple[float, str, list[Line]]] = []
    asked = [ctx.other_medicine(one) for one in others]
    wanted = [*asked, *things]
    if not wanted:
        found = ctx.search("interaction", (), sections=("drug_interactions",), limit=2)
        return (
            Reply([*quotes(found, "quote.of", name=ctx.name), ask_line()], True, "interaction.label")
            if found
            else nothing(ctx, "interaction")
        )
    key = asked or things
    found = [
        f
        for f in ctx.search("interaction", wanted, sections=sections, needed=True, unless=unless, limit=4)
        if _about(f.words, key)
    ]
    if found:
        best.append((found[0].score, ctx.id, quotes(found[:3], "quote.of", name=ctx.name)))
    for one in others:
        own = Asked(words=ctx.named.words, patterns=ctx.other_medicine(ctx.named).patterns)
        for id in one.medicines[:1]:
            if id == ctx.id or not ctx.knowledge.medicine(id):
                continue
            back = ctx.search("interaction", [own, *things], needed=True, limit=2, medicine=id)
            back = [f for f in back if _about(f.words, [own])]
            if back:
                best.append((back[0].score - 0.5, id, quotes(back[:2], "quote.of", name=one.name)))
    if not best:
        if not asked and not topics and any(not a.condition for a in things):
            return other(ctx)
        return nothing(ctx, "interaction")
    best.sort(key=lambda b: -b[0])
    return Reply([*best[0][2], ask_line()], True, "interaction.label", medicine=best[0][1])


def _about(words: str, asked: list[Asked]) -> bool:
    low = words.lower()
    return any(
        re.search(r"(?<![a-z])" + re.escape(p).replace(r"\ ", r"[\s-]+"), low)
        for a in asked
        for p in a.patterns
    )


def other(ctx: Context) -> Reply:
    """Anything else: what is asked about, wherever the label speaks of it."""
    things = ctx.things()
    if not things:
        return nothing(ctx, "other")
    if any("group" in table("topics")[a.topic] for a in things if a.topic):
        return group(ctx, things)
    topics = [table("topics")[a.topic] for a in things if a.topic]
    sections = [s for t in topics for s in t["sections"]]
    unless = [w for t in topics for w in t.get("not", ())]
    found = ctx.search("other", things, sections=sections, needed=True, least=0.5, unless=unless, limit=2)
    if not found:
        return nothing(ctx, "other")
    return Reply([*quotes(found, "quote.of", name=ctx.name), ask_line()], True, "other.label")
