"""Briefs, and the medicine that a name means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from usedfor.errors import UnknownMedicineError

if TYPE_CHECKING:
    from usedfor.briefs.render import Format
    from usedfor.knowledge import Knowledge
    from usedfor.model import Brief, Medicine

__all__ = ["brief", "find", "render", "unfetched"]


def brief(name: str, *, home: Path | str | None = None) -> Brief:
    """The brief of the medicine with this name: generic, brand or synonym, salts and strengths set aside.

    ``home`` names a snapshot; without it the one in use is asked, then, for a medicine that was never fetched
    into it, the facts that ship with the program (:func:`unfetched` tells). Raises
    :class:`~usedfor.errors.UnknownMedicineError` with near names for a name that is not known exactly, and
    :class:`~usedfor.errors.SnapshotError` for a snapshot that cannot be read.
    """
    from usedfor.briefs.compile import compile
    from usedfor.knowledge import Knowledge

    with Knowledge.open(home) as knowledge:
        return compile(knowledge, find(knowledge, name).id)


def unfetched(*names: str, home: Path | str | None = None) -> tuple[str, ...]:
    """Those of these medicines (names or ids) that are answered for from the facts that ship with the
    program, without texts: the newest snapshot in the user's data folder has none of their documents."""
    from usedfor.knowledge import Knowledge

    with Knowledge.open(home) as knowledge:
        layers = knowledge.layers()
        if len(layers) == 1:
            return ()
        ids = {name: [m.id for m in knowledge.find(name)] or [name] for name in names}
        shipped = layers[-1].manifest.digest
        return tuple(
            [
                name
                for name, found in ids.items()
                if all(knowledge.medicine(m) and knowledge.side(m).manifest.digest == shipped for m in found)
            ]
        )


def find(knowledge: Knowledge, name: str) -> Medicine:
    """The one medicine with exactly this name.

    Raises :class:`~usedfor.errors.UnknownMedicineError`: its ``near`` holds names to offer. A name is
    never replaced by one that is spelt alike, and one that several medicines share is not decided here.
    """
    found = knowledge.find(name)
    if len(found) == 1:
        return found[0]
    if found:
        names = tuple(medicine.name for medicine in found)
        raise UnknownMedicineError(f"{name!r} is a name of several medicines", name, names)
    elsewhere = knowledge.known(name)
    if elsewhere:
        what = " or ".join(medicine.name for medicine in elsewhere[:3])
        is_it = "" if what.casefold() == name.casefold() else f" ({what})"
        raise UnknownMedicineError(
            f"{name!r}{is_it} is known by name, but no document about it is here", name
        )
    near = tuple(_offer(one.name, one.medicine) for one in knowledge.near(name))
    raise UnknownMedicineError(f"no medicine here is called {name!r}", name, near)


def _offer(name: str, medicine: Medicine) -> str:
    return name if name == medicine.name else f"{name} ({medicine.name})"


def render(brief: Brief, format: Format = "text", *, width: int = 80, color: bool = False) -> str:
    """A brief as "text", "markdown", "html" (one file that needs nothing else) or "json"."""
    from usedfor.briefs.render import render as rendered

    return rendered(brief, format, width=width, color=color)
