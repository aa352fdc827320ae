"""How far a long task is: one callback, and a bar on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import msgspec

__all__ = ["Progress", "Step", "bar"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What has been done of a stage so far. ``total`` is None where it cannot be known beforehand."""

    stage: str  # "reading labels", "judging medicines", "writing tables" ...
    done: int
    total: int | None = None
    bytes: int = 0  # raw bytes so far
    set_aside: int = 0
    unchanged: int = 0  # of what is done: taken over from an earlier snapshot


Progress = Callable[[Step], object]


@contextmanager
def bar(stream: IO[str]) -> Iterator[Progress | None]:
    """A callback that draws on a terminal; None where ``stream`` is no terminal."""
    if not stream.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:<18}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"), TimeElapsedColumn(),
    )  # fmt: skip
    with Bars(*columns, console=Console(file=stream)) as bars:
        tasks: dict[str, Any] = {}

        def show(step: Step) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = bars.add_task(step.stage, total=step.total, note="")
            bars.update(tasks[step.stage], completed=step.done, total=step.total, note=_note(step))

        yield show


def _note(step: Step) -> str:
    parts = [f"{step.bytes / 1e6:.0f} MB"] if step.bytes else []
    if step.unchanged:
        parts.append(f"{step.unchanged} unchanged")
    if step.set_aside:
        parts.append(f"{step.set_aside} set aside")
    return ", ".join(parts)
