"""Labels with the file each came from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from usedfor.sources import Raw, SetAside, raw_documents

__all__ = ["Files"]


class Files:
    """The labels of files and folders, in their order; ``current`` is the file of the one given last.

    :raises InputError: at once, for a path that does not exist.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._walks = [(Path(path), raw_documents([Path(path)])) for path in paths]
        self._found: dict[tuple[int, str], Path] = {}
        self.current: tuple[str, Path] = "", Path()  # its name in what was asked for, and where it is

    def __iter__(self) -> Iterator[Raw | SetAside]:
        for place, (path, walk) in enumerate(self._walks):
            for item in walk:
                self.current = self._file(place, path, item.origin)
                yield item

    def found(self) -> list[tuple[str, Path]]:
        """The files that have been come to so far."""
        return [(name, path) for (_, name), path in self._found.items()]

    def _file(self, place: int, path: Path, origin: str) -> tuple[str, Path]:
        """An origin is the file's name, then ``!member`` and ``#number``; a file's own name may hold these
        signs."""
        for match in re.finditer(r"[!#]|\Z", origin):
            name = origin[: match.start()]
            file = path / name if path.is_dir() else path
            if (place, name) in self._found or (name == path.name if path.is_file() else file.is_file()):
                return name, self._found.setdefault((place, name), file)
        raise AssertionError(f"{origin} names no file of {path}")
