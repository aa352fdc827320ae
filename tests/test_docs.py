"""The documentation is run: its commands and its Python, and the generated pages are compared with the code.

A ```console block holds lines that begin with "$ usedfor", each followed by the output it must give. A line
that is "..." alone stands for any lines, "..." inside a line for any text. A ```python block must run; in
one with ">>>" the output is compared too. The blocks of a page share a folder and their Python names, in
order. A comment before a block says when it is not run: <!-- needs ../shared --> (skipped without it), <!--
not run: reason -->.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import generate

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
BLOCK = re.compile(r"(?:<!-- (?P<note>[^>]*) -->\n+)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.M | re.S)


class Block(NamedTuple):
    kind: str
    body: str
    line: int
    note: str


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text("utf-8")
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("body")) + 1
        yield Block(found["kind"], found["body"], line, found["note"] or "")


def commands(body: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with its output."""
    for part in re.split(r"^\$ ", body, flags=re.M)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = command[:-1] + more
        yield command, output


def fits(wanted: str, got: str) -> bool:
    """Whether ``got`` is ``wanted``, where "..." stands for anything and the ends of lines do not count."""
    pattern = ""
    for line in wanted.rstrip().splitlines():
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += r".*?".join(re.escape(part) for part in line.rstrip().split("...")) + r"[ \t]*\n"
    plain = got.replace("\N{NO-BREAK SPACE}", " ").rstrip()
    lines = "".join(line.rstrip() + "\n" for line in plain.splitlines())
    return re.fullmatch(pattern, lines) is not None


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


WITH_SNIPPETS = [page for page in PAGES if any(b.kind in ("console", "python") for b in blocks(page))]


def test_the_comparison_can_fail() -> None:
    assert fits("a\n...\nd...f\n", "a\nb\nc\ndef\n")
    assert fits("a\n...\n", "a\n")
    assert not fits("a\n...\nd...f\n", "a\nb\nc\ndeg\n")
    assert not fits("a\n", "a\nb\n")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with the repository's test inputs and the real data beside it, and nobody's home."""
    place = tmp_path / "main"
    place.mkdir()
    (place / "tests").symlink_to(ROOT / "tests")
    if (ROOT.parent / "shared").exists():
        (tmp_path / "shared").symlink_to(ROOT.parent / "shared")
    monkeypatch.chdir(place)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("USEDFOR_HOME", raising=False)
    return place


def run_console(block: Block, where: str) -> None:
    for command, output in commands(block.body):
        if not command.startswith("usedfor"):
            continue
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        assert "Traceback" not in done.stdout, f"{where}: $ {command}\n{done.stdout}"
        assert fits(output, done.stdout), f"{where}: $ {command}\n--- gave\n{done.stdout}\n--- not\n{output}"


def run_python(block: Block, where: str, names: dict[str, Any]) -> None:
    if ">>>" not in block.body:
        exec(compile(block.body, where, "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(block.body, names, where, where, block.line)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    failed = runner.run(test, out=said.append, clear_globs=False).failed
    assert not failed, "".join(said)
    names.update(test.globs)


@pytest.mark.parametrize("page", WITH_SNIPPETS, ids=named)
def test_the_snippets_of_a_page_run(page: Path, folder: Path) -> None:
    names: dict[str, Any] = {"__name__": "snippet"}
    left_out = []
    for block in blocks(page):
        where = f"{named(page)}:{block.line}"
        if block.note.startswith("not run"):
            continue
        if block.note == "needs ../shared" and not (folder.parent / "shared" / "data").is_dir():
            left_out.append(where)
        elif block.kind == "console":
            run_console(block, where)
        elif block.kind == "python":
            run_python(block, where, names)
    if left_out:
        pytest.skip(f"the rest runs; without the real data (../shared) not: {', '.join(left_out)}")


def test_the_generated_pages_are_current() -> None:
    for name, make in generate.PAGES.items():
        assert (ROOT / "docs" / name).read_text("utf-8") == make(), (
            f"docs/{name} is out of date: run `make docs`"
        )


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|mailto:|#)([^)#\s]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
