"""``usedfor extract``."""

from __future__ import annotations

from typing import IO

import click

from usedfor import api
from usedfor.commands.common import ManyPaths, json_lines, print_json
from usedfor.errors import DocumentError, InputError

__all__ = ["extract"]


@click.command(
    cls=ManyPaths, epilog="Example: usedfor extract drug-label-0001-of-0013.json.zip > labels.jsonl"
)
@click.argument("files", nargs=-1, type=click.Path(exists=True), metavar="[FILE]...")
@click.option(
    "--passages",
    type=click.File("rb"),
    metavar="FILE|-",
    help='Read {"id","kind","text","medicine"?} lines instead; kind is an openFDA field name or "sentence".',
)
@click.option(
    "--trials", multiple=True, type=click.Path(exists=True), metavar="PATH...",
    help="Read registered trials instead: API v2 JSON or the site's CSV, zipped or not, or folders.",
)  # fmt: skip
@click.option(
    "--papers", multiple=True, type=click.Path(exists=True), metavar="PATH...",
    help='Read papers instead: PubMed XML, JATS full texts or {"id","text"} lines, packed or not.',
)  # fmt: skip
@click.option(
    "--comparisons",
    type=click.File("rb"),
    metavar="FILE|-",
    help='Read {"id","text","intervention","comparator","outcome"} lines instead: what did the one do to the '
    "outcome against the other?",
)
def extract(
    files: tuple[str, ...],
    passages: IO[bytes] | None,
    trials: tuple[str, ...],
    papers: tuple[str, ...],
    comparisons: IO[bytes] | None,
) -> None:
    """Print what labels say, one JSON line a label: uses, contraindicated conditions, reactions, with spans.

    FILE is openFDA JSON, a bulk .json.zip, SPL .xml, DailyMed's .zip, or a folder of them. What cannot be
    read is named on standard error, and the others go on.
    """
    lines = passages or comparisons
    if bool(files) + (passages is not None) + bool(trials) + bool(papers) + (comparisons is not None) != 1:
        raise click.UsageError(
            "give files, --passages FILE, --trials PATH..., --papers PATH... or --comparisons FILE"
        )
    if lines is not None:
        for row in (api.extract_passages if passages else api.extract_comparisons)(json_lines(lines)):
            print_json(row)
        return
    aside: list[DocumentError] = []
    count = 0
    read, what = (
        (api.extract_trials, "trial")
        if trials
        else (api.extract_papers, "paper")
        if papers
        else (api.extract, "label")
    )
    for row in read(trials or papers or files, aside):
        print_json(row)
        count += 1
    for error in aside:
        click.echo(f"set aside: {error.message}", err=True)
    if not count and (aside or not trials):  # a reply may hold no trials
        raise InputError(f"no {what} could be read")
