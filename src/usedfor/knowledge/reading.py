"""The first half of a build: the labels' bytes go to the workers, what they said is staged; which are
current."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from usedfor.knowledge.engine import Failure
from usedfor.knowledge.files import Files
from usedfor.knowledge.manifest import LeftOut, Put, SourceFile, file_hash
from usedfor.knowledge.progress import Progress, Step
from usedfor.knowledge.since import Old, raw_hash
from usedfor.knowledge.staging import Light, Staged, Staging
from usedfor.sources import Raw, SetAside

__all__ = ["Reading", "choose"]

# The same document from two sources is taken from the first: openFDA gives it with harmonised codes and
# classes.
PREFERENCE = ("openfda", "dailymed")


class _Given(msgspec.Struct):
    """What a file gave."""

    as_of: str | None = None
    documents: int = 0


class _TakenOver(NamedTuple):
    """A label that the earlier snapshot has under the number ``known``."""

    number: int
    given: _Given
    known: int
    before: str  # its origin there
    origin: str
    as_of: str | None
    size: int


class Reading:
    """The labels of files and folders, on their way to the workers and back into the staging file."""

    def __init__(
        self, labels: Sequence[Path], staging: Staging, tell: Progress, old: Old | None = None
    ) -> None:
        self._walk = Files(labels)
        self.staging = staging
        self.tell = tell
        self.old = old
        self.reused = 0  # labels that the earlier snapshot had read already
        self.number = self.read = self.bytes = 0
        self.faults = 0  # labels that were not read through no fault of theirs
        self.first_fault: Put | None = None
        self.files: dict[tuple[str, Path], _Given] = {}
        self._aside: list[tuple[int, Put]] = []
        # In order: what the workers have, and what was taken over behind it.
        self._away: deque[tuple[int, _Given, bytes] | _TakenOver] = deque()

    def __iter__(self) -> Iterator[Raw]:
        """The labels; what is set aside before it reaches a worker is noted."""
        for item in self._walk:
            self.number += 1
            if isinstance(item, SetAside):
                self._aside.append((self.number, Put(origin=item.origin, reason=item.reason)))
                continue
            given = self.files.setdefault(self._walk.current, _Given())
            raw = raw_hash(item)
            known = self.old.known.get(raw) if self.old is not None else None
            if known is None:
                self._away.append((self.number, given, raw))
                yield item
            else:
                self._away.append(
                    _TakenOver(self.number, given, *known, item.origin, item.as_of, len(item.data))
                )
                self._take_over()

    def take(self, raw: Raw, result: Staged | Failure) -> None:
        """Stage what a worker made of a label; results come in the order of :meth:`__iter__`."""
        first = self._away.popleft()
        assert not isinstance(first, _TakenOver)
        number, given, hashed = first
        if isinstance(result, Failure):
            put = Put(origin=raw.origin, reason=result.reason)
            self._aside.append((number, put))
            if result.fault:
                self.faults += 1
                self.first_fault = self.first_fault or put
            self.bytes += len(raw.data)
            self._tell()
        else:
            self.staging.add(number, raw.origin, result, hashed)
            self._read(given, raw.as_of, len(raw.data))
        self._take_over()

    def _take_over(self) -> None:
        """Stage what is next and was taken over: the order of staging is that of reading."""
        while self._away and isinstance(one := self._away[0], _TakenOver):
            self._away.popleft()
            self.staging.take_over(one.number, one.origin, one.known, one.before)
            self.reused += 1
            self._read(one.given, one.as_of, one.size)

    def _read(self, given: _Given, as_of: str | None, size: int) -> None:
        self.read += 1
        given.documents += 1
        given.as_of = max(given.as_of or "", as_of or "") or None
        self.bytes += size
        self._tell()

    def _tell(self) -> None:
        self.tell(
            Step(
                stage="reading labels",
                done=self.read,
                bytes=self.bytes,
                set_aside=len(self._aside),
                unchanged=self.reused,
            )
        )

    def aside(self) -> list[Put]:
        """What was set aside, in the order of reading."""
        return [put for _, put in sorted(self._aside, key=lambda one: one[0])]

    def as_of(self) -> str | None:
        """The newest date that the files give themselves."""
        return max((given.as_of for given in self.files.values() if given.as_of), default=None)

    def sources(self) -> tuple[SourceFile, ...]:
        """The files that gave labels, in the order of reading."""
        return tuple(
            SourceFile(
                name=name,
                sha256=file_hash(path),
                bytes=path.stat().st_size,
                as_of=given.as_of,
                documents=given.documents,
            )
            for (name, path), given in self.files.items()
        )

    def why_few(self) -> str:
        """One line for the case that nothing, or next to nothing, could be read."""
        aside = self.aside()
        if not aside:
            return "there are no labels in what was given"
        some = f"only {self.read} labels" if self.read else "no label"
        first = self.first_fault or aside[0]
        return f"{some} could be read; {len(aside)} set aside, such as {first.origin}: {first.reason}"


def choose(labels: Iterable[Light]) -> tuple[dict[str, list[Light]], list[LeftOut]]:
    """The current labels by medicine (both sorted), and those left out with the reason.

    Of one document that was read twice, the preferred source's stays, else the first. Of the versions of a
    set id the one with the highest version number stays, then the latest date.
    """
    once: dict[str, Light] = {}
    left: list[tuple[Light, str, Light]] = []
    for light in sorted(labels, key=lambda one: (PREFERENCE.index(one.source), one.number)):
        first = once.setdefault(light.id, light)
        if first is not light:
            left.append((light, "repeated", first))
    newest: dict[str, Light] = {}
    for light in once.values():
        have = newest.get(light.set_id)
        if have is None or _age(light) > _age(have):
            newest[light.set_id] = light
    left += [(one, "older", newest[one.set_id]) for one in once.values() if newest[one.set_id] is not one]
    current: dict[str, list[Light]] = defaultdict(list)
    for light in sorted(newest.values(), key=lambda one: (one.medicine, one.id)):
        current[light.medicine].append(light)
    return current, [
        LeftOut(
            document=light.id,
            set_id=light.set_id,
            version=light.version,
            effective=light.effective,
            origin=light.origin,
            because=why,
            current=stays.id,
        )
        for light, why, stays in sorted(left, key=lambda one: one[0].number)
    ]


def _age(light: Light) -> tuple[int, str, str]:
    digits = re.match(r"\d{1,18}", light.version)
    return int(digits[0]) if digits else 0, light.effective, light.id
