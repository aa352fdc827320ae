"""Medicines of which no label was read, but studies: an entry for those that nobody sells in the US.

A medicine that is approved and whose label is only not here would be said to be studied for what its label
lists; so it has no entry. What the registers of approvals, RxNorm and the names of brands do not know, and
DrugBank and the UNII list do, is a medicine that is only studied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from usedfor.model import Medicine

if TYPE_CHECKING:
    from usedfor.knowledge.staging import Light

__all__ = ["only_studied", "with_unlabelled"]

_KNOWN = ("drugbank", "unii")  # ids without which it may be no medicine
_SOLD = ("rxcui", "atc")  # ids of what is on the market, here or elsewhere
# Substances of the body and of food that DrugBank lists beside medicines.
_SUBSTANCES = frozenset(
    ["cholesterol", "collagen", "fibrin", "fibrinogen", "homocysteine", "glutamate", "hemoglobin", "ozone"]
)


def only_studied(medicine: Medicine) -> bool:
    """Whether a medicine is known as one, and nothing says that it is or was sold."""
    return (
        medicine.first_approval is None
        and len(medicine.ingredients) <= 1
        and medicine.id not in _SUBSTANCES
        and all(id_ in medicine.ids for id_ in _KNOWN)
        and not any(id_ in medicine.ids for id_ in _SOLD)
        and not any(name.kind == "brand" for name in medicine.names)
    )


def with_unlabelled(current: Mapping[str, list[Light]], studied: Iterable[str]) -> dict[str, list[Light]]:
    """The current labels by medicine, and no labels for each of ``studied`` that is only studied; sorted."""
    from usedfor.vocabulary.medicines import Medicines

    known = Medicines.load()
    found = {id_ for id_ in studied if id_ not in current}
    more = {id_ for id_ in found if (one := known.get(id_)) is not None and only_studied(one)}
    return {id_: current.get(id_, []) for id_ in sorted({*current, *more})}
