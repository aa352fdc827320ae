"""Registered trials, from files to :class:`~usedfor.studies.Trial` s.

``raw_trials`` walks files and folders and gives each study's own bytes; ``parse_trial`` reads one of them.
Read are API v2's JSON (a study, a list, a reply with ``studies``, a bulk file, each also in a zip) and tables
(the site's CSV downloads and extracts with an NCT number in each row); all of them also as .xz or in a tar.
Credit ClinicalTrials.gov (U.S. National Library of Medicine) and the date of the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import msgspec

from usedfor.errors import DocumentError
from usedfor.sources import trials_tables, trials_v2
from usedfor.sources.archives import Contents, Raw, SetAside, walk
from usedfor.sources.trials_split import cut
from usedfor.studies import Trial

__all__ = ["current", "merge", "newer", "parse_trial", "raw_trials"]

_LONGEST_HEADER = 1024 * 1024  # bytes
_decoder = msgspec.json.Decoder()


def raw_trials(paths: Sequence[Path]) -> Iterator[Raw | SetAside]:
    """Every study in files and folders (searched through), in the order given, folders sorted by name.

    Memory holds one study and one chunk. A row of a table is given as the JSON of its filled cells.

    Raises:
        InputError: at once, for a path that does not exist. All else is given as a SetAside in its place.
    """
    return walk(paths, _TRIALS)


def _read(start: bytes, chunks: Iterator[bytes], origin: str) -> Iterator[Raw | SetAside]:
    if start.startswith((b"{", b"[")):
        for record in cut(chunks):
            place = f"{origin}#{record.number}" if record.number else origin
            yield SetAside(place, record.fault) if record.fault else Raw("clinicaltrials", place, record.data)
        return
    line = b""
    for chunk in chunks:
        line += chunk
        if b"\n" in chunk or len(line) > _LONGEST_HEADER:
            break
    header = line.partition(b"\n")[0].decode("utf-8-sig", "replace")
    delimiter = trials_tables.is_table(header.replace('"', "").strip())
    if delimiter is None:
        yield SetAside(origin, "neither JSON nor a table with a column of NCT numbers")
        return
    for number, row in enumerate(trials_tables.rows(chain([line], chunks), delimiter), 1):
        place = f"{origin}#{number}"
        yield SetAside(place, row) if isinstance(row, str) else Raw("clinicaltrials", place, row)


_TRIALS = Contents(
    (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".zip", ".xz", ".tar"),
    "study",
    ".json, .csv, .tsv, .zip, .xz, .tar",
    _read,
)


def parse_trial(raw: Raw) -> Trial:
    """Read one study. The same study gives the same fields from each source, as far as the source has them.

    Raises:
        DocumentError: with the origin and a short reason; the other studies are not touched by it.
    """
    try:
        record = _decoder.decode(raw.data)
    except UnicodeDecodeError:
        raise DocumentError(raw.origin, "text that is not UTF-8") from None
    except RecursionError:
        raise DocumentError(raw.origin, "nested too deeply") from None
    except msgspec.MsgspecError as error:
        raise DocumentError(raw.origin, f"broken JSON: {error}") from None
    if not isinstance(record, dict):
        raise DocumentError(raw.origin, "a record that is not an object")
    if "protocolSection" not in record:
        if not any(isinstance(record.get(name), str) for name in trials_tables.columns()["nct"]):
            raise DocumentError(
                raw.origin, "no study: neither a protocol section nor a column of NCT numbers"
            )
        record = trials_tables.study(record, raw.origin)
    return trials_v2.read(record, raw.data, raw.origin)


def newer(one: Trial, other: Trial) -> Trial:
    """Of two versions of a study the one updated last; else the one with less missing; else ``one``."""
    key, than = _age(one), _age(other)
    return other if than > key else one


def _age(trial: Trial) -> tuple[str, int]:
    return trial.last_update or "", -len(trial.missing)


def merge(one: Trial, other: Trial) -> Trial:
    """Two records of one study as one: the newer, and from the other what the newer does not say.

    The hash stays that of the newer's bytes. Raises ValueError for two studies.
    """
    if one.nct != other.nct:
        raise ValueError(f"{one.nct} and {other.nct} are two studies")
    first = newer(one, other)
    second = other if first is one else one
    filled = {
        name: getattr(second, name) for name in first.missing if getattr(second, name) not in (None, ())
    }
    return msgspec.structs.replace(first, **filled)


def current(trials: Iterable[Trial], aside: list[DocumentError] | None = None) -> Iterator[Trial]:
    """Each study once, or again where a later one in the stream is a newer version of it.

    Of the same NCT number, what is not newer than what was given is left out and named in ``aside``. Memory
    grows by about a tenth of a kilobyte a study.
    """
    seen: dict[int, tuple[str, int]] = {}
    for trial in trials:
        number, age = int(trial.nct[3:]), _age(trial)
        before = seen.get(number)
        if before is None or age > before:
            seen[number] = age
            yield trial
        elif aside is not None:
            aside.append(DocumentError(trial.nct, "a version that is no newer than one that was read"))
