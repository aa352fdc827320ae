"""The commands as people and scripts meet them: what is printed where, and the exit code."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import usedfor
from usedfor.commands.common import repeated

EXIT_BAD, EXIT_UNKNOWN = 2, 3


@pytest.fixture(scope="module")
def home(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of the handwritten labels."""
    out = tmp_path_factory.mktemp("home") / "snapshot"
    usedfor.build([inputs / "docs", inputs / "sources" / "zelvorin.json"], out, workers=1)
    return out


def run(*args: str | Path, home: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **more}
    environment.pop("USEDFOR_HOME", None)
    if home:
        environment["USEDFOR_HOME"] = str(home)
    return subprocess.run(
        [sys.executable, "-m", "usedfor", *map(str, args)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )


def test_a_name_alone_is_the_brief(home: Path) -> None:
    short, long = run("zelvorin", home=home), run("brief", "zelvorin", home=home)
    assert (short.returncode, short.stderr) == (0, "")
    assert short.stdout == long.stdout
    assert "What is velorafen used for?" in short.stdout
    assert "\x1b" not in short.stdout


@pytest.mark.parametrize("name", ["ZELVORIN", "velorafen hydrochloride", "Velorafen 20 mg tablets"])
def test_case_salt_and_strength_do_not_count(name: str, home: Path) -> None:
    assert run(*name.split(), home=home).stdout.splitlines()[2] == "What is velorafen used for?"


def test_the_file_s_ending_chooses_the_form(home: Path, tmp_path: Path) -> None:
    for ending, start in (
        (".html", "<!DOCTYPE html>"),
        (".md", "*Used For"),
        (".json", "{"),
        (".txt", "Used For"),
    ):
        out = tmp_path / f"brief{ending}"
        done = run("zelvorin", "-o", out, home=home)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert out.read_text("utf-8").casefold().startswith(start.casefold())


def test_json_is_what_the_interfaces_promise(home: Path) -> None:
    found = json.loads(run("zelvorin", "--format", "json", home=home).stdout)
    assert found["schema"] == "usedfor.brief/1"
    assert [s["id"] for s in found["sections"]] == [
        "what-is",
        "approved-uses",
        "off-label-uses",
        "emerging-uses",
        "not-for",
        "how-given",
        "onset",
        "side-effects",
        "precautions",
        "legal-status",
        "faq",
        "references",
    ]


def test_a_misspelt_name_is_offered_and_never_answered(home: Path) -> None:
    done = run("zelvorine", home=home)
    assert (done.returncode, done.stdout) == (EXIT_UNKNOWN, "")
    assert done.stderr.startswith("usedfor: no medicine here is called 'zelvorine'. Near names: zelvorin")
    assert done.stderr.count("\n") == 1


def test_a_name_known_elsewhere_is_said_to_have_no_document_here(home: Path) -> None:
    done = run("Glucophage", home=home)
    assert done.returncode == EXIT_UNKNOWN
    assert "(metformin) is known by name, but no document about it is here" in done.stderr


def on_a_terminal(command: list[str], typed: str, home: Path) -> tuple[int, str]:
    """Run a command on a terminal of its own, type, and read what it shows."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ["USEDFOR_HOME"] = str(home)
        os.execv(sys.executable, [sys.executable, "-m", "usedfor", *command])
    os.write(terminal, typed.encode())
    shown = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_on_a_terminal_near_names_are_asked(home: Path) -> None:
    code, shown = on_a_terminal(["zelvorine"], "1\n", home)
    assert "Did you mean" in shown
    assert code == 0
    assert "What is velorafen used for?" in shown
    code, shown = on_a_terminal(["zelvorine"], "0\n", home)
    assert code == EXIT_UNKNOWN
    assert "What is velorafen used for?" not in shown


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["brief"], "Missing argument"),
        (["brief", "x", "--format", "pdf"], "is not one of"),
        (
            ["extract"],
            "give files, --passages FILE, --trials PATH..., --papers PATH... or --comparisons FILE",
        ),
        (["extract", "no-such-file.json"], "does not exist"),
        (["build"], "Missing option '--labels'"),
        (["verify", "--home", "nowhere"], "is no snapshot"),
        (["status", "--home", "nowhere"], "is no snapshot"),
    ],
)
def test_bad_usage_is_one_clear_line_and_exit_code_2(args: list[str], words: str) -> None:
    done = run(*args)
    assert (done.returncode, done.stdout) == (EXIT_BAD, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_extract_prints_a_line_a_label_and_names_what_it_set_aside(inputs: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(b'{"results": [{"id": "x"')
    done = run("extract", inputs / "sources" / "zelvorin.json", bad)
    assert done.returncode == 0
    assert done.stderr.startswith("set aside: bad.json")
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert found["medicine"] == "velorafen"
    assert found["uses"]
    assert all(use["status"] in ("indicated", "not_indicated") for use in found["uses"])


def test_extract_of_nothing_readable_is_bad_input(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(b"\xff\xfe nothing")
    done = run("extract", bad)
    assert done.returncode == EXIT_BAD
    assert done.stderr.splitlines()[-1] == "usedfor: no label could be read"


def test_extract_passages_reads_lines(tmp_path: Path) -> None:
    text = "Zelvorin is indicated for the treatment of hypertension in adults."
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps({"id": "a", "kind": "indications_and_usage", "text": text}) + "\n\n")
    done = run("extract", "--passages", lines)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["id"] == "a"
    (use,) = found["uses"]
    assert (use["text"], text[use["start"] : use["end"]]) == ("hypertension", "hypertension")
    assert (use["status"], use["age"], use["relation"]) == ("indicated", "adult", "treat")


@pytest.mark.parametrize("line", ["{", "[1]", '{"id": "a"}', '{"text": "a"}'])
def test_a_bad_passage_is_named_by_its_line(line: str, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text(line)
    done = run("extract", "--passages", lines)
    assert done.returncode == EXIT_BAD
    assert "1:" in done.stderr
    assert "Traceback" not in done.stderr


def test_build_verify_status_export(inputs: Path, tmp_path: Path) -> None:
    labels = [inputs / "docs" / "label.json", inputs / "sources" / "zelvorin.json"]
    built = run("build", "--labels", *labels, "--out", tmp_path / "s", "--workers", "1")
    assert (built.returncode, built.stderr) == (0, "")
    assert "2 documents, 2 medicines" in built.stdout
    proved = run("verify", *labels, "--home", tmp_path / "s")
    assert proved.returncode == 0, proved.stderr
    assert "hold" in proved.stdout
    shown = json.loads(run("status", "--json", "--home", tmp_path / "s").stdout)
    assert (shown["chosen"], shown["counts"]["documents"], shown["quotes"]) == ("named", 2, True)
    assert "2 documents" in run("status", "--home", tmp_path / "s").stdout
    exported = run("export", tmp_path / "csv", "--format", "csv", "--home", tmp_path / "s")
    assert sorted(Path(p).name for p in exported.stdout.split()) == sorted(os.listdir(tmp_path / "csv"))
    changed = tmp_path / "changed.json"
    changed.write_text(labels[1].read_text("utf-8").replace("indicated", "indicatad", 1), "utf-8")
    failed = run("verify", changed, "--home", tmp_path / "s")
    assert failed.returncode == EXIT_BAD
    assert "Traceback" not in failed.stderr
    assert len(failed.stderr.splitlines()) >= 2


def test_since_and_prune(inputs: Path, tmp_path: Path) -> None:
    label = inputs / "docs" / "label.json"
    first = ["--labels", label, "--workers", "1"]
    assert run("build", *first, "--out", tmp_path / "s" / "one").returncode == 0
    again = run("build", *first, "--out", tmp_path / "s" / "two", "--since", tmp_path / "s" / "one")
    assert (again.returncode, again.stderr) == (0, "")
    one, two = (tmp_path / "s" / name / "manifest.json" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    would = run("prune", "--keep", "1", "--folder", tmp_path / "s", "--dry-run")
    assert would.stdout == f"would remove {tmp_path / 's' / 'one'}\n"
    assert one.is_file()
    assert run("prune", "--keep", "1", "--folder", tmp_path / "s").stdout == would.stdout.replace(
        "would remove", "removed"
    )
    assert [p.name for p in (tmp_path / "s").iterdir()] == ["two"]
    none = run("build", *first, "--out", tmp_path / "three", "--since", tmp_path)
    assert (none.returncode, none.stdout) == (EXIT_BAD, "")
    assert none.stderr.startswith("usedfor: no snapshot in ")
    assert not (tmp_path / "three").exists()


def test_a_closed_pipe_is_no_error(home: Path) -> None:
    command = f"{sys.executable} -m usedfor zelvorin --home {home} | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("Used For · Information Services\n", "")


def test_several_paths_after_one_option() -> None:
    args = ["--labels", "a", "b", "--out", "c", "--labels=d", "e"]
    assert list(repeated(args, {"--labels"})) == [
        "--labels", "a", "--labels", "b", "--out", "c", "--labels=d", "e",
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["brief", "extract", "build", "status", "verify", "export"])
def test_every_command_s_help_has_an_example(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Example: usedfor " in done.stdout
