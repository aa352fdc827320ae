"""A small openFDA record to change."""

from __future__ import annotations

from typing import Any


def record(**changes: Any) -> dict[str, Any]:
    """A small openFDA record; a change of None leaves the key out."""
    made: dict[str, Any] = {
        "id": "11111111-aaaa-4bbb-8ccc-000000000001",
        "set_id": "22222222-aaaa-4bbb-8ccc-000000000002",
        "version": "4",
        "effective_time": "20250314",
        "indications_and_usage": ["1 INDICATIONS For hiccups."],
        "openfda": {"brand_name": ["Zelvorin"], "generic_name": ["VELORAFEN"]},
    }
    return {key: value for key, value in (made | changes).items() if value is not None}
