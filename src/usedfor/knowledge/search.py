"""Full-text search over the sentences of all documents, with tantivy.

The index is derived from a snapshot and is no part of it: tantivy names its segments by chance, and a
snapshot is the same byte for byte. It is made on first use in the user's cache folder, under the snapshot's
digest, and made again when it is damaged or of another form.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from usedfor.errors import InputError, SnapshotError
from usedfor.knowledge import cache, rows
from usedfor.model import Reaction, Span, quote_hash

if TYPE_CHECKING:
    from usedfor.knowledge.store import Knowledge

__all__ = ["Hit", "folder", "index", "medicine_of", "reactions_of", "search"]

FORM = 1  # of the index; another number makes it anew
_WORDS = 60  # of a passage: sentences are put together up to this many
_LONGEST = 400  # characters of a query that are read
_MANY = 200  # hits that are put in order
_TABLES = "_table"
_LEFT_OUT = frozenset(("openfda", "package_label_principal_display_panel", "spl_product_data_elements"))


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A passage: its medicine, its span, its words (spaces put right), the date of its document."""

    medicine: str
    span: Span
    words: str
    date: str
    score: float


def folder(knowledge: Knowledge) -> Path:
    """Where the index of this snapshot lies, made or not."""
    return next(cache._places(knowledge.manifest.digest)) / f"search-{FORM}"


def index(knowledge: Knowledge) -> Path:
    """The folder of the index, made where it is not there: some seconds for a thousand labels.

    :raises SnapshotError: for a snapshot without texts, or where no folder can be written.
    """
    place = folder(knowledge)
    if (place / "meta.json").is_file():
        return place
    if not knowledge.quotes:
        raise SnapshotError("this snapshot has no texts to search; build one: usedfor build")
    import tantivy

    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = Path(tempfile.mkdtemp(prefix=".search-", dir=place.parent))
        try:
            made_index = tantivy.Index(_schema(), path=str(made))
            writer = made_index.writer(heap_size=64_000_000, num_threads=1)
            for document in _documents(knowledge):
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
            made.replace(place)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            if (place / "meta.json").is_file():  # another process was faster
                return place
            raise
    except OSError as error:
        raise SnapshotError(f"the search index cannot be written: {error}") from error
    return place


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False, tokenizer_name="en_stem")
    for name in ("medicine", "document", "section", "date"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("start", "end"):
        builder.add_unsigned_field(name, stored=True, indexed=False)
    return builder.build()


def _documents(knowledge: Knowledge) -> Iterator[Any]:
    import tantivy

    for medicine in knowledge.medicine_ids():
        for document in knowledge.documents_of(medicine):
            for section, text in knowledge.texts(document.id).items():
                if section.endswith(_TABLES) or section in _LEFT_OUT:
                    continue
                for start, end in passages(text):
                    yield tantivy.Document(
                        text=text[start:end],
                        medicine=medicine,
                        document=document.id,
                        section=section,
                        date=document.effective,
                        start=start,
                        end=end,
                    )


def passages(text: str) -> Iterator[tuple[int, int]]:
    """Neighbouring sentences together, up to some sixty words, as (start, end)."""
    from usedfor.extraction.sentences import sentences

    first, last, count = -1, -1, 0
    for start, end in sentences(text):
        words = text.count(" ", start, end) + 1
        if first >= 0 and count + words > _WORDS:
            yield first, last
            first, count = -1, 0
        if first < 0:
            first = start
        last = end
        count += words
    if first >= 0:
        yield first, last


def search(
    knowledge: Knowledge,
    words: str,
    *,
    section: str | None = None,
    medicine: str | None = None,
    since: str | None = None,
    limit: int = 10,
) -> list[Hit]:
    """The passages that say most of ``words``, best first; ties by document and place.

    ``words`` as people type them: what is no valid query is read as far as it can be. ``section``: an openFDA
    field; ``medicine``: an id; ``since``: an ISO date of the document.

    :raises InputError: for a limit below 1.
    :raises SnapshotError: for a snapshot without texts.
    """
    if limit < 1:
        raise InputError("the limit must be at least 1")
    place = index(knowledge)
    import tantivy

    try:
        opened = tantivy.Index.open(str(place))
    except Exception as error:  # tantivy raises its own kinds for a damaged folder
        shutil.rmtree(place, ignore_errors=True)
        raise SnapshotError(f"the search index was damaged and is removed; ask again: {error}") from error
    query, _ = opened.parse_query_lenient(_plain(words), ["text"])
    parts = [(tantivy.Occur.Must, query)]
    for name, value in (("section", section), ("medicine", medicine)):
        if value:
            exact = tantivy.Query.term_query(opened.schema, name, value, "basic")
            parts.append((tantivy.Occur.Must, exact))
    searcher = opened.searcher()
    found = searcher.search(tantivy.Query.boolean_query(parts), limit=max(_MANY, limit)).hits
    raw = []
    for score, address in found:
        row = searcher.doc(address).to_dict()
        one = {name: values[0] for name, values in row.items()}
        if since is None or one["date"] >= since:
            raw.append((-round(float(score), 5), one["document"], one["section"], int(one["start"]), one))
    raw.sort(key=lambda r: r[:4])
    return [hit for r in raw[:limit] if (hit := _hit(knowledge, -r[0], r[4])) is not None]


def _plain(words: str) -> str:
    """The words without the signs of a query language."""
    return " ".join("".join(c if c.isalnum() or c in "'-" else " " for c in words[:_LONGEST]).split())


def _hit(knowledge: Knowledge, score: float, row: dict[str, Any]) -> Hit | None:
    text = knowledge.texts(row["document"]).get(row["section"])
    if text is None:
        return None
    start, end = int(row["start"]), int(row["end"])
    quote = text[start:end]
    span = Span(
        document=row["document"], section=row["section"], start=start, end=end, sha256=quote_hash(quote)
    )
    return Hit(
        medicine=row["medicine"], span=span, words=" ".join(quote.split()), date=row["date"], score=score
    )


def reactions_of(knowledge: Knowledge, condition: str) -> tuple[Reaction, ...]:
    """The reactions of all medicines that are this condition (an id), by medicine and id."""
    found: dict[str, list[Reaction]] = {}
    for layer in knowledge.layers():
        rows_ = layer._select("reactions", "condition = ? ORDER BY medicine, id", (condition,))
        for reaction in map(rows.reaction_of, rows_):
            if knowledge.side(reaction.medicine).manifest.digest == layer.manifest.digest:
                found.setdefault(reaction.medicine, []).append(reaction)
    return tuple([reaction for medicine in sorted(found) for reaction in found[medicine]])


def medicine_of(knowledge: Knowledge, document: str) -> str | None:
    """The id of the medicine whose document this is."""
    for layer in knowledge.layers():
        for (medicine,) in layer._all("SELECT medicine FROM documents WHERE id = ?", (document,)):
            return str(medicine)
    return None
