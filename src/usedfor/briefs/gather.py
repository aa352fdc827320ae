"""Everything the knowledge holds of one medicine, sorted the way the sections of a brief ask for it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from usedfor.briefs.draft import REFS_PER_FACT
from usedfor.briefs.evidence import STUDIED
from usedfor.briefs.naming import both_words, brand_words, display_name
from usedfor.briefs.places import routes_words
from usedfor.briefs.reactions import ordinal, ranked_reactions
from usedfor.briefs.tidy import is_cut
from usedfor.briefs.wording import a_an, same_key, say, table
from usedfor.model import (
    Caution,
    Condition,
    Document,
    Evidence,
    Medicine,
    Reaction,
    Span,
    Statement,
    Status,
    Study,
    Use,
)

# Statements that need no weighing: sections word them directly.
DIRECT_KINDS = ("route", "form", "schedule", "class", "mechanism", "onset", "duration", "approval_year")
WEIGHED_KINDS = (
    "indication",
    "limitation",
    "contraindication",
    "contraindicated_allergy",
    "contraindicated_medicine",
    "boxed_warning",
    "warning",
    "population",
    "dependence",
)
WORDED_KINDS = (*DIRECT_KINDS, "population", "dependence")
REACTIONS_SHOWN = 40


class Facts(Protocol):
    """What compiling asks of the knowledge store (:class:`usedfor.knowledge.store.Knowledge` answers it)."""

    def medicine(self, id: str) -> Medicine | None: ...  # noqa: D102
    def uses(self, medicine: str) -> Sequence[Use]: ...  # noqa: D102
    def reactions(self, medicine: str) -> Sequence[Reaction]: ...  # noqa: D102
    def cautions(self, medicine: str) -> Sequence[Caution]: ...  # noqa: D102
    def statements(self, medicine: str, kinds: Sequence[str] = ()) -> Sequence[Statement]: ...  # noqa: D102
    def statements_by_id(self, ids: Iterable[str]) -> Mapping[str, Statement]: ...  # noqa: D102
    def documents(self, ids: Iterable[str]) -> Mapping[str, Document]: ...  # noqa: D102
    def studies(self, documents: Iterable[str]) -> Mapping[str, Study]: ...  # noqa: D102
    def conditions(self, ids: Iterable[str]) -> Mapping[str, Condition]: ...  # noqa: D102
    def quote(self, span: Span) -> str | None: ...  # noqa: D102


class Dossier:
    """One medicine's facts, in the order a reader wants them. Made by :func:`gather`."""

    def __init__(self, facts: Facts, medicine: Medicine) -> None:
        self.facts = facts
        self.medicine = medicine
        self.name = display_name(medicine)
        generic = same_key(medicine.name)
        self._brands = {
            n.name.lower(): brand_words(n.name)
            for n in medicine.names
            if n.kind == "brand" and len(n.name) > 3 and same_key(n.name) not in generic
        }
        self._worded: dict[str, list[Statement]] = defaultdict(list)
        self.cautions: dict[str, list[Caution]] = defaultdict(list)
        self.uses = tuple(facts.uses(medicine.id))
        self.reactions = ranked_reactions(facts.reactions(medicine.id))
        cautions = facts.cautions(medicine.id)
        shown = self.reactions[:REACTIONS_SHOWN] + [r for r in self.reactions if r.severity][:REACTIONS_SHOWN]
        self._statements = {s.id: s for s in facts.statements(medicine.id, WEIGHED_KINDS + DIRECT_KINDS)}
        self._learn(shown)
        named = [*(u.condition for u in self.uses), *(r.condition for r in shown)]
        self._conditions = dict(facts.conditions(sorted({c for c in named if c})))
        self.documents = dict(facts.documents(sorted({s.span.document for s in self._statements.values()})))
        newest = sorted(self.documents.values(), key=lambda d: (d.effective, d.id), reverse=True)
        self._routes = {d.id: frozenset(r.lower() for p in d.products for r in p.routes) for d in newest}
        self._rank = {document.id: rank for rank, document in enumerate(newest)}
        worded = [s for s in self._statements.values() if s.kind in WORDED_KINDS]
        for statement in sorted(worded, key=self._newest_first):
            self._worded[statement.kind].append(statement)
        self.statements: dict[str, Statement] = {}
        self.studies: dict[str, Study] = {}
        self.as_of: dict[str, str] = getattr(getattr(facts, "manifest", None), "as_of", {})
        self.other_documents: dict[str, Document] = {}  # studies, and older versions of labels
        self._learn_studies()
        self.approved = self._merged("approved")
        self.limited = self._merged("not_indicated")
        self.contraindicated = self._merged("contraindicated")
        for caution in sorted(cautions, key=self._place_of):
            self.cautions[caution.kind].append(caution)

    def _learn(self, reactions: Iterable[Reaction]) -> None:
        ids = sorted(
            {e.statement for r in reactions for e in r.evidence[:REFS_PER_FACT]} - self._statements.keys()
        )
        if ids:
            self._statements.update(self.facts.statements_by_id(ids))

    def _learn_studies(self) -> None:
        """What the uses beyond the labels rest on."""
        beyond = [u for u in self.uses if u.status in STUDIED or u.status == "withdrawn"]
        if not beyond:
            return
        if any(u.status in STUDIED for u in beyond):
            self.statements = {s.id: s for s in self.facts.statements(self.medicine.id, ("studied",))}
        ids = sorted({e.statement for u in beyond for e in u.evidence} - self.statements.keys())
        self._statements.update(self.facts.statements_by_id(ids))
        documents = sorted({e.statement.rpartition("#")[0] for u in beyond for e in u.evidence})
        self.other_documents = dict(self.facts.documents(documents))
        self.studies = dict(self.facts.studies(documents))

    @property
    def labelled(self) -> bool:
        """Whether a label of it was read; else it is known from studies alone."""
        return bool(self.documents) or not self.studies

    @property
    def trials_read(self) -> bool:
        """Whether trials or papers were read for this knowledge."""
        return bool(self.studies) or "trials" in self.as_of or "papers" in self.as_of

    def studied(self, statuses: Sequence[Status]) -> list[Use]:
        """The uses of these statuses: by status as given, the surest first, then those studied most."""
        found = [u for u in self.uses if u.status in statuses]
        return sorted(found, key=lambda u: (statuses.index(u.status), u.level or 6, -len(u.evidence), u.id))

    def spans_against(self, use: Use) -> tuple[Span, ...]:
        """The spans of the evidence against a use."""
        against = (self._statements.get(e.statement) for e in use.evidence if e.direction == "against")
        return tuple(s.span for s in against if s)[:REFS_PER_FACT]

    def document(self, id: str) -> Document | None:
        """A cited document: a label, a study or an older label."""
        return self.documents.get(id) or self.other_documents.get(id)

    def dated(self, document: str) -> str:
        """The date of a document, "" where it is not known."""
        found = self.documents.get(document)
        return found.effective if found else ""

    def _newest_first(self, statement: Statement) -> tuple[int, str, int]:
        document = statement.span.document
        return self._rank.get(document, len(self._rank)), document, ordinal(statement.id)

    def _place_of(self, item: Use | Caution) -> tuple[int, int, int, str]:
        """More labels first; then the order in which the newest label names it."""
        first = next((s for e in item.evidence if (s := self._statements.get(e.statement))), None)
        if first is None:
            return 0, 0, 0, item.id
        labels = len({s.span.document for e in item.evidence if (s := self._statements.get(e.statement))})
        return -labels, self._newest_first(first)[0], first.span.start, item.id

    def _merged(self, status: Status) -> list[Use]:
        """The uses of one status in reading order, wordings of one condition together."""
        kept: dict[tuple[str, bool], Use] = {}
        for use in sorted((u for u in self.uses if u.status == status), key=self._place_of):
            key = same_key(self.condition_words(use.text, use.condition)), use.relation == "prevent"
            have = kept.get(key)
            kept[key] = (
                msgspec.structs.replace(
                    have,
                    evidence=have.evidence + use.evidence,
                    products=tuple(sorted({*have.products, *use.products})),
                    as_of=max(have.as_of, use.as_of),
                )
                if have
                else use
            )
        return list(kept.values())

    def found(self, kind: str) -> list[Statement]:
        """The statements of one kind, newest label first."""
        return self._worded[kind]

    def condition(self, id: str | None) -> Condition | None:
        """The condition with this id."""
        return self._conditions.get(id) if id else None

    def condition_words(self, text: str, condition: str | None) -> str:
        """A condition for a reader: the lay word with the professional one beside it."""
        return self.branded(both_words(text, self.condition(condition)))

    def branded(self, words: str) -> str:
        """The words with this medicine's brand names written as names."""
        for low, brand in self._brands.items():
            if low in words:
                words = re.sub(rf"\b{re.escape(low)}\b", brand, words)
        return words

    def use_words(self, use: Use) -> str:
        """The words of a use; with the condition's name before a role, and behind words that were cut."""
        words = self.condition_words(use.text, use.condition)
        role = use.relation == "procedure" and _is_role(words)
        condition = self.condition(use.condition)
        told = condition and set(same_key(condition.name).split()) <= set(same_key(words).split())
        if role:
            words = _with_article(words)
            if condition and not told:
                return say("use.for_as", condition=condition.name, role=words)
            return say("use.as", role=words)
        return f"{words} ({condition.name})" if condition and not told and is_cut(words) else words

    def also_approved(self, use: Use) -> bool:
        """Whether the condition that rules it out is also one that it is approved for.

        Then the label means some of these people (the pregnant, say), and the page must not say all of them.
        """
        key = f" {same_key(use.text)} "
        return any(
            (use.condition and use.condition == other.condition) or key in f" {same_key(other.text)} "
            for other in self.approved
            if other.relation == "treat"
        )

    def documents_of(self, evidence: Iterable[Evidence]) -> list[str]:
        """The documents in which the evidence for stands."""
        return list(dict.fromkeys(e.statement.rpartition("#")[0] for e in evidence if e.direction == "for"))

    def said_of(self, items: Iterable[Use | Caution | Reaction]) -> str:
        """ " (said of the form given by mouth)" where only labels of that route say so, else "".

        A medicine given by mouth and into a vein has labels that warn of different things; where some label
        of another route is silent, the reader is told whose warning it is.
        """
        if len(self._routes) < 2:
            return ""
        carrying = set()
        for item in items:
            documents = frozenset(self.documents_of(item.evidence))
            if not isinstance(item, Use) and item.labels > len(documents):
                return ""  # more labels say so than are named
            carrying.add(frozenset(r for d in documents for r in self._routes_of(d)))
        if len(carrying) != 1:
            return ""
        routes = carrying.pop()
        if not routes or not any(other and not other & routes for other in self._routes.values()):
            return ""
        return say("route.said_of", routes=routes_words(sorted(routes), short=True)).rstrip(".")

    def _routes_of(self, document: str) -> frozenset[str]:
        return self._routes.get(document, frozenset())

    def spans(self, evidence: Iterable[Evidence], limit: int = REFS_PER_FACT) -> tuple[Span, ...]:
        """The spans of the evidence for, newest label first, one for each document, at most ``limit``."""
        return self.spans_of(
            (s for e in evidence if e.direction == "for" and (s := self._statements.get(e.statement))), limit
        )

    def spans_of(self, statements: Iterable[Statement], limit: int = REFS_PER_FACT) -> tuple[Span, ...]:
        """The same for statements."""
        first: dict[str, Span] = {}
        if len(self._rank) > 1:
            statements = sorted(statements, key=lambda s: self._rank.get(s.span.document, len(self._rank)))
        for statement in statements:
            first.setdefault(statement.span.document, statement.span)
        return tuple(first.values())[:limit]

    def spans_elsewhere(self, use: Use) -> tuple[Span, ...]:
        """The spans of another medicine's use: its newest label alone."""
        ids = [e.statement for e in use.evidence if e.direction == "for"][:1]
        self._statements.update(self.facts.statements_by_id(ids))
        missing = {
            self._statements[i].span.document for i in ids if i in self._statements
        } - self.documents.keys()
        self.documents.update(self.facts.documents(sorted(missing)))
        if use.condition and use.condition not in self._conditions:
            self._conditions.update(self.facts.conditions([use.condition]))
        return self.spans(use.evidence, 1)

    def each(self, items: Iterable[Use | Caution | Reaction]) -> tuple[Span, ...]:
        """One span for each thing a sentence lists."""
        return tuple(dict.fromkeys(span for item in items for span in self.spans(item.evidence, 1)))


def gather(facts: Facts, medicine: Medicine) -> Dossier:
    """All that is known of ``medicine``, asked from ``facts`` in a handful of look-ups; of two snapshots
    behind each other, from the one that has it."""
    side: Callable[[str], Facts] | None = getattr(facts, "side", None)
    return Dossier(side(medicine.id) if side else facts, medicine)


def _is_role(words: str) -> bool:
    """Whether they say what the medicine serves as ("supplement to other agents"), not what is done."""
    return _head(words) in table("cues")["roles"]


def _with_article(role: str) -> str:
    """ "the sole agent", "a supplement to other agents"."""
    return f"the {role}" if role.split()[0] in table("cues")["only"] else a_an(role)


def _head(words: str) -> str:
    """The noun of a phrase: the last word before the first preposition."""
    return re.split(r" (?:for|to|in|of|during|before) ", words, maxsplit=1)[0].split(" ")[-1]
