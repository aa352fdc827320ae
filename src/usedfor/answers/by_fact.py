"""What the knowledge holds as facts: side effects, mechanism, legal status, onset, who should not have it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from usedfor.answers.context import Context, Reply, ask_line, named_first, not_said, quotes
from usedfor.answers.types import Asked
from usedfor.answers.wording import say, table
from usedfor.briefs.draft import Line, advice, fact, unknown
from usedfor.briefs.places import schedule_words
from usedfor.briefs.questions import effects_lines, ruled_out_line
from usedfor.briefs.reactions import frequency
from usedfor.briefs.sections.effects import boxed_line, in_100, reaction_words
from usedfor.briefs.sections.legal import legal_lines, schedule, schedule_line, short_type_line
from usedfor.briefs.sections.onset import onset_lines
from usedfor.briefs.sections.precautions import group_lines
from usedfor.briefs.sections.what_is import class_line
from usedfor.briefs.topics import topic_words
from usedfor.briefs.wording import say as say_brief
from usedfor.model import Reaction, Span, quote_hash

__all__ = ["contraindication", "group", "legal", "mechanism", "onset", "side_effects"]

_NONE = re.compile(r"[\W\d]*(?:contraindications?)?\W*(none)\b[\W\d]*(?:(?:none|known)\b[\W\d]*)*$", re.I)
_HELPS = re.compile(r"\b(?:help|relie|manage|reduce|ease|treat|prevent)")
_HELP_MARKS = (
    r"\bhelp\b",
    r"\bameliorat",
    r"\brelie[fv]",
    r"\bmanage",
    r"\banalges",
    r"\bpremedic",
    r"\breduce\b",
    r"\bantipyretic",
)


_MOST = re.compile(r"most (?:common|frequent)", re.I)
_LISTS = re.compile(
    r"\b(?:(?:may|can) (?:occur|produce|cause)|reported|included?|includes|occurred|were|are)\b", re.I
)
_ENDED = re.compile(r"\bdiscontinu|\bleading to\b|\bstudy \d|\bphase \d", re.I)
_TABLE = re.compile(
    r"\btables? \d|\btrials?, [\d,]+|\bchosen\b|\bvoluntar|\bclinical trials are\b|\brates\b", re.I
)


def side_effects(ctx: Context) -> Reply:
    """The common side effects, or whether one is listed."""
    things = [a for a in ctx.things() if a.topic not in ("surgery",)]
    if things:
        return one_effect(ctx, things)
    marks = (r"\bmost (?:common|frequent)",)
    found = ctx.search("side_effects", (), sections=("adverse_reactions",), marks=marks, limit=12)
    found = [f for f in found if _LISTS.search(f.words) and not _TABLE.search(f.words)]
    common = [f for f in found if _MOST.search(f.words) and f.words.count(", ") > 1]
    common = sorted(common, key=lambda f: (bool(_ENDED.search(f.words)), -min(f.words.count(", "), 6)))[:1]
    if common:
        lines = [*quotes(common, "quote.of", name=ctx.name), *named_effects(ctx)]
    else:
        inside = [f for f in found if f.span.section in ("adverse_reactions", "stop_use", "when_using")]
        inside = sorted(inside, key=lambda f: f.words.count(", ") < 2)[:3]
        inside.sort(key=lambda f: (f.span.document, f.span.start))
        lines = [*named_effects(ctx, 3 if inside else 6), *quotes(inside)]
    return Reply([*lines, advice(say("advice.ask"))], bool(lines), "side_effects.common")


def named_effects(ctx: Context, limit: int = 6) -> list[Line]:
    """ "Side effects seen most often in studies include ..." """
    lines = effects_lines(ctx.dossier, "effects.listed", limit=limit)
    boxed = boxed_line(ctx.dossier, "takeaway.boxed", 3)
    return [*lines, *([boxed] if boxed else [])]


def one_effect(ctx: Context, things: Sequence[Asked]) -> Reply:
    """Whether the labels name it as a side effect, how often, and in which words."""
    lines: list[Line] = []
    for asked in things:
        reaction = _reaction(ctx, asked)
        if reaction:
            figures = [
                f
                for f in reaction.figures
                if f.unit == "%" and f.value is not None and f.arm in ("drug", "unspecified")
            ]
            words = reaction_words(ctx.dossier, reaction)
            spans = ctx.dossier.spans(reaction.evidence, 2)
            if frequency(reaction) and figures:
                highest = max(figures, key=lambda f: f.value or 0.0)
                text = say(
                    "reaction.listed_in",
                    reaction=words,
                    name=ctx.name,
                    figures=f"in up to {in_100(highest)}".replace("up to about", "up to"),
                )
            else:
                text = say("reaction.listed", reaction=words, name=ctx.name)
            line = fact(text, spans)
            if line:
                lines.append(line)
        if len(lines) == 1:
            break
    topics = [table("topics")[a.topic] for a in things if a.topic]
    sections = [s for t in topics for s in t["sections"]]
    marks = _HELP_MARKS if _HELPS.search(ctx.asks.question.lower()) else ()
    found = ctx.search(
        "side_effects", things, sections=sections, needed=True, marks=marks, limit=2 if lines else 3
    )
    lines += quotes(found)
    if not lines:
        text = say("reaction.none", name=ctx.name, asked=" ".join(a.words for a in things)[:60])
        return Reply([unknown(text), *named_effects(ctx, 4), ask_line()], False, "side_effects.none", text)
    return Reply(lines, True, "side_effects.one")


def _reaction(ctx: Context, asked: Asked) -> Reaction | None:
    if asked.topic and not asked.condition and asked.topic not in ("weight",):
        return None
    same = [
        r for r in ctx.knowledge.reactions(ctx.id) if asked.condition and r.condition == asked.condition.id
    ]
    if not same and (asked.condition or len(asked.words) > 4):
        pattern = re.compile(r"(?<![a-z])(?:" + "|".join(re.escape(p) for p in asked.patterns) + ")")
        same = [
            r
            for r in ctx.knowledge.reactions(ctx.id)
            if pattern.search(r.text.lower()) and len(r.text.split()) < 4
        ]
    if not same:
        return None
    best = max(same, key=lambda r: (frequency(r) > 0, r.labels, -len(r.text), r.id))
    ctx.dossier._learn([best])
    return best


def mechanism(ctx: Context) -> Reply:
    """Its class and how it acts, in the label's words."""
    line = class_line(ctx.dossier)
    lines = [line] if line else []
    found = ctx.search("mechanism", ctx.things(), limit=2)
    if found:
        lines += quotes(found)
    else:
        own = [s for s in ctx.dossier.found("mechanism") if s.topic != "unknown"]
        for s in own[:1]:
            got = fact(say_brief("what.mechanism", mechanism=f"“{s.text}”"), ctx.dossier.spans_of([s]))
            lines += [got] if got else []
    return Reply(lines, bool(lines), "mechanism.label", None if lines else not_said(ctx))


