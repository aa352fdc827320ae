"""Readers of the sources of condition names: Mondo mappings, Disease Ontology, MeSH, ICD-10-CM."""

from __future__ import annotations

import csv
import io
import lzma
import re
import tarfile
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

import msgspec

from usedfor.vocabulary.rules import rows


class Term(msgspec.Struct):
    """One term of one source."""

    id: str
    name: str
    synonyms: list[str] = []
    xrefs: list[str] = []
    parents: list[str] = []


def mondo(data: Path) -> Iterator[tuple[str, str, str]]:
    """(Mondo id, label, other id) of every exact mapping to DOID, MeSH, ICD-10-CM, OMIM, Orphanet, NCIt
    and EFO."""
    with tarfile.open(data / "mondo-mappings-2026.tar.xz") as tar:
        for member in sorted(tar.getmembers(), key=lambda m: m.name):
            file = tar.extractfile(member)
            if file is None or "exactmatch" not in member.name:
                continue
            lines = (line for line in io.TextIOWrapper(file, "utf-8") if not line.startswith("#"))
            for row in csv.DictReader(lines, delimiter="\t"):
                other = row["object_id"].replace("mesh:", "MESH:")
                yield row["subject_id"], row["subject_label"].strip(), other


def _obo(lines: Iterator[str]) -> Iterator[Term]:
    term: Term | None = None
    for line in lines:
        tag, _, value = line.rstrip("\n").partition(": ")
        if line.startswith("["):
            if term is not None and term.name:
                yield term
            term = Term(id="", name="") if line.startswith("[Term]") else None
        elif term is None:
            continue
        elif tag == "id":
            term.id = value
        elif tag == "name":
            term.name = value.strip()
        elif tag == "is_obsolete" and value == "true":
            term = None
        elif tag == "synonym":
            found = re.match(r'"(.*?)" EXACT', value)
            if found:
                term.synonyms.append(found[1].replace("\\", "").strip())
        elif tag == "xref":
            term.xrefs.append(value.split(" ")[0].replace("MSH:", "MESH:").replace("ICD10CM:", "ICD10CM:"))
        elif tag == "is_a":
            term.parents.append(value.split(" ")[0])
    if term is not None and term.name:
        yield term


def disease_ontology(data: Path) -> dict[str, Term]:
    """Terms by DOID; the 2026 subsets before the 2016 release. Exact synonyms only, nothing obsolete."""
    terms: dict[str, Term] = {}
    with tarfile.open(data / "disease-ontology-2026-subsets.tar.xz") as tar:
        for member in sorted(tar.getmembers(), key=lambda m: m.name):
            file = tar.extractfile(member)
            if file is not None and member.name.endswith(".obo"):
                for term in _obo(io.TextIOWrapper(file, "utf-8")):
                    terms.setdefault(term.id, term)
    with lzma.open(data / "disease-ontology-2016.obo.xz", "rt", encoding="utf-8") as old:
        for term in _obo(old):
            terms.setdefault(term.id, term)
    return terms


# Diseases and symptoms; mental disorders; behavioural symptoms. Animal diseases (C22) alone are left out.
_TREES = re.compile(r"C(?!22)\d\d|F03|F01\.145\.126")


class MeshTerm(msgspec.Struct):
    """A MeSH heading. ``id`` is "" where the file's number is wrong and no other is known."""

    id: str
    heading: str
    synonyms: list[str]
    trees: list[str]
    between: tuple[int, int] = (0, 0)  # where the id is not known: the numbers it lies between


def mesh(data: Path) -> list[MeshTerm]:
    """Headings of MeSH's trees C, F03 and F01.145.126.

    The file stands in the order of MeSH's unique ids, but gives one row in six the id of another
    heading (one it refers to). The ids of the longest rising sequence are right; a wrong one between
    two right ones that leave a single number has that number; ``mesh_ids.tsv`` gives others, each of
    which must fit between its neighbours.
    """
    with lzma.open(data / "mesh-diseases-synonyms.csv.xz", "rt", encoding="utf-8") as file:
        found = [row for row in csv.DictReader(file) if re.fullmatch(r"D\d+", row["Mesh ID"])]
    numbers = [int(row["Mesh ID"][1:]) for row in found]
    right = rising(numbers)
    known = dict(rows("mesh_ids.tsv", 2))
    out: list[MeshTerm] = []
    for at, row in enumerate(found):
        heading = row["Generic name"].strip()
        id = row["Mesh ID"] if at in right else ""
        low = high = 0
        if not id:
            low = next((numbers[i] for i in range(at - 1, -1, -1) if i in right), 0)
            high = next((numbers[i] for i in range(at + 1, len(found)) if i in right), 10**9)
            if heading in known:
                if not low < int(known[heading][1:]) < high:
                    raise ValueError(f"mesh_ids.tsv: {heading} cannot be {known[heading]}")
                id = known[heading]
            elif high - low == 2:
                id = f"D{low + 1:06d}"
        trees = [t for t in row["Tree"].split("|") if _TREES.match(t)]
        if trees:
            synonyms = [s.strip() for s in row["Synonyms"].split("|") if s.strip()]
            out.append(MeshTerm("MESH:" + id if id else "", heading, synonyms, trees, (low, high)))
    return out


def rising(numbers: list[int]) -> set[int]:
    """The positions of the longest strictly rising subsequence (patience sorting, n log n)."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, number in enumerate(numbers):
        pile = bisect_left(tails, number)
        before.append(ends[pile - 1] if pile else -1)
        tails[pile : pile + 1] = [number]
        ends[pile : pile + 1] = [at]
    out: set[int] = set()
    last = ends[-1] if ends else -1
    while last >= 0:
        out.add(last)
        last = before[last]
    return out


def icd10cm(data: Path) -> Iterator[tuple[str, str]]:
    """(code with its point, name) of ICD-10-CM."""
    with lzma.open(data / "icd10cm-order-Jan-2021.txt.xz", "rt", encoding="utf-8") as file:
        for line in file:
            code = line[6:13].strip()
            yield (code[:3] + "." + code[3:] if len(code) > 3 else code), line[77:].strip()
