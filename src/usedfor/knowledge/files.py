"""Labels, trials or papers with the file each came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from usedfor.sources import Raw, SetAside, raw_documents

__all__ = ["Files"]


class Files:
    """The records of files and folders, of one kind (labels, trials, papers), in their order; ``current``
    is the file of the one given last.

    :raises InputError: at once, for a path that does not exist.
    """

    def __init__(self, paths: Sequence[Path], kind: str = "labels") -> None:
        raw = _walker(kind)
        self._walks = [(Path(path), raw([Path(path)])) for path in paths]
        self._folders = [Path(path).is_dir() for path in paths]
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
            for packed in ("", ".xz", ".gz"):  # an origin names what is inside
                name = origin[: match.start()] + packed
                file = path / name if self._folders[place] else path
                if (place, name) in self._found or (name == path.name if path.is_file() else file.is_file()):
                    return name, self._found.setdefault((place, name), file)
        raise AssertionError(f"{origin} names no file of {path}")


def _walker(kind: str) -> Callable[[Sequence[Path]], Iterator[Raw | SetAside]]:
    """Each is imported when it is needed: lxml costs more than the rest of the start."""
    if kind == "trials":
        from usedfor.sources.clinicaltrials import raw_trials

        return raw_trials
    if kind == "papers":
        from usedfor.sources.pubmed import raw_papers

        return raw_papers
    return raw_documents
