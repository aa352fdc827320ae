"""What a change between two snapshots is: its rule, its words, and where both sides stand."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from usedfor.knowledge.store import Knowledge
from usedfor.model import Document, Span, Statement

__all__ = ["Change", "Cited", "Difference", "cite", "cite_id", "rules"]


class Cited(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where one side of a change stands. ``span`` is None for a whole document."""

    document: str
    version: str
    date: str
    title: str
    url: str
    span: Span | None = None
    quote: str | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change of one medicine, by the rule that names it, with the place before and after."""

    medicine: str
    rule: str
    text: str  # the words that are new, or gone
    was: str | None = None  # what they take the place of
    condition: str | None = None
    set_id: str | None = None
    before: Cited | None = None
    after: Cited | None = None

    @property
    def grave(self) -> bool:
        """Whether it belongs first: a use that went or narrowed, a warning, a status."""
        return bool(rules()[self.rule].get("grave"))


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """All changes from one snapshot to another, by medicine, grave ones first."""

    old: str  # digest
    new: str
    as_of: dict[str, dict[str, str]]  # "old" and "new"
    compared: int  # labels that are in both in different versions
    changes: tuple[Change, ...]


@cache
def rules() -> dict[str, dict[str, object]]:
    """The rules of changes by id."""
    found = tomllib.loads(files("usedfor.knowledge").joinpath("changes.toml").read_text("utf-8"))
    return {rule["id"]: rule for rule in found["change"]}


def cite_id(knowledge: Knowledge, statement: str) -> Cited | None:
    """Where a statement (its id) stands, where it is here."""
    found = knowledge.statements_by_id([statement]).get(statement)
    document = knowledge.documents([found.span.document]).get(found.span.document) if found else None
    return cite(knowledge, document, found) if document else None


def cite(knowledge: Knowledge, document: Document, statement: Statement | None = None) -> Cited:
    """Where a document, or a statement of it, stands."""
    return Cited(
        document=document.id,
        version=document.version,
        date=document.effective,
        title=document.title,
        url=document.url,
        span=statement.span if statement else None,
        quote=knowledge.quote(statement.span) if statement else None,
    )
