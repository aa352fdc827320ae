"""``usedfor moderator``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from usedfor.errors import InputError

if TYPE_CHECKING:
    from usedfor.web.comments.people import People

__all__ = ["moderator"]


@click.group(epilog="Example: usedfor moderator add anna")
def moderator() -> None:
    """Add, list or remove moderators of the site's comments.

    The database is that of `usedfor serve`: USEDFOR_DATABASE_URL, else SQLite in your data folder.
    """


@moderator.command(epilog="Example: usedfor moderator add anna")
@click.argument("name")
@click.option("--password-file", type=click.File("r"), metavar="FILE|-", help="Read the password from FILE.")
def add(name: str, password_file: object) -> None:
    """Make a moderator, or give one another password, which ends their sessions.

    The password is asked for, or read from the first line of --password-file.
    """
    from datetime import UTC, datetime

    if password_file is not None:
        password = password_file.readline().rstrip("\n")  # type: ignore[attr-defined]
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    if not password:
        raise InputError("no password was given")
    with _people() as people:
        people.add(name, password, datetime.now(UTC))
    click.echo(f"{name} can log in at /moderate")


@moderator.command(epilog="Example: usedfor moderator remove anna")
@click.argument("name")
def remove(name: str) -> None:
    """Take a moderator away and end their sessions."""
    with _people() as people:
        people.remove(name)
    click.echo(f"{name} can log in no more")


@moderator.command("list", epilog="Example: usedfor moderator list")
def names() -> None:
    """Print the moderators' names, one a line."""
    with _people() as people:
        for name in people.names():
            click.echo(name)


@contextmanager
def _people() -> Iterator[People]:
    from usedfor.web.comments.database import Database
    from usedfor.web.comments.join import folder
    from usedfor.web.comments.keys import Keys
    from usedfor.web.comments.people import People

    place = folder()
    database = Database(os.environ.get("USEDFOR_DATABASE_URL") or None, place)
    try:
        yield People(database, Keys(place))
    finally:
        database.close()
