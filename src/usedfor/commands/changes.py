"""``usedfor diff`` and ``usedfor changes``."""

from __future__ import annotations

from typing import Literal

import click

from usedfor import api
from usedfor.commands.common import home as home_option

__all__ = ["changes", "diff"]

_form = click.option(
    "--format", "form", type=click.Choice(("text", "json", "atom")), default="text", show_default=True
)
Form = Literal["text", "json", "atom"]


@click.command(epilog="Example: usedfor diff snapshots/2026-06 snapshots/2026-07 --format json")
@click.argument("old", type=click.Path(exists=True, file_okay=False))
@click.argument("new", type=click.Path(exists=True, file_okay=False))
@click.option("--medicine", metavar="NAME", help="Of this medicine only.")
@_form
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def diff(old: str, new: str, medicine: str | None, form: Form, as_json: bool) -> None:
    """Say what changed from one snapshot to another, each change with both citations.

    Uses that came, went, narrowed or widened; limitations; boxed warnings; contraindications; trials and
    results; statuses that moved. A label is followed by its set id.
    """
    found = api.diff(old, new, medicine)
    click.echo(api.render_changes(found, "json" if as_json else form, medicine), nl=False)


@click.command(epilog="Example: usedfor changes ketamine --since snapshots/2026-06")
@click.argument("medicine", nargs=-1)
@click.option(
    "--since", type=click.Path(exists=True, file_okay=False), metavar="DIR", help="An older snapshot."
)
@_form
@home_option
def changes(medicine: tuple[str, ...], since: str | None, form: Form, home: str | None) -> None:
    """Say what changed for MEDICINE, or for all, since the snapshot before the one in use."""
    name = " ".join(medicine) or None
    click.echo(api.render_changes(api.changes(name, home=home, since=since), form, name), nl=False)
