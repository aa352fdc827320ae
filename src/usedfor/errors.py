"""Every error the program raises on purpose.

::

    UsedForError                exit code 2 unless a branch says otherwise
    ├── InputError              a file, a name of a file or an option that cannot be used
    │   ├── DocumentError       one document that cannot be read: it is set aside, the others go on
    │   └── ArchiveError        an archive that cannot be trusted: truncated, a bomb, a path that leaves it
    ├── UnknownMedicineError    exit code 3; carries the near names
    ├── SnapshotError           a snapshot that is absent, damaged or of another version
    │   └── VerificationError   a hash or a span that does not hold; carries every finding
    └── SourceError             exit code 4; an official service that could not be reached

Each carries its data as attributes and pickles with them, so that a worker's error arrives whole.
"""

from __future__ import annotations

from typing import Any


class UsedForError(Exception):
    """The root. Its text is one clear line for a person."""

    exit_code = 2

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.data = data
        for name, value in data.items():
            setattr(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.data)


def _rebuild(kind: type[UsedForError], message: str, data: dict[str, Any]) -> UsedForError:
    return kind(message, **data)


class InputError(UsedForError):
    """A file, a path or an option that cannot be used."""


class DocumentError(InputError):
    """One document that cannot be read. ``origin`` names it, ``reason`` says why, in a few words."""

    origin: str
    reason: str

    def __init__(self, origin: str, reason: str) -> None:
        super().__init__(f"{origin}: {reason}", origin=origin, reason=reason)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.origin, self.reason)


class ArchiveError(DocumentError):
    """An archive that cannot be trusted: truncated, a bomb, or with a path that leaves it."""


class UnknownMedicineError(UsedForError):
    """A name no medicine here has. ``near`` holds names that are spelt alike, best first."""

    exit_code = 3
    name: str
    near: tuple[str, ...]

    def __init__(self, message: str, name: str, near: tuple[str, ...] = ()) -> None:
        super().__init__(message, name=name, near=near)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.name, self.near)


class SnapshotError(UsedForError):
    """A snapshot that is absent, damaged, or written by a version that this one cannot read."""


class VerificationError(SnapshotError):
    """A hash or a span that does not hold. ``findings`` lists each in one line."""

    findings: tuple[str, ...]

    def __init__(self, message: str, findings: tuple[str, ...]) -> None:
        super().__init__(message, findings=findings)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.findings)


class SourceError(UsedForError):
    """An official service that could not be reached."""

    exit_code = 4
