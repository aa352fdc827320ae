"""What can be done with comments. Each function is one transaction; times come from the caller."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from usedfor.errors import UsedForError
from usedfor.web.comments.database import Database
from usedfor.web.comments.tables import Audit, Ban, Comment, Thread

__all__ = ["Comments", "Draft", "MovedError", "mark", "note"]

_REPEATED = timedelta(days=30)
CALLERS_KEPT = timedelta(days=30)  # then a network address may be somebody else's
EACH_PAGE = 50
_ID = re.compile(r"[0-9a-f]{32}")


class MovedError(UsedForError):
    """A comment is not as the moderator saw it."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A comment that was sent: hashes instead of who sent it."""

    medicine: str
    name: str
    body: str
    person: str
    caller: str
    same: str
    parent: str | None = None
    why: tuple[str, ...] = ()  # what already speaks for spam


class Comments:
    """The comments in one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, draft: Draft, now: datetime) -> str:
        """Keep a comment, held for a moderator or as spam; its id. It is on disk when this returns.

        A parent that is not there, not approved, itself a reply, or on another medicine is left out.
        """
        with self.database.session() as session:
            _forget_callers(session, now)
            why = list(draft.why)
            banned = select(Ban.hash).where(Ban.hash.in_((draft.person, draft.caller)))
            if session.execute(banned.limit(1)).first():
                why.append("banned")
            repeats = select(Comment.id).where(Comment.same == draft.same, Comment.created > now - _REPEATED)
            if session.execute(repeats.limit(1)).first():
                why.append("repeated")
            parent = _get(session, draft.parent) if draft.parent else None
            if parent and (parent.parent or parent.state != "approved" or parent.medicine != draft.medicine):
                parent = None
            comment = Comment(
                id=secrets.token_hex(16), medicine=draft.medicine, parent=parent.id if parent else None,
                name=draft.name, person=draft.person, caller=draft.caller, same=draft.same, body=draft.body,
                state="spam" if why else "held", why=", ".join(why), edited=False, created=now,
            )  # fmt: skip
            session.add(comment)
            return comment.id

    def shown(self, medicine: str) -> list[tuple[Comment, list[Comment]]]:
        """What readers see under a medicine: approved comments, oldest first, each with its replies."""
        with self.database.session(reads=True) as session:
            where = (Comment.medicine == medicine, Comment.state == "approved")
            found = session.scalars(select(Comment).where(*where).order_by(Comment.created, Comment.id)).all()
        replies: dict[str, list[Comment]] = defaultdict(list)
        for c in found:
            if c.parent is not None:
                replies[c.parent].append(c)
        return [(top, replies[top.id]) for top in found if top.parent is None]

    def versions(self) -> dict[str, int]:
        """The version of what is shown under each medicine that has any."""
        with self.database.session(reads=True) as session:
            return {t.medicine: t.version for t in session.scalars(select(Thread))}

    def page(self, state: str, page: int) -> tuple[list[Comment], int]:
        """The comments in a state, oldest first, and how many there are."""
        with self.database.session(reads=True) as session:
            where = Comment.state == state
            count = session.scalar(select(func.count()).select_from(Comment).where(where)) or 0
            rows = select(Comment).where(where).order_by(Comment.created, Comment.id)
            return list(session.scalars(rows.offset((page - 1) * EACH_PAGE).limit(EACH_PAGE))), count

    def get(self, id_: str) -> Comment | None:
        """The comment with this id."""
        with self.database.session(reads=True) as session:
            return _get(session, id_)

    def decide(self, id_: str, state: str, moderator: str, now: datetime, seen: str | None = None) -> bool:
        """Approve, reject or set aside as spam; False where there is no such comment.

        :raises MovedError: where it is not as it was ``seen`` (its :func:`mark` then): what is approved is
            what the moderator read, whatever others do meanwhile. So for :meth:`edit` and :meth:`ban`.
        """
        with self.database.session() as session:
            comment = _taken(session, id_, seen)
            if comment is None:
                return False
            comment.state = state
            _changed(session, comment.medicine)
            _note(session, now, moderator, state, id_)
            return True

    def edit(
        self,
        id_: str,
        name: str,
        body: str,
        same: str,
        moderator: str,
        now: datetime,
        seen: str | None = None,
    ) -> bool:
        """Take out personal details; what stood there is not kept anywhere. ``same``: of what stays."""
        with self.database.session() as session:
            comment = _taken(session, id_, seen)
            if comment is None:
                return False
            comment.name, comment.body, comment.same, comment.edited = name, body, same, True
            _changed(session, comment.medicine)
            _note(session, now, moderator, "edited", id_)
            return True

    def ban(self, id_: str, moderator: str, now: datetime, seen: str | None = None) -> bool:
        """Whoever wrote it: all their comments are spam, those that come and those that wait. Their email is
        banned for good, their network address as long as it is kept."""
        with self.database.session() as session:
            comment = _taken(session, id_, seen)
            if comment is None:
                return False
            hashes = {"person": comment.person, "caller": comment.caller}
            for kind, hash_ in hashes.items():
                if hash_:
                    row = {"hash": hash_, "kind": kind, "created": now}
                    session.execute(_insert(session)(Ban).values(row).on_conflict_do_nothing())
            waiting = (_of_the_same(comment), Comment.state == "held")
            session.execute(update(Comment).where(*waiting).values(state="spam", why="banned"))
            comment.state, comment.why = "spam", "banned"
            _changed(session, comment.medicine)
            _note(session, now, moderator, "banned", id_)
            return True

    def of_person(self, person: str) -> list[dict[str, Any]]:
        """Everything kept about whoever has this email's hash, for them to have."""
        with self.database.session(reads=True) as session:
            rows = select(Comment).where(Comment.person == person).order_by(Comment.created, Comment.id)
            return [
                {
                    "id": c.id, "medicine": c.medicine, "name": c.name, "comment": c.body, "state": c.state,
                    "reply_to": c.parent, "edited_by_moderator": c.edited, "written": c.created.isoformat(),
                }
                for c in session.scalars(rows)
            ]  # fmt: skip

    def forget(self, person: str, moderator: str, now: datetime) -> int:
        """Delete everything of a person, with the replies to it; how many comments were theirs."""
        with self.database.session() as session:
            theirs = Comment.person == person
            for medicine in session.scalars(
                select(Comment.medicine).where(theirs).distinct().order_by("medicine")
            ):
                _changed(session, medicine)
            callers = select(Comment.caller).where(theirs)
            session.execute(delete(Ban).where(or_(Ban.hash == person, Ban.hash.in_(callers))))
            session.execute(delete(Comment).where(Comment.parent.in_(select(Comment.id).where(theirs))))
            count: int = session.execute(delete(Comment).where(theirs)).rowcount  # type: ignore[attr-defined]
            _note(session, now, moderator, "deleted a person's data", None, f"{count} comments")
            return count

    def counts(self) -> dict[str, int]:
        """How many comments are in each state."""
        with self.database.session(reads=True) as session:
            rows = session.execute(select(Comment.state, func.count()).group_by(Comment.state))
            return {row.state: row[1] for row in rows}

    def named(self, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        """The name and the medicine of comments that are still here."""
        wanted = sorted(set(ids))
        with self.database.session(reads=True) as session:
            rows = session.execute(
                select(Comment.id, Comment.name, Comment.medicine).where(Comment.id.in_(wanted))
            )
            return {id_: (name, medicine) for id_, name, medicine in rows}

    def waiting_like(self, id_: str) -> int:
        """How many comments wait that :meth:`ban` would put away, this one counted where it waits."""
        with self.database.session(reads=True) as session:
            comment = _get(session, id_)
            if comment is None:
                return 0
            rows = select(func.count()).where(_of_the_same(comment), Comment.state == "held")
            return int(session.execute(rows).scalar_one())

    def audit(self, page: int) -> Sequence[Audit]:
        """Who did what, newest first."""
        with self.database.session(reads=True) as session:
            rows = select(Audit).order_by(Audit.id.desc())
            return session.scalars(rows.offset((page - 1) * EACH_PAGE).limit(EACH_PAGE)).all()


def note(database: Database, now: datetime, moderator: str, action: str, detail: str = "") -> None:
    """Write to the audit trail what is not about one comment."""
    with database.session() as session:
        _note(session, now, moderator, action, None, detail)


def _note(
    session: Session, now: datetime, moderator: str, action: str, comment: str | None, detail: str = ""
) -> None:
    session.add(Audit(at=now, moderator=moderator[:80], action=action, comment=comment, detail=detail))


def _changed(session: Session, medicine: str) -> None:
    """What is shown under the medicine is another than before."""
    first = _insert(session)(Thread).values(medicine=medicine, version=1)
    session.execute(
        first.on_conflict_do_update(index_elements=["medicine"], set_={"version": Thread.version + 1})
    )


def mark(comment: Comment) -> str:
    """Another whenever a comment's state or words are."""
    said = "\0".join((comment.state, comment.name, comment.body))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


def _get(session: Session, id_: str, *, locked: bool = False) -> Comment | None:
    return session.get(Comment, id_, with_for_update=locked) if _ID.fullmatch(id_) else None


def _taken(session: Session, id_: str, seen: str | None) -> Comment | None:
    """A comment that nobody else changes until the transaction ends."""
    comment = _get(session, id_, locked=True)
    if comment is not None and seen is not None and seen != mark(comment):
        raise MovedError("another moderator was here meanwhile")
    return comment


def _of_the_same(comment: Comment) -> ColumnElement[bool]:
    """What comments by the same person or from the same network address have in common."""
    whose = {Comment.person: comment.person, Comment.caller: comment.caller}
    return or_(*(column == hash_ for column, hash_ in whose.items() if hash_))


def _forget_callers(session: Session, now: datetime) -> None:
    """Take away what stands for network addresses, and the bans of them, once they are old."""
    old = (Comment.created < now - CALLERS_KEPT, Comment.caller != "")
    session.execute(update(Comment).where(*old).values(caller=""))
    session.execute(delete(Ban).where(Ban.kind == "caller", Ban.created < now - CALLERS_KEPT))


def _insert(session: Session) -> Any:
    """The INSERT of the database in use, with what to do where a row is there already."""
    return sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
