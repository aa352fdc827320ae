"""``usedfor build``, ``status``, ``verify``, ``export``."""

from __future__ import annotations

from typing import Literal

import click

from usedfor import api
from usedfor.commands.common import ManyPaths, bar, print_json
from usedfor.commands.common import home as home_option
from usedfor.commands.common import workers as workers_option

__all__ = ["build", "export", "status", "verify"]


@click.command(
    cls=ManyPaths, epilog="Example: usedfor build --labels downloads/*.json.zip --out snapshots/today"
)
@click.option(
    "--labels", multiple=True, required=True, type=click.Path(exists=True), metavar="PATH...",
    help="Files or folders of labels: openFDA JSON, bulk .json.zip, SPL .xml, DailyMed .zip.",
)  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False), metavar="DIR", help="Default: your data folder.")
@workers_option
def build(labels: tuple[str, ...], out: str | None, workers: int | None) -> None:
    """Build a snapshot from files of labels, on all cores.

    It is written beside the old one and switched at once. The same files give the same snapshot, byte for
    byte.
    """
    with bar() as progress:
        folder, made = api.build(labels, out, workers=workers, progress=progress)
    for put in made.set_aside:
        click.echo(f"set aside: {put.origin}: {put.reason}", err=True)
    counts = ", ".join(f"{made.counts[what]:,} {what}" for what in ("documents", "medicines", "statements"))
    click.echo(f"{folder}: {counts}; {len(made.set_aside)} set aside")


@click.command(epilog="Example: usedfor status --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@home_option
def status(as_json: bool, home: str | None) -> None:
    """Say which snapshot is in use, as of when, and what it holds."""
    found = api.status(home)
    if as_json:
        print_json(found)
        return
    why = {"named": "named", "newest": "the newest in your data folder", "starter": "ships with the program"}
    click.echo(f"snapshot   {found.home} ({why[found.chosen]})")
    click.echo(f"as of      {', '.join(f'{what} {date}' for what, date in sorted(found.as_of.items()))}")
    click.echo(f"made by    usedfor {found.program}, digest {found.digest}")
    click.echo(f"holds      {', '.join(f'{n:,} {what}' for what, n in sorted(found.counts.items()))}")
    click.echo(f"quotes     {'shown: the texts of the documents are here' if found.quotes else 'not shown: the texts of the documents are not here'}")  # fmt: skip  # noqa: E501
    click.echo(f"set aside  {len(found.set_aside)}")
    for put in found.set_aside:
        click.echo(f"           {put.origin}: {put.reason}")
    for other in found.others:
        click.echo(f"also here  {other}")


@click.command(epilog="Example: usedfor verify downloads/*.json.zip")
@click.argument("labels", nargs=-1, type=click.Path(exists=True), metavar="[LABELS]...")
@home_option
@workers_option
def verify(labels: tuple[str, ...], home: str | None, workers: int | None) -> None:
    """Check the hash of every table and, against LABELS, the hash of every document and every span.

    Without LABELS the documents' texts of the snapshot itself are used, where it has them.
    """
    with bar() as progress:
        report = api.verify(home, labels, workers=workers, progress=progress)
    click.echo(report.summary)


@click.command(epilog="Example: usedfor export tables --format csv")
@click.argument("folder", type=click.Path(file_okay=False), metavar="DIR")
@click.option("--format", "form", type=click.Choice(("parquet", "csv")), default="parquet", show_default=True)
@home_option
def export(folder: str, form: Literal["parquet", "csv"], home: str | None) -> None:
    """Write the tables of the snapshot into DIR, as Parquet or CSV."""
    for path in api.export(folder, form, home=home):
        click.echo(str(path))
