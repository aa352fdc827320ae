"""The house rules of CONTRIBUTING.md: layers, public names, sizes, rule ids, a light start, credits."""

from __future__ import annotations

import ast
import importlib
import lzma
import os
import re
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import generate

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "usedfor"
STARTER = SOURCE / "starter"
MODULES = sorted(SOURCE.rglob("*.py"))
READ = sorted(p for folder in ("src", "benchmarks", "docs") for p in (ROOT / folder).rglob("*.py"))
NAMES = [
    ".".join(p.relative_to(SOURCE.parent).with_suffix("").parts)
    for p in MODULES
    if p.parts[-2:] != ("migrations", "env.py")  # Alembic runs it within a migration, never on its own
]

# From the documents down to the pages: a file imports from its own stage and those before it.
STAGES = ("sources", "vocabulary", "extraction", "appraisal", "knowledge", "briefs", "answers",
          "verification")  # fmt: skip
FOUNDATION = {"model", "studies", "errors", "starter"}  # everyone may import them, they import nobody
# They may import everyone; no stage imports them.
# They may import everyone; no stage imports them.
FACES = {"api", "commands", "cli", "mcp", "web", "__main__", "__init__"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def stage(parts: tuple[str, ...]) -> int:
    """The rank of a module, by its dotted name without "usedfor": -1 the foundation, the last the faces."""
    head = parts[0] if parts else "__init__"
    if head in FOUNDATION:
        return -1
    if head in FACES:
        return len(STAGES)
    assert head in STAGES, f"usedfor.{head} has no place in the order of stages"
    return STAGES.index(head)


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """Every module of the package that a file imports, anywhere in it, as parts after "usedfor"."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{relative(path)}:{node.lineno}: relative import"
            base = node.module or ""
            names = [f"usedfor.{alias.name}" for alias in node.names] if base == "usedfor" else [base]
        else:
            continue
        yield from (tuple(n.split(".")[1:]) for n in names if n == "usedfor" or n.startswith("usedfor."))


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_file_imports_only_from_its_own_stage_and_those_above(path: Path) -> None:
    own = stage(path.relative_to(SOURCE).with_suffix("").parts)
    wrong = [".".join(("usedfor", *target)) for target in imports(path) if stage(target) > own]
    assert not wrong
    if own == -1:
        assert all(stage(t) == -1 for t in imports(path))


def test_the_layering_test_can_fail(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text("def f():\n    from usedfor.briefs import compile\n    import usedfor.cli\n")
    assert [stage(t) for t in imports(file)] == [STAGES.index("briefs"), len(STAGES)]


@pytest.mark.parametrize("name", [n.removesuffix(".__init__") for n in NAMES if not n.endswith("__main__")])
def test_every_module_imports_alone(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import importlib; importlib.import_module({name!r})"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("path", READ, ids=relative)
def test_a_module_is_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


# --- public names -------------------------------------------------------------------------------------------


def documented() -> dict[str, set[str]]:
    """The table "Public names" of docs/using.md: package -> names."""
    rows = re.findall(r"^\| `(usedfor[\w.]*)` \| (.+) \|$", (ROOT / "docs/using.md").read_text("utf-8"), re.M)
    return {package: set(re.findall(r"`(\w+)`", names)) for package, names in rows}


def test_what_is_public_is_what_is_documented() -> None:
    packages = ["usedfor", *(f"usedfor.{s}" for s in STAGES), "usedfor.model", "usedfor.errors"]
    public = {p: list(getattr(importlib.import_module(p), "__all__", [])) for p in packages}
    assert {p: set(names) for p, names in public.items() if names} == documented()
    for package, names in public.items():
        assert names == sorted(names), package
        assert not [n for n in names if not hasattr(importlib.import_module(package), n)]


# --- rules --------------------------------------------------------------------------------------------------


def rule_ids() -> Iterator[tuple[str, str]]:
    """Every rule id as the output names it, with its file: those that docs/rules.md lists."""
    for path in sorted(SOURCE.rglob("*.toml")):
        for table in generate.tables(tomllib.loads(path.read_text("utf-8"))):
            yield table["id"], relative(path)


def test_rule_ids_are_unique_over_all_rule_files() -> None:
    seen: dict[str, str] = {}
    for rule, path in rule_ids():
        assert rule not in seen, f"{rule} stands in {seen.get(rule)} and {path}"
        assert re.fullmatch(r"[a-z0-9_]+(?:[.-][a-z0-9_]+)*", rule), rule
        seen[rule] = path
    assert "approved.label" in seen


def test_every_rule_that_the_starter_names_can_be_looked_up() -> None:
    from usedfor.knowledge import open_snapshot

    known = {rule for rule, _ in rule_ids()}
    with closing(sqlite3.connect(open_snapshot(STARTER).database)) as db:
        for table in ("statements", "uses", "reactions", "cautions"):
            named = {rule for (rule,) in db.execute(f"select distinct rule from {table}")}
            assert named
            assert named <= known, table


# --- a light start ------------------------------------------------------------------------------------------

HEAVY = ("pyarrow", "lxml", "numpy", "blingfire", "pycrfsuite", "daachorse", "multiprocessing")


def loaded_after(code: str, tmp_path: Path) -> set[str]:
    """Which heavy modules a fresh interpreter holds after ``code``."""
    script = f"{code}\nimport sys\nprint(*[m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"),
                   "XDG_CACHE_HOME": str(tmp_path / "cache")}  # fmt: skip
    environment.pop("USEDFOR_HOME", None)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_start_up_is_light(tmp_path: Path) -> None:
    assert loaded_after("import usedfor, usedfor.cli", tmp_path) == set()
    assert "lxml" in loaded_after("import lxml.etree", tmp_path)


def test_a_brief_from_the_starter_is_light(tmp_path: Path) -> None:
    ask = "import usedfor\nassert usedfor.brief('ketamine').medicine.id == 'ketamine'"
    loaded_after(ask, tmp_path)  # the first use may unpack the starter
    assert loaded_after(ask, tmp_path) == set()


# --- what is committed --------------------------------------------------------------------------------------


def committed() -> list[Path]:
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_machine_paths_and_no_registry_hosts() -> None:
    hosts = ("pypi", "files.pythonhosted", "npmjs", "deb.debian", "snapshot.debian", "docker")
    banned = re.compile(
        r"(?<![\w.])/(?:work|root|home|Users|tmp|opt)/\w|"
        + r"https?://[\w.-]*(?:" + "|".join(map(re.escape, hosts)) + r")[\w.-]*\.(?:org|com|io)"
    )  # fmt: skip
    found = []
    for path in committed():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{relative(path)}: {match.group()}" for match in banned.finditer(text)]
    assert not found


def test_what_ships_is_small() -> None:
    assert sum(p.stat().st_size for p in STARTER.rglob("*") if p.is_file()) <= 20_000_000
    large = [relative(p) for p in committed() if p.stat().st_size > 12_000_000]
    assert not large


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def package_texts() -> Iterator[tuple[str, str]]:
    """Every file of the package as words, its packed data unpacked; tests/knowledge looks at the starter."""
    for path in sorted(SOURCE.rglob("*")):
        if path.is_file() and path.parent.name != "__pycache__" and STARTER not in path.parents:
            data = path.read_bytes()
            data = lzma.decompress(data) if path.suffix == ".xz" else data
            yield relative(path), " ".join(words(data.decode("utf-8", "replace")))


@pytest.mark.data
def test_no_long_sentence_of_a_label_is_in_the_package(shared_data: Path) -> None:
    from usedfor.extraction.sentences import sentences
    from usedfor.sources import Raw, parse, raw_documents

    ours = dict(package_texts())
    begins: dict[tuple[str, ...], set[str]] = {}
    for name, text in ours.items():
        each = text.split()
        for window in zip(*(each[n:] for n in range(9)), strict=False):
            begins.setdefault(window, set()).add(name)
    found, seen = [], 0
    for raw in raw_documents([shared_data / "labels"]):
        if not isinstance(raw, Raw):
            continue
        for section in parse(raw).sections:
            if section.field == "openfda" or section.field.endswith("_table"):
                continue
            for start, end in sentences(section.text):
                said = words(section.text[start:end])
                seen += len(said) > 8
                for name in begins.get(tuple(said[:9]), ()) if len(said) > 8 else ():
                    if " ".join(said) in ours[name]:
                        found.append(f"{name}: {section.text[start:end]}")
    assert seen > 100_000
    assert not found


CREDITS = {
    "openFDA": "starter",
    "DailyMed": "starter",
    "LabeledIn": "models",
    "ROAM": "models",
    "TAC 2017": "models",
    "Disease Ontology": "names of conditions",
    "MeSH": "names of conditions",
    "Mondo": "names of conditions",
    "ICD-10-CM": "names of conditions",
    "DrugBank": "names of medicines",
    "RxNorm": "names of medicines",
    "Drugs@FDA": "names of medicines",
}


@pytest.mark.parametrize("source", CREDITS)
def test_the_notice_names_every_source(source: str) -> None:
    assert source in (ROOT / "NOTICE").read_text("utf-8")
