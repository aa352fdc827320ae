"""A corpus of statements -> a snapshot: build it, open it, ask it, prove it.

:class:`Knowledge` asks a snapshot and needs nothing but SQLite. What makes and checks snapshots is imported
    when it is first asked for: it brings pyarrow and worker processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from usedfor.knowledge.manifest import Manifest
    from usedfor.knowledge.progress import Progress, Step, bar
    from usedfor.knowledge.snapshot import Snapshot, Status, open_snapshot, status
    from usedfor.knowledge.store import Knowledge
    from usedfor.knowledge.verify import Report

__all__ = [
    "Knowledge",
    "Manifest",
    "Progress",
    "Report",
    "Snapshot",
    "Status",
    "Step",
    "bar",
    "open_snapshot",
    "status",
]

_HOME = {
    "Knowledge": "store",
    "Manifest": "manifest",
    "Progress": "progress",
    "Report": "verify",
    "Snapshot": "snapshot",
    "Status": "snapshot",
    "Step": "progress",
    "bar": "progress",
    "open_snapshot": "snapshot",
    "status": "snapshot",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