def legal(ctx: Context) -> Reply:
    """Controlled or not, prescription or not."""
    code, _ = schedule(ctx.dossier)
    controlled = schedule_line(ctx.dossier)
    lines = [x for x in (controlled, short_type_line(ctx.dossier)) if x]
    if code is None or schedule_words(code) is None:
        lines = (
            lines[:1] + quotes(ctx.search("legal_status", (), limit=1)) + lines[1:] if controlled else lines
        )
    if not lines:
        return Reply(legal_lines(ctx.dossier), False, "legal.none", not_said(ctx))
    if controlled is None:
        lines.append(unknown(say_brief("legal.schedule_none", name=ctx.dossier.name)))
    return Reply(named_first(lines, ctx.name), True, "legal.facts")


_LASTS = re.compile(r"\b(?:lasts?|wear|duration|good for)\b")
_STAYS = re.compile(
    r"\b(?:stays?|remains?|system|half.?life|leaves?|out of|clear)\b|\bin (?:the |your |my )?(?:body|blood)"
)
_LAST_MARKS = (
    r"\bcontinue (?:for|to)\b|\blast(?:s|ed|ing)?\b",
    r"\bduration\b|\bpersist",
    r"\bmay continue\b",
)
_STAY_MARKS = (r"\bhalf-life\b", r"\beliminat|\bexcret", r"\bdetect")
_ONSET_MARKS = (
    r"\bonset\b",
    r"\bwithin\b|\bbegin",
    r"\bas early as\b|\bat (?:day|week|\d+ hours)|\beffects?\b",
)


