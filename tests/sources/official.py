"""A server that behaves like the official services, on 127.0.0.1 over real sockets.

Each behaviour a test needs is switched on by name: paging, nothing found (404), 429 with Retry-After, 500,
slow, truncated and corrupt bodies, an index that changes while it is fetched, ranges.
"""

from __future__ import annotations

import email.utils
import gzip
import hashlib
import io
import json
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

LONG_AGO = "Mon, 05 Jan 2026 10:00:00 GMT"


def label(n: int, name: str = "examplol") -> dict[str, Any]:
    return {
        "id": f"00000000-0000-0000-0000-{n:012}", "set_id": f"10000000-0000-0000-0000-{n:012}",
        "version": "1", "effective_time": "20260101",
        "indications_and_usage": ["It is indicated for the treatment of gout."],
        "openfda": {"generic_name": [name.upper()], "brand_name": [f"Brand{n}"], "route": ["ORAL"]},
    }  # fmt: skip


def study(n: int) -> dict[str, Any]:
    return {"protocolSection": {"identificationModule": {"nctId": f"NCT{n:08}", "briefTitle": f"Study {n}"}}}


def zipped(name: str, data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data)
    return held.getvalue()


class Official:
    """What the services have, how they misbehave, and what they were asked."""

    def __init__(self) -> None:
        self.url = ""
        self.labels = [label(n) for n in range(250)]
        self.studies = [study(n) for n in range(7)]
        self.studies_date = "2026-07-01T09:00:00"
        self.papers = [str(30_000_000 + n) for n in range(450)]
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.ranges: list[str] = []
        self.faults: dict[str, list[str]] = {}  # path -> faults to come, each used once
        self.each: Counter[str] = Counter()
        self.before: Callable[[str], None] = lambda path: None
        self.bulk(2)

    def bulk(self, parts: int, date: str = "2026-07-01") -> None:
        """Lay out the bulk files of openFDA, DailyMed and PubMed."""
        self.date = date
        for n in range(1, parts + 1):
            found = json.dumps({"results": [label(n * 1000 + i) for i in range(40)], "date": date}).encode()
            self.files[f"/bulk/drug-label-{n:04}-of-{parts:04}.json.zip"] = zipped("labels.json", found)
            self.files[f"/bulk/dm_spl_release_human_rx_part{n}.zip"] = zipped("x.xml", b"<document/>" * 500)
        for folder, numbers in (("baseline", (1, 2)), ("updatefiles", (3,))):
            for n in numbers:
                data = gzip.compress(b"<PubmedArticleSet></PubmedArticleSet>" * 40, mtime=0)
                self.files[f"/pubmed/{folder}/pubmed26n{n:04}.xml.gz"] = data

    def fail(self, path: str, *faults: str) -> None:
        """The next replies at this path go wrong: "429", "500", "truncated", "corrupt", "slow"."""
        self.faults.setdefault(path, []).extend(faults)

    def reply(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        name = path.strip("/").replace("/", "_").replace(".", "_").replace("-", "_")
        made: Any = getattr(self, f"_{name}", None)
        if made:
            return made(query)  # type: ignore[no-any-return]
        if path.startswith("/services/v2/spls/"):
            return (
                200,
                {"Content-Type": "application/xml"},
                b"<document>" + path[18:].encode() + b"</document>",
            )
        if path.endswith(".md5") and path[:-4] in self.files:
            digest = hashlib.md5(self.files[path[:-4]], usedforsecurity=False).hexdigest()
            return 200, {}, f"MD5({path.rpartition('/')[2][:-4]})= {digest}\n".encode()
        if path in self.files:
            tag = hashlib.sha256(self.files[path]).hexdigest()[:16]
            return 200, {"ETag": f'"{tag}"', "Last-Modified": LONG_AGO}, self.files[path]
        if path.endswith("/") and any(f.startswith(path) for f in self.files):
            names = [f.rpartition("/")[2] for f in sorted(self.files) if f.startswith(path)]
            links = "".join(f'<a href="{n}">{n}</a> <a href="{n}.md5">{n}.md5</a>\n' for n in names)
            return 200, {"Content-Type": "text/html"}, f"<pre>{links}</pre>".encode()
        return 404, {}, b'{"error": {"code": "NOT_FOUND"}}'

    def _json(self, value: Any) -> tuple[int, dict[str, str], bytes]:
        return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()

    def _drug_label_json(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if "examplol" not in query["search"]:
            return 404, {}, b'{"error": {"code": "NOT_FOUND", "message": "No matches found!"}}'
        after, limit = int(query.get("search_after", "0=0").rpartition("=")[2]), int(query["limit"])
        meta = {"results": {"skip": 0, "limit": limit, "total": len(self.labels)}}
        status, headers, body = self._json({"meta": meta, "results": self.labels[after : after + limit]})
        if after + limit < len(self.labels):
            next_ = f"{self.url}/drug/label.json?limit={limit}&skip=0&search_after=0%3D{after + limit}"
            headers = headers | {"Link": f'<{next_}>; rel="next"'}
        return status, headers, body

    def _drug_event_json(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        return self._json({"results": [{"term": "NAUSEA", "count": 12}]})

    def _download_json(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        files = [f for f in sorted(self.files) if "drug-label" in f]
        parts = [{"file": self.url + f, "size_mb": "0.01", "records": 40} for f in files]
        return self._json({"results": {"drug": {"label": {"export_date": self.date, "partitions": parts}}}})

    def _services_v2_spls_json(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        page, size = int(query["page"]), int(query["pagesize"])
        ids = [{"setid": one["set_id"]} for one in self.labels[: 2 * size]][(page - 1) * size : page * size]
        return self._json({"data": ids[:3], "metadata": {"total_pages": 2, "total_elements": 6}})

    def _spl_resources_all_drug_labels_cfm(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        rows = ""
        for path in sorted(f for f in self.files if "dm_spl" in f):
            digest = hashlib.md5(self.files[path], usedforsecurity=False).hexdigest()
            rows += f'<li><a href="{path}">{path}</a> MD5 checksum: {digest}</li>'
        return 200, {"Content-Type": "text/html"}, f"<ul>{rows}</ul>".encode()

    def _version(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        return self._json({"apiVersion": "2.0.5", "dataTimestamp": self.studies_date})

    def _studies(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        found = self.studies[-2:] if "filter.advanced" in query else self.studies
        start, size = int(query.get("pageToken", "0")), min(int(query["pageSize"]), 3)
        reply: dict[str, Any] = {"studies": found[start : start + size], "totalCount": len(found)}
        if start + size < len(found):
            reply["nextPageToken"] = str(start + size)
        return self._json(reply)

    def _esearch_fcgi(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        return self._json(
            {"esearchresult": {"idlist": self.papers[: int(query["retmax"])], "count": str(len(self.papers))}}
        )

    def _efetch_fcgi(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        ids = "".join(f"<PubmedArticle><PMID>{i}</PMID></PubmedArticle>" for i in query["id"].split(","))
        return 200, {"Content-Type": "text/xml"}, f"<PubmedArticleSet>{ids}</PubmedArticleSet>".encode()

    def services(self, folder: Path) -> Path:
        """A file for USEDFOR_SERVICES."""
        path = folder / "services.toml"
        where = {"pubmed": "/pubmed"}
        path.write_text(
            "".join(
                f'[{name}]\nurl = "{self.url}{where.get(name, "")}"\nlimit = "10000/second"\n'
                for name in ("openfda", "dailymed", "clinicaltrials", "eutils", "pubmed")
            )
        )
        return path


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    official: Official

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        here = self.official
        here.asked.append(self.path)
        here.agents.add(self.headers.get("User-Agent", ""))
        here.each[parts.path] += 1
        here.before(parts.path)
        fault = here.faults[parts.path].pop(0) if here.faults.get(parts.path) else ""
        if fault in ("429", "503"):
            return self._send(int(fault), {"Retry-After": "0"}, b"slow down")
        if fault == "429-date":
            when = email.utils.formatdate(time.time(), usegmt=True)
            return self._send(429, {"Retry-After": when}, b"slow down")
        if fault.startswith("wait"):  # "wait-number-1": to wait a second, by number or by date
            _, form, seconds = fault.split("-")
            when = email.utils.formatdate(time.time() + float(seconds) + 1, usegmt=True)
            return self._send(429, {"Retry-After": seconds if form == "number" else when}, b"slow down")
        if fault.startswith("to "):
            return self._send(302, {"Location": fault[3:]}, b"")
        if fault.isdigit():
            return self._send(int(fault), {}, b"a fault")
        if fault == "slow":
            time.sleep(1.0)
        status, headers, body = here.reply(parts.path, query)
        asked = self.headers.get("Range", "")
        if asked and status == 200 and self.headers.get("If-Range") == headers.get("ETag"):
            here.ranges.append(asked)
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                return self._send(416, {}, b"")
            headers = headers | {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
            status, body = 206, body[start:]
        elif headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            return self._send(304, headers, b"")
        if fault == "corrupt":
            body = body[:40] + bytes(b ^ 0x5A for b in body[40:80]) + body[80:]
        if fault == "dripping":
            return self._drip(body)
        return self._send(status, headers, body, len(body) // 2 if fault == "truncated" else None)

    def _drip(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.close_connection = True
        for byte in body:
            try:
                self.wfile.write(bytes([byte]))
            except OSError:
                return
            time.sleep(0.1)

    def _send(self, status: int, headers: dict[str, str], body: bytes, cut: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running() -> Iterator[Official]:
    official = Official()
    handler = type("Handler", (_Handler,), {"official": official})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        official.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield official
        finally:
            official.before = lambda path: None
            server.shutdown()
            thread.join()
