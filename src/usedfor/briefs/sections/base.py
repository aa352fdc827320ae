"""What every section needs: a titled part, an anchor."""

from __future__ import annotations

import re

from usedfor.briefs.draft import Part
from usedfor.briefs.gather import Dossier
from usedfor.briefs.wording import say


def part(section: str, dossier: Dossier) -> Part:
    """The empty part with this section id and its title."""
    return Part(section, say(f"section.{section}", name=dossier.name))


def anchor(section: str, title: str, taken: list[Part]) -> str:
    """An id for a part of a section: "approved-uses-plaque-psoriasis", unique among ``taken``."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:60].strip("-") or "more"
    ids = {p.id for p in taken}
    base = name = f"{section}-{slug}"
    count = 1
    while name in ids:
        count += 1
        name = f"{base}-{count}"
    return name


def sub(parent: Part, title: str, mark: str | None = None) -> Part:
    """A new part inside ``parent``, already in its place; ``mark``: its badge."""
    inner = Part(anchor(parent.id, title, parent.parts), title, mark=mark)
    parent.parts.append(inner)
    return inner
