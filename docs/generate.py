"""Write docs/commands.md from the commands' own help, rules.md from the rule files, and the site's copies.

python docs/generate.py           write both
python docs/generate.py --check   exit 1 and name what is out of date
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

DOCS = Path(__file__).parent
SOURCE = DOCS.parent / "src" / "usedfor"
STAGES = (
    "sources",
    "vocabulary",
    "extraction",
    "appraisal",
    "knowledge",
    "briefs",
    "answers",
    "verification",
    "web",
)
SHOWN = 12  # cue phrases of a rule that the table shows; the file has the rest


def commands() -> str:
    """The page of every command's help, at 100 columns."""
    from usedfor.cli import cli

    settings = cli.context_settings  # the command's own way to make one would parse arguments
    top = click.Context(cli, info_name="usedfor", terminal_width=100, max_content_width=100, **settings)
    parts = [
        "# Commands",
        "Made by `make docs` from the program's own help: `usedfor --help` and `usedfor COMMAND --help`.",
        _help("usedfor", cli.get_help(top)),
    ]
    for name in cli.list_commands(top):
        command = cli.get_command(top, name)
        if command is None or command.hidden:
            continue
        context = click.Context(
            command, info_name=name, parent=top, terminal_width=100, max_content_width=100
        )
        parts.append(_help(f"usedfor {name}", command.get_help(context)))
    return "\n\n".join(parts) + "\n"


def _help(title: str, text: str) -> str:
    body = "\n".join(line.rstrip() for line in text.splitlines())
    return f"## {title}\n\n```text\n{body}\n```"


def rules() -> str:
    """The page of every rule: id, meaning, and the words it reads."""
    parts = [
        "# Rules",
        "Made by `make docs` from the rule files. Every use, reaction and caution names the rule that gave "
        "it; here each can be looked up. If you disagree with one, say so by its id. How they work together "
        "stands in [how-it-decides.md](how-it-decides.md). Where a rule has many words, some are shown; its "
        "file has them all.",
    ]
    files = sorted(SOURCE.rglob("*.toml"), key=lambda p: (STAGES.index(p.relative_to(SOURCE).parts[0]), p))
    for path in files:
        found = list(tables(tomllib.loads(path.read_text("utf-8"))))
        if not found:
            continue
        parts.append(f"## {path.relative_to(SOURCE)}")
        intro = _intro(path)
        if intro:
            parts.append(intro)
        rows = [f"| `{rule['id']}` | {_meaning(rule)} |" for rule in found]
        parts.append("\n".join(["| rule | what it does |", "|---|---|", *rows]))
    parts.append(linking())
    return "\n\n".join(parts) + "\n"


def linking() -> str:
    """The rules by which a phrase is linked to a condition: they stand in a table of tabs, not in TOML."""
    rows = [
        "## vocabulary/rules/set_aside.tsv",
        "How a phrase of a label is linked to a condition. Its own words come first (`link.exact`,",
        "`link.normalised`); then words are set aside that leave the condition the same one, as few as",
        "possible. What is left must be a name.",
        "",
        "| rule | sets aside | where | for which conditions |",
        "|---|---|---|---|",
        "| `link.exact` | nothing: the phrase is a name | | any |",
        "| `link.normalised` | nothing but case, hyphens, plurals and the order of words | | any |",
        "| `link.brackets` | words in brackets | | any |",
    ]
    for line in (SOURCE / "vocabulary" / "rules" / "set_aside.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            rule, where, _, conditions, what = line.split("\t")
            rows.append(f"| `{rule}` | {_cell(what)} | {where} | {conditions} |")
    return "\n".join([rows[0], "", *rows[1:]])


def tables(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every table of a rule file that has an id, in the file's order.

    Where the file says ``rule_prefix = {kind = "x."}``, the ids under ``kind`` are given as the output names
    them: "x." and the id.
    """
    prefixes = data.get("rule_prefix", {})
    for kind, value in data.items():
        for table in _tables(value):
            yield {**table, "id": prefixes.get(kind, "") + table["id"]}


def _tables(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        if isinstance(data.get("id"), str):
            yield data
        for value in data.values():
            yield from _tables(value)
    elif isinstance(data, list):
        for value in data:
            yield from _tables(value)


def _intro(path: Path) -> str:
    """The comment a rule file begins with."""
    lines = []
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# ").rstrip())
    return _cell(" ".join(lines))


def _meaning(rule: dict[str, Any]) -> str:
    said = _cell(rule.get("means", ""))
    for key in ("phrases", "cues", "words"):
        phrases = rule.get(key)
        if isinstance(phrases, list) and phrases and all(isinstance(p, str) for p in phrases):
            more = f" and {len(phrases) - SHOWN} more" if len(phrases) > SHOWN else ""
            said += f" Words: {_cell(', '.join(phrases[:SHOWN]))}{more}."
    return said.strip()


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def how() -> str:
    """The page on how it decides, for the site: the package has no docs folder once it is installed."""
    return (DOCS / "how-it-decides.md").read_text("utf-8")


_SITE = "../src/usedfor/web/texts"  # what the site shows of the documentation
PAGES = {
    "commands.md": commands,
    "rules.md": rules,
    f"{_SITE}/how-it-decides.md": how,
    f"{_SITE}/rules.md": rules,
}


def main(check: bool) -> int:
    """Write the pages, or with ``check`` say which would change. Returns the exit code."""
    stale = 0
    for name, make in PAGES.items():
        path, text = DOCS / name, make()
        if path.exists() and path.read_text("utf-8") == text:
            continue
        if check:
            print(f"docs/{name} is out of date: run `make docs`", file=sys.stderr)
            stale = 1
        else:
            path.write_text(text, "utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
