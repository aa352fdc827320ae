"""Comments: what a reader and a moderator do, on SQLite and on PostgreSQL; and what must never get in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres import Server, programs
from sqlalchemy import text
from starlette.testclient import TestClient

from usedfor.cli import cli
from usedfor.errors import InputError
from usedfor.web.app import create_app
from usedfor.web.comments import forms, guards
from usedfor.web.comments.database import Database, StoreAwayError
from usedfor.web.comments.guards import Throttle
from usedfor.web.comments.join import LOGINS, SENDING, Part, join
from usedfor.web.comments.keys import Keys
from usedfor.web.comments.moderation import COOKIE
from usedfor.web.comments.store import Draft
from usedfor.web.comments.tables import Ban, Comment, Moderator
from usedfor.web.comments.text import cleaned, html
from usedfor.web.settings import Settings

PASSWORD = "a long enough password"
EMAIL = "anna.example@mail.example"
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
PAGE = "/medicines/ketamine"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    place = programs()
    if place is None:
        pytest.skip("PostgreSQL's programs are not on this machine")
    server = Server(place)
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def either(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    url = request.getfixturevalue("postgres").url if request.param == "postgresql" else None
    made = site(tmp_path_factory.mktemp("site"), url)
    yield made
    part_of(made).database.close()


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    made = site(tmp_path_factory.mktemp("site"), None)
    yield made
    part_of(made).database.close()


@pytest.fixture
def app(either: FastAPI) -> FastAPI:
    return emptied(either)


@pytest.fixture
def light(sqlite: FastAPI) -> FastAPI:
    """On SQLite alone, for what does not depend on the database."""
    return emptied(sqlite)


def site(folder: Path, url: str | None) -> FastAPI:
    return create_app(
        Settings(url="http://testserver", database=url), extensions=[partial(join, place=folder)]
    )


HASHED: dict[str, str] = {}  # the moderator's password, hashed once


def emptied(app: FastAPI) -> FastAPI:
    part = part_of(app)
    part.quickest, part.sending, part.logins = 0.0, Throttle(*SENDING), Throttle(*LOGINS)
    with part.database.session() as session:
        for name in ("audit", "bans", "logins", "moderators", "comments"):
            session.execute(text(f"DELETE FROM {name}"))
        session.execute(text("UPDATE threads SET version = version + 1"))
        if HASHED:
            session.add(Moderator(name="mod", password=HASHED["mod"], created=NOON))
    if not HASHED:
        part.people.add("mod", PASSWORD, NOON)
        with part.database.session() as session:
            HASHED["mod"] = session.execute(text("SELECT password FROM moderators")).scalar_one()
    part.readers.refresh()
    return app


def part_of(app: FastAPI) -> Part:
    part: Part = app.state.comments
    return part


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


def write(client: TestClient, comment: str = "It helped me.", **more: str) -> Any:
    """Fill in the form under the page and check it; the preview."""
    token = field(client.get(PAGE).text, "token")
    sent = {"token": token, "name": "Anna", "email": EMAIL, "comment": comment, "website": "", "parent": ""}
    return client.post(f"{PAGE}/comments", data=sent | more)


def confirm(client: TestClient, preview: str, **more: str) -> Any:
    names = ("token", "name", "email", "comment", "parent", "website")
    sent = {name: field(preview, name) for name in names} | {"step": "send"} | more
    return client.post(f"{PAGE}/comments", data=sent, follow_redirects=False)


def leave(client: TestClient, comment: str = "It helped me.", **more: str) -> None:
    done = confirm(client, write(client, comment, **more).text)
    assert done.status_code == 303, done.text


def log_in(client: TestClient, password: str = PASSWORD, name: str = "mod") -> Any:
    token = field(client.get("/moderate/login").text, "token")
    sent = {"token": token, "name": name, "password": password}
    return client.post("/moderate/login", data=sent, follow_redirects=False)


def decide(client: TestClient, action: str, **more: str) -> Any:
    """Decide on the first comment that waits."""
    page = client.get("/moderate").text
    id_ = re.search(r'action="/moderate/([0-9a-f]{32})"', page)
    assert id_, page
    sent = {"csrf": field(page, "csrf"), "action": action, "seen": field(page, "seen")} | more
    return client.post(f"/moderate/{id_[1]}", data=sent, follow_redirects=False)


# --- the ways of readers and moderators ---------------------------------------------------------------------


def test_a_comment_is_shown_once_a_moderator_approves_it(app: FastAPI) -> None:
    reader, moderator = TestClient(app), TestClient(app)
    leave(reader, "It *soothed* me.")
    assert "soothed" not in reader.get(PAGE).text
    assert log_in(moderator).status_code == 303
    assert "<em>soothed</em>" in moderator.get("/moderate").text
    assert decide(moderator, "approved").status_code == 303
    page = reader.get(PAGE).text
    assert "It <em>soothed</em> me." in page
    assert "<strong>Anna</strong>" in page
    assert EMAIL not in page


@pytest.mark.parametrize("action", ["rejected", "spam", "ban"])
def test_what_is_not_approved_is_not_shown(action: str, app: FastAPI) -> None:
    reader, moderator = TestClient(app), TestClient(app)
    leave(reader, "Buy here.")
    log_in(moderator)
    assert decide(moderator, action, sure="yes").status_code == 303
    assert "Buy here" not in reader.get(PAGE).text
    assert "Buy here" not in moderator.get("/moderate").text


def test_an_approved_comment_can_be_taken_back(app: FastAPI) -> None:
    reader, moderator = TestClient(app), TestClient(app)
    leave(reader, "Shown for a while.")
    log_in(moderator)
    decide(moderator, "approved")
    assert "Shown for a while." in reader.get(PAGE).text
    shown = moderator.get("/moderate?state=approved").text
    id_ = re.search(r'action="/moderate/([0-9a-f]{32})"', shown)
    assert id_
    moderator.post(
        f"/moderate/{id_[1]}",
        data={"csrf": field(shown, "csrf"), "action": "rejected", "seen": field(shown, "seen")},
    )
    assert "Shown for a while." not in reader.get(PAGE).text


def test_personal_details_can_be_taken_out(app: FastAPI) -> None:
    reader, moderator = TestClient(app), TestClient(app)
    leave(reader, "I am Anna Example of 5 Example Street.")
    log_in(moderator)
    decide(moderator, "edit", name="Anna", comment="I took it too.")
    decide(moderator, "approved")
    page = reader.get(PAGE).text
    assert "I took it too." in page
    assert "A moderator took something out." in page
    with part_of(app).database.engine.connect() as connection:
        rows = [
            str(row)
            for name in ("comments", "audit")
            for row in connection.execute(text(f"SELECT * FROM {name}"))
        ]
    assert not [row for row in rows if "Example Street" in row]


def test_a_reply_goes_one_level_deep(app: FastAPI) -> None:
    reader, moderator = TestClient(app), TestClient(app)
    log_in(moderator)
    leave(reader, "The first.")
    decide(moderator, "approved")
    form = re.search(rf'href="({PAGE}/comments/([0-9a-f]{{32}})/reply)"', reader.get(PAGE).text)
    assert form
    page = reader.get(form[1]).text
    assert field(page, "parent") == form[2]
    leave(reader, "An answer.", parent=form[2])
    decide(moderator, "approved")
    seen = reader.get(PAGE).text
    assert seen.count("/reply") == 1
    assert re.search(r'<ol class="replies">.*An answer\.', seen, re.S)
    answer = re.search(r'id="comment-([0-9a-f]{32})"', seen.split('class="replies"')[1])
    assert answer
    leave(reader, "Deeper still.", parent=answer[1])
    assert part_of(app).comments.page("held", 1)[0][0].parent is None


def test_a_ban_holds_for_what_waits_and_what_comes(app: FastAPI) -> None:
    reader, moderator = TestClient(app), TestClient(app)
    leave(reader, "One.")
    leave(reader, "Two.")
    log_in(moderator)
    asked = decide(moderator, "ban")
    assert "Ban this writer?" in asked.text
    assert "becomes spam (2)" in asked.text
    assert "One." in asked.text
    assert part_of(app).comments.page("held", 1)[1] == 2  # nothing is done before the moderator is sure
    assert decide(moderator, "ban", sure="yes").status_code == 303
    leave(reader, "Three.")
    assert part_of(app).comments.page("held", 1) == ([], 0)
    assert part_of(app).comments.page("spam", 1)[1] == 3


def test_a_persons_data_can_be_had_and_deleted(app: FastAPI) -> None:
    reader, moderator = TestClient(app), TestClient(app)
    leave(reader, "Mine.")
    leave(reader, "Another's.", email="other@mail.example")
    log_in(moderator)
    page = moderator.get("/moderate/person").text
    sent = {"csrf": field(page, "csrf"), "email": f" {EMAIL.upper()} ", "action": "export"}
    had = moderator.post("/moderate/person", data=sent)
    assert [c["comment"] for c in had.json()["comments"]] == ["Mine."]
    assert EMAIL not in had.text
    asked = moderator.post("/moderate/person", data=sent | {"action": "forget"})
    assert "1 comment of theirs is deleted" in asked.text
    assert EMAIL not in asked.text.casefold()
    assert part_of(app).comments.page("held", 1)[1] == 2
    sure = {name: field(asked.text, name) for name in ("csrf", "who", "action")} | {"sure": "yes"}
    gone = moderator.post("/moderate/person", data=sure)
    assert "1 comment of this person was deleted." in gone.text
    again = moderator.post("/moderate/person", data=sent | {"action": "forget"})
    assert "There is no comment under this email." in again.text
    assert [c.body for c in part_of(app).comments.page("held", 1)[0]] == ["Another's."]
    trail = moderator.get("/moderate/audit").text
    assert "Deleted a person&#39;s data" in trail
    assert "Exported a person&#39;s data" in trail
    assert EMAIL not in trail


def test_what_is_deleted_leaves_no_ban_and_no_reply(app: FastAPI) -> None:
    comments = part_of(app).comments
    id_ = comments.add(draft(1), NOON)
    comments.decide(id_, "approved", "mod", NOON)
    comments.add(
        Draft(medicine="ketamine", name="o", body="r", person="o", caller="d", same="r", parent=id_), NOON
    )
    comments.ban(id_, "mod", NOON)
    assert comments.forget("p", "mod", NOON) == 1
    with part_of(app).database.engine.connect() as connection:
        for name in ("comments", "bans"):
            assert connection.execute(text(f"SELECT * FROM {name}")).all() == []


def test_what_was_taken_out_is_not_in_the_file(light: FastAPI) -> None:
    comments, secret = part_of(light).comments, "Example Street 5, long enough to be found"
    id_ = comments.add(
        Draft(medicine="ketamine", name="n", body=secret, person="p", caller="c", same="s"), NOON
    )
    comments.edit(id_, "n", "x", "s2", "mod", NOON)
    with part_of(light).database.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    place = Path(str(part_of(light).database.engine.url.database))
    assert b"Example Street" not in place.read_bytes()
    assert comments.get(id_).same == "s2"  # type: ignore[union-attr]


def test_network_addresses_are_forgotten_and_their_bans_with_them(app: FastAPI) -> None:
    comments = part_of(app).comments
    first = comments.add(draft(1), NOON)
    comments.ban(first, "mod", NOON)
    other = Draft(medicine="ketamine", name="n", body="b", person="q", caller="c", same="2")
    assert comments.get(comments.add(other, NOON + timedelta(days=29))).state == "spam"  # type: ignore[union-attr]
    later = NOON + timedelta(days=31)
    assert comments.get(comments.add(msgspec.structs.replace(other, same="3"), later)).state == "held"  # type: ignore[union-attr]
    assert comments.get(first).caller == ""  # type: ignore[union-attr]
    theirs = msgspec.structs.replace(other, same="4", person="p", caller="e")
    assert comments.get(comments.add(theirs, later)).state == "spam"  # type: ignore[union-attr]
    comments.ban(first, "mod", later)  # bans nobody for having no address
    fresh = msgspec.structs.replace(other, same="5", person="z", caller="f")
    assert comments.get(comments.add(fresh, later)).state == "held"  # type: ignore[union-attr]


def test_callers_of_one_network_are_one(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    assert keys.caller("2001:db8:1:2::3") == keys.caller("2001:db8:1:2:ffff::9")
    assert keys.caller("2001:db8:1:2::3") != keys.caller("2001:db8:1:3::3")
    assert keys.caller("::ffff:192.0.2.1") == keys.caller("192.0.2.1") != keys.caller("192.0.2.2")


def test_many_processes_find_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: Keys(tmp_path).hash("x", "y"), range(64)))
    assert len(made) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["secret"]


def test_a_transaction_that_fails_leaves_nothing(app: FastAPI) -> None:
    database = part_of(app).database

    def half() -> None:
        with database.session() as session:
            session.add(Ban(hash="h", kind="person", created=NOON))
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        half()
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM bans")).all() == []


def test_two_moderators_do_not_undo_each_other(app: FastAPI) -> None:
    reader, one, other = (TestClient(app) for _ in range(3))
    leave(reader, "My number is 555 0100.")
    log_in(one)
    log_in(other)
    seen = one.get("/moderate").text
    decide(other, "edit", name="Anna", comment="I took it.")
    id_ = re.search(r'action="/moderate/([0-9a-f]{32})"', seen)
    assert id_
    old = {"csrf": field(seen, "csrf"), "seen": field(seen, "seen"), "name": "Anna", "comment": "My number"}
    for action in ("approved", "edit", "ban"):
        done = one.post(f"/moderate/{id_[1]}", data=old | {"action": action})
        assert done.status_code == 409
        assert "Please look again" in done.text
    (held,), _ = part_of(app).comments.page("held", 1)
    assert held.body == "I took it."


def test_first_decisions_on_a_medicine_at_once(app: FastAPI) -> None:
    comments = part_of(app).comments
    with part_of(app).database.session() as session:
        session.execute(text("DELETE FROM threads"))
    ids = [comments.add(draft(n), NOON) for n in range(16)]
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda id_: comments.decide(id_, "approved", "mod", NOON), ids))
        assert all(pool.map(lambda id_: comments.ban(id_, "mod", NOON), ids))
    assert comments.versions()["ketamine"] == 32


def test_thousands_that_wait_are_paged(light: FastAPI) -> None:
    client = TestClient(light)
    part = part_of(light)
    with part.database.session() as session:
        for n in range(2001):
            session.add(comment(n))
    log_in(client)
    first = client.get("/moderate").text
    assert "2,001 comments, page 1 of 41" in first
    assert first.count('class="decide"') == 50
    last = client.get("/moderate?state=held&page=41").text
    assert last.count('class="decide"') == 1
    found = re.search(r'action="/moderate/([0-9a-f]{32})"', last)
    assert found
    sent = {name: field(last, name) for name in ("csrf", "seen", "page", "state")} | {"action": "rejected"}
    done = client.post(f"/moderate/{found[1]}", data=sent, follow_redirects=False)
    assert done.headers["location"] == "/moderate?state=held&page=41&done=rejected"
    assert "page 40 of 40" in client.get(done.headers["location"]).text
    for page in ("0", "x", "-1", "1000000000000000000000"):
        assert client.get(f"/moderate?page={page}").status_code in (400, 404, 422)


def comment(n: int) -> Comment:
    return Comment(
        id=f"{n:032x}", medicine="ketamine", name="n", person="p", caller="c", same=str(n), body="b",
        state="held", why="", edited=False, created=NOON,
    )  # fmt: skip


def test_ids_that_are_none(app: FastAPI) -> None:
    client = TestClient(app)
    log_in(client)
    csrf = field(client.get("/moderate").text, "csrf")
    for id_ in ("%00", "x", "%F0%9F%92%8A", "0" * 32):
        done = client.post(f"/moderate/{id_}", data={"csrf": csrf, "action": "approved"})
        assert done.status_code == 404
        assert client.get(f"{PAGE}/comments/{id_}/reply").status_code == 404


@pytest.mark.database
def test_tables_of_the_first_form_are_brought_up_to_date(postgres: Server, tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    import usedfor.web.comments.migrations as place

    for url in (None, postgres.url):
        database = Database(url, tmp_path)
        database.migrate()
        config = Config()
        config.set_main_option("script_location", str(Path(place.__file__).parent))
        with database.engine.connect().execution_options(writes=True) as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "0001")
            connection.execute(text("INSERT INTO bans (hash, created) VALUES ('old', '2026-01-01 00:00:00')"))
            connection.commit()
        again = Database(url, tmp_path)
        again.migrate()
        with again.session() as session:
            assert session.execute(text("SELECT kind FROM bans WHERE hash = 'old'")).scalar_one() == "person"
            session.execute(text("DELETE FROM bans"))
        database.close()
        again.close()


def test_the_trail_names_the_comment_and_leads_to_it(light: FastAPI) -> None:
    reader, moderator = TestClient(light), TestClient(light)
    leave(reader, "It helped.")
    log_in(moderator)
    done = decide(moderator, "approved")
    assert "It is shown under its medicine now." in moderator.get(done.headers["location"]).text
    trail = moderator.get("/moderate/audit").text
    place = re.search(r'<a href="(/moderate/[0-9a-f]{32})">Anna on ketamine</a>', trail)
    assert place
    one = moderator.get(place[1])
    assert "It helped." in one.text
    assert 'name="action" value="approved"' not in one.text  # it is so already
    assert TestClient(light).get(place[1], follow_redirects=False).status_code == 303
    assert moderator.get("/moderate/" + "0" * 32).status_code == 404
    assert "Shown <span" in trail  # how many there are


def test_every_decision_is_in_the_audit_trail(app: FastAPI) -> None:
    reader, moderator = TestClient(app), TestClient(app)
    log_in(moderator)
    leave(reader)
    decide(moderator, "approved")
    trail = [(a.moderator, a.action) for a in part_of(app).comments.audit(1)]
    assert trail == [("mod", "approved"), ("mod", "logged in")]


def test_no_email_is_in_the_database_nor_in_the_log(app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        leave(TestClient(app))
    assert EMAIL not in caplog.text
    with part_of(app).database.engine.connect() as connection:
        rows = [str(row) for row in connection.execute(text("SELECT * FROM comments"))]
    assert len(rows) == 1
    assert EMAIL not in rows[0]
    assert "testclient" not in rows[0]  # the caller's address


def test_the_tables_are_made_once_and_again_harmless(app: FastAPI) -> None:
    again = Database(str(part_of(app).database.engine.url.render_as_string(hide_password=False)), Path())
    again.migrate()
    with again.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).all() == [("0002",)]
    again.close()


# --- the form -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "Give a name, which need not be your own"),
        ({"email": "nobody"}, "This is not an email address."),
        ({"comment": ""}, "Write your comment"),
        ({"comment": "x" * 4001}, "This is too long."),
        ({"name": "see https://x.example"}, "Please give a name, not an address."),
    ],
)
def test_a_faulty_form_comes_back_filled_in(change: dict[str, str], said: str, light: FastAPI) -> None:
    client = TestClient(light)
    token = field(client.get(PAGE).text, "token")
    sent = {"token": token, "name": "Anna", "email": EMAIL, "comment": "Words kept."} | change
    done = client.post(f"{PAGE}/comments", data=sent)
    assert done.status_code == 422
    assert said in done.text
    assert "aria-invalid" in done.text
    assert "There is a problem" in done.text
    assert f'<a href="#{next(iter(change))}">' in done.text
    assert re.search(r"<title>Error: ", done.text)
    assert "comment" in change or "Words kept." in done.text


def test_the_preview_can_be_changed(light: FastAPI) -> None:
    client = TestClient(light)
    done = confirm(client, write(client, "Not yet.").text, step="change")
    assert done.status_code == 200
    assert "Not yet.</textarea>" in done.text


def test_what_was_checked_is_what_is_kept(light: FastAPI) -> None:
    client = TestClient(light)
    done = confirm(client, write(client, "Seen.").text, comment="Another one.")
    assert done.status_code == 403
    assert part_of(light).comments.page("held", 1) == ([], 0)


def test_a_form_made_elsewhere_or_long_ago_is_not_taken(
    light: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = TestClient(light)
    for token in (
        "",
        "x",
        part_of(light).keys.sign("form", "metformin"),
        Keys(Path("."), "y" * 40).sign("form", "ketamine"),
    ):
        sent = {"token": token, "name": "A", "email": EMAIL, "comment": "c"}
        assert client.post(f"{PAGE}/comments", data=sent).status_code == 403
    assert (
        part_of(light).keys.age(part_of(light).keys.sign("form", "ketamine"), "form", "ketamine", longest=-1)
        is None
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_a_form_sent_from_another_site_is_not_taken(headers: dict[str, str], light: FastAPI) -> None:
    client = TestClient(light)
    preview = write(client).text
    names = ("token", "name", "email", "comment", "parent", "website")
    sent = {name: field(preview, name) for name in names} | {"step": "send"}
    assert client.post(f"{PAGE}/comments", data=sent, headers=headers).status_code == 403
    assert part_of(light).comments.page("held", 1) == ([], 0)
    log_in(client)
    csrf = field(client.get("/moderate").text, "csrf")
    client.post("/moderate/logout", data={"csrf": csrf}, headers=headers, follow_redirects=False)
    assert client.get("/moderate", follow_redirects=False).status_code == 200


def test_nobody_sends_at_once(light: FastAPI) -> None:
    part_of(light).quickest = 30.0
    client = TestClient(light)
    done = confirm(client, write(client).text)
    assert done.status_code == 429
    assert "very quick" in done.text


def test_the_sixth_comment_in_ten_minutes_waits(light: FastAPI) -> None:
    client = TestClient(light)
    for n in range(5):
        leave(client, f"Comment {n}.")
    done = confirm(client, write(client, "One more.").text)
    assert done.status_code == 429
    assert "One more." in done.text
    assert done.headers["retry-after"] == "60"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"website": "https://spam.example"}, "hidden field filled in"),
        ({"comment": "www.a.example www.b.example https://c.example"}, "many links"),
    ],
)
def test_spam_is_held_back(more: dict[str, str], why: str, light: FastAPI) -> None:
    client = TestClient(light)
    comment = more.get("comment", "Nice page.")
    leave(client, comment, **{k: v for k, v in more.items() if k != "comment"})
    (kept,), count = part_of(light).comments.page("spam", 1)
    assert (kept.why, count) == (why, 1)


def test_the_same_words_again_are_spam(light: FastAPI) -> None:
    client = TestClient(light)
    leave(client, "Great stuff!")
    leave(client, "great   STUFF", email="b@mail.example")
    assert part_of(light).comments.page("spam", 1)[0][0].why == "repeated"


def test_there_is_no_form_for_a_medicine_that_is_not_here(light: FastAPI) -> None:
    client = TestClient(light)
    for path in ("/medicines/nowhere/comments", "/medicines/%2e%2e/comments"):
        assert client.post(path, data={"name": "x"}).status_code == 404
    assert client.get(f"{PAGE}/comments/{'0' * 32}/reply").status_code == 404


# --- the moderator's door -----------------------------------------------------------------------------------


def test_the_desk_is_behind_the_login(light: FastAPI) -> None:
    client = TestClient(light)
    for path in ("/moderate", "/moderate/audit", "/moderate/person"):
        done = client.get(path, follow_redirects=False)
        assert (done.status_code, done.headers["location"]) == (303, "/moderate/login")
    assert client.post("/moderate/person", data={"email": EMAIL, "action": "export"}).status_code == 403
    assert client.post(f"/moderate/{'0' * 32}", data={"action": "approved"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "password"), [("mod", "wrong password here"), ("nobody", PASSWORD), ("", ""), ("a\0b", "x")]
)
def test_a_wrong_password_or_name_says_the_same(name: str, password: str, light: FastAPI) -> None:
    done = log_in(TestClient(light), password, name)
    assert done.status_code == 403
    assert "The name or the password is not right." in done.text
    assert "set-cookie" not in done.headers


def test_a_session_that_a_visitor_brings_is_not_taken_over(light: FastAPI) -> None:
    client = TestClient(light)
    client.cookies.set(COOKIE, "fixed-by-someone", path="/moderate")
    assert client.get("/moderate", follow_redirects=False).status_code == 303
    done = log_in(client)
    cookie = done.headers["set-cookie"]
    assert "fixed-by-someone" not in cookie
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/moderate"))
    assert (
        TestClient(light, cookies={COOKIE: "fixed-by-someone"})
        .get("/moderate", follow_redirects=False)
        .status_code
        == 303
    )


def test_a_session_ends(light: FastAPI) -> None:
    part = part_of(light)
    token = part.people.log_in("mod", PASSWORD, NOON)
    assert part.people.session(token, NOON + timedelta(hours=11)) is not None
    assert part.people.session(token, NOON + timedelta(hours=12)) is None
    part.people.add("mod", PASSWORD + "2", NOON)
    assert part.people.session(token, NOON) is None


def test_logging_out_ends_the_session(light: FastAPI) -> None:
    client = TestClient(light)
    log_in(client)
    token = client.cookies[COOKIE]
    client.post("/moderate/logout", data={"csrf": field(client.get("/moderate").text, "csrf")})
    again = TestClient(light, cookies={COOKIE: token})
    assert again.get("/moderate", follow_redirects=False).status_code == 303


def test_a_decision_without_the_sessions_own_token_is_not_taken(light: FastAPI) -> None:
    client = TestClient(light)
    leave(client)
    log_in(client)
    for csrf in ("", "0" * 64):
        assert decide(client, "approved", csrf=csrf).status_code == 403
    assert part_of(light).comments.page("held", 1)[1] == 1


def test_passwords_cannot_be_tried_for_long(light: FastAPI) -> None:
    client = TestClient(light)
    said = [log_in(client, "wrong password here").status_code for _ in range(12)]
    assert said[:10] == [403] * 10
    assert said[-1] == 429
    assert log_in(client).status_code == 429


def test_the_command_makes_a_moderator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("USEDFOR_DATABASE_URL", raising=False)
    done = CliRunner().invoke(
        cli, ["moderator", "add", "anna", "--password-file", "-"], input=f"{PASSWORD}\n"
    )
    assert done.output == "anna can log in at /moderate\n", done.output
    assert (tmp_path / "usedfor/site/secret").stat().st_mode & 0o777 == 0o600
    short = CliRunner().invoke(cli, ["moderator", "add", "anna", "--password-file", "-"], input="short\n")
    assert isinstance(short.exception, InputError)
    assert (tmp_path / "usedfor/site/comments.sqlite").stat().st_mode & 0o777 == 0o600
    assert CliRunner().invoke(cli, ["moderator", "list"]).output == "anna\n"
    assert CliRunner().invoke(cli, ["moderator", "remove", "anna"]).output == "anna can log in no more\n"
    assert CliRunner().invoke(cli, ["moderator", "list"]).output == ""
    assert isinstance(CliRunner().invoke(cli, ["moderator", "remove", "anna"]).exception, InputError)


@pytest.mark.parametrize("url", ["nonsense", "mysql+nothing://x/y", "://"])
def test_an_address_that_is_none(url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        Database(url, tmp_path)


# --- what must not get in -----------------------------------------------------------------------------------

PIECES = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=//x>",
    "<a href='javascript:alert(1)'>x</a>", "<b onmouseover=alert(1)>x</b>", "<style>*{display:none}</style>",
    "<math><mi xlink:href='javascript:alert(1)'>", "<form action=//x><input>",
    "<details open ontoggle=alert(1)>", "<javascript:alert(1)>",
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))", "![x](javascript:alert(1))", "![x](https://x.example/p.gif)",
    "[x]: javascript:alert(1)\n\n[x]", "`<script>`", "```html\n<script>alert(1)</script>\n```",
    "<!--<script>-->",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)", "\"><script>alert(1)</script>",
    "'-alert(1)-'", "</textarea><script>alert(1)</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<a href=\"https://x.example\" onclick=alert(1)>x</a>", "[a](https://x.example \"onmouseover=alert(1)\")",
    "{{7*7}}{% debug %}", "<object data=x>", "<embed src=x>", "<base href=//x>", "<meta http-equiv=refresh>",
    "<link rel=stylesheet href=//x>", "\u202e<script>", "<ScRiPt\n>alert(1)</sCrIpT>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>", "<input autofocus onfocus=alert(1)>",
]  # fmt: skip
WRAPS = ["{}", "> {}", "* {}", "**{}**", "a\n\n{}\n\nb", "[{}](https://x.example)"]
PAYLOADS = [wrap.format(piece) if "{7" not in piece else piece for piece in PIECES for wrap in WRAPS]
HARMFUL = re.compile(
    r"<(?!/?(?:a|blockquote|br|code|em|li|ol|p|pre|strong|ul)[\s>/])|<[^>]*\son\w+\s*=|href=\"(?!https?://)",
    re.I,
)


def test_the_payloads_are_many_and_the_net_can_catch() -> None:
    assert len(set(PAYLOADS)) >= 200
    assert all(
        HARMFUL.search(bad) for bad in ("<script>", "<p onclick=x>", '<a href="javascript:x">', "<img src=x>")
    )


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 48))
def test_no_payload_becomes_markup(start: int) -> None:
    for payload in PAYLOADS[start : start + 48]:
        assert not HARMFUL.search(html(payload)), payload


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("<>\"'&;/\\:()[]!#`*_~{}=\n abcjsvip&#x0\u200b\u202e"), max_size=80))
def test_no_text_becomes_markup(body: str) -> None:
    assert not HARMFUL.search(html(cleaned(body, lines=True)))


def test_a_payload_stays_text_on_every_page(light: FastAPI) -> None:
    client = TestClient(light)
    log_in(client)
    bad = "<script>alert(1)</script>"
    preview = write(client, bad, name=f"A{bad}").text
    assert bad not in preview
    assert confirm(client, preview).status_code == 303
    assert bad not in client.get("/moderate").text
    decide(client, "approved")
    assert bad not in client.get(PAGE).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in client.get(PAGE).text


def test_links_lead_out_safely() -> None:
    assert html("[x](https://x.example/a?b=1&c=2)") == (
        '<p><a href="https://x.example/a?b=1&amp;c=2" rel="nofollow ugc noopener noreferrer">x</a></p>\n'
    )


@given(st.text(max_size=60))
def test_a_cleaned_line_is_one_line_without_unseen_characters(body: str) -> None:
    line = cleaned(body)
    assert "\n" not in line
    assert "\u202e" not in line
    assert cleaned(line) == line


def test_a_forms_files_and_repeats_are_no_text() -> None:
    form = forms.read({"name": object(), "email": ["x"], "comment": None}, guards.HONEYPOT)
    assert set(form.faults.values()) == {"missing"}


# --- when things go wrong -----------------------------------------------------------------------------------


@pytest.mark.database
def test_a_database_that_goes_away_and_returns(postgres: Server, tmp_path: Path) -> None:
    app, other = emptied(site(tmp_path, postgres.url)), "/medicines/metformin"
    client = TestClient(app)
    leave(client, "Before.")
    preview = write(client, "During.").text
    postgres.stop()
    try:
        done = confirm(client, preview)
        assert done.status_code == 503
        assert "During." in done.text
        assert client.get(PAGE).status_code == 200
        assert client.get("/moderate/login").status_code == 200
        assert log_in(client).status_code == 503
        client.cookies.set(COOKIE, "any", path="/moderate")
        for path in ("/moderate", "/moderate/audit", "/moderate/person", f"{PAGE}/comments/{'0' * 32}/reply"):
            away = client.get(path, follow_redirects=False)
            assert (away.status_code, away.headers["retry-after"]) == (503, "60")
            assert "Comments cannot be shown at the moment" in away.text
        for path in ("/moderate/person", f"/moderate/{'0' * 32}", "/moderate/logout"):
            assert client.post(path, data={"action": "forget", "email": EMAIL}).status_code == 503
        assert client.get(f"{PAGE}/comments/thanks").status_code == 200
        assert "Comments cannot be shown at the moment" in client.get(other).text  # made while it is away
    finally:
        postgres.start()
    part_of(app).readers.refresh()
    assert "Comments cannot be shown" not in client.get(other).text
    client.cookies.clear()
    assert confirm(client, preview).status_code == 303
    assert {c.body for c in part_of(app).comments.page("held", 1)[0]} == {"Before.", "During."}
    part_of(app).database.close()


def draft(n: int) -> Draft:
    return Draft(medicine="ketamine", name="n", body=f"b{n}", person="p", caller="c", same=str(n))


def test_a_burst_loses_nothing_that_was_accepted(app: FastAPI) -> None:
    comments = part_of(app).comments

    def add(n: int) -> str | None:
        try:
            return comments.add(draft(n), NOON)
        except StoreAwayError:
            return None

    with ThreadPoolExecutor(16) as pool:
        ids = list(pool.map(add, range(400)))
    assert None not in ids
    with part_of(app).database.engine.connect() as connection:
        kept = {id_ for (id_,) in connection.execute(text("SELECT id FROM comments"))}
    assert kept == set(ids)


def test_ten_thousand_from_one_caller_are_five(light: FastAPI) -> None:
    throttle = part_of(light).sending
    assert sum(throttle.allows("one caller") for _ in range(10_000)) == 5
