"""``usedfor moderator``."""

from __future__ import annotations

import os

import click

from usedfor.errors import InputError

__all__ = ["moderator"]


@click.command(epilog="Example: usedfor moderator anna")
@click.argument("name")
@click.option("--password-file", type=click.File("r"), metavar="FILE|-", help="Read the password from FILE.")
def moderator(name: str, password_file: object) -> None:
    """Make a moderator of the site's comments, or give one another password.

    The password is asked for, or read from the first line of --password-file. The database is that of
    `usedfor serve`: USEDFOR_DATABASE_URL, else SQLite in your data folder.
    """
    from datetime import UTC, datetime

    from usedfor.web.comments.database import Database
    from usedfor.web.comments.join import folder
    from usedfor.web.comments.keys import Keys
    from usedfor.web.comments.people import People

    if password_file is not None:
        password = password_file.readline().rstrip("\n")  # type: ignore[attr-defined]
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    if not password:
        raise InputError("no password was given")
    place = folder()
    database = Database(os.environ.get("USEDFOR_DATABASE_URL") or None, place)
    People(database, Keys(place)).add(name, password, datetime.now(UTC))
    database.close()
    click.echo(f"{name} can log in at /moderate")
