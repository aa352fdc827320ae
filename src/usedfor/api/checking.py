"""Articles, each claim held against the documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from usedfor.errors import InputError

if TYPE_CHECKING:
    from usedfor.verification import Report

__all__ = ["check", "check_passages"]


def check(
    article: Path | str | bytes, medicine: str | None = None, *, home: Path | str | None = None, name: str = ""
) -> Report:
    """The verdicts on an article: a path, or the text or the bytes of one.

    ``medicine`` names the medicine it is about; without it the page's own words tell. Raises
    :class:`~usedfor.errors.InputError` for what cannot be read (a PDF, a path that is not there) and
    :class:`~usedfor.errors.UnknownMedicineError` for a name that is not known.
    """
    from usedfor.knowledge import Knowledge
    from usedfor.verification import check as checked
    from usedfor.verification.reading import decode

    if isinstance(article, Path):
        name = name or str(article)
        try:
            article = article.read_bytes()
        except OSError as error:
            raise InputError(f"{name} cannot be read: {error.strerror or error}") from error
    if isinstance(article, bytes):
        article = decode(article, name or "the file")
    with Knowledge.open(home) as knowledge:
        return checked(knowledge, article, medicine, name=name)


def check_passages(
    passages: Iterable[Mapping[str, Any]], *, home: Path | str | None = None
) -> Iterator[dict[str, Any]]:
    """Verdicts on passages: ``{"id", "text", "medicine"?}`` in, one dictionary each out (INTERFACES: Check).

    A passage is judged as a whole. Raises :class:`~usedfor.errors.InputError` for one without "id" or
    "text". A medicine that is not known gives "not_found", with the reason.
    """
    from usedfor.knowledge import Knowledge
    from usedfor.verification import Checker
    from usedfor.verification.rendering import as_row

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
            yield as_row(checker.passage(str(passage["id"]), passage["text"], medicine))
