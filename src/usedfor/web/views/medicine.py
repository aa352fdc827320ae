"""A medicine's page: its brief, its uses as cards, and how to cite it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from usedfor.briefs.places import status_words
from usedfor.briefs.registers import Professional
from usedfor.briefs.render.html import shown
from usedfor.model import Brief, Sentence, Statement
from usedfor.web.linked import medicine_data
from usedfor.web.site import Page, Site
from usedfor.web.templating import render
from usedfor.web.views.cards import ORDER, cards
from usedfor.web.views.lists import nothing_here
from usedfor.web.words import words

__all__ = ["brief_of", "label_words", "medicine"]

_OWN_SHOWN = 3


def brief_of(site: Site, medicine_id: str) -> Brief:
    """The brief, or :class:`NotHereError` with near names."""
    if medicine_id not in site.index.medicines:
        raise nothing_here(site, medicine_id)
    return site.brief(medicine_id)


def medicine(site: Site, medicine_id: str) -> Page:
    """The page in plain words."""
    return _page(site, brief_of(site, medicine_id), None)


def label_words(site: Site, medicine_id: str) -> Page:
    """The same page in professional terms, each sentence with the words of its documents."""
    brief = brief_of(site, medicine_id)
    return _page(site, brief, _Own(site, brief))


class _Own:
    """The professional wording: terms without their everyday words, and what the documents say."""

    def __init__(self, site: Site, brief: Brief) -> None:
        said: dict[tuple[str, str, int, int], Statement] = {
            (s.span.document, s.span.section, s.span.start, s.span.end): s
            for s in site.knowledge.statements(brief.medicine.id)
        }
        self._words = {
            r.n: r.quote
            or (found.text if (found := said.get((r.document, r.section, r.start, r.end))) else "")
            for r in brief.references
        }
        self._professional = _professional(site)
        self._before: set[str] = set()

    def text(self, sentence: Sentence) -> str:
        return self._professional.text(sentence.text) if sentence.kind == "fact" else sentence.text

    def own(self, sentence: Sentence) -> Sequence[str]:
        """The words behind a sentence; not again those that stand behind the sentence before."""
        found = dict.fromkeys(w for n in sentence.refs if (w := " ".join(self._words.get(n, "").split())))
        before, self._before = self._before, set(found)
        found = dict.fromkeys(w for w in found if w not in before)
        return [w if len(w) <= 220 else w[:220].rsplit(" ", 1)[0] + " …" for w in found][:_OWN_SHOWN]


@cache
def _professional(site: Site) -> Professional:
    return Professional(c.lay for c in site.index.conditions.values() if c.lay)


def _page(site: Site, brief: Brief, own: _Own | None) -> Page:
    id_ = brief.medicine.id
    path = f"/medicines/{id_}"
    dossier = site.dossier(id_)
    made = cards(dossier, dossier.uses)
    counts = {status: n for status in ORDER if (n := sum(c["status"] == status for c in made))}
    contents = [{"url": "#uses-at-a-glance", "title": words("medicine.glance")}] if made else []
    contents += [{"url": link.url, "title": link.title} for link in brief.contents]
    discussion = site.discussion
    service = site.settings.service if site.settings.static else ""
    if discussion is not None or service:
        contents.append({"url": "#comments", "title": words("medicine.comments")})
    own_path = f"{path}/label-words"
    return render(
        site,
        "medicine.html.j2",
        path if own is None else own_path,
        title=brief.title,
        description=brief.takeaways[0].text if brief.takeaways else brief.title,
        linked=medicine_data(site, brief, path),
        brief=brief,
        professional=own is not None,
        plain_path=path,
        own_path=own_path,
        cards=made,
        more=sum(c["more"] for c in made),
        counts=counts,
        contents=contents,
        status_titles={s: status_words(s) for s in counts},
        comments=discussion.block(id_) if discussion is not None else "",
        service=service,
        cite=words(
            "medicine.cite",
            title=brief.title,
            digest=site.digest[:16],
            as_of=site.as_of,
            url=site.address(path),
        ),
        **shown(brief, own),
    )
