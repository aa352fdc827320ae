"""The studies behind one use of a medicine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from usedfor.errors import InputError

if TYPE_CHECKING:
    from usedfor.knowledge import Knowledge
    from usedfor.model import Use

__all__ = ["use_studies"]


def use_studies(medicine: str, condition: str, *, home: Path | str | None = None) -> dict[str, Any]:
    """The trials and papers on ``medicine`` for ``condition`` (a name of each), one dictionary.

    Keys: medicine, condition, status, rule, level, reasons, as_of, counts, studies, and the same as
    "table" (HTML), "text" (lines) and "svg" (a picture; "" where no study has a year). Raises
    :class:`~usedfor.errors.UnknownMedicineError` for a medicine, and
    :class:`~usedfor.errors.InputError` for a condition for which no study of it is here.
    """
    from msgspec import to_builtins

    from usedfor.api.briefs import find
    from usedfor.briefs.evidence import items, tally
    from usedfor.briefs.picture import svg, table_html, text
    from usedfor.knowledge import Knowledge

    with Knowledge.open(home) as knowledge:
        found = find(knowledge, medicine)
        use = _use(knowledge, found.id, found.name, condition)
        statements = knowledge.statements_by_id(e.statement for e in use.evidence)
        studies = knowledge.studies(s.span.document for s in statements.values())
        named = knowledge.condition(use.condition) if use.condition else None
    listed = items(use, statements, studies)
    name = named.name if named else use.text
    title = f"Studies of {found.name} for {name}"
    return {
        "medicine": found.name,
        "condition": {"id": use.condition, "name": name},
        "status": use.status,
        "rule": use.rule,
        "level": use.level,
        "reasons": list(use.reasons),
        "as_of": use.as_of,
        "counts": to_builtins(tally(listed)),
        "studies": to_builtins(listed),
        "table": table_html(listed),
        "text": [title, *text(listed)],
        "svg": svg(listed, title),
    }


def _use(knowledge: Knowledge, medicine: str, name: str, condition: str) -> Use:
    from usedfor.briefs.evidence import STUDIED

    ids = {one.id for one in knowledge.find_conditions(condition)}
    uses = [u for u in knowledge.uses(medicine) if u.status in STUDIED]
    for use in uses:
        if use.condition in ids:
            return use
    raise InputError(f"no study of {name} for {condition!r} is here")
