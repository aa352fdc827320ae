"""A snapshot as a site: its knowledge, what is typed ahead, its pages in memory, and what identifies them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from usedfor.briefs import compile
from usedfor.briefs.gather import Dossier, gather
from usedfor.briefs.render.shape import as_of_words
from usedfor.knowledge import Knowledge
from usedfor.model import Brief
from usedfor.web.index import Index
from usedfor.web.memory import Cached, Pages
from usedfor.web.settings import Settings

if TYPE_CHECKING:
    from usedfor.knowledge.diff import Difference

__all__ = ["Discussion", "Page", "Site"]

HTML = "text/html; charset=utf-8"
_UNKNOWN = object()
_KEPT = 4  # medicines whose facts a thread keeps


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a view makes: a body and its type."""

    body: bytes
    type: str = HTML
    status: int = 200


class Discussion(Protocol):
    """What readers wrote under a medicine's page, as another part of the program gives it."""

    def version(self, medicine: str) -> str:
        """Changes whenever :meth:`block` does; asked for every view of the page, so it must be quick."""

    def block(self, medicine: str) -> str:
        """The HTML inside ``<section id="comments">``: what is shown and the form, made safe."""


class Site:
    """Opened once for each process. Views ask it from many threads: each has its own connection."""

    def __init__(self, settings: Settings, discussion: Discussion | None = None) -> None:
        self.settings = settings
        self.discussion = discussion
        self._threads = threading.local()
        first = self.knowledge
        self.manifest = first.manifest
        self.digest = self.manifest.digest
        self.quotes = first.quotes
        self.index = Index(first)
        self.pages = Pages(settings.pages)
        self.shared = first  # for those who keep what they read of it; one at a time
        self._changes: Any = _UNKNOWN
        self._turn = threading.Lock()

    @property
    def knowledge(self) -> Knowledge:
        """This thread's own connection to the snapshot."""
        found: Knowledge | None = getattr(self._threads, "knowledge", None)
        if found is None:
            found = self._threads.knowledge = Knowledge.open(self.settings.home)
        return found

    def dossier(self, medicine_id: str) -> Dossier:
        """The facts of a medicine as briefs are made of them; the last ones asked for are kept."""
        medicine = self.index.medicines[medicine_id]
        found: Dossier = self._kept("dossiers", medicine_id, lambda: gather(self.knowledge, medicine))
        return found

    def brief(self, medicine_id: str) -> Brief:
        """The brief of a medicine that is here; the last ones asked for are kept."""
        found: Brief = self._kept("briefs", medicine_id, lambda: compile(self.knowledge, medicine_id))
        return found

    def _kept(self, what: str, key: str, make: Callable[[], Any]) -> Any:
        """Pages of one medicine follow each other: what they share is made once. Each thread has its own."""
        found: dict[str, Any] = self._threads.__dict__.setdefault(what, {})
        if key not in found:
            if len(found) >= _KEPT:
                found.pop(next(iter(found)))
            found[key] = make()
        return found[key]

    @cached_property
    def paths(self) -> frozenset[str]:
        """The address of every page that rests on the snapshot alone."""
        from usedfor.web.machines import paths

        return frozenset(paths(self))

    def changes(self) -> Difference | None:
        """What changed since the snapshot before; worked out once."""
        from usedfor.web.views.changes import difference

        with self._turn:
            if self._changes is _UNKNOWN:
                self._changes = difference(self)
            found: Difference | None = self._changes
            return found

    @cached_property
    def version(self) -> str:
        """Of everything a page is made from: the snapshot, and the program's templates and words."""
        return f"{self.digest[:16]}-{code_digest()[:8]}"

    def tag(self, part: str = "") -> str:
        """What an entity tag holds; ``part``: the version of what is not the snapshot's."""
        return f"{self.version}.{part}" if part else self.version

    @cached_property
    def modified(self) -> datetime:
        """The newest date of the snapshot's sources, midnight UTC."""
        newest = max((d for d in self.manifest.as_of.values() if d), default="1970-01-01")
        year, month, day = (int(part) for part in [*newest[:10].split("-"), "1", "1"][:3])
        return datetime(year, month, day, tzinfo=UTC)

    @cached_property
    def last_modified(self) -> str:
        """The same as HTTP writes it."""
        return format_datetime(self.modified, usegmt=True)

    @cached_property
    def as_of(self) -> str:
        """ "labels 23 July 2026"."""
        return as_of_words(self.manifest.as_of)

    @property
    def search_index(self) -> str:
        """Where static pages find the names that a browser searches itself."""
        return f"/static/{self.version}/search-index.json"

    def address(self, path: str) -> str:
        """The absolute address of a page."""
        return self.settings.url + path

    def discussed(self, path: str) -> str:
        """The version of what readers wrote below the page at ``path``; "" where nothing is."""
        if self.discussion is None or not path.startswith("/medicines/"):
            return ""
        id_, _, rest = path.removeprefix("/medicines/").partition("/")
        return self.discussion.version(id_) if id_ in self.index.medicines and "/" not in rest else ""

    def cached(self, path: str, make: Callable[[], Page], part: str = "") -> Cached:
        """The page at ``path``, made where it is not in memory; ``part``: the version of what is not the
        snapshot's (the comments). Raises what ``make`` raises."""
        tag = self.tag(part)
        found = self.pages.get(path)
        if found is not None and found.tag == tag:
            return found
        page = make()
        return self.pages.put(path, Cached.of(page.body, page.type, page.status, tag, self.last_modified))


def code_digest() -> str:
    """SHA-256 over what the pages are made with: this package, the briefs' words and templates."""
    found = hashlib.sha256()
    for package in ("usedfor.web", "usedfor.briefs"):
        for name, data in _files(files(package), ""):
            found.update(name.encode() + b"\0" + data)
    return found.hexdigest()


def _files(folder: Traversable, before: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.name.startswith("__pycache__"):
            continue
        name = f"{before}/{entry.name}"
        found += _files(entry, name) if entry.is_dir() else [(name, entry.read_bytes())]
    return found
