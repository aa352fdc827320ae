"""The official services by name: where they are, and the limits they ask callers to keep."""

from __future__ import annotations

import os
import tomllib
from importlib.resources import files
from pathlib import Path

import msgspec

from usedfor.errors import InputError

__all__ = ["Service", "services"]


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """One service. ``limit`` is written as the limits library reads it: "240/minute"."""

    name: str
    url: str
    limit: str
    keyed: str | None = None  # the limit with a key
    key: str | None = None  # the environment's variable that holds one
    parameter: str | None = None  # where the key goes

    @property
    def secret(self) -> str | None:
        """The key in the environment, if there is one."""
        return (os.environ.get(self.key) or None) if self.key else None

    @property
    def allowed(self) -> str:
        """The limit that holds here."""
        return self.keyed if self.keyed and self.secret else self.limit


def services() -> dict[str, Service]:
    """All services; a file named by USEDFOR_SERVICES replaces what it names.

    :raises InputError: for such a file that cannot be read or says something else.
    """
    found = tomllib.loads(files("usedfor.sources").joinpath("services.toml").read_text("utf-8"))
    other = os.environ.get("USEDFOR_SERVICES")
    if other:
        try:
            for name, values in tomllib.loads(Path(other).read_text("utf-8")).items():
                found[name] = found.get(name, {}) | values
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
            raise InputError(f"USEDFOR_SERVICES: {other} cannot be read: {error}") from error
    try:
        return {name: msgspec.convert({"name": name, **values}, Service) for name, values in found.items()}
    except msgspec.ValidationError as error:
        raise InputError(f"USEDFOR_SERVICES: {other}: {error}") from error
