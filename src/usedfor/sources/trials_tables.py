"""Tables of studies (the site's CSV downloads, extracts of the registry) -> rows -> studies in API v2's form.

The columns differ from file to file, so each is found by its name (trials_columns.toml). A row says less than
a record: what it has no column for is missing.
"""

from __future__ import annotations

import ast
import codecs
import csv
import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any

import msgspec

from usedfor.errors import DocumentError
from usedfor.sources.trials_values import nct_id, words

__all__ = ["columns", "is_table", "rows", "study"]

MAX_CELL = 16 * 1024 * 1024  # characters
_TYPED = re.compile(
    r"(BEHAVIORAL|BIOLOGICAL|COMBINATION[ _]PRODUCT|DEVICE|DIAGNOSTIC[ _]TEST|DIETARY[ _]SUPPLEMENT|DRUG"
    r"|GENETIC|OTHER|PROCEDURE|RADIATION): ?",
    re.I,
)
_TITLED = re.compile(r"(?:\(\w+\))?(.+?[^.](?<! vs))(?:\. (?=\S)(.*)|\.?$)", re.DOTALL)
_PART = re.compile(r"([A-Za-z ]+): *([^|]*)")


@functools.cache
def columns() -> Mapping[str, tuple[str, ...]]:
    """Field of a Trial to the names of its columns, as ``_plain`` writes them."""
    text = resources.files("usedfor.sources").joinpath("trials_columns.toml").read_text("utf-8")
    return {field: tuple(names) for field, names in tomllib.loads(text)["columns"].items()}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def is_table(line: str) -> str | None:
    """The delimiter of a table with this first line, or None: one of its columns must hold NCT numbers."""
    for mark in ("\t", ",", ";"):
        if any(_plain(name) in columns()["nct"] for name in line.split(mark)):
            return mark
    return None


def rows(chunks: Iterable[bytes], delimiter: str) -> Iterator[bytes | str]:
    """Each row as the JSON of an object (column -> cell, empty cells left out), or why it cannot be had."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL))
    lines = _lines(chunks)
    if delimiter == "\t":
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(lines, delimiter=delimiter)
    try:
        names = [_plain(name) for name in next(reader, [])]
        for row in reader:
            if not any(row):
                continue
            if len(row) > len(names):
                yield "a row with more cells than the table has columns"
                continue
            cells = {name: cell for name, cell in zip(names, row, strict=False) if name and cell.strip()}
            try:
                yield msgspec.json.encode(cells)
            except UnicodeEncodeError:
                yield "text that is not UTF-8"
    except csv.Error as error:
        yield f"a table that cannot be read on: {error}"


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
    left = ""
    for chunk in chunks:
        *lines, left = re.split(r"(?<=\n)", left + decoder.decode(chunk))
        yield from lines
    yield left + decoder.decode(b"", final=True)


def study(row: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """A row as a study in the form of API v2. Raises DocumentError for a row without an NCT number."""
    cells = {field: text for field, names in columns().items() if (text := _first(row, names))}
    nct = nct_id(cells.get("nct", ""))
    if nct is None:
        raise DocumentError(origin, "no NCT number")
    design = {_plain(part[1]): part[2].partition("(")[0] for part in _PART.finditer(cells.get("design", ""))}
    title, summary, description = cells.get("title"), cells.get("summary"), cells.get("description")
    if "titled_summary" in cells:
        summary, _, rest = cells["titled_summary"].partition(" || ")
        # One extract gives some studies' title before the whole description only.
        title, description = _titled(description or rest)
    arms = _json_maps(cells.get("arms"))
    return {
        "hasResults": {"yes": True, "true": True, "no": False, "false": False}.get(
            cells.get("has_results", "").strip().lower()
        ),
        "protocolSection": {
            "identificationModule": {
                "nctId": nct,
                "briefTitle": title,
                "officialTitle": cells.get("official_title"),
            },
            "statusModule": {
                "overallStatus": cells.get("status"),
                "startDateStruct": {"date": cells.get("start")},
                "primaryCompletionDateStruct": {"date": cells.get("primary_completion")},
                "completionDateStruct": {"date": cells.get("completion")},
                "resultsFirstPostDateStruct": {"date": cells.get("results_posted")},
                "lastUpdatePostDateStruct": {"date": cells.get("last_update")},
                "whyStopped": cells.get("why_stopped"),
            },
            "descriptionModule": {"briefSummary": summary, "detailedDescription": description},
            "designModule": {
                "studyType": cells.get("study_type"),
                "phases": [cells.get("phases")],
                "enrollmentInfo": {"count": cells.get("enrolment")},
                "designInfo": {
                    "allocation": cells.get("allocation") or design.get("allocation"),
                    "primaryPurpose": cells.get("purpose") or design.get("primary_purpose"),
                    "maskingInfo": {
                        "masking": (cells.get("masking") or design.get("masking", "")).partition("(")[0]
                    },
                },
            },
            "conditionsModule": {
                "conditions": _list(cells.get("conditions")),
                "keywords": _list(cells.get("keywords")),
            },
            "armsInterventionsModule": {"armGroups": arms, "interventions": _interventions(cells)},
            "outcomesModule": {
                "primaryOutcomes": _json_maps(cells.get("outcomes"))
                or [{"measure": measure} for measure in _list(cells.get("outcomes"))]
            },
        },
        "resultsSection": {
            "outcomeMeasuresModule": {"outcomeMeasures": _json_maps(cells.get("results"))},
        },
    }


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        cell = row.get(name)
        if isinstance(cell, str) and cell.strip():
            return cell
    return None


def _titled(text: str) -> tuple[str | None, str | None]:
    """ "Title. Start of the description" in two."""
    match = _TITLED.fullmatch(text.strip())
    return (match[1], match[2] or None) if match else (None, None)


def _list(cell: str | None) -> list[str]:
    """A cell with several values: "a|b", or a list as Python writes it."""
    if not cell:
        return []
    text = cell.strip()
    if text.startswith("[") and text.endswith("]"):
        try:
            found = ast.literal_eval(text) if len(text) < 100_000 else None
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            found = None
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return found
    return [part.strip() for part in text.split("|") if part.strip()]


def _json_maps(cell: str | None) -> list[dict[str, Any]]:
    if not cell or not cell.lstrip().startswith("["):
        return []
    try:
        found = msgspec.json.decode(cell)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return []
    return [item for item in found if isinstance(item, dict)]


def _interventions(cells: Mapping[str, str]) -> list[dict[str, Any]]:
    if found := _json_maps(cells.get("interventions")):
        return found
    names = _list(cells.get("intervention_names"))
    types = _list(cells.get("intervention_types"))
    if names:
        whole = len(types) == len(names)
        return [{"name": name, "type": types[n] if whole else None} for n, name in enumerate(names)]
    made: list[dict[str, Any]] = []
    for part in _list(cells.get("interventions")):
        match = _TYPED.match(part)
        if match:
            made.append({"type": match[1], "name": part[match.end() :]})
        elif made and made[-1]["type"]:  # a name that holds the sign which parts the names
            made[-1]["name"] += f"|{part}"
        else:
            made.append({"type": None, "name": words(part)})
    return made
