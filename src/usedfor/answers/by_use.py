"""What it is for: the approved uses, and whether it is for one condition, by the status of that use."""

from __future__ import annotations

import re
from collections.abc import Sequence

from usedfor.answers.context import Context, Reply, ask_line, named_first, not_said, quotes
from usedfor.answers.reading import Found
from usedfor.answers.types import Asked
from usedfor.answers.wording import say
from usedfor.briefs.draft import Line, fact, unknown
from usedfor.briefs.naming import display_name
from usedfor.briefs.questions import use_sentences
from usedfor.briefs.sections.what_is import class_line
from usedfor.briefs.tidy import is_cut
from usedfor.briefs.wording import listed
from usedfor.model import Span, Status, Use

__all__ = ["approved_lines", "can_be_used", "others_approved", "overview", "uses"]

_SHOWN = 6
_OTHERS = 4
_STUDIED: tuple[Status, ...] = (
    "off_label_supported",
    "off_label_uncertain",
    "not_effective",
    "investigational",
    "withdrawn",
)
_NEGATIVE = (
    r"\bnot (?:been )?(?:indicated|approved|recommended|established|for)\b",
    r"\blimitations? of use\b",
    r"\bnot be used\b",
)


def approved_lines(ctx: Context, limit: int = _SHOWN) -> list[Line]:
    """ "Ketamine is approved for A, B and C." """
    return named_first(use_sentences(ctx.dossier, ctx.dossier.approved, limit), ctx.name)


def uses(ctx: Context) -> Reply:
    """What it is used for; with a condition asked about, whether it is for that."""
    asked = [a for a in ctx.things() if a.topic not in ("children", "older", "surgery", "newborn")]
    if any(a.condition for a in asked) or (asked and _asks_whether(ctx)):
        return can_be_used(ctx, asked)
    things = ctx.things()
    lines = approved_lines(ctx)
    if not lines:
        found = ctx.search("use", things, limit=2)
        if found:
            return Reply(quotes(found, "quote.of", name=ctx.name), True, "use.quoted")
        return _nothing(ctx)
    if things:
        lines += quotes(ctx.search("use", things, needed=True, limit=1))
    else:
        found = [
            f
            for f in ctx.search("use", (), limit=2)
            if f.span.section in ("indications_and_usage", "purpose")
        ]
        cut = any(is_cut(line.text.rstrip(".")) or "…" in line.text for line in lines)
        lines = (
            [*quotes(found[:1], "quote.of", name=ctx.name), *lines]
            if cut and found
            else [*lines, *quotes(found[:1])]
        )
    return Reply(lines, True, "use.approved")


def _asks_whether(ctx: Context) -> bool:
    return bool(re.match(r"\s*(?:can|is|does|do|could|may|should|are|will)\b", ctx.asks.question.lower()))


def overview(ctx: Context) -> Reply:
    """What it is: its class and its first uses."""
    line = class_line(ctx.dossier)
    lines = [line] if line else []
    if line and ctx.name != ctx.dossier.name:
        own = ctx.dossier.name
        text = line.text
        if text.lower().startswith(own.lower()):
            lines = [Line(ctx.name[:1].upper() + ctx.name[1:] + text[len(own) :], line.spans, line.kind)]
    more = use_sentences(ctx.dossier, ctx.dossier.approved, 4)
    lines += more if lines else named_first(more, ctx.name)
    if len(lines) < 2:
        lines += quotes(ctx.search("overview", (), limit=1), "quote.of", name=ctx.name)
    return Reply(lines, True, "overview.facts") if lines else _nothing(ctx)


def _nothing(ctx: Context) -> Reply:
    text = not_said(ctx)
    return Reply([unknown(text)], False, "none.nothing", text)


# --- one condition ------------------------------------------------------------------------------------------


