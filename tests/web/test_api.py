"""The JSON API: its promises, its errors, and that no request that fits its description breaks it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from starlette.testclient import TestClient

from usedfor.web.api import operations
from usedfor.web.site import Site

PROBLEM = "application/problem+json"


def test_a_brief_is_the_brief(client: TestClient, site: Site) -> None:
    import msgspec

    import usedfor
    from usedfor.briefs.render.json import to_dict

    found = client.get("/api/v1/briefs/ketamine")
    assert found.headers["content-type"] == "application/json"
    assert found.headers["access-control-allow-origin"] == "*"
    own = to_dict(usedfor.brief("ketamine", home=str(site.settings.home)))
    assert found.json() == msgspec.json.decode(msgspec.json.encode(own))
    assert client.get("/api/v1/briefs/Spravato").json()["medicine"]["id"] == "esketamine"


def test_uses_are_filtered_and_paged(client: TestClient) -> None:
    found = client.get("/api/v1/uses?condition=hypertension&status=approved&per_page=5").json()
    assert len(found["items"]) == 5 < found["total"]
    assert {(u["status"], u["condition"]["name"]) for u in found["items"]} == {("approved", "hypertension")}
    second = client.get(found["next"]).json()
    assert second["page"] == 2
    assert not {u["id"] for u in second["items"]} & {u["id"] for u in found["items"]}
    last = client.get("/api/v1/uses?page=100000").json()
    assert (last["items"], last["next"]) == ([], None)


def test_evidence_has_the_place_of_every_passage(client: TestClient, site: Site) -> None:
    use = client.get("/api/v1/uses?medicine=ketamine&status=approved").json()["items"][0]
    found = client.get(use["evidence"]).json()
    assert found["use"]["id"] == use["id"]
    for row in found["items"]:
        assert row["section"] == "indications_and_usage"
        assert row["end"] > row["start"] >= 0
        assert len(row["sha256"]) == 64
        assert row["url"].startswith("https://")


def test_search_tells_exact_from_near(client: TestClient) -> None:
    exact = client.get("/api/v1/search?q=ketamine").json()
    assert exact["exact"][0]["page"] == "/medicines/ketamine"
    near = client.get("/api/v1/search?q=ketamene").json()
    assert near["exact"] == []
    assert near["hits"][0] == {
        "name": "ketamine", "kind": "medicine", "page": "/medicines/ketamine", "of": "ketamine", "near": True,
    }  # fmt: skip


def test_a_condition_by_id_and_by_address(client: TestClient) -> None:
    by_address = client.get("/api/v1/conditions/hypertension").json()
    assert client.get(f"/api/v1/conditions/{by_address['id']}").json() == by_address
    assert len(by_address["uses"]) > 10


def test_questions_and_texts(client: TestClient) -> None:
    answer = client.get("/api/v1/ask", params={"question": "What is ketamine used for?"})
    assert answer.headers["cache-control"] == "no-store"
    assert (answer.json()["medicine"], answer.json()["intent"], answer.json()["answered"]) == (
        "ketamine", "use", True,
    )  # fmt: skip
    report = client.post("/api/v1/check", json={"text": "Ketamine is a controlled substance."}).json()
    assert [s["verdict"] for s in report["sentences"]] == ["supported"]
    unknown = client.post("/api/v1/check", json={"text": "It helps.", "medicine": "zzqq"})
    assert (unknown.status_code, unknown.headers["content-type"]) == (400, PROBLEM)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/briefs/ketamin", 404),
        ("/api/v1/uses?status=good", 422),
        ("/api/v1/uses?per_page=1000", 422),
        ("/api/v1/uses?page=0", 422),
        ("/api/v1/search", 422),
        ("/api/v1/nothing", 404),
        ("/api/v1/evidence/a/b/c", 404),
        ("/api/v1/conditions/zzqq", 404),
    ],
)
def test_errors_are_problem_documents(client: TestClient, path: str, status: int) -> None:
    found = client.get(path)
    assert (found.status_code, found.headers["content-type"]) == (status, PROBLEM)
    body = found.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]


def test_near_names_stand_in_the_problem(client: TestClient) -> None:
    assert {"name": "ketamine", "path": "/medicines/ketamine"} in client.get("/api/v1/briefs/ketamin").json()[
        "near"
    ]


def test_writing_is_not_allowed_where_there_is_nothing_to_write(client: TestClient) -> None:
    found = client.post("/api/v1/briefs/ketamine")
    assert (found.status_code, found.headers["content-type"]) == (405, PROBLEM)


def test_the_page_for_machines_lists_every_operation(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()["paths"]
    page = client.get("/api").text
    assert len(described) == len(operations()) >= 11
    for path in described:
        assert path in page


def test_no_request_that_fits_the_description_breaks_it(app: Any) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def attempt(case: Any) -> None:
            nonlocal tried
            answer = case.call()
            assert answer.status_code < 500
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == [PROBLEM]
            tried += 1

        attempt()
    assert tried > 100
