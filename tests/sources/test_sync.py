"""Fetching from the official services, against a server of our own that behaves and misbehaves like them."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner
from official import Official, label, running, study

from usedfor import api
from usedfor.cli import cli
from usedfor.commands.sync import teller
from usedfor.errors import InputError, SourceError, UnknownMedicineError
from usedfor.sources.client import Client, Patience, _kept_safe
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


def test_a_key_is_in_no_error_and_in_no_file(
    official: Official, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENFDA_API_KEY", "SECRET1")
    monkeypatch.setenv("NCBI_API_KEY", "SECRET2")
    for path, faults in (("/esearch.fcgi", ["500"] * 9), ("/drug/event.json", ["truncated"] * 9)):
        official.fail(path, *faults)
    with Client(tmp_path / "replies", patience=QUICK) as client:
        _, failed = fetch(client, EXAMPLOL, ["openfda", "events", "pubmed"], tmp_path / "m", silent)
    assert len(failed) == 2
    assert any("api_key=SECRET1" in path for path in official.asked)
    assert not [e for e in failed if "SECRET" in repr(e.message)]
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"SECRET" not in path.read_bytes(), path


def test_a_contact_is_told_to_the_services(
    official: Official, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USEDFOR_CONTACT", "anna@mail.example")
    with Client(patience=QUICK) as client:
        client.json("clinicaltrials", "version")
    (agent,) = official.agents
    assert agent.startswith("usedfor/")
    assert agent.endswith("; anna@mail.example)")
    monkeypatch.setenv("USEDFOR_CONTACT", "a\nb")
    with pytest.raises(InputError):
        Client()


@pytest.mark.parametrize("form", ["number", "date"])
def test_a_service_that_says_how_long_is_waited_for(form: str, client: Client, official: Official) -> None:
    official.fail("/version", f"wait-{form}-1")
    begun = time.monotonic()
    client.json("clinicaltrials", "version")
    assert time.monotonic() - begun > 0.95  # though this client's own longest wait is a twentieth of it


def test_a_service_that_asks_for_too_long_is_told_at_once(client: Client, official: Official) -> None:
    official.fail("/version", "wait-number-86400")
    with pytest.raises(SourceError, match="answered 429"):
        client.json("clinicaltrials", "version")
    assert official.each["/version"] == 1


def test_a_body_that_drips_is_given_up(client: Client, official: Official) -> None:
    official.fail("/version", *["dripping"] * 4)
    with pytest.raises(SourceError, match="too slowly"):
        client.json("clinicaltrials", "version")


def test_a_file_that_drips_goes_on_where_it_stopped(
    client: Client, official: Official, tmp_path: Path
) -> None:
    path = "/bulk/drug-label-0001-of-0002.json.zip"
    official.fail(path, "dripping")
    bring(client, "openfda", tmp_path, silent)
    assert (tmp_path / path.rpartition("/")[2]).read_bytes() == official.files[path]


def test_a_redirect_is_followed_but_not_in_a_ring(client: Client, official: Official) -> None:
    official.fail("/version", f"to {official.url}/version")
    assert client.json("clinicaltrials", "version")["apiVersion"] == "2.0.5"
    official.fail("/download.json", *[f"to {official.url}/download.json"] * 99)
    with pytest.raises(SourceError, match="redirects"):
        client.json("openfda", "download.json")


def test_no_service_sends_its_callers_away_from_https() -> None:
    request = httpx2.Request("GET", "https://api.example/x")
    for to, bad in (("http://api.example/x", True), ("/y", False), ("https://b.example", False)):
        reply = httpx2.Response(302, headers={"Location": to}, request=request)
        if bad:
            with pytest.raises(httpx2.UnsupportedProtocol):
                _kept_safe(reply)
        else:
            _kept_safe(reply)


def test_a_damaged_cache_is_done_without(official: Official, tmp_path: Path) -> None:
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies/replies.sqlite").write_bytes(b"no database" * 999)
    with Client(tmp_path / "replies", patience=QUICK) as client:
        assert client.json("clinicaltrials", "version")["apiVersion"] == "2.0.5"


def test_openfdas_next_page_is_where_its_link_says(
    client: Client, official: Official, tmp_path: Path
) -> None:
    fetch(client, EXAMPLOL, ["openfda"], tmp_path, silent)
    assert not [path for path in official.asked if "skip=" in path]
    assert [p.partition("search_after=")[2] for p in official.asked] == ["", "0%3D100", "0%3D200"]


def test_openfda_that_ends_before_its_end(client: Client, official: Official, tmp_path: Path) -> None:
    official._drug_label_json = (
        lambda query: official._json(  # type: ignore[method-assign]
            {"meta": {"results": {"total": 9}}, "results": official.labels[:3]}
        )
    )
    _, failed = fetch(client, EXAMPLOL, ["openfda"], tmp_path, silent)
    assert "does not say where its next page is" in failed[0].message


def test_a_medicine_without_papers(client: Client, official: Official, tmp_path: Path) -> None:
    official.papers = []
    done, failed = fetch(client, EXAMPLOL, ["pubmed"], tmp_path, silent)
    assert failed == []
    assert (done[0].records, done[0].files) == (0, ())
    assert official.each["/efetch.fcgi"] == 0


def test_a_combination_is_asked_for_by_all_its_ingredients() -> None:
    wish = Wish(id="x", name='carbidopa / "entacapone" / levodopa')
    assert wish.every('a:"{}"') == 'a:"carbidopa" AND a:"entacapone" AND a:"levodopa"'
    assert wish.words == "carbidopa and entacapone and levodopa"


def test_a_switch_that_was_broken_off_is_mended(client: Client, official: Official, tmp_path: Path) -> None:
    fetch(client, EXAMPLOL, ["openfda"], tmp_path, silent)
    os.replace(tmp_path / "openfda/examplol", tmp_path / "openfda/.examplol.old")
    official.fail("/drug/label.json", *["500"] * 9)
    _, failed = fetch(client, EXAMPLOL, ["openfda"], tmp_path, silent)
    assert len(failed) == 1
    assert len(list((tmp_path / "openfda/examplol").iterdir())) == 3


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


def test_a_page_that_the_registry_keeps_no_more(client: Client, official: Official, tmp_path: Path) -> None:
    official.fail("/studies", "", *["500"] * 4)
    with pytest.raises(SourceError):
        bring_studies(client, tmp_path, silent)
    official.fail("/studies", "400")
    bring_studies(client, tmp_path, silent)
    assert nct(tmp_path) == [f"NCT{n:08}" for n in range(7)]
    official.studies_date = "2026-07-05T09:00:00"
    official.fail("/studies", "400")
    with pytest.raises(SourceError, match="answered 400"):
        bring_studies(client, tmp_path, silent)


# --- no room ---


def test_a_disk_that_is_full(client: Client, official: Official, tmp_path: Path) -> None:
    bring(client, "openfda", tmp_path, silent)
    before = {p.name: p.read_bytes() for p in tmp_path.glob("*.zip")}
    official.bulk(2, "2026-08-01")
    (tmp_path / ".drug-label-0001-of-0002.json.zip.part").symlink_to("/dev/full")
    with pytest.raises(InputError, match="No space left"):
        bring(client, "openfda", tmp_path, silent)
    assert {p.name: p.read_bytes() for p in tmp_path.glob("*.zip")} == before
    (tmp_path / ".drug-label-0001-of-0002.json.zip.part").unlink()
    assert len(bring(client, "openfda", tmp_path, silent)) == 2


def test_a_medicine_for_which_there_is_no_room(
    client: Client, official: Official, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(client, EXAMPLOL, ["openfda"], tmp_path, silent)
    before = sorted(p.name for p in (tmp_path / "openfda/examplol").iterdir())
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name == "labels-0002.json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match="No space left"):
        fetch(client, EXAMPLOL, ["openfda"], tmp_path, silent)
    assert sorted(p.name for p in (tmp_path / "openfda/examplol").iterdir()) == before
    assert [p.name for p in (tmp_path / "openfda").iterdir()] == ["examplol"]


# --- the verb -----------------------------------------------------------------------------------------------


def test_reports_are_shown_as_what_they_are(official: Official, tmp_path: Path) -> None:
    place = tmp_path / "d"
    with pytest.raises(InputError, match="no reports on ketamine were fetched: usedfor sync ketamine"):
        api.reports("ketamine", folder=place)
    meta = {"last_updated": "2026-07-20"}
    counts = [{"term": "NAUSEA", "count": 7}, {"term": "DEATH", "count": 9}, {"term": "VOMITING", "count": 7}]
    official._drug_event_json = (
        lambda query: official._json({"meta": meta, "results": counts})  # type: ignore[method-assign]
    )
    assert not [
        r for r in api.sync(["ketamine"], sources=["events"], folder=place, patience=QUICK) if r.error
    ]
    found = api.reports("Ketalar", folder=place, limit=2)
    assert found["reactions"] == [{"term": "death", "reports": 9}, {"term": "nausea", "reports": 7}]
    assert (found["medicine"], found["as_of"], found["reactions_in_all"]) == ("ketamine", "2026-07-20", 3)
    assert "does not show that the medicine was the cause" in found["caution"]
    search = "search=patient.drug.openfda.generic_name%3A%22ketamine%22"
    assert found["url"].startswith(f"https://api.fda.gov/drug/event.json?{search}&count=patient.reaction.")
    said = CliRunner().invoke(cli, ["reports", "ketamine", "--downloads", str(place), "--limit", "1"])
    assert said.output.splitlines()[0] == "Reports to the FDA that name ketamine, as of 2026-07-20"
    assert " ".join(said.output.split()).count(found["caution"]) == 1
    assert "        9  death\n... and 2 other reactions; --limit shows them" in said.output
    as_json = CliRunner().invoke(cli, ["reports", "ketamine", "--downloads", str(place), "--json"])
    assert json.loads(as_json.output)["reactions"][1]["reports"] == 7
    (place / "medicines" / "events" / "ketamine" / "counts.json").write_text("{")
    with pytest.raises(InputError, match="fetch them again"):
        api.reports("ketamine", folder=place)
    with pytest.raises(InputError, match="at least 1"):
        api.reports("ketamine", folder=place, limit=0)
    with pytest.raises(UnknownMedicineError):
        api.reports("nothing of the kind", folder=place)


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


def test_a_plan_for_a_medicine_says_how_much(official: Official, tmp_path: Path) -> None:
    official._drug_label_json = (
        lambda query: official._json(  # type: ignore[method-assign]
            {"meta": {"results": {"total": 61}}, "results": official.labels[:1]}
        )
    )
    rows = api.sync_plan(["ketamine"], folder=tmp_path / "d", patience=QUICK)
    assert [(r.source, r.records) for r in rows] == [
        ("openfda", 61), ("dailymed", 6), ("clinicaltrials", 7), ("pubmed", 450), ("events", None),
    ]  # fmt: skip
    assert not (tmp_path / "d").exists()


def test_two_runs_at_once(official: Official, tmp_path: Path) -> None:
    from usedfor.knowledge.lock import held

    with held(tmp_path / ".lock", "it"), pytest.raises(InputError):
        api.sync(["ketamine"], folder=tmp_path, patience=QUICK)
    assert official.asked == []


def test_each_run_adds_and_can_be_compared(
    official: Official, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("USEDFOR_HOME", raising=False)
    name = "KETAMINE"

    def labels(query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        n = 1 if name == "KETAMINE" else 2
        return official._json({"meta": {"results": {"total": 1}}, "results": [label(n, name)]})

    official._drug_label_json = labels  # type: ignore[method-assign]
    api.sync(["ketamine"], sources=["openfda", "clinicaltrials", "pubmed"], patience=QUICK)
    first, made = api.build_downloads(workers=1)
    assert (first.name, made.counts["medicines"]) == ("sync-0001", 1)
    assert api.build_downloads(workers=1)[0] == first  # nothing changed
    assert [p.name for p in first.parent.glob("sync-*")] == ["sync-0001"]
    name = "METFORMIN"
    api.sync(["metformin"], sources=["openfda"], patience=QUICK)
    second, made = api.build_downloads(workers=1)
    assert (second.name, made.counts["medicines"]) == ("sync-0002", 2)
    assert {c.medicine for c in api.changes().changes} == {"metformin"}
    # what was not fetched is still known, from the facts that ship
    assert api.unfetched("ketamine", "amlodipine") == ("amlodipine",)
    assert api.brief("amlodipine").medicine.id == "amlodipine"
    said = CliRunner().invoke(cli, ["brief", "amlodipine"])
    assert "amlodipine was not fetched: this is from the facts that ship with the program" in said.stderr
    assert "ship with the program" not in CliRunner().invoke(cli, ["brief", "ketamine"]).stderr
    with pytest.raises(UnknownMedicineError):
        api.brief("amlodipine", home=second)


class Bars:
    """Rich's bars on no terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self.bars = Progress(console=Console(file=io.StringIO()), auto_refresh=False)


