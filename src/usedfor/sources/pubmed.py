"""Papers, from files to :class:`~usedfor.studies.Paper` s.

``raw_papers`` walks files and folders and gives each record's own bytes; ``parse_paper`` reads one of them.
Read are PubMed's XML (E-utilities, the yearly files), PMC's full texts (JATS), and abstracts in JSON: a line
each with "id" and "text", a list, or PubMedQA's layout; all of them also as .gz, .xz, in a zip or a tar.
Credit PubMed and PubMed Central (U.S. National Library of Medicine).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import msgspec

from usedfor.errors import DocumentError
from usedfor.sources.archives import Contents, Raw, SetAside, walk
from usedfor.studies import Paper

__all__ = ["current_papers", "newer_paper", "parse_paper", "raw_papers"]

MAX_RECORD = 64 * 1024 * 1024  # bytes; the longest full texts are near 20 MB
_OPEN = re.compile(rb"<(PubmedArticle|PubmedBookArticle|article)(?=[\s>/])")
_LONGEST_OPEN = 24  # bytes: an opening tag that may be cut between two chunks
_ENCODING = re.compile(rb"<\?xml[^>]*\bencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})")
_UTF8 = ("utf-8", "ascii")
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def raw_papers(paths: Sequence[Path]) -> Iterator[Raw | SetAside]:
    """Every paper in files and folders (searched through), in the order given, folders sorted by name.

    Memory holds one record and one chunk; of JSON that is not one record a line it holds the file.

    Raises:
        InputError: at once, for a path that does not exist. All else is given as a SetAside in its place.
    """
    return walk(paths, _PAPERS)


def _read(start: bytes, chunks: Iterator[bytes], origin: str) -> Iterator[Raw | SetAside]:
    head = next(chunks, b"")
    chunks = chain([head], chunks)
    if start.startswith((b"<", *(bom for bom, _ in _BOMS))):
        yield from _xml(head, chunks, origin)
    elif start.startswith((b"{", b"[")):
        from usedfor.sources import papers_json

        yield from papers_json.cut(chunks, origin)
    else:
        yield SetAside(origin, "neither XML nor JSON")


_PAPERS = Contents(
    (".xml", ".nxml", ".json", ".jsonl", ".ndjson", ".gz", ".zip", ".xz", ".tar", ".tgz"),
    "paper",
    ".xml, .nxml, .json, .jsonl, .gz, .zip, .xz, .tar",
    _read,
)


def _xml(head: bytes, chunks: Iterator[bytes], origin: str) -> Iterator[Raw | SetAside]:
    """Cut a stream at the records' own tags, so that a broken record costs no other one."""
    found = _ENCODING.search(head, 0, 400)
    name = next((e for bom, e in _BOMS if head.startswith(bom)), found[1].decode() if found else "utf-8")
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        yield SetAside(origin, f"an encoding that is not known: {name}")
        return
    if codec not in _UTF8:
        chunks = _recoded(chunks, codec)
    number = 0
    try:
        for record in _records(chunks):
            number += 1
            place = f"{origin}#{number}"
            if isinstance(record, str):
                yield SetAside(place, record)
            else:
                yield Raw("pmc" if record.startswith(b"<article") else "pubmed", place, record)
    except UnicodeError:
        yield SetAside(f"{origin}#{number + 1}", f"text that is not {name}")
        return
    if not number:
        yield SetAside(origin, "XML without a PubMed record or an article in it")


def _recoded(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(name)()
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8")
    yield decoder.decode(b"", True).encode("utf-8")


def _records(chunks: Iterator[bytes]) -> Iterator[bytes | str]:
    """Each record from its opening to its closing tag, or why it could not be had."""
    buffer = b""
    for chunk in chunks:
        buffer += chunk
        at = 0
        while (opened := _OPEN.search(buffer, at)) is not None:
            start, close = opened.start(), b"</" + opened[1] + b">"
            parts, size, overlap = [buffer[start:]], len(buffer) - start, b""
            end = buffer.find(close, opened.end())
            if end >= 0:
                at = end + len(close)
                yield buffer[start:at]
                continue
            # The rest lies in chunks to come: each is searched once, with the end of the one before.
            overlap = parts[0][-len(close) + 1 :]
            at, buffer = 0, b""
            for following in chunks:
                found = (overlap + following).find(close)
                if found >= 0:
                    cut = found + len(close) - len(overlap)
                    parts.append(following[:cut])
                    buffer = following[cut:]
                    break
                size += len(following)
                overlap = (overlap + following)[-len(close) + 1 :]
                if size <= MAX_RECORD:
                    parts.append(following)
            else:
                yield "a record that is cut short"
                return
            yield b"".join(parts) if size <= MAX_RECORD else f"more than {MAX_RECORD // 2**20} MB of XML"
        tail = buffer[at:]
        buffer = tail[-_LONGEST_OPEN:]


def parse_paper(raw: Raw) -> Paper:
    """Read one record. What it does not say stays None or empty (``Paper.missing``).

    Raises:
        DocumentError: with the origin and a short reason; the other records are not touched by it.
    """
    if raw.data.startswith((b"<Pubmed", b"<article")):
        from usedfor.sources import jats, pubmed_xml

        if raw.data.startswith(b"<article"):
            return jats.read(raw.data, raw.origin)
        return pubmed_xml.read(raw.data, raw.origin)
    from usedfor.sources import papers_json

    return papers_json.read(raw.data, raw.origin)


def newer_paper(one: Paper, other: Paper) -> Paper:
    """Of two records of a paper the one of the higher version, else revised last, else with less missing."""
    return other if _age(other) > _age(one) else one


def _age(paper: Paper) -> tuple[int, str, int]:
    return paper.version, paper.revised or "", -len(paper.missing)


def current_papers(papers: Iterable[Paper], aside: list[DocumentError] | None = None) -> Iterator[Paper]:
    """Each paper once, or again where a later one in the stream is a newer version of it.

    Of the same id, what is not newer than what was given is left out and named in ``aside``. A notice that
    another paper is retracted is remembered: that paper, when it comes later, is given as retracted. Memory
    grows by about two tenths of a kilobyte a paper.
    """
    seen: dict[str, tuple[int, str, int]] = {}
    withdrawn: set[str | None] = set()
    for paper in papers:
        age = _age(paper)
        if paper.notice == "retraction":
            withdrawn.update(notice.id for notice in paper.notices if notice.id)
        elif paper.id in withdrawn and not paper.retracted:
            paper = msgspec.structs.replace(paper, retracted=True)
        before = seen.get(paper.id)
        if before is None or age > before:
            seen[paper.id] = age
            yield paper
        elif aside is not None:
            aside.append(DocumentError(paper.id, "a version that is no newer than one that was read"))
