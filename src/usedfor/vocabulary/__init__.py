"""A name in running text, or a label's phrase, to a medicine or a condition.

>>> vocabulary = load()  # doctest: +SKIP
>>> vocabulary.conditions.link("moderate to severe plaque psoriasis").reason  # doctest: +SKIP
'severity words set aside'
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

from usedfor.vocabulary.results import Link, Mention, Near

if TYPE_CHECKING:
    from usedfor.vocabulary.conditions import Conditions
    from usedfor.vocabulary.medicines import Medicines

__all__ = ["Link", "Mention", "Near", "Vocabulary", "load"]


class Vocabulary:
    """The names of the package. Medicines and conditions are each read when first asked for."""

    @cached_property
    def medicines(self) -> Medicines:
        """Medicines by name."""
        from usedfor.vocabulary.medicines import Medicines

        return Medicines.load()

    @cached_property
    def conditions(self) -> Conditions:
        """Conditions by name."""
        from usedfor.vocabulary.conditions import Conditions

        return Conditions.load()


@cache
def load() -> Vocabulary:
    """The vocabulary of the package: one for the process.

    :raises SnapshotError: on first use of a part whose file is absent or damaged.
    """
    return Vocabulary()
