"""Fetch what the official services have on one medicine, each service's files into a folder of its own.

A service's folder is written beside the old one and switched when it is whole: what fails half-way costs
nothing. Addresses and parameters are those that each service documents.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from usedfor.errors import InputError, SourceError
from usedfor.sources.client import Client

__all__ = ["EVENTS_BY", "FETCHERS", "Fetched", "Wish", "count", "fetch"]

_PAGE = 100  # labels in one reply of openFDA or DailyMed
_STUDIES_PAGE = 500
_PAPERS_PAGE = 200
EVENTS_BY = "patient.reaction.reactionmeddrapt.exact"
_EVENTS = 1000  # reactions counted in one reply of openFDA
MOST_PAPERS = 1000  # the newest papers on one medicine


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for: the medicine's id, which names its folder, and its generic name."""

    id: str
    name: str

    @property
    def words(self) -> str:
        """The name as the services search for it: "carbidopa and levodopa" for a combination."""
        return " and ".join(self.parts)

    @property
    def parts(self) -> list[str]:
        """Its ingredients."""
        return re.sub(r"[\"\\{}]", "", self.name).split(" / ")

    def every(self, form: str) -> str:
        """A search for all its ingredients, each in ``form``, in the words that all services understand."""
        return " AND ".join(form.format(part) for part in self.parts)


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one service for one medicine."""

    source: str
    medicine: str
    records: int
    bytes: int
    files: tuple[str, ...]


Part = tuple[str, bytes, int]  # file name, bytes, records in it


def fetch(
    client: Client, wish: Wish, sources: Sequence[str], folder: Path, tell: Callable[[str, int], object]
) -> tuple[list[Fetched], list[SourceError]]:
    """Fetch one medicine from these sources into ``folder/<source>/<medicine id>``.

    ``tell(source, bytes)`` hears of each file. A service that cannot be reached leaves what was there before
    and stands among the errors. A service that has nothing on the medicine gives a count of no records.
    """
    done: list[Fetched] = []
    failed: list[SourceError] = []
    for source in sources:
        try:
            done.append(_fetch(client, wish, source, folder / source / wish.id, tell))
        except SourceError as error:
            failed.append(error)
        except OSError as error:
            raise InputError(f"{folder} cannot be written: {error.strerror or error}") from error
    return done, failed


def _fetch(
    client: Client, wish: Wish, source: str, target: Path, tell: Callable[[str, int], object]
) -> Fetched:
    beside = target.with_name(f".{target.name}.new")
    old = target.with_name(f".{target.name}.old")
    if old.exists() and not target.exists():  # a run was killed between the two halves of its switch
        os.replace(old, target)
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    names, records, size = [], 0, 0
    try:
        for name, data, count in FETCHERS[source](client, wish):
            (beside / name).write_bytes(data)
            names.append(name)
            records, size = records + count, size + len(data)
            tell(source, len(data))
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            os.replace(target, old)
        os.replace(beside, target)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Fetched(source=source, medicine=wish.id, records=records, bytes=size, files=tuple(names))


def _openfda(client: Client, wish: Wish) -> Iterator[Part]:
    """The labels in openFDA's bulk form (https://open.fda.gov/apis/drug/label/)."""
    search = label_search(wish)
    query: dict[str, str | int] = {"search": search, "limit": _PAGE}
    after: dict[str, str] = {}
    page = count = 0
    while True:
        sent = client.get("openfda", "drug/label.json", query | after)
        reply = _decoded(sent, "openfda") if sent is not None else None
        found = _list(reply, "results", "openfda")
        page, count = page + 1, count + len(found)
        total = _number(reply, "meta", "results", "total")
        if found:
            yield f"labels-{page:04}.json", msgspec.json.encode({"results": found}), len(found)
        if sent is None or not found or count >= total:
            break
        # Only the cursor of the reply's Link leads past 25,000 labels (https://open.fda.gov/apis/paging/).
        cursor = _cursor(sent.headers.get("Link", ""))
        if cursor is None or cursor == after.get("search_after"):
            raise SourceError("openfda does not say where its next page is")
        after = {"search_after": cursor}
    if count < total:
        raise SourceError(f"openfda gave {count} of {total} labels")


def _events(client: Client, wish: Wish) -> Iterator[Part]:
    """How many reports name each reaction beside it (https://open.fda.gov/apis/drug/event/)."""
    search = wish.every('patient.drug.openfda.generic_name:"{}"')
    query: dict[str, str | int] = {"search": search, "count": EVENTS_BY, "limit": _EVENTS}
    reply = client.json("openfda", "drug/event.json", query)
    found = _list(reply, "results", "openfda")
    if found:
        meta = (reply or {}).get("meta")
        as_of = str(meta.get("last_updated", "")) if isinstance(meta, dict) else ""
        kept = {"medicine": wish.id, "search": search, "as_of": as_of, "results": found}
        yield "counts.json", msgspec.json.encode(kept), len(found)


