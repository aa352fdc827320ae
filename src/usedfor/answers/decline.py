"""What cannot be answered, said kindly with what is known nearby."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usedfor.answers.by_use import approved_lines, others_approved
from usedfor.answers.context import Context, Reply, ask_line
from usedfor.answers.types import Understanding
from usedfor.answers.wording import say
from usedfor.briefs.draft import Line, advice, unknown
from usedfor.briefs.naming import display_name
from usedfor.briefs.wording import listed

if TYPE_CHECKING:
    from usedfor.knowledge import Knowledge

__all__ = ["declined", "not_found"]

_NAME = 40  # characters of a name that are said back


def declined(ctx: Context) -> Reply | None:
    """The reply to what no label can answer, or None."""
    flags = ctx.asks.flags
    if "self_harm" in flags and ctx.asks.intent in ("overdose", "dose", "other"):
        lines = [advice(say("advice.crisis")), advice(say("advice.overdose")), unknown(say("none.misuse"))]
        return Reply(lines, False, "decline.self_harm", say("none.misuse"))
    if "misuse" in flags:
        return Reply(
            [unknown(say("none.misuse")), advice(say("advice.overdose"))],
            False,
            "decline.misuse",
            say("none.misuse"),
        )
    if "animal" in flags and not {"overdose", "self_harm"} & flags and ctx.asks.intent != "overdose":
        return Reply([unknown(say("none.animal"))], False, "decline.animal", say("none.animal"))
    if "price" in flags:
        return _nearby(ctx, "price")
    if ctx.asks.intent == "alternatives":
        text = say("none.alternatives", name=ctx.name)
        conditions = [u for u in ctx.dossier.approved if u.condition][:1]
        more: list[Line] = []
        for use in conditions:
            from usedfor.answers.types import Asked

            condition = ctx.knowledge.condition(use.condition or "")
            more += others_approved(ctx, [Asked(words=use.text, patterns=(), condition=condition)])
        return Reply([unknown(text), *more, ask_line()], False, "decline.alternatives", text)
    if "rating" in flags and (ctx.asks.intent == "comparison" or len(ctx.asks.named) > 1):
        reply = _nearby(ctx, "rating")
        away = next((one for one in ctx.asks.named if not one.here), None)
        if away:
            reply.lines.append(unknown(say("none.not_here", words=away.words[:_NAME], name=away.name)))
        return reply
    if "diagnosis" in flags:
        return _nearby(ctx, "diagnosis")
    return None


def _nearby(ctx: Context, why: str) -> Reply:
    text = say(f"none.{why}")
    return Reply([unknown(text), *approved_lines(ctx, 3)[:1]], False, f"decline.{why}", text)


def not_found(knowledge: Knowledge, asks: Understanding) -> Reply:
    """No medicine here is named for certain: said, with names to choose from where there are some."""
    if not asks.question.strip() or not asks.words:
        text = say("none.empty" if not asks.question.strip() else "none.unreadable")
        return Reply([unknown(text), advice(say("none.medicine_ask"))], False, "none.empty", text)
    help_lines = (
        [advice(say("advice.crisis")), advice(say("advice.overdose"))] if "self_harm" in asks.flags else []
    )
    if not help_lines and (asks.intent == "overdose" or "overdose" in asks.flags):
        help_lines = [advice(say("advice.overdose"))]
    several = next((one for one in asks.named if one.here and len(one.medicines) > 1), None)
    if several:
        names = [display_name(m) for id in several.medicines[:5] if (m := knowledge.medicine(id))]
        text = say("none.several", words=several.words[:_NAME], names=listed(names, last="or"))
        return Reply([*help_lines, unknown(text)], False, "none.several", text, offers=tuple(names))
    away = next((one for one in asks.named if not one.here), None)
    if away:
        text = say("none.not_here", words=away.words[:_NAME], name=away.name)
        near = [m.name for m in knowledge.near(away.words, 8) if m.name.startswith(f"{away.words} ")]
        also = [advice(say("none.offer", names=listed(near, last="or")))] if near else []
        return Reply([*help_lines, unknown(text), *also], False, "none.not_here", text, offers=tuple(near))
    if asks.offers:
        text = (
            say("none.unknown", words=(asks.guessed or "")[:_NAME]) if asks.guessed else say("none.medicine")
        )
        offer = say("none.offer", names=listed(asks.offers, last="or"))
        return Reply(
            [*help_lines, unknown(text), advice(offer)], False, "none.offered", text, offers=asks.offers
        )
    text = say("none.diagnosis") if "diagnosis" in asks.flags else say("none.medicine")
    if asks.guessed and "diagnosis" not in asks.flags and not any(a.condition or a.topic for a in asks.asked):
        text = say("none.unknown", words=asks.guessed[:_NAME])
    return Reply([*help_lines, unknown(text), advice(say("none.medicine_ask"))], False, "none.medicine", text)
