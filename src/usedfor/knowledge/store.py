"""Ask a snapshot. The standard library's SQLite and msgspec, nothing else: ready in a few milliseconds."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from usedfor.errors import SnapshotError, VerificationError
from usedfor.knowledge import rows, sqlite
from usedfor.knowledge.manifest import Manifest
from usedfor.knowledge.names import asked, condition_key, name_key
from usedfor.knowledge.passages import Passages
from usedfor.knowledge.snapshot import Snapshot, behind, open_snapshot
from usedfor.knowledge.tables import TABLES
from usedfor.model import (
    Caution,
    Condition,
    Document,
    Medicine,
    Reaction,
    Span,
    Statement,
    Study,
    Use,
    quote_hash,
)
from usedfor.vocabulary import Near

__all__ = ["Knowledge"]

_MANY = 500  # ids in one query; old SQLite takes no more than 999 parameters
_TEXTS = 64  # sections kept unpacked
_ALIKE = 60  # of 100 (rapidfuzz ratio): below it two names share little but letters
_NAMES_EACH = 8  # names of one medicine that may stand before another's


class Knowledge:
    """An open snapshot. Everything it gives is in a fixed order; an id that is not there gives None or
    nothing.

    :raises SnapshotError: by every method, where the snapshot turns out to be damaged.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._db = sqlite.connect(snapshot.database)
        self._passages = Passages(snapshot.folder) if Passages.exist(snapshot.folder) else None
        self._text = lru_cache(maxsize=_TEXTS)(self._passages.text) if self._passages else None

    @classmethod
    def open(cls, home: Path | str | None = None) -> Knowledge:
        """Open the snapshot in ``home``, or the one in use (see :mod:`usedfor.knowledge.snapshot`). Behind
        the newest in the user's data folder stand the facts that ship, for medicines that it has not."""
        found = open_snapshot(home)
        shipped = behind(home)
        if cls is not Knowledge or shipped is None:
            return cls(found)
        from usedfor.knowledge.layers import Layered

        return Layered(found, shipped)

    def close(self) -> None:
        """Close the files."""
        self._db.close()
        if self._passages:
            self._passages.close()

    def __enter__(self) -> Knowledge:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def manifest(self) -> Manifest:
        """What the snapshot was made of."""
        return self.snapshot.manifest

    @property
    def quotes(self) -> bool:
        """Whether the documents' texts are here, so that :meth:`quote` can answer."""
        return self._passages is not None

    def side(self, medicine: str) -> Knowledge:
        """Who knows this medicine (an id): this snapshot; see :mod:`usedfor.knowledge.layers`."""
        return self

    def layers(self) -> tuple[Knowledge, ...]:
        """The snapshots that are asked, each alone; what a former one has of a medicine holds."""
        return (self,)

    # --- medicines ------------------------------------------------------------------------------------------

    def find(self, name: str) -> tuple[Medicine, ...]:
        """The medicines with exactly this name, sorted by id; case, punctuation, salt words, strengths and
        forms do not count, and "A and B" is the combination of both. Never by likeness."""
        found = self._named(name) or self._combination(name)
        return tuple([m for id_ in found if (m := self.medicine(id_))])

    def near(self, name: str, limit: int = 5) -> tuple[Near, ...]:
        """Names here that are spelt alike, best first, each medicine once. For offering, never for
        answering."""
        from rapidfuzz import fuzz, process

        keys: dict[str, list[str]] = defaultdict(list)
        generic = set()
        for key, medicine, position in self._all("SELECT key, medicine, position FROM medicine_names"):
            keys[key].append(medicine)
            if position == 0:
                generic.add(key)
        ordered = sorted(keys)
        alike = process.extract(
            name_key(name), ordered, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=limit * _NAMES_EACH
        )
        best: dict[str, Near] = {}
        for key, score, _ in sorted(alike, key=lambda one: (-one[1], one[0] not in generic, one[0])):
            for id_ in sorted(keys[key]):
                if id_ not in best and (found := self.medicine(id_)):
                    best[id_] = Near(name=key, medicine=found, score=round(score, 1))
        return tuple(list(best.values())[:limit])

    def known(self, name: str) -> tuple[Medicine, ...]:
        """Medicines of this name that the vocabulary knows, of which this snapshot may have no document."""
        from usedfor.vocabulary import load

        return load().medicines.find(name)

    def medicine(self, id: str) -> Medicine | None:
        """The medicine with this id."""
        row = self._one("medicines", "id = ?", (id,))
        if row is None:
            return None
        names = self._all("SELECT name, kind FROM medicine_names WHERE medicine = ? ORDER BY position", (id,))
        return rows.medicine_of(row, names)

    def medicine_ids(self) -> tuple[str, ...]:
        """The ids of all medicines, sorted."""
        return tuple([id_ for (id_,) in self._all("SELECT id FROM medicines ORDER BY id")])

    def medicines(self) -> Iterator[Medicine]:
        """All medicines, sorted by id."""
        names: dict[str, list[tuple[str, Any]]] = defaultdict(list)
        sql = "SELECT medicine, name, kind FROM medicine_names ORDER BY medicine, position"
        for medicine, name, kind in self._all(sql):
            names[medicine].append((name, kind))
        for row in self._select("medicines", "1 ORDER BY id"):
            yield rows.medicine_of(row, names[row[0]])

    # --- what holds of one medicine -------------------------------------------------------------------------

    def uses(self, medicine: str) -> tuple[Use, ...]:
        """The uses of a medicine with their evidence, sorted by id."""
        evidence: dict[str, list[tuple[str, int, Any]]] = defaultdict(list)
        columns = '"use", document, n, direction'
        sql = f'SELECT {columns} FROM use_evidence WHERE medicine = ? ORDER BY "use", position'
        for use, document, n, direction in self._all(sql, (medicine,)):
            evidence[use].append((document, n, direction))
        found = self._select("uses", "medicine = ? ORDER BY id", (medicine,))
        return tuple([rows.use_of(row, evidence[row[1]]) for row in found])

    def uses_for(self, condition: str) -> tuple[Use, ...]:
        """The uses of all medicines for a condition (an id), sorted by medicine and id."""
        evidence: dict[tuple[str, str], list[tuple[str, int, Any]]] = defaultdict(list)
        sql = (
            'SELECT e.medicine, e."use", e.document, e.n, e.direction FROM uses u JOIN use_evidence e '
            'ON e.medicine = u.medicine AND e."use" = u.id WHERE u.condition = ? '
            'ORDER BY e.medicine, e."use", e.position'
        )
        for medicine, use, document, n, direction in self._all(sql, (condition,)):
            evidence[medicine, use].append((document, n, direction))
        found = self._select("uses", "condition = ? ORDER BY medicine, id", (condition,))
        return tuple([rows.use_of(row, evidence[row[0], row[1]]) for row in found])

    def reactions(self, medicine: str) -> tuple[Reaction, ...]:
        """The adverse reactions of a medicine, sorted by id."""
        found = self._select("reactions", "medicine = ? ORDER BY id", (medicine,))
        return tuple([rows.reaction_of(row) for row in found])

    def cautions(self, medicine: str) -> tuple[Caution, ...]:
        """The cautions of a medicine, sorted by id."""
        found = self._select("cautions", "medicine = ? ORDER BY id", (medicine,))
        return tuple([rows.caution_of(row) for row in found])

    def statements(
        self, medicine: str, kinds: Sequence[str] = (), documents: Sequence[str] = ()
    ) -> tuple[Statement, ...]:
        """The statements about a medicine, of these kinds or of all, by document and place; those of some
        documents alone where ``documents`` names them."""
        where = f" AND kind IN ({_marks(kinds)})" if kinds else ""
        where += f" AND +document IN ({_marks(documents)})" if documents else ""
        values = (medicine, *kinds, *documents)
        found = self._select("statements", f"medicine = ?{where} ORDER BY document, n", values)
        return tuple([rows.statement_of(row) for row in found])

    def statements_by_id(self, ids: Iterable[str]) -> dict[str, Statement]:
        """The statements with these ids, those that are here, in the order asked."""
        wanted: dict[str, set[int]] = defaultdict(set)
        asked = list(dict.fromkeys(ids))
        for id_ in asked:
            document, _, n = id_.rpartition("#")
            if n.isascii() and n.isdigit():
                wanted[document].add(int(n))
        found: dict[str, Statement] = {}
        for document, numbers in wanted.items():
            for part in _parts(sorted(numbers)):
                for row in self._select(
                    "statements", f"document = ? AND n IN ({_marks(part)})", (document, *part)
                ):
                    statement = rows.statement_of(row)
                    found[statement.id] = statement
        return {id_: found[id_] for id_ in asked if id_ in found}

    # --- documents and conditions ---------------------------------------------------------------------------

    def documents(self, ids: Iterable[str]) -> dict[str, Document]:
        """The documents with these ids, those that are here, in the order asked. Their sections have no
        texts."""
        asked = list(dict.fromkeys(ids))
        found = {row[0]: rows.document_of(row) for row in self._by_id("documents", asked)}
        return {id_: found[id_] for id_ in asked if id_ in found}

    def documents_of(self, medicine: str) -> tuple[Document, ...]:
        """The current documents of a medicine, sorted by id. Their sections have no texts."""
        return tuple(
            [rows.document_of(r) for r in self._select("documents", "medicine = ? ORDER BY id", (medicine,))]
        )

    def newest(self, medicine: str, limit: int) -> tuple[str, ...]:
        """The ids of a medicine's newest labels, the newest first; of other documents where it has none."""
        order = "medicine = ? ORDER BY effective DESC, id DESC LIMIT ?"
        for where in ("source IN ('openfda', 'dailymed') AND ", ""):
            found = self._all(f"SELECT id FROM documents WHERE {where}{order}", (medicine, limit))
            if found:
                break
        return tuple([id_ for (id_,) in found])

    def studies(self, documents: Iterable[str]) -> dict[str, Study]:
        """What the trials and papers among these documents are, by document, in the order asked."""
        asked = list(dict.fromkeys(documents))
        if "studies" not in self._columns:  # a snapshot from before studies were read
            return {}
        found = {
            row[0]: rows.study_of(row)
            for part in _parts(asked)
            for row in self._select("studies", f"document IN ({_marks(part)})", part)
        }
        return {id_: found[id_] for id_ in asked if id_ in found}

    def find_conditions(self, name: str) -> tuple[Condition, ...]:
        """The conditions here with exactly this name, synonym or lay name, sorted by id; case, hyphens,
        plural, British spelling and order of words do not count. Never by likeness."""
        if "key" in self._columns["condition_names"]:
            where, value = "key = ?", condition_key(name)
        else:  # an older snapshot
            where, value = "name = ? COLLATE NOCASE", name
        sql = f"SELECT DISTINCT condition FROM condition_names WHERE {where} ORDER BY condition"
        ids = [id_ for (id_,) in self._all(sql, (value,))] if value else []
        return tuple(self.conditions(ids).values())

    def condition(self, id: str) -> Condition | None:
        """The condition with this id."""
        return self.conditions((id,)).get(id)

    def conditions(self, ids: Iterable[str]) -> dict[str, Condition]:
        """The conditions with these ids, those that are here, in the order asked."""
        asked = list(dict.fromkeys(ids))
        not_lay = "AND NOT lay " if "lay" in self._columns["condition_names"] else ""
        names: dict[str, list[str]] = defaultdict(list)
        for part in _parts(asked):
            for condition, name in self._all(
                f"SELECT condition, name FROM condition_names WHERE condition IN ({_marks(part)}) "
                f"{not_lay}ORDER BY condition, position",
                part,
            ):
                names[condition].append(name)
        found = {row[0]: rows.condition_of(row, names[row[0]]) for row in self._by_id("conditions", asked)}
        return {id_: found[id_] for id_ in asked if id_ in found}

    def quote(self, span: Span) -> str | None:
        """The words of a span, checked by their hash; None where the document's text is not here.

        :raises VerificationError: where the text is here and the words are others than the ones that were
            read.
        """
        text = self._text(span.document, span.section) if self._text else None
        if text is None:
            return None
        quote = text[span.start : span.end]
        if quote_hash(quote) != span.sha256:
            place = f"{span.document} {span.section} {span.start}-{span.end}"
            raise VerificationError(f"the words at {place} are not the ones that were read", (place,))
        return quote

    def texts(self, document: str) -> dict[str, str]:
        """The sections' texts of a document by openFDA field, in order; empty where they are not here."""
        return self._passages.all(document) if self._passages else {}

    def _named(self, name: str) -> list[str]:
        for key in asked(name):
            found = self._all(
                "SELECT DISTINCT medicine FROM medicine_names WHERE key = ? ORDER BY medicine", (key,)
            )
            if found:
                return [id_ for (id_,) in found]
        return []

    def _combination(self, name: str) -> list[str]:
        from usedfor.vocabulary.documents import split

        def single(part: str) -> str | None:
            found = self._named(part)
            return found[0] if len(found) == 1 else None

        parts = split(name, single)
        return ["-".join(parts)] if len(parts) > 1 else []

    # --- queries --------------------------------------------------------------------------------------------

    def _all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        try:
            return self._db.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise SnapshotError(f"{self.snapshot.database} is damaged: {error}") from error

    def _select(self, table: str, where: str, parameters: Sequence[Any] = ()) -> list[Any]:
        here = self._columns[table]
        wanted = ", ".join(f'"{c.name}"' if c.name in here else "NULL" for c in TABLES[table].columns)
        return self._all(f"SELECT {wanted} FROM {table} WHERE {where}", parameters)

    @cached_property
    def _columns(self) -> dict[str, frozenset[str]]:
        """The columns that the tables here have: an older snapshot lacks the later ones."""
        found = self._all("SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c")
        columns: dict[str, set[str]] = defaultdict(set)
        for table, column in found:
            columns[table].add(column)
        return {table: frozenset(names) for table, names in columns.items()}

    def _one(self, table: str, where: str, parameters: Sequence[Any]) -> Any:
        return next(iter(self._select(table, where, parameters)), None)

    def _by_id(self, table: str, ids: Sequence[str]) -> Iterator[Any]:
        for part in _parts(ids):
            yield from self._select(table, f"id IN ({_marks(part)})", part)


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _MANY):
        yield values[start : start + _MANY]
