"""The program: its commands by name, each loaded when it is asked for, and what its exit codes mean."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from usedfor.errors import UnknownMedicineError, UsedForError, VerificationError

__all__ = ["cli", "main"]

# The file of usedfor.commands that holds each command; its name there is the command's.
COMMANDS = {
    "ask": "ask",
    "brief": "brief",
    "build": "snapshots",
    "changes": "changes",
    "check": "check",
    "diff": "changes",
    "evidence": "evidence",
    "export": "snapshots",
    "extract": "extract",
    "mcp": "agents",
    "moderator": "moderator",
    "prune": "snapshots",
    "reports": "reports",
    "search": "ask",
    "serve": "serve",
    "site": "serve",
    "status": "snapshots",
    "sync": "sync",
    "verify": "snapshots",
}


class _Names(click.Group):
    """A first word that is no command names a medicine: ``usedfor X`` is ``usedfor brief X``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found = getattr(import_module(f"usedfor.commands.{COMMANDS[cmd_name]}"), cmd_name)
        assert isinstance(found, click.Command)
        return found

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"-h", "--help", "--version"}
        if args and args[0] not in own and args[0] not in COMMANDS:
            args = ["brief", *args]
        return super().parse_args(ctx, args)


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


def main(args: Sequence[str] | None = None) -> None:
    """Run the program and exit: 0 done, 1 a check found what it was to fail on, 2 bad usage or input,
    3 medicine not known, 4 no source reached.
    """
    sys.exit(_run(args))


def _run(args: Sequence[str] | None) -> int:
    try:
        given = list(args) if args is not None else None
        code = cli.main(args=given, prog_name="usedfor", standalone_mode=False)
        sys.stdout.flush()
        if isinstance(code, int):  # a command that ends with a code of its own
            return code
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
