"""One function over many items on all cores, in order, in bounded memory, whatever single items do.

The function knows nothing of the engine: it takes one item and returns one result, both picklable. No more
items are taken from the source than fit a window, so that memory does not grow with the source. Results come
in the order of the items, so that what is made of them does not depend on the number of workers.

The processes are Pebble's: unlike the standard library's pools, its pool ends one item that takes too long,
and outlives a worker that dies.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import pickle
import re
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import chain, islice
from typing import Any, NamedTuple, Self, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from usedfor.errors import DocumentError, UsedForError

__all__ = ["LIMIT", "Failure", "Pool", "begin", "call", "cores", "one_line", "result_of"]

Item = TypeVar("Item")
Result = TypeVar("Result")

LIMIT = 60.0  # seconds for one item: the slowest real label takes well under one
_TRIES = 2  # workers that may die on one item
_RENEWALS = 8  # of all processes without one result between
_FEW = 24  # items for which a second process is not worth its start: one costs what 50 labels do
_WINDOW = 8  # items per worker that are taken from the source and not yet given out


class Failure(NamedTuple):
    """In the place of a result: why there is none. A ``fault`` is the program's, not the item's."""

    reason: str
    fault: bool = True


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool:
    """Worker processes. ``prepare`` is called once in each, before its first item. Use it in a ``with``."""

    def __init__(self, workers: int | None = None, prepare: Callable[[], object] | None = None) -> None:
        self.size = max(1, workers or cores())
        self._prepare = prepare
        self._pool: ProcessPool | None = None
        self._renewed = self._in_a_row = 0  # how often in all, and since the last result
        self._given = False  # whether there was one

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()

    def _started(self, size: int) -> ProcessPool:
        """The processes: as many as were first asked for."""
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=size, context=_context(), initializer=_start, initargs=(self._prepare,)
            )
        return self._pool

    def _renew(self, why: Exception) -> None:
        """Fresh processes. The pool gives itself up where a worker dies before it said what it was at."""
        self._renewed += 1
        self._in_a_row += 1
        if self._in_a_row > (_RENEWALS if self._given else _TRIES):
            raise UsedForError(f"the workers cannot go on: {why}") from why
        self.__exit__()
        self._pool = None

    def _wait_for(self, future: ProcessFuture[bytes], turn: int) -> None:
        """Wait until there is a result. One that processes of an earlier ``turn`` owe will not come.

        :raises BrokenProcessPool: where it cannot come any more.
        """
        while not future.done():
            if turn != self._renewed or self._pool is None or not self._pool.active:
                raise BrokenProcessPool("the processes ended")
            wait((future,), timeout=1)

    def run(
        self, function: Callable[[Item], Result], items: Iterable[Item], limit: float = LIMIT
    ) -> Iterator[tuple[Item, Result | Failure]]:
        """Yield each item with its result, in order.

        An exception gives a :class:`Failure`; so does an item that takes longer than ``limit`` seconds, and
        one on which a worker dies twice. Raises :class:`~usedfor.errors.UsedForError` where workers cannot
        start, and what ``items`` itself raises.
        """
        source = iter(items)
        first_ones = list(islice(source, _FEW))
        # A few items are done by one process before a second one has started.
        size = self.size if len(first_ones) == _FEW else 1

        def begin(item: Item) -> tuple[int, ProcessFuture[bytes]]:
            while True:
                pool = self._started(size)
                try:
                    return self._renewed, pool.schedule(call, args=(function, item), timeout=limit)
                except RuntimeError as error:  # it has given itself up
                    self._renew(error)

        def end(item: Item, turn: int, future: ProcessFuture[bytes]) -> Result | Failure:
            died = 0
            while True:
                try:
                    self._wait_for(future, turn)
                    given: Result | Failure = result_of(future.result())
                except ProcessExpired as error:  # it may have died of what another item did
                    died += 1
                    if died == _TRIES:
                        return Failure(f"the worker died (exit code {error.exitcode})")
                except TimeoutError:
                    return Failure(f"took longer than {limit:g} seconds")
                except (BrokenProcessPool, CancelledError) as error:
                    if turn == self._renewed:
                        died += 1
                        self._renew(error)
                    if died > _TRIES:
                        return Failure("the worker died")
                else:
                    self._given, self._in_a_row = True, 0
                    return given
                turn, future = begin(item)

        waiting: deque[tuple[Item, tuple[int, ProcessFuture[bytes]]]] = deque()
        for item in chain(first_ones, source):
            waiting.append((item, begin(item)))
            if len(waiting) >= self.size * _WINDOW:
                first, begun = waiting.popleft()
                yield first, end(first, *begun)
        for first, begun in waiting:
            yield first, end(first, *begun)


class _Broken(NamedTuple):
    """In the place of a result: why the worker could not start."""

    reason: str


_broken: _Broken | None = None


def _start(prepare: Callable[[], object] | None) -> None:
    """Begin a worker's life. A failure is kept for its first item, which can tell it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    begin(prepare)


def begin(prepare: Callable[[], object] | None) -> None:
    """Prepare this process for :func:`call`."""
    global _broken
    _broken = None
    try:
        if prepare is not None:
            prepare()
            _give_back()
    except Exception as error:  # whatever it is, the parent has to be told
        _broken = _Broken(one_line(error))


def _give_back() -> None:
    """Return to the system what loading has left free: some 25 MB that the C library would keep."""
    with suppress(OSError, AttributeError):  # only glibc can
        ctypes.CDLL(None).malloc_trim(0)


def _end_with_parent() -> None:
    """Whoever wanted the item at work is gone, and a long one would go on by itself."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def call(function: Callable[[Any], Any], item: Any) -> bytes:
    """The result or the failure, pickled here, where a result that cannot be is only its item's failure."""
    if _broken is not None:
        return pickle.dumps(_broken)
    try:
        return pickle.dumps(function(item), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # one item's failure never ends the others
        return pickle.dumps(Failure(one_line(error), fault=not isinstance(error, UsedForError)))


def result_of(data: bytes) -> Any:
    """What :func:`call` gave.

    :raises UsedForError: where its worker could not start.
    """
    result = pickle.loads(data)
    if isinstance(result, _Broken):
        raise UsedForError(f"a worker could not start: {result.reason}")
    return result


def _context() -> Any:
    """Fresh processes: a fork of this one could hold a lock that one of its threads had taken."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["usedfor.knowledge.ready"])  # the second pool's workers start at once
    return context


def one_line(error: Exception) -> str:
    """One line. No folder of this machine is named: a manifest may travel."""
    if isinstance(error, DocumentError):
        return error.reason
    if isinstance(error, UsedForError):
        return error.message
    said = error.strerror or "" if isinstance(error, OSError) else str(error)
    text = _FOLDERS.sub("", " ".join(said.split()))[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


_FOLDERS = re.compile(r"(?<![\w.])/(?:[^\s/'\"]+/)+")
