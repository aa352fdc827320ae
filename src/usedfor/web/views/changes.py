"""What changed since the edition before, as a page and as an Atom feed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from usedfor.briefs.render.shape import safe_url
from usedfor.briefs.wording import capital
from usedfor.errors import UsedForError
from usedfor.web.site import Page, Site
from usedfor.web.templating import fragment, render
from usedfor.web.words import words

if TYPE_CHECKING:
    from usedfor.knowledge.diff import Difference

__all__ = ["changes", "difference", "feed"]

_SHOWN = 100  # medicines on one page
_EACH = 12  # changes of one medicine
ATOM = "application/atom+xml"


def difference(site: Site) -> Difference | None:
    """From the snapshot before, in the user's data folder, to the one in use; None where there is none."""
    from usedfor import api

    try:
        return api.changes(home=site.settings.home)
    except UsedForError:
        return None


def changes(site: Site) -> Page:
    """The page."""
    from usedfor.briefs.changes import sentence

    found = site.changes()
    groups: list[dict[str, Any]] = []
    if found is not None:
        for medicine, each in groupby(found.changes, key=lambda c: c.medicine):
            rows = list(each)
            here = site.index.names.get(medicine)
            groups.append(
                {
                    "name": capital(here or medicine),
                    "path": f"/medicines/{medicine}" if here else "",
                    "rows": [
                        {
                            "text": sentence(c),
                            "grave": c.grave,
                            "date": max((s.date for s in (c.before, c.after) if s), default=""),
                            "url": safe_url(c.after.url if c.after else c.before.url if c.before else ""),
                        }
                        for c in rows[:_EACH]
                    ],
                    "left": len(rows) - len(rows[:_EACH]),
                }
            )
    return render(
        site,
        "changes.html.j2",
        "/changes",
        title=words("changes.title"),
        description=words("changes.lead"),
        groups=groups[:_SHOWN],
        left=len(groups) - len(groups[:_SHOWN]),
        compared=found is not None,
    )


def feed(site: Site) -> Page:
    """The Atom feed: an entry for each change, or one for the edition where there is nothing before it."""
    found = site.changes()
    if found is not None:
        from usedfor.briefs.changes import as_atom

        return Page(body=as_atom(found, base=site.settings.url).encode(), type=ATOM)
    text = fragment("edition.atom.j2", site=site, stamp=site.modified.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return Page(body=text.encode(), type=ATOM)
