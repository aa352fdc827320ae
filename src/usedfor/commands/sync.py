"""``usedfor sync``."""

from __future__ import annotations

import sys
from typing import Any

import click

from usedfor import api
from usedfor.commands.common import bar, print_json
from usedfor.commands.common import workers as workers_option
from usedfor.errors import SourceError

__all__ = ["sync"]


@click.command(epilog="Example: usedfor sync ketamine esketamine")
@click.argument("medicines", nargs=-1, metavar="[MEDICINE]...")
@click.option(
    "--all", "everything", is_flag=True, help="The bulk files of every source. See --dry-run first."
)
@click.option(
    "--source", "sources", multiple=True, type=click.Choice((*api.SOURCES, "events")),
    help="Only this source; may be given again. Default: all.",
)  # fmt: skip
@click.option("--downloads", type=click.Path(file_okay=False), metavar="DIR", help="Where files are kept.")
@click.option("--out", type=click.Path(file_okay=False), metavar="DIR", help="Where the snapshot goes.")
@click.option("--dry-run", is_flag=True, help="Say what would be fetched and how much; fetch nothing.")
@click.option("--no-build", is_flag=True, help="Fetch only; build later with usedfor build.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
@workers_option
def sync(
    medicines: tuple[str, ...],
    everything: bool,
    sources: tuple[str, ...],
    downloads: str | None,
    out: str | None,
    dry_run: bool,
    no_build: bool,
    as_json: bool,
    workers: int | None,
) -> None:
    """Fetch from the official services, then build a snapshot of all that was fetched.

    The services are openFDA, DailyMed, ClinicalTrials.gov and PubMed. Their limits are kept; a run that broke
    goes on where it stopped, and only what changed is fetched. Keys are read from OPENFDA_API_KEY and
    NCBI_API_KEY. A medicine's name must be exact.
    """
    if not medicines and not everything:
        raise click.UsageError("name medicines, or give --all")
    _quiet_retries()
    if dry_run:
        for row in api.sync_plan(medicines, everything=everything, sources=sources, folder=downloads):
            _show(row, as_json)
        return
    with _fetching() as tell:
        rows = api.sync(medicines, everything=everything, sources=sources, folder=downloads, tell=tell)
    for row in rows:
        _show(row, as_json)
    if not no_build and any(not row.error for row in rows):
        with bar() as progress:
            folder, made = api.build_downloads(downloads, out, workers=workers, progress=progress)
        for put in made.set_aside:
            click.echo(f"set aside: {put.origin}: {put.reason}", err=True)
        click.echo(
            f"{folder}: {made.counts['documents']:,} documents, {made.counts['medicines']:,} medicines"
        )
    failed = [row for row in rows if row.error]
    if failed:
        raise SourceError(
            f"{len(failed)} of {len(rows)} could not be fetched; the next run goes on from here"
        )


def _show(row: api.Synced, as_json: bool) -> None:
    if as_json:
        print_json(row)
        return
    if row.error:
        click.echo(f"{row.source:<15} {row.what}: {row.error}", err=True)
        return
    parts = [f"{row.files:,} files"] if row.fetched or row.what == "all" else []
    if row.records is not None:
        parts.append(f"{row.records:,} records")
    if row.bytes is not None:
        parts.append(f"{row.bytes / 1e6:,.1f} MB")
    elif row.what == "all":
        parts.append("size not said by its index")
    parts = parts or ["counts of reports"]
    click.echo(f"{row.source:<15} {row.what}: {', '.join(parts)}{'' if row.fetched else ' to fetch'}")


def _quiet_retries() -> None:
    """The library of retries would log each of them; what matters is told at the end."""
    import stamina

    stamina.instrumentation.set_on_retry_hooks([])


def _fetching() -> Any:
    """A line for each source and for each file under way, with a rate and when it ends; None where there is
    no terminal."""
    from contextlib import contextmanager

    @contextmanager
    def shown() -> Any:
        if not sys.stderr.isatty():
            yield None
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}")
        with Progress(*columns, TimeRemainingColumn(), console=Console(file=sys.stderr)) as bars:
            yield teller(bars)

    return shown()


def teller(bars: Any) -> Any:
    """What a run tells, as bars: counts where its name says of what, else bytes."""
    tasks: dict[str, Any] = {}

    def tell(name: str, done: int, total: int) -> None:
        if name not in tasks:
            tasks[name] = bars.add_task(name, total=total or None, said="")
        if total:
            bars.update(tasks[name], completed=done, total=total)
        else:
            bars.advance(tasks[name], done)
        task = next(task for task in bars.tasks if task.id == tasks[name])
        unit = name.rpartition(", ")[2]
        counted = unit in ("files", "studies")
        bars.update(tasks[name], said=_amount(task, unit if counted else "MB", 1 if counted else 1e6))
        if total and done >= total and not counted:
            bars.remove_task(tasks.pop(name))

    return tell


def _amount(task: Any, unit: str, each: float) -> str:
    places = 0 if each == 1 else 1
    of = f" of {task.total / each:,.{places}f}" if task.total else ""
    rate = f", {task.speed / each:,.1f} {unit}/s" if task.speed else ""
    return f"{task.completed / each:,.{places}f}{of} {unit}{rate}"
