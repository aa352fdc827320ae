"""Abstracts in JSON -> Paper: one a line, a list, or PubMedQA's layout (an object of records by PMID).

A record has "id" (or "pmid", "pmcid") and "text" (or "abstract"); "title", "year", "mesh", "pubtypes", "doi",
"journal", "language" and "retracted" are read where they are there. A text keeps its own characters, so that
offsets count in what was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from usedfor.errors import DocumentError
from usedfor.sources.archives import Raw, SetAside
from usedfor.sources.papers_common import (
    PUBMED_URL,
    clean,
    digest,
    iso,
    pmc_id,
    pmid_id,
    registrations,
    retracted_title,
)
from usedfor.studies import Heading, Paper, PaperSection

__all__ = ["cut", "read"]

_MAX_FILE = 256 * 1024 * 1024  # bytes of a file that is no sequence of lines
_MAX_LINE = 16 * 1024 * 1024
_decoder = msgspec.json.Decoder()
_raw = msgspec.json.Decoder(msgspec.Raw)
_list = msgspec.json.Decoder(list[msgspec.Raw])
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


def cut(chunks: Iterable[bytes], origin: str) -> Iterator[Raw | SetAside]:
    """Each record's own bytes. Blank lines are passed over, and what is no JSON is set aside by its line."""
    stream = iter(chunks)
    first, left = _first_line(stream)
    if _is_json(first):
        for number, line in enumerate(_lines(first, left, stream), 1):
            if line.strip():
                place = f"{origin}#{number}"
                yield Raw("pubmed", place, line.strip()) if _is_json(line) else SetAside(place, "broken JSON")
        return
    data = bytearray(first + left)
    for chunk in stream:
        data += chunk
        if len(data) > _MAX_FILE:
            yield SetAside(origin, f"more than {_MAX_FILE // 2**20} MB of JSON that is not one record a line")
            return
    yield from _whole(bytes(data), origin)


def _is_json(line: bytes) -> bool:
    """Whether a line is a record: an object that is not a set of records in one line."""
    try:
        _raw.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return line.strip().removeprefix(b"\xef\xbb\xbf").startswith(b"{") and b'"CONTEXTS"' not in line


def _first_line(stream: Iterator[bytes]) -> tuple[bytes, bytes]:
    line = b""
    for chunk in stream:
        line = (line + chunk).lstrip()
        if b"\n" in line or len(line) > _MAX_LINE:
            break
    first, mark, left = line.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    return first + mark, left


def _lines(first: bytes, left: bytes, stream: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    for chunk in stream:
        *whole, left = (left + chunk).split(b"\n")
        yield from whole
    yield from left.split(b"\n")


def _whole(data: bytes, origin: str) -> Iterator[Raw | SetAside]:
    try:
        if data.lstrip().startswith(b"["):
            for number, record in enumerate(_list.decode(data), 1):
                yield Raw("pubmed", f"{origin}#{number}", bytes(record))
            return
        records = _object.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        yield SetAside(origin, f"broken JSON: {error}")
        return
    if _has_text(records):
        yield Raw("pubmed", origin, data)
        return
    for number, (id, record) in enumerate(records.items(), 1):
        body = bytes(record).strip()
        if body.startswith(b"{") and body != b"{}":
            named = b'{"pmid":' + msgspec.json.encode(id) + b"," + body[1:]
            yield Raw("pubmed", f"{origin}#{number}", named)
        else:
            yield SetAside(f"{origin}#{number}", "a record that is not an object")


def _has_text(record: Mapping[str, Any]) -> bool:
    return not {"text", "abstract", "title", "CONTEXTS"}.isdisjoint(record)


def read(data: bytes, origin: str) -> Paper:
    """Read one record. Raises DocumentError with the origin and a reason."""
    try:
        record = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(origin, f"broken JSON: {error}") from None
    if not isinstance(record, dict) or not _has_text(record):
        raise DocumentError(origin, 'no record with "id" and "text"')
    given = next((str(record[k]) for k in ("id", "pmid", "pmcid") if record.get(k) not in (None, "")), None)
    if given is None:
        raise DocumentError(origin, 'a record without an "id"')
    pmid, pmc = pmid_id(_text(record, "pmid")), pmc_id(record.get("pmcid"))
    title = clean(_text(record, "title") or _text(record, "QUESTION"))
    year = iso(_text(record, "year") or _text(record, "YEAR"))
    return Paper(
        id=given if _text(record, "id") else pmid or given,
        pmid=pmid[5:] if pmid else None,
        pmc=pmc,
        doi=clean(_text(record, "doi")),
        title=title,
        abstract=_abstract(record),
        year=int(year[:4]) if year else None,
        date=year,
        journal=clean(_text(record, "journal")),
        publication_types=_strings(record, "publication_types", "pubtypes"),
        mesh=tuple(Heading(descriptor=name) for name in _strings(record, "mesh", "MESHES")),
        registrations=registrations(_text(record, "text"), _text(record, "abstract")),
        language=clean(_text(record, "language")),
        retracted=record.get("retracted") is True
        or "Retracted Publication" in _strings(record, "publication_types", "pubtypes")
        or retracted_title(title),
        url=f"{PUBMED_URL}{pmid[5:]}/" if pmid else "",
        sha256=digest(data),
    )


def _abstract(record: Mapping[str, Any]) -> tuple[PaperSection, ...]:
    parts = record.get("CONTEXTS")
    if isinstance(parts, list):
        labels = record.get("LABELS")
        names = labels if isinstance(labels, list) else []
        made = [
            PaperSection(text=part, label=str(names[n]) if n < len(names) else None)
            for n, part in enumerate(parts)
            if isinstance(part, str) and part.strip()
        ]
        conclusion = record.get("LONG_ANSWER")
        if isinstance(conclusion, str) and conclusion.strip():
            made.append(PaperSection(text=conclusion, label="CONCLUSIONS"))
        return tuple(made)
    whole = _text(record, "text") or _text(record, "abstract")
    return (PaperSection(text=whole),) if whole and whole.strip() else ()


def _text(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)


def _strings(record: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    for name in names:
        value = record.get(name)
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(";") if part.strip())
        if isinstance(value, list):
            return tuple(v for v in value if isinstance(v, str) and v.strip())
    return ()
