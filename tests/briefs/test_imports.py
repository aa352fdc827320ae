"""Importing briefs is cheap: what only some forms need is imported when it is needed."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("jinja2", "rich", "pyarrow", "lxml", "numpy", "rapidfuzz", "daachorse")


def test_importing_briefs_brings_nothing_heavy_along() -> None:
    code = f"import sys, usedfor.briefs; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
