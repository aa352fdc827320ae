"""What changed between two small snapshots, each made from labels written for the tests."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from usedfor import api
from usedfor.briefs.changes import _stamp
from usedfor.cli import cli
from usedfor.errors import InputError, UnknownMedicineError
from usedfor.knowledge.diff import Change, Difference

IDS = {"ketamine": 1, "metformin": 2, "warfarin": 3, "aspirin": 4}


def label(name: str, version: int, **sections: str) -> dict[str, Any]:
    texts = {field: [text] for field, text in sections.items()}
    n = IDS[name]
    return {
        "id": f"{version}0000000-0000-0000-0000-{n:012}", "set_id": f"a0000000-0000-0000-0000-{n:012}",
        "version": str(version), "effective_time": f"202{version}0601",
        "openfda": {"generic_name": [name.upper()], "brand_name": [name.title()]}, **texts,
    }  # fmt: skip


OLD = [
    label(
        "ketamine", 1,
        indications_and_usage="Ketamine is indicated for the treatment of hypertension and for gout.",
        contraindications="Contraindicated in patients with heart failure.",
    ),
    label(
        "metformin", 1,
        indications_and_usage="Metformin is indicated for the treatment of type 2 diabetes mellitus in "
        "adults and pediatric patients 10 years of age and older.",
    ),
    label("warfarin", 1, indications_and_usage="Warfarin is indicated for the treatment of asthma."),
]  # fmt: skip
NEW = [
    label(
        "ketamine", 2,
        boxed_warning="WARNING: LIVER INJURY Severe liver injury can occur.",
        indications_and_usage="Ketamine is indicated for the treatment of hypertension and psoriasis. "
        "Limitations of Use: Ketamine is not indicated for migraine.",
        contraindications="Contraindicated in patients with heart failure or anuria.",
    ),
    label(
        "metformin", 2,
        indications_and_usage="Metformin is indicated for the treatment of type 2 diabetes mellitus "
        "in adults.",
    ),
    label("aspirin", 2, indications_and_usage="Aspirin is indicated for the treatment of fever."),
]  # fmt: skip


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("two")
    for name, labels in (("old", OLD), ("new", NEW)):
        (folder / f"{name}.json").write_text(json.dumps({"results": labels}))
        api.build([folder / f"{name}.json"], folder / name, workers=1)
    return folder / "old", folder / "new"


@pytest.fixture(scope="module")
def found(two: tuple[Path, Path]) -> Difference:
    return api.diff(*two)


def of(found: Difference, rule: str) -> list[Change]:
    return [c for c in found.changes if c.rule == f"change.{rule}"]


@pytest.mark.parametrize(
    ("rule", "medicine", "text"),
    [
        ("indication_added", "ketamine", "psoriasis"),
        ("indication_withdrawn", "ketamine", "gout"),
        ("limitation_added", "ketamine", "migraine"),
        ("contraindication_added", "ketamine", "anuria"),
        ("indication_narrowed", "metformin", "type 2 diabetes mellitus"),
        ("medicine_added", "aspirin", "aspirin"),
        ("medicine_removed", "warfarin", "warfarin"),
    ],
)
def test_each_change_is_found_once(rule: str, medicine: str, text: str, found: Difference) -> None:
    assert [(c.medicine, c.text.casefold()) for c in of(found, rule)] == [(medicine, text)]


def test_a_new_boxed_warning_is_found(found: Difference) -> None:
    assert {c.medicine for c in of(found, "boxed_added")} == {"ketamine"}


def test_nothing_else_changed(found: Difference) -> None:
    assert found.compared == 2
    assert {c.rule.partition(".")[2] for c in found.changes} == {
        "indication_added", "indication_withdrawn", "limitation_added", "contraindication_added",
        "indication_narrowed", "medicine_added", "medicine_removed", "boxed_added",
    }  # fmt: skip


LINES = "Ketamine is indicated for {0} asthma. Ketamine is indicated for gout."
KNOWN = [
    ("the treatment of adults with", "the first-line treatment of adults with",
     ["line_added: first-line treatment"]),
    ("the adjuvant treatment of", "the treatment of", ["line_removed: adjuvant treatment"]),
    ("the treatment of", "the neoadjuvant treatment of", ["line_added: treatment before surgery"]),
    ("use, in combination with steroids, in the treatment of", "use as monotherapy in the treatment of",
     ["line_added: use alone", "line_removed: use with another medicine"]),
    ("the treatment of people with severe", "the treatment of people with moderate to severe",
     ["people_added: moderate to severe disease"]),
    ("the treatment of patients 12 years of age and older with", "patients 6 years and older with",
     ["people_added: people of 6 years and over", "people_removed: people of 12 years and over"]),
    ("the treatment of metastatic", "the therapy of metastatic", []),
]  # fmt: skip


@pytest.mark.parametrize(("was", "now", "expected"), KNOWN, ids=[str(n) for n in range(len(KNOWN))])
def test_lines_of_treatment_and_people_of_a_known_use(
    was: str, now: str, expected: list[str], tmp_path: Path
) -> None:
    texts = {"old": LINES.format(was), "new": LINES.format(now)}
    for version, (name, text) in enumerate(texts.items(), 1):
        made = label("ketamine", version, indications_and_usage=text)
        (tmp_path / f"{name}.json").write_text(json.dumps({"results": [made]}))
        api.build([tmp_path / f"{name}.json"], tmp_path / name, workers=1)
    found = [c for c in api.diff(tmp_path / "old", tmp_path / "new").changes if ": " in c.text]
    assert sorted(f"{c.rule.partition('.')[2]}: {c.text.partition(': ')[2]}" for c in found) == expected
    for change in found:
        assert change.text.startswith("asthma: ")
        for side, name in ((change.before, "old"), (change.after, "new")):
            assert side is not None
            assert side.quote in texts[name]
            assert "asthma" in str(side.quote)


def test_a_change_cites_both_sides(found: Difference) -> None:
    (gone,) = of(found, "indication_withdrawn")
    assert gone.before is not None
    assert gone.before.quote == "gout"
    assert (gone.before.date, gone.before.version) == ("2021-06-01", "1")
    assert gone.after is not None
    assert gone.after.date == "2022-06-01"


def test_grave_changes_come_first_within_a_medicine(found: Difference) -> None:
    graves = [c.grave for c in found.changes if c.medicine == "ketamine"]
    assert graves == sorted(graves, reverse=True)
    assert len(set(graves)) == 2


def test_there_and_back(two: tuple[Path, Path]) -> None:
    back = api.diff(two[1], two[0])
    assert [c.text for c in of(back, "indication_added")] == ["gout"]
    assert [c.text for c in of(back, "limitation_removed")] == ["migraine"]
    assert [c.medicine for c in of(back, "indication_widened")] == ["metformin"]
    assert of(back, "boxed_removed")


def test_a_snapshot_does_not_differ_from_itself(two: tuple[Path, Path]) -> None:
    same = api.diff(two[0], two[0])
    assert same.changes == ()
    assert "Nothing that is followed here changed." in api.render_changes(same)


def test_one_medicine(two: tuple[Path, Path]) -> None:
    assert {c.medicine for c in api.diff(*two, "Metformin").changes} == {"metformin"}
    assert [c.rule for c in api.diff(*two, "warfarin").changes] == ["change.medicine_removed"]
    with pytest.raises(UnknownMedicineError):
        api.diff(*two, "metfromin")


def test_text_names_each_change_with_its_dates(two: tuple[Path, Path]) -> None:
    said = CliRunner().invoke(cli, ["diff", *map(str, two)]).output
    assert "! No longer on the label as a use: gout. [change.indication_withdrawn]" in said
    assert "before: label of 1 June 2021" in said
    assert "after: label of 1 June 2022" in said
    assert "1 medicines are new here: aspirin." in said


def test_json_holds_every_change(two: tuple[Path, Path], found: Difference) -> None:
    rows = json.loads(CliRunner().invoke(cli, ["diff", *map(str, two), "--json"]).output)
    assert len(rows["changes"]) == len(found.changes)


def test_the_feed_is_whole_and_says_the_same_twice(two: tuple[Path, Path], found: Difference) -> None:
    feed = api.render_changes(found, "atom")
    assert feed == api.render_changes(api.diff(*two), "atom")
    root = ET.fromstring(feed)
    atom = "{http://www.w3.org/2005/Atom}"
    ids = [entry.findtext(f"{atom}id") for entry in root.iter(f"{atom}entry")]
    assert len(ids) == len(set(ids)) == len(found.changes) - 2
    assert root.findtext(f"{atom}updated") == "2022-06-01T00:00:00Z"


ATOM = "{http://www.w3.org/2005/Atom}"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}T00:00:00Z")


@pytest.mark.parametrize("name", [None, "ketamine", "Metformin"])
def test_a_feed_is_valid(name: str | None, two: tuple[Path, Path]) -> None:
    """RFC 4287, 4.1.1 and 4.1.2: what a feed and an entry must have, once each."""
    root = ET.fromstring(api.render_changes(api.diff(*two, name), "atom", name))
    assert root.tag == f"{ATOM}feed"
    for element, must in ((root, ("id", "title", "updated", "author")),):
        assert [len(element.findall(ATOM + tag)) for tag in must] == [1] * len(must)
    entries = root.findall(f"{ATOM}entry")
    assert entries
    for entry in entries:
        assert [len(entry.findall(ATOM + tag)) for tag in ("id", "title", "updated", "content")] == [1] * 4
        assert DAY.fullmatch(entry.findtext(f"{ATOM}updated") or "")
        assert (entry.findtext(f"{ATOM}id") or "").startswith("tag:usedfor.example,")


def test_a_feed_has_one_id_in_every_snapshot(two: tuple[Path, Path]) -> None:
    def ids(*pair: Path, name: str | None = None) -> tuple[str, set[str | None]]:
        root = ET.fromstring(api.render_changes(api.diff(*pair, name), "atom", name))
        return root.findtext(f"{ATOM}id") or "", {e.findtext(f"{ATOM}id") for e in root.iter(f"{ATOM}entry")}

    there, back = ids(*two), ids(two[1], two[0])
    assert there[0] == back[0] == "tag:usedfor.example,2026:changes"
    one, entries = ids(*two, name="Ketamine")
    assert one == "tag:usedfor.example,2026:changes/ketamine"
    assert entries < there[1]  # a change is one entry, whichever feed it stands in


@pytest.mark.parametrize(
    ("date", "stamp"),
    [("2020", "2020-01-01"), ("2020-05", "2020-05-01"), ("2020-05-07", "2020-05-07"), ("", "1970-01-01")],
)
def test_dates_of_all_lengths(date: str, stamp: str) -> None:
    assert _stamp(date) == f"{stamp}T00:00:00Z"


def test_what_xml_cannot_hold_is_left_out(found: Difference) -> None:
    odd = msgspec.structs.replace(of(found, "indication_added")[0], text="a\x0b\x00\ufffe<&b")
    whole = msgspec.structs.replace(found, changes=(odd, msgspec.structs.replace(odd, was="other")))
    root = ET.fromstring(api.render_changes(whole, "atom"))
    entries = root.findall(f"{ATOM}entry")
    assert "<&" in (entries[0].findtext(f"{ATOM}content") or "")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2


def test_changes_of_what_ships_need_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("USEDFOR_HOME", raising=False)
    with pytest.raises(InputError, match="usedfor sync"):
        api.changes("ketamine")


def test_changes_need_something_to_compare_with(
    two: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(InputError, match="--since"):
        api.changes(home=two[1])
    done = CliRunner().invoke(cli, ["changes", "ketamine", "--home", str(two[1]), "--since", str(two[0])])
    assert "New use on the label: psoriasis." in done.output
    assert "Metformin" not in done.output
