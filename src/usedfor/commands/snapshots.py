"""``usedfor build``, ``status``, ``prune``, ``verify``, ``export``."""

from __future__ import annotations

from typing import Literal

import click

from usedfor import api
from usedfor.commands.common import ManyPaths, bar, print_json
from usedfor.commands.common import home as home_option
from usedfor.commands.common import workers as workers_option

Engine = Literal["local", "ray"]

__all__ = ["build", "export", "prune", "status", "verify"]


@click.command(
    cls=ManyPaths, epilog="Example: usedfor build --labels downloads/*.json.zip --out snapshots/today"
)
@click.option(
    "--labels", multiple=True, required=True, type=click.Path(exists=True), metavar="PATH...",
    help="Files or folders of labels: openFDA JSON, bulk .json.zip, SPL .xml, DailyMed .zip.",
)  # fmt: skip
@click.option(
    "--trials",
    multiple=True,
    type=click.Path(exists=True),
    metavar="PATH...",
    help="Registered trials on these medicines: ClinicalTrials.gov's API v2 JSON or CSV, zipped or not.",
)
@click.option(
    "--papers",
    multiple=True,
    type=click.Path(exists=True),
    metavar="PATH...",
    help="Papers on these medicines: PubMed XML, PMC full texts, JSON lines of abstracts.",
)
@click.option("--out", type=click.Path(file_okay=False), metavar="DIR", help="Default: your data folder.")
@click.option(
    "--since", type=click.Path(exists=True, file_okay=False), metavar="DIR",
    help="An earlier snapshot: what has not changed since is taken over from it.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(("local", "ray")), default="local", show_default=True,
    help="Where labels are read: processes of this machine, or Ray (needs usedfor[ray]).",
)  # fmt: skip
@click.option(
    "--ray-address", metavar="ADDRESS",
    help="A running Ray cluster, such as ray://head:10001. Default: Ray is started on this machine.",
)  # fmt: skip
@workers_option
def build(
    labels: tuple[str, ...],
    trials: tuple[str, ...],
    papers: tuple[str, ...],
    out: str | None,
    since: str | None,
    engine: Engine,
    ray_address: str | None,
    workers: int | None,
) -> None:
    """Build a snapshot from files of labels, trials and papers, on all cores.

    It is written beside the old one and switched at once. The same files give the same snapshot, byte for
    byte, with whatever engine and on how many workers, since whatever snapshot.
    """
    with bar() as progress:
        folder, made = api.build(
            labels,
            out,
            trials=trials,
            papers=papers,
            since=since,
            engine=engine,
            ray_address=ray_address,
            workers=workers,
            progress=progress,
        )
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
    if found.chosen == "newest":
        click.echo("behind it  the facts that ship with the program, for medicines that it has not")
    click.echo(f"as of      {', '.join(f'{what} {date}' for what, date in sorted(found.as_of.items()))}")
    click.echo(f"made by    usedfor {found.program}, digest {found.digest}")
    click.echo(f"holds      {', '.join(f'{n:,} {what}' for what, n in sorted(found.counts.items()))}")
    click.echo(f"quotes     {'shown: the texts of the documents are here' if found.quotes else 'not shown: the texts of the documents are not here'}")  # fmt: skip  # noqa: E501
    click.echo(f"set aside  {len(found.set_aside)}")
    for put in found.set_aside:
        click.echo(f"           {put.origin}: {put.reason}")
    for one in found.snapshots:
        if one.home != found.home:
            what = one.why or (
                f"{', '.join(f'{what} {date}' for what, date in sorted(one.as_of.items()))}; "
                f"{one.documents:,} documents, {one.bytes / 1e6:,.0f} MB"
            )
            click.echo(f"also here  {one.home} ({what})")


@click.command(epilog="Example: usedfor prune --keep 2")
@click.option("--keep", type=click.IntRange(1), required=True, metavar="N", help="How many to keep.")
@click.option("--folder", type=click.Path(file_okay=False), metavar="DIR", help="Default: your data folder.")
@click.option("--dry-run", is_flag=True, help="Only say which would go.")
def prune(keep: int, folder: str | None, dry_run: bool) -> None:
    """Take away all snapshots but the N that were written last.

    Whoever has one open keeps it until the end.
    """
    for place in api.prune(keep, folder, dry_run=dry_run):
        click.echo(f"{'would remove' if dry_run else 'removed'} {place}")


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
