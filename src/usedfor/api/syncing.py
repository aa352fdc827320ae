"""Keep current: fetch from the official services, then build."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from usedfor.errors import InputError, SnapshotError, SourceError, UnknownMedicineError

if TYPE_CHECKING:
    from usedfor.knowledge import Manifest, Progress
    from usedfor.model import Medicine
    from usedfor.sources.client import Client, Patience

__all__ = ["SOURCES", "Synced", "build_downloads", "downloads_folder", "known", "sync", "sync_plan"]

SOURCES = ("openfda", "dailymed", "clinicaltrials", "pubmed")
_ONE_ONLY = ("events",)  # counts of reported reactions: asked for a medicine at a time
_KEPT = {"openfda": "labels", "dailymed": "labels", "clinicaltrials": "trials", "pubmed": "papers"}
Tell = Callable[[str, int, int], object]


class Synced(msgspec.Struct, frozen=True, kw_only=True):
    """What one source gave, or what it would give (``fetched`` False)."""

    source: str
    what: str  # the medicine's name, or "all"
    files: int
    records: int | None
    bytes: int | None
    fetched: bool
    error: str | None = None


def downloads_folder() -> Path:
    """Where what was fetched is kept, beside the user's snapshots."""
    from usedfor.knowledge.snapshot import user_folder

    return user_folder().parent / "downloads"


def sync(
    medicines: Sequence[str] = (),
    *,
    everything: bool = False,
    sources: Sequence[str] = (),
    folder: Path | str | None = None,
    patience: Patience | None = None,
    tell: Tell | None = None,
) -> list[Synced]:
    """Fetch these medicines, or the bulk files of every source, into ``folder``.

    What a source could not give stands in its ``error``; what it gave before is still there. Raises
    :class:`~usedfor.errors.UnknownMedicineError` for a name that is not known exactly, and
    :class:`~usedfor.errors.SourceError` where no source could be reached.
    """
    from usedfor.sources.client import Client

    place = Path(folder) if folder is not None else downloads_folder()
    say = tell or _silent
    found: list[Synced] = []
    wanted = known(medicines)
    with _alone(place), Client(place / ".replies", patience=patience) as client:
        for medicine in wanted:
            found += _one(client, medicine, _chosen(sources, (*SOURCES, *_ONE_ONLY)), place, say)
        if everything:
            found += [_all(client, source, place, say) for source in _chosen(sources, SOURCES)]
    if found and all(one.error for one in found):
        raise SourceError("; ".join(dict.fromkeys(str(one.error) for one in found)))
    return found


def sync_plan(
    medicines: Sequence[str] = (),
    *,
    everything: bool = False,
    sources: Sequence[str] = (),
    folder: Path | str | None = None,
    patience: Patience | None = None,
) -> list[Synced]:
    """What :func:`sync` would fetch and how much, asking the indexes only. Raises as it does."""
    from usedfor.sources.client import Client

    place = Path(folder) if folder is not None else downloads_folder()
    found: list[Synced] = []
    with Client(None, patience=patience) as client:
        for medicine in known(medicines):
            chosen = _chosen(sources, (*SOURCES, *_ONE_ONLY))
            found += [_counted(client, medicine, source) for source in chosen]
        if everything:
            found += [_planned(client, source, place) for source in _chosen(sources, SOURCES)]
    if found and all(one.error for one in found):
        raise SourceError("; ".join(dict.fromkeys(str(one.error) for one in found)))
    return found


def build_downloads(
    folder: Path | str | None = None,
    out: Path | str | None = None,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[Path, Manifest]:
    """Build a snapshot of all that was fetched, as :func:`usedfor.api.build` does, but beside the one before,
    so that the two can be compared; what has not changed is taken over from it. Where nothing changed, it is
    the one before.

    Raises :class:`~usedfor.errors.InputError` where no label was fetched yet.
    """
    from usedfor.api.snapshots import build
    from usedfor.knowledge.manifest import read
    from usedfor.knowledge.switch import remove

    found = build_inputs(folder)
    if not found["labels"]:
        raise InputError("no labels were fetched yet: sync from openfda or dailymed first")
    before, target = _places() if out is None else (Path(out), Path(out))
    since = before if before is not None and _readable(before) else None
    place, made = build(
        found["labels"], target, trials=found["trials"], papers=found["papers"], since=since,
        workers=workers, progress=progress,
    )  # fmt: skip
    if since is not None and place != since and read(since).digest == made.digest:
        remove(place)
        place = since
    return place, made


def _places() -> tuple[Path | None, Path]:
    """The newest snapshot that a sync made in the user's data folder, and the place of the next."""
    from usedfor.knowledge.snapshot import user_folder

    numbers = {int(p.name[5:]): p for p in user_folder().glob("sync-*") if p.name[5:].isdecimal()}
    last = max(numbers, default=0)
    return numbers.get(last), user_folder() / f"sync-{last + 1:04}"


def _readable(home: Path) -> bool:
    from usedfor.knowledge import Knowledge

    try:
        Knowledge.open(home).close()
    except SnapshotError:
        return False
    return True


def build_inputs(folder: Path | str | None = None) -> dict[str, list[Path]]:
    """What a build can read of the downloads: "labels", "trials", "papers", each a list of folders."""
    place = Path(folder) if folder is not None else downloads_folder()
    found: dict[str, list[Path]] = {"labels": [], "trials": [], "papers": []}
    for source, kind in _KEPT.items():
        for part in (place / "all" / source, place / "medicines" / source):
            if part.is_dir() and any(part.rglob("*.*")):
                found[kind].append(part)
    return found


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """One run at a time fetches into a folder.

    :raises InputError: where another one does, or it cannot be written.
    """
    from usedfor.knowledge.lock import held

    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / ".writable").touch()
        (place / ".writable").unlink()
    except OSError as error:
        raise InputError(f"{place} cannot be written: {error.strerror or error}") from error
    with held(place / ".lock", str(place)):
        yield


