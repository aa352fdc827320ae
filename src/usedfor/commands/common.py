"""What the commands share: options, JSON lines, the way to give many paths to one option."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

import click
import msgspec

from usedfor.errors import InputError

__all__ = [
    "ManyPaths",
    "bar",
    "home",
    "json_lines",
    "print_json",
    "repeated",
    "tell_shipped",
    "terminal_width",
    "workers",
]

home = click.option(
    "--home",
    metavar="DIR",
    envvar="USEDFOR_HOME",
    help="The snapshot to ask. Default: the newest in your data folder, else the one that ships.",
)
workers = click.option(
    "--workers", type=click.IntRange(1), metavar="N", help="Worker processes. Default: one a core."
)


class ManyPaths(click.Command):
    """Lets a repeatable option name several paths, ``--labels A B C``, as a shell's ``*`` gives them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option before each further value."""
        many = {o for p in self.params if isinstance(p, click.Option) and p.multiple for o in p.opts}
        return super().parse_args(ctx, list(repeated(args, many)))


def repeated(args: Sequence[str], options: set[str]) -> Iterator[str]:
    """``args`` with each of ``options`` repeated before every further value that follows it."""
    current, given = None, False
    for arg in args:
        if arg.startswith("-") and arg != "-":
            current, given = (arg if arg in options else None), False
        elif current and given:
            yield current
        else:
            given = current is not None
        yield arg


def tell_shipped(names: Iterable[str], home: str | None) -> None:
    """Say on standard error which of these medicines are answered for from the facts that ship."""
    from usedfor import api

    found = api.unfetched(*dict.fromkeys(names), home=home)
    if found:
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        was, this = ("was", "this is") if len(found) == 1 else ("were", "what is said of them is")
        click.echo(
            f"{', '.join(found[:5])}{more} {was} not fetched: {this} from the facts that ship with the"
            " program, without the documents' texts",
            err=True,
        )


def terminal_width() -> int:
    """Columns of the terminal, 80 where there is none."""
    from shutil import get_terminal_size

    return get_terminal_size().columns


def print_json(row: Any) -> None:
    """One JSON line on standard output."""
    click.echo(msgspec.json.encode(row).decode())


def json_lines(lines: IO[bytes]) -> Iterator[Any]:
    """Each line decoded, empty ones left out.

    :raises InputError: for a line that is not JSON; it names the line.
    """
    decode = msgspec.json.Decoder().decode
    for n, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield decode(line)
            except msgspec.DecodeError as error:
                raise InputError(f"line {n}: {error}") from error


def bar() -> Any:
    """The bar that shows progress on a terminal, for ``with``."""
    from usedfor.knowledge import bar as made

    return made(sys.stderr)
