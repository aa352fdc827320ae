"""Articles, each claim held against the documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from usedfor.errors import InputError

if TYPE_CHECKING:
    from usedfor.verification import Report
    from usedfor.verification.render import Format
    from usedfor.verification.since import Since

__all__ = ["check", "check_pages", "check_passages", "render_check"]

_PAGES = (".md", ".markdown", ".mdx", ".html", ".htm", ".xhtml", ".txt")
_MANY = 12  # pages from which on worker processes pay


def check(
    article: Path | str | bytes,
    medicine: str | None = None,
    *,
    home: Path | str | None = None,
    name: str = "",
    suggest: bool = False,
) -> Report:
    """The verdicts on an article: a path, or the text or the bytes of one.

    ``medicine`` names the medicine it is about; without it the page's own words tell. ``suggest`` offers a
    corrected, cited sentence for what is contradicted or overstated. Raises
    :class:`~usedfor.errors.InputError` for what cannot be read (a PDF, a path that is not there) and
    :class:`~usedfor.errors.UnknownMedicineError` for a name that is not known.
    """
    from usedfor.knowledge import Knowledge
    from usedfor.verification import check as checked

    name = name or (str(article) if isinstance(article, Path) else "")
    text = _text(article, name)
    with Knowledge.open(home) as knowledge:
        return checked(knowledge, text, medicine, name=name, suggest=suggest)


def _text(article: Path | str | bytes, name: str) -> str:
    from usedfor.verification.reading import decode

    if isinstance(article, Path):
        name = name or str(article)
        try:
            article = article.read_bytes()
        except OSError as error:
            raise InputError(f"{name} cannot be read: {error.strerror or error}") from error
    return article if isinstance(article, str) else decode(article, name or "the file")


def check_pages(
    paths: Sequence[Path | str],
    medicine: str | None = None,
    *,
    home: Path | str | None = None,
    since: Path | str | None = None,
    suggest: bool = False,
    workers: int | None = None,
) -> Iterator[Report]:
    """The reports on pages and on folders of them (text, Markdown, HTML), in the order of their names.

    ``since`` names an older snapshot: then a report holds only the sentences that were supported by it and
    are not any more. Many pages are read by ``workers`` processes. Raises
    :class:`~usedfor.errors.InputError` for a path that is not there, and for folders without pages.
    """
    pages = list(_pages(paths))
    work = (medicine, str(home) if home else None, str(since) if since else None, suggest)
    if len(pages) < _MANY or workers == 1:
        yield from map(_Job(work), pages)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(_Job(work), pages, chunksize=max(1, min(25, len(pages) // 8)))


def _pages(paths: Sequence[Path | str]) -> Iterator[str]:
    for path in map(Path, paths):
        if path.is_dir():
            found = sorted(str(p) for p in path.rglob("*") if p.suffix.lower() in _PAGES and p.is_file())
            if not found:
                raise InputError(f"{path} holds no page ({', '.join(_PAGES)})")
            yield from found
        elif path.exists():
            yield str(path)
        else:
            raise InputError(f"{path} does not exist")


class _Job:
    """One page; a class, so that it can be sent to a worker."""

    def __init__(self, work: tuple[str | None, str | None, str | None, bool]) -> None:
        self.work = work

    def __call__(self, page: str) -> Report:
        medicine, home, since, suggest = self.work
        text = _text(Path(page), page)
        if since is None:
            report: Report = _checker(home).article(text, medicine, name=page, suggest=suggest)
            return report
        return _since(home, since).report(text, medicine, name=page, suggest=suggest)


@cache
def _checker(home: str | None) -> Any:
    from usedfor.knowledge import Knowledge
    from usedfor.verification import Checker

    return Checker(Knowledge.open(home))


@cache
def _since(home: str | None, since: str) -> Since:
    from usedfor.knowledge import Knowledge
    from usedfor.verification.since import Since

    return Since(Knowledge.open(since), Knowledge.open(home))


def check_passages(
    passages: Iterable[Mapping[str, Any]], *, home: Path | str | None = None
) -> Iterator[dict[str, Any]]:
    """Verdicts on passages: ``{"id", "text", "medicine"?}`` in, one dictionary each out (INTERFACES: Check).

    A passage is judged as a whole. Raises :class:`~usedfor.errors.InputError` for one without "id" or
    "text". A medicine that is not known gives "not_found", with the reason.
    """
    from usedfor.knowledge import Knowledge
    from usedfor.verification import Checker
    from usedfor.verification.render.rows import as_row

    with Knowledge.open(home) as knowledge:
        checker = Checker(knowledge)
        for n, passage in enumerate(passages, 1):
            if (
                not isinstance(passage, Mapping)
                or not isinstance(passage.get("text"), str)
                or "id" not in passage
            ):
                raise InputError(f'passage {n}: an object with "id" and "text" is needed')
            medicine = passage.get("medicine")
            named = medicine if isinstance(medicine, str) and medicine else None
            yield as_row(checker.passage(str(passage["id"]), passage["text"], named))


def render_check(
    reports: Sequence[Report], format: Format = "text", *, width: int = 80, color: bool = False
) -> str:
    """Reports as "text", "json", "html" (one page that needs nothing else) or "sarif"."""
    from usedfor.verification.render import render

    return render(reports, format, width=width, color=color)
