"""``usedfor reports``: what was reported, as what it is."""

from __future__ import annotations

from textwrap import fill

import click

from usedfor import api
from usedfor.commands.common import print_json

__all__ = ["reports"]


@click.command(epilog="Example: usedfor reports ketamine --limit 10")
@click.argument("medicine", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many reactions.")
@click.option("--downloads", type=click.Path(file_okay=False), metavar="DIR", help="Where files are kept.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def reports(medicine: tuple[str, ...], limit: int, downloads: str | None, as_json: bool) -> None:
    """Count the reports to the FDA that name a reaction beside MEDICINE, as usedfor sync fetched them.

    Reports are not proof, and no brief, answer or verdict rests on them: a label's own side effects are in
    the brief.
    """
    found = api.reports(" ".join(medicine), folder=downloads, limit=limit)
    if as_json:
        print_json(found)
        return
    as_of = f", as of {found['as_of']}" if found["as_of"] else ""
    click.echo(f"Reports to the FDA that name {found['medicine']}{as_of}")
    click.echo(fill(found["caution"], 80))
    click.echo()
    for one in found["reactions"]:
        click.echo(f"{one['reports']:>9,}  {one['term']}")
    more = found["reactions_in_all"] - len(found["reactions"])
    if more > 0:
        click.echo(f"... and {more:,} other reactions; --limit shows them")
    click.echo(f"\n{found['url']}")
