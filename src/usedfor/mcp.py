"""The same verbs for language-model agents, over stdio (Model Context Protocol, official SDK).

Tools: brief, ask, check, search, evidence, changes. Results are typed; every citation is also a resource, so
that an agent can read the words it rests on.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from typing_extensions import TypedDict

from usedfor.errors import UsedForError

if TYPE_CHECKING:
    from usedfor.knowledge import Knowledge

__all__ = ["server"]

_INSTRUCTIONS = (
    "Cited facts about medicines from official labels, registered trials and papers. Every fact has "
    "references; keep them. What is not known is said. Never turn a quote into advice on a dose."
)


class Sentence(TypedDict):
    """One sentence; a fact has the numbers of its references."""

    text: str
    refs: list[int]
    kind: str


class Citation(TypedDict):
    """Where a sentence rests: ``text[start:end]`` of a document's section. ``uri`` reads its words."""

    n: int
    uri: str
    source: str
    document: str
    date: str
    title: str
    section: str
    start: int
    end: int
    sha256: str
    quote: str | None
    url: str


class Asked(TypedDict):
    """An answer, or why there is none."""

    question: str
    medicine: str | None
    intent: str
    answered: bool
    answer: list[Sentence]
    references: list[Citation]
    why_not: str | None
    offers: list[str]
    table: dict[str, Any] | None


class UseOf(TypedDict):
    """A use of a medicine with its status."""

    condition: str | None
    text: str
    status: str
    level: int | None
    refs: list[int]


class Briefed(TypedDict):
    """A brief: key sentences, uses and references."""

    title: str
    medicine: str
    as_of: dict[str, str]
    takeaways: list[Sentence]
    uses: list[UseOf]
    sections: list[dict[str, Any]]
    references: list[Citation]


class Passage(TypedDict):
    """A passage of a document."""

    medicine: str
    section: str
    date: str
    words: str
    uri: str


class FactAcross(TypedDict):
    """A medicine for which a condition is a use or a side effect."""

    medicine: str
    kind: str
    status: str
    text: str
    per_cent: float | None
    uris: list[str]


class Searched(TypedDict):
    """Facts of all medicines on a condition, then passages."""

    condition: str | None
    facts: list[FactAcross]
    passages: list[Passage]


class EvidenceOf(TypedDict):
    """One use with the statements for and against it."""

    use: str
    status: str
    rule: str
    level: int | None
    statements: list[dict[str, Any]]


class Evidence(TypedDict):
    """The evidence of a medicine's uses."""

    medicine: str
    uses: list[EvidenceOf]


class Result(TypedDict):
    """What another stage gives, as it is."""

    items: list[dict[str, Any]]


def uri(document: str, section: str, start: int, end: int) -> str:
    """The address of a citation's words."""
    from urllib.parse import quote

    return f"usedfor://citation/{quote(document, safe='')}/{quote(section, safe='')}/{start}/{end}"


