"""What workers need, imported once by the process that they are forked from."""

import usedfor.appraisal
import usedfor.extraction.label  # noqa: F401
from usedfor.knowledge.work import prepare

__all__ = ["prepare"]