def matching(ctx: Context, asked: Sequence[Asked], uses: Sequence[Use]) -> tuple[list[Use], list[Use]]:
    """The uses that are for what is asked, and those that are for something wider or narrower."""
    conditions = [a for a in asked if a.condition]
    main = conditions[-1] if conditions else None
    more = [a for a in asked if a is not main and not a.topic]
    exact, related = [], []
    for use in uses:
        condition = ctx.knowledge.condition(use.condition) if use.condition else None
        text = " ".join(
            [use.text, condition.name if condition else "", (condition.lay or "") if condition else ""]
        ).lower()
        named = [a for a in more if _names(a, text)]
        if main is None:
            if more and len(named) == len(more):
                exact.append(use)
            elif any(len(a.words) > 4 for a in named):
                related.append(use)
            continue
        same = bool(main.condition and use.condition == main.condition.id)
        wordly = _names(main, text)
        if (same or wordly) and len(named) == len(more):
            exact.append(use)
        elif same or wordly or _kin(ctx, main, use):
            related.append(use)
    return exact, related


def _names(asked: Asked, text: str) -> bool:
    return any(re.search(r"(?<![a-z])" + re.escape(p), text) for p in asked.patterns)


def _kin(ctx: Context, asked: Asked, use: Use) -> bool:
    """Whether one condition is an ancestor of the other, two steps at most."""
    if asked.condition is None or not use.condition:
        return False
    return use.condition in _above(ctx, asked.condition.id) or asked.condition.id in _above(
        ctx, use.condition
    )


def _above(ctx: Context, id: str) -> set[str]:
    found: set[str] = set()
    front = [id]
    for _ in range(2):
        front = [p for c in ctx.knowledge.conditions(front).values() for p in c.parents if p not in found]
        found.update(front)
    return found


def can_be_used(ctx: Context, asked: Sequence[Asked]) -> Reply:
    """Whether it is for a condition: approved (for whom), ruled out, studied, or not listed at all."""
    words = _words(ctx, asked)
    by: dict[str, list[Use]] = {}
    for use in ctx.dossier.uses:
        by.setdefault(use.status, []).append(use)
    things = ctx.things()
    exact, related = matching(ctx, asked, by.get("approved", []))
    refused, _ = matching(ctx, asked, by.get("not_indicated", []))
    against = _against(ctx, asked)
    if exact and not (against and not _names_all(asked, by.get("approved", []))):
        use = max(exact, key=lambda u: (len(u.evidence), u.id))
        same = [u for u in exact if _same(u, asked)]
        use = max(same, key=lambda u: (len(u.evidence), u.id)) if same else use
        sentence = "use.yes" if same else "use.part"
        lines = [
            fact(
                say(sentence, name=ctx.name, asked=words, use=ctx.dossier.use_words(use)),
                ctx.dossier.spans(use.evidence, 2),
            )
        ]
        found = ctx.search("use", things, sections=("indications_and_usage",), needed=True, limit=2)
        return Reply([*(x for x in lines if x), *quotes(found)], True, "use.approved")
    if refused:
        use = refused[0]
        text = say("use.limited", name=ctx.name, use=ctx.dossier.use_words(use))
        line = fact(text, ctx.dossier.spans(use.evidence, 2))
        rest = [*quotes(against[:1]), *approved_lines(ctx, 3)]
        return Reply([*([line] if line else []), *rest], True, "use.not_indicated")
    for status in _STUDIED:
        studied, _ = matching(ctx, asked, by.get(status, []))
        if studied:
            best = min(studied, key=lambda u: (not _same(u, asked), -len(u.evidence), u.id))
            spans = _studies(ctx, best)
            line = fact(say(f"use.{status}", name=ctx.name, asked=words), spans)
            level = best.level
            sure = fact(say("use.level", level=level), spans) if level else None
            if line:
                said = [line, *([sure] if sure else []), *quotes(against[:1]), *approved_lines(ctx, 3)]
                return Reply(said, True, f"use.{status}")
    ruled_out, _ = matching(ctx, asked, by.get("contraindicated", []))
    if ruled_out:
        use = ruled_out[0]
        line = fact(
            say("use.contraindicated", name=ctx.name, use=ctx.dossier.use_words(use)),
            ctx.dossier.spans(use.evidence, 2),
        )
        if line:
            return Reply([line, *approved_lines(ctx, 3)], True, "use.contraindicated")
    return _not_listed(ctx, asked, words, related, against)


