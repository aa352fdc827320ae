"""Statements of one medicine -> uses with a status, reactions and cautions, each with the rule that gave it.

:func:`appraise` is pure: the same statements in any order give the same result.

* A condition a label lists, limits or contraindicates becomes a :class:`~usedfor.model.Use` with status
  ``approved``, ``not_indicated`` or ``contraindicated``: it stands there and nowhere else.
* A :class:`~usedfor.model.Caution` is made of the kinds ``contraindicated_allergy``,
  ``contraindicated_medicine``, ``boxed_warning``, ``warning``, ``population`` and ``dependence``.
* Routes, forms, schedules, classes, mechanisms, times and years need no weighing: they stay statements.
"""

from usedfor.appraisal.appraise import Appraisal, Beyond, Origin, appraise
from usedfor.appraisal.rules import Rule, rules

__all__ = ["Appraisal", "Beyond", "Origin", "Rule", "appraise", "rules"]
