"""``usedfor serve`` and ``usedfor site``."""

from __future__ import annotations

import click

from usedfor import api
from usedfor.commands.common import home as home_option
from usedfor.errors import InputError

__all__ = ["serve", "site"]


@click.command(epilog="Example: usedfor serve --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="HOST", help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), metavar="PORT")
@click.option("--url", metavar="URL", help="Where readers reach it, behind a proxy: https://example.org")
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), metavar="N",
    help="Worker processes.",
)  # fmt: skip
@home_option
def serve(host: str, port: int, url: str | None, workers: int, home: str | None) -> None:
    """Serve the site and the JSON API, on the snapshot in use, until you stop it (Ctrl-C)."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(f"cannot listen on {host} port {port}: {error.strerror or error}") from error
    reached = _address(url)
    found = api.status(home)
    here = f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def ready() -> None:
        click.echo(f"Used For listens on {here}/ (Ctrl-C stops it)")
        click.echo(f"It serves {found.home}, digest {found.digest[:12]}")
        click.echo(
            "Comments wait for a moderator, who logs in at "
            f"{reached or here}/moderate. Create one: usedfor moderator add NAME"
        )

    click.echo("Getting ready. The first time on a snapshot this takes some seconds.", err=True)
    api.serve(host, port, home=home, workers=workers, url=reached, ready=ready)


def _address(url: str | None) -> str | None:
    """The address without its slash at the end. Raises for one that is no web address."""
    if url is None:
        return None
    bad = any(c.isspace() or c in "\"'<>\\?#" for c in url)
    if not url.startswith(("http://", "https://")) or bad:
        raise click.BadParameter("an address like https://example.org is needed", param_hint="--url")
    return url.rstrip("/")


@click.command(epilog="Example: usedfor site public --url https://example.org")
@click.argument("folder", type=click.Path(file_okay=False), metavar="DIR")
@click.option("--url", metavar="URL", help="Where the files will be reached: https://example.org")
@click.option("--service", metavar="URL", help="Where a served copy answers questions and checks texts.")
@home_option
def site(folder: str, url: str | None, service: str | None, home: str | None) -> None:
    """Write the whole site into DIR as static files, for any web server or CDN."""
    made = api.site(folder, home=home, url=_address(url), service=_address(service))
    click.echo(f"{folder}: {made.files:,} files, {made.bytes / 1e6:,.1f} MB, in {made.seconds:.1f} s")
