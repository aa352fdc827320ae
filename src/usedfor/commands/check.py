"""``usedfor check``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO, Any

import click

from usedfor import api
from usedfor.commands.common import home as home_option
from usedfor.commands.common import json_lines, print_json, tell_shipped, terminal_width
from usedfor.commands.common import workers as workers_option
from usedfor.errors import InputError

__all__ = ["check"]

_FORMATS = ("text", "json", "html", "sarif")
_VERDICTS = ("contradicted", "overstated", "not_found", "supported")
_WIDEST = 140  # characters of two columns side by side


def _verdicts(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...]:
    named = tuple(part.strip() for part in (value or "").split(",") if part.strip())
    for one in named:
        if one not in _VERDICTS:
            raise click.BadParameter(f"{one!r} is none of {', '.join(_VERDICTS)}")
    return named


@click.command(epilog="Example: usedfor check page.md --medicine ketamine --fail-on contradicted,overstated")
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--medicine", metavar="NAME", help="What the page is about. Default: its own words tell.")
@click.option(
    "--fail-on",
    metavar="VERDICTS",
    callback=_verdicts,
    help="Exit with 1 where one of these is found, parted by commas.",
)
@click.option(
    "--jsonl", type=click.File("rb"), metavar="FILE|-", help='Judge {"id","text","medicine"?} lines instead.'
)
@click.option("--suggest", is_flag=True, help="Offer a corrected, cited sentence for what is wrong.")
@click.option("--since", type=click.Path(exists=True, file_okay=False), metavar="DIR", help="An older snapshot: show only what was supported then and is not now.")  # fmt: skip  # noqa: E501
@click.option("-o", "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write to FILE.")
@home_option
@workers_option
def check(
    files: tuple[str, ...],
    form: Any,
    medicine: str | None,
    fail_on: tuple[str, ...],
    jsonl: IO[bytes] | None,
    suggest: bool,
    since: str | None,
    output: str | None,
    home: str | None,
    workers: int | None,
) -> None:
    """Hold an article's claims about medicines against the documents.

    FILE is text, Markdown or HTML, a folder of such pages, or - for standard input. Each sentence is
    supported, contradicted, overstated, not found in the documents, or no claim; with the rule, the reason
    and the words it rests on. Nothing is sent anywhere.
    """
    if bool(files) + (jsonl is not None) != 1:
        raise click.UsageError("give FILE, a folder, or --jsonl FILE")
    if jsonl is not None:
        found = set()
        for row in api.check_passages(json_lines(jsonl), home=home):
            found.add(row["verdict"])
            print_json(row)
        _leave(found, fail_on)
        return
    if "-" in files:
        if len(files) > 1 or since:
            raise click.UsageError("- stands alone")
        text = sys.stdin.buffer.read()
        reports = [api.check(text, medicine, home=home, suggest=suggest, name="")]
    else:
        reports = list(
            api.check_pages(files, medicine, home=home, since=since, suggest=suggest, workers=workers)
        )
        if since:
            reports = [r for r in reports if r.sentences] or reports[:0]
    tell_shipped([m for report in reports for m in report.medicines], home)
    terminal = output is None and sys.stdout.isatty()
    width = min(terminal_width(), _WIDEST) if terminal else 80
    shown = api.render_check(reports, form, width=width, color=terminal and "NO_COLOR" not in os.environ)
    if since and not reports and form == "text":
        shown = "no page became wrong\n"
    if output is None:
        click.echo(shown, nl=False)
    else:
        try:
            Path(output).write_text(shown, "utf-8")
        except OSError as error:
            raise InputError(f"{output} cannot be written: {error.strerror or error}") from error
    _leave({s.verdict for r in reports for s in r.sentences}, fail_on)


def _leave(found: set[Any], fail_on: tuple[str, ...]) -> None:
    """Exit with 1 where one of the verdicts was found."""
    if found & set(fail_on):
        raise click.exceptions.Exit(1)
