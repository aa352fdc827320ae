"""Readers of the sources of medicine names: RxNav, RxNorm, Every Cure, DrugBank, Drugs@FDA, Orange Book,
openFDA."""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from usedfor.vocabulary.rules import rows

csv.field_size_limit(1 << 27)


class Related(msgspec.Struct):
    """One RxNav reply: an ingredient, its precise ingredients, and its brands with what is in them."""

    rxcui: str
    name: str
    precise: list[str]
    combinations: list[str]
    brands: list[tuple[str, list[str]]]  # brand, ingredient names


class Product(msgspec.Struct):
    """A brand or trade name and the ingredients the source gives for it."""

    name: str
    ingredients: list[str]
    approved: str = ""  # ISO date
    application: str = ""
    uniis: list[str] = []


# RxNorm's dose forms begin with one of these words; before it stands the ingredient, or several.
_FORM = re.compile(
    rf" (?:(?:\d+ (?:HR|ML|ACTUAT) )?(?:{'|'.join(form for (form,) in rows('dose_forms.tsv', 1))})\b.*)$"
)
_STRENGTH = re.compile(
    r" \d[\d.,]* (?:MG|ML|UNT|MEQ|%|MCG|BAU|CELLS|AU|ACTUAT|IR|PNU|MMOL|HR|UNITS?|MCI|VECTOR)\b.*",
    re.IGNORECASE,
)


def ingredients(name: str) -> list[str]:
    """The ingredient names of an RxNorm clinical drug or form name: "A 5 MG / B 10 MG Oral Tablet" -> [A,
    B]."""
    bare = _FORM.sub("", name)
    return [_STRENGTH.sub("", part).strip() for part in bare.split(" / ")]


def rxnav(data: Path) -> Iterator[Related]:
    """Replies of RxNav's related-concepts service, July 2026."""
    with lzma.open(data / "rxnav-related-2026-07.jsonl.xz", "rt", encoding="utf-8") as file:
        for line in file:
            groups: dict[str, list[dict[str, str]]] = {
                g["tty"]: g.get("conceptProperties", [])
                for g in json.loads(line)["allRelatedGroup"]["conceptGroup"]
            }
            for concept in groups.get("IN", []):
                yield Related(
                    rxcui=concept["rxcui"],
                    name=concept["name"],
                    precise=[p["name"] for p in groups.get("PIN", [])],
                    combinations=[p["name"] for p in groups.get("MIN", [])],
                    brands=_brands(groups),
                )


def _brands(groups: dict[str, list[dict[str, str]]]) -> list[tuple[str, list[str]]]:
    """Brands and their ingredients: precise ones (SBDFP) where the reply has them, else SBDF's."""
    out: list[tuple[str, list[str]]] = []
    for kind in ("SBDFP", "SBDF"):
        done = {brand for brand, _ in out}
        for concept in groups.get(kind, []):
            found = re.match(r"(.*) \[(.*)\]$", concept["name"])
            if found and found[2] not in done:
                out.append((found[2], ingredients(found[1])))
    return out


class RxNorm(msgspec.Struct):
    """What the names of RxNorm 2015 tell."""

    rxcui: dict[str, str]  # lower-case name -> rxcui
    forms: list[list[str]]  # ingredients of clinical dose forms (ingredient level)
    brands: list[tuple[str, list[str]]]
    precise: list[tuple[str, list[str]]]  # brand -> precise ingredients of its components


