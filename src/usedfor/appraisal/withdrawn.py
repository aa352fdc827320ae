"""Uses that an older version of a label listed and no current label of the medicine lists.

Strict: what was only reworded, narrowed or widened is not withdrawn, and what is in doubt neither.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from usedfor.appraisal.grouping import plain, slug
from usedfor.appraisal.studied import broader
from usedfor.model import Evidence, Medicine, Statement, Use

__all__ = ["withdrawn_uses"]

RULE = "withdrawn.older_label"
_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 6  # letters by which two forms of a word are one


def withdrawn_uses(
    medicine: Medicine,
    labelled: Sequence[Use],
    statements: Iterable[Statement],
    older: Sequence[Statement],
    current: str,
    effective: Mapping[str, str],
    above: Mapping[str, Sequence[str]],
) -> list[Use]:
    """One use for each condition that only older versions list, with the older citation for it and the
    newest current indication against it.

    ``current`` is the text of the indications of all current labels: a word of the old wording in it is a
    doubt.
    """
    now = [s for s in statements if s.kind == "indication"]
    if not now or not current:
        return []
    stems = _stems(current)
    conditions = {use.condition for use in labelled if use.condition}
    groups: dict[str, list[Statement]] = defaultdict(list)
    for s in sorted(older, key=lambda s: s.id):
        if s.condition is None:
            continue
        mine = broader(s.condition, above)
        if mine & conditions or any(s.condition in broader(c, above) for c in conditions):
            continue
        if _stems(s.text) & stems:
            continue
        groups[s.condition].append(s)
    newest = max(now, key=lambda s: (effective.get(s.span.document, ""), s.id))
    return [
        Use(
            id=f"{medicine.id}/{slug(condition)}/withdrawn",
            medicine=medicine.id,
            text=min((s.text for s in group), key=lambda t: (len(t), t)),
            status="withdrawn",
            rule=RULE,
            as_of=effective.get(newest.span.document, ""),
            condition=condition,
            relation=group[0].relation or "treat",
            evidence=(
                *(Evidence(statement=s.id) for s in group),
                Evidence(statement=newest.id, direction="against"),
            ),
        )
        for condition, group in sorted(groups.items())
    ]


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(plain(text)))
