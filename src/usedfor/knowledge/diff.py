"""What changed between two snapshots: label by label, and over all that is known of a medicine.

A label is followed by its set id. That a reader finds a use in one version and misses it in the other is not
a change of the label: where the documents' texts are in the snapshots, a use counts as added or withdrawn
only if its words are not in the other version's section.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from usedfor.appraisal.grouping import key, plain
from usedfor.knowledge import diff_lines
from usedfor.knowledge.diff_shape import Change, Cited, Difference, cite, cite_id
from usedfor.knowledge.store import Knowledge
from usedfor.model import Document, Span, Statement, Study

__all__ = ["Change", "Cited", "Difference", "compare"]

_LABEL_KINDS = (
    "indication", "limitation", "boxed_warning",
    "contraindication", "contraindicated_allergy", "contraindicated_medicine",
)  # fmt: skip
_NAMES = {"indication": "indication", "limitation": "limitation", "boxed_warning": "boxed"}
_BY_LABELS = frozenset(("approved", "not_indicated", "contraindicated"))
_ALIKE = 0.5  # share of a wording's words that another has, from which they are one thing


def compare(old: Knowledge, new: Knowledge, medicines: Sequence[str] | None = None) -> Difference:
    """Every change from ``old`` to ``new``, of these medicines (ids) or of all."""
    before, after = set(old.medicine_ids()), set(new.medicine_ids())
    wanted = sorted(before | after if medicines is None else set(medicines) & (before | after))
    changes: list[Change] = []
    compared = 0
    for medicine in wanted:
        if medicine not in before or medicine not in after:
            side, rule = (
                (new, "change.medicine_added") if medicine in after else (old, "change.medicine_removed")
            )
            documents = side.documents_of(medicine)
            cited = cite(side, documents[0]) if documents else None
            found = side.medicine(medicine)
            named = Change(
                medicine=medicine, rule=rule, text=found.name if found else medicine,
                before=None if side is new else cited, after=cited if side is new else None,
            )  # fmt: skip
            changes.append(named)
            continue
        pairs, of_labels = _labels(old, new, medicine)
        compared += pairs
        changes += of_labels
        changes += _statuses(old, new, medicine)
        changes += _studies(old, new, medicine)
    ordered = sorted(set(changes), key=lambda c: (c.medicine, not c.grave, c.rule, c.text, c.set_id or ""))
    return Difference(
        old=old.manifest.digest,
        new=new.manifest.digest,
        as_of={"old": old.manifest.as_of, "new": new.manifest.as_of},
        compared=compared,
        changes=tuple(ordered),
    )


# --- labels -------------------------------------------------------------------------------------------------


def _labels(old: Knowledge, new: Knowledge, medicine: str) -> tuple[int, list[Change]]:
    was = {d.set_id: d for d in old.documents_of(medicine) if _is_label(d)}
    now = {d.set_id: d for d in new.documents_of(medicine) if _is_label(d)}
    both = [s for s in sorted(was.keys() & now.keys()) if was[s].id != now[s].id]
    if not both:
        return 0, []
    said_before = _by_document(old.statements(medicine, _LABEL_KINDS))
    said_after = _by_document(new.statements(medicine, _LABEL_KINDS))
    changes: list[Change] = []
    for set_id in both:
        one = _Side(old, was[set_id], said_before[was[set_id].id])
        other = _Side(new, now[set_id], said_after[now[set_id].id])
        changes += _label(medicine, one, other)
    return len(both), changes


class _Side:
    """One version of a label: what was read of it, and its words."""

    def __init__(self, knowledge: Knowledge, document: Document, statements: Sequence[Statement]) -> None:
        self.knowledge = knowledge
        self.document = document
        self.statements = statements
        self._texts: dict[str, str] | None = None

    def of(self, *kinds: str) -> list[Statement]:
        return [s for s in self.statements if s.kind in kinds]

    def words(self, section: str) -> str:
        """The section's words, " a b c "; empty where the texts are not here."""
        if self._texts is None:
            self._texts = self.knowledge.texts(self.document.id) if self.knowledge.quotes else {}
        return f" {plain(self._texts.get(section, ''))} "

    def lines(self, statements: Sequence[Statement], names: Sequence[str], about: str) -> diff_lines.Version:
        """What these statements' sections say of the condition, and what of it and of no other."""
        self.words("")  # so that the texts are here
        texts = self._texts or {}
        others = [s for s in self.of("indication") if key(s) != about]
        found = diff_lines.Version([], [])
        for section in sorted({s.span.section for s in statements} & texts.keys()):
            some = diff_lines.read(self.document.id, section, texts[section], statements, others, names)
            found.clauses.extend(some.clauses)
            found.all.extend(some.all)
        return found

    def cite(self, statement: Statement | None) -> Cited:
        return cite(self.knowledge, self.document, statement)

    def near(self, statement: Statement) -> Statement | None:
        """The statement of the same kind whose words are the most alike, to cite beside it."""
        same = self.of(statement.kind)
        return max(same, key=lambda s: (_alike(s.text, statement.text), s.id), default=None)


