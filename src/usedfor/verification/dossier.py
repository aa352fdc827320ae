"""What a snapshot holds of one medicine, gathered once and kept."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property

from usedfor.knowledge import Knowledge
from usedfor.model import Document, Medicine, Statement, Use
from usedfor.verification.facts import Facts
from usedfor.verification.index import Index
from usedfor.verification.lexicon import stem, stems, tokens
from usedfor.verification.units import Unit, misspelt

__all__ = ["Dossier"]

_LABELS = ("openfda", "dailymed")
_MOST = 3  # labels of one medicine that a claim is held against, where no brand is named
_SCHEDULES = {"CI": 1, "CII": 2, "CIII": 3, "CIV": 4, "CV": 5}
_UNCONTROLLED = re.compile(r"not (?:contain )?(?:a |any )?(?:federally )?(?:controlled|scheduled)", re.I)
_HARD = ("controlled_substance", "drug_abuse_and_dependence", "abuse", "dependence")


class Dossier:
    """One medicine: its labels, their indexes, and what was read from them."""

    def __init__(self, knowledge: Knowledge, medicine: Medicine) -> None:
        self.knowledge = knowledge.side(medicine.id)
        self.medicine = medicine
        self._indexes: dict[str, Index] = {}

    @cached_property
    def labels(self) -> tuple[Document, ...]:
        """Its current labels, the newest first."""
        found = [d for d in self.knowledge.documents_of(self.medicine.id) if d.source in _LABELS]
        return tuple(sorted(found, key=lambda d: (d.effective, d.id), reverse=True))

    @cached_property
    def names(self) -> frozenset[str]:
        """Stems of its own names."""
        words = {s for name in self.medicine.names for s in stems(name.name)}
        for label in self.labels:
            for product in label.products:
                brand = (product.brand or "").split()
                # of a brand of many words ("... Bronchial Challenge Test Kit") the first is the name
                words.update(stems(" ".join(brand if len(brand) < 3 else brand[:1])))
                words.update(stems(product.generic or ""))
        return frozenset(w for w in words if len(w) > 2 and not w.isdigit() and w not in _COMMON)

    def named_in(self, text: str) -> bool:
        """Whether a text names the medicine: by a name of its own, a misspelt one, or all words of one."""
        found = tokens(text)
        said = frozenset(one for one, _, _ in found)
        if said & self.names or any(
            b - a > 5 and misspelt(text[a:b].lower(), self.names) for _, a, b in found
        ):
            return True
        return any(words and words <= said for words in self._whole_names)

    def absent_brand(self, text: str) -> bool:
        """Whether a text names a brand without a label here, and none that has one."""
        said = frozenset(one for one, _, _ in tokens(text))
        return bool(said & self._brands[1]) and not said & self._brands[0]

    @cached_property
    def _brands(self) -> tuple[frozenset[str], frozenset[str]]:
        """Stems of the brands with a label here, and of those without."""
        generic = {s for name in self.medicine.names if name.kind != "brand" for s in stems(name.name)}
        generic |= set(stems(self.medicine.name)) | _COMMON
        for label in self.labels:
            generic |= {s for product in label.products for s in stems(product.generic or "")}
        here = {s for d in self.labels for p in d.products for s in stems(p.brand or "")} - generic
        known = {
            s for name in self.medicine.names if name.kind == "brand" for s in stems(name.name)
        } - generic
        return frozenset(here), frozenset(s for s in known - here if len(s) > 3) if here else frozenset()

    @cached_property
    def figures(self) -> frozenset[str]:
        """The figures that are part of its names ("Exondys 51")."""
        named = [name.name for name in self.medicine.names]
        named += [product.brand or "" for label in self.labels for product in label.products]
        return frozenset(one for name in named for one in stems(name) if one.isdigit())

    @cached_property
    def _whole_names(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(stems(name.name)) for name in self.medicine.names)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """All that was read of it."""
        return self.knowledge.statements(self.medicine.id)

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Its uses with their statuses."""
        return self.knowledge.uses(self.medicine.id)

    @cached_property
    def conditions(self) -> dict[str, frozenset[str]]:
        """Condition ids by the status of the use, and under "reaction"."""
        found: dict[str, set[str]] = defaultdict(set)
        for use in self.uses:
            if use.condition:
                found[use.status].add(use.condition)
                if use.status == "not_indicated" and use.relation == "prevent":
                    found["not_preventing"].add(use.condition)
        for statement in self.statements:
            if statement.kind == "adverse_reaction" and statement.condition:
                found["reaction"].add(statement.condition)
        return {status: frozenset(ids) for status, ids in found.items()}

    def index(self, document: Document) -> Index:
        """The index of a label."""
        found = self._indexes.get(document.id)
        if found is None:
            texts = self.knowledge.texts(document.id)
            found = self._indexes[document.id] = Index(document, texts, () if texts else self.statements)
        return found

    def chosen(self, text: str, name: str | None) -> tuple[Document, ...]:
        """The labels a claim is held against: those of the product that it or the reader names, else the
        newest."""
        if len(self.labels) < 2:
            return self.labels
        said = frozenset(s for s, _, _ in tokens(f"{text} {name or ''}"))
        scored = []
        for label in self.labels:
            brands = {s for p in label.products for s in stems(p.brand or "")} - _COMMON
            generic = {s for p in label.products for s in stems(p.generic or "")} - _COMMON
            scored.append(
                (
                    bool(brands & said - {stem(w) for w in self.medicine.name.split()}),
                    _fit(generic, name),
                    label,
                )
            )
        best = max((branded, fit) for branded, fit, _ in scored)
        return tuple(label for branded, fit, label in scored if (branded, fit) == best)[:_MOST]

    def facts(self, units: tuple[Unit, ...], documents: tuple[Document, ...]) -> Facts:
        """What was read that a claim with these units asks for."""
        here = {d.id for d in documents}
        facts = Facts()
        schedules = [
            s.topic
            for s in self.statements
            if s.kind == "schedule" and s.topic in _SCHEDULES and s.span.document in here
        ]
        if schedules:
            facts.schedule = _SCHEDULES[max(set(schedules), key=lambda t: (schedules.count(t), t)) or ""]
        else:
            texts = " ".join(self.index(d).texts.get(field, "") for d in documents for field in _HARD)
            facts.uncontrolled = _UNCONTROLLED.search(texts) is not None
        facts.routes = frozenset(
            s.topic for s in self.statements if s.kind == "route" and s.topic and s.span.document in here
        )
        asked = {u.id for u in units if u.kind == "condition" and u.id}
        if asked:
            by = self.conditions

            def share(*statuses: str) -> float:
                return len(asked & frozenset().union(*(by.get(s, frozenset()) for s in statuses))) / len(
                    asked
                )

            facts.approved = share("approved")
            facts.limited = share("not_indicated")
            facts.contraindicated = share("contraindicated")
            facts.withdrawn = float(bool(share("withdrawn")) and not facts.approved)
            facts.reaction = share("reaction")
        return facts


_COMMON = frozenset(
    stem(word)
    for word in """
    injection tablet tablets capsule capsules solution oral cream gel ointment and for kit the with of acid
    sodium hydrochloride extended release delayed acetate phosphate suspension powder spray nasal ophthalmic
    topical sulfate preparation mesylate fumarate tartrate citrate human recombinant hcl usp xr er sr dr odt
    pen prefilled syringe chloride potassium calcium magnesium bromide maleate succinate drops children adult
    """.split()  # noqa: SIM905
)


def _fit(generic: set[str], name: str | None) -> float:
    """How well a product's generic name fits the name the reader gave, salts and suffixes counted."""
    if not name:
        return 0.0
    asked = set(stems(name))
    return round(len(asked & generic) / len(asked | generic), 2) if asked | generic else 0.0
