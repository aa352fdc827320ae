"""One site on the facts that ship, served once for all tests of this folder; one browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient

import usedfor
from usedfor.web.app import create_app
from usedfor.web.settings import Settings
from usedfor.web.site import Site

STARTER = Path(usedfor.__file__).parent / "starter"


@pytest.fixture(scope="session")
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found: int = free.getsockname()[1]
    return found


@pytest.fixture(scope="session")
def app(port: int) -> Any:
    return create_app(Settings(home=str(STARTER), url=f"http://127.0.0.1:{port}"))


@pytest.fixture(scope="session")
def site(app: Any) -> Site:
    found: Site = app.state.site
    return found


@pytest.fixture(scope="session")
def client(app: Any) -> TestClient:
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture(scope="session")
def served(app: Any, port: int) -> Iterator[str]:
    """The address of a running server."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
