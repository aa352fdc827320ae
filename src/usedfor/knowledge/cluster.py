"""The engine's one function over many items, by Daft on Ray: on this machine, or on a cluster by its address.

The function is the same and knows nothing of it; results come in the order of the items. Items go out in
shares; a share whose workers die, or hold an item too long, is run again on this machine, where the pool
tells which item it was. Needs ``usedfor[ray]`` here and on the cluster's machines.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any, Self, TypeVar

from usedfor.errors import InputError
from usedfor.knowledge import engine

__all__ = ["RayPool"]

Item = TypeVar("Item")
Result = TypeVar("Result")

SHARE = 4_096  # items in one job: starting a job costs some seconds
SHARE_BYTES = 256_000_000  # or as many as these bytes hold, so that memory stays flat
_BATCH = 32  # items that a worker is handed at a time
_QUIET = {"DAFT_PROGRESS_BAR": "0", "DO_NOT_TRACK": "1", "RAY_USAGE_STATS_ENABLED": "0"}


class RayPool:
    """As :class:`usedfor.knowledge.engine.Pool`, on Ray. Use it in a ``with``.

    ``address``: of a running cluster; without it Ray is started here, for as long as the ``with`` lasts.

    :raises InputError: where ``usedfor[ray]`` is not installed, or the cluster does not answer.
    """

    def __init__(
        self,
        workers: int | None = None,
        prepare: Callable[[], object] | None = None,
        address: str | None = None,
    ) -> None:
        self.size = max(1, workers or engine.cores())
        self.prepare = prepare
        self.address = address
        self._daft, self._ray = _libraries()

    def __enter__(self) -> Self:
        options: dict[str, Any] = {"address": self.address}
        if self.address is None:
            options = {"num_cpus": self.size, "include_dashboard": False, "address": "local"}
        try:
            self._ray.init(**options, log_to_driver=False, logging_level="ERROR")
            self._daft.set_runner_ray(noop_if_initialized=True)
        except Exception as error:  # whatever Ray says, in one line
            where = self.address or "on this machine"
            raise InputError(f"Ray cannot be used {where}: {engine.one_line(error)}") from error
        return self

    def __exit__(self, *_: object) -> None:
        self._ray.shutdown()

    def run(
        self, function: Callable[[Item], Result], items: Iterable[Item], limit: float = engine.LIMIT
    ) -> Iterator[tuple[Item, Result | engine.Failure]]:
        """Yield each item with its result, in order; failures as :meth:`engine.Pool.run` has them."""
        for share in _shares(items):
            try:
                found = self._job(function, [data for _, data in share], limit)
            except Exception:  # a worker died, or ended itself because of an item that took too long
                with engine.Pool(self.size, self.prepare) as pool:
                    yield from pool.run(function, [item for item, _ in share], limit)
                continue
            for (item, _), data in zip(share, found, strict=True):
                yield item, engine.result_of(data)

    def _job(self, function: Callable[[Any], Any], data: list[bytes], limit: float) -> list[bytes]:
        daft = self._daft
        work = daft.cls(_Worker, max_concurrency=self.size, use_process=True)(
            pickle.dumps((self.prepare, function)), limit
        )
        parts = max(1, min(self.size * 4, len(data) // _BATCH))
        frame = daft.from_pydict({"n": list(range(len(data))), "item": data}).into_partitions(parts)
        found = frame.select(frame["n"], work.run(frame["item"]).alias("result")).to_pydict()
        results = dict(zip(found["n"], found["result"], strict=True))
        return [results[n] for n in range(len(data))]


class _Worker:
    """What Daft keeps in each worker process: the function, and what it needs, loaded once."""

    def __init__(self, work: bytes, limit: float) -> None:
        prepare, self.function = pickle.loads(work)
        self.limit = limit
        engine.begin(prepare)

    def run(self, items: Any) -> list[bytes]:
        found = []
        for data in items.to_pylist():
            # Nothing else ends an item that hangs: the process goes, and the share is run elsewhere.
            watch = threading.Timer(self.limit, os._exit, (1,))
            watch.daemon = True
            watch.start()
            try:
                found.append(engine.call(self.function, pickle.loads(data)))
            finally:
                watch.cancel()
        return found


def _shares(items: Iterable[Item]) -> Iterator[list[tuple[Item, bytes]]]:
    share: list[tuple[Item, bytes]] = []
    size = 0
    for item in items:
        data = pickle.dumps(item, pickle.HIGHEST_PROTOCOL)
        share.append((item, data))
        size += len(data)
        if len(share) >= SHARE or size >= SHARE_BYTES:
            yield share
            share, size = [], 0
    if share:
        yield share


def _libraries() -> tuple[ModuleType | Any, ModuleType | Any]:
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import daft
        import ray
    except ImportError as error:
        raise InputError("reading on Ray needs more libraries: pip install 'usedfor[ray]'") from error
    marked = daft.method.batch(return_dtype=daft.DataType.binary(), batch_size=_BATCH)
    if not hasattr(_Worker, "_marked"):
        _Worker.run = marked(_Worker.run)  # type: ignore[method-assign]
        _Worker._marked = True  # type: ignore[attr-defined]
    return daft, ray
