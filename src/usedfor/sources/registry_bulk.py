"""All of ClinicalTrials.gov, a page at a time: the registry's API has no bulk file, but pages of a thousand.

The pages of a run go on where a broken run stopped. A later run fetches only the studies that were updated
since the last; the newest version of a study counts, whatever page it stands on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from usedfor.errors import InputError, SourceError
from usedfor.sources.client import Client
from usedfor.sources.downloads import load_state, save_state

__all__ = ["Registry", "bring_studies", "plan_studies"]

PAGE = 1000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BYTES_EACH = 21_000  # of a study, on average over the registry; for saying how much there is


class Registry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered: the registry's date that is here whole, and the run that is under way."""

    date: str | None = None
    runs: int = 0
    token: str | None = None  # the page that comes next
    page: int = 0
    aim: str | None = None  # the registry's date when this run began


def _version(client: Client) -> str:
    reply = client.json("clinicaltrials", "version")
    found = reply.get("dataTimestamp") if isinstance(reply, dict) else None
    if not isinstance(found, str) or not _DATE.match(found):
        raise SourceError("clinicaltrials does not say of when its data are")
    return found


def _query(state: Registry) -> dict[str, str | int]:
    query: dict[str, str | int] = {"pageSize": PAGE, "countTotal": "true"}
    if state.date:
        query["filter.advanced"] = f"AREA[LastUpdatePostDate]RANGE[{state.date[:10]},MAX]"
    return query


def plan_studies(client: Client, folder: Path) -> tuple[int, int]:
    """How many studies a run would fetch, and about how many bytes; none where nothing changed.

    :raises SourceError: where the registry cannot be asked.
    """
    state: Registry = load_state(folder, Registry)
    if state.aim is None and state.date == _version(client):
        return 0, 0
    reply = client.json("clinicaltrials", "studies", _query(state) | {"pageSize": 1, "fields": "NCTId"})
    count = reply.get("totalCount") if isinstance(reply, dict) else None
    if not isinstance(count, int):
        raise SourceError("clinicaltrials does not say how many studies there are")
    return count, count * _BYTES_EACH


def bring_studies(client: Client, folder: Path, tell: Callable[[str, int, int], object]) -> list[str]:
    """Fetch what changed; returns the names of the files written. ``tell(what, studies so far, in all)``.

    :raises SourceError: where a page cannot be had; the pages that came are kept, and the next run goes on.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}") from error
    state: Registry = load_state(folder, Registry)
    names, done, total = [], 0, 0
    resumed = state.token is not None
    if state.aim is None:
        aim = _version(client)
        if aim == state.date:
            return []
        state = msgspec.structs.replace(state, aim=aim, page=0, token=None, runs=state.runs + 1)
    try:
        while True:
            page = {"pageToken": state.token} if state.token else {}
            try:
                reply = client.json("clinicaltrials", "studies", _query(state) | page, keep=False)
            except SourceError as error:
                if not (resumed and "answered 400" in error.message):
                    raise
                resumed, state = False, msgspec.structs.replace(state, token=None, page=0)
                continue  # the page where a broken run stopped is not kept any more: begin that run again
            resumed = False
            studies = reply.get("studies") if isinstance(reply, dict) else None
            if not isinstance(studies, list):
                raise SourceError("clinicaltrials answered with something else than studies")
            done, total = done + len(studies), reply.get("totalCount") or total
            name = f"studies-{state.runs:04}-{state.page + 1:05}.json"
            _write(folder / name, msgspec.json.encode({"studies": studies}))
            names.append(name)
            tell("clinicaltrials, studies", done, total)
            token = reply.get("nextPageToken")
            if not token:
                break
            state = msgspec.structs.replace(state, token=token, page=state.page + 1)
            save_state(folder, state)
        save_state(folder, Registry(date=state.aim, runs=state.runs))
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}") from error
    return names


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
