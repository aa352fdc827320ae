"""The whole site as files: every page as ``path/index.html``, each medicine's JSON, and the search index."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from usedfor.errors import InputError
from usedfor.web import machines, routes
from usedfor.web.settings import Settings
from usedfor.web.site import Page, Site
from usedfor.web.templating import asset_path, assets

__all__ = ["Written", "export"]

_MARK = ".usedfor-site"  # says that a folder holds a site of ours, which may be written over


class Written(msgspec.Struct, frozen=True):
    """What was written."""

    files: int
    bytes: int
    seconds: float


def export(folder: Path, settings: Settings, progress: Callable[[int, int], None] | None = None) -> Written:
    """Write the site into ``folder``. The same snapshot gives the same bytes.

    :raises InputError: where the folder holds something that is not such a site, or cannot be written.
    """
    begun = time.monotonic()
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise InputError(f"{folder} is not empty, and holds no site that could be written over")
    site = Site(settings)
    pages = list(machines.paths(site))
    files = size = 0
    written: set[Path] = set()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).write_text(f"{site.version}\n", "utf-8")
        for name, body in _files(site, pages):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            written.add(path)
            files, size = files + 1, size + len(body)
            if progress is not None:
                progress(files, len(pages))
        _remove_others(folder, written)
    except OSError as error:
        raise InputError(f"{error.filename or folder} cannot be written: {error.strerror}") from error
    return Written(files, size, time.monotonic() - begun)


def _files(site: Site, pages: list[str]) -> Iterator[tuple[str, bytes]]:
    """Every file by its path below the folder."""
    from usedfor.briefs.render.json import to_dict
    from usedfor.web.api import description
    from usedfor.web.views import lists
    from usedfor.web.words import words

    for path in pages:
        yield f"{path.strip('/')}/index.html".lstrip("/"), routes.page(site, path).body
    for name, (body, _) in assets().items():
        yield asset_path(name).lstrip("/"), body
    yield site.search_index.lstrip("/"), machines.search_index(site).body
    single: list[tuple[str, Page]] = [
        ("sitemap.xml", machines.sitemap(site)),
        ("robots.txt", machines.robots(site)),
        ("changes.atom", routes.page(site, "/changes.atom")),
        ("404.html", lists.error(site, "/404.html", 404, words("site.not_found"))),
        ("search/index.html", lists.search(site, "")),
    ]
    yield from ((name, page.body) for name, page in single)
    yield "api/v1/openapi.json", msgspec.json.encode(description())
    for id_ in site.index.medicines:
        yield f"api/v1/briefs/{id_}", msgspec.json.encode(to_dict(site.brief(id_)))


def _remove_others(folder: Path, written: set[Path]) -> None:
    """Remove what an earlier site left and this one has no more."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(place, name)
            if path not in written and name != _MARK:
                path.unlink()
        if place != str(folder) and not os.listdir(place):
            os.rmdir(place)
