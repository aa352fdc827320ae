"""What workers need, imported once by the process that they are forked from."""

import usedfor.appraisal
import usedfor.extraction.label
from usedfor.knowledge.work import prepare

__all__ = ["prepare"]