def server(home: Path | str | None = None) -> MCPServer[Any]:
    """The server over the snapshot in ``home``, or the one in use; ``run("stdio")`` serves it.

    Raises :class:`~usedfor.errors.SnapshotError` for a snapshot that cannot be read.
    """
    from usedfor.knowledge import Knowledge, open_snapshot

    open_snapshot(home)  # says so at once where it cannot be read
    made: MCPServer[Any] = MCPServer("usedfor", instructions=_INSTRUCTIONS, log_level="WARNING")

    def opened() -> Knowledge:
        return Knowledge.open(home)  # a call may run on any thread, and a connection belongs to one

    @made.tool()
    def brief(medicine: str) -> Briefed:
        """What a medicine is used for, by official documents: key sentences, uses, references."""
        from usedfor import api
        from usedfor.briefs.render.json import to_dict

        found = to_dict(_told(lambda: api.brief(medicine, home=home)))
        return Briefed(
            title=found["title"],
            medicine=found["medicine"]["name"],
            as_of=found["as_of"],
            takeaways=found["takeaways"],
            uses=[
                UseOf(
                    condition=u["condition"]["name"],
                    text=u["text"],
                    status=u["status"],
                    level=u["level"],
                    refs=u["refs"],
                )
                for u in found["uses"]
            ],
            sections=found["sections"],
            references=[_citation(r) for r in found["references"]],
        )

    @made.tool()
    def ask(question: str) -> Asked:
        """A cited answer to a question about a medicine in plain words, or a clear "not known"."""
        from usedfor.answers.respond import answer
        from usedfor.answers.shape import to_dict

        def asked() -> dict[str, Any]:
            with opened() as knowledge:
                return to_dict(answer(knowledge, question))

        found = _told(asked)
        return Asked(
            question=question,
            medicine=found["medicine"],
            intent=found["intent"],
            answered=found["answered"],
            answer=found["answer"],
            references=[_citation(r) for r in found["references"]],
            why_not=found["why_not"],
            offers=found["offers"],
            table=found["table"],
        )

    @made.tool()
    def search(words: str, section: str | None = None, since: str | None = None, limit: int = 10) -> Searched:
        """Facts and passages across all medicines, such as "hair loss" or "approved for hot flashes"."""
        from usedfor import api

        found = _told(
            lambda: api.search(words, section=section, since=since, limit=min(limit, 50), home=home)
        )
        return Searched(
            condition=found["condition"]["name"] if found["condition"] else None,
            facts=[
                FactAcross(
                    medicine=f["medicine"],
                    kind=f["kind"],
                    status=f["status"],
                    text=f["text"],
                    per_cent=f["per_cent"],
                    uris=[uri(s["document"], s["section"], s["start"], s["end"]) for s in f["spans"]],
                )
                for f in found["facts"]
            ],
            passages=[
                Passage(
                    medicine=p["medicine"],
                    section=p["section"],
                    date=p["date"],
                    words=p["words"],
                    uri=uri(p["document"], p["section"], p["start"], p["end"]),
                )
                for p in found["passages"]
            ],
        )

    @made.tool()
    def evidence(medicine: str, condition: str | None = None) -> Evidence:
        """The statements for and against each use of a medicine, or those for one condition."""
        from usedfor import api

        found = _told(lambda: api.evidence(medicine, condition, home=home))
        return Evidence(medicine=found["medicine"], uses=found["uses"])

    @made.tool()
    def check(text: str, medicine: str | None = None) -> Result:
        """Whether the sentences of an article hold against the documents: a verdict for each."""
        from usedfor import api

        verb = getattr(api, "check", None)
        if verb is None:
            raise ToolError("checking articles is not part of this version")
        return Result(items=_items(_told(lambda: verb(text, medicine=medicine, home=home))))

    @made.tool()
    def changes(medicine: str) -> Result:
        """What changed in a medicine's labels between the snapshots at hand."""
        from usedfor import api

        verb = getattr(api, "changes", None)
        if verb is None:
            raise ToolError("comparing versions is not part of this version")
        return Result(items=_items(_told(lambda: verb(medicine, home=home))))

    @made.resource(
        "usedfor://citation/{document}/{section}/{start}/{end}",
        name="citation",
        description="The words that a reference cites, by document, section and characters.",
        mime_type="text/plain",
    )
    def citation(document: str, section: str, start: int, end: int) -> str:
        with opened() as knowledge:
            text = knowledge.texts(document).get(section)
            if text is None:
                return "The text of this document is not on this machine."
            if not 0 <= start < end <= len(text):
                return "There are no such characters in this section."
            return text[start:end]

    return made


def _told(call: Any) -> Any:
    """The call's result; an error of ours as one line the agent can read."""
    try:
        return call()
    except UsedForError as error:
        near = getattr(error, "near", ())
        more = f"; near names: {', '.join(near)}" if near else ""
        raise ToolError(f"{error.message}{more}") from error


def _citation(row: dict[str, Any]) -> Citation:
    return Citation(
        n=row["n"],
        uri=uri(row["document"], row["section"], row["start"], row["end"]),
        source=row["source"],
        document=row["document"],
        date=row["date"],
        title=row["title"],
        section=row["section"],
        start=row["start"],
        end=row["end"],
        sha256=row["sha256"],
        quote=row["quote"],
        url=row["url"],
    )


def _items(found: Any) -> list[dict[str, Any]]:
    plain = msgspec.to_builtins(found)
    items = plain if isinstance(plain, list) else [plain]
    return [one if isinstance(one, dict) else {"value": one} for one in items]
