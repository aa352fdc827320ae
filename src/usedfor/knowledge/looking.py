"""Hold one document against a snapshot: what the workers of ``verify`` do."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

import msgspec

from usedfor.knowledge import sqlite
from usedfor.knowledge.passages import Passages
from usedfor.model import Section, quote_hash
from usedfor.sources import Raw, content_hash, parse

__all__ = ["Look", "Seen", "look"]


class Look(msgspec.Struct, frozen=True):
    """What to look at: a label, or a document of the passages, and the files to hold it against."""

    database: str
    raw: Raw | None = None
    document: str = ""
    snapshot: str = ""


class Seen(msgspec.Struct, frozen=True):
    """What a look at one document gave; ``document`` is "" where it is none of the snapshot's."""

    document: str = ""
    spans: int = 0
    findings: tuple[str, ...] = ()


def look(task: Look) -> Seen:
    """Hold one document against the hashes that the snapshot has of it and of its spans; for workers."""
    db = _connection(task.database)
    if task.raw is None:
        document, source, texts = task.document, "", _passages(task.snapshot).all(task.document)
    else:
        parsed = parse(task.raw)
        document, source = parsed.id, parsed.source
        texts = {section.field: section.text for section in parsed.sections}
    row = db.execute("SELECT sha256, source FROM documents WHERE id = ?", (document,)).fetchone()
    if row is None or source not in ("", row[1]):
        return Seen()
    findings = []
    if content_hash(Section(field=f, text=text) for f, text in texts.items()) != row[0].hex():
        findings.append(f"{document}: the text has changed: its SHA-256 is not the one that was read")
    spans = db.execute(
        'SELECT n, section, "start", "end", sha256, text FROM statements WHERE document = ? ORDER BY n',
        (document,),
    ).fetchall()
    for n, section, start, end, sha256, text in spans:
        place = f"{document} {section} {start}-{end} (statement {n})"
        expected = sha256.hex() if sha256 else quote_hash(text)
        if section not in texts:
            findings.append(f"{place}: there is no such section")
        elif not 0 <= start < end <= len(texts[section]):
            findings.append(f"{place}: the span leaves the section's {len(texts[section])} characters")
        elif quote_hash(texts[section][start:end]) != expected:
            findings.append(f"{place}: the words are not the ones that were read")
    return Seen(document, len(spans), tuple(findings))


@cache
def _connection(path: str) -> sqlite3.Connection:
    return sqlite.connect(Path(path))


@cache
def _passages(folder: str) -> Passages:
    return Passages(Path(folder))
