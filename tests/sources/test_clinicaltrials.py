"""Studies from each kind of file: the same fields, what is missing said, and bad input set aside."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studies import STUDY, study

from usedfor.errors import DocumentError, InputError
from usedfor.sources import Raw, SetAside
from usedfor.sources.clinicaltrials import current, merge, newer, parse_trial, raw_trials
from usedfor.studies import Arm, Group, Intervention, Trial


def parsed(record: Any) -> Trial:
    return parse_trial(Raw("clinicaltrials", "x", json.dumps(record).encode()))


def trials(*paths: Path) -> list[Trial]:
    found = list(raw_trials(paths))
    assert not [item for item in found if isinstance(item, SetAside)]
    return [parse_trial(item) for item in found if isinstance(item, Raw)]


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_every_field_of_a_study() -> None:
    data = json.dumps(STUDY).encode()
    trial = parse_trial(Raw("clinicaltrials", "x", data))
    assert (trial.nct, trial.title) == ("NCT00000001", "Velorafen for Hiccups")
    assert trial.summary == "The aim is to see if velorafen stops hiccups > 2 days."
    assert (trial.status, trial.why_stopped) == ("TERMINATED", "Slow recruitment")
    assert (trial.phases, trial.enrolment) == (("PHASE2", "PHASE3"), 40)
    assert (trial.allocation, trial.masking, trial.purpose) == ("RANDOMIZED", "DOUBLE", "TREATMENT")
    assert (trial.start, trial.primary_completion, trial.completion) == (
        "2019-03",
        "2020-11-30",
        "2021-01-15",
    )
    assert (trial.results_posted, trial.has_results, trial.last_update) == ("2022-02-02", True, "2022-03-04")
    assert trial.arms == (
        Arm(label="Drug", type="EXPERIMENTAL", interventions=("Velorafen",)),
        Arm(label="None", type="PLACEBO_COMPARATOR", interventions=("Placebo",)),
    )
    assert trial.interventions[0] == Intervention(
        name="Velorafen", type="DRUG", description="5 mg", other_names=("VLR-1",), arms=("Drug",)
    )
    [outcome] = trial.results
    assert outcome.groups == (
        Group(id="OG000", title="Velorafen", n=21, values=(2.5,)),
        Group(id="OG001", title="Placebo", n=19, values=(8.0,)),
    )
    [analysis] = outcome.analyses
    assert analysis.p_value is not None
    assert (analysis.p_value.text, analysis.p_value.significant) == ("<0.001", True)
    assert trial.missing == ("description",)
    assert trial.sha256 == hashlib.sha256(data).hexdigest()
    assert trial.url == "https://clinicaltrials.gov/study/NCT00000001"


def test_what_is_missing_is_named() -> None:
    trial = parsed({"protocolSection": {"identificationModule": {"nctId": "NCT00000009"}}})
    assert trial.phases == ()
    assert trial.enrolment is None
    assert {"phases", "enrolment", "interventions", "conditions", "status"} <= set(trial.missing)
    assert "why_stopped" not in trial.missing  # it was not stopped, as far as is known
    assert "why_stopped" in parsed(study(statusModule={"whyStopped": None})).missing


def test_a_withdrawn_study_has_nobody() -> None:
    trial = parsed(
        study(statusModule={"overallStatus": "WITHDRAWN"}, designModule={"enrollmentInfo": {"count": 0}})
    )
    assert (trial.status, trial.enrolment) == ("WITHDRAWN", 0)
    assert "enrolment" not in trial.missing


def test_interventions_of_one_name_are_one() -> None:
    twice = [
        {"type": "DRUG", "name": "Velorafen", "description": "5 mg", "armGroupLabels": ["Low"]},
        {"type": "DRUG", "name": "velorafen", "description": "9 mg", "armGroupLabels": ["High", "Low"]},
    ]
    trial = parsed(study(armsInterventionsModule={"interventions": twice}))
    assert trial.interventions == (
        Intervention(name="Velorafen", type="DRUG", description="5 mg; 9 mg", arms=("Low", "High")),
    )


REPLIES = {
    "one": lambda one, two: one,
    "list": lambda one, two: f"[{one}, {two}]",
    "reply": lambda one, two: f'{{"totalCount": 2, "studies": [{one},\n {two}], "nextPageToken": "a]}}"}}',
    "lines": lambda one, two: f"{one}\n{two}\n",
    "pages": lambda one, two: f'{{"studies": [{one}]}}\n{{"studies": [{two}]}}',
    "other key first": lambda one, two: f'{{"studies": [{{"hasResults": true, {one[1:]}, {two}]}}',
}


@pytest.mark.parametrize("kind", REPLIES)
def test_replies_of_each_form(kind: str, tmp_path: Path) -> None:
    one = json.dumps({"protocolSection": STUDY["protocolSection"]})
    two = json.dumps(study(identificationModule={"nctId": "NCT00000002"}))
    found = trials(written(tmp_path, "a.json", REPLIES[kind](one, two)))
    assert [t.nct for t in found] == ["NCT00000001", "NCT00000002"][: 1 if kind == "one" else 2]
    assert found[0].sha256 == hashlib.sha256(one.encode()).hexdigest() or kind == "other key first"


def test_a_reply_without_studies_is_no_fault(tmp_path: Path) -> None:
    assert list(raw_trials([written(tmp_path, "a.json", '{"studies": []}')])) == []
    assert list(raw_trials([written(tmp_path, "b.json", "[]")])) == []


def test_a_broken_study_is_set_aside_and_the_others_are_read(tmp_path: Path) -> None:
    good = json.dumps(STUDY)
    path = written(tmp_path, "a.json", f'{{"studies": [{good}, {good[:200]}, {good}]}}')
    first, broken, last = raw_trials([path])
    assert isinstance(broken, SetAside)
    assert (broken.origin, broken.reason) == ("a.json#2", "a study that breaks off or is not JSON")
    assert [item.origin for item in (first, last)] == ["a.json#1", "a.json#3"]
    cut = written(tmp_path, "b.json", f'{{"studies": [{good}, {good[:200]}')
    first, broken = raw_trials([cut])
    assert isinstance(first, Raw)
    assert broken == SetAside("b.json", "breaks off in the middle (truncated?)")


@settings(deadline=None)
@given(st.integers(1, 6), st.integers(1, 3000))
def test_chunk_borders_do_not_matter(count: int, size: int) -> None:
    from usedfor.sources.trials_split import cut

    data = json.dumps(
        {"studies": [study(identificationModule={"nctId": f"NCT{n:08}"}) for n in range(count)]}
    )
    raw = data.encode()
    whole = list(cut([raw]))
    assert [r.number for r in whole] == list(range(1, count + 1))
    assert list(cut(raw[at : at + size] for at in range(0, len(raw), size))) == whole


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"protocolSection": {}}, "no NCT number"),
        ({"protocolSection": {"identificationModule": {"nctId": "NCT1"}}}, "no NCT number"),
        ({"error": "x"}, "no study: neither a protocol section nor a column of NCT numbers"),
        ([], "a record that is not an object"),
    ],
)
def test_what_is_no_study(record: Any, reason: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parsed(record)
    assert caught.value.reason == reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
def test_a_part_of_the_wrong_kind_is_missing_and_never_fatal(data: st.DataObject) -> None:
    made = study()
    protocol = made["protocolSection"]
    for module in data.draw(st.sets(st.sampled_from(sorted(protocol)), max_size=3)):
        wrong = data.draw(JSON)
        if module != "identificationModule":
            protocol[module] = wrong
    field = data.draw(st.sampled_from(["groups", "classes", "analyses", "denoms", "title"]))
    made["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"][0][field] = data.draw(JSON)
    assert parsed(made).nct == "NCT00000001"


CSV = (
    "NCT Number,Study Title,Study URL,Study Status,Brief Summary,Study Results,Conditions,Interventions,"
    "Phases,Enrollment,Study Type,Study Design,Start Date,Primary Completion Date,Completion Date,"
    "Results First Posted,Last Update Posted,,\n"
    'NCT00000001,Velorafen for Hiccups,https://example.org,TERMINATED,"The aim, is\nthis",YES,Hiccups,'
    "DRUG: Velorafen|DRUG: Placebo,PHASE2|PHASE3,40,INTERVENTIONAL,"
    '"Allocation: RANDOMIZED|Intervention Model: PARALLEL|Masking: DOUBLE (PARTICIPANT, INVESTIGATOR)|'
    'Primary Purpose: TREATMENT",2019-03,2020-11-30,2021-01-15,2022-02-02,2022-03-04,,\n'
)
SAME = (
    "nct", "title", "status", "phases", "enrolment", "allocation", "masking", "purpose", "start",
    "primary_completion", "completion", "conditions", "results_posted", "has_results",
    "last_update", "study_type",
)  # fmt: skip


def test_the_csv_gives_the_same_as_the_record(tmp_path: Path) -> None:
    [row] = trials(written(tmp_path, "ctg-studies.csv", CSV))
    record = parsed(STUDY)
    assert [getattr(row, name) for name in SAME] == [getattr(record, name) for name in SAME]
    assert [(i.type, i.name) for i in row.interventions] == [("DRUG", "Velorafen"), ("DRUG", "Placebo")]
    assert row.summary == "The aim, is this"
    assert {"arms", "official_title", "results", "why_stopped"} <= set(row.missing)


def test_columns_are_found_by_name_whatever_is_there(tmp_path: Path) -> None:
    few = written(
        tmp_path, "few.csv", "\ufeffNCT_Number;Phases;Interventions\nnct00000003;Phase 2/Phase 3;a|b\n"
    )
    [trial] = trials(few)
    assert (trial.nct, trial.phases) == ("NCT00000003", ("PHASE2", "PHASE3"))
    assert [i.name for i in trial.interventions] == ["a", "b"]
    assert {"status", "enrolment", "conditions"} <= set(trial.missing)


EXTRACT = (
    "NCT Number,Study Status,Phases,Conditions,Interventions,Why Stopped,Outcome Label,brief_title,condition,"
    "intervention/intervention_name,intervention/intervention_type,phase,study_design_info/masking,enrollment\n"
    'NCT00000004,"active, not recruiting",phase 2/phase 3,hiccups|belching,velorafen|placebo,'
    '"\n slow accrual\n",1,,,,,,,\n'
    'NCT00000005,,,,,,0,A Title,"[\'Hiccups\', \'Belching, Acute\']","[\'Velorafen\', ""Driver\'s Tea""]",'
    "\"['Drug', 'Dietary Supplement']\",Phase 4,\"Double (Participant, Investigator)\",12.0\n"
)


def test_both_styles_of_the_extract(tmp_path: Path) -> None:
    first, second = trials(written(tmp_path, "registry.csv", EXTRACT))
    assert (first.status, first.phases) == ("ACTIVE_NOT_RECRUITING", ("PHASE2", "PHASE3"))
    assert (first.conditions, first.why_stopped) == (("hiccups", "belching"), "slow accrual")
    assert second.conditions == ("Hiccups", "Belching, Acute")
    assert [(i.type, i.name) for i in second.interventions] == [
        ("DRUG", "Velorafen"),
        ("DIETARY_SUPPLEMENT", "Driver's Tea"),
    ]
    assert (second.phases, second.masking, second.enrolment) == (("PHASE4",), "DOUBLE", 12)
    assert "outcome" not in json.dumps([t.missing for t in (first, second)]).replace("outcomes", "")


def test_titles_and_summaries(tmp_path: Path) -> None:
    text = 'nct_id\ttitle_or_summary\tother\nNCT00000006\tIt "helps. || Velorafen vs. tea. Hiccups are\t\n'
    [trial] = trials(written(tmp_path, "titles.tsv", text))
    assert (trial.summary, trial.title) == ('It "helps.', "Velorafen vs. tea")
    assert trial.interventions == ()


def test_bad_rows_are_set_aside(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a.csv", b"NCT Number,Phases\nNCT00000001,1,2\nNCT00000002,\xff\nNCT00000003,\n,1\n"
    )
    more, bytes_, good, none = raw_trials([path])
    assert more == SetAside("a.csv#1", "a row with more cells than the table has columns")
    assert bytes_ == SetAside("a.csv#2", "text that is not UTF-8")
    assert isinstance(good, Raw)
    assert isinstance(none, Raw)
    with pytest.raises(DocumentError, match=r"a\.csv#4: no study"):
        parse_trial(none)
    other = written(tmp_path, "b.csv", "a,b\n1,2\n")
    assert list(raw_trials([other])) == [
        SetAside("b.csv", "neither JSON nor a table with a column of NCT numbers")
    ]


def test_archives_of_each_kind(tmp_path: Path) -> None:
    record = json.dumps({"studies": [STUDY]}).encode()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("s.json", record)
    with tarfile.open(tmp_path / "b.tar.xz", "w:xz") as archive:
        for name, data in (("s.csv", CSV.encode()), ("../up.csv", b"x"), ("read.me", b"x")):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    (tmp_path / "c.csv.xz").write_bytes(lzma.compress(CSV.encode()))
    (tmp_path / "d.csv.xz").write_bytes(lzma.compress(CSV.encode())[:-20])
    (tmp_path / "e.txt").write_text("x")
    found = [(i.origin, isinstance(i, Raw) or i.reason) for i in raw_trials([tmp_path])]
    assert found == [
        ("a.zip!s.json#1", True),
        ("b.tar!s.csv#1", True),
        ("b.tar!../up.csv", "a path that leaves the archive's folder"),
        ("c.csv#1", True),
        ("d.csv.xz", found[4][1]),
        ("e.txt", "not a study's file (.json, .csv, .tsv, .zip, .xz, .tar)"),
    ]
    assert "cut short" in str(found[4][1])


def test_a_tar_that_grows_too_much_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from usedfor.sources import archives

    monkeypatch.setattr(archives, "FREE", 100_000)
    monkeypatch.setattr(archives, "MAX_RATIO", 1)
    data = b"NCT Number\n" + b"NCT00000001\n" * 100_000
    with tarfile.open(tmp_path / "a.tar.xz", "w:xz") as archive:
        member = tarfile.TarInfo("s.csv")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    *_, last = raw_trials([tmp_path / "a.tar.xz"])
    assert isinstance(last, SetAside)
    assert "zip bomb" in last.reason


def test_a_path_that_is_not_there() -> None:
    with pytest.raises(InputError):
        raw_trials([Path("nowhere.json")])


def version(day: str | None, **more: Any) -> Trial:
    return Trial(nct="NCT00000001", last_update=day, **more)


def test_of_two_versions_the_newer() -> None:
    old, new = version("2020-01-01", title="Old"), version("2021-01-01")
    assert newer(old, new) is new
    assert newer(new, old) is new
    assert newer(version(None), version(None, title="More")).title == "More"
    assert merge(new, old) == version("2021-01-01", title="Old")
    with pytest.raises(ValueError, match="two studies"):
        merge(new, Trial(nct="NCT00000002"))


def test_repeats_are_left_out_and_newer_ones_given_again() -> None:
    aside: list[DocumentError] = []
    old, new = version("2020-01-01"), version("2021-01-01")
    assert list(current([old, old, new, old], aside)) == [old, new]
    assert [error.origin for error in aside] == ["NCT00000001", "NCT00000001"]


@pytest.mark.data
def test_the_real_files_are_read(shared_data: Path) -> None:
    folder = shared_data / "trials"
    for name, least in (("ctgov-studies-v2.json.zip", 2_401), ("ctgov-csv-downloads.tar.xz", 12_500)):
        found = trials(folder / name)
        assert len(found) >= least
        assert all(trial.title for trial in found)
