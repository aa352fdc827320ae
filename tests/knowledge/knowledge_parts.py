"""Handwritten labels, and a simple reader in the place of extraction. Workers import this module by name."""

from __future__ import annotations

import json
import os
import re
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from usedfor.knowledge import rows, work
from usedfor.knowledge.staging import Staged
from usedfor.model import Condition, Document, Figure, Medicine, Name, Statement, StatementKind
from usedfor.sources import Raw, parse

CONDITIONS = {
    c.id: c
    for c in (
        Condition(id="T:1", name="disease"),
        Condition(id="T:2", name="hay fever", names=("pollinosis",), lay="hay fever", parents=("T:1",)),
        Condition(id="T:3", name="gout", ids={"icd10cm": "M10"}, parents=("T:1",)),
        Condition(id="T:4", name="never named", parents=("T:1",)),
    )
}
LONG = "sudden and quite unexpected loss of all sense of direction at night in tall people"


def label(
    number: int,
    generic: str = "testolol",
    *,
    version: int = 1,
    effective: str = "20260102",
    set_number: int | None = None,
    **sections: str,
) -> dict[str, Any]:
    """A label as openFDA gives it."""
    set_number = number if set_number is None else set_number
    return {
        "id": f"00000000-0000-0000-0000-{number:012d}",
        "set_id": f"11111111-0000-0000-0000-{set_number:012d}",
        "version": str(version),
        "effective_time": effective,
        "indications_and_usage": [f"It is indicated for hay fever and for gout, label {number}."],
        "adverse_reactions": [f"Seen were: cough (5%), {LONG}, sneezing."],
        "openfda": {
            "generic_name": [f"{generic.upper()} HYDROCHLORIDE"],
            "brand_name": [f"Brand{set_number}"],
            "substance_name": [generic.upper()],
            "route": ["ORAL"],
            "product_type": ["HUMAN PRESCRIPTION DRUG"],
        },
        **{field: [text] for field, text in sections.items()},
    }


def write(path: Path, labels: Sequence[dict[str, Any]], as_of: str = "2026-07-23") -> Path:
    """A bulk file: .json or .json.zip."""
    text = json.dumps({"meta": {"last_updated": as_of}, "results": list(labels)})
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo(path.stem, (2026, 1, 1, 0, 0, 0)), text)
    else:
        path.write_text(text, "utf-8")
    return path


def some_labels() -> list[dict[str, Any]]:
    """Seven labels of three medicines."""
    return [
        label(1),
        label(2, contraindications="Not for people with gout."),
        label(3, "placebine", effective="20250304"),
        label(4, "placebine"),
        label(5, "nostrumab"),
        label(6),
        label(7, "nostrumab", boxed_warning="WARNING: SNEEZING"),
    ]


RULES: tuple[tuple[StatementKind, str, str], ...] = (
    ("indication", "indications_and_usage", "hay fever|gout"),
    ("contraindication", "contraindications", "gout"),
    ("boxed_warning", "boxed_warning", "SNEEZING"),
    ("adverse_reaction", "adverse_reactions", f"cough|{LONG}|sneezing"),
    ("route", "openfda", "ORAL"),
)
_LINKED = {"hay fever": "T:2", "gout": "T:3"}


def statements(document: Document, medicine: str) -> list[Statement]:
    """What the rules find, in order."""
    found = []
    for kind, field, pattern in RULES:
        section = document.section(field)
        for match in re.finditer(pattern, section.text) if section else ():
            assert section is not None
            found.append(
                Statement(
                    id=f"{document.id}#{len(found) + 1}",
                    medicine=medicine,
                    kind=kind,
                    text=match[0],
                    span=document.span(section, match.start(), match.end()),
                    rule="test",
                    condition=_LINKED.get(match[0]),
                    figures=(Figure(unit="%", value=5.0, label=LONG),) if match[0] == "cough" else (),
                )
            )
    return found


def read(raw: Raw) -> Staged:
    """Read one label by the rules above."""
    document = parse(raw)
    name = document.products[0].ingredients[0].name.lower()
    medicine = Medicine(id=name, name=name, names=(Name(name=f"{name} salt", kind="synonym"),))
    return Staged.of(document, medicine, statements(document, medicine.id), len(raw.data))


def read_but(raw: Raw) -> Staged:
    """As read, but label 3 raises, 4 dies and 5 takes for ever."""
    staged = read(raw)
    number = int(staged.id[-2:])
    if number == 3:
        raise ValueError("too much\nfor me")
    if number == 4:
        os._exit(9)
    if number == 5:
        time.sleep(600)
    return staged


def read_first(raw: Raw) -> Staged:
    """As read, but only label 1 can be read."""
    staged = read(raw)
    if not staged.id.endswith("1"):
        Path("/some/where/model").read_bytes()
    return staged


def judge_but(case: work.Case) -> work.Verdict:
    """As the real one, but one medicine cannot be judged."""
    if case.medicine == "placebine":
        raise ZeroDivisionError
    return work.judge(case)


def judge_never(case: work.Case) -> work.Verdict:
    """Waits until it is killed."""
    waiting = Path(case.staging).with_name("waiting")
    waiting.with_suffix(".new").write_text(str(os.getpid()))
    waiting.with_suffix(".new").rename(waiting)
    time.sleep(600)
    raise AssertionError(case)


def conditions(ids: Sequence[str]) -> work.Verdict:
    """As the real one, from CONDITIONS."""
    wanted = {parent for id_ in ids for parent in (id_, *CONDITIONS[id_].parents)}
    ordered = [CONDITIONS[id_] for id_ in sorted(wanted)]
    return work.Verdict.of(
        {
            "conditions": [rows.condition_row(c) for c in ordered],
            "condition_names": [row for c in ordered for row in rows.condition_name_rows(c)],
        }
    )


def ready() -> None:
    """Nothing to prepare."""


PARTS = work.Parts(ready, read, work.judge, conditions)
BUT = work.Parts(ready, read_but, work.judge, conditions)
FAULTY = work.Parts(ready, read_first, work.judge, conditions)
BUT_JUDGE = work.Parts(ready, read, judge_but, conditions)
NEVER = work.Parts(ready, read, judge_never, conditions)


def read_slowly(raw: Raw) -> Staged:
    """As read, but it takes long enough to be killed in."""
    time.sleep(0.05)
    return read(raw)


def read_hungrily(raw: Raw) -> Staged:
    """As read, but label 3 needs more memory than there is."""
    staged = read(raw)
    if staged.id.endswith("3"):
        bytearray(1 << 62)
    return staged


SLOW = work.Parts(ready, read_slowly, work.judge, conditions)
HUNGRY = work.Parts(ready, read_hungrily, work.judge, conditions)
