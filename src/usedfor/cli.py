"""The verbs of the program for people. Each asks :mod:`usedfor.api` and prints; nothing is decided here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Literal

import click
import msgspec

from usedfor import api
from usedfor.errors import DocumentError, InputError, UnknownMedicineError, UsedForError, VerificationError

__all__ = ["cli", "main"]

_FORMATS = ("text", "markdown", "html", "json")
_BY_SUFFIX = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".json": "json"}
_WIDEST = 100  # characters: longer lines are hard to read

_home = click.option(
    "--home",
    metavar="DIR",
    envvar="USEDFOR_HOME",
    help="The snapshot to ask. Default: the newest in your data folder, else the one that ships.",
)
_workers = click.option(
    "--workers", type=click.IntRange(1), metavar="N", help="Worker processes. Default: one a core."
)


class _Names(click.Group):
    """A first word that is no command names a medicine: ``usedfor X`` is ``usedfor brief X``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"-h", "--help", "--version"}
        if args and args[0] not in own and args[0] not in self.commands:
            args = ["brief", *args]
        return super().parse_args(ctx, args)


class _ManyPaths(click.Command):
    """Lets ``--labels A B C`` name several paths, as a shell's ``*`` gives them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(_repeated(args, {"--labels", "--trials"})))


def _repeated(args: Sequence[str], options: set[str]) -> Iterator[str]:
    current, given = None, False
    for arg in args:
        if arg.startswith("-") and arg != "-":
            current, given = (arg if arg in options else None), False
        elif current and given:
            yield current
        else:
            given = current is not None
        yield arg


@click.group(
    cls=_Names,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: usedfor ketamine",
)
@click.version_option(package_name="usedfor", prog_name="usedfor")
def cli() -> None:
    """What is this medicine used for? Every sentence cites an official document.

    `usedfor MEDICINE` prints a brief: what the medicine is, what it is approved for, what it is not for,
    how it is given, how quickly it works, side effects, precautions and legal status. It informs; it does
    not advise.
    """


@cli.command(epilog='Example: usedfor brief "metformin hydrochloride" --format html -o metformin.html')
@click.argument("medicine", nargs=-1, required=True)
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), help="Default: text, or what FILE's ending says."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write to FILE.")
@_home
def brief(medicine: tuple[str, ...], form: str | None, output: str | None, home: str | None) -> None:
    """Print the brief of a medicine, by generic or brand name.

    A name that is not known exactly is answered with near names, never with another medicine: on a
    terminal you are asked, elsewhere the exit code is 3.
    """
    form = form or _BY_SUFFIX.get(Path(output).suffix.lower(), "text") if output else form or "text"
    found = _ask(" ".join(medicine), home)
    terminal = output is None and sys.stdout.isatty()
    width = min(_terminal_width(), _WIDEST) if terminal else 80
    color = terminal and "NO_COLOR" not in os.environ
    text = api.render(found, form, width=width, color=color)  # type: ignore[arg-type]
    if output is None:
        click.echo(text, nl=False, color=color)
        return
    try:
        Path(output).write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror or error}") from error


def _ask(name: str, home: str | None) -> Any:
    """The brief of ``name``; on a terminal near names are offered once."""
    try:
        return api.brief(name, home=home)
    except UnknownMedicineError as error:
        if not error.near or not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        click.echo(f"{error.message}. Did you mean:", err=True)
        for n, near in enumerate(error.near, 1):
            click.echo(f"  {n}  {near}", err=True)
        chosen = click.prompt(
            "Number (0 for none)", type=click.IntRange(0, len(error.near)), default=0, err=True
        )
        if not chosen:
            raise UnknownMedicineError(error.message, error.name) from error
        return api.brief(error.near[chosen - 1].partition(" (")[0], home=home)


def _terminal_width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns


@cli.command(
    cls=_ManyPaths, epilog="Example: usedfor extract drug-label-0001-of-0013.json.zip > labels.jsonl"
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
def extract(files: tuple[str, ...], passages: IO[bytes] | None, trials: tuple[str, ...]) -> None:
    """Print what labels say, one JSON line a label: uses, contraindicated conditions, reactions, with spans.

    FILE is openFDA JSON, a bulk .json.zip, SPL .xml, DailyMed's .zip, or a folder of them. What cannot be
    read is named on standard error, and the others go on.
    """
    if bool(files) + (passages is not None) + bool(trials) != 1:
        raise click.UsageError("give files, --passages FILE, or --trials PATH...")
    if passages is not None:
        for row in api.extract_passages(_json_lines(passages)):
            _print_json(row)
        return
    aside: list[DocumentError] = []
    count = 0
    for row in api.extract_trials(trials, aside) if trials else api.extract(files, aside):
        _print_json(row)
        count += 1
    for error in aside:
        click.echo(f"set aside: {error.message}", err=True)
    if not count and (aside or not trials):  # a reply may hold no trials
        raise InputError(f"no {'trial' if trials else 'label'} could be read")


def _print_json(row: Any) -> None:
    click.echo(msgspec.json.encode(row).decode())


def _json_lines(lines: IO[bytes]) -> Iterator[Any]:
    decode = msgspec.json.Decoder().decode
    for n, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield decode(line)
            except msgspec.DecodeError as error:
                raise InputError(f"line {n}: {error}") from error


@cli.command(
    cls=_ManyPaths, epilog="Example: usedfor build --labels downloads/*.json.zip --out snapshots/today"
)
@click.option(
    "--labels", multiple=True, required=True, type=click.Path(exists=True), metavar="PATH...",
    help="Files or folders of labels: openFDA JSON, bulk .json.zip, SPL .xml, DailyMed .zip.",
)  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False), metavar="DIR", help="Default: your data folder.")
@_workers
def build(labels: tuple[str, ...], out: str | None, workers: int | None) -> None:
    """Build a snapshot from files of labels, on all cores.

    It is written beside the old one and switched at once. The same files give the same snapshot, byte for
    byte.
    """
    with _bar() as progress:
        folder, made = api.build(labels, out, workers=workers, progress=progress)
    for put in made.set_aside:
        click.echo(f"set aside: {put.origin}: {put.reason}", err=True)
    counts = ", ".join(f"{made.counts[what]:,} {what}" for what in ("documents", "medicines", "statements"))
    click.echo(f"{folder}: {counts}; {len(made.set_aside)} set aside")


def _bar() -> Any:
    from usedfor.knowledge import bar

    return bar(sys.stderr)


@cli.command(epilog="Example: usedfor status --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_home
def status(as_json: bool, home: str | None) -> None:
    """Say which snapshot is in use, as of when, and what it holds."""
    found = api.status(home)
    if as_json:
        _print_json(found)
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


@cli.command(epilog="Example: usedfor verify downloads/*.json.zip")
@click.argument("labels", nargs=-1, type=click.Path(exists=True), metavar="[LABELS]...")
@_home
@_workers
def verify(labels: tuple[str, ...], home: str | None, workers: int | None) -> None:
    """Check the hash of every table and, against LABELS, the hash of every document and every span.

    Without LABELS the documents' texts of the snapshot itself are used, where it has them.
    """
    with _bar() as progress:
        report = api.verify(home, labels, workers=workers, progress=progress)
    click.echo(report.summary)


@cli.command(epilog="Example: usedfor export tables --format csv")
@click.argument("folder", type=click.Path(file_okay=False), metavar="DIR")
@click.option("--format", "form", type=click.Choice(("parquet", "csv")), default="parquet", show_default=True)
@_home
def export(folder: str, form: Literal["parquet", "csv"], home: str | None) -> None:
    """Write the tables of the snapshot into DIR, as Parquet or CSV."""
    for path in api.export(folder, form, home=home):
        click.echo(str(path))


def main(args: Sequence[str] | None = None) -> None:
    """Run the program and exit: 0 done, 2 bad usage or input, 3 medicine not known, 4 no source reached."""
    sys.exit(_run(args))


def _run(args: Sequence[str] | None) -> int:
    try:
        cli.main(args=list(args) if args is not None else None, prog_name="usedfor", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("stopped", err=True)
        return 130
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except UsedForError as error:
        _tell(error)
        return error.exit_code
    return 0


def _tell(error: UsedForError) -> None:
    if isinstance(error, VerificationError):
        for finding in error.findings:
            click.echo(finding, err=True)
    near = error.near if isinstance(error, UnknownMedicineError) else ()
    hint = f". Near names: {', '.join(near)}" if near else ""
    click.echo(f"usedfor: {error.message}{hint}", err=True)
