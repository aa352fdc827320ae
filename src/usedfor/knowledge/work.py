"""What the workers do: read one label, judge one medicine. Functions of their argument alone; no engine in
sight.

``read`` is called for every label there is, ``judge`` for every medicine with the labels that are current.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from usedfor.errors import DocumentError
from usedfor.knowledge import briefly, rows
from usedfor.knowledge.names import name_key
from usedfor.knowledge.staging import Staged, bodies
from usedfor.knowledge.studying import said_of
from usedfor.knowledge.tables import Row
from usedfor.model import Condition, Document, Medicine, Name, Statement
from usedfor.sources import Raw, parse

if TYPE_CHECKING:
    from usedfor.vocabulary import Vocabulary

__all__ = ["PARTS", "Case", "Parts", "Verdict", "conditions", "judge", "prepare", "read"]


class Case(msgspec.Struct, frozen=True):
    """One medicine to judge: where the staged labels are, and which of them are its current ones."""

    medicine: str
    staging: str
    labels: tuple[int, ...]  # numbers of staged labels, sorted by document id
    had: frozenset[str] = frozenset()  # ids of documents whose own rows are there already
    brief: bool = False  # cut the labels' own words, as the starter needs it
    studies: str = ""  # where the staged studies are
    older: tuple[int, ...] = ()  # numbers of older versions of its labels
    current: str = ""  # what the indications of its labels say, where there are older versions


class Verdict(msgspec.Struct, frozen=True):
    """The rows of one medicine, each table's in order, and the conditions they name.

    The rows are packed: they travel as one run of bytes and become objects once, where they are written.
    """

    packed: bytes
    conditions: list[str]

    @classmethod
    def of(cls, tables: dict[str, list[Row]], conditions: Iterable[str] = ()) -> Verdict:
        """Pack the rows."""
        return cls(msgspec.msgpack.encode(tables), sorted(conditions))

    def rows(self) -> dict[str, list[Row]]:
        """The rows by table."""
        return _rows(self.packed)


_rows = msgspec.msgpack.Decoder(dict[str, list[tuple[Any, ...]]]).decode


# A label of a few words: reading it makes every reader load what it needs.
_FIRST = b"""{
    "id": "first", "set_id": "first", "version": "1", "effective_time": "20260101",
    "indications_and_usage": ["It is indicated for pain."], "contraindications": ["Pain."],
    "boxed_warning": ["WARNING: PAIN"], "warnings_and_cautions": ["5.1 Pain"], "pregnancy": ["No data."],
    "adverse_reactions": ["Pain (1%)."],
    "adverse_reactions_table": ["<table><tr><td>Pain</td><td>1</td></tr></table>"],
    "openfda": {"generic_name": ["EXAMPLE"]}
}"""


def prepare() -> None:
    """Load what every label needs, once in a worker's life and outside any label's time."""
    read(Raw("openfda", "first", _FIRST))


@cache
def _vocabulary() -> Vocabulary:
    from usedfor.vocabulary import load

    return load()


def read(raw: Raw) -> Staged:
    """One label's bytes -> what it says, ready to be staged.

    :raises DocumentError: where it cannot be read.
    """
    from usedfor.extraction.label import read_label

    vocabulary = _vocabulary()
    document = parse(raw)
    medicine = vocabulary.medicines.of_document(document)
    statements = read_label(document, vocabulary)
    for statement in statements:
        if statement.medicine != medicine.id or statement.span.document != document.id:
            raise DocumentError(raw.origin, f"a statement of another document or medicine: {statement.id}")
    return Staged.of(document, medicine, statements, len(raw.data))


def judge(case: Case) -> Verdict:
    """All current labels of one medicine -> its rows in every table but those of conditions.

    One without labels has rows where studies make uses of it.
    """
    from usedfor.appraisal import Beyond, Origin, appraise

    labels = bodies(Path(case.staging), case.labels)
    documents = [label.document for label in labels]
    known = _vocabulary().medicines.get(case.medicine) if not labels else None
    medicine = known or merged([label.medicine for label in labels], documents)
    statements = [s for label in labels for s in label.statements]
    origins = {
        d.id: Origin(
            id=d.id, set_id=d.set_id, effective=d.effective, brands=rows.brands(d), routes=rows.routes(d)
        )
        for d in documents
    }
    beyond = None
    if case.studies or case.older:
        said = said_of(Path(case.studies), case.medicine) if case.studies else []
        origins |= {s.document: Origin(id=s.document, set_id=s.document, effective=s.effective) for s in said}
        statements += [one for s in said for one in s.statements]
        older = list(_older(case))
        origins |= {
            d.id: Origin(id=d.id, set_id=d.set_id, effective=d.effective, brands=rows.brands(d))
            for d, _ in older
        }
        before = [s for _, some in older for s in some if s.kind == "indication"]
        above, names = _above({s.condition for s in (*statements, *before) if s.condition})
        beyond = Beyond(
            studies={s.document: s.study for s in said},
            above=above,
            names=names,
            older=before,
            current=case.current,
        )
    found = appraise(medicine, statements, origins, beyond)
    if not labels and not found.uses:
        return Verdict.of({}, ())
    if beyond is not None:
        cited = {e.statement for u in found.uses if u.status == "withdrawn" for e in u.evidence}
        statements += [s for s in beyond.older if s.id in cited]
        statements.sort(key=lambda s: rows.split_id(s.id))
    tables: dict[str, list[Row]] = {
        "medicines": [rows.medicine_row(medicine, len(documents))],
        "medicine_names": [
            (medicine.id, place, name.name, name.kind, name_key(name.name))
            for place, name in enumerate(medicine.names)
        ],
        "documents": [rows.document_row(d, medicine.id) for d in documents if d.id not in case.had],
        "statements": [rows.statement_row(s) for s in statements if s.span.document not in case.had],
        "uses": [rows.use_row(u) for u in found.uses],
        "use_evidence": [row for u in found.uses for row in rows.use_evidence_rows(u)],
        "reactions": [rows.reaction_row(r) for r in found.reactions],
        "cautions": [rows.caution_row(c) for c in found.cautions],
    }
    if case.brief:
        tables = {name: [briefly.cut_row(name, row) for row in table] for name, table in tables.items()}
    named = {s.condition for s in statements} | {r.condition for r in found.reactions}
    named |= {u.condition for u in found.uses} | {c.condition for c in found.cautions}
    return Verdict.of(tables, (c for c in named if c))


def _older(case: Case) -> list[tuple[Document, tuple[Statement, ...]]]:
    return [(one.document, one.statements) for one in bodies(Path(case.staging), case.older)]


def _above(conditions: Iterable[str]) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """The parents of these conditions and of all above them, and the names of the conditions themselves."""
    above: dict[str, tuple[str, ...]] = {}
    names: dict[str, tuple[str, ...]] = {}
    waiting = sorted(conditions)
    asked = set(waiting)
    while waiting:
        id_ = waiting.pop()
        if id_ not in above and (condition := _vocabulary().conditions.get(id_)) is not None:
            above[id_] = condition.parents
            waiting += condition.parents
            if id_ in asked:
                names[id_] = condition.names
    return above, names


def merged(medicines: Sequence[Medicine], documents: Sequence[Document]) -> Medicine:
    """One medicine with the names that every one of its labels gives it, each name once."""
    first = medicines[0]
    names = [Name(name=first.name, kind="generic")]
    names += [name for medicine in medicines for name in medicine.names]
    for product in (p for d in documents for p in d.products):
        if product.generic:
            names.append(Name(name=product.generic.lower(), kind="synonym"))
        if product.brand:
            names.append(Name(name=product.brand, kind="brand"))
    ids: dict[str, str] = {}
    for medicine in medicines:
        for key, value in sorted(medicine.ids.items()):
            ids.setdefault(key, value)
    return msgspec.structs.replace(first, names=_once(names), ids=ids)


def _once(names: Iterable[Name]) -> tuple[Name, ...]:
    seen: dict[str, Name] = {}
    for name in names:
        seen.setdefault(" ".join(name.name.casefold().split()), name)
    return tuple(seen.values())


def conditions(ids: Sequence[str]) -> Verdict:
    """The rows of these conditions and of all their parents."""
    known: dict[str, Condition] = {}
    waiting = list(ids)
    while waiting:
        id_ = waiting.pop()
        if id_ not in known and (condition := _vocabulary().conditions.get(id_)) is not None:
            known[id_] = condition
            waiting += condition.parents
    ordered = [known[id_] for id_ in sorted(known)]
    return Verdict.of(
        {
            "conditions": [rows.condition_row(c) for c in ordered],
            "condition_names": [row for c in ordered for row in rows.condition_name_rows(c)],
        }
    )


class Parts(msgspec.Struct, frozen=True):
    """The functions a build is made of; tests put simple ones in their places."""

    prepare: Callable[[], Any]
    read: Callable[[Raw], Staged]
    judge: Callable[[Case], Verdict]
    conditions: Callable[[Sequence[str]], Verdict]


PARTS = Parts(prepare, read, judge, conditions)
