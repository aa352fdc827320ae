"""What a site is told from outside."""

from __future__ import annotations

import os
from collections.abc import Mapping

import msgspec

__all__ = ["Settings"]

DEFAULT_URL = "http://127.0.0.1:8000"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How the site is set up. ``url`` is where readers reach it: absolute links are made from it, never from
    what a request calls itself."""

    home: str | None = None  # the snapshot; None: the one in use
    url: str = DEFAULT_URL  # scheme and host, without a slash at the end
    static: bool = False  # the pages are written as files: what needs a server is left out or linked
    service: str | None = None  # of static pages: where questions, checks and comments are answered
    pages: int = 4096  # rendered pages kept in memory
    database: str | None = None  # of the comments; None: SQLite in the user's data folder

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """As ``usedfor serve`` hands them to its worker processes."""
        return cls(
            home=environment.get("USEDFOR_HOME") or None,
            url=(environment.get("USEDFOR_URL") or DEFAULT_URL).rstrip("/"),
            database=environment.get("USEDFOR_DATABASE_URL") or None,
        )
