"""``usedfor mcp``: the verbs for language-model agents."""

from __future__ import annotations

import click

from usedfor.commands.common import home as home_option

__all__ = ["mcp"]


@click.command(epilog="Example: usedfor mcp --home snapshots/labels")
@home_option
def mcp(home: str | None) -> None:
    """Serve brief, ask, check, search, evidence and changes to agents over stdio (MCP)."""
    from usedfor.mcp import server

    server(home).run("stdio")
