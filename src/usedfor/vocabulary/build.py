"""Build the vocabulary's data files: ``python -m usedfor.vocabulary.build --data DIR``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from usedfor.errors import InputError, UsedForError
from usedfor.vocabulary import build_conditions, build_medicines, store


def build(data: Path, out: Path) -> dict[str, int]:
    """Write ``medicines.xz`` and ``conditions.xz`` to ``out`` from the sources in ``data``; returns their
    sizes in bytes. The same sources give the same bytes.

    :raises InputError: where a source is not there.
    """
    if not data.is_dir():
        raise InputError(f"{data} is not a folder", path=str(data))
    try:
        store.write(out / "medicines.xz", build_medicines.build(data))
        store.write(out / "conditions.xz", build_conditions.build(data))
    except FileNotFoundError as error:
        raise InputError(
            f"a source of the vocabulary is not there: {error.filename}", path=str(error.filename)
        ) from error
    return {name: (out / name).stat().st_size for name in ("medicines.xz", "conditions.xz")}


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="usedfor.vocabulary.build", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of vocabulary sources")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "data", help="where to write")
    given = parser.parse_args(arguments)
    try:
        sizes = build(given.data, given.out)
    except UsedForError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write("".join(f"{name}\t{size} bytes\n" for name, size in sizes.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
