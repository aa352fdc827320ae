"""The whole way: an article, its sentences, their claims, the verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, partial

import msgspec

from usedfor.errors import UnknownMedicineError
from usedfor.knowledge import Knowledge
from usedfor.verification.article import Line, Places, lines, main_medicine, placed
from usedfor.verification.judge import Judge
from usedfor.verification.reading import Form, read
from usedfor.verification.results import Checked, Report
from usedfor.vocabulary import Mention, load
from usedfor.vocabulary.matcher import Matcher

__all__ = ["Checker", "check"]

_REMEMBERED = 5_000  # sentences of a page whose verdict is kept, should the page say them again
_SHORTEST = 3  # letters: a shorter name is no name in running text


def check(
    knowledge: Knowledge,
    article: str,
    medicine: str | None = None,
    *,
    name: str = "",
    form: Form | None = None,
    suggest: bool = False,
) -> Report:
    """The verdict on every sentence of an article (text, Markdown or HTML, told apart by its look).

    ``medicine`` is a name of the medicine the article is about; without it the article's own words tell.
    ``suggest``: offer a corrected, cited sentence for what is contradicted or overstated.

    :raises UnknownMedicineError: where ``medicine`` is not known here.
    """
    return Checker(knowledge).article(article, medicine, name=name, form=form, suggest=suggest)


class Checker:
    """Checks many articles against one snapshot; what it has read of a document it keeps."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.judge = Judge(knowledge)

    @cached_property
    def _here(self) -> frozenset[str]:
        return frozenset(self.knowledge.medicine_ids())

    def _known(self, id_: str) -> bool:
        return id_ in self._here

    @cached_property
    def _new(self) -> tuple[Matcher, list[str]]:
        """The names of medicines that the snapshot has and the vocabulary has not."""
        known = load().medicines
        rows = [
            (name.name, medicine.id)
            for medicine in self.knowledge.medicines()
            if known.get(medicine.id) is None
            for name in medicine.names
            if len(name.name) > _SHORTEST
        ]
        return Matcher([name for name, _ in rows]), [id_ for _, id_ in rows]

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """The medicines that a text names: those of the vocabulary, and those that only the snapshot has."""
        matcher, ids = self._new
        found = load().medicines.in_text(text)
        more = [Mention(start=a, end=b, id=ids[n], name=text[a:b]) for a, b, n in matcher.longest(text)]
        if not more:
            return found
        free = [m for m in found if not any(m.start < n.end and n.start < m.end for n in more)]
        return tuple(sorted([*free, *more], key=lambda m: m.start))

    def _named(self, name: str) -> str | None:
        found = self.knowledge.find(name)
        return found[0].id if found else None

    def _meant(self, given: str, named: list[str]) -> str:
        """The medicine a sentence means: the given one, unless it names one of those often taken for it."""
        if given in named or not named:
            return given
        medicine = self.knowledge.medicine(given)
        related = medicine.related if medicine else ()
        return next((id_ for id_ in named if id_ in related), given)

    def article(
        self,
        article: str,
        medicine: str | None = None,
        *,
        name: str = "",
        form: Form | None = None,
        suggest: bool = False,
    ) -> Report:
        """See :func:`check`."""
        given = None
        if medicine is not None:
            given = self._named(medicine)
            if given is None:
                near = tuple(one.medicine.name for one in self.knowledge.near(medicine))
                raise UnknownMedicineError(f"no medicine here is called {medicine!r}", medicine, near)
        page = read(article, form, name)
        main = given or main_medicine(page, self.mentions, self._known)
        known = self._known
        if main is None:  # a page about a medicine of which nothing is here says so
            absent = main = main_medicine(page, self.mentions, lambda _: True)
            known = lambda id_: id_ == absent  # noqa: E731
        rows: list[Checked] = []
        judged: dict[tuple[str | None, ...], Checked] = {}
        for n, line in enumerate(lines(page, self.mentions, known, main, given is not None), 1):
            own = medicine if given is not None and given == line.medicine else None
            key = (line.text, line.kind, line.medicine, line.context, own)
            found = judged.get(key)
            if found is None:
                found = self.judge.sentence(str(n), line, own, suggest=suggest)
                if len(judged) < _REMEMBERED:
                    judged[key] = found
            else:  # a sentence that the page says again
                found = msgspec.structs.replace(
                    found, id=str(n), start=line.start, end=line.end, block=line.block
                )
            rows.append(_located(found, line.place))
        names = dict.fromkeys(row.medicine for row in rows if row.medicine and row.verdict != "no_claim")
        return Report(
            name=name,
            title=page.title,
            form=page.form,
            medicines=tuple(names),
            as_of=self._as_of(names),
            sentences=tuple(rows),
            article=article,
            quotes=self.knowledge.quotes,
        )

    def _as_of(self, medicines: Iterable[str]) -> dict[str, str]:
        """The dates of what the medicines were asked of; of several, the oldest."""
        found = [dict(self.knowledge.side(m).manifest.as_of) for m in medicines if self.knowledge.medicine(m)]
        found = found or [dict(self.knowledge.manifest.as_of)]
        return {kind: min(one[kind] for one in found if kind in one) for one in found for kind in one}

    def passage(self, id: str, text: str, medicine: str | None = None) -> Checked:
        """The verdict on a passage taken as one piece; its medicine is named, or its words tell."""
        given = self._named(medicine) if medicine else None
        own = [m.id for m in self.mentions(text) if self._known(m.id)]
        given = (own[0] if own else None) if given is None else self._meant(given, own)
        plain = " ".join(text.split())
        line = Line(plain, 0, len(text), "paragraph", given, False, "", alone=medicine is not None)
        return _located(self.judge.sentence(id, line, medicine), partial(placed, text))


def _located(found: Checked, place: Places | None) -> Checked:
    """A sentence, its claims with their places in the file."""
    if not found.claims or place is None:
        return found
    claims = []
    for claim in found.claims:
        start, end = place(claim.start, claim.end)
        claims.append(msgspec.structs.replace(claim, file_start=start, file_end=end))
    return msgspec.structs.replace(found, claims=tuple(claims))
