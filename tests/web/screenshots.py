"""Pictures of each kind of page at two widths, light and dark: python tests/web/screenshots.py FOLDER"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from test_browser import KINDS, address

HIGHEST = 2400  # pixels of a page that are taken
SECRET = "a secret for pictures alone, of nobody"
PASSWORD = "a long enough password"


sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conftest import CHROMIUM, FLAGS  # noqa: E402  (of all tests, not this folder's)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = f"sqlite:///{folder / 'comments.db'}"
    for old in folder.glob("comments.db*"):
        old.unlink()
    some_comments(database, folder)
    environment = {**os.environ, "USEDFOR_DATABASE_URL": database, "USEDFOR_SECRET": SECRET}
    server = subprocess.Popen(
        [sys.executable, "-m", "usedfor", "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        env=environment,
    )
    taken: list[str] = []
    try:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for width in (360, 1280):
                for scheme in ("light", "dark"):
                    context = browser.new_context(
                        viewport={"width": width, "height": 900}, color_scheme=scheme
                    )
                    page = context.new_page()

                    def take(kind: str, page: Any = page, width: int = width, scheme: str = scheme) -> None:
                        high = min(HIGHEST, page.evaluate("document.documentElement.scrollHeight"))
                        name = f"{re.sub(r'[^a-z]+', '-', kind)}-{width}-{scheme}.png"
                        clip = {"x": 0, "y": 0, "width": width, "height": high}
                        page.screenshot(path=folder / name, full_page=True, clip=clip)
                        taken.append(name)

                    for kind in KINDS:
                        page.goto(address(page, f"http://127.0.0.1:{port}", kind))
                        take(kind)
                    what_readers_write(page, f"http://127.0.0.1:{port}", take)
                    context.close()
            browser.close()
        print(f"{len(taken)} pictures in {folder}")
    finally:
        server.terminate()
        server.wait(20)


def some_comments(database: str, folder: Path) -> None:
    """A moderator, and comments that are shown, that answer one, and that wait."""
    from usedfor.web.comments.database import Database
    from usedfor.web.comments.keys import Keys
    from usedfor.web.comments.people import People
    from usedfor.web.comments.store import Comments, Draft

    kept, keys = Database(database, folder), Keys(folder, SECRET)
    comments, now = Comments(kept), datetime.now(UTC)
    People(kept, keys).add("mod", PASSWORD, now)

    def add(name: str, body: str, parent: str | None = None) -> str:
        draft = Draft(
            medicine="ketamine", name=name, body=body, person=name, caller=name, same=body, parent=parent
        )
        return comments.add(draft, now)

    first = add("Anna Wolfeschlegelsteinhausen-Featherstonehaugh", "It *helped* me.\n\n- one\n- two")
    comments.decide(first, "approved", "mod", now)
    answer = add("Bo", "Me too: https://example.org/a-long-address-that-goes-on-and-on-and-on", first)
    comments.decide(answer, "approved", "mod", now)
    add("Cem", "My doctor, Dr. Example of Example Street, gave it to me.")
    kept.close()


def what_readers_write(page: Any, url: str, take: Any) -> None:
    """The comment form's pages and the moderators' desk."""
    page.goto(f"{url}/medicines/ketamine")
    page.evaluate("document.querySelectorAll('.text > :not(#comments)').forEach(part => part.remove())")
    take("comments")
    page.evaluate("document.querySelector('form.write').noValidate = true")
    page.fill("#name", "Dora")
    page.click("form.write button")
    take("comment with faults")
    page.fill("#email", "dora@mail.example")
    page.fill("#comment", "Some *words*.")
    page.click("form.write button")
    take("comment preview")
    page.goto(f"{url}/moderate/login")
    take("desk login")
    page.fill("#name", "mod")
    page.fill("#password", PASSWORD)
    page.click("form.write button")
    page.wait_for_url("**/moderate")
    page.locator("summary").first.click()
    take("desk")
    page.locator("button[value=ban]").first.click()
    take("desk ban")
    for name in ("person", "audit"):
        page.goto(f"{url}/moderate/{name}")
        take(f"desk {name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