def _label(medicine: str, old: _Side, new: _Side) -> Iterator[Change]:
    boxes = [side.document.section("boxed_warning") is not None for side in (old, new)]
    for gone, here, suffix in ((old, new, "added"), (new, old, "removed")):
        for kinds in (("limitation",), ("boxed_warning",), _LABEL_KINDS[3:]):
            name = _NAMES.get(kinds[0], "contraindication")
            for s in _only(here.of(*kinds), gone, kinds):
                yield _change(medicine, f"change.{name}_{suffix}", s, old, new, here is new)
    if boxes[0] != boxes[1] and not old.of("boxed_warning") and not new.of("boxed_warning"):
        rule = "change.boxed_added" if boxes[1] else "change.boxed_removed"
        yield Change(
            medicine=medicine, rule=rule, text="boxed warning", set_id=new.document.set_id,
            before=old.cite(None), after=new.cite(None),
        )  # fmt: skip
    told = list(_indications(medicine, old, new))
    yield from told
    yield from _lines(medicine, old, new, told)


def _lines(medicine: str, old: _Side, new: _Side, told: Sequence[Change]) -> Iterator[Change]:
    """Lines of treatment and people that are new, or gone, of uses that both versions list."""
    seen: set[tuple[str, str, Span]] = set()
    by_key = [_by_key(side.of("indication")) for side in (old, new)]
    conditions = {c.condition for c in told}
    for about in sorted(by_key[0].keys() & by_key[1].keys()):
        before, after = by_key[0][about], by_key[1][about]
        condition = new.knowledge.condition(after[0].condition) if after[0].condition else None
        names = (condition.name, *condition.names) if condition else (after[0].text,)
        for line in diff_lines.lines(old.lines(before, names, about), new.lines(after, names, about)):
            if after[0].condition in conditions and line.rule.startswith("change.people_"):
                continue  # its age is told already
            added = line.rule.endswith("_added")
            cited = [
                _cite_span(side, said.span)
                for side, said in zip(
                    (new, old) if added else (old, new), (line.here, line.there), strict=True
                )
            ]
            if (line.rule, line.says, line.here.span) in seen:
                continue  # the same sentence names several conditions
            seen.add((line.rule, line.says, line.here.span))
            yield Change(
                medicine=medicine, rule=line.rule, text=f"{names[0]}: {line.says}",
                condition=after[0].condition, set_id=new.document.set_id,
                before=cited[1 if added else 0], after=cited[0 if added else 1],
            )  # fmt: skip


