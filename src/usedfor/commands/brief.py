"""``usedfor brief``, the verb that needs no name."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from usedfor import api
from usedfor.commands.common import home as home_option
from usedfor.commands.common import tell_shipped, terminal_width
from usedfor.errors import InputError, UnknownMedicineError

__all__ = ["brief"]

_FORMATS = ("text", "markdown", "html", "json")
_BY_SUFFIX = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".json": "json"}
_WIDEST = 100  # characters: longer lines are hard to read


@click.command(epilog='Example: usedfor brief "metformin hydrochloride" --format html -o metformin.html')
@click.argument("medicine", nargs=-1, required=True)
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), help="Default: text, or what FILE's ending says."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write to FILE.")
@home_option
def brief(medicine: tuple[str, ...], form: str | None, output: str | None, home: str | None) -> None:
    """Print the brief of a medicine, by generic or brand name.

    A name that is not known exactly is answered with near names, never with another medicine: on a
    terminal you are asked, elsewhere the exit code is 3.
    """
    form = form or _BY_SUFFIX.get(Path(output).suffix.lower(), "text") if output else form or "text"
    found = _ask(" ".join(medicine), home)
    tell_shipped([found.medicine.name], home)
    terminal = output is None and sys.stdout.isatty()
    width = min(terminal_width(), _WIDEST) if terminal else 80
    color = terminal and "NO_COLOR" not in os.environ
    text = api.render(found, form, width=width, color=color)  # type: ignore[arg-type]
    if output is None:
        click.echo(text, nl=False, color=color)
        return
    try:
        Path(output).write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror or error}") from error


def _ask(name: str, home: str | None) -> Any:
    """The brief of ``name``; on a terminal near names are offered once."""
    try:
        return api.brief(name, home=home)
    except UnknownMedicineError as error:
        if not error.near or not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        click.echo(f"{error.message}. Did you mean:", err=True)
        for n, near in enumerate(error.near, 1):
            click.echo(f"  {n}  {near}", err=True)
        chosen = click.prompt(
            "Number (0 for none)", type=click.IntRange(0, len(error.near)), default=0, err=True
        )
        if not chosen:
            raise UnknownMedicineError(error.message, error.name) from error
        return api.brief(error.near[chosen - 1].partition(" (")[0], home=home)
