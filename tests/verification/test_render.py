from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from usedfor.api import check, check_pages, render_check
from usedfor.errors import InputError
from usedfor.verification.render.shape import Places
from usedfor.verification.results import Report

PAGE = "# Velmora\n\nIt treats hypertension in adults. It is safe for people with asthma.\n\n- <b>It</b> helps with lupus.\n"  # noqa: E501


@pytest.fixture(scope="module")
def report(home: Path) -> Report:
    return check(PAGE, home=home, name="pages/a.md", suggest=True)


def test_places_are_lines_and_columns() -> None:
    places = Places("ab\ncd\r\n\nx")
    assert [places.at(n) for n in (0, 2, 3, 7, 8)] == [(1, 1), (1, 3), (2, 1), (3, 1), (4, 1)]


def test_text_gives_each_finding_a_line_a_reason_and_its_quote(report: Report) -> None:
    text = render_check([report])
    assert "pages/a.md:3:35: CONTRADICTED: It is safe for people with asthma." in text
    assert "The label forbids it, or tells to avoid it. [caution, stance.allowed_forbidden]" in text
    assert '> "4 CONTRAINDICATIONS VELMORA is contraindicated in patients with asthma."' in text
    assert text.endswith(
        "pages/a.md (velmorine): 1 contradicted, 1 not found, 1 supported. Held against labels of 2026-03-02.\n"  # noqa: E501
    )


def test_a_terminal_gets_both_sides_by_side(report: Report) -> None:
    text = render_check([report], width=100, color=True)
    assert "The page says" in text
    assert "The documents say" in text
    assert max(len(line) for line in text.splitlines()) < 200


def test_json_is_what_interfaces_promises(report: Report) -> None:
    found = json.loads(render_check([report], "json"))
    assert found["counts"]["contradicted"] == 1
    (wrong,) = [s for s in found["sentences"] if s["verdict"] == "contradicted"]
    assert PAGE[wrong["start"] : wrong["end"]] == wrong["text"]
    assert wrong["evidence"][0]["section"] == "contraindications"
    assert wrong["evidence"][0]["quote"].endswith("contraindicated in patients with asthma.")


def test_sarif_points_to_the_characters(report: Report) -> None:
    log = json.loads(render_check([report], "sarif"))
    run = log["runs"][0]
    assert log["version"] == "2.1.0"
    assert [(r["ruleId"], r["level"]) for r in run["results"]] == [
        ("stance.allowed_forbidden", "error"),
        ("thing.unknown", "note"),
    ]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        where = result["locations"][0]["physicalLocation"]
        assert where["artifactLocation"]["uri"] == "pages/a.md"
        region = where["region"]
        line = PAGE.splitlines()[region["startLine"] - 1]
        start = region["charOffset"]
        assert line[region["startColumn"] - 1 :].startswith(PAGE[start : start + 5])


def test_html_escapes_what_a_page_says(home: Path) -> None:
    page = check("Velmora <script>alert(1)</script> & <img src=x> treats hypertension.", home=home)
    html = render_check([page], "html")
    assert "<img src=x>" not in html
    assert "alert(1)" not in html.replace("&lt;script&gt;alert(1)", "")


def test_a_folder_is_read_in_order_by_many_workers(home: Path, tmp_path: Path) -> None:
    for n in range(14):
        (tmp_path / f"{n:02}.md").write_text("Velmora treats hypertension in adults.", "utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    reports = list(check_pages([tmp_path], home=home, workers=2))
    assert [Path(r.name).name for r in reports] == [f"{n:02}.md" for n in range(14)]
    assert {s.verdict for r in reports for s in r.sentences} == {"supported"}


def test_a_folder_without_pages_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no page"):
        list(check_pages([tmp_path]))


def run(*args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "usedfor", *args], input=stdin, capture_output=True, text=True, check=False
    )


def test_the_command_fails_on_what_it_is_told_to(home: Path, tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text(PAGE, "utf-8")
    assert run("check", str(page), "--home", str(home)).returncode == 0
    failed = run("check", str(page), "--home", str(home), "--fail-on", "contradicted,overstated")
    assert (failed.returncode, failed.stderr) == (1, "")
    assert run("check", str(page), "--home", str(home), "--fail-on", "overstated").returncode == 0


def test_the_command_reads_lines_and_answers_each(home: Path) -> None:
    line = json.dumps({"id": "q", "text": "Velmora is safe for people with asthma.", "medicine": "velmorine"})
    found = run("check", "--jsonl", "-", "--home", str(home), stdin=line + "\n")
    row = json.loads(found.stdout)
    assert (row["id"], row["verdict"], row["start"], row["end"]) == ("q", "contradicted", 0, 39)


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("check",), 2, "give FILE"),
        (("check", "absent.md"), 2, "absent.md does not exist"),
        (("check", "x.pdf"), 2, "x.pdf is a PDF"),
        (("check", "-", "--medicine", "velmorin"), 3, "velmorine"),
        (("check", "-", "--fail-on", "wrong"), 2, "'wrong' is none of"),
    ],
)
def test_bad_use_is_one_clear_line(
    args: tuple[str, ...], code: int, says: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    monkeypatch.chdir(tmp_path)
    found = run(*args, "--home", str(home), stdin="It treats gout.")
    assert found.returncode == code
    assert says in found.stderr
    assert "Traceback" not in found.stderr