def _by_key(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = defaultdict(list)
    for s in statements:
        found[key(s)].append(s)
    return found


def _cite_span(side: _Side, span: Span) -> Cited:
    cited = side.cite(None)
    return msgspec.structs.replace(cited, span=span, quote=side.knowledge.quote(span))


def _indications(medicine: str, old: _Side, new: _Side) -> Iterator[Change]:
    added = _only(new.of("indication"), old, ("indication",))
    withdrawn = _only(old.of("indication"), new, ("indication",))
    for s in list(added):
        part = next(
            (w for w in withdrawn if _within(new.knowledge, w, s) or _within(new.knowledge, s, w)), None
        )
        if part is None:
            continue
        added.remove(s)
        withdrawn.remove(part)
        rule = "widened" if _within(new.knowledge, part, s) else "narrowed"
        yield _moved(medicine, f"change.indication_{rule}", part, s, old, new)
    for s in added:
        yield _change(medicine, "change.indication_added", s, old, new, True)
    for s in withdrawn:
        yield _change(medicine, "change.indication_withdrawn", s, old, new, False)
    by_key = {key(s): s for s in reversed(old.of("indication"))}
    seen: set[str] = set()
    for s in new.of("indication"):
        before = by_key.get(key(s))
        if before is None or key(s) in seen:
            continue
        seen.add(key(s))
        if plain(s.text) != plain(before.text):
            continue
        unsaid = "unspecified" in (s.age or "unspecified", before.age or "unspecified")
        if unsaid and s.age in ("adult", "pediatric"):
            yield _moved(medicine, "change.indication_age", before, s, old, new)
        more = 0 if unsaid and s.age != before.age else _reach(s) - _reach(before)
        if more:
            yield _moved(
                medicine, f"change.indication_{'widened' if more > 0 else 'narrowed'}", before, s, old, new
            )


def _reach(s: Statement) -> int:
    """How many people a use is for, to compare by: fewer restrictions, more people."""
    return 4 * (s.age == "both") - 2 * s.adjunct - 2 * s.after_failure


def _only(statements: Iterable[Statement], other: _Side, kinds: Sequence[str]) -> list[Statement]:
    """Those of one version that the other does not have, by condition, by likeness, or by its words."""
    there = other.of(*kinds)
    keys = {key(s) for s in there}
    found: dict[str, Statement] = {}
    for s in statements:
        if key(s) in keys or any(_same(s, t) for t in there):
            continue
        condition = other.knowledge.condition(s.condition) if s.condition else None
        names = (condition.name, *condition.names) if condition else ()
        words = other.words(s.span.section)
        if not any(_has(words, text) for text in (s.text, *names)):
            found.setdefault(key(s), s)
    return list(found.values())


def _same(one: Statement, other: Statement) -> bool:
    """Whether two wordings are one thing; those of different conditions only if one holds the other."""
    alike = _alike(one.text, other.text)
    known_apart = one.condition and other.condition and one.condition != other.condition
    return alike >= (1 if known_apart else _ALIKE)


def _has(words: str, text: str) -> bool:
    """Whether a section has these words: in order, or all of them close together."""
    said = plain(text)
    if not words.strip() or not said:
        return False
    if f" {said} " in words:
        return True
    wanted = set(said.split())
    there = words.split()
    span = 2 * len(wanted) + 4
    places = [n for n, word in enumerate(there) if word in wanted] if len(wanted) > 1 else []
    return any(wanted <= set(there[n : n + span]) for n in places)


def _within(knowledge: Knowledge, part: Statement, whole: Statement) -> bool:
    """Whether the condition of one is a kind of the other's."""
    if not part.condition or not whole.condition or part.condition == whole.condition:
        return False
    waiting, seen = [part.condition], set()
    while waiting:
        id_ = waiting.pop()
        if id_ == whole.condition:
            return True
        condition = knowledge.condition(id_) if id_ not in seen else None
        seen.add(id_)
        waiting += condition.parents if condition else ()
    return False


def _alike(one: str, other: str) -> float:
    a, b = set(plain(one).split()), set(plain(other).split())
    return len(a & b) / max(1, min(len(a), len(b)))


def _change(medicine: str, rule: str, s: Statement, old: _Side, new: _Side, added: bool) -> Change:
    here, gone = (new, old) if added else (old, new)
    beside = gone.cite(gone.near(s))
    return Change(
        medicine=medicine, rule=rule, text=s.text, condition=s.condition, set_id=new.document.set_id,
        before=beside if added else here.cite(s), after=here.cite(s) if added else beside,
    )  # fmt: skip


def _moved(medicine: str, rule: str, was: Statement, now: Statement, old: _Side, new: _Side) -> Change:
    return Change(
        medicine=medicine, rule=rule, text=now.text, was=was.text, condition=now.condition,
        set_id=new.document.set_id, before=old.cite(was), after=new.cite(now),
    )  # fmt: skip


# --- over all documents of a medicine -----------------------------------------------------------------------


def _statuses(old: Knowledge, new: Knowledge, medicine: str) -> Iterator[Change]:
    """Conditions whose status is another one than before."""

    def by_condition(knowledge: Knowledge) -> dict[str, dict[str, tuple[str, str]]]:
        found: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
        for use in knowledge.uses(medicine):
            if use.condition and use.evidence:
                found[use.condition][use.status] = (use.text, use.evidence[0].statement)
        return found

    was, now = by_condition(old), by_condition(new)
    for condition in sorted(was.keys() & now.keys()):
        if was[condition].keys() & now[condition].keys():
            continue  # what is left of it, or new beside it, is told by the labels and the studies
        if (was[condition].keys() | now[condition].keys()) <= _BY_LABELS:
            continue  # labels alone gave both: their own changes tell it, with both versions' words
        before, (text, statement) = sorted(was[condition])[0], now[condition][sorted(now[condition])[0]]
        yield Change(
            medicine=medicine, rule="change.status_moved", condition=condition,
            text=f"{text}: {sorted(now[condition])[0]}", was=f"{was[condition][before][0]}: {before}",
            before=cite_id(old, was[condition][before][1]), after=cite_id(new, statement),
        )  # fmt: skip


def _studies(old: Knowledge, new: Knowledge, medicine: str) -> Iterator[Change]:
    was, now = _studied(old, medicine), _studied(new, medicine)
    if not was:
        return  # the older snapshot was made without studies: all of them would be new
    for registry in sorted(now):
        document, study = now[registry]
        if registry not in was:
            yield Change(
                medicine=medicine, rule="change.study_added", text=registry, after=cite(new, document)
            )
            continue
        before, old_study = was[registry]
        one, other = cite(old, before), cite(new, document)
        if study.has_results and not old_study.has_results:
            yield Change(
                medicine=medicine, rule="change.results_posted", text=registry, before=one, after=other
            )
        if study.status != old_study.status and study.status and old_study.status:
            yield Change(
                medicine=medicine, rule="change.study_moved", text=f"{registry}: {study.status}",
                was=f"{registry}: {old_study.status}", before=one, after=other,
            )  # fmt: skip


def _studied(knowledge: Knowledge, medicine: str) -> dict[str, tuple[Document, Study]]:
    documents = {d.id: d for d in knowledge.documents_of(medicine) if not _is_label(d)}
    studies = knowledge.studies(documents)
    return {documents[id_].set_id: (documents[id_], study) for id_, study in studies.items()}


def _is_label(document: Document) -> bool:
    return document.source in ("openfda", "dailymed")


def _by_document(statements: Iterable[Statement]) -> Mapping[str, list[Statement]]:
    found: dict[str, list[Statement]] = defaultdict(list)
    for s in statements:
        found[s.span.document].append(s)
    return found
