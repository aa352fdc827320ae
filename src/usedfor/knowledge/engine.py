"""One function over many items on all cores, in order, in bounded memory, whatever single items do.

The function knows nothing of the engine: it takes one item and returns one result, both picklable. Worker
processes hold at most two items each, and no more items are taken from the source than fit a window, so that
memory does not grow with the source. Results come in the order of the items, so that what is made of them
does not depend on the number of workers.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import queue
import re
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, NamedTuple, Self, TypeVar

from usedfor.errors import DocumentError, UsedForError

__all__ = ["LIMIT", "Failure", "Pool", "cores"]

Item = TypeVar("Item")
Result = TypeVar("Result")

LIMIT = 60.0  # seconds for one item: the slowest real label takes well under one
_HELD = 2  # items a worker holds: the one it works on and the next
_WINDOW = 8  # items per worker that are taken from the source and not yet given out


class Failure(NamedTuple):
    """In the place of a result: why there is none. A ``fault`` is the program's, not the item's."""

    reason: str
    fault: bool = True


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Job(Generic[Item]):
    """One item on its way."""

    def __init__(self, number: int, item: Item) -> None:
        self.number = number
        self.item = item
        self.deaths = 0


class _Worker:
    """One process, and what it holds."""

    def __init__(self, prepare: Callable[[], object] | None) -> None:
        context = _context()
        self.pipe, far = context.Pipe()
        self.process = context.Process(target=_serve, args=(far, prepare), daemon=True)
        self.process.start()
        far.close()
        self.jobs: deque[_Job[Any]] = deque()
        self.ready = False
        self.since = 0.0

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()
        self.process.close()


class Pool:
    """Worker processes. ``prepare`` is called once in each, before its first item. Use it in a ``with``."""

    def __init__(self, workers: int | None = None, prepare: Callable[[], object] | None = None) -> None:
        self.size = max(1, workers or cores())
        self.prepare = prepare
        self.workers: list[_Worker] = []

    def __enter__(self) -> Self:
        self.workers = [_Worker(self.prepare) for _ in range(self.size)]
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.stop()
        self.workers = []

    def run(
        self, function: Callable[[Item], Result], items: Iterable[Item], limit: float = LIMIT
    ) -> Iterator[tuple[Item, Result | Failure]]:
        """Yield each item with its result, in order. One run at a time, and each to its end.

        An exception gives a :class:`Failure`; so does an item that takes longer than ``limit`` seconds, and
        one on which a worker dies twice. Raises :class:`~usedfor.errors.UsedForError` where workers cannot
        start, and what ``items`` itself raises.
        """
        return _Run(self, function, limit).results(iter(items))


class _Run(Generic[Item, Result]):
    """The items that wait for another try, and the results that wait for their turn."""

    def __init__(self, pool: Pool, function: Callable[[Item], Result], limit: float) -> None:
        self.pool = pool
        self.workers = pool.workers
        self.function = function
        self.limit = limit
        self.window = pool.size * _WINDOW
        self.again: deque[_Job[Item]] = deque()
        self.done: dict[int, tuple[Item, Result | Failure]] = {}
        self.taken = self.given = 0

    def results(self, items: Iterator[Item]) -> Iterator[tuple[Item, Result | Failure]]:
        while True:
            self._feed(items)
            self._collect(0.0)
            if self.given in self.done:
                self.given += 1
                yield self.done.pop(self.given - 1)
            elif any(worker.jobs for worker in self.workers):
                self._collect(0.2)
            else:
                return

    def _next(self, items: Iterator[Item]) -> _Job[Item] | None:
        if self.again:
            return self.again.popleft()
        if self.taken - self.given >= self.window:
            return None
        for item in items:
            self.taken += 1
            return _Job(self.taken - 1, item)
        return None

    def _feed(self, items: Iterator[Item]) -> None:
        for held in range(1, _HELD + 1):
            for place, worker in enumerate(self.workers):
                if len(worker.jobs) >= held:
                    continue
                job = self._next(items)
                if job is None:
                    return
                if not worker.jobs:
                    worker.since = time.monotonic()
                worker.jobs.append(job)
                try:
                    worker.pipe.send((self.function, job.item))
                except OSError:
                    self._died(place)

    def _collect(self, seconds: float) -> None:
        places = {worker.pipe: place for place, worker in enumerate(self.workers)}
        for pipe in wait(list(places), seconds):
            assert isinstance(pipe, Connection)
            worker = self.workers[places[pipe]]
            try:
                kind, value = pickle.loads(pipe.recv_bytes())
            except (EOFError, OSError):
                self._died(places[pipe])
                continue
            worker.since = time.monotonic()
            if kind == "ready":
                worker.ready = True
            elif kind == "broken":
                raise UsedForError(f"a worker could not start: {value[0]}")
            else:
                self._finish(worker.jobs.popleft(), value if kind == "result" else Failure(*value))
        for place, worker in enumerate(self.workers):
            if worker.ready and worker.jobs and time.monotonic() - worker.since > self.limit:
                self._finish(worker.jobs.popleft(), Failure(f"took longer than {self.limit:g} seconds"))
                self._renew(place)

    def _finish(self, job: _Job[Item], result: Result | Failure) -> None:
        self.done[job.number] = job.item, result

    def _died(self, place: int) -> None:
        """Give the item a dead worker was at another try, by itself; then it is the item's fault."""
        worker = self.workers[place]
        worker.process.join()
        code = worker.process.exitcode
        if not worker.ready:
            raise UsedForError(f"a worker could not start (exit code {code})")
        if worker.jobs:
            job = worker.jobs.popleft()
            job.deaths += 1
            if job.deaths > 1:
                self._finish(job, Failure(f"the worker died (exit code {code})"))
            else:
                self.again.append(job)
        self._renew(place)

    def _renew(self, place: int) -> None:
        self.again.extend(self.workers[place].jobs)
        self.workers[place].stop()
        self.workers[place] = _Worker(self.pool.prepare)


