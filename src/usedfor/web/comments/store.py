"""What can be done with comments. Each function is one transaction; times come from the caller."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from usedfor.web.comments.database import Database
from usedfor.web.comments.tables import Audit, Ban, Comment, Thread

__all__ = ["Comments", "Draft"]

_REPEATED = timedelta(days=30)
EACH_PAGE = 50


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
            why = list(draft.why)
            banned = select(Ban.hash).where(Ban.hash.in_((draft.person, draft.caller)))
            if session.execute(banned.limit(1)).first():
                why.append("banned")
            repeats = select(Comment.id).where(Comment.same == draft.same, Comment.created > now - _REPEATED)
            if session.execute(repeats.limit(1)).first():
                why.append("repeated")
            parent = session.get(Comment, draft.parent) if draft.parent else None
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
        with self.database.session() as session:
            where = (Comment.medicine == medicine, Comment.state == "approved")
            found = session.scalars(select(Comment).where(*where).order_by(Comment.created, Comment.id)).all()
        tops = [c for c in found if c.parent is None]
        return [(top, [c for c in found if c.parent == top.id]) for top in tops]

    def versions(self) -> dict[str, int]:
        """The version of what is shown under each medicine that has any."""
        with self.database.session() as session:
            return {t.medicine: t.version for t in session.scalars(select(Thread))}

    def page(self, state: str, page: int) -> tuple[list[Comment], int]:
        """The comments in a state, oldest first, and how many there are."""
        with self.database.session() as session:
            where = Comment.state == state
            count = session.scalar(select(func.count()).select_from(Comment).where(where)) or 0
            rows = select(Comment).where(where).order_by(Comment.created, Comment.id)
            return list(session.scalars(rows.offset((page - 1) * EACH_PAGE).limit(EACH_PAGE))), count

    def get(self, id_: str) -> Comment | None:
        """The comment with this id."""
        with self.database.session() as session:
            return session.get(Comment, id_)

    def decide(self, id_: str, state: str, moderator: str, now: datetime) -> bool:
        """Approve, reject or set aside as spam; False where there is no such comment."""
        with self.database.session() as session:
            comment = session.get(Comment, id_)
            if comment is None:
                return False
            comment.state = state
            _changed(session, comment.medicine)
            _note(session, now, moderator, state, id_)
            return True

    def edit(self, id_: str, name: str, body: str, moderator: str, now: datetime) -> bool:
        """Take out personal details; what stood there is not kept anywhere."""
        with self.database.session() as session:
            comment = session.get(Comment, id_)
            if comment is None:
                return False
            comment.name, comment.body, comment.edited = name, body, True
            _changed(session, comment.medicine)
            _note(session, now, moderator, "edited", id_)
            return True

    def ban(self, id_: str, moderator: str, now: datetime) -> bool:
        """Whoever wrote it: all their comments are spam, those that come and those that wait."""
        with self.database.session() as session:
            comment = session.get(Comment, id_)
            if comment is None:
                return False
            for hash_ in {comment.person, comment.caller}:
                if session.get(Ban, hash_) is None:
                    session.add(Ban(hash=hash_, created=now))
            theirs = or_(Comment.person == comment.person, Comment.caller == comment.caller)
            waiting = (theirs, Comment.state == "held")
            session.execute(update(Comment).where(*waiting).values(state="spam", why="banned"))
            comment.state, comment.why = "spam", "banned"
            _changed(session, comment.medicine)
            _note(session, now, moderator, "banned", id_)
            return True

    def of_person(self, person: str) -> list[dict[str, Any]]:
        """Everything kept about whoever has this email's hash, for them to have."""
        with self.database.session() as session:
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
            rows = session.scalars(select(Comment).where(Comment.person == person)).all()
            ids = [c.id for c in rows]
            replies = session.scalars(select(Comment).where(Comment.parent.in_(ids))).all() if ids else []
            for medicine in {c.medicine for c in rows}:
                _changed(session, medicine)
            session.execute(delete(Comment).where(Comment.id.in_([c.id for c in replies])))
            session.execute(delete(Comment).where(Comment.id.in_(ids)))
            session.execute(delete(Ban).where(Ban.hash == person))
            _note(session, now, moderator, "deleted a person's data", None, f"{len(ids)} comments")
            return len(ids)

    def audit(self, page: int) -> Sequence[Audit]:
        """Who did what, newest first."""
        with self.database.session() as session:
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
    counted = update(Thread).where(Thread.medicine == medicine).values(version=Thread.version + 1)
    if not session.execute(counted).rowcount:  # type: ignore[attr-defined]
        session.add(Thread(medicine=medicine, version=1))
