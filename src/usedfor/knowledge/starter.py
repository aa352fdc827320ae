"""Make the starter: ``python -m usedfor.knowledge.starter LABELS --trials PATH --papers PATH``.

Facts and locators only: no text of a label longer than eight words, no passages, and of the two forms of the
tables the smaller one. The same labels give the same bytes.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from usedfor.errors import UsedForError
from usedfor.knowledge import manifest as manifests
from usedfor.knowledge import work
from usedfor.knowledge.build import write
from usedfor.knowledge.manifest import Manifest
from usedfor.knowledge.progress import Progress, bar
from usedfor.knowledge.snapshot import STARTER

__all__ = ["make"]


def make(
    labels: Sequence[Path],
    folder: Path = STARTER,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    parts: work.Parts = work.PARTS,
    trials: Sequence[Path] = (),
    papers: Sequence[Path] = (),
) -> Manifest:
    """Write the starter into ``folder``, in the place of the one that is there.

    :raises InputError: as :func:`usedfor.knowledge.build.build`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".starter-", dir=folder.parent) as scratch:
        new = Path(scratch)
        made = write(
            labels,
            new,
            full=False,
            workers=workers,
            progress=progress,
            parts=parts,
            trials=trials,
            papers=papers,
        )
        (folder / manifests.NAME).unlink(
            missing_ok=True
        )  # while it is absent, the starter is, to every reader
        shutil.rmtree(folder / "tables", ignore_errors=True)
        (new / "tables").rename(folder / "tables")
        (new / manifests.NAME).rename(folder / manifests.NAME)
    return made


@click.command(help=__doc__)
@click.argument("labels", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--trials", multiple=True, type=click.Path(path_type=Path), help="Registered trials.")
@click.option("--papers", multiple=True, type=click.Path(path_type=Path), help="Papers.")
@click.option("--out", type=click.Path(path_type=Path), default=STARTER, help="Where to write it.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes; all cores by default.")
def main(
    labels: tuple[Path, ...],
    trials: tuple[Path, ...],
    papers: tuple[Path, ...],
    out: Path,
    workers: int | None,
) -> None:
    """Make the starter and say what is in it."""
    try:
        with bar(sys.stderr) as progress:
            made = make(labels, out, workers=workers, progress=progress, trials=trials, papers=papers)
    except UsedForError as error:
        click.echo(error.message, err=True)
        sys.exit(error.exit_code)
    for put in made.set_aside:
        click.echo(f"set aside: {put.origin}: {put.reason}", err=True)
    size = sum(facts.bytes for facts in made.tables.values())
    click.echo(
        f"{made.counts['medicines']} medicines, {made.counts['statements']} statements, {size / 1e6:.1f} MB"
    )


if __name__ == "__main__":
    main()
