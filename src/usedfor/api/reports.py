"""Reports of side effects that were sent to the FDA, as openFDA counts them: reports, not proof.

They stand apart from briefs, answers and verdicts on purpose: a report names every medicine that a person
took, whatever was suspected, and nothing says how many people took it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from usedfor.errors import InputError

__all__ = ["reports"]

CAUTION = (
    "A report does not show that the medicine was the cause: it names all that a person took, anyone can send"
    " one, some are sent twice, and what a medicine was taken for can be among the terms. The counts say"
    " nothing of how often it happens and cannot be compared between medicines."
)
_URL = "https://api.fda.gov/drug/event.json"


class _Count(msgspec.Struct):
    term: str
    count: int


class _Counts(msgspec.Struct):
    medicine: str
    results: list[_Count]
    search: str = ""
    as_of: str = ""


def reports(medicine: str, *, folder: Path | str | None = None, limit: int = 20) -> dict[str, Any]:
    """How many reports name each reaction beside a medicine, as :func:`usedfor.api.sync` fetched them.

    Keys: medicine, as_of (a date, "" where the service gave none), url (where the same is asked), caution,
    reactions (``{"term", "reports"}``, the most reported first, at most ``limit``), reactions_in_all.
    ``folder``: the downloads, those in the user's data folder by default. Raises
    :class:`~usedfor.errors.UnknownMedicineError` for a name that is not known exactly, and
    :class:`~usedfor.errors.InputError` where none were fetched or ``limit`` is below 1.
    """
    from usedfor.api.syncing import downloads_folder, known
    from usedfor.sources.fetching import EVENTS_BY

    if limit < 1:
        raise InputError("the limit must be at least 1")
    (found,) = known([medicine])
    place = Path(folder) if folder is not None else downloads_folder()
    path = place / "medicines" / "events" / found.id / "counts.json"
    try:
        counts = msgspec.json.decode(path.read_bytes(), type=_Counts)
    except FileNotFoundError:
        raise InputError(f"no reports on {found.name} were fetched: usedfor sync {medicine}") from None
    except (OSError, msgspec.MsgspecError) as error:
        raise InputError(f"the reports on {found.name} cannot be read; fetch them again: {error}") from error
    query = urlencode({"search": counts.search, "count": EVENTS_BY}) if counts.search else ""
    ordered = sorted(counts.results, key=lambda one: (-one.count, one.term))
    return {
        "medicine": found.name,
        "as_of": counts.as_of,
        "url": f"{_URL}?{query}" if query else _URL,
        "caution": CAUTION,
        "reactions": [{"term": one.term.lower(), "reports": one.count} for one in ordered[:limit]],
        "reactions_in_all": len(ordered),
    }