def _dailymed(client: Client, wish: Wish) -> Iterator[Part]:
    """The labels as SPL (https://dailymed.nlm.nih.gov/dailymed/app-support-web-services.cfm)."""
    page, pages = 1, 1
    while page <= pages:
        reply = client.json(
            "dailymed",
            "services/v2/spls.json",
            {"drug_name": wish.words, "pagesize": _PAGE, "page": page},
        )
        for one in _list(reply, "data", "dailymed"):
            setid = str(one.get("setid", ""))
            if not re.fullmatch(r"[0-9a-fA-F-]{8,64}", setid):
                raise SourceError("dailymed answered with a label without a set id")
            spl = client.get("dailymed", f"services/v2/spls/{setid}.xml")
            if spl is not None:  # it was withdrawn since the list was made
                yield f"{setid}.xml", spl.content, 1
        pages = _number(reply, "metadata", "total_pages")
        page += 1


def _clinicaltrials(client: Client, wish: Wish) -> Iterator[Part]:
    """The registered studies with it as an intervention (https://clinicaltrials.gov/data-api/api)."""
    token, page = "", 0
    while True:
        query: dict[str, str | int] = {"query.intr": wish.every('"{}"'), "pageSize": _STUDIES_PAGE}
        reply = client.json("clinicaltrials", "studies", query | ({"pageToken": token} if token else {}))
        found = _list(reply, "studies", "clinicaltrials")
        if not found:
            return
        page += 1
        yield f"studies-{page:04}.json", msgspec.json.encode({"studies": found}), len(found)
        token = reply.get("nextPageToken") or ""
        if not token:
            return


def _pubmed(client: Client, wish: Wish) -> Iterator[Part]:
    """Trials, reviews and case reports about it, the newest first, as PubMed XML by E-utilities."""
    query = {"db": "pubmed", "term": paper_search(wish), "retmode": "json"}
    reply = client.json("eutils", "esearch.fcgi", query | {"retmax": MOST_PAPERS, "sort": "pub_date"})
    ids = [str(id_) for id_ in _list((reply or {}).get("esearchresult"), "idlist", "eutils")]
    for start in range(0, len(ids), _PAPERS_PAGE):
        some = ids[start : start + _PAPERS_PAGE]
        got = client.get("eutils", "efetch.fcgi", {"db": "pubmed", "id": ",".join(some), "retmode": "xml"})
        if got is None or not got.content.rstrip().endswith(b"</PubmedArticleSet>"):
            raise SourceError("eutils answered with papers that end in the middle")
        yield f"papers-{start // _PAPERS_PAGE + 1:04}.xml", got.content, len(some)


def label_search(wish: Wish) -> str:
    """openFDA's search for the labels of a medicine."""
    fields = ("openfda.generic_name", "openfda.substance_name")
    return " OR ".join("(" + wish.every(field + ':"{}"') + ")" for field in fields)


def paper_search(wish: Wish) -> str:
    """PubMed's search for what is worth weighing about a medicine."""
    kinds = ("clinical trial", "meta-analysis", "systematic review", "observational study", "case reports")
    of_kinds = " OR ".join(f"{kind}[pt]" for kind in kinds)
    return wish.every('"{}"[Title/Abstract]') + f" AND ({of_kinds})"


def _list(reply: Any, key: str, service: str) -> list[Any]:
    """The list under ``key``; empty where nothing matched."""
    if reply is None:
        return []
    found = reply.get(key) if isinstance(reply, dict) else None
    if not isinstance(found, list):
        raise SourceError(f"{service} answered with something else than a list of {key}")
    return found


def _decoded(reply: Any, service: str) -> Any:
    try:
        return msgspec.json.decode(reply.content)
    except msgspec.DecodeError as error:
        raise SourceError(f"{service} answered with something that is no JSON: {error}") from error


def _cursor(link: str) -> str | None:
    """``search_after`` of the next page's address in a Link header (RFC 8288)."""
    for address in re.findall(r'<([^<>]*)>\s*;\s*rel="?next"?', link, re.I):
        return next(iter(parse_qs(urlsplit(address).query).get("search_after", [])), None)
    return None


def _number(reply: Any, *path: str) -> int:
    for key in path:
        reply = reply.get(key) if isinstance(reply, dict) else None
    return reply if isinstance(reply, int) else 0


def count(client: Client, wish: Wish, source: str) -> int | None:
    """How many records :func:`fetch` would bring, asked in one call; None where a service does not say.

    :raises SourceError: where it cannot be reached.
    """
    if source == "events":
        return None
    query: dict[str, str | int]
    if source == "openfda":
        query = {"search": label_search(wish), "limit": 1}
        reply = client.json("openfda", "drug/label.json", query)
        return _number(reply, "meta", "results", "total")
    if source == "dailymed":
        query = {"drug_name": wish.words, "pagesize": 1, "page": 1}
        return _number(client.json("dailymed", "services/v2/spls.json", query), "metadata", "total_elements")
    if source == "clinicaltrials":
        query = {"query.intr": wish.every('"{}"'), "pageSize": 1, "countTotal": "true", "fields": "NCTId"}
        return _number(client.json("clinicaltrials", "studies", query), "totalCount")
    query = {"db": "pubmed", "term": paper_search(wish), "retmode": "json", "retmax": 0}
    said = (client.json("eutils", "esearch.fcgi", query) or {}).get("esearchresult", {}).get("count", "")
    return min(int(said), MOST_PAPERS) if str(said).isdigit() else None


FETCHERS: dict[str, Callable[[Client, Wish], Iterator[Part]]] = {
    "openfda": _openfda,
    "events": _events,
    "dailymed": _dailymed,
    "clinicaltrials": _clinicaltrials,
    "pubmed": _pubmed,
}
