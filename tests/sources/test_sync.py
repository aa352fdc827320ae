"""Fetching from the official services, against a server of our own that behaves and misbehaves like them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from official import Official, running, study

from usedfor import api
from usedfor.errors import InputError, SourceError, UnknownMedicineError
from usedfor.sources.client import Client, Patience
from usedfor.sources.downloads import bring, load_state, plan
from usedfor.sources.fetching import Wish, fetch
from usedfor.sources.registry_bulk import bring_studies, plan_studies
from usedfor.sources.services import services

QUICK = Patience(attempts=4, first_wait=0.01, longest_wait=0.05, connect=2, read=0.5)
EXAMPLOL = Wish(id="examplol", name="examplol")


@pytest.fixture
def official(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Official]:
    for name in ("OPENFDA_API_KEY", "NCBI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with running() as found:
        monkeypatch.setenv("USEDFOR_SERVICES", str(found.services(tmp_path)))
        yield found


@pytest.fixture
def client(official: Official, tmp_path: Path) -> Iterator[Client]:
    with Client(tmp_path / "replies", patience=QUICK) as found:
        yield found


def silent(*_: object) -> None:
    pass


# --- one medicine -------------------------------------------------------------------------------------------


def test_all_pages_of_every_service_are_fetched(client: Client, official: Official, tmp_path: Path) -> None:
    sources = ["openfda", "events", "dailymed", "clinicaltrials", "pubmed"]
    done, failed = fetch(client, EXAMPLOL, sources, tmp_path / "m", silent)
    assert failed == []
    assert {d.source: d.records for d in done} == {
        "openfda": 250, "events": 1, "dailymed": 6, "clinicaltrials": 7, "pubmed": 450,
    }  # fmt: skip
    pages = sorted((tmp_path / "m/openfda/examplol").iterdir())
    assert [len(json.loads(p.read_bytes())["results"]) for p in pages] == [100, 100, 50]
    assert [p.name for p in sorted((tmp_path / "m/pubmed/examplol").iterdir())] == [
        "papers-0001.xml", "papers-0002.xml", "papers-0003.xml",
    ]  # fmt: skip
    assert all(agent.startswith("usedfor/") for agent in official.agents)


def test_nothing_found_is_no_fault(client: Client, tmp_path: Path) -> None:
    done, failed = fetch(client, Wish(id="x", name="nothing"), ["openfda"], tmp_path, silent)
    assert failed == []
    assert [(d.records, d.files) for d in done] == [(0, ())]


@pytest.mark.parametrize("fault", ["429", "429-date", "500", "502", "503", "truncated", "slow"])
def test_what_passes_is_tried_again(fault: str, client: Client, official: Official) -> None:
    official.fail("/version", fault, fault)
    assert client.json("clinicaltrials", "version")["apiVersion"] == "2.0.5"
    assert official.each["/version"] == 3


@pytest.mark.parametrize(("fault", "times"), [("500", 4), ("400", 1), ("403", 1)])
def test_what_does_not_pass_is_an_error_of_the_source(
    fault: str, times: int, client: Client, official: Official
) -> None:
    official.fail("/version", *[fault] * 9)
    with pytest.raises(SourceError, match=f"clinicaltrials answered {fault}"):
        client.json("clinicaltrials", "version")
    assert official.each["/version"] == times


def test_a_service_that_is_not_there(tmp_path: Path, official: Official) -> None:
    nowhere = services()
    gone = type(nowhere["openfda"])(name="openfda", url="http://127.0.0.1:9", limit="9/second")
    with Client(known={**nowhere, "openfda": gone}, patience=QUICK) as client:
        done, failed = fetch(client, EXAMPLOL, ["openfda", "clinicaltrials"], tmp_path, silent)
    assert [d.source for d in done] == ["clinicaltrials"]
    assert len(failed) == 1
    assert "openfda could not be reached" in failed[0].message


def test_what_was_there_stays_when_a_later_page_fails(
    client: Client, official: Official, tmp_path: Path
) -> None:
    fetch(client, EXAMPLOL, ["pubmed"], tmp_path, silent)
    before = {p.name: p.read_bytes() for p in (tmp_path / "pubmed/examplol").iterdir()}
    official.fail("/efetch.fcgi", "", *["500"] * 9)
    _, failed = fetch(client, EXAMPLOL, ["pubmed"], tmp_path, silent)
    assert len(failed) == 1
    assert {p.name: p.read_bytes() for p in (tmp_path / "pubmed/examplol").iterdir()} == before
    assert [p.name for p in (tmp_path / "pubmed").iterdir()] == ["examplol"]


def test_the_limits_of_a_service_are_kept(official: Official, tmp_path: Path) -> None:
    slow = {n: type(s)(name=n, url=s.url, limit="2/second") for n, s in services().items()}
    with Client(known=slow, patience=QUICK) as client:
        begun = time.monotonic()
        for _ in range(5):
            client.json("clinicaltrials", "version")
        assert time.monotonic() - begun > 1.5


def test_a_key_is_sent_where_it_goes_and_raises_the_limit(
    official: Official, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NCBI_API_KEY", "k1")
    known = services()
    assert (known["eutils"].allowed, known["openfda"].allowed) == ("10/second", "10000/second")
    with Client(known=known, patience=QUICK) as client:
        client.json("eutils", "esearch.fcgi", {"retmax": 1})
    assert official.asked == ["/esearch.fcgi?retmax=1&api_key=k1"]


def test_a_reply_that_is_no_json(client: Client, official: Official) -> None:
    official.files["/odd"] = b"<html>maintenance</html>"
    with pytest.raises(SourceError, match="no JSON"):
        client.json("openfda", "odd")


# --- bulk files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "count"), [("openfda", 2), ("dailymed", 2), ("pubmed", 3)])
def test_bulk_files_come_whole_and_once(
    source: str, count: int, client: Client, official: Official, tmp_path: Path
) -> None:
    names = bring(client, source, tmp_path, silent)
    assert len(names) == count
    for name in names:
        (sent,) = [data for path, data in official.files.items() if path.endswith(f"/{name}")]
        assert (tmp_path / name).read_bytes() == sent
    asked = len(official.asked)
    assert bring(client, source, tmp_path, silent) == []
    assert not [path for path in official.asked[asked:] if path.endswith((".zip", ".gz"))]


def test_only_what_changed_is_fetched(client: Client, official: Official, tmp_path: Path) -> None:
    bring(client, "dailymed", tmp_path, silent)
    official.files["/bulk/dm_spl_release_human_rx_part2.zip"] = (
        official.files["/bulk/dm_spl_release_human_rx_part1.zip"] + b""
    )
    old = (tmp_path / "dm_spl_release_human_rx_part2.zip").read_bytes()
    assert bring(client, "dailymed", tmp_path, silent) == []  # the same bytes again
    official.files["/bulk/dm_spl_release_human_rx_part2.zip"] = official.files[
        "/bulk/drug-label-0001-of-0002.json.zip"
    ]
    assert bring(client, "dailymed", tmp_path, silent) == ["dm_spl_release_human_rx_part2.zip"]
    assert (tmp_path / "dm_spl_release_human_rx_part2.zip").read_bytes() != old


def test_a_file_that_the_index_names_no_more_goes(client: Client, official: Official, tmp_path: Path) -> None:
    bring(client, "openfda", tmp_path, silent)
    for path in [p for p in official.files if "drug-label" in p]:
        del official.files[path]
    official.bulk(3, "2026-08-01")
    assert plan(client, "openfda", tmp_path).gone == (
        "drug-label-0001-of-0002.json.zip", "drug-label-0002-of-0002.json.zip",
    )  # fmt: skip
    assert len(bring(client, "openfda", tmp_path, silent)) == 3
    assert sorted(p.name for p in tmp_path.glob("drug*")) == [
        f"drug-label-000{n}-of-0003.json.zip" for n in (1, 2, 3)
    ]


def test_a_broken_fetch_goes_on_where_it_stopped(client: Client, official: Official, tmp_path: Path) -> None:
    path = "/bulk/drug-label-0001-of-0002.json.zip"
    official.fail(path, "truncated")
    bring(client, "openfda", tmp_path, silent)
    half = len(official.files[path]) // 2
    assert official.ranges == [f"bytes={half}-"]
    assert (tmp_path / path.rpartition("/")[2]).read_bytes() == official.files[path]


def test_a_file_that_changes_while_it_is_fetched_begins_again(
    client: Client, official: Official, tmp_path: Path
) -> None:
    path = "/bulk/drug-label-0001-of-0002.json.zip"
    official.fail(path, "truncated")

    def change(asked: str) -> None:
        if asked == path and official.each[path] == 2:
            official.files[path] = official.files["/bulk/drug-label-0002-of-0002.json.zip"]

    official.before = change
    bring(client, "openfda", tmp_path, silent)
    assert (tmp_path / path.rpartition("/")[2]).read_bytes() == official.files[path]
    assert official.ranges == []


def test_a_corrupt_file_is_fetched_again_and_never_replaces_a_good_one(
    client: Client, official: Official, tmp_path: Path
) -> None:
    path = "/bulk/drug-label-0001-of-0002.json.zip"
    official.fail(path, "corrupt")
    bring(client, "openfda", tmp_path, silent)
    good = (tmp_path / path.rpartition("/")[2]).read_bytes()
    assert good == official.files[path]
    official.bulk(2, "2026-08-01")
    official.fail(path, *["corrupt"] * 9)
    with pytest.raises(SourceError, match="arrived broken"):
        bring(client, "openfda", tmp_path, silent)
    assert (tmp_path / path.rpartition("/")[2]).read_bytes() == good
    assert plan(client, "openfda", tmp_path).wanted[0][0].name == path.rpartition("/")[2]


def test_a_checksum_that_does_not_hold(client: Client, official: Official, tmp_path: Path) -> None:
    path = "/pubmed/baseline/pubmed26n0001.xml.gz"
    official.files[f"{path}.md5"] = b"MD5(x)= " + b"0" * 32
    reply = official.reply
    official.reply = lambda p, q: (200, {}, b"0" * 32) if p == f"{path}.md5" else reply(p, q)  # type: ignore[method-assign]
    with pytest.raises(SourceError, match="checksum"):
        bring(client, "pubmed", tmp_path, silent)
    assert not (tmp_path / "pubmed26n0001.xml.gz").exists()


def test_an_index_that_changes_meanwhile_is_read_again(
    client: Client, official: Official, tmp_path: Path
) -> None:
    def change(asked: str) -> None:
        if asked.endswith("0002-of-0002.json.zip") and official.date == "2026-07-01":
            official.bulk(2, "2026-07-08")

    official.before = change
    bring(client, "openfda", tmp_path, silent)
    for name in ("drug-label-0001-of-0002.json.zip", "drug-label-0002-of-0002.json.zip"):
        assert (tmp_path / name).read_bytes() == official.files[f"/bulk/{name}"]
    assert {held.version for held in load_state(tmp_path).values()} == {"2026-07-08"}


def test_an_index_that_never_holds_still(client: Client, official: Official, tmp_path: Path) -> None:
    dates = iter(range(1, 99))

    def change(asked: str) -> None:
        if asked == "/download.json":
            official.date = f"2026-09-{next(dates):02}"

    official.before = change
    with pytest.raises(SourceError, match="changed 3 times"):
        bring(client, "openfda", tmp_path, silent)


@pytest.mark.parametrize("name", ["%2e%2e", "", ".hidden.zip", "a%00b.zip"])
def test_a_name_that_leaves_its_folder(name: str, client: Client, official: Official, tmp_path: Path) -> None:
    official.files.clear()
    official.files[f"/bulk/drug-label-{name}"] = b"x"
    bad = f"{official.url}/{name}"
    official._download_json = lambda query: official._json(  # type: ignore[method-assign]
        {"results": {"drug": {"label": {"export_date": "1", "partitions": [{"file": bad}]}}}}
    )
    with pytest.raises(SourceError, match="cannot be fetched"):
        bring(client, "openfda", tmp_path, silent)


def test_a_damaged_memory_costs_only_a_new_fetch(client: Client, official: Official, tmp_path: Path) -> None:
    bring(client, "openfda", tmp_path, silent)
    (tmp_path / ".state.json").write_bytes(b"{half")
    assert len(bring(client, "openfda", tmp_path, silent)) == 2


def test_a_folder_that_cannot_be_written(client: Client, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        bring(client, "openfda", tmp_path / "file", silent)


# --- the registry -------------------------------------------------------------------------------------------


def nct(folder: Path) -> list[str]:
    found = [json.loads(p.read_bytes())["studies"] for p in sorted(folder.glob("studies-*.json"))]
    return [s["protocolSection"]["identificationModule"]["nctId"] for page in found for s in page]


def test_the_registry_comes_by_pages_then_only_what_was_updated(
    client: Client, official: Official, tmp_path: Path
) -> None:
    assert plan_studies(client, tmp_path)[0] == 7
    assert len(bring_studies(client, tmp_path, silent)) == 3
    assert nct(tmp_path) == [f"NCT{n:08}" for n in range(7)]
    assert plan_studies(client, tmp_path) == (0, 0)
    assert bring_studies(client, tmp_path, silent) == []
    official.studies_date = "2026-07-02T09:00:00"
    official.studies.append(study(7))
    assert bring_studies(client, tmp_path, silent) == ["studies-0002-00001.json"]
    assert "filter.advanced=AREA%5BLastUpdatePostDate%5DRANGE%5B2026-07-01%2CMAX%5D" in official.asked[-1]


def test_a_broken_run_of_the_registry_goes_on(client: Client, official: Official, tmp_path: Path) -> None:
    official.fail("/studies", "", *["500"] * 4)
    with pytest.raises(SourceError):
        bring_studies(client, tmp_path, silent)
    assert nct(tmp_path) == [f"NCT{n:08}" for n in range(3)]
    assert bring_studies(client, tmp_path, silent) == ["studies-0001-00002.json", "studies-0001-00003.json"]
    assert nct(tmp_path) == [f"NCT{n:08}" for n in range(7)]


# --- the verb -----------------------------------------------------------------------------------------------


def test_a_misspelt_name_is_not_asked_of_anyone(official: Official, tmp_path: Path) -> None:
    with pytest.raises(UnknownMedicineError) as caught:
        api.sync(["ketamin"], folder=tmp_path, patience=QUICK)
    assert "ketamine" in caught.value.near
    assert official.asked == []


def test_an_unknown_source(official: Official, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no source is called 'who'"):
        api.sync([], everything=True, sources=["who"], folder=tmp_path)


def test_one_source_that_fails_does_not_take_the_others_along(official: Official, tmp_path: Path) -> None:
    official.fail("/download.json", *["500"] * 9)
    rows = api.sync([], everything=True, folder=tmp_path, patience=QUICK)
    assert {r.source: r.error is None for r in rows} == {
        "openfda": False, "dailymed": True, "clinicaltrials": True, "pubmed": True,
    }  # fmt: skip


def test_no_source_at_all(official: Official, tmp_path: Path) -> None:
    official.fail("/download.json", *["500"] * 9)
    with pytest.raises(SourceError) as caught:
        api.sync([], everything=True, sources=["openfda"], folder=tmp_path, patience=QUICK)
    assert caught.value.exit_code == 4


def test_a_plan_fetches_nothing(official: Official, tmp_path: Path) -> None:
    rows = api.sync_plan([], everything=True, folder=tmp_path / "d", patience=QUICK)
    assert [(r.source, r.files, r.bytes) for r in rows] == [
        ("openfda", 2, 20_000), ("dailymed", 2, None), ("clinicaltrials", 1, 147_000), ("pubmed", 3, None),
    ]  # fmt: skip
    assert not [p for p in (tmp_path / "d").rglob("*") if p.is_file() and ".replies" not in p.parts]


def run(folder: Path, *args: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "usedfor", "sync", "--downloads", str(folder / "d"), *args]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_the_command_fetches_builds_and_answers(
    official: Official, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    official.labels = official.labels[:3]
    official._drug_label_json = lambda query: official._json(  # type: ignore[method-assign]
        {"meta": {"results": {"total": 3}}, "results": official.labels}
    )
    done = run(tmp_path, "ketamine", "--source", "openfda", "--out", str(tmp_path / "s"), "--workers", "1")
    out, err = done.communicate(timeout=120)
    assert done.returncode == 0, err
    assert "openfda         ketamine: 1 files, 3 records" in out
    assert "3 documents" in out
    assert api.status(tmp_path / "s").counts["documents"] == 3


@pytest.mark.parametrize("moment", [0.3, 0.6, 0.9])
def test_a_run_that_is_killed_costs_nothing(moment: float, official: Official, tmp_path: Path) -> None:
    official.before = lambda path: time.sleep(0.05)
    killed = run(tmp_path, "--all", "--no-build")
    time.sleep(moment)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    official.before = lambda path: None
    rows = api.sync([], everything=True, folder=tmp_path / "d", patience=QUICK)
    assert not [r for r in rows if r.error]
    for path, data in official.files.items():
        (found,) = (tmp_path / "d" / "all").rglob(path.rpartition("/")[2])
        assert found.read_bytes() == data
    assert sorted(set(nct(tmp_path / "d/all/clinicaltrials"))) == [f"NCT{n:08}" for n in range(7)]
