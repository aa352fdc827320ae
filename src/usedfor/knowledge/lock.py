"""One build at a time writes a snapshot: a lock file beside it.

The operating system holds the lock and lets it go when its process ends, however that ends; no clock is
asked. The file says who has it: process, machine, and that machine's start. One that another machine left
behind is respected, since what it does cannot be seen from here.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from usedfor.errors import InputError

try:
    import fcntl
except ImportError:  # no Unix: the file alone has to do
    fcntl = None  # type: ignore[assignment]

__all__ = ["Holder", "held"]

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Holder(msgspec.Struct, frozen=True):
    """Who has a lock."""

    process: int
    machine: str
    boot: str  # of the machine: a process of an earlier start has ended, whatever has its number now

    @classmethod
    def me(cls) -> Holder:
        """This process."""
        boot = ""
        with suppress(OSError):
            boot = _BOOT.read_text("ascii").strip()
        return cls(os.getpid(), socket.gethostname(), boot)


@contextmanager
def held(path: Path, what: str) -> Iterator[None]:
    """Hold the lock at ``path`` for the ``with``; ``what`` says what it guards.

    :raises InputError: at once, where somebody else holds it.
    :raises OSError: where the file cannot be written.
    """
    handle = _taken(path, what)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, msgspec.json.encode(Holder.me()))
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _taken(path: Path, what: str) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        holder = _holder(handle)
        if not _lock(handle) or (holder is not None and not _gone(holder)):
            os.close(handle)
            raise InputError(_busy(path, what, holder), path=str(path))
        if _same(handle, path):
            return handle
        os.close(handle)  # its holder took the file away between opening and locking: once more


def _lock(handle: int) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: what the file says has to do
        return True
    return True


def _holder(handle: int) -> Holder | None:
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        return msgspec.json.decode(os.read(handle, 4096), type=Holder)
    except msgspec.MsgspecError:  # empty, or its writer died in writing it
        return None


def _gone(holder: Holder) -> bool:
    """Whether the holder has ended. What runs on another machine is taken to run still."""
    me = Holder.me()
    if holder.machine != me.machine:
        return False
    if holder.boot != me.boot or holder.process == me.process:
        return True
    if fcntl is not None:
        return True  # on this machine the lock itself has just told
    try:
        os.kill(holder.process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _same(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def _busy(path: Path, what: str, holder: Holder | None) -> str:
    who = f" (process {holder.process} on {holder.machine})" if holder else ""
    hint = ""
    if holder and holder.machine != Holder.me().machine:
        hint = f"; if it has ended, delete {path}"
    return f"{what}: another build is writing there{who}{hint}"
