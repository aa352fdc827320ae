"""The sections of a brief, one small module each: a Dossier in, a Part out."""

from __future__ import annotations

from collections.abc import Callable

from usedfor.briefs.draft import Part
from usedfor.briefs.gather import Dossier
from usedfor.briefs.sections import effects, given, legal, limits, onset, precautions, studied, uses, what_is

__all__ = ["SECTIONS"]

# In the order of the page; the questions and the references follow when all else is there.
SECTIONS: tuple[Callable[[Dossier], Part], ...] = (
    what_is.section,
    uses.approved,
    studied.off_label,
    studied.emerging,
    limits.section,
    given.section,
    onset.section,
    effects.section,
    precautions.section,
    legal.section,
)
