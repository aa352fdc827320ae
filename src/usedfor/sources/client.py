"""Ask the official services: within their limits, again after what passes, and with an honest name.

Replies are kept and asked for again only as HTTP's own rules say (RFC 9111, by hishel). A service's
``Retry-After`` is honoured; what fails for good is a :class:`~usedfor.errors.SourceError`.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import hishel
import httpx2
import limits
import msgspec
import stamina
from hishel.httpx2 import CacheClient
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from usedfor.errors import InputError, SourceError
from usedfor.sources.services import Service, services

__all__ = ["Client", "Patience"]

_PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))
_NOT_FOUND = 404
_SLOWEST = 1000  # bytes a second: a body that comes slower, once it has taken the time to read, is given up
_LONGEST_WAIT = 300.0  # seconds: a service that asks for more is one that cannot be reached today

_OF_THE_WAY = frozenset(
    ("content-encoding", "content-length", "transfer-encoding")
)  # not of the body that came

T = TypeVar("T")
Params = Mapping[str, str | int]


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait and how often to try again; times in seconds."""

    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 60.0
    connect: float = 15.0
    read: float = 60.0


class Client:
    """A client of all services. ``cache`` is a folder for replies; None keeps none.

    Not for several threads at once.
    """

    def __init__(
        self,
        cache: Path | None = None,
        *,
        known: Mapping[str, Service] | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.services = dict(known if known is not None else services())
        self.patience = patience or Patience()
        timeout = httpx2.Timeout(self.patience.read, connect=self.patience.connect)
        contact = os.environ.get("USEDFOR_CONTACT", "").strip()
        if not (contact.isascii() and contact.isprintable()):
            raise InputError("USEDFOR_CONTACT must be printable ASCII: an email or a web address")
        about = contact or "one caller"
        headers = {"User-Agent": f"usedfor/{version('usedfor')} (cited medicine briefs; {about})"}
        options: dict[str, Any] = {
            "timeout": timeout, "headers": headers, "follow_redirects": True,
            "event_hooks": {"response": [_kept_safe]},
        }  # fmt: skip
        self._plain = httpx2.Client(**options)
        self._cached = self._plain
        if cache is not None:
            cache.mkdir(parents=True, exist_ok=True)
            storage = hishel.SqliteStorage(database_path=cache / "replies.sqlite")
            self._cached = CacheClient(storage=storage, rfc=True, **options)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def close(self) -> None:
        """Close the connections."""
        self._plain.close()
        if self._cached is not self._plain:
            self._cached.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def json(self, service: str, path: str, params: Params | None = None, *, keep: bool = True) -> Any:
        """The JSON of a reply; None where the service says that nothing matches (404).

        :raises SourceError: where it cannot be reached, or answers with something else.
        """
        reply = self.get(service, path, params, keep=keep)
        if reply is None:
            return None
        try:
            return msgspec.json.decode(reply.content)
        except msgspec.DecodeError as error:
            raise SourceError(f"{service} answered with something that is no JSON: {error}") from error

    def get(
        self, service: str, path: str, params: Params | None = None, *, keep: bool = True
    ) -> httpx2.Response | None:
        """A whole reply; None where there is none of that name (404). ``keep``: in the cache too; what is
        asked for with a key never is, since the key stands in its address.

        :raises SourceError: where it cannot be had.
        """
        place = self.services[service]
        query = dict(params or {})
        if place.secret and place.parameter:
            query[place.parameter] = place.secret
        url = path if path.startswith(("http://", "https://")) else f"{place.url}/{path}"

        def ask() -> httpx2.Response:
            self.wait(service)
            try:
                reply = self._whole(self._cached if keep and not place.secret else self._plain, url, query)
            except sqlite3.Error:  # a cache that is damaged, locked or out of room is done without
                self._cached = self._plain
                reply = self._whole(self._plain, url, query)
            if reply.status_code != _NOT_FOUND:
                reply.raise_for_status()
            return reply

        reply = self.patiently(service, ask)
        return None if reply.status_code == _NOT_FOUND else reply

    def _whole(self, client: httpx2.Client, url: str, query: Params) -> httpx2.Response:
        with client.stream("GET", url, params=query) as reply:
            data = b"".join(self.paced(reply.iter_bytes()))
            plain = [(k, v) for k, v in reply.headers.multi_items() if k.lower() not in _OF_THE_WAY]
            return httpx2.Response(reply.status_code, headers=plain, content=data, request=reply.request)

    def paced(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks of a body, as long as they come at a pace at which it ends.

        :raises httpx2.ReadTimeout: where they do not.
        """
        begun, size = time.monotonic(), 0
        for chunk in chunks:
            size += len(chunk)
            taken = time.monotonic() - begun
            if taken > self.patience.read and size < taken * _SLOWEST:
                raise httpx2.ReadTimeout("the reply comes too slowly")
            yield chunk

    @contextmanager
    def stream(self, url: str, headers: Mapping[str, str], service: str) -> Iterator[httpx2.Response]:
        """A reply to be read as it comes; one attempt. Raises what httpx2 raises."""
        self.wait(service)
        with self._plain.stream("GET", url, headers={"Accept-Encoding": "identity", **headers}) as reply:
            yield reply

    def head(self, service: str, url: str) -> httpx2.Response | None:
        """The headers of a file; None where it is not there (404).

        :raises SourceError: where they cannot be had.
        """

        def ask() -> httpx2.Response:
            self.wait(service)
            reply = self._plain.head(url, headers={"Accept-Encoding": "identity"})
            if reply.status_code != _NOT_FOUND:
                reply.raise_for_status()
            return reply

        reply = self.patiently(service, ask)
        return None if reply.status_code == _NOT_FOUND else reply

    def patiently(self, service: str, ask: Callable[[], T]) -> T:
        """``ask()``, again after failures that pass.

        :raises SourceError: after the last attempt, or at once for a failure that does not pass.
        """
        patience = self.patience
        try:
            for attempt in stamina.retry_context(
                on=self._again,
                attempts=patience.attempts,
                timeout=None,
                wait_initial=patience.first_wait,
                wait_max=patience.longest_wait,
                wait_jitter=patience.first_wait,
            ):
                with attempt:
                    return ask()
        except httpx2.HTTPStatusError as error:
            reply = error.response
            raise SourceError(f"{service} answered {reply.status_code} {reply.reason_phrase}") from error
        except (httpx2.RequestError, httpx2.StreamError) as error:
            raise SourceError(f"{service} could not be reached: {_said(error)}") from error
        raise AssertionError  # an attempt returns or raises

    def _again(self, error: Exception) -> bool | float:
        """Whether to try again, or after how many seconds."""
        if isinstance(error, httpx2.HTTPStatusError):
            if error.response.status_code not in _PASSING:
                return False
            asked = _retry_after(error.response)
            return True if asked is None else (asked if asked <= _LONGEST_WAIT else False)
        return isinstance(error, httpx2.TransportError) and not isinstance(error, httpx2.UnsupportedProtocol)

    def wait(self, service: str) -> None:
        """Wait until the service's own limit allows another call."""
        allowed = limits.parse(self.services[service].allowed)
        while not self._limiter.hit(allowed, service):
            until = self._limiter.get_window_stats(allowed, service).reset_time
            time.sleep(min(max(until - time.time(), 0.01), 60.0))


def _kept_safe(reply: httpx2.Response) -> None:
    """A service reached by HTTPS does not send its callers to where others can read along."""
    if reply.has_redirect_location and reply.url.scheme == "https":
        to = reply.url.join(reply.headers["location"])
        if to.scheme != "https":
            raise httpx2.UnsupportedProtocol("it sends its callers on to an address without HTTPS")


def _retry_after(reply: httpx2.Response) -> float | None:
    """Seconds that the service asks to wait (RFC 9110, 10.2.3), by number or by date."""
    from email.utils import parsedate_to_datetime

    said = reply.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
