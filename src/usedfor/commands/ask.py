"""``usedfor ask`` and ``usedfor search``: questions in one's own words."""

from __future__ import annotations

import sys

import click

from usedfor.commands.common import home as home_option
from usedfor.commands.common import json_lines, print_json, terminal_width
from usedfor.errors import InputError

__all__ = ["ask"]

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
def ask(
    question: tuple[str, ...], as_json: bool, jsonl: click.utils.LazyFile | None, home: str | None
) -> None:
    """Answer a question about a medicine, every fact with its reference.

    Where it is not known, the answer says so and why. No dose is advised: the label is quoted.
    """
    from usedfor import api

    if jsonl is not None:
        if question:
            raise InputError("give a question or --jsonl, not both")
        for row in api.ask_many(json_lines(jsonl), home=home):  # type: ignore[arg-type]
            print_json(row)
        return
    if not question:
        raise InputError('a question is needed: usedfor ask "what is ketamine used for?"')
    from usedfor.answers.shape import to_dict, to_text

    found = api.ask(" ".join(question), home=home)
    if as_json:
        print_json(to_dict(found))
        return
    width = min(terminal_width(), _WIDEST) if sys.stdout.isatty() else 80
    click.echo(to_text(found, width), nl=False)
