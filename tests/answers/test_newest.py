"""An answer looks at a medicine's newest labels; what only an older one says is not lost."""

from __future__ import annotations

import json
import zipfile

import pytest
from tests.answers.conftest import label

from usedfor.answers import answer
from usedfor.answers.newest import LABELS, Newest
from usedfor.briefs.gather import gather
from usedfor.knowledge import Knowledge
from usedfor.knowledge.build import build


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """One medicine with more labels than an answer looks at; the oldest alone lists a use."""
    folder = tmp_path_factory.mktemp("many")
    made = []
    for n in range(LABELS + 4):
        uses = "Zorvaxin tablets are indicated for the treatment of hypertension in adults."
        if n == 0:
            uses += " Zorvaxin tablets are also indicated for the treatment of migraine."
        one = label(100 + n, "zorvaxin", "Zorvaxin", "Beta Blocker", indications_and_usage=uses)
        one["effective_time"] = f"2025{1 + n // 28:02d}{1 + n % 28:02d}"
        made.append(one)
    with zipfile.ZipFile(folder / "labels.json.zip", "w") as archive:
        archive.writestr("labels.json", json.dumps({"results": made}))
    build(labels=[folder / "labels.json.zip"], out=folder / "snapshot")
    return Knowledge.open(folder / "snapshot")


def test_the_newest_come_first(many: Knowledge) -> None:
    newest = many.newest("zorvaxin", 3)
    dates = [many.documents(newest)[id].effective for id in newest]
    assert dates == sorted(dates, reverse=True)
    assert many.newest("nothing", 3) == ()


def test_statements_of_some_documents_alone(many: Knowledge) -> None:
    newest = many.newest("zorvaxin", 2)
    found = many.statements("zorvaxin", ("indication",), newest)
    assert {s.span.document for s in found} == set(newest)


def test_a_use_of_an_older_label_alone_is_said_and_cited(many: Knowledge) -> None:
    medicine = many.medicine("zorvaxin")
    assert medicine
    dossier = gather(Newest(many), medicine)
    assert len({s.span.document for s in dossier.facts.statements("zorvaxin", ("class",))}) <= LABELS
    oldest = many.newest("zorvaxin", 99)[-1]
    found = answer(many, "is zorvaxin approved for migraine?")
    assert found.answered
    assert found.answer[0].text.startswith("Yes")
    assert oldest in {r.document for r in found.references}
