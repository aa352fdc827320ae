"""What changed between two snapshots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from usedfor.errors import InputError, UnknownMedicineError

if TYPE_CHECKING:
    from usedfor.knowledge import Knowledge
    from usedfor.knowledge.diff import Difference
    from usedfor.model import Medicine

__all__ = ["changes", "diff", "render_changes"]


def diff(old: Path | str, new: Path | str, medicine: str | None = None) -> Difference:
    """Every change from one snapshot to another, of one medicine (by name) or of all.

    Raises :class:`~usedfor.errors.SnapshotError` for a folder that is no snapshot, and
    :class:`~usedfor.errors.UnknownMedicineError` for a name that neither of them has.
    """
    from usedfor.knowledge import Knowledge
    from usedfor.knowledge.diff import compare

    with Knowledge.open(old) as before, Knowledge.open(new) as after:
        if medicine is None:
            return compare(before, after)
        found = before.find(medicine) if not after.find(medicine) else ()
        known = found[0] if len(found) == 1 else _named(after, medicine)
        return compare(before, after, [known.id])


def _named(knowledge: Knowledge, name: str) -> Medicine:
    """The medicine of this name, which one of two snapshots has.

    :raises InputError: where only the facts that ship know it: they have no older ones to compare with.
    """
    from usedfor.api.briefs import find
    from usedfor.knowledge import Knowledge
    from usedfor.knowledge.snapshot import STARTER

    try:
        return find(knowledge, name)
    except UnknownMedicineError:
        with Knowledge.open(STARTER) as shipped:
            if len(shipped.find(name)) != 1:
                raise
    raise InputError(
        f"{name} is in neither snapshot, only among the facts that ship, which have nothing before them to"
        f" compare with: usedfor sync {name}"
    )


def changes(
    medicine: str | None = None, *, home: Path | str | None = None, since: Path | str | None = None
) -> Difference:
    """What changed in the snapshot in use since the one before it in the user's data folder, or ``since``.

    Raises :class:`~usedfor.errors.InputError` where there is no other one to compare with.
    """
    from usedfor.knowledge import status

    here = status(home)
    if since is None:
        others = [other for other in here.others if other != here.home]
        if not others:
            raise InputError(
                "there is one snapshot here, and none before it: name an older one with --since, or keep"
                " current with usedfor sync"
            )
        since = others[0]
    return diff(since, here.home, medicine)


def render_changes(
    difference: Difference, format: Literal["text", "json", "atom"] = "text", name: str | None = None
) -> str:
    """A difference for people, as JSON, or as an Atom feed."""
    import msgspec

    from usedfor.briefs import changes as words

    if format == "json":
        return msgspec.json.format(msgspec.json.encode(difference), indent=2).decode() + "\n"
    return words.as_atom(difference, name) if format == "atom" else words.as_text(difference, name)
