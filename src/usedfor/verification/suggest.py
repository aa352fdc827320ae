"""A corrected sentence for one that is contradicted or overstated, made of what the documents say and
cited."""

from __future__ import annotations

from usedfor.model import Use
from usedfor.verification.dossier import Dossier
from usedfor.verification.render.shape import place_words
from usedfor.verification.results import Checked, Cited
from usedfor.verification.units import Unit

__all__ = ["suggestion"]

_LONGEST = 260  # characters of a quote in a suggestion


def suggestion(found: Checked, dossier: Dossier, units: tuple[Unit, ...]) -> str | None:
    """The sentence, or None where there is nothing to rest one on. It states what the label says; it advises
    nothing."""
    if found.verdict not in ("contradicted", "overstated") or not found.evidence:
        return None
    cited = found.evidence[0]
    if found.rule in ("use.related_only", "use.studies_weaker", "use.studies_against"):
        return f"{found.why[:1].upper()}{found.why[1:]} ({place_words(cited)})."
    if found.kind in ("use", "approval"):
        asked = {u.id for u in units if u.kind == "condition"}
        approved = [u for u in dossier.uses if u.status == "approved"]
        named = [u for u in approved if u.condition in asked]
        use = named[0] if named else None
        if use is not None and found.rule.startswith(
            ("restriction.", "scope.", "use.", "overstated.", "age.")
        ):
            return f"{_name(dossier)} is approved for {use.text}{_restrictions(use)} ({place_words(cited)})."
    quote = _quote(cited)
    return f"The document says: “{quote}” ({place_words(cited)})." if quote else None


def _name(dossier: Dossier) -> str:
    name = dossier.medicine.name
    return name[:1].upper() + name[1:]


def _restrictions(use: Use) -> str:
    held = use.restrictions
    parts = {"adult": ", in adults", "pediatric": ", in children"}.get(held.age, "")
    if held.after_failure:
        parts += ", after other treatment"
    if held.adjunct:
        parts += ", added to other treatment"
    return parts


def _quote(cited: Cited) -> str | None:
    if cited.quote is None:
        return None
    text = " ".join(cited.quote.split())
    if len(text) <= _LONGEST:
        return text
    return text[: text.rfind(" ", 0, _LONGEST)] + " …"