def _studies(ctx: Context, use: Use) -> tuple[Span, ...]:
    """Where three studies of a use stand, whichever way they count."""
    found = ctx.knowledge.statements_by_id(e.statement for e in use.evidence[:3])
    return ctx.dossier.spans_of(found.values())


def _same(use: Use, asked: Sequence[Asked]) -> bool:
    """Whether the use is for just what is asked: the same condition, or the same words."""
    conditions = [a.condition.id for a in asked if a.condition]
    if use.condition and use.condition in conditions:
        return True
    words = " ".join(a.words for a in asked).split()
    return not conditions or set(use.text.lower().split()) <= set(words)


def _names_all(asked: Sequence[Asked], uses: Sequence[Use]) -> bool:
    texts = [u.text.lower() for u in uses]
    return any(all(_names(a, t) for a in asked) for t in texts)


def _against(ctx: Context, asked: Sequence[Asked]) -> list[Found]:
    """Sentences that say it is not for what is asked."""
    sections = ("indications_and_usage", "warnings", "boxed_warning", "warnings_and_cautions")
    found = ctx.search("use", asked, sections=sections, needed=True, least=0.6, marks=_NEGATIVE, limit=6)
    return [f for f in found if any(re.search(p, f.words, re.I) for p in _NEGATIVE[:1] + _NEGATIVE[2:])]


def _not_listed(
    ctx: Context, asked: Sequence[Asked], words: str, related: Sequence[Use], against: Sequence[Found]
) -> Reply:
    lines: list[Line] = [unknown(say("use.no", name=ctx.name, asked=words))]
    lines += quotes(against[:1])
    shown = list(related) if related and not against else ctx.dossier.approved
    sentences = use_sentences(ctx.dossier, shown, 3)
    lines += sentences
    lines += others_approved(ctx, asked)
    return Reply(
        [*lines, ask_line()],
        bool(sentences or against),
        "use.not_listed",
        None if sentences or against else lines[0].text,
    )


def others_approved(ctx: Context, asked: Sequence[Asked]) -> list[Line]:
    """ "Other medicines here that are approved for X include A, B and C." """
    condition = next((a.condition for a in asked if a.condition), None)
    if condition is None:
        return []
    found = [
        u
        for u in ctx.knowledge.uses_for(condition.id)
        if u.status == "approved" and u.medicine != ctx.id and u.relation in ("treat", "prevent")
    ]
    found.sort(key=lambda u: (u.medicine not in ctx.medicine.related, -len(u.evidence), u.medicine))
    names: dict[str, Use] = {}
    for use in found:
        other = ctx.knowledge.medicine(use.medicine)
        if other and len(names) < _OTHERS:
            names.setdefault(display_name(other), use)
    if not names:
        return []
    spans = [s for use in names.values() for s in ctx.dossier.spans_elsewhere(use)[:1]]
    words = next((a.words for a in asked if a.condition), condition.name)
    text = say("use.others", asked=words, medicines=listed(names, limit=_OTHERS))
    line = fact(text, spans)
    return [line] if line else []


def _words(ctx: Context, asked: Sequence[Asked]) -> str:
    """What is asked about in the question's own words, in their order, nothing that is no name of it."""
    if "injection" in ctx.asks.flags:  # only what is known by name is said back
        asked = [a for a in asked if a.condition or a.topic]
    return (
        " ".join(a.words for a in asked if not a.topic or a.condition)[:80]
        or " ".join(a.words for a in asked)[:80]
    )
