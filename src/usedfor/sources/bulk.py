"""The bulk files of each service: what there is, by the service's own index.

An index is a page or a reply that changes while one reads it; :mod:`usedfor.sources.downloads` fetches what
it names, resumes, and proves each file before it takes the place of an old one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import msgspec

from usedfor.errors import SourceError
from usedfor.sources.client import Client

__all__ = ["INDEXES", "Remote"]

_HREF = re.compile(r"""href\s*=\s*["']([^"'<>]+)["']""", re.I)
_MD5 = re.compile(r"\b[0-9a-fA-F]{32}\b")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")
_RELEASES = re.compile(r"dm_spl_release_human_(?:rx|otc)(?:_part\d+)?\.zip")
_PAPERS = re.compile(r"pubmed\d+n\d+\.xml\.gz")


class Remote(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a service offers. ``size`` in bytes and ``md5`` where its index says so."""

    source: str  # the folder it goes to: openfda, dailymed, clinicaltrials, pubmed
    service: str  # whose limits hold
    name: str
    url: str
    size: int | None = None
    md5: str | None = None
    md5_url: str | None = None  # where the service keeps it
    version: str | None = None  # the date or version the index gives it
    about: int | None = None  # bytes, where the index only says about how many


def _openfda(client: Client) -> list[Remote]:
    """openFDA's download index (https://open.fda.gov/apis/drug/label/download/)."""
    reply = client.json("openfda", "download.json")
    try:
        label = reply["results"]["drug"]["label"]
        files, date = label["partitions"], label.get("export_date")
    except (KeyError, TypeError, AttributeError) as error:
        raise SourceError("openfda's download index has no labels") from error
    found = []
    for one in files:
        url = str(one.get("file", ""))
        size = one.get("size_mb")
        found.append(
            Remote(
                source="openfda", service="openfda", name=_name(url), url=url, version=date,
                about=int(float(size) * 1e6) if _is_number(size) else None,
            )
        )  # fmt: skip
    return found


def _dailymed(client: Client) -> list[Remote]:
    """DailyMed's full releases of human prescription and over-the-counter labels, from its page of them."""
    page = client.get("dailymed", "spl-resources-all-drug-labels.cfm")
    if page is None:
        raise SourceError("dailymed has no page of its releases")
    text = page.text
    links = [m for m in _HREF.finditer(text) if _RELEASES.search(m[1])]
    found: dict[str, Remote] = {}
    for n, link in enumerate(links):
        url = urljoin(str(page.url), link[1])
        end = links[n + 1].start() if n + 1 < len(links) else len(text)
        digest = _MD5.search(text, link.end(), end)
        name = _name(url)
        if name not in found or (digest and found[name].md5 is None):
            found[name] = Remote(
                source="dailymed", service="dailymed", name=name, url=url,
                md5=digest[0].lower() if digest else None,
            )  # fmt: skip
    if not found:
        raise SourceError("dailymed's page of releases names none")
    return list(found.values())


def _pubmed(client: Client) -> list[Remote]:
    """PubMed's baseline and its daily updates, by the listings of their folders."""
    found = []
    for folder in ("baseline", "updatefiles"):
        page = client.get("pubmed", f"{folder}/")
        if page is None:
            raise SourceError(f"pubmed has no folder {folder}")
        names = sorted({unquote(m[1]) for m in _HREF.finditer(page.text) if _PAPERS.fullmatch(unquote(m[1]))})
        base = str(page.url)
        found += [
            Remote(
                source="pubmed", service="pubmed", name=name, url=urljoin(base, name),
                md5_url=urljoin(base, f"{name}.md5"),
            )
            for name in names
        ]  # fmt: skip
    if not found:
        raise SourceError("pubmed's folders name no file")
    return found


def _name(url: str) -> str:
    """The file's name, one that cannot leave its folder.

    :raises SourceError: for an address that gives none, or is no web address.
    """
    parts = urlsplit(url)
    name = unquote(parts.path).rpartition("/")[2]
    if parts.scheme not in ("http", "https") or not _SAFE.fullmatch(name):
        raise SourceError(f"an index names a file that cannot be fetched: {url[:200]}")
    return name


def _is_number(value: Any) -> bool:
    try:
        return float(value) >= 0
    except (TypeError, ValueError):
        return False


INDEXES: dict[str, Callable[[Client], list[Remote]]] = {
    "openfda": _openfda,
    "dailymed": _dailymed,
    "pubmed": _pubmed,
}
