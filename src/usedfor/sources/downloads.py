"""Bring a folder of files up to date with a service's index.

A file grows as ``.NAME.part`` and takes its name when its size, its checksum and its archive hold; the file
that was there stays until then. ``.state.json`` remembers what each file is, so that the next run asks only
for what changed, and a broken run goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from gzip import GzipFile
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from usedfor.errors import InputError, SourceError
from usedfor.sources.bulk import INDEXES, Remote
from usedfor.sources.client import Client

__all__ = ["Held", "Plan", "bring", "load_state", "plan", "save_state"]

STATE = ".state.json"
_CHUNK = 1 << 20
_ROUNDS = 3  # how often an index may change while it is fetched
_TRIES = 2  # how often a file may arrive broken
_HEX = re.compile(r"[0-9a-fA-F]{32}")


class Held(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that is here, as it was when it came."""

    url: str
    size: int
    sha256: str
    etag: str | None = None
    modified: str | None = None
    version: str | None = None
    md5: str | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a run would do: files to fetch with their bytes (None where not said), files that are here, files
    that the index names no more."""

    wanted: tuple[tuple[Remote, int | None], ...]
    kept: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def bytes(self) -> int:
        """Bytes to fetch, as far as they are known."""
        return sum(size or 0 for _, size in self.wanted)


class _Broken(Exception):
    """A file that arrived, but not as it was sent."""


def load_state(folder: Path, kind: Any = dict[str, Held]) -> Any:
    """What is remembered of a folder; empty for a new one or one whose memory is damaged."""
    try:
        return msgspec.json.decode((folder / STATE).read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return kind()


def save_state(folder: Path, state: Any) -> None:
    """Remember it; the old memory stays until the new one is whole."""
    beside = folder / f"{STATE}.new"
    beside.write_bytes(msgspec.json.format(msgspec.json.encode(state, order="deterministic"), indent=1))
    os.replace(beside, folder / STATE)


def plan(client: Client, source: str, folder: Path) -> Plan:
    """Compare a service's index with what is in ``folder``.

    :raises SourceError: where the index cannot be had.
    """
    offered = INDEXES[source](client)
    held: dict[str, Held] = load_state(folder)
    wanted: list[tuple[Remote, int | None]] = []
    kept = []
    for remote in sorted(offered, key=lambda r: r.name):
        have = held.get(remote.name)
        on_disk = _size(folder / remote.name)
        whole = have is not None and have.url == remote.url and on_disk == have.size
        if have and whole and _same(remote, have):
            kept.append(remote.name)
            continue
        if have and whole and remote.md5 is None and remote.version is None and remote.size is None:
            said = client.head(remote.service, remote.url)
            if said is not None and _marks(said) == (have.etag, have.modified):
                kept.append(remote.name)
                continue
        wanted.append((remote, remote.size if remote.size is not None else remote.about))
    names = {remote.name for remote in offered}
    return Plan(wanted=tuple(wanted), kept=tuple(kept), gone=tuple(sorted(set(held) - names)))


def bring(client: Client, source: str, folder: Path, tell: Callable[[str, int, int], object]) -> list[str]:
    """Fetch what changed; returns the names fetched. ``tell(name, bytes so far, bytes in all or 0)``.

    Files that the index names no more are removed at the end. An index that changes meanwhile is read again.

    :raises SourceError: for what cannot be fetched whole; what was there before is still there, and the files
        that came are kept for the next run.
    """
    fetched: list[str] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for _ in range(_ROUNDS):
            todo = plan(client, source, folder)
            for n, (remote, _size_said) in enumerate(todo.wanted):
                tell(f"{source}, files", n, len(todo.wanted))
                held = _fetch(client, remote, folder, tell)
                save_state(folder, load_state(folder) | {remote.name: held})
                fetched.append(remote.name)
                tell(f"{source}, files", n + 1, len(todo.wanted))
            if not todo.wanted:
                _remove(folder, todo.gone)
                return list(dict.fromkeys(fetched))
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}") from error
    raise SourceError(f"{source}'s index changed {_ROUNDS} times while it was fetched; try again later")


def _fetch(client: Client, remote: Remote, folder: Path, tell: Callable[[str, int, int], object]) -> Held:
    digest = remote.md5 or _digest(client, remote)
    part = folder / f".{remote.name}.part"
    for left in reversed(range(_TRIES)):
        try:
            reply = client.patiently(remote.service, lambda: _pull(client, remote, part, tell))
            held = _prove(part, remote, digest, reply)
        except _Broken as error:
            part.unlink(missing_ok=True)
            if not left:
                raise SourceError(f"{remote.name} of {remote.source} arrived broken: {error}") from error
            continue
        os.replace(part, folder / remote.name)
        _mark(part).unlink(missing_ok=True)
        return held
    raise AssertionError  # the last try returns or raises


def _pull(
    client: Client, remote: Remote, part: Path, tell: Callable[[str, int, int], object]
) -> tuple[str | None, str | None]:
    """One attempt at the rest of a file; its ETag and date. Raises what httpx2 raises."""
    mark = _mark(part)
    have, validator = _size(part) or 0, _read(mark)
    headers = {"Range": f"bytes={have}-", "If-Range": validator} if have and validator else {}
    with client.stream(remote.url, headers, remote.service) as reply:
        if reply.status_code == 416:  # more is here than there is: begin again
            part.unlink(missing_ok=True)
            raise httpx2.ReadError("the file changed while it was fetched")
        reply.raise_for_status()
        resumed = reply.status_code == 206 and reply.headers.get("Content-Range", "").startswith(
            f"bytes {have}-"
        )
        marks = _marks(reply)
        mark.write_text(marks[0] or marks[1] or "", "utf-8")
        length = reply.headers.get("Content-Length", "")
        done = have if resumed else 0
        total = done + int(length) if length.isdigit() else 0
        with part.open("ab" if resumed else "wb") as file:
            for chunk in client.paced(reply.iter_raw()):  # as it comes: what a broken reply gave is kept
                file.write(chunk)
                done += len(chunk)
                tell(remote.name, done, total)
            file.flush()
            os.fsync(file.fileno())
        if total and done != total:
            raise httpx2.ReadError(f"{done} of {total} bytes came")
    return marks


def _prove(part: Path, remote: Remote, md5: str | None, marks: tuple[str | None, str | None]) -> Held:
    """Size, checksum and archive of a file that has come."""
    size = part.stat().st_size
    if remote.size is not None and size != remote.size:
        raise _Broken(f"{size} bytes instead of {remote.size}")
    sums = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with part.open("rb") as file:
        while data := file.read(_CHUNK):
            for one in sums:
                one.update(data)
    if md5 and sums[1].hexdigest() != md5.lower():
        raise _Broken("its checksum is another")
    try:
        if remote.name.endswith(".zip"):
            with zipfile.ZipFile(part) as archive:
                bad = archive.testzip()
            if bad:
                raise _Broken(f"{bad} in it is damaged")
        elif remote.name.endswith(".gz"):
            with GzipFile(part) as stream:
                while stream.read(_CHUNK):
                    pass
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise _Broken(str(error) or "no archive") from error
    return Held(
        url=remote.url, size=size, sha256=sums[0].hexdigest(), etag=marks[0], modified=marks[1],
        version=remote.version, md5=md5,
    )  # fmt: skip


def _digest(client: Client, remote: Remote) -> str | None:
    """The checksum where the service keeps it in a file beside the file."""
    if remote.md5_url is None:
        return None
    reply = client.get(remote.service, remote.md5_url)
    found = _HEX.search(reply.text) if reply is not None else None
    if found is None:
        raise SourceError(f"{remote.source} has no checksum of {remote.name}")
    return found[0].lower()


def _same(remote: Remote, have: Held) -> bool:
    """Whether the index itself says that nothing changed."""
    if remote.md5 is not None:
        return remote.md5.lower() == have.md5
    if remote.md5_url is not None:  # a file of PubMed is never changed under its name
        return True
    if remote.version is not None:
        return remote.version == have.version
    return remote.size is not None and remote.size == have.size


def _marks(reply: httpx2.Response) -> tuple[str | None, str | None]:
    etag = reply.headers.get("ETag")
    strong = etag if etag and not etag.startswith("W/") else None
    return strong, reply.headers.get("Last-Modified")


def _mark(part: Path) -> Path:
    """Where a part's validator is kept: a rest is asked for only of the same version (RFC 9110, 13.1.5)."""
    return part.with_name(f"{part.name}.of")


def _remove(folder: Path, names: Sequence[str]) -> None:
    state = load_state(folder)
    for name in names:
        (folder / name).unlink(missing_ok=True)
        state.pop(name, None)
    if names:
        save_state(folder, state)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""
