"""What workers need, imported once by the process that they are forked from."""

import usedfor.appraisal
import usedfor.extraction.label
import usedfor.knowledge.work  # noqa: F401