def _context() -> Any:
    """Fresh processes: a fork of this one could hold a lock that one of its threads had taken."""
    methods = multiprocessing.get_all_start_methods()
    return multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")


def _serve(pipe: Connection, prepare: Callable[[], object] | None) -> None:
    """The life of a worker. It ends with the process at the other end of the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        if prepare is not None:
            prepare()
    except Exception as error:  # whatever it is, the parent has to be told
        _send(pipe, _packed("broken", _reason(error)))
        return
    if not _send(pipe, _packed("ready", None)):
        return
    inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, inbox), daemon=True).start()
    while True:
        data = inbox.get()
        try:
            function, item = pickle.loads(data)
            message = _packed("result", function(item))
        except Exception as error:  # one item's failure never ends the others
            message = _packed("failure", _reason(error))
        if not _send(pipe, message):
            return


def _receive(pipe: Connection, inbox: queue.SimpleQueue[bytes]) -> None:
    """Take items off the pipe at once, so that the parent never waits in sending while it should receive.

    Where the parent is gone, so is whoever wants the item at work.
    """
    try:
        while True:
            inbox.put(pipe.recv_bytes())
    except (EOFError, OSError):
        os._exit(0)


def _packed(kind: str, value: Any) -> bytes:
    return pickle.dumps((kind, value), pickle.HIGHEST_PROTOCOL)


def _send(pipe: Connection, message: bytes) -> bool:
    try:
        pipe.send_bytes(message)
    except OSError:
        return False
    return True


def _reason(error: Exception) -> tuple[str, bool]:
    """One line, and whether it is a fault. No folder of this machine is named: a manifest may travel."""
    if isinstance(error, DocumentError):
        return error.reason, False
    if isinstance(error, UsedForError):
        return error.message, False
    said = error.strerror or "" if isinstance(error, OSError) else str(error)
    text = _FOLDERS.sub("", " ".join(said.split()))[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__, True


_FOLDERS = re.compile(r"(?<![\w.])/(?:[^\s/'\"]+/)+")
