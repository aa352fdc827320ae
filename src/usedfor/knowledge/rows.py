"""The model's structs as rows of the tables, and back. A row follows its table's columns (``tables.py``).

Two things are left out because they follow from the rest: a statement's id (``document#n``), and a span's
hash where the statement's text is the quote itself, whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

import msgspec

from usedfor.knowledge.names import condition_key
from usedfor.knowledge.tables import Row
from usedfor.model import (
    Caution,
    Condition,
    Document,
    Evidence,
    Figure,
    Medicine,
    Name,
    Product,
    Reaction,
    Restrictions,
    Section,
    Span,
    Statement,
    Study,
    Use,
    quote_hash,
)

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode
_texts = msgspec.json.Decoder(tuple[str, ...]).decode
_dict = msgspec.json.Decoder(dict[str, str]).decode
_figures = msgspec.json.Decoder(tuple[Figure, ...]).decode
_products = msgspec.json.Decoder(tuple[Product, ...]).decode
_sections = msgspec.json.Decoder(tuple[tuple[str, str | None], ...]).decode
_groups = msgspec.json.Decoder(tuple[tuple[Any, ...], ...]).decode


def _json(value: Sequence[Any] | dict[str, str]) -> str | None:
    return _encode(value).decode() if value else None


def split_id(statement: str) -> tuple[str, int]:
    """``document#n`` as its two parts.

    :raises ValueError: where it is no such id.
    """
    document, _, n = statement.rpartition("#")
    return document, int(n)


# --- medicines and conditions -------------------------------------------------------------------------------


def medicine_row(m: Medicine, labels: int) -> Row:
    """``labels``: how many current documents there are of it."""
    return (
        m.id,
        m.name,
        _json(dict(sorted(m.ids.items()))),
        _json(m.ingredients),
        _json(m.related),
        m.first_approval,
        labels,
    )


def medicine_of(row: Sequence[Any], names: Iterable[tuple[str, Any]]) -> Medicine:
    """``names``: (name, kind) in order."""
    return Medicine(
        id=row[0],
        name=row[1],
        names=tuple(Name(name=name, kind=kind) for name, kind in names),
        ids=_dict(row[2]) if row[2] else {},
        ingredients=_texts(row[3]) if row[3] else (),
        related=_texts(row[4]) if row[4] else (),
        first_approval=row[5],
    )


def condition_row(c: Condition) -> Row:
    """One row of conditions; its other names are rows of condition_names."""
    return c.id, c.name, c.lay, _json(dict(sorted(c.ids.items()))), _json(c.parents)


def condition_name_rows(c: Condition) -> Iterator[Row]:
    """Every name of a condition, its lay name last, each with the key it is looked up by."""
    names = [(name, 0) for name in c.names]
    names += [(c.lay, 1)] if c.lay else []
    for position, (name, lay) in enumerate(names):
        yield c.id, position, name, condition_key(name), lay


def condition_of(row: Sequence[Any], names: Iterable[str]) -> Condition:
    """The inverse of :func:`condition_row`."""
    return Condition(
        id=row[0],
        name=row[1],
        names=tuple(names),
        lay=row[2],
        ids=_dict(row[3]) if row[3] else {},
        parents=_texts(row[4]) if row[4] else (),
    )


# --- documents ----------------------------------------------------------------------------------------------


def brands(d: Document) -> tuple[str, ...]:
    """The brand names of its products, sorted."""
    return tuple(sorted({p.brand for p in d.products if p.brand}))


def routes(d: Document) -> tuple[str, ...]:
    """The routes of its products, in lower case, sorted."""
    return tuple(sorted({r.lower() for p in d.products for r in p.routes}))


def document_row(d: Document, medicine: str) -> Row:
    """All of a document but its sections' texts."""
    return (
        d.id,
        medicine,
        d.set_id,
        d.version,
        d.source,
        d.title,
        d.effective,
        _json(brands(d)),
        _json(routes(d)),
        d.manufacturer,
        d.product_type,
        _json(d.products),
        _json(d.rxcui),
        _json(d.classes),
        _json(d.mechanisms),
        _json([(s.field, s.loinc) for s in d.sections]),
        bytes.fromhex(d.sha256),
        d.url,
    )


def document_of(row: Sequence[Any]) -> Document:
    """The inverse of :func:`document_row`; the sections' texts are empty."""
    return Document(
        id=row[0],
        set_id=row[2],
        version=row[3],
        source=row[4],
        title=row[5],
        effective=row[6],
        manufacturer=row[9],
        product_type=row[10],
        products=_products(row[11]) if row[11] else (),
        rxcui=_texts(row[12]) if row[12] else (),
        classes=_texts(row[13]) if row[13] else (),
        mechanisms=_texts(row[14]) if row[14] else (),
        sections=tuple([Section(field=f, text="", loinc=c) for f, c in _sections(row[15])])
        if row[15]
        else (),
        sha256=row[16].hex(),
        url=row[17],
    )


# --- statements ---------------------------------------------------------------------------------------------


def statement_row(s: Statement) -> Row:
    """One statement. Its hash is null where it is the hash of ``text``."""
    document, n = split_id(s.id)
    return (
        document,
        n,
        s.medicine,
        s.kind,
        s.text,
        s.span.section,
        s.span.start,
        s.span.end,
        None if quote_hash(s.text) == s.span.sha256 else bytes.fromhex(s.span.sha256),
        s.rule,
        s.condition,
        s.relation,
        s.age,
        int(s.adjunct),
        int(s.after_failure),
        _json(s.routes),
        s.population,
        s.severity,
        s.topic,
        _json(s.figures),
        s.direction,
    )