def rxnorm(data: Path) -> RxNorm:
    """RxNorm 2015 (names only; the file has no term types, so that they are read from the names' shape)."""
    out = RxNorm(rxcui={}, forms=[], brands=[], precise=[])
    with gzip.open(data / "rxnorm-2015.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name, id = row["Preferred Label"], row["Class ID"].rpartition("/")[2]
            if "T200" not in row["Semantic Types"]:
                out.rxcui.setdefault(name.lower(), id)
                continue
            found = re.match(r"(.*) \[(.*)\]$", name)
            bare = found[1] if found else name
            strong = _STRENGTH.search(bare)
            if found and strong:
                out.precise.append((found[2], ingredients(bare)))
            elif _FORM.search(bare) and not strong and not bare.endswith((" Product", " Pill")):
                if found:
                    out.brands.append((found[2], ingredients(bare)))
                else:
                    out.forms.append(ingredients(bare))
    return out


class Approved(msgspec.Struct):
    """A row of Every Cure's list of approved medicines that is no combination."""

    curie: str
    name: str
    ids: dict[str, list[str]]
    atc: list[str]


def every_cure(data: Path) -> Iterator[Approved]:
    """Single medicines with their identifiers in other systems."""
    with lzma.open(data / "approved-drugs-everycure-cc0.csv.xz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["is_combination_therapy"] == "TRUE":
                continue
            ids: dict[str, list[str]] = {}
            for curie in [row["curie"], *_listed(row["alternate_ids"])]:
                space, _, code = curie.partition(":")
                ids.setdefault(space, [])
                if code not in ids[space]:
                    ids[space].append(code)
            yield Approved(
                curie=row["curie"], name=row["curie_label"].strip(), ids=ids, atc=_listed(row["atc_codes"])
            )


def _listed(cell: str) -> list[str]:
    """The items of a cell: "['A', 'B']", or one alone. (The quotes are not always there.)"""
    if not cell.startswith("["):
        return [cell] if cell else []
    quoted = re.findall(r"'([^']*)'|\"([^\"]*)\"", cell)
    items = [a or b for a, b in quoted] if quoted else cell[1:-1].split(",")
    return [item.strip() for item in items if item.strip()]


class DrugBank(msgspec.Struct):
    """A row of DrugBank's open vocabulary."""

    id: str
    name: str
    cas: str
    unii: str
    synonyms: list[str]


def drugbank(data: Path) -> Iterator[DrugBank]:
    """DrugBank's open vocabulary (CC0)."""
    with open(data / "drugbank_vocabulary.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield DrugBank(
                id=row["DrugBank ID"],
                name=row["Common name"].strip(),
                cas=row["CAS"],
                unii=row["UNII"],
                synonyms=[s.strip() for s in row["Synonyms"].split(" | ") if s.strip()],
            )


def drugs_at_fda(data: Path) -> Iterator[Product]:
    """Products of Drugs@FDA with the date of the application's original approval."""
    with zipfile.ZipFile(data / "drugs-at-fda-2019-07.zip") as pack:
        dates: dict[str, str] = {}
        for row in _tabbed(pack, "Submissions.txt"):
            if row["SubmissionType"].strip() == "ORIG" and row["SubmissionStatus"] == "AP":
                day = row["SubmissionStatusDate"][:10]
                dates[row["ApplNo"]] = min(day, dates.get(row["ApplNo"], "9999"))
        for row in _tabbed(pack, "Products.txt"):
            parts = [p.strip() for p in row["ActiveIngredient"].split(";") if p.strip()]
            yield Product(row["DrugName"].strip(), parts, dates.get(row["ApplNo"], ""), row["ApplNo"])


def _tabbed(pack: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    with pack.open(name) as file:
        lines = io.TextIOWrapper(file, "latin-1", newline="")
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def orange_book(data: Path) -> Iterator[Product]:
    """Products of the Orange Book with their approval dates ("Approved Prior to Jan 1, 1982" is left
    empty)."""
    with zipfile.ZipFile(data / "orange-book-2024-11.zip") as pack, pack.open("products.txt") as file:
        for row in csv.DictReader(
            io.TextIOWrapper(file, "utf-8", newline=""), delimiter="~", quoting=csv.QUOTE_NONE
        ):
            day = row["Approval_Date"]
            iso = "" if "Prior" in day else datetime.strptime(day, "%b %d, %Y").date().isoformat()
            parts = [p.strip() for p in row["Ingredient"].split(";") if p.strip()]
            yield Product(row["Trade_Name"].strip(), parts, iso, row["Appl_No"])


def openfda(data: Path) -> Iterator[Product]:
    """openFDA's harmonised names: brand, substances and their UNIIs."""
    with lzma.open(data / "openfda-harmonised-names.csv.xz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            uniis = _listed(row["unii"])
            yield Product(row["brand_name"].strip(), _listed(row["substance_name"]), uniis=uniis)
