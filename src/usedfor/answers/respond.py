"""Knowledge, question -> Answer. Which family answers, and what is said where none can."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from usedfor.answers import by_fact, by_quote, by_use
from usedfor.answers.across import across
from usedfor.answers.compare import DraftTable, compared, row_title, side_by_side, table_of
from usedfor.answers.context import Context, Reply
from usedfor.answers.decline import declined, not_found
from usedfor.answers.reading import Library
from usedfor.answers.types import Answer, Named, Row, Table, Understanding
from usedfor.answers.understand import Reader, is_substance
from usedfor.answers.wording import say
from usedfor.briefs.draft import Line, Numbering, advice, unknown
from usedfor.briefs.naming import brand_words, display_name

if TYPE_CHECKING:
    from usedfor.knowledge import Knowledge
    from usedfor.model import Document, Medicine

__all__ = ["Answerer", "answer", "answerer"]

_WITH_TABLE = ("decline.rating",)  # declined, but what is known of each is shown side by side

_CHOICES = ("use", "side_effects", "overview", "other", "alternatives")
_OR = ("or", "vs", "versus")

_open: WeakKeyDictionary[Knowledge, Answerer] = WeakKeyDictionary()


def answer(knowledge: Knowledge, question: str) -> Answer:
    """The answer to a question: one to five sentences, each fact with its references.

    Where it is not known, ``answered`` is False and ``why_not`` says why. The same knowledge gives the same
    answer. What was read of ``knowledge`` is kept for the next question.
    """
    return answerer(knowledge).answer(question)


def answerer(knowledge: Knowledge) -> Answerer:
    """The one that answers from this knowledge; made once."""
    found = _open.get(knowledge)
    if found is None:
        found = _open[knowledge] = Answerer(knowledge)
    return found


class Answerer:
    """Answers questions from one open snapshot."""

    def __init__(self, knowledge: Knowledge) -> None:
        from weakref import proxy

        self._knowledge: Knowledge = proxy(knowledge)
        self._reader = Reader(self._knowledge)
        self._library = Library(self._knowledge)

    def answer(self, question: str) -> Answer:
        """The answer to one question."""
        asks = self._reader.read(question)
        medicine, named = self._medicine(asks)
        if medicine is None or named is None:
            reply = not_found(self._knowledge, asks)
            if reply.rule in ("none.medicine", "none.offered"):
                reply = across(self._knowledge, asks) or reply
            return self._made(asks, reply, None)
        ctx = Context(self._knowledge, self._library, asks, medicine, named)
        reply = declined(ctx) or self._reply(ctx)
        if reply.rule in _WITH_TABLE and len(columns := side_by_side(ctx, self._others(ctx))) > 1:
            reply.table = table_of(columns)
        away = next((one for one in asks.named if not one.here and not is_substance(one)), None)
        if (
            away
            and (away.start < named.start or not reply.answered)
            and not reply.rule.startswith(("compare", "decline"))
        ):
            said = say("none.not_here", words=away.words[:40], name=away.name)
            reply.lines.insert(0, unknown(said))
        if named.certainty < 1:
            called = display_name(medicine)
            brand = named.name if named.name != medicine.name else ""
            name = f"{brand_words(brand.upper())} ({called})" if brand else called
            reply.lines.insert(0, advice(say("read.as_", words=named.words, name=name)))
        if reply.medicine and reply.medicine != medicine.id:
            medicine = self._knowledge.medicine(reply.medicine)
        return self._made(asks, reply, medicine)

    def _medicine(self, asks: Understanding) -> tuple[Medicine | None, Named | None]:
        """The medicine that is asked about: the first that is named, a combination where two make one."""
        here = [one for one in asks.named if one.here]
        if not here or not asks.words:
            return None, None
        if len(here) > 1 and asks.intent not in ("interaction", "comparison"):
            ids = sorted({one.medicines[0] for one in here if len(one.medicines) == 1})
            both = self._knowledge.medicine("-".join(ids)) if len(ids) > 1 else None
            if both:
                return both, here[0]
        first = here[0]
        if len(first.medicines) > 1:
            return None, None
        return self._knowledge.medicine(first.medicines[0]), first

    @staticmethod
    def _others(ctx: Context) -> list[Named]:
        return [one for one in ctx.asks.named if one is not ctx.named]

    @staticmethod
    def _chosen_between(ctx: Context, others: list[Named]) -> bool:
        """Whether the medicine and another stand on both sides of an "or"."""
        ends = {one.end: one for one in (ctx.named, *others)}
        starts = {one.start for one in (ctx.named, *others)}
        words = ctx.asks.words
        return any(end + 1 in starts and words[end] in _OR for end in ends if end < len(words))

    def _reply(self, ctx: Context) -> Reply:
        kind = "overdose" if "overdose" in ctx.asks.flags else ctx.asks.intent
        others = self._others(ctx)
        topics = ctx.topics()
        told_apart = "difference" in ctx.asks.flags or self._chosen_between(ctx, others)
        if kind == "comparison" or (others and kind in _CHOICES and told_apart):
            return compared(ctx, others)
        if (
            others
            and kind in ("side_effects", "contraindication", "other", "use", "timing", "how_to_take")
            and not any(a.condition for a in ctx.asks.asked)
        ):
            kind = "interaction"
        if kind == "interaction":
            return by_quote.interaction(ctx, others)
        if kind == "use":
            return by_use.uses(ctx)
        if kind == "overview":
            return by_use.overview(ctx)
        if kind == "side_effects":
            return by_fact.side_effects(ctx)
        if kind == "mechanism":
            return by_fact.mechanism(ctx)
        if kind == "legal_status":
            return by_fact.legal(ctx)
        if kind == "onset_duration":
            return by_fact.onset(ctx)
        if kind == "contraindication":
            return by_fact.contraindication(ctx)
        if kind == "overdose":
            return by_quote.overdose(ctx)
        if kind == "other" or (
            kind in ("dose", "timing") and any(a.topic in ("driving", "sun") for a in topics)
        ):
            return by_quote.other(ctx)
        return by_quote.quoted(ctx, kind)

    def _made(self, asks: Understanding, reply: Reply, medicine: Medicine | None) -> Answer:
        knowledge = self._knowledge

        def document(id: str) -> Document | None:
            return knowledge.documents((id,)).get(id)

        numbering = Numbering(document, knowledge.quote)
        lines: list[Line] = reply.kept()
        sentences = numbering.sentences(lines)
        side = _table(reply.table, numbering, asks) if reply.table else None
        return Answer(
            question=asks.question,
            intent=asks.intent,
            answered=reply.answered,
            answer=sentences,
            references=tuple(numbering.references()),
            medicine=medicine,
            medicine_names=asks.focus,
            condition=asks.condition(),
            why_not=reply.why_not,
            offers=reply.offers or asks.offers,
            table=side,
            rule=reply.rule,
        )


def _table(draft: DraftTable, numbering: Numbering, asks: Understanding) -> Table:
    condition = next((a for a in asks.asked if a.condition), None)
    rows = [
        Row(
            id=row.id,
            title=row_title(row, condition.words if condition else ""),
            cells=numbering.sentences(row.cells),
        )
        for row in draft.rows
    ]
    return Table(columns=tuple(draft.columns), rows=tuple(rows))
