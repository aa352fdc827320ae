"""``usedfor evidence``: the studies behind one use over time."""

from __future__ import annotations

from html import escape
from pathlib import Path

import click

from usedfor import api
from usedfor.commands.common import home as home_option
from usedfor.commands.common import print_json, tell_shipped
from usedfor.errors import InputError

__all__ = ["evidence"]


@click.command(epilog='Example: usedfor evidence ketamine "postoperative pain" --format svg -o pain.svg')
@click.argument("medicine")
@click.argument("condition")
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "svg", "html")), default="text", show_default=True
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write to FILE.")
@home_option
def evidence(medicine: str, condition: str, form: str, output: str | None, home: str | None) -> None:
    """Show the trials and papers on MEDICINE for CONDITION by year, phase and result.

    As text and JSON, as a picture (svg), or as the picture with the same data as a table (html).
    """
    found = api.use_studies(medicine, condition, home=home)
    tell_shipped([found["medicine"]], home)
    if form == "json":
        print_json({key: found[key] for key in found if key not in ("table", "text", "svg")})
        return
    made = "\n".join(found["text"]) if form == "text" else found["svg"]
    if form == "html":
        title = escape(found["text"][0])
        made = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
            f"<h1>{title}</h1>{found['svg']}{found['table']}</html>"
        )
    if output is None:
        click.echo(made)
        return
    try:
        Path(output).write_text(made + "\n", "utf-8")
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror or error}") from error
