"""The tables of a snapshot: their columns, types, keys and order. One description for Parquet, SQLite and
CSV.

Nested parts (lists, figures, products) are JSON text in every form, so that each form can be read with
nothing but a JSON reader. A hash is 32 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

__all__ = ["SCHEMA", "TABLES", "Column", "Kind", "Row", "Table", "table"]

SCHEMA = "usedfor.snapshot/1"
Kind = Literal["text", "json", "integer", "flag", "hash"]
Row = tuple[str | int | bytes | None, ...]


class Column(msgspec.Struct, frozen=True):
    """One column. ``label`` marks what can hold a label's own sentences: the starter cuts it to a few
    words. ``later``: snapshots made before it are read without it."""

    name: str
    kind: Kind = "text"
    null: bool = False
    label: bool = False
    later: bool = False


class Table(msgspec.Struct, frozen=True):
    """One table. Rows are sorted by ``order`` and unique in ``key``; ``indexes`` are SQLite's besides the
    key. ``later``: snapshots made before it are read without it."""

    name: str
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...] = ()
    later: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    def with_only(self, names: Iterable[str]) -> Table:
        """The table as an older snapshot has it: without the later columns that are not among ``names``."""
        had = set(names)
        columns = tuple(c for c in self.columns if c.name in had or not c.later)
        here = {c.name for c in columns}
        indexes = tuple(i for i in self.indexes if here.issuperset(i))
        return msgspec.structs.replace(self, columns=columns, indexes=indexes)


def _columns(text: str) -> tuple[Column, ...]:
    """Read columns as ``name kind``, one a line; ``?`` after the kind: may be null; ``!``: a label's
    words; ``+``: later than the first snapshots."""
    found = []
    for line in text.strip().splitlines():
        name, kind = line.split()
        bare = msgspec.convert(kind.rstrip("?!+"), Kind)
        found.append(Column(name, bare, "?" in kind, "!" in kind, "+" in kind))
    return tuple(found)


def _table(
    name: str, columns: str, key: str, order: str = "", indexes: tuple[str, ...] = (), *, later: bool = False
) -> Table:
    return Table(
        name,
        _columns(columns),
        tuple((order or key).split()),
        tuple(key.split()),
        tuple(tuple(i.split()) for i in indexes),
        later,
    )


_ALL = (
    _table(
        "medicines",
        """
        id              text
        name            text
        ids             json?
        ingredients     json?
        related         json?
        first_approval  text?
        labels          integer
        """,
        key="id",
    ),
    _table(
        "medicine_names",
        """
        medicine  text
        position  integer
        name      text
        kind      text
        key       text
        """,
        key="medicine position",
        indexes=("key",),
    ),
    _table(
        "conditions",
        """
        id       text
        name     text
        lay      text?
        ids      json?
        parents  json?
        """,
        key="id",
    ),
    _table(
        "condition_names",
        """
        condition  text
        position   integer
        name       text
        key        text+
        lay        flag+
        """,
        key="condition position",
        indexes=("name", "key"),
    ),
    _table(
        "documents",
        """
        id            text
        medicine      text
        set_id        text
        version       text
        source        text
        title         text!
        effective     text
        brands        json?
        routes        json?
        manufacturer  text?
        product_type  text?
        products      json?
        rxcui         json?
        classes       json?
        mechanisms    json?
        sections      json?
        sha256        hash
        url           text
        """,
        key="id",
        order="medicine id",
        indexes=("medicine", "set_id"),
    ),
    _table(
        "statements",
        """
        document       text
        n              integer
        medicine       text
        kind           text
        text           text!
        section        text
        start          integer
        end            integer
        sha256         hash?
        rule           text
        condition      text?
        relation       text?
        age            text?
        adjunct        flag
        after_failure  flag
        routes         json?
        population     text?!
        severity       text?
        topic          text?!
        figures        json?
        direction      text?+
        """,
        key="document n",
        order="medicine document n",
        indexes=("medicine kind",),
    ),
    _table(
        "uses",
        """
        medicine       text
        id             text
        text           text!
        status         text
        rule           text
        as_of          text
        condition      text?
        relation       text
        level          integer?
        age            text
        adjunct        flag
        after_failure  flag
        routes         json?
        population     text?!
        products       json?
        reasons        json?+
        """,
        key="medicine id",
        indexes=("condition",),
    ),
    _table(
        "use_evidence",
        """
        medicine   text
        use        text
        position   integer
        document   text
        n          integer
        direction  text
        """,
        key="medicine use position",
    ),
    _table(
        "studies",
        """
        document     text
        source       text
        registry     text
        design       text?
        phase        text?
        status       text?
        enrolment    integer?
        year         integer?
        start        text?
        completion   text?
        has_results  integer?
        direction    text?
        why_stopped  text?
        retracted    flag
        url          text
        """,
        key="document",
        indexes=("registry",),
        later=True,
    ),
    _table(
        "reactions",
        """
        medicine   text
        id         text
        text       text!
        rule       text
        condition  text?
        severity   text?
        boxed      flag
        labels     integer
        figures    json?
        evidence   json?
        """,
        key="medicine id",
    ),
    _table(
        "cautions",
        """
        medicine   text
        id         text
        kind       text
        text       text!
        rule       text
        topic      text?!
        condition  text?
        labels     integer
        evidence   json?
        """,
        key="medicine id",
    ),
)

TABLES: dict[str, Table] = {t.name: t for t in _ALL}


def table(name: str) -> Table:
    """The table of this name; KeyError where there is none."""
    return TABLES[name]
