"""The site: served, or written as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from usedfor.web.export import Written

__all__ = ["serve", "site"]

_APP = "usedfor.web.app:from_environment"


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    home: Path | str | None = None,
    workers: int = 1,
    url: str | None = None,
    ready: Callable[[], None] | None = None,
) -> None:
    """Serve the site until it is stopped. ``url`` is where readers reach it, if another address than this;
    ``ready`` is called once it listens (with several workers, before they do).

    Raises :class:`~usedfor.errors.SnapshotError` for a snapshot that cannot be read.
    """
    import os
    from contextlib import suppress
    from socket import socket

    import uvicorn

    from usedfor.errors import InputError
    from usedfor.knowledge import open_snapshot

    open_snapshot(home)  # fails here in one line, and not in every worker
    if home is not None:
        os.environ["USEDFOR_HOME"] = str(home)
    os.environ["USEDFOR_URL"] = url or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    how: dict[str, Any] = {
        "factory": True,
        "host": host,
        "port": port,
        "access_log": False,
        "log_level": "warning",
        "server_header": False,
        "timeout_keep_alive": 15,
        "limit_concurrency": 2000,
        "h11_max_incomplete_event_size": 32_768,
    }
    if workers > 1:
        if ready is not None:
            ready()
        uvicorn.run(_APP, workers=workers, **how)
        return

    class Told(uvicorn.Server):
        """Says when it listens: the first start on a snapshot makes its index, which takes some seconds."""

        async def startup(self, sockets: list[socket] | None = None) -> None:
            await super().startup(sockets)
            if ready is not None and self.started:
                ready()

    server = Told(uvicorn.Config(_APP, **how))
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise InputError(f"cannot listen on {host} port {port}")


def site(
    folder: Path | str,
    *,
    home: Path | str | None = None,
    url: str | None = None,
    service: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Written:
    """Write the whole site into ``folder`` as static files. ``url``: where they will be reached; ``service``:
    where a served copy answers questions.

    Raises :class:`~usedfor.errors.InputError` for a folder that holds something else, and
    :class:`~usedfor.errors.SnapshotError` for a snapshot that cannot be read.
    """
    from usedfor.web.export import export
    from usedfor.web.settings import DEFAULT_URL, Settings

    settings = Settings(
        home=str(home) if home is not None else None,
        url=(url or DEFAULT_URL).rstrip("/"),
        service=service.rstrip("/") if service else None,
        static=True,
    )
    return export(Path(folder), settings, progress)
