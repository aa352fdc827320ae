"""Uses as cards: what, its status, and what that rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from usedfor.briefs.gather import Dossier
from usedfor.briefs.places import status_words
from usedfor.briefs.sections.uses import has_number
from usedfor.briefs.wording import capital, same_key
from usedfor.model import Evidence, Use
from usedfor.web.words import words

__all__ = ["FIRST", "ORDER", "cards", "how_sure", "use_path"]

FIRST = 6  # cards of each status that are shown at first

ORDER = (
    "approved",
    "off_label_supported",
    "off_label_uncertain",
    "investigational",
    "not_effective",
    "not_indicated",
    "contraindicated",
    "withdrawn",
)


def use_path(use_id: str) -> str:
    """The address of a use's evidence."""
    medicine, _, rest = use_id.partition("/")
    return f"/medicines/{medicine}/uses/{rest}"


def how_sure(use: Use, studies: int = 0, labels: int = 0) -> str:
    """What the status rests on, in a few words: labels for what labels say, else the level of evidence."""
    if use.level is not None:
        return words("sure.level", level=use.level)
    if use.status == "investigational":
        return words("sure.registered", studies=_count("studies", studies))
    if studies:
        return f"{_count('studies', studies)}, {words('sure.no_level')}"
    said = _count("labels", labels) if labels != 1 else words("sure.label_one")
    return words(
        "sure.approved" if use.status in ("approved", "withdrawn") else "sure.limitation", labels=said
    )


def _count(what: str, count: int) -> str:
    return (
        words("sure.studies_one") if count == 1 and what == "studies" else words(f"sure.{what}", count=count)
    )


def cards(dossier: Dossier, uses: Iterable[Use]) -> list[dict[str, Any]]:
    """The cards of one medicine: groups in the order of :data:`ORDER`, within them those with the strongest
    kind of study first, then those named most, then by name.

    Wordings of one condition with one status make one card. Those after the first :data:`FIRST` of a status
    are marked as ``more``.
    """
    merged: dict[tuple[str, str, bool], list[Use]] = {}
    for use in uses:
        text = capital(dossier.use_words(use))
        merged.setdefault((use.status, same_key(text), use.relation == "prevent"), []).append(use)
    made: list[dict[str, Any]] = []
    for (status, _, prevent), same in merged.items():
        first = same[0]
        evidence = [e for use in same for e in use.evidence]
        labels, studies = _counted(dossier, evidence, status)
        badge = status_words(status if status != "approved" or has_number(dossier, first) else "labelled")
        made.append(
            {
                "title": capital(dossier.use_words(first)),
                "prevent": prevent,
                "status": status,
                "badge": badge,
                "sure": how_sure(first, studies, labels),
                "path": use_path(first.id),
                "order": ORDER.index(status),
                "level": first.level,
                "weight": labels + studies,
            }
        )
    made.sort(
        key=lambda one: (
            one["order"], one["level"] or 6, -one["weight"], one["title"].casefold(), one["path"]
        )
    )  # fmt: skip
    seen: Counter[str] = Counter()
    for one in made:
        seen[one["status"]] += 1
        one["more"] = seen[one["status"]] > FIRST
    return made


def _counted(dossier: Dossier, evidence: Sequence[Evidence], status: str) -> tuple[int, int]:
    """How many of the documents for it are labels, and how many are studies. Trials that are registered count
    before they speak for or against."""
    counts = ("for", "neutral") if status == "investigational" else ("for",)
    ids = {e.statement.rpartition("#")[0] for e in evidence if e.direction in counts}
    if status == "investigational":
        return 0, len(ids)
    named = [dossier.documents.get(id_) for id_ in ids]
    labels = sum(d is None or d.source in ("openfda", "dailymed") for d in named)
    return labels, len(named) - labels
