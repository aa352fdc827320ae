"""One question with what is at hand to answer it, and the shape of what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from usedfor.answers.newest import Newest
from usedfor.answers.reading import Found, Library, Want
from usedfor.answers.types import Asked, Named, Understanding
from usedfor.answers.wording import say, stem, table
from usedfor.briefs.draft import Line, advice, fact
from usedfor.briefs.gather import Dossier, gather
from usedfor.briefs.naming import brand_words, display_name
from usedfor.briefs.wording import capital

if TYPE_CHECKING:
    from usedfor.answers.compare import DraftTable
    from usedfor.knowledge import Knowledge
    from usedfor.model import Medicine

__all__ = ["Context", "Reply", "ask_line", "named_first", "not_said", "quotes"]

_TELLS = ("interaction", "other", "contraindication", "timing", "stopping")
_DIRECTS = (
    r"\b(?:avoid|should not|do not|not be (?:given|used|taken)|contraindicated|except|not recommended|"
    r"as soon as)\b"
)
WORDS = 88  # of an answer; what is beyond is left out


class Reply(msgspec.Struct):
    """What a family made: its lines in order, the more important first."""

    lines: list[Line]
    answered: bool
    rule: str
    why_not: str | None = None
    offers: tuple[str, ...] = ()
    medicine: str | None = None  # the id, where it is not the first that is named
    table: DraftTable | None = None

    def kept(self, words: int = WORDS) -> list[Line]:
        """The lines that fit: the first always, none twice."""
        out: list[Line] = []
        left = words
        seen: set[str] = set()
        for line in self.lines:
            count = len(line.text.split())
            if line.text in seen or (out and (count > left or len(out) == 5)):
                continue
            seen.add(line.text)
            left -= count
            out.append(line)
        return out


class Context:
    """The question, its medicine, and the ways to look things up."""

    def __init__(
        self, knowledge: Knowledge, library: Library, asks: Understanding, medicine: Medicine, named: Named
    ) -> None:
        self.knowledge = knowledge
        self.library = library
        self.asks = asks
        self.medicine = medicine
        self.named = named

    @cached_property
    def dossier(self) -> Dossier:
        """What is known of the medicine."""
        return gather(Newest(self.knowledge), self.medicine)

    @cached_property
    def name(self) -> str:
        """What the answer calls it: the brand that was asked for with the generic name, or that name."""
        own = display_name(self.medicine)
        asked = next(
            (n.name for n in self.medicine.names if n.kind == "brand" and _key(n.name) == self.named.name),
            None,
        )
        if asked is None or _key(asked) in _key(own):
            return own
        return f"{brand_words(asked)} ({own})"

    @cached_property
    def brand(self) -> str | None:
        """The key of the brand that was asked for, None where it was asked for by another name."""
        brands = {_key(n.name) for n in self.medicine.names if n.kind == "brand"}
        return self.named.name if self.named.name in brands else None

    @property
    def id(self) -> str:
        """The medicine's id."""
        return self.medicine.id

    def search(
        self,
        kind: str,
        asked: Sequence[Asked] = (),
        *,
        sections: Sequence[str] = (),
        needed: bool = False,
        least: float = 0.35,
        marks: Sequence[str] = (),
        unless: Sequence[str] = (),
        limit: int = 2,
        medicine: str | None = None,
    ) -> list[Found]:
        """The best passages of the medicine's labels."""
        if kind in _TELLS:
            marks = (*marks, _DIRECTS)
        want = Want(
            kind=kind,
            asked=tuple(asked),
            sections=tuple(sections),
            needed=needed,
            least=least,
            marks=tuple(marks),
            unless=tuple(unless),
            limit=limit,
        )
        return self.library.search(medicine or self.id, want, self.brand if medicine is None else None)

    def topics(self) -> list[Asked]:
        """What is asked about that is a topic."""
        return [a for a in self.asks.asked if a.topic]

    def things(self) -> list[Asked]:
        """What is asked about, of any sort, names of other medicines left out."""
        names = {one.words for one in self.asks.named}
        return [a for a in self.asks.asked if (a.topic or a.words not in names) and not _vague(a)]

    def other_medicine(self, one: Named) -> Asked:
        """Another medicine as something to look for: by its names and its class."""
        names = [one.words, one.name]
        for id in one.medicines[:3]:
            found = self.knowledge.medicine(id)
            if found:
                names += [found.name, *(n.name.lower() for n in found.names if n.kind == "brand")][:9]
                for s in self.knowledge.statements(id, ("class",))[:6]:
                    words = s.text.lower().removesuffix("[epc]").strip()
                    if 1 < len(words.split()) < 6:
                        head, _, last = words.rpartition(" ")
                        names.append(f"{head} {stem(last)}")
                    names += [a for c, more in table("classes").items() if c in words for a in more]
        return Asked(words=one.words, patterns=tuple(dict.fromkeys(n for n in names if len(n) > 2)))


def _vague(asked: Asked) -> bool:
    """Words that say what kind of answer is wanted, which the kind says already."""
    return not asked.topic and not asked.condition and asked.words in str(table("vague")["words"]).split()


def _key(name: str) -> str:
    from usedfor.knowledge.names import name_key

    return name_key(name)


def quotes(found: Sequence[Found], first: str = "quote.first", **values: object) -> list[Line]:
    """The passages as sentences."""
    lines = []
    for n, one in enumerate(found):
        line = fact(say(first if n == 0 else "quote.more", words=one.words, **values), [one.span])
        if line:
            lines.append(line)
    return lines


def named_first(lines: Sequence[Line], name: str) -> list[Line]:
    """The lines, the first naming the medicine instead of "It"."""
    out = list(lines)
    if out:
        text = out[0].text
        if text.startswith("It "):
            out[0] = Line(f"{capital(name)} {text[3:]}", out[0].spans, out[0].kind)
        elif text.startswith("Its label "):
            out[0] = Line(f"The label of {name} {text[10:]}", out[0].spans, out[0].kind)
    return out


def not_said(ctx: Context, asked: str = "") -> str:
    """That it was not found: in the labels, or, where their texts are not here, among the facts."""
    if not ctx.library.texts:
        return say("none.facts_only", name=ctx.name, own=ctx.medicine.name)
    return say("none.nothing_of", name=ctx.name, asked=asked) if asked else say("none.nothing", name=ctx.name)


def ask_line() -> Line:
    """Whom to ask."""
    return advice(say("advice.ask"))