def test_progress_has_an_amount_and_whole_files_go() -> None:
    bars = Bars().bars
    tell = teller(bars)
    tell("openfda, files", 0, 2)
    tell("a.zip", 500_000, 2_000_000)
    assert [t.fields["said"].partition(",")[0] for t in bars.tasks] == ["0 of 2 files", "0.5 of 2.0 MB"]
    tell("a.zip", 2_000_000, 2_000_000)
    tell("openfda, files", 1, 2)
    assert [(t.description, t.completed, t.total) for t in bars.tasks] == [("openfda, files", 1, 2)]
    tell("pubmed, ketamine", 3_000_000, 0)
    tell("pubmed, ketamine", 1_000_000, 0)
    assert bars.tasks[-1].fields["said"].startswith("4.0 MB")


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


MOMENTS = int(os.environ.get("USEDFOR_MOMENTS", "3"))
CHANCE = random.Random(20260701)


@pytest.mark.parametrize("moment", [round(CHANCE.uniform(0.2, 1.6), 3) for _ in range(MOMENTS)])
def test_a_medicines_run_that_is_killed_costs_nothing(
    moment: float, official: Official, tmp_path: Path
) -> None:
    official._drug_label_json = (
        lambda query: official._json(  # type: ignore[method-assign]
            {"meta": {"results": {"total": 3}}, "results": official.labels[:3]}
        )
    )
    place, everything = tmp_path / "d", ("openfda", "dailymed", "clinicaltrials", "pubmed", "events")
    api.sync(["ketamine"], folder=place, patience=QUICK)

    def kept() -> dict[str, bytes]:
        folders = [place / "medicines" / source / "ketamine" for source in everything]
        return {str(p): p.read_bytes() for folder in folders for p in sorted(folder.iterdir())}

    before = kept()
    official.before = lambda path: time.sleep(0.03)
    killed = run(tmp_path, "ketamine", "--no-build")
    time.sleep(moment)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    official.before = lambda path: None
    assert not [row for row in api.sync(["ketamine"], folder=place, patience=QUICK) if row.error]
    assert kept() == before
    assert not list((place / "medicines").rglob(".*"))


@pytest.mark.parametrize("moment", [round(CHANCE.uniform(0.2, 1.6), 3) for _ in range(MOMENTS)])
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
