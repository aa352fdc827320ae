"""The verbs of the program as functions: what the commands are made of.

Each imports what it needs when it is called.
"""

from usedfor.api.asking import ask, ask_many, evidence, search
from usedfor.api.briefs import brief, find, render, unfetched
from usedfor.api.changing import changes, diff, render_changes
from usedfor.api.checking import check, check_pages, check_passages, render_check
from usedfor.api.extracting import (
    extract,
    extract_comparisons,
    extract_papers,
    extract_passages,
    extract_trials,
)
from usedfor.api.reports import reports
from usedfor.api.serving import serve, site
from usedfor.api.snapshots import build, export, prune, status, verify
from usedfor.api.studies import use_studies
from usedfor.api.syncing import SOURCES, Synced, build_downloads, sync, sync_plan

__all__ = [
    "SOURCES",
    "Synced",
    "ask",
    "ask_many",
    "brief",
    "build",
    "build_downloads",
    "changes",
    "check",
    "check_pages",
    "check_passages",
    "diff",
    "evidence",
    "export",
    "extract",
    "extract_comparisons",
    "extract_papers",
    "extract_passages",
    "extract_trials",
    "find",
    "prune",
    "render",
    "render_changes",
    "render_check",
    "reports",
    "search",
    "serve",
    "site",
    "status",
    "sync",
    "sync_plan",
    "unfetched",
    "use_studies",
    "verify",
]