def statement_of(row: Sequence[Any]) -> Statement:
    """The inverse of :func:`statement_row`."""
    (document, n, medicine, kind, text, section, start, end, sha256, rule, condition, relation, age,
     adjunct, after_failure, routes_, population, severity, topic, figures, direction) = row  # fmt: skip
    return Statement(
        id=f"{document}#{n}",
        medicine=medicine,
        kind=kind,
        text=text,
        span=Span(
            document=document,
            section=section,
            start=start,
            end=end,
            sha256=sha256.hex() if sha256 else quote_hash(text),
        ),
        rule=rule,
        condition=condition,
        relation=relation,
        age=age,
        adjunct=adjunct == 1,
        after_failure=after_failure == 1,
        routes=_texts(routes_) if routes_ else (),
        population=population,
        severity=severity,
        topic=topic,
        figures=_figures(figures) if figures else (),
        direction=direction,
    )


def study_row(s: Study) -> Row:
    """One trial or paper: its fields, in their order."""
    found = list(msgspec.structs.astuple(s))
    found[_HAS_RESULTS] = None if s.has_results is None else int(s.has_results)
    found[_RETRACTED] = int(s.retracted)
    return tuple(found)


def study_of(row: Sequence[Any]) -> Study:
    """The inverse of :func:`study_row`."""
    found = dict(zip(Study.__struct_fields__, row, strict=True))
    given = found["has_results"]
    return Study(
        **found | {"has_results": None if given is None else given == 1, "retracted": found["retracted"] == 1}
    )


_HAS_RESULTS, _RETRACTED = (Study.__struct_fields__.index(name) for name in ("has_results", "retracted"))


# --- what appraisal makes of them ---------------------------------------------------------------------------


def use_row(u: Use) -> Row:
    """One use without its evidence."""
    r = u.restrictions
    return (
        u.medicine,
        u.id,
        u.text,
        u.status,
        u.rule,
        u.as_of,
        u.condition,
        u.relation,
        u.level,
        r.age,
        int(r.adjunct),
        int(r.after_failure),
        _json(r.routes),
        r.population,
        _json(u.products),
        _json(u.reasons),
    )


def use_evidence_rows(u: Use) -> Iterator[Row]:
    """The evidence of one use, in its order."""
    for position, e in enumerate(u.evidence):
        yield u.medicine, u.id, position, *split_id(e.statement), e.direction


def use_of(row: Sequence[Any], evidence: Iterable[tuple[str, int, Any]]) -> Use:
    """``evidence``: (document, n, direction) in order."""
    return Use(
        medicine=row[0],
        id=row[1],
        text=row[2],
        status=row[3],
        rule=row[4],
        as_of=row[5],
        condition=row[6],
        relation=row[7],
        level=row[8],
        restrictions=Restrictions(
            age=row[9],
            adjunct=row[10] == 1,
            after_failure=row[11] == 1,
            routes=_texts(row[12]) if row[12] else (),
            population=row[13],
        ),
        products=_texts(row[14]) if row[14] else (),
        evidence=tuple(Evidence(statement=f"{d}#{n}", direction=direction) for d, n, direction in evidence),
        reasons=_texts(row[15]) if row[15] else (),
    )


def _evidence_json(evidence: Iterable[Evidence]) -> str | None:
    """Neighbours of one document and direction as ``[document, direction, n, n ...]``."""
    split = [(*split_id(e.statement), e.direction) for e in evidence]
    groups = groupby(split, key=lambda e: (e[0], e[2]))
    return _json([[document, direction, *(e[1] for e in group)] for (document, direction), group in groups])


def _evidence_of(text: str | None) -> tuple[Evidence, ...]:
    if not text:
        return ()
    return tuple([Evidence(statement=f"{g[0]}#{n}", direction=g[1]) for g in _groups(text) for n in g[2:]])


def reaction_row(r: Reaction) -> Row:
    """One reaction with its evidence."""
    return (
        r.medicine,
        r.id,
        r.text,
        r.rule,
        r.condition,
        r.severity,
        int(r.boxed),
        r.labels,
        _json(r.figures),
        _evidence_json(r.evidence),
    )


def reaction_of(row: Sequence[Any]) -> Reaction:
    """The inverse of :func:`reaction_row`."""
    return Reaction(
        medicine=row[0],
        id=row[1],
        text=row[2],
        rule=row[3],
        condition=row[4],
        severity=row[5],
        boxed=row[6] == 1,
        labels=row[7],
        figures=_figures(row[8]) if row[8] else (),
        evidence=_evidence_of(row[9]),
    )


def caution_row(c: Caution) -> Row:
    """One caution with its evidence."""
    return (
        c.medicine,
        c.id,
        c.kind,
        c.text,
        c.rule,
        c.topic,
        c.condition,
        c.labels,
        _evidence_json(c.evidence),
    )


def caution_of(row: Sequence[Any]) -> Caution:
    """The inverse of :func:`caution_row`."""
    return Caution(
        medicine=row[0],
        id=row[1],
        kind=row[2],
        text=row[3],
        rule=row[4],
        topic=row[5],
        condition=row[6],
        labels=row[7],
        evidence=_evidence_of(row[8]),
    )