def _chosen(sources: Sequence[str], known: tuple[str, ...]) -> list[str]:
    wrong = [source for source in sources if source not in (*SOURCES, *_ONE_ONLY)]
    if wrong:
        raise InputError(f"no source is called {wrong[0]!r}; there are {', '.join((*SOURCES, *_ONE_ONLY))}")
    return [source for source in known if not sources or source in sources]


def known(names: Iterable[str]) -> list[Medicine]:
    """The medicines of these names, as the vocabulary has them: no service is asked for a misspelling."""
    found = []
    if names:
        from usedfor.vocabulary import load

        medicines = load().medicines
        for name in names:
            one = medicines.find(name)
            if len(one) != 1:
                near = tuple(m.name for m in one) or tuple(n.name for n in medicines.near(name))
                raise UnknownMedicineError(f"no one medicine is called {name!r}", name, near)
            found.append(one[0])
    return found


def _one(client: Client, medicine: Medicine, sources: Sequence[str], place: Path, say: Tell) -> list[Synced]:
    from usedfor.sources.fetching import Wish, fetch

    def tell(source: str, size: int) -> None:
        say(f"{source}, {medicine.name}", size, 0)

    done, failed = fetch(client, Wish(id=medicine.id, name=medicine.name), sources, place / "medicines", tell)
    found = [
        Synced(source=d.source, what=medicine.name, files=len(d.files), records=d.records, bytes=d.bytes,
               fetched=True)
        for d in done
    ]  # fmt: skip
    missing = [source for source in sources if source not in {d.source for d in done}]
    return found + [
        Synced(source=source, what=medicine.name, files=0, records=None, bytes=None, fetched=True,
               error=error.message)
        for source, error in zip(missing, failed, strict=True)
    ]  # fmt: skip


def _all(client: Client, source: str, place: Path, say: Tell) -> Synced:
    from usedfor.sources.downloads import bring
    from usedfor.sources.registry_bulk import bring_studies

    folder = place / "all" / source
    get: Any = bring_studies if source == "clinicaltrials" else bring
    given = (client, folder, say) if source == "clinicaltrials" else (client, source, folder, say)
    try:
        names = get(*given)
    except SourceError as error:
        return _row(source, fetched=True, error=error.message)
    size = sum((folder / name).stat().st_size for name in names)
    return _row(source, files=len(names), bytes=size, fetched=True)


def _counted(client: Client, medicine: Medicine, source: str) -> Synced:
    from usedfor.sources.fetching import Wish, count

    records, error = None, None
    try:
        records = count(client, Wish(id=medicine.id, name=medicine.name), source)
    except SourceError as caught:
        error = caught.message
    return Synced(source=source, what=medicine.name, files=0, records=records, bytes=None, fetched=False,
                  error=error)  # fmt: skip


def _planned(client: Client, source: str, place: Path) -> Synced:
    from usedfor.sources.downloads import plan
    from usedfor.sources.registry_bulk import PAGE, plan_studies

    folder = place / "all" / source
    try:
        if source == "clinicaltrials":
            records, size = plan_studies(client, folder)
            return _row(source, files=-(-records // PAGE), records=records, bytes=size)
        todo = plan(client, source, folder)
    except SourceError as error:
        return _row(source, error=error.message)
    known = all(size is not None for _, size in todo.wanted)
    return _row(source, files=len(todo.wanted), bytes=todo.bytes if known else None)


def _row(source: str, files: int = 0, fetched: bool = False, **values: Any) -> Synced:
    blank: dict[str, Any] = {"records": None, "bytes": None}
    return Synced(source=source, what="all", files=files, fetched=fetched, **(blank | values))


def _silent(*_: object) -> None:
    pass
