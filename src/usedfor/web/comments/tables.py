"""The tables of the comments' database. Times are UTC. No email and no network address is stored, only keyed
hashes of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

__all__ = ["Audit", "Ban", "Base", "Comment", "Login", "Moderator", "Thread"]

HASH = 64  # hex digits
STATES = ("held", "approved", "rejected", "spam")


class Base(DeclarativeBase):
    """All tables."""


class Comment(Base):
    """One comment. ``parent`` is a comment on the same medicine that is itself no reply."""

    __tablename__ = "comments"
    __table_args__ = (
        Index("ix_comments_state_created", "state", "created"),
        Index("ix_comments_medicine_state", "medicine", "state", "created"),
        Index("ix_comments_person", "person"),
        Index("ix_comments_same", "same", "created"),
        Index("ix_comments_caller", "caller", "created"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    medicine: Mapped[str] = mapped_column(String(200))
    parent: Mapped[str | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    person: Mapped[str] = mapped_column(String(HASH))  # keyed hash of the email
    caller: Mapped[str] = mapped_column(
        String(HASH)
    )  # keyed hash of the network address; "" after some weeks
    same: Mapped[str] = mapped_column(String(HASH))  # hash of the words, to find repeats
    body: Mapped[str] = mapped_column(Text)  # Markdown, as written
    state: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(String(200), default="")  # what speaks for spam
    edited: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Thread(Base):
    """Counts up whenever what is shown under a medicine changes."""

    __tablename__ = "threads"

    medicine: Mapped[str] = mapped_column(String(200), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=0)


class Moderator(Base):
    """Who may decide. ``password`` is an Argon2id hash."""

    __tablename__ = "moderators"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    password: Mapped[str] = mapped_column(String(200))
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Login(Base):
    """A moderator's session. The cookie holds a random token, this table its hash."""

    __tablename__ = "logins"

    token: Mapped[str] = mapped_column(String(HASH), primary_key=True)
    moderator: Mapped[str] = mapped_column(ForeignKey("moderators.name", ondelete="CASCADE"))
    csrf: Mapped[str] = mapped_column(String(HASH))
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Ban(Base):
    """Whose comments are spam from now on: a person's or a caller's hash."""

    __tablename__ = "bans"

    hash: Mapped[str] = mapped_column(String(HASH), primary_key=True)
    kind: Mapped[str] = mapped_column(String(6))  # "person" or "caller"
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Audit(Base):
    """Who did what, when. Never the words that were taken out."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    moderator: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    comment: Mapped[str | None] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(String(200), default="")
