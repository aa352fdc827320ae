"""The vocabulary's rules, as tables beside this file; ``rows`` reads them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files


def rows(name: str, columns: int) -> Iterator[list[str]]:
    """The rows of a tab-separated rules file; empty lines and lines that start with "#" are left out.

    :raises ValueError: where a row has another number of columns.
    """
    text = files(__name__).joinpath(name).read_text("utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != columns:
            raise ValueError(f"{name}, line {number}: {len(cells)} columns, not {columns}")
        yield cells
