"""Reports as SARIF 2.1.0 (OASIS), which code hosts show as annotations."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from usedfor.verification.render.shape import LEVELS, Places, findings, place_words
from usedfor.verification.results import Checked, Claim, Report
from usedfor.verification.rulebook import book

__all__ = ["as_sarif"]


def as_sarif(reports: Sequence[Report]) -> dict[str, Any]:
    """One run. What is contradicted is an error, overstated a warning, not found a note."""
    shown = [
        (r, s, one) for r in reports for s in findings(r) for one in s.claims or (s,) if one.verdict in LEVELS
    ]
    used = {one.rule for _, _, one in shown}
    rules = [rule for rule in book() if rule.id in used]
    order = {rule.id: n for n, rule in enumerate(rules)}
    places = {id(r): Places(r.article) for r in reports}
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "usedfor",
                        "semanticVersion": version("usedfor"),
                        "rules": [
                            {
                                "id": rule.id,
                                "shortDescription": {"text": rule.why[:1].upper() + rule.why[1:] + "."},
                                "defaultConfiguration": {"level": LEVELS.get(rule.verdict, "none")},
                            }
                            for rule in rules
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(r, s, one, order[one.rule], places[id(r)]) for r, s, one in shown],
            }
        ],
    }


def _result(report: Report, s: Checked, one: Checked | Claim, rule: int, places: Places) -> dict[str, Any]:
    """A finding: of a sentence that makes several claims, each claim at its own place."""
    start, end = (one.file_start, one.file_end) if isinstance(one, Claim) else (one.start, one.end)
    line, column = places.at(start)
    end_line, end_column = places.at(end)
    said = [f"{one.text.rstrip('.')}: {one.why[:1].upper()}{one.why[1:]}."]
    if s.until:
        said.append(f"True until the label of {s.until}.")
    said += [f"“{' '.join(c.quote.split())}” ({place_words(c)})" for c in one.evidence[:1] if c.quote]
    if s.suggestion and one.rule == s.rule:
        said.append(f"Suggestion: {s.suggestion}")
    return {
        "ruleId": one.rule,
        "ruleIndex": rule,
        "level": LEVELS[one.verdict],
        "message": {"text": " ".join(said)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(report.name or "article")},
                    "region": {
                        "startLine": line,
                        "startColumn": column,
                        "endLine": end_line,
                        "endColumn": end_column,
                        "charOffset": start,
                        "charLength": end - start,
                    },
                }
            }
        ],
        "partialFingerprints": {"sentence/v1": sha256(f"{one.text}\n{one.rule}".encode()).hexdigest()[:32]},
    }
