"""Questions across all medicines: which cause hair loss, which are approved for hot flashes.

The facts come first (uses and reactions by condition); what people type besides is looked up in the index of
the documents' sentences (:mod:`usedfor.knowledge.search`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from usedfor.answers.context import Reply, ask_line
from usedfor.answers.types import Understanding
from usedfor.answers.wording import say
from usedfor.briefs.draft import fact, unknown
from usedfor.briefs.naming import display_name
from usedfor.briefs.reactions import frequency
from usedfor.briefs.wording import listed
from usedfor.model import Condition, Evidence, Span

if TYPE_CHECKING:
    from usedfor.knowledge import Knowledge
    from usedfor.model import Status

__all__ = ["Fact", "across", "facts", "find_condition"]

_SHOWN = 6
_CAUSES = re.compile(r"\b(?:cause|induc|side effect|contribut|adverse|lead to|make you)", re.I)
_AGAINST = re.compile(r"\b(?:contraindicat|not (?:be )?(?:taken|used|given)|rule[sd]? out|avoid)", re.I)
_PREVENTS = re.compile(r"\bprevent", re.I)
_MEDICINES = re.compile(
    r"\b(?:medicines?|medications?|drugs?|meds|pills?|treatments?|treats?|approved|antibiotics?|painkillers?)\b"
)
_USES = re.compile(r"\b(?:approved|indicated|used|uses?|treat|for)\b", re.I)
_WORDS = 6


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One medicine for which a condition is a use, a side effect or a reason not to have it."""

    medicine: str
    name: str
    kind: str  # "use" or "reaction"
    status: str  # of the use; "listed" for a reaction
    text: str
    per_cent: float | None
    as_of: str | None
    spans: tuple[Span, ...]


def find_condition(knowledge: Knowledge, words: str) -> tuple[Condition, str] | None:
    """The condition with the longest name that stands in the words, and those words."""
    parts = re.findall(r"[\w'-]+", words.lower())[:60]
    for n in range(min(_WORDS, len(parts)), 0, -1):
        for at in range(len(parts) - n + 1):
            phrase = " ".join(parts[at : at + n])
            if len(phrase) > 3:
                found = knowledge.find_conditions(phrase)
                if found:
                    return found[0], phrase
    return None


def kind_of(words: str) -> str:
    """ "reaction", "contraindicated", "prevent" or "approved": what is asked of a condition; "" for none."""
    if _CAUSES.search(words):
        return "reaction"
    if _AGAINST.search(words):
        return "contraindicated"
    if _PREVENTS.search(words):
        return "prevent"
    return "approved" if _USES.search(words) else ""


def facts(
    knowledge: Knowledge, condition: Condition, kind: str, status: str | None = None, since: str | None = None
) -> list[Fact]:
    """The medicines for which the condition is what ``kind`` says, the most certain first.

    ``status``: uses of this status instead; ``since``: an ISO date, older evidence left out.
    """
    from usedfor.knowledge.search import reactions_of

    found: list[Fact] = []
    if kind == "reaction" and status is None:
        reactions = reactions_of(knowledge, condition.id)
        for r in sorted(reactions, key=lambda r: (-frequency(r), -r.labels, r.medicine)):
            medicine = knowledge.medicine(r.medicine)
            if medicine:
                found.append(
                    Fact(
                        medicine=r.medicine,
                        name=display_name(medicine),
                        kind="reaction",
                        status="listed",
                        text=r.text,
                        per_cent=frequency(r) or None,
                        as_of=None,
                        spans=_spans(knowledge, r.evidence),
                    )
                )
        return [f for f in found if f.spans]
    wanted: Status | str = status or ("contraindicated" if kind == "contraindicated" else "approved")
    uses = [u for u in knowledge.uses_for(condition.id) if u.status == wanted]
    if wanted == "approved" and status is None:
        relation = ("prevent",) if kind == "prevent" else ("treat", "procedure", "diagnose")
        uses = [u for u in uses if u.relation in relation] or uses
    for u in sorted(uses, key=lambda u: (-len(u.evidence), u.medicine, u.id)):
        medicine = knowledge.medicine(u.medicine)
        if medicine and (since is None or u.as_of >= since):
            found.append(
                Fact(
                    medicine=u.medicine,
                    name=display_name(medicine),
                    kind="use",
                    status=u.status,
                    text=u.text,
                    per_cent=None,
                    as_of=u.as_of,
                    spans=_spans(knowledge, u.evidence),
                )
            )
    return [f for f in found if f.spans]


def _spans(knowledge: Knowledge, evidence: Sequence[Evidence]) -> tuple[Span, ...]:
    ids = [e.statement for e in evidence if e.direction == "for"][:1]
    return tuple(s.span for s in knowledge.statements_by_id(ids).values())


def across(knowledge: Knowledge, asks: Understanding) -> Reply | None:
    """The reply to a question about a condition and no medicine, or None where it is no such question."""
    low = asks.question.lower()
    if not re.search(r"\b(?:what|which|any|list|name)\b|\bapproved\b|\bare there\b", low):
        return None
    if not _MEDICINES.search(low):
        return None
    asked = next((a for a in asks.asked if a.condition), None)
    if asked is None or asked.condition is None or "diagnosis" in asks.flags:
        return None
    kind = kind_of(low) or "approved"
    found = facts(knowledge, asked.condition, kind)
    named: dict[str, Any] = {}
    for one in found:
        named.setdefault(one.name, one)
    shown = list(named.values())[:_SHOWN]
    if not shown:
        text = say("across.none", asked=asked.words)
        return Reply([unknown(text), ask_line()], False, "across.none", text)
    more = len(named) - len(shown)
    names = [f.name for f in shown] + ([f"{more} more"] if more else [])
    line = fact(
        say(f"across.{kind}", asked=asked.words, medicines=listed(names, limit=len(names))),
        [s for f in shown for s in f.spans[:1]],
    )
    return Reply([line, ask_line()], True, f"across.{kind}") if line else None
