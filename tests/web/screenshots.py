"""Pictures of each kind of page at two widths, light and dark: python tests/web/screenshots.py FOLDER"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright
from test_browser import KINDS, address

HIGHEST = 2400  # pixels of a page that are taken


sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conftest import CHROMIUM, FLAGS  # noqa: E402  (of all tests, not this folder's)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "USEDFOR_DATABASE_URL": f"sqlite:///{folder / 'comments.db'}"}
    server = subprocess.Popen(
        [sys.executable, "-m", "usedfor", "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        env=environment,
    )
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
                    for kind in KINDS:
                        page.goto(address(page, f"http://127.0.0.1:{port}", kind))
                        high = min(HIGHEST, page.evaluate("document.documentElement.scrollHeight"))
                        name = f"{re.sub(r'[^a-z]+', '-', kind)}-{width}-{scheme}.png"
                        clip = {"x": 0, "y": 0, "width": width, "height": high}
                        page.screenshot(path=folder / name, full_page=True, clip=clip)
                    context.close()
            browser.close()
        print(f"{len(KINDS) * 4} pictures in {folder}")
    finally:
        server.terminate()
        server.wait(20)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
