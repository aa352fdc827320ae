"""Rendered pages in memory, ready to send: compressed once, with their headers as bytes."""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict

__all__ = ["Cached", "Pages"]

Headers = list[tuple[bytes, bytes]]
_SMALL = 400  # bytes; below it compressing gains nothing
_SHORT = (b"cache-control", b"public, max-age=300, stale-while-revalidate=3600")


class Cached:
    """One page. ``tag`` identifies what it was made from; the entity tag is weak, for both encodings."""

    __slots__ = ("body", "etag", "headers", "headers_gzip", "not_modified", "packed", "status", "tag")

    def __init__(
        self, body: bytes, packed: bytes | None, headers: Headers, etag: bytes, tag: str, status: int
    ):
        self.body, self.packed, self.etag, self.tag, self.status = body, packed, etag, tag, status
        self.headers = [*headers, (b"content-length", str(len(body)).encode())]
        self.headers_gzip = [
            *headers,
            (b"content-encoding", b"gzip"),
            (b"content-length", str(len(packed or b"")).encode()),
        ]
        kept = (b"etag", b"last-modified", b"cache-control", b"vary", b"access-control-allow-origin")
        self.not_modified = [pair for pair in headers if pair[0] in kept]

    @classmethod
    def of(
        cls, body: bytes, type: str, status: int, tag: str, modified: str, more: Headers | None = None
    ) -> Cached:
        """A page ready to send. The gzip header has no time in it, so the same page is the same bytes."""
        packed = gzip.compress(body, 6, mtime=0) if len(body) > _SMALL else None
        etag = f'W/"{tag}"'.encode()
        headers: Headers = [(b"content-type", type.encode()), (b"vary", b"accept-encoding"), *(more or [])]
        if status == 200:
            headers += [(b"etag", etag), (b"last-modified", modified.encode())]
            headers += [] if any(name == b"cache-control" for name, _ in headers) else [_SHORT]
        return cls(body, packed, headers, etag, tag, status)

    def matches(self, asked: bytes) -> bool:
        """Whether an If-None-Match header names this page (weak comparison, RFC 9110 section 13.1.2)."""
        bare = self.etag.removeprefix(b"W/")
        return asked.strip() == b"*" or any(t.strip().removeprefix(b"W/") == bare for t in asked.split(b","))


class Pages:
    """The pages asked for last, at most ``limit`` of them; safe for threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._found: OrderedDict[str, Cached] = OrderedDict()

    def __len__(self) -> int:
        return len(self._found)

    def get(self, path: str) -> Cached | None:
        """The page at ``path``, if it is here."""
        with self._lock:
            found = self._found.get(path)
            if found is not None:
                self._found.move_to_end(path)
            return found

    def put(self, path: str, page: Cached) -> Cached:
        """Keep a page; the one that was asked for longest ago goes."""
        with self._lock:
            self._found[path] = page
            self._found.move_to_end(path)
            while len(self._found) > self._limit:
                self._found.popitem(last=False)
        return page
