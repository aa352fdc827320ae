"""Pages a second and how long the slowest hundredth takes, at 50 connections to one worker; what a day costs.

python benchmarks/web.py [--home DIR] [--seconds N]

The client is a process of its own on the same machine: asyncio sockets that keep their connections. It reads
whole answers. "Distinct" asks for every medicine in turn, "cold" right after a start.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CONNECTIONS = 50


async def connection(
    port: int, paths: list[str], first: int, until: float, headers: str, took: list[float]
) -> tuple[int, int]:
    """Ask for one page after the other until the time is over; returns (answers, bytes)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = size = 0
    at = first
    while time.perf_counter() < until:
        path = paths[at % len(paths)]
        at += CONNECTIONS
        begun = time.perf_counter()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        status = head[9:12]
        if status not in (b"200", b"304"):
            raise SystemExit(f"{path}: {head.decode(errors='replace')}")
        low = head.lower()
        if b"content-length:" in low and status == b"200":
            length = int(low.split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            size += length
        took.append(time.perf_counter() - begun)
        answers += 1
        size += len(head)
    writer.close()
    return answers, size


async def load(port: int, paths: list[str], seconds: float, headers: str) -> dict[str, float]:
    took: list[float] = []
    until = time.perf_counter() + seconds
    begun = time.perf_counter()
    found = await asyncio.gather(
        *(connection(port, paths, n, until, headers, took) for n in range(CONNECTIONS))
    )
    spent = time.perf_counter() - begun
    took.sort()
    answers = sum(a for a, _ in found)
    return {
        "a second": round(answers / spent),
        "median ms": round(1000 * took[len(took) // 2], 1),
        "p99 ms": round(1000 * took[int(0.99 * len(took))], 1),
        "KB each": round(sum(s for _, s in found) / answers / 1000, 1),
    }


def cpu_of(pid: int) -> float:
    """Seconds of processor time a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def serve(port: int, home: str | None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "usedfor", "serve", "--port", str(port)]
    environment = {**os.environ, "USEDFOR_DATABASE_URL": f"sqlite:///{tempfile.mkdtemp()}/comments.db"}
    started = subprocess.Popen(
        [*command, *(["--home", home] if home else [])], stdout=subprocess.DEVNULL, env=environment
    )
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return started
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def get(port: int, path: str) -> tuple[dict[str, str], bytes]:
    from http.client import HTTPConnection

    asked = HTTPConnection("127.0.0.1", port, timeout=30)
    asked.request("GET", path)
    answer = asked.getresponse()
    body = answer.read()
    asked.close()
    return {k.lower(): v for k, v in answer.getheaders()}, body


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home")
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = serve(port, options.home)
    try:
        found = [
            i["id"]
            for n in range(1, 6)
            for i in json.loads(get(port, f"/api/v1/medicines?per_page=200&page={n}")[1])["items"]
        ]
        paths = [f"/medicines/{id_}" for id_ in found]
        etag = get(port, "/medicines/ketamine")[0]["etag"]
        packed = "Accept-Encoding: gzip\r\n"
        runs: list[tuple[str, list[str], str]] = [
            ("cold, distinct pages", paths, packed),
            ("distinct pages", paths, packed),
            ("one page", ["/medicines/ketamine"], packed),
            ("one page, not compressed", ["/medicines/ketamine"], ""),
            ("entity tag hits", paths, f"If-None-Match: {etag}\r\n"),
            ("JSON briefs", [f"/api/v1/briefs/{id_}" for id_ in found], packed),
            ("type-ahead", [f"/search/suggest?q={id_[:4]}" for id_ in found], packed),
        ]
        print(f"{len(paths)} medicines, {CONNECTIONS} connections, one worker, {options.seconds:g} s each")
        warmed: set[str] = set()
        for name, asked, headers in runs:
            if not name.startswith("cold") and len(asked) > 1 and asked[0] not in warmed:
                for path in asked:
                    get(port, path)
                warmed.add(asked[0])
            before = cpu_of(server.pid)
            result: dict[str, Any] = asyncio.run(load(port, asked, options.seconds, headers))
            used = cpu_of(server.pid) - before
            result["server ms each"] = round(1000 * used / (result["a second"] * options.seconds), 2)
            print(f"{name:28}", "  ".join(f"{key} {value}" for key, value in result.items()))
        peak = Path(f"/proc/{server.pid}/status").read_text().split("VmHWM:")[1].split("kB")[0]
        print(f"server's memory at its peak: {int(peak) / 1000:.0f} MB")
    finally:
        server.terminate()
        server.wait(20)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "usedfor", "site", folder]
        begun = time.perf_counter()
        subprocess.run([*command, *(["--home", options.home] if options.home else [])], check=True)
        print(f"static export: {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