def onset(ctx: Context) -> Reply:
    """How fast it works, how long it lasts or how long it stays in the body."""
    low = ctx.asks.question.lower()
    stays, lasts = bool(_STAYS.search(low)), bool(_LASTS.search(low))
    asked = [a for a in ctx.things() if a.words not in ("body", "blood", "urine")]
    marks: tuple[str, ...] = _STAY_MARKS if stays else _LAST_MARKS if lasts else _ONSET_MARKS
    if re.search(r"\biv\b|\binfusion\b|\bvein\b", low):
        marks = (*marks, r"\bintravenous")
    lines: list[Line] = []
    if lasts and not stays:
        for s in ctx.dossier.found("duration")[:1]:
            line = fact(say_brief("onset.duration_words", words=s.text), ctx.dossier.spans_of([s]))
            lines += [line] if line else []
    elif not stays:
        lines += onset_lines(ctx.dossier, 2)
    found = ctx.search("onset_duration", asked, marks=marks, limit=2)
    illness = [a for a in asked if a.condition]
    if illness:
        fitting = [f for f in found if f.hits]
        if not fitting:
            words = " ".join(a.words for a in illness)
            text = not_said(ctx, f"how fast it works for {words}")
            lines.insert(0, unknown(text))
        found = fitting or found[:1]
    lines += quotes(found[: 2 if len(lines) < 2 else 1])
    if not [x for x in lines if x.kind == "fact"]:
        text = not_said(ctx)
        return Reply([unknown(text)], False, "onset.none", text)
    return Reply(lines, True, "onset.label")


def contraindication(ctx: Context) -> Reply:
    """Who should not have it; with a condition or group asked about, what holds for that."""
    things = ctx.things()
    if things:
        reply = group(ctx, things)
        if reply.answered or any(a.topic or a.condition for a in things):
            return reply
    lines = [x for x in [ruled_out_line(ctx.dossier, "takeaway.not_for", "takeaway.not_for_states", 4)] if x]
    found = ctx.search("contraindication", (), sections=("contraindications", "do_not_use"), limit=3)
    within = [f for f in found if f.span.section in ("contraindications", "do_not_use")]
    none = None if within or lines else _none_listed(ctx)
    if none:
        return Reply([none, *quotes(found[:1]), ask_line()], True, "contraindication.none_listed")
    within = sorted(within, key=lambda f: (f.span.document != within[0].span.document, f.span.start))
    lines = named_first(lines, ctx.name)
    lines = (
        [*quotes(within[:3], "quote.of", name=ctx.name), *lines] if within else [*lines, *quotes(found[:2])]
    )
    if not lines:
        text = not_said(ctx)
        return Reply([unknown(text), ask_line()], False, "contraindication.none", text)
    return Reply([*lines, ask_line()], True, "contraindication.label")


def _none_listed(ctx: Context) -> Line | None:
    """That the newest label says "None" under its contraindications, where it does."""
    for document in ctx.library.documents(ctx.id, ctx.brand):
        text = ctx.library.text(document, "contraindications")
        match = _NONE.match(text)
        if match:
            start, end = match.span(1)
            span = Span(
                document=document,
                section="contraindications",
                start=start,
                end=end,
                sha256=quote_hash(text[start:end]),
            )
            return fact(say("contraindication.none", name=ctx.name), [span])
    return None


def group(ctx: Context, things: Sequence[Asked]) -> Reply:
    """What the labels say for pregnancy, children and the like, or for a condition of the asker."""
    lines: list[Line] = []
    topics = [table("topics")[a.topic] for a in things if a.topic]
    sections = [s for t in topics for s in t["sections"]]
    unless = [w for t in topics for w in t.get("not", ())]
    found = ctx.search(
        "contraindication" if not topics else "other",
        things,
        sections=sections or ("contraindications",),
        needed=True,
        unless=unless,
        limit=2,
    )
    groups = list(dict.fromkeys(t["group"] for t in topics if "group" in t))
    for name in groups:
        lines += group_lines(ctx.dossier, name, 2 if not found else 1)
    conditions = [a for a in things if a.condition]
    for a in conditions:
        for use in ctx.dossier.contraindicated:
            if a.condition and use.condition == a.condition.id:
                line = fact(
                    say("use.contraindicated", name=ctx.name, use=ctx.dossier.use_words(use)),
                    ctx.dossier.spans(use.evidence, 2),
                )
                lines += [line] if line else []
    lines += quotes(found)
    if not lines:
        boxed = _warned(ctx, things)
        lines += [boxed] if boxed else []
    if not lines:
        text = not_said(ctx, " ".join(a.words for a in things)[:60])
        return Reply([unknown(text), ask_line()], False, "group.none", text)
    return Reply([*lines, ask_line()], True, "group.label")


def _warned(ctx: Context, things: Sequence[Asked]) -> Line | None:
    for kind in ("boxed_warning", "warning"):
        for caution in ctx.dossier.cautions[kind]:
            low = caution.text.lower()
            if any(p in low for a in things for p in a.patterns):
                words = topic_words(caution.topic, caution.text, short=True)
                return fact(
                    say("reaction.warned", name=ctx.name, topic=words), ctx.dossier.spans(caution.evidence, 1)
                )
    return None
