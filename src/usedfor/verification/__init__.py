"""Knowledge, article -> Verdicts: each claim about a medicine held against the documents."""

from usedfor.verification.checker import Checker, check
from usedfor.verification.results import Checked, Cited, Claim, Report

__all__ = ["Checked", "Checker", "Cited", "Claim", "Report", "check"]
