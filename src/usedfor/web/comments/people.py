"""Moderators: their passwords and their sessions."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select

from usedfor.errors import InputError
from usedfor.web.comments.database import Database
from usedfor.web.comments.keys import Keys
from usedfor.web.comments.tables import Login, Moderator

__all__ = ["People", "Session"]

SESSION = timedelta(hours=12)
SHORTEST = 12  # characters of a password
_NAME = 80


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A moderator who is logged in; ``csrf`` must come with everything they send."""

    moderator: str
    csrf: str


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # Argon2id with the library's parameters (RFC 9106, low memory)


@cache
def _nobody() -> str:
    """A hash to check against where there is no such moderator, so that it takes as long."""
    return _hasher().hash(secrets.token_hex(16))


class People:
    """The moderators of one database."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def add(self, name: str, password: str, now: datetime) -> None:
        """Make a moderator, or give one another password (which ends their sessions).

        :raises InputError: for a name or a password that will not do.
        """
        if not name.strip() or len(name) > _NAME or not name.isprintable():
            raise InputError("a moderator's name must have 1 to 80 printable characters")
        if len(password) < SHORTEST:
            raise InputError(f"a moderator's password must have at least {SHORTEST} characters")
        hashed = _hasher().hash(password)
        with self._database.session() as session:
            known = session.get(Moderator, name)
            if known is None:
                session.add(Moderator(name=name, password=hashed, created=now))
            else:
                known.password = hashed
                session.execute(delete(Login).where(Login.moderator == name))

    def names(self) -> list[str]:
        """All moderators."""
        with self._database.session(reads=True) as session:
            return list(session.scalars(select(Moderator.name).order_by(Moderator.name)))

    def remove(self, name: str) -> None:
        """Take a moderator away; their sessions end. What they did stays in the audit trail.

        :raises InputError: where there is none of that name.
        """
        with self._database.session() as session:
            session.execute(delete(Login).where(Login.moderator == name))
            gone = session.execute(delete(Moderator).where(Moderator.name == name).returning(Moderator.name))
            if not gone.all():
                raise InputError(f"there is no moderator {name!r}")

    def log_in(self, name: str, password: str, now: datetime) -> str | None:
        """A new session's token for the right name and password, else None. The token is made here: one that
        a visitor brings along is never taken over."""
        nobody = _nobody()
        with self._database.session(reads=True) as session:
            known = session.get(Moderator, name) if "\0" not in name else None
        try:
            _hasher().verify(known.password if known else nobody, password)
        except (VerificationError, InvalidHashError):
            return None
        if known is None:
            return None
        token = secrets.token_urlsafe(32)
        with self._database.session() as session:
            session.execute(delete(Login).where(Login.until < now))
            session.add(
                Login(
                    token=self._keys.hash("session", token), moderator=name,
                    csrf=secrets.token_hex(32), until=now + SESSION,
                )
            )  # fmt: skip
        return token

    def session(self, token: str | None, now: datetime) -> Session | None:
        """The session of a token, where it is one and not over."""
        if not token:
            return None
        with self._database.session(reads=True) as session:
            found = session.get(Login, self._keys.hash("session", token))
        if found is None:
            return None
        until = found.until if found.until.tzinfo else found.until.replace(tzinfo=UTC)  # SQLite keeps no zone
        return Session(moderator=found.moderator, csrf=found.csrf) if until > now else None

    def log_out(self, token: str) -> None:
        """End a session."""
        with self._database.session() as session:
            session.execute(delete(Login).where(Login.token == self._keys.hash("session", token)))
