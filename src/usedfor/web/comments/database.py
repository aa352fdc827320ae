"""The connection: SQLite by default, PostgreSQL by address; brought to the newest form when it is opened."""

from __future__ import annotations

import importlib.resources
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from usedfor.errors import InputError, UsedForError

__all__ = ["Database", "StoreAwayError"]

_BUSY = 15_000  # milliseconds that a writer waits for another, and PostgreSQL for a statement
_LOCK = 0x75666F72  # PostgreSQL's advisory lock while the tables are brought up to date
_MIGRATING = threading.Lock()


class StoreAwayError(UsedForError):
    """The comments' database does not answer. Nothing that was accepted is lost; the reader is told."""


class Database:
    """A comments' database. ``url`` as SQLAlchemy writes it; None: SQLite at ``folder``/comments.sqlite.

    :raises InputError: for an address that cannot be one.
    """

    def __init__(self, url: str | None, folder: Path) -> None:
        if url is None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "comments.sqlite").touch(mode=0o600)
            url = f"sqlite:///{folder / 'comments.sqlite'}"
        try:
            parsed = make_url(url)
            if parsed.drivername in ("postgres", "postgresql"):
                parsed = parsed.set(drivername="postgresql+psycopg")
            options: dict[str, Any] = {"pool_pre_ping": True, "hide_parameters": True}
            if not parsed.drivername.startswith("sqlite"):
                options |= {"pool_size": 10, "max_overflow": 20, "pool_timeout": 10}
                options["connect_args"] = {"connect_timeout": 5}
            self.engine: Engine = create_engine(parsed, **options)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise InputError(f"USEDFOR_DATABASE_URL cannot be used: {error}") from error
        self.sqlite = parsed.drivername.startswith("sqlite")
        event.listen(self.engine, "connect", _prepare if self.sqlite else _hurry)
        if self.sqlite:
            event.listen(self.engine, "begin", _begin)
        self._writers = sessionmaker(self.engine.execution_options(writes=True), expire_on_commit=False)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._ready = False

    def migrate(self) -> None:
        """Bring the tables to the newest form; does nothing the second time.

        :raises StoreAwayError: where the database does not answer.
        """
        with _MIGRATING:  # alembic keeps what it works on in a place that all threads share
            if not self._ready:
                self._migrate()

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        place = importlib.resources.files("usedfor.web.comments").joinpath("migrations")
        config.set_main_option("script_location", str(place))
        try:
            with self.engine.connect().execution_options(writes=True) as connection:
                if not self.sqlite:
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                connection.commit()
        except SQLAlchemyError as error:
            raise StoreAwayError("the comments' database does not answer") from error
        self._ready = True

    @contextmanager
    def session(self, *, reads: bool = False) -> Iterator[Session]:
        """A transaction: committed at the end, undone by any error. One that only ``reads`` waits for nobody.

        :raises StoreAwayError: where the database does not answer; nothing of the transaction is kept.
        """
        self.migrate()
        try:
            with (self._sessions if reads else self._writers).begin() as session:
                yield session
        except SQLAlchemyError as error:
            raise StoreAwayError("the comments' database does not answer") from error

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _prepare(connection: Any, _: Any) -> None:
    """What each SQLite connection needs: other readers while one writes, references that hold, and nothing
    left in the file of what was deleted."""
    connection.isolation_level = None  # the driver begins nothing: _begin does
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
        f"busy_timeout = {_BUSY}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A writer takes its turn at once: one that has read first could find its view outdated."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _hurry(connection: Any, _: Any) -> None:
    """PostgreSQL gives a statement up rather than keep a reader waiting."""
    connection.execute(f"SET statement_timeout = {_BUSY}")
    connection.commit()
