"""Used For, Information Services: what a medicine is used for, every sentence with its source.

The functions here mirror the commands verb for verb::

    import usedfor

    brief = usedfor.brief("ketamine")
    brief.takeaways[0].text

Each imports what it needs when it is called, so that ``import usedfor`` is quick.
"""

from usedfor.api import (
    ask,
    brief,
    build,
    changes,
    check,
    diff,
    evidence,
    export,
    extract,
    extract_comparisons,
    extract_papers,
    extract_passages,
    extract_trials,
    prune,
    render,
    search,
    serve,
    site,
    status,
    sync,
    verify,
)

__all__ = [
    "ask",
    "brief",
    "build",
    "changes",
    "check",
    "diff",
    "evidence",
    "export",
    "extract",
    "extract_comparisons",
    "extract_papers",
    "extract_passages",
    "extract_trials",
    "prune",
    "render",
    "search",
    "serve",
    "site",
    "status",
    "sync",
    "verify",
]
