"""A snapshot of two handwritten labels, and its older state, each made once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from usedfor.api import build
from usedfor.knowledge import Knowledge
from usedfor.verification import Checker


def label(**sections: str) -> dict[str, Any]:
    """A made-up label; sections given take the place of its own."""
    own = {
        "indications_and_usage": "1 INDICATIONS AND USAGE VELMORA is indicated for the treatment of hypertension in "  # noqa: E501
        "adults. VELMORA is indicated in combination with insulin for the treatment of gout in adults who had an "  # noqa: E501
        "inadequate response to other therapy. "
        "Limitations of Use VELMORA is not indicated for the prevention of migraine.",
        "contraindications": "4 CONTRAINDICATIONS VELMORA is contraindicated in patients with asthma.",
        "warnings_and_cautions": "5 WARNINGS AND PRECAUTIONS 5.1 Liver Injury Liver injury may occur. "
        "Use with caution in patients with epilepsy. Avoid live vaccines during treatment.",
        "adverse_reactions": "6 ADVERSE REACTIONS The most common adverse reactions were headache and nausea.",  # noqa: E501
        "drug_interactions": "7 DRUG INTERACTIONS Co-administration with simvastatin is contraindicated.",
        "pediatric_use": "8.4 Pediatric Use Safety and effectiveness have not been established in pediatric patients.",  # noqa: E501
        "drug_abuse_and_dependence": "9.1 Controlled Substance VELMORA contains velmorine, a Schedule IV controlled "  # noqa: E501
        "substance.",
        "dosage_and_administration": "2 DOSAGE AND ADMINISTRATION Take one tablet orally once daily with food. The "  # noqa: E501
        "full effect is seen within 7 to 14 days. Tablets should not be crushed.",
        "mechanism_of_action": "12.1 Mechanism of Action Velmorine is an inhibitor of the enzyme PDE4.",
    }
    own.update(sections)
    return {
        "id": sections.get("id", "aaaaaaaa-0000-4000-8000-000000000001"),
        "set_id": "aaaaaaaa-0000-4000-8000-00000000000a",
        "version": "2",
        "effective_time": sections.get("effective_time", "20260301"),
        **{k: [v] for k, v in own.items() if k not in ("id", "effective_time")},
        "openfda": {
            "brand_name": ["Velmora"],
            "generic_name": ["VELMORINE HYDROCHLORIDE"],
            "substance_name": ["VELMORINE HYDROCHLORIDE"],
            "manufacturer_name": ["Made Up Medicines, Inc."],
            "product_type": ["HUMAN PRESCRIPTION DRUG"],
            "route": ["ORAL"],
        },
    }


def snapshot(folder: Path, *labels: dict[str, Any]) -> Path:
    folder.mkdir(parents=True)
    file = folder / "labels.json"
    file.write_text(json.dumps({"meta": {"last_updated": "2026-03-02"}, "results": list(labels)}), "utf-8")
    build([file], folder / "snapshot", workers=1)
    return folder / "snapshot"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return snapshot(tmp_path_factory.mktemp("new") / "x", label())


@pytest.fixture(scope="session")
def old_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same label a year before, with a use more."""
    before = label(
        id="aaaaaaaa-0000-4000-8000-000000000000",
        effective_time="20250301",
        indications_and_usage="1 INDICATIONS AND USAGE VELMORA is indicated for the treatment of hypertension in "  # noqa: E501
        "adults. VELMORA is indicated for the treatment of psoriasis in adults.",
    )
    return snapshot(tmp_path_factory.mktemp("old") / "x", before)


@pytest.fixture(scope="session")
def knowledge(home: Path) -> Iterator[Knowledge]:
    with Knowledge.open(home) as opened:
        yield opened


@pytest.fixture(scope="session")
def checker(knowledge: Knowledge) -> Checker:
    return Checker(knowledge)
