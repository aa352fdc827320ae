"""``usedfor ask`` and ``usedfor search``: questions in one's own words."""

from __future__ import annotations

import sys
from typing import IO

import click

from usedfor.commands.common import home as home_option
from usedfor.commands.common import json_lines, print_json, tell_shipped, terminal_width
from usedfor.errors import InputError

__all__ = ["ask", "search"]

_WIDEST = 100


@click.command(epilog='Example: usedfor ask "is esketamine approved for depression?"')
@click.argument("question", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option(
    "--jsonl",
    type=click.File("rb"),
    metavar="FILE|-",
    help='Many questions: a line of {"id", "question"} each; prints a line of JSON each.',
)
@home_option
def ask(question: tuple[str, ...], as_json: bool, jsonl: IO[bytes] | None, home: str | None) -> None:
    """Answer a question about a medicine, every fact with its reference.

    Where it is not known, the answer says so and why. No dose is advised: the label is quoted.
    """
    from usedfor import api

    if jsonl is not None:
        if question:
            raise InputError("give a question or --jsonl, not both")
        for row in api.ask_many(json_lines(jsonl), home=home):
            print_json(row)
        return
    if not question:
        raise InputError('a question is needed: usedfor ask "what is ketamine used for?"')
    from usedfor.answers.shape import to_dict, to_text

    found = api.ask(" ".join(question), home=home)
    own = [found.medicine.id] if found.medicine else []
    tell_shipped([*own, *(found.table.columns if found.table else ())], home)
    if as_json:
        print_json(to_dict(found))
        return
    width = min(terminal_width(), _WIDEST) if sys.stdout.isatty() else 80
    click.echo(to_text(found, width), nl=False)


@click.command(epilog="Example: usedfor search hair loss --limit 5")
@click.argument("words", nargs=-1, required=True)
@click.option("--section", metavar="FIELD", help="Passages of this openFDA field alone.")
@click.option("--status", metavar="STATUS", help="Uses of this status alone: approved, contraindicated ...")
@click.option("--since", metavar="DATE", help="Documents of this date (2026-01-31) or later.")
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="How many of each.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@home_option
def search(
    words: tuple[str, ...],
    section: str | None,
    status: str | None,
    since: str | None,
    limit: int,
    as_json: bool,
    home: str | None,
) -> None:
    """Search the facts and the sentences of all medicines' documents.

    The first search of a snapshot makes an index in your cache folder.
    """
    from usedfor import api

    found = api.search(" ".join(words), section=section, status=status, since=since, limit=limit, home=home)
    if as_json:
        print_json(found)
        return
    tell_shipped([fact["medicine"] for fact in found["facts"]], home)
    for fact in found["facts"]:
        often = f", {fact['per_cent']:g}%" if fact["per_cent"] else ""
        place = fact["spans"][0]
        click.echo(f"{fact['name']}: {fact['text']} ({fact['status']}{often})")
        click.echo(f"    {place['document']} {place['section']} {place['start']}-{place['end']}")
    if found["facts_in_all"] > len(found["facts"]):
        click.echo(f"... and {found['facts_in_all'] - len(found['facts'])} more; --limit shows them")
    for hit in found["passages"]:
        shown = hit["words"] if len(hit["words"]) <= 200 else hit["words"][:200].rsplit(" ", 1)[0] + " …"
        click.echo(f"{hit['medicine']}: “{shown}”")
        click.echo(f"    {hit['document']} {hit['section']} {hit['start']}-{hit['end']} ({hit['date']})")
    if not found["facts"] and not found["passages"]:
        click.echo("nothing was found", err=True)
